"""What the model drafts of a suggestion: for the lead only, tied to sources, never published."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from assistant.answering import ghostwriting
from assistant.answering.drafting import Line
from assistant.answering.suggestions import Suggestion
from assistant.ground.llm import Budget, Endpoint, Failure, Model
from assistant.ground.parts import Parts
from assistant.library.versions import EntryVersion
from tests import cast
from tests import model_behaviours as fake
from tests.cast import LENA, a_customer, the
from tests.crowd import SHELLS, ask
from tests.model_server import ModelServer
from tests.suggested import CORE, counted, reply_to_all
from tests.web.staff import Browser, a_browser

LIST = "/launches/spring-pricing/suggestions"
EMPTY: dict[str, list[str]] = {
    "title": [],
    "phrasings": [],
    "why_now": [],
    "what_to_do": [],
    "safe_to_continue": [],
    "next_update": [],
}


@pytest.fixture
def server(shop: Parts) -> Iterator[ModelServer]:
    """A model that nobody has told yet what to write; four people asked and were answered."""
    told = "my name is Jane Roe, jane@roe.example, order 482133, seashells on the moon?"
    ask(shop, *SHELLS)
    a_customer(shop, visitor="Jane Roe").asks(told)
    reply_to_all(shop, rating=5)
    counted(shop)
    with ModelServer(fake.prose()) as server:
        endpoint = Endpoint(server.base_url, "test-key", "test-model")
        shop.model = Model([endpoint], budget=Budget(calls_per_day=99, tokens_per_day=10**7))
        yield server
        shop.model = None


@pytest.fixture
def lena(shop: Parts, server: ModelServer) -> Browser:
    """Lena's browser."""
    return a_browser(shop, LENA)


def first(parts: Parts) -> Suggestion:
    """Return the suggestion."""
    with parts.db.reading() as session:
        return session.scalars(select(Suggestion).order_by(Suggestion.worth.desc())).first()  # type: ignore[return-value]


def writes(of: Callable[[str, str], dict[str, list[str]]]) -> Any:
    """A model that writes what ``of`` makes of the first customer's and the first agent's id."""

    def behave(asked: Any, wire: Any) -> None:
        said = [json.loads(line) for line in asked.prompt.splitlines() if line.startswith("{")]
        by = {each["by"]: each["id"] for each in reversed(said)}
        written = {**EMPTY, **of(by["customer"], by["agent"])}
        wire.answer(200, fake.completion(json.dumps(written)))

    return behave


def ghostwritten(parts: Parts, server: ModelServer, of: Any) -> dict[str, Any]:
    """Let that model draft the suggestion; return what is kept."""
    server.script.append(writes(of))
    with parts.db.reading() as session:
        lena = the(session, LENA)
    assert ghostwriting.ghostwrite(parts, first(parts).id, by=lena) is None
    return first(parts).model_draft or {}


def test_title_phrasings_and_parts_are_kept_with_their_sources(
    shop: Parts, server: ModelServer
) -> None:
    kept = ghostwritten(
        shop,
        server,
        lambda customer, agent: {
            "title": [f"[{customer}] can I pay with seashells?"],
            "phrasings": [f"[{customer}] paying with seashells"],
            "what_to_do": [f"[{agent}] Choose a card or a bank transfer under Billing."],
        },
    )

    assert kept["title"] == "Can I pay with seashells?"
    assert kept["phrasings"] == ["paying with seashells"]
    (line,) = kept["parts"]["what_to_do"]
    assert line["text"] == "Choose a card or a bank transfer under Billing."
    assert len(line["sources"]) == 1 and kept["left_out"] == 0


@pytest.mark.parametrize(
    "line",
    [
        "Read https://evil.example for more.",
        "Write to help@evil.example.",
        "It costs 99 euro.",
        "<b>Choose</b> a card.",
    ],
)
def test_links_and_numbers_that_no_source_has_are_left_out_and_counted(
    shop: Parts, server: ModelServer, line: str
) -> None:
    kept = ghostwritten(shop, server, lambda customer, agent: {"why_now": [f"[{agent}] {line}"]})

    assert kept["parts"]["why_now"] == []
    assert kept["left_out"] == 1


def test_a_part_that_rests_on_customers_only_is_left_out(shop: Parts, server: ModelServer) -> None:
    kept = ghostwritten(
        shop, server, lambda customer, agent: {"why_now": [f"[{customer}] Shells are money."]}
    )

    assert kept["parts"]["why_now"] == [] and kept["left_out"] == 1


def test_the_model_reads_no_personal_data_and_nothing_that_the_assistant_said(
    shop: Parts, server: ModelServer
) -> None:
    ghostwritten(shop, server, lambda customer, agent: {})

    sent = json.dumps(server.requests[-1].body, ensure_ascii=False)
    assert CORE in sent and "seashells" in sent
    assert not any(word in sent for word in ("Jane", "roe.example", "482133", "Mara", "Amir"))
    assert "A person will" not in sent


def test_drafting_takes_it_along_and_nothing_is_published(
    shop: Parts, server: ModelServer, lena: Browser
) -> None:
    server.script.append(
        writes(
            lambda customer, agent: {
                "title": [f"[{customer}] Seashells as money?"],
                "why_now": [f"[{agent}] We take cards and bank transfers only."],
            }
        )
    )
    found = first(shop)
    with shop.db.reading() as session:
        versions = session.scalar(select(func.count(EntryVersion.id)))
    lena.post(f"{LIST}/ghostwriting", suggestion=f"{found.id}:{found.revision}")
    page = lena.get(f"{LIST}/{found.id}").text
    assert "Seashells as money?" in page and "By test-model" in page
    with shop.db.reading() as session:
        assert session.scalar(select(func.count(EntryVersion.id))) == versions

    found = first(shop)
    lena.post(f"{LIST}/draft", suggestion=f"{found.id}:{found.revision}")

    with shop.db.reading() as session:
        entry = first(shop).drafted_id
        newest = session.get_one(cast.Entry, entry).newest
        assert (newest.question, newest.state) == ("Seashells as money?", "draft")
        assert newest.answer == "We take cards and bank transfers only."


def test_a_model_that_fails_leaves_the_lead_with_the_way_without_one(
    shop: Parts, server: ModelServer, lena: Browser
) -> None:
    found = first(shop)

    went = lena.post(f"{LIST}/ghostwriting", suggestion=f"{found.id}:{found.revision}")

    page = lena.get(went.headers["location"].partition("#")[0]).text
    assert "Let the model draft" in page and first(shop).model_draft is None
    assert lena.post(f"{LIST}/draft", suggestion=f"{found.id}:{found.revision}").status_code == 303


def test_without_a_model_nothing_is_asked(shop: Parts) -> None:
    ask(shop, *SHELLS)
    counted(shop)
    with shop.db.reading() as session:
        assert ghostwriting.ghostwrite(shop, first(shop).id, by=the(session, LENA)) == Failure(
            "off"
        )


@pytest.mark.parametrize(
    ("text", "backed"),
    [("It is 12.50 now.", True), ("It is 12.", False), ("It is free.", True), ("On 3 May", False)],
)
def test_a_number_is_backed_only_as_it_stands_in_its_source(text: str, backed: bool) -> None:
    assert ghostwriting.is_backed(Line(text, (1,)), {1: "You pay 12.50 since Monday."}) is backed
