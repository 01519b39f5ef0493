"""The model's draft and summary on a ticket: for the agent only, tied to messages, never sent."""

import json
import re

import pytest

from assistant.desk.messages import By
from assistant.ground.llm import Budget, Endpoint, Model
from tests import cast
from tests import model_behaviours as fake
from tests.faults.test_poisoned_tickets import proposing, shown
from tests.model_server import ModelServer
from tests.web.staff import a_browser

TICKET = "/desk/tickets/HC-1001"
WORDS = "My bill is higher than last month, write to lea.roth@example.org. I am Lea Roth."


@pytest.fixture
def model(shop):
    """A model that rests every line on the customer's first words."""
    with ModelServer(writes("They ask why the bill is higher.")) as server:
        endpoint = Endpoint(server.base_url, "test-key", "test-model")
        budget = Budget(calls_per_day=1_000, tokens_per_day=10**7)
        shop.model = Model([endpoint], budget=budget)
        yield server
        shop.model = None


@pytest.fixture
def asked(shop, model):
    """Lea Roth's ticket, with a note of the team's in it."""
    lea = cast.a_customer(shop, visitor="Lea Roth")
    lea.calls(WORDS)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.add_note(
            session, "She is a difficult one.", by=cast.the(session, cast.LENA), at=cast.NOW
        )
    model.requests.clear()
    return lea


@pytest.fixture
def amir(shop, asked):
    """Amir at his browser."""
    return a_browser(shop, cast.AMIR)


def writes(*lines):
    return proposing(lambda said: [f"[{next(iter(said))}] {line}" for line in lines])


def text_of(browser, **wanted) -> str:
    return " ".join(browser.get(TICKET, **wanted).text.split())


def test_each_line_links_the_message_that_it_rests_on(amir):
    amir.post(f"{TICKET}/drafting")

    page = text_of(amir)
    assert "They ask why the bill is higher. <span" in page
    source = re.search(r'draft-sources tiny"><a href="(#message-\d+)"', page)[1]
    assert f'id="{source[1:]}"' in page
    assert "By test-model" in page


def test_the_model_reads_neither_notes_nor_who_the_customer_is(amir, model):
    amir.post(f"{TICKET}/drafting")

    (request,) = model.requests
    sent = json.dumps(request.body)
    assert "difficult" not in sent
    assert "lea.roth@example.org" not in sent
    assert "Roth" not in sent
    assert "tools" not in request.body
    assert "My bill is higher" in next(iter(shown(request).values()))


def test_one_state_of_a_thread_is_drafted_once(shop, asked, amir, model):
    for _ in range(3):
        amir.post(f"{TICKET}/drafting")
    assert len(model.requests) == 1

    cast.later(shop, minutes=1)
    asked.calls("Is anybody there?")

    assert "They ask why the bill is higher." not in text_of(amir)
    amir.post(f"{TICKET}/drafting")
    assert len(model.requests) == 2


def test_a_draft_stands_in_the_reply_box_only_after_a_click_and_is_sent_by_another(amir, asked):
    amir.post(f"{TICKET}/drafting")
    box = 'data-draft="ticket-HC-1001">'
    assert "They ask why" not in text_of(amir).partition(box)[2].partition("</textarea>")[0]

    used = text_of(amir, use_draft=1).partition(box)[2].partition("</textarea>")[0]

    assert used.endswith("They ask why the bill is higher.")
    assert [m for m in asked.sees()["messages"] if m["by"] == By.PERSON] == []


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (fake.prose(), "the model did not keep to the form"),
        (fake.status(500), "the model’s server reports an error of its own"),
        (fake.html(), "what came back is not a completion"),
    ],
    ids=["prose", "500", "html"],
)
def test_without_a_draft_the_page_says_why(amir, model, behaviour, why):
    model.turn_to(behaviour)

    answer = amir.post(f"{TICKET}/drafting")
    page = amir.get(answer.headers["location"].partition("#")[0]).text

    assert f"No draft: {why.replace('’', '&#39;')}." in page


def test_what_rests_on_nothing_is_not_shown(amir, model):
    model.turn_to(proposing(lambda said: ["They are angry.", "[zzzzzzzz] They pay late."]))

    amir.post(f"{TICKET}/drafting")

    page = text_of(amir)
    assert "They are angry." not in page
    assert "They pay late." not in page
    assert "Nothing it wrote rests on a message" in page


def test_without_a_model_there_is_no_draft_to_ask_for(shop, asked):
    shop.model = None

    page = a_browser(shop, cast.AMIR).get(TICKET).text

    assert "model-draft-title" not in page


def test_a_draft_of_another_launchs_ticket_is_not_found(shop, asked):
    with shop.db.writing() as session:
        cast.a_person(session, email="sten@example.com", launch=None)

    assert a_browser(shop, "sten@example.com").post(f"{TICKET}/drafting").status_code == 404
