"""A customer is told that somebody has their ticket once somebody has it, and not before."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from assistant.desk.taken import taken_by
from assistant.desk.tickets import Ticket
from assistant.integrations.letter_words import telling
from tests import cast
from tests.cast import AMIR, BLOCKED, LENA, NOW, UNKNOWN, later, the
from tests.web.test_api import Visitor
from web.app import create_app

OFFICE = {"week": [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00"}]}


@pytest.fixture
def visitor(shop):
    return Visitor(TestClient(create_app(shop)))


def letter(shop) -> str:
    """Return what a mail about the newest ticket's conversation says at its end."""
    with cast.the_ticket(shop) as (_, ticket):
        return telling([], ticket.conversation, titles={}, link="https://a.example", at=NOW)


def test_to_be_given_a_ticket_is_not_to_have_it(shop, visitor):
    visitor.asks(UNKNOWN)
    assert (visitor.sees()["ticket"]["owner"], visitor.sees()["ticket"]["taken"]) == ("Amir", False)
    assert "Our team has it." in letter(shop) and "Amir" not in letter(shop)

    with cast.the_ticket(shop) as (session, ticket):
        ticket.claim(session, by=the(session, AMIR), at=NOW)

    assert visitor.sees()["ticket"]["taken"] is True
    assert "Amir has it." in letter(shop)


def test_whom_it_goes_up_to_has_it_once_they_take_it_or_answer(shop, visitor):
    def holder(act: str, minutes: int) -> str | None:
        with cast.the_ticket(shop) as (session, ticket):
            lena, at = the(session, LENA), NOW + timedelta(minutes=minutes)
            act_of = {
                "claimed": lambda: ticket.claim(session, by=the(session, AMIR), at=at),
                "up": lambda: ticket.escalate(session, reason="Hard.", by="amir", at=at),
                "answered": lambda: ticket.reply(session, "It is so.", by=lena, at=at),
            }
            act_of[act]()
            return _name(ticket)

    visitor.asks(UNKNOWN)
    assert holder("claimed", 1) == "Amir"
    assert holder("up", 2) is None
    assert holder("answered", 3) == "Lena"


def _name(ticket: Ticket) -> str | None:
    person = taken_by(ticket)
    return person.first_name if person else None


def test_outside_hours_a_customer_is_told_when_people_are_back(shop, visitor):
    with shop.db.writing() as session:
        cast.launch_of(session).coverage = OFFICE
    later(shop, hours=12)  # 22:00 in Berlin, on a Tuesday
    visitor.asks(UNKNOWN)
    home = visitor.web.get(f"/api/v1/launches/{cast.LAUNCH}/widget").json()
    assert (home["staffed"], home["staffed_next"]) == (False, "2026-11-18T08:00:00Z")
    assert visitor.sees()["ticket"]["back_at"] == "2026-11-18T08:00:00Z"

    later(shop, hours=12)
    assert visitor.sees()["ticket"]["back_at"] is None
    assert visitor.web.get(f"/api/v1/launches/{cast.LAUNCH}/widget").json()["staffed"] is True


def test_what_counts_around_the_clock_waits_for_no_morning(shop, visitor):
    with shop.db.writing() as session:
        cast.launch_of(session).coverage = OFFICE
    later(shop, hours=12)
    told = visitor.asks(BLOCKED)
    assert "goes to a person first" in told["text"] and " now" not in told["text"]
    assert visitor.sees()["ticket"]["back_at"] is None


def test_a_clock_that_stands_still_is_said_to(shop, visitor):
    visitor.asks(UNKNOWN)
    cast.amir_replies(shop)
    still = {each["kind"]: each["paused"] for each in visitor.sees()["ticket"]["promises"]}
    assert still == {"acknowledge": False, "first_response": False, "resolve": True}
