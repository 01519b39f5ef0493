"""R4: what is out of scope goes by the normal promises, and people put right what is wrong."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant.desk import scope_proposals, scoping
from assistant.desk.notices import Notice
from assistant.desk.policies import HYPERCARE, NORMAL, Kind
from assistant.desk.scope_proposals import Case, found_in
from assistant.desk.severity import Severity
from assistant.ground.parts import Parts
from tests import cast
from tests.cast import LAUNCH, OUTSIDE, UNKNOWN, a_customer, later, launch_of
from tests.web.staff import a_browser
from tests.web.test_api import Visitor
from web.app import create_app

SCOPE = f"/launches/{LAUNCH}/scope"
TICKET = "/desk/tickets/HC-1001"
MINOR = Severity.MINOR


def due(parts: Parts, kind: Kind, number: str = "HC-1001") -> timedelta:
    """Return how long after the beginning an open promise is due."""
    with cast.the_ticket(parts, number) as (_, ticket):
        promise = next(each for each in ticket.promises if each.kind == kind)
        return promise.due_at - promise.made_at


def page_of(browser, address: str = TICKET) -> str:
    return " ".join(browser.get(address).text.split())


def put(browser, number: str, scope: str, **more):
    return browser.post(f"/desk/tickets/{number}/scope", scope=scope, **more)


# --- from a customer to the desk ---


def test_a_question_out_of_scope_comes_through_the_api_to_the_desk_by_the_normal_promises(shop):
    visitor = Visitor(TestClient(create_app(shop)))
    asked = visitor.asks(OUTSIDE)
    assert asked["outcome"] == "handoff"
    later_by_kind = {each["kind"]: each["due_at"] for each in asked["ticket"]["promises"]}
    assert later_by_kind["first_response"] == "2026-11-18T09:00:00Z"  # 24 hours, not 8

    amir = a_browser(shop, cast.AMIR)
    queue = page_of(amir, f"/desk?launch={LAUNCH}&view=out-of-scope")
    assert "HC-1001" in queue and 'class="chip row-outside"' in queue
    ticket = page_of(amir)
    assert "“espresso machine” belongs to Machines and repairs." in ticket
    assert "The normal promises hold." in ticket
    a_customer(shop, visitor="jo").asks(UNKNOWN)
    assert "HC-1002" not in page_of(amir, f"/desk?launch={LAUNCH}&view=out-of-scope")


# --- putting it right ---


def test_in_after_all_reckons_the_promises_from_the_question_on_and_says_why(shop):
    a_customer(shop).asks(OUTSIDE)
    assert due(shop, Kind.FIRST_RESPONSE) == NORMAL.allowed(Kind.FIRST_RESPONSE, MINOR)
    later(shop, minutes=20)
    amir = a_browser(shop, cast.AMIR)

    assert put(amir, "HC-1001", "in").status_code == 303

    assert due(shop, Kind.FIRST_RESPONSE) == HYPERCARE.allowed(Kind.FIRST_RESPONSE, MINOR)
    assert due(shop, Kind.RESOLVE) == HYPERCARE.allowed(Kind.RESOLVE, MINOR)
    page = page_of(amir)
    assert "It is in scope, so the hypercare policy holds." in page
    assert "In scope after all: the hypercare policy holds now" in page
    assert "Amir Haddad said so" in page
    with cast.the_ticket(shop) as (session, ticket):
        word = scoping.of_ticket(session, ticket)
        assert (word.inside, word.area, word.phrase) == (True, "Machines and repairs",
                                                         "espresso machine")  # fmt: skip
        assert ticket.next_due_at == ticket.next_due.due_at
        assert scoping.said_inside(session, ticket.launch_id) == {ticket.question_id}


def test_out_moves_no_deadline_further_away_and_each_clock_says_so(shop):
    a_customer(shop).asks(UNKNOWN)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.promise_update(
            session, due_at=shop.clock.now() + timedelta(hours=1),
            by=cast.the(session, cast.AMIR), at=shop.clock.now(),
        )  # fmt: skip
    amir = a_browser(shop, cast.AMIR)
    put(amir, "HC-1001", "out", area="Machines and repairs")
    assert due(shop, Kind.FIRST_RESPONSE) == HYPERCARE.allowed(Kind.FIRST_RESPONSE, MINOR)
    assert due(shop, Kind.RESOLVE) == HYPERCARE.allowed(Kind.RESOLVE, MINOR)
    assert due(shop, Kind.NEXT_UPDATE) == timedelta(hours=1)
    said = "It is out of scope, so the normal policy holds. The customer was promised an earlier"
    page = page_of(amir)
    assert said in page and "promises hold, and what was promised earlier stays." in page
    assert "the normal policy holds now, and no deadline moves further away" in page
    with cast.the_ticket(shop) as (_, ticket):
        assert (ticket.in_scope, ticket.policy) == (False, "normal")


@pytest.mark.parametrize("words", [("out",), ("out", "in"), ("out", "in", "out")])
def test_however_often_its_scope_is_said_an_open_ticket_is_due_when_it_was(shop, words):
    a_customer(shop).asks(UNKNOWN)
    before = due(shop, Kind.FIRST_RESPONSE), due(shop, Kind.RESOLVE)
    for word in words:
        later(shop, minutes=5)
        assert put(a_browser(shop, cast.AMIR), "HC-1001", word).status_code == 303
    assert (due(shop, Kind.FIRST_RESPONSE), due(shop, Kind.RESOLVE)) == before
    page = page_of(a_browser(shop, cast.AMIR))
    assert ("so that time stays" in page) == (words[-1] == "out")


def test_of_two_who_say_the_same_the_second_is_told_and_both_words_of_a_quarrel_are_kept(shop):
    a_customer(shop).asks(OUTSIDE)
    amir, noor = a_browser(shop, cast.AMIR), a_browser(shop, cast.NOOR)
    assert [put(who, "HC-1001", "in").status_code for who in (amir, noor)] == [303, 409]
    assert put(noor, "HC-1001", "out", phrase="strange noise").status_code == 303
    with shop.db.reading() as session:
        kept = session.scalars(select(scoping.ScopeCorrection)).all()
        assert [(each.inside, each.person.name) for each in kept] == [
            (True, "Amir Haddad"), (False, "Noor Rahman"),
        ]  # fmt: skip
        (last,) = scoping.standing(session, launch_of(session).id)
        assert scoping.said_inside(session, launch_of(session).id) == set()
    assert last.inside is False


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"scope": "sideways"}, 422), ({"scope": "in"}, 409),
     ({"scope": "out", "phrase": "croissant"}, 409), ({"scope": "out", "phrase": "🥐" * 400}, 409),
     ({"scope": "out", "area": "No such area", "phrase": "PENGUINS"}, 303)],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(shop, fields, status):
    a_customer(shop).asks(UNKNOWN)
    assert a_browser(shop, cast.AMIR).post(f"{TICKET}/scope", **fields).status_code == status


def test_only_who_works_at_the_desk_puts_it_right_and_only_a_lead_changes_words(shop):
    a_customer(shop).asks(OUTSIDE)
    assert put(a_browser(shop, cast.PRIYA), "HC-1001", "in").status_code == 403
    assert a_browser(shop, cast.PRIYA).get(SCOPE).status_code == 403
    assert a_browser(shop, cast.AMIR).post(f"{SCOPE}/1", decision="accept").status_code == 403
    assert a_browser(shop, cast.LENA).post(f"{SCOPE}/1", decision="accept").status_code == 404


# --- the words that follow ---


def put_right(parts: Parts, words: list[str], scope: str, **more) -> None:
    """Let Amir and Noor in turn put the questions ``words`` right."""
    agents = (a_browser(parts, cast.AMIR), a_browser(parts, cast.NOOR))
    for number, text in enumerate(words):
        a_customer(parts, visitor=f"v{number}").asks(text)
        with cast.the_ticket(parts) as (_, ticket):
            ticket_number = ticket.number
        assert put(agents[number % 2], ticket_number, scope, **more).status_code == 303


def test_when_several_put_the_same_words_right_leads_are_asked_once_and_take_them_out(shop):
    put_right(
        shop, [f"My espresso machine {each}" for each in ("leaks", "hums", "rusts", "sings")], "in"
    )
    with shop.db.reading() as session:
        told = session.scalars(select(Notice).where(Notice.kind == "scope-words")).all()
        assert {each.person.name for each in told} == {"Lena Ortiz", "Noor Rahman"}
        assert len(told) == 2
        assert told[0].words.startswith("Take “espresso machine” out of “Machines and repairs”?")
    lena = a_browser(shop, cast.LENA)
    page = page_of(lena, SCOPE)
    assert "4 questions put right by Amir Haddad, Noor Rahman" in page
    assert "“espresso machine” occurs in 4 of the 4 questions." in page

    answers = [lena.post(f"{SCOPE}/1", decision="accept").status_code for _ in range(2)]

    assert answers == [303, 409]
    with shop.db.reading() as session:
        assert launch_of(session).out_of_scope == [
            {"title": "Machines and repairs", "words": ["spare part"]}
        ]
    a_customer(shop, visitor="jo").asks(OUTSIDE)
    with cast.the_ticket(shop) as (_, ticket):
        assert ticket.in_scope


def test_words_that_the_missed_ones_share_are_proposed_and_may_be_left(shop):
    asked = (
        "Do penguins own a gift card?",
        "Which team won a gift card?",
        "Is the moon a gift card?",
    )
    put_right(shop, list(asked), "out")
    with shop.db.reading() as session:
        (proposal,) = scope_proposals.of_launch(session, launch_of(session).id)
        assert proposal.words == "Add “gift card” to what is out of scope"
    lena = a_browser(shop, cast.LENA)
    assert lena.post(f"{SCOPE}/1", decision="leave").status_code == 303
    put_right(shop, ["Do whales own a gift card?"], "out")
    with shop.db.reading() as session:
        assert len(scope_proposals.of_launch(session, launch_of(session).id)) == 1


def case(question: str, person: int = 1, *, inside=False, area="", phrase="") -> Case:
    return Case(question, inside, area, phrase, person)


GIFT = [case("a gift card please", 1), case("gift cards for two", 2), case("my gift card", 1)]


@pytest.mark.parametrize(
    ("cases", "asked", "found"),
    [
        (GIFT, [], [(True, "", "gift card")]),
        (GIFT[:2], [], []),  # too few
        ([case(each.question, 1) for each in GIFT], [], []),  # one person's opinion
        ([*GIFT, case("is my gift card price new", 3, inside=True)], [], []),  # they are in, too
        (GIFT, ["gift card"] * 9, [(True, "", "gift card")]),
        (GIFT, ["my gift card"] * 40, []),  # they would take too much else
        ([], ["anything"], []),
    ],
)
def test_which_words_are_proposed(cases, asked, found):
    assert found_in(cases, asked) == found


def test_words_that_a_person_named_come_first():
    cases = [case(f"a blue coat number {n}", n, phrase="coat") for n in (1, 2, 3)]
    assert found_in(cases, []) == [(True, "", "coat")]
