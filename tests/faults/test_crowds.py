"""Reliability P42: a crowd of scripted sessions publishes, changes, re-ranks and hides nothing.

Over the real application: each session begins a conversation from one network, asks the same
question and votes. ``--crowd 1000`` is the long proof.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant.answering import counting, suggestions
from assistant.answering.crowds import Crowd
from assistant.answering.suggestions import Kind, Suggestion
from assistant.answering.trying import tries
from assistant.desk.conversations import Conversation
from assistant.ground.networks import network_of
from assistant.ground.parts import Parts
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from tests import cast
from tests.cast import LAUNCH, LENA, NOW, clock_of, launch_of
from tests.suggested import opened
from tests.web.staff import a_browser
from web.app import create_app

MINUTES = 3
PROBES = (
    cast.PRICE,
    cast.EXPORT,
    cast.UNKNOWN,
    "my bill went up",
    "my orders as a file",
)
ADDRESSES = [f"203.0.113.{number}" for number in range(1, 255)]  # one network of 254 machines


@pytest.fixture
def crowd(pytestconfig: pytest.Config) -> int:
    """How many sessions come."""
    return int(pytestconfig.getoption("--crowd"))


def test_a_crowd_that_asks_what_nobody_answers_makes_one_suggestion_with_a_warning(
    shop: Parts, crowd: int, record_property: Callable[[str, object], None]
) -> None:
    before = what_customers_get(shop)

    refused = come(shop, crowd, cast.UNKNOWN)

    (found,) = counted_in_every_state(shop)
    record_property("figure", f"{crowd} sessions: 1 suggestion, “{warning_of(found)}”")
    assert what_customers_get(shop) == before
    assert refused == crowd  # there is no answer to vote on
    assert (found.people, found.networks, found.state) == (crowd, 1, "open")
    assert warning_of(found) == "1 network, 3 min"
    assert found.worth == 1
    page = a_browser(shop, LENA).get(f"/launches/{LAUNCH}/suggestions").text
    assert "1 network, 3 min" in page


def test_a_crowd_that_votes_an_answer_down_makes_one_suggestion_and_the_answer_stands(
    shop: Parts, crowd: int, record_property: Callable[[str, object], None]
) -> None:
    before = what_customers_get(shop)

    come(shop, crowd, cast.PRICE)

    (found,) = counted_in_every_state(shop)
    record_property("figure", f"{crowd} votes: 1 suggestion, “{warning_of(found)}”")
    assert what_customers_get(shop) == before
    assert (found.kind, found.people, found.networks) == (Kind.WEAK, crowd, 1)
    assert warning_of(found) == "1 network, 3 min"


def come(parts: Parts, crowd: int, question: str) -> int:
    """Let so many sessions ask and vote "not quite"; return how many votes were refused."""
    settings = {"conversations_per_minute": 10**6, "questions_per_minute": 10**6}
    parts.settings = parts.settings.model_copy(update=settings)
    app, refused = create_app(parts), 0
    for number in range(crowd):
        clock_of(parts).set(NOW + timedelta(minutes=MINUTES) * number / (crowd - 1))
        address = ADDRESSES[number % len(ADDRESSES)]
        client = TestClient(app, client=(address, 50_000))
        begun = client.post(f"/api/v1/launches/{LAUNCH}/conversations").json()
        of, key = f"/api/v1/conversations/{begun['id']}", f"crowd-{number:08}"
        headers = {"Authorization": f"Bearer {begun['token']}", "Idempotency-Key": key}
        got = client.post(f"{of}/messages", json={"text": question}, headers=headers).json()
        about = got["answer"]["message_id"] if "answer" in got else got["message_id"]
        vote = {"message_id": about, "helpful": False, "reason": "unclear"}
        refused += client.post(f"{of}/helpful", json=vote, headers=headers).status_code != 200
    return refused


def counted_in_every_state(parts: Parts) -> list[Suggestion]:
    """Count, and return every suggestion there is, listed or not."""
    counting.count_anew(parts)
    with parts.db.reading() as session:
        found = list(session.scalars(select(Suggestion)))
    assert [each.id for each in found] == [each.id for each in opened(parts)]
    return found


def warning_of(found: Suggestion) -> str:
    return found.crowd.warning if found.crowd else ""


def what_customers_get(parts: Parts) -> dict[str, Any]:
    """Return every entry and version, the help page, and what happens to some questions."""
    clock_of(parts).set(NOW + timedelta(minutes=MINUTES))  # a page says what time it is
    with parts.db.reading() as session:
        rows = {
            noun.__tablename__: [
                {column.key: getattr(row, column.key) for column in noun.__table__.columns}
                for row in session.scalars(select(noun).order_by(noun.id))
            ]
            for noun in (Entry, EntryVersion)
        }
        launch = launch_of(session)
        how = launch.acting_mode
    help_page = TestClient(create_app(parts)).get(f"/help/{LAUNCH}").text
    found = [
        (said["outcome"], said["entry"], said["sha256"], said["candidates"])
        for said in tries(parts, LAUNCH, PROBES)
    ]
    return {**rows, "how": how, "help": help_page, "found": found}


def test_the_address_is_nowhere_in_the_clear_and_networks_are_told_apart(shop: Parts) -> None:
    come(shop, 2, cast.UNKNOWN)

    with shop.db.reading() as session:
        (network,) = set(session.scalars(select(Conversation.network)))
    assert "203" not in network or len(network) == 16
    of = lambda address, within=LAUNCH: network_of(shop.settings, address, within=within)  # noqa: E731
    assert network == of("203.0.113.99") == of("::ffff:203.0.113.4")
    assert network not in (of("203.0.114.1"), of("203.0.113.99", "another launch"))
    assert of("2001:db8:1:2::3") == of("2001:db8:1:ffff::9") != of("2001:db8:2::3")
    assert of("testclient") == of("") == of("999.1.1.1") == ""


@pytest.mark.parametrize(
    ("people", "networks", "minutes", "warning"),
    [
        (1_000, 1, 3, "1 network, 3 min"),
        (1_000, 900, 3, ""),  # a real incident: everybody at once, from everywhere
        (4, 1, 1, ""),  # a household
        (6, 1, 60 * 24, ""),  # an office, over a day
        (40, 1, 60 * 24 * 3, "1 network, 3 days"),
        (30, 4, 5, "4 networks, 5 min"),
    ],
)
def test_what_is_a_crowd(people: int, networks: int, minutes: int, warning: str) -> None:
    crowd = Crowd(people, people, networks, people, NOW, NOW + timedelta(minutes=minutes))

    assert crowd.warning == warning
    assert crowd.worth == (networks if warning else people)


def test_where_networks_are_not_known_nobody_is_suspected(shop: Parts) -> None:
    for number in range(6):
        cast.a_customer(shop, visitor=f"mail {number}", channel="email").asks(cast.UNKNOWN)
    counting.count_anew(shop)

    with shop.db.reading() as session:
        (found,) = suggestions.listed(session, launch_of(session).id, suggestions.is_open())
        assert (found.worth, warning_of(found)) == (6, "")
