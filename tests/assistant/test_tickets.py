"""Tickets: severity with its reason, an owner, promises, and an event for every change."""

from datetime import timedelta

import pytest

from assistant.desk import tickets
from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground import audit
from assistant.ground.errors import NotFound, Refused
from assistant.ground.parts import Parts
from assistant.launch.shifts import Shift
from tests import cast
from tests.cast import AMIR, ERIC, LENA, NOOR, NOW, UNKNOWN, Customer, a_customer, later, the


@pytest.fixture
def asked(shop: Parts, mara: Customer) -> Parts:
    mara.asks(UNKNOWN)
    return shop


def due(ticket: Ticket) -> dict[str, str]:
    """What is promised: the time it is due after ``NOW``, or that it was kept."""
    return {
        promise.kind: "kept" if promise.kept_at else str(promise.due_at - NOW)
        for promise in ticket.promises
    }


def what_happened(parts: Parts) -> list[tuple[str, str]]:
    with cast.the_ticket(parts) as (session, ticket):
        return [(event.kind, event.who) for event in audit.history(session, ticket_id=ticket.id)]


def test_a_new_ticket_is_acknowledged_at_once_with_number_owner_and_due_times(
    asked: Parts,
) -> None:
    with cast.the_ticket(asked) as (_, ticket):
        assert ticket.number == "HC-1001"
        assert ticket.subject == "Do penguins have knees?"
        assert ticket.owner is not None
        assert ticket.owner.email == AMIR
        assert (ticket.severity, ticket.severity_reason) == (
            3,
            "Nothing says that anything is blocked.",
        )
        assert ticket.acknowledged_at == NOW
        assert due(ticket) == {
            "acknowledge": "kept",
            "first_response": "8:00:00",
            "resolve": "5 days, 0:00:00",
        }
    assert what_happened(asked) == [
        ("ticket.opened", "assistant"),
        ("ticket.acknowledged", "assistant"),
    ]


def test_an_automatic_word_is_no_human_response(asked: Parts) -> None:
    with cast.the_ticket(asked) as (_, ticket):
        assert ticket.first_response_at is None
        assert ticket.is_waiting_on_us


def test_acknowledging_stops_the_acknowledge_clock_but_not_the_first_response_clock(
    asked: Parts,
) -> None:
    with cast.the_ticket(asked) as (session, ticket):
        ticket.acknowledge(session, by=the(session, AMIR), at=NOW + timedelta(minutes=5))

        assert ticket.acknowledged_at == NOW  # the first time counts
        assert due(ticket)["first_response"] == "8:00:00"


def test_a_reply_is_the_first_response_and_makes_its_author_the_owner(asked: Parts) -> None:
    at = later(asked, minutes=20)
    with cast.the_ticket(asked) as (session, ticket):
        ticket.reply(session, " Only with money. ", by=the(session, ERIC), at=at)

        assert (ticket.first_response_at, ticket.replied_at) == (at, at)
        assert ticket.owner is not None
        assert ticket.owner.email == ERIC
        assert not ticket.is_waiting_on_us
        assert due(ticket) == {
            "acknowledge": "kept",
            "first_response": "kept",
            "resolve": "5 days, 0:00:00",
        }
        assert ticket.conversation.messages[-1].text == "Only with money."


def test_an_approved_version_is_sent_byte_for_byte_and_cited(asked: Parts) -> None:
    with cast.the_ticket(asked) as (session, ticket):
        version = cast.version_of(session, "price-differs")
        message = ticket.reply(
            session,
            version.text,
            by=the(session, AMIR),
            at=NOW,
            entry_version_id=version.id,
        )

        assert (message.text, message.sha256) == (version.text, version.sha256)
        assert message.entry_version_id == version.id


@pytest.mark.parametrize("blank", ["", " \n\t", "\u00a0"])
def test_nothing_blank_is_sent_or_kept(asked: Parts, blank: str) -> None:
    with cast.the_ticket(asked) as (session, ticket):
        amir = the(session, AMIR)
        with pytest.raises(Refused, match="nothing to send"):
            ticket.reply(session, blank, by=amir, at=NOW)
        with pytest.raises(Refused, match="nothing to keep"):
            ticket.add_note(session, blank, by=amir, at=NOW)
        with pytest.raises(Refused, match="needs a reason"):
            ticket.set_severity(session, Severity.BLOCKED, reason=blank, by=amir, at=NOW)


