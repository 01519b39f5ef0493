"""Alarms: warnings, breaches and steps by time, each once; and who is told."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from assistant.desk import escalation
from assistant.desk.alarms import break_promises, move_up, warn
from assistant.desk.notice_mail import mail_notices
from assistant.desk.notices import Notice
from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground import audit
from assistant.ground.outbox import Outgoing
from assistant.ground.parts import Parts
from assistant.launch.coverage import AROUND_THE_CLOCK
from assistant.launch.shifts import Shift
from tests import cast
from tests.cast import AMIR, BLOCKED, ERIC, LENA, NOOR, NOW, UNKNOWN, Customer, later, the

PATH = [{"after_minutes": 60, "to": NOOR}, {"after_minutes": 15, "to": LENA}]


def happened(parts: Parts, *kinds: str) -> list[str]:
    with cast.the_ticket(parts) as (session, ticket):
        events = audit.history(session, ticket_id=ticket.id)
        return [one.kind.removeprefix("ticket.") for one in events if one.kind in kinds]


def told(parts: Parts) -> list[tuple[str, str]]:
    with parts.db.reading() as session:
        notices = session.scalars(select(Notice).order_by(Notice.id)).all()
        return [(notice.person.email, notice.kind) for notice in notices]


def on_its_path(parts: Parts, mara: Customer) -> None:
    """Let Mara ask what is Sev 3 and has the path of the first scenario."""
    mara.asks(UNKNOWN)
    with cast.the_ticket(parts) as (session, ticket):
        ticket.scenario = cast.launch_of(session).scenarios[0]
        ticket.escalates_at = ticket.moves_at()


def owner(parts: Parts) -> tuple[str | None, int]:
    with cast.the_ticket(parts) as (_, ticket):
        return ticket.owner.email if ticket.owner else None, ticket.level


def noor_has_the_shift(parts: Parts) -> None:
    with parts.db.writing() as session:
        session.add(
            Shift(
                launch_id=cast.launch_of(session).id,
                person_id=the(session, NOOR).id,
                begins_at=NOW - timedelta(hours=1),
                ends_at=NOW + timedelta(days=2),
                planned_at=NOW,
            )
        )


# Warnings and breaches.


def test_the_owner_is_warned_once_when_a_fifth_of_the_time_is_left(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(BLOCKED)
    later(shop, minutes=11, seconds=59)
    assert warn(shop) == 0

    later(shop, seconds=1)
    assert (warn(shop), warn(shop)) == (1, 0)
    assert told(shop) == [(AMIR, "warning")]
    with shop.db.reading() as session:
        (notice,) = session.scalars(select(Notice))
        assert "First response is due at 10:15 CET" in notice.words


def test_a_breach_tells_its_owner_and_whoever_is_in_charge(shop: Parts, mara: Customer) -> None:
    noor_has_the_shift(shop)
    mara.asks(BLOCKED)
    later(shop, minutes=15)

    assert (break_promises(shop), break_promises(shop)) == (1, 0)
    assert told(shop) == [(AMIR, "breach"), (NOOR, "breach"), (LENA, "escalated")]


def test_what_ran_out_while_nothing_ran_is_noted_late_and_no_warning_follows_a_breach(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(BLOCKED)
    later(shop, hours=3)

    assert (warn(shop), break_promises(shop), warn(shop)) == (1, 1, 0)
    with cast.the_ticket(shop) as (session, ticket):
        late = {
            event.kind: event.details.get("late")
            for event in audit.history(session, ticket_id=ticket.id)
            if "late" in event.details
        }
    assert late == {"ticket.warned": 168 * 60, "ticket.promise-broken": 165 * 60}
    assert (AMIR, "warning") not in told(shop)


def test_a_new_deadline_is_warned_of_again(shop: Parts, mara: Customer) -> None:
    mara.asks(BLOCKED)
    at = later(shop, minutes=12)
    assert warn(shop) == 1
    with cast.the_ticket(shop) as (session, ticket):
        lena = the(session, LENA)
        ticket.set_severity(session, Severity.PAINFUL, reason="A way round.", by=lena, at=at)
    later(shop, minutes=84)

    assert warn(shop) == 1


def test_what_broke_and_got_a_later_time_may_break_again(shop: Parts, mara: Customer) -> None:
    mara.asks(BLOCKED)
    at = later(shop, minutes=15)
    assert break_promises(shop) == 1
    with cast.the_ticket(shop) as (session, ticket):
        lena = the(session, LENA)
        ticket.set_severity(session, Severity.PAINFUL, reason="A way round.", by=lena, at=at)
        (first,) = [p for p in ticket.promises if p.broken_at is not None]
        assert not first.is_broken

    assert break_promises(shop) == 0
    later(shop, hours=2)
    assert (warn(shop), break_promises(shop), break_promises(shop)) == (1, 1, 0)
    assert happened(shop, "ticket.promise-broken") == ["promise-broken"] * 2


def test_a_ticket_whose_alarm_fails_keeps_nobody_else_s_quiet(shop: Parts, mara: Customer) -> None:
    mara.asks(BLOCKED)
    cast.a_customer(shop, visitor="tom").asks(BLOCKED)
    with cast.the_ticket(shop, "HC-1001") as (_, ticket):
        ticket.policy = "gone"  # of a later release, say
    later(shop, minutes=15)

    assert break_promises(shop) == 1
    assert happened(shop, "ticket.promise-broken") == ["promise-broken"]


def test_what_was_closed_unanswered_and_opened_again_is_escalated_like_any_other(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(BLOCKED)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.dismiss(session, reason="Spam", by=the(session, AMIR), at=NOW)
    at = later(shop, minutes=30)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.reopen(session, reason="It was none.", by=the(session, AMIR), at=at)
    later(shop, minutes=15)

    assert break_promises(shop) == 1
    assert owner(shop) == (LENA, 1)


# A clock that jumps.


@pytest.mark.parametrize("hours", [2, -2])
def test_after_a_jump_of_the_clock_nothing_is_decided_until_it_runs_evenly(
    shop: Parts, mara: Customer, hours: int
) -> None:
    mara.asks(BLOCKED)
    assert break_promises(shop) == 0  # it has looked at the clock
    cast.clock_of(shop).jump(timedelta(hours=hours))
    first = (warn(shop), break_promises(shop), move_up(shop))
    later(shop, seconds=1)
    second = (warn(shop), break_promises(shop), move_up(shop))
    cast.clock_of(shop).jump(-timedelta(hours=hours))
    third = (warn(shop), break_promises(shop), move_up(shop))
    later(shop, seconds=30)
    fourth = (warn(shop), break_promises(shop), move_up(shop))

    assert [first, second, third, fourth] == [(0, 0, 0)] * 4
    assert happened(shop, "ticket.promise-broken", "ticket.warned", "ticket.escalated") == []


def test_a_jump_that_stays_is_believed_after_ten_seconds(shop: Parts, mara: Customer) -> None:
    mara.asks(BLOCKED)
    assert break_promises(shop) == 0
    cast.clock_of(shop).jump(timedelta(hours=2))
    assert break_promises(shop) == 0
    later(shop, seconds=10)

    assert break_promises(shop) == 1


# Steps by time.


@pytest.mark.parametrize(
    ("level", "moved", "minutes"),
    [(0, None, 15), (1, 15, 60), (1, 55, 65), (2, 60, 90), (3, 90, None)],
)
def test_each_step_has_its_time(level: int, moved: int | None, minutes: int | None) -> None:
    due = escalation.moves_at(
        PATH,
        level,
        since=NOW,
        moved_at=None if moved is None else NOW + timedelta(minutes=moved),
        counts=AROUND_THE_CLOCK,
    )

    assert due == (None if minutes is None else NOW + timedelta(minutes=minutes))


def test_a_step_without_a_time_is_for_what_was_missed() -> None:
    path = [{"after_minutes": 0, "to": LENA}]

    assert escalation.moves_at(path, 0, since=NOW, moved_at=None, counts=AROUND_THE_CLOCK) is None
    assert escalation.moves_at(path, 1, since=NOW, moved_at=NOW, counts=AROUND_THE_CLOCK) == (
        NOW + timedelta(minutes=30)
    )


def test_what_nobody_takes_walks_its_path_by_time_and_ends_with_the_shift(
    shop: Parts, mara: Customer
) -> None:
    with shop.db.writing() as session:
        shift = Shift(
            launch_id=cast.launch_of(session).id,
            person_id=the(session, ERIC).id,
            begins_at=NOW - timedelta(hours=1),
            ends_at=NOW + timedelta(days=2),
            planned_at=NOW,
        )
        session.add(shift)
    on_its_path(shop, mara)
    walked = []
    for minutes in (14, 1, 44, 1, 29, 1, 120):
        later(shop, minutes=minutes)
        walked.append((move_up(shop), *owner(shop)))

    assert walked == [
        (0, AMIR, 0),
        (1, LENA, 1),
        (0, LENA, 1),
        (1, NOOR, 2),
        (0, NOOR, 2),
        (1, ERIC, 3),
        (0, ERIC, 3),
    ]
    assert [email for email, kind in told(shop) if kind == "escalated"] == [LENA, NOOR, ERIC]


@pytest.mark.parametrize("moves", ["claim", "reply", "acknowledge", "resolve"])
def test_whoever_moves_stops_the_steps(shop: Parts, mara: Customer, moves: str) -> None:
    on_its_path(shop, mara)
    with cast.the_ticket(shop) as (session, ticket):
        amir = the(session, AMIR)
        if moves == "claim":
            ticket.claim(session, by=amir, at=NOW)
        elif moves == "acknowledge":
            ticket.acknowledge(session, by=amir, at=NOW)
        else:
            ticket.reply(session, "It is so.", by=amir, at=NOW)
        if moves == "resolve":
            ticket.resolve(session, by=amir, at=NOW)
    later(shop, hours=2)

    assert move_up(shop) == 0


def test_a_breach_does_not_pass_on_what_has_gone_up_just_now(shop: Parts, mara: Customer) -> None:
    mara.asks(BLOCKED)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.scenario = cast.launch_of(session).scenarios[0]
        ticket.escalates_at = ticket.moves_at()
    later(shop, minutes=15)

    assert (move_up(shop), break_promises(shop)) == (1, 1)
    assert owner(shop) == (LENA, 1)


# Bounces.


def pass_on(parts: Parts, *emails: str) -> int:
    with cast.the_ticket(parts) as (session, ticket):
        for email in emails:
            to = the(session, email)
            ticket.assign(session, to=to, by=to, at=parts.clock.now())
        return ticket.bounces


def test_what_comes_back_is_counted_and_at_two_somebody_has_to_decide(
    shop: Parts, mara: Customer
) -> None:
    noor_has_the_shift(shop)
    mara.asks(UNKNOWN)

    assert pass_on(shop, AMIR, ERIC) == 0
    assert pass_on(shop, AMIR) == 1
    assert told(shop) == []
    assert pass_on(shop, ERIC) == 2
    assert told(shop) == [(NOOR, "bounces")]
    assert happened(shop, "ticket.bounced") == ["bounced", "bounced"]


def test_another_person_of_the_team_that_had_it_is_a_bounce_too(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(UNKNOWN)

    assert pass_on(shop, AMIR, ERIC, LENA) == 1


def test_going_on_to_a_third_of_the_same_team_or_to_oneself_is_none(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(UNKNOWN)

    assert pass_on(shop, AMIR, AMIR, LENA, NOOR) == 0


def test_a_ticket_that_is_gone_up_remembers_it(shop: Parts, mara: Customer) -> None:
    mara.asks(UNKNOWN)
    pass_on(shop, AMIR)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.escalate(session, reason="I need help.", by=the(session, AMIR), at=NOW)
        number = ticket.id

    assert pass_on(shop, AMIR) == 1
    with shop.db.reading() as session:
        assert session.get_one(Ticket, number).bounces == 1


# By mail.


def mails(parts: Parts) -> list[tuple[str, str]]:
    with parts.db.reading() as session:
        rows = session.scalars(select(Outgoing).where(Outgoing.kind == "mail"))
        return [(row.target, row.key) for row in rows if row.key.startswith("notice-")]


def test_what_nobody_has_read_yet_goes_out_by_mail_once(shop: Parts, mara: Customer) -> None:
    shop.settings.smtp_host, shop.settings.mail_from = "127.0.0.1", "help@shop.example"
    mara.asks(BLOCKED)
    later(shop, minutes=15)
    break_promises(shop)  # Amir and Lena are told, and Lena that it is hers
    with shop.db.writing() as session:
        session.get_one(Notice, 1).read(at=NOW)

    assert (mail_notices(shop), mail_notices(shop)) == (2, 0)
    assert mails(shop) == [(LENA, "notice-2"), (LENA, "notice-3")]
    with shop.db.reading() as session:
        body = session.scalars(select(Outgoing).where(Outgoing.key == "notice-3")).one().body
        assert body["to"] == LENA
        assert body["text"].rstrip().endswith("/desk/tickets/HC-1001")


def test_without_a_mail_server_notices_wait_on_their_page(shop: Parts, mara: Customer) -> None:
    mara.asks(BLOCKED)
    later(shop, minutes=15)
    break_promises(shop)

    assert mail_notices(shop) == 0
    assert mails(shop) == []
