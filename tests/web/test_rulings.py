"""Decisions: who is asked, who may take them, and how the ticket shows it."""

import pytest
from sqlalchemy import select

from assistant.desk import rulings
from assistant.desk.notices import Notice
from assistant.ground.audit import history
from assistant.ground.people import Role
from assistant.launch.launches import Mode
from tests import cast
from tests.web.staff import a_browser, queries

TICKET = "/desk/tickets/HC-1001"
DECISIONS = f"{TICKET}/decisions"


@pytest.fixture
def asked(shop):
    """A ticket of the scenario ``new-price``: Lena confirms what is expected, Noor rolls back."""
    cast.in_mode(shop, Mode.SUGGEST)
    mara = cast.a_customer(shop)
    mara.asks(cast.PRICE)
    return mara


def ask(browser, question="Is this expected?", **more):
    return browser.post(DECISIONS, question=question, **more)


def decide(browser, ruled="expected", sentence="The renewal is after the 16th.", ruling=1):
    return browser.post(f"{DECISIONS}/{ruling}", ruled=ruled, sentence=sentence)


def text_of(browser) -> str:
    return " ".join(browser.get(TICKET).text.split())


def test_a_decision_is_asked_of_who_confirms_what_is_expected(shop, asked):
    amir = a_browser(shop, cast.AMIR)

    ask(amir)

    assert "Amir Haddad asked Lena Ortiz" in text_of(amir)
    with cast.the_ticket(shop) as (session, ticket):
        last = history(session, ticket_id=ticket.id)[-1]
        assert (last.kind, last.who) == ("ticket.decision-asked", "Amir Haddad")
        assert last.details["question"] == "Is this expected?"
        waiting = [ruling.ticket_id for ruling in rulings.waiting(session, ticket.launch_id)]
        assert waiting == [ticket.id]


def test_the_decision_stands_in_the_thread_with_its_person_and_its_sentence(shop, asked):
    amir, lena = a_browser(shop, cast.AMIR), a_browser(shop, cast.LENA)
    ask(amir)

    decide(lena)

    page = text_of(amir)
    assert "Decided: expected. The renewal is after the 16th." in page
    assert "Lena Ortiz, <time" in page
    assert "Ask for another decision" in page
    with cast.the_ticket(shop) as (session, ticket):
        assert rulings.waiting(session, ticket.launch_id) == []


@pytest.mark.parametrize(
    ("who", "ruled", "status"),
    [
        (cast.LENA, "expected", 303),
        (cast.LENA, "not-expected", 303),
        (cast.LENA, "need-facts", 303),
        (cast.LENA, "workaround", 403),
        (cast.LENA, "rollback", 403),
        (cast.NOOR, "expected", 403),
        (cast.NOOR, "workaround", 303),
        (cast.NOOR, "rollback", 303),
        (cast.AMIR, "expected", 403),
        (cast.AMIR, "workaround", 403),
        (cast.AMIR, "need-facts", 403),
        (cast.ERIC, "not-expected", 403),
    ],
)
def test_each_decision_is_taken_only_by_who_takes_it_for_the_scenario(
    shop, asked, who, ruled, status
):
    ask(a_browser(shop, cast.AMIR))

    answer = decide(a_browser(shop, who), ruled)

    assert answer.status_code == status
    with cast.the_ticket(shop) as (session, ticket):
        assert rulings.of_ticket(session, ticket).is_open is (status == 403)


def test_only_what_somebody_may_decide_is_offered(shop, asked):
    ask(a_browser(shop, cast.AMIR))

    assert 'value="expected"' in text_of(a_browser(shop, cast.LENA))
    assert 'value="rollback"' not in text_of(a_browser(shop, cast.LENA))
    assert 'name="ruled"' not in text_of(a_browser(shop, cast.AMIR))


def test_a_way_round_is_asked_of_who_triggers_a_rollback(shop, asked):
    amir = a_browser(shop, cast.AMIR)

    ask(amir, "Can we roll it back?", decider="triggers_rollback")

    assert "Amir Haddad asked Noor Rahman" in text_of(amir)


def test_without_a_scenario_a_lead_is_asked_and_decides(shop):
    cast.a_customer(shop).asks(cast.UNKNOWN)
    amir = a_browser(shop, cast.AMIR)
    ask(amir)

    assert "Amir Haddad asked Lena Ortiz" in text_of(amir)
    assert decide(amir).status_code == 403
    assert decide(a_browser(shop, cast.NOOR)).status_code == 303


def test_a_second_question_waits_for_the_first(shop, asked):
    amir = a_browser(shop, cast.AMIR)
    ask(amir)

    refused = ask(a_browser(shop, cast.ERIC), "Is it really?")

    assert refused.status_code == 409
    assert "Amir Haddad has asked for a decision already" in refused.text
    assert "Is it really?" in refused.text


def test_a_decision_is_taken_once(shop, asked):
    lena = a_browser(shop, cast.LENA)
    ask(a_browser(shop, cast.AMIR))
    decide(lena)

    again = decide(lena, "not-expected", "I looked again.")

    assert again.status_code == 409
    assert "Lena Ortiz has decided this: expected." in again.text
    assert "I looked again." in again.text


@pytest.mark.parametrize("sentence", ["", "   "])
def test_a_decision_without_a_sentence_is_none(shop, asked, sentence):
    ask(a_browser(shop, cast.AMIR))

    assert decide(a_browser(shop, cast.LENA), sentence=sentence).status_code == 409
    with cast.the_ticket(shop) as (session, ticket):
        assert rulings.of_ticket(session, ticket).is_open


def test_a_decision_of_another_ticket_is_not_found(shop, asked):
    ask(a_browser(shop, cast.AMIR))
    cast.a_customer(shop, visitor="second").calls("Somebody please")

    answer = a_browser(shop, cast.LENA).post(
        "/desk/tickets/HC-1002/decisions/1", ruled="expected", sentence="Yes."
    )

    assert answer.status_code == 404


def test_what_may_not_decide_anything_is_not_let_in(shop, asked):
    with shop.db.writing() as session:
        cast.a_person(session, email="sue@example.com", role=Role.SPONSOR)

    assert ask(a_browser(shop, "sue@example.com")).status_code == 403


def test_a_decision_costs_the_page_no_query_more(shop, asked):
    amir = a_browser(shop, cast.AMIR)
    amir.get(TICKET)
    with queries(shop) as without:
        amir.get(TICKET)
    ask(amir)
    decide(a_browser(shop, cast.LENA))
    amir.get(TICKET)

    with queries(shop) as decided:
        amir.get(TICKET)

    assert len(decided) <= len(without) + 1


def test_who_is_asked_and_who_asked_both_hear_of_it(shop, asked):
    ask(a_browser(shop, cast.AMIR))
    decide(a_browser(shop, cast.LENA))

    with shop.db.reading() as session:
        told = [(n.person_id, n.kind, n.words) for n in session.scalars(select(Notice))]
        lena, amir = cast.the(session, cast.LENA).id, cast.the(session, cast.AMIR).id
    assert told == [
        (lena, "decision-asked", "Amir Haddad asks you to decide on HC-1001: “Is this expected?”"),
        (amir, "decided", "Lena Ortiz has decided on HC-1001: expected."),
    ]