def test_a_new_severity_moves_the_deadlines_from_the_question_on(asked: Parts) -> None:
    at = later(asked, minutes=5)
    with cast.the_ticket(asked) as (session, ticket):
        ticket.set_severity(
            session, Severity.BLOCKED, reason="Nobody can pay.", by=the(session, LENA), at=at
        )

        assert (ticket.severity, ticket.severity_reason) == (1, "Nobody can pay.")
        assert due(ticket) == {
            "acknowledge": "kept",
            "first_response": "0:15:00",
            "resolve": "4:00:00",
        }
    assert what_happened(asked)[-1] == ("ticket.severity", "Lena Ortiz")


def test_when_the_customer_writes_again_it_waits_on_us_with_a_next_update(
    asked: Parts, mara: Customer
) -> None:
    cast.amir_replies(asked)
    later(asked, minutes=30)
    mara.asks("And on Mars?")

    with cast.the_ticket(asked) as (_, ticket):
        assert ticket.is_waiting_on_us
        assert due(ticket)["next_update"] == "2 days, 0:30:00"


def test_nobody_resolves_what_nobody_answered(asked: Parts) -> None:
    with cast.the_ticket(asked) as (session, ticket), pytest.raises(Refused) as refused:
        ticket.resolve(session, by=the(session, AMIR), at=NOW)

    assert refused.value.what_to_do == "Reply first, then resolve."


def test_resolving_keeps_every_promise_and_closes_the_door(asked: Parts) -> None:
    cast.amir_replies(asked)
    with cast.the_ticket(asked) as (session, ticket):
        amir = the(session, AMIR)
        ticket.resolve(session, by=amir, at=NOW, note="Told him about money.")

        assert not ticket.is_open
        assert [promise.is_open for promise in ticket.promises] == [False, False, False]
        for late in (
            lambda: ticket.reply(session, "One more thing", by=amir, at=NOW),
            lambda: ticket.claim(session, by=amir, at=NOW),
            lambda: ticket.resolve(session, by=amir, at=NOW),
            lambda: ticket.acknowledge(session, by=amir, at=NOW),
            lambda: ticket.promise_update(session, due_at=NOW, by=amir, at=NOW),
            lambda: ticket.escalate(session, reason="Why not", by=amir, at=NOW),
        ):
            with pytest.raises(Refused, match="This ticket is resolved"):
                late()


def test_reopening_makes_new_promises_once(asked: Parts) -> None:
    cast.amir_replies(asked)
    at = later(asked, days=1)
    with cast.the_ticket(asked) as (session, ticket):
        lena = the(session, LENA)
        ticket.resolve(session, by=lena, at=NOW)
        ticket.reopen(session, reason="It is back.", by=lena, at=at)
        ticket.reopen(session, reason="It is back.", by=lena, at=at)

        still = [promise for promise in ticket.promises if promise.is_open]
        assert [(promise.kind, promise.due_at - at) for promise in still] == [
            ("next_update", timedelta(days=2)),
            ("resolve", timedelta(days=5)),
        ]
    assert [kind for kind, _ in what_happened(asked)].count("ticket.reopened") == 1


@pytest.mark.parametrize("hours", [0, -1])
def test_an_update_is_not_promised_for_the_past(asked: Parts, hours: int) -> None:
    with cast.the_ticket(asked) as (session, ticket), pytest.raises(Refused, match="has passed"):
        ticket.promise_update(
            session, due_at=NOW + timedelta(hours=hours), by=the(session, AMIR), at=NOW
        )


def test_context_is_added_to_and_blanks_take_nothing_away(asked: Parts) -> None:
    with cast.the_ticket(asked) as (session, ticket):
        ticket.add_context(session, {"doing": "Paying", "reach": "", "can_continue": None}, at=NOW)
        ticket.add_context(session, {"doing": "", "can_continue": "no"}, at=NOW)

        assert ticket.context == {"doing": "Paying", "can_continue": "no"}


def test_every_change_is_an_event_with_its_author(asked: Parts, mara: Customer) -> None:
    with cast.the_ticket(asked) as (session, ticket):
        amir, lena = the(session, AMIR), the(session, LENA)
        ticket.claim(session, by=amir, at=NOW)
        ticket.assign(session, to=lena, by=amir, at=NOW)
        ticket.add_note(session, "A riddle.", by=lena, at=NOW)
        ticket.promise_update(session, due_at=NOW + timedelta(hours=1), by=lena, at=NOW)
        ticket.add_context(session, {"doing": "Paying"}, at=NOW)
        ticket.reply(session, "No.", by=lena, at=NOW)
        ticket.resolve(session, by=lena, at=NOW)
        ticket.rate(session, 4, at=NOW)

    assert what_happened(asked)[2:] == [
        ("ticket.assigned", "Amir Haddad"),
        ("ticket.assigned", "Amir Haddad"),
        ("ticket.noted", "Lena Ortiz"),
        ("ticket.promised", "Lena Ortiz"),
        ("ticket.context", "customer"),
        ("ticket.replied", "Lena Ortiz"),
        ("ticket.resolved", "Lena Ortiz"),
        ("ticket.rated", "customer"),
    ]


def test_tickets_go_to_whoever_has_the_fewest(shop: Parts) -> None:
    with shop.db.writing() as session:
        cast.a_person(session)  # Bo, the second agent
    for _ in range(4):
        a_customer(shop).asks(UNKNOWN)

    with shop.db.reading() as session:
        owners = [one.owner.first_name for one in cast.tickets_of(session) if one.owner]
    assert owners == ["Amir", "Bo", "Amir", "Bo"]


def test_a_ticket_is_found_by_its_number_within_its_launches(asked: Parts) -> None:
    with asked.db.reading() as session:
        launch = cast.launch_of(session).id
        assert tickets.by_number(session, "hc-1001", [launch]).id == 1
        assert tickets.by_number(session, "HC-1001", None).id == 1


@pytest.mark.parametrize(
    "number",
    [
        "HC-1002",
        "HC-",
        "",
        "HC-²",
        "HC-١٠٠٢",
        "HC--1",
        "HC-1e3",
        "HC-" + "9" * 400,
        "HC-\x00",
        "🎫",
    ],
)
def test_there_is_no_ticket_of_a_number_that_is_none(asked: Parts, number: str) -> None:
    with asked.db.reading() as session, pytest.raises(NotFound):
        tickets.by_number(session, number, None)


def test_a_ticket_of_another_launch_looks_like_none(asked: Parts) -> None:
    with asked.db.reading() as session, pytest.raises(NotFound):
        tickets.by_number(session, "HC-1001", [])


def test_exactly_the_same_reply_twice_in_a_row_is_sent_once(shop: Parts, mara: Customer) -> None:
    mara.asks(cast.UNKNOWN)
    cast.amir_replies(shop, "We are on it.")

    with pytest.raises(Refused, match="exactly this"):
        cast.amir_replies(shop, "We are on it.")


def test_escalating_and_opening_again_say_why(shop: Parts, mara: Customer) -> None:
    mara.asks(cast.UNKNOWN)

    with cast.the_ticket(shop) as (session, ticket), pytest.raises(Refused, match="Say why"):
        ticket.escalate(session, reason="  ", by=the(session, AMIR), at=NOW)


def test_a_ticket_that_comes_at_night_goes_to_who_is_on_shift(shop: Parts) -> None:
    with shop.db.writing() as session:
        hours = (NOW - timedelta(hours=1), NOW + timedelta(hours=7))
        shift = Shift(
            launch_id=cast.launch_of(session).id,
            person_id=the(session, NOOR).id,
            begins_at=hours[0],
            ends_at=hours[1],
            planned_at=NOW,
        )
        session.add(shift)

    cast.a_customer(shop, visitor="v1").asks(cast.UNKNOWN)
    later(shop, hours=8)
    cast.a_customer(shop, visitor="v2").asks(cast.UNKNOWN)

    with shop.db.reading() as session:
        owners = [one.owner.email for one in cast.tickets_of(session) if one.owner]
    assert owners == [NOOR, AMIR]
