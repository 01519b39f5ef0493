"""Clocks that stand still, change their pace, explain themselves, and add up to the second."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.desk import pauses, promises
from assistant.desk.kinder import after_change
from assistant.desk.pauses import Pause
from assistant.desk.policies import HYPERCARE, NORMAL, Kind, policies_of
from assistant.desk.promises import Promise
from assistant.desk.reasons import reasons
from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground.parts import Parts
from assistant.launch.coverage import AROUND_THE_CLOCK, Coverage, read
from assistant.launch.scenarios import Category
from tests import cast
from tests.cast import AMIR, BLOCKED, LENA, NOW, UNKNOWN, Customer, later, the

OFFICE = {
    "week": [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "20:00"}],
    "holidays": [{"date": "2026-11-18", "name": "Day of Repentance"}],
}
BERLIN = read(OFFICE, "Europe/Berlin")
SECOND = timedelta(seconds=1)


def covered(parts: Parts, kept: dict[str, Any] = OFFICE) -> None:
    """Let people be there in office hours only."""
    with parts.db.writing() as session:
        cast.launch_of(session).coverage = kept


def promise_of(parts: Parts, kind: Kind) -> Promise:
    with cast.the_ticket(parts) as (_, ticket):
        found = [promise for promise in ticket.promises if promise.kind == kind]
        assert len(found) == 1
        return found[0]


def why(parts: Parts, kind: Kind) -> list[str]:
    with cast.the_ticket(parts) as (_, ticket):
        promise = next(one for one in reversed(ticket.promises) if one.kind == kind)
        return reasons(promise, coverage=ticket.coverage, stood_still=ticket.pauses)


# Pauses.


def test_a_clock_stands_still_from_the_answer_until_the_customer_writes(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(UNKNOWN)
    later(shop, hours=2)
    cast.amir_replies(shop)
    waits = promise_of(shop, Kind.RESOLVE)
    at = later(shop, days=3, seconds=7)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.customer_wrote(session, at=at)
    goes_on = promise_of(shop, Kind.RESOLVE)

    assert (waits.state(at), waits.paused_at) == ("paused", NOW + timedelta(hours=2))
    assert goes_on.state(at) == "fine"
    assert goes_on.due_at == NOW + timedelta(days=5 + 3, seconds=7)


def test_two_answers_are_one_pause_and_so_are_two_words_of_the_customer(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(UNKNOWN)
    cast.amir_replies(shop)
    later(shop, hours=1)
    cast.amir_replies(shop, "One more thing.")
    for at in (later(shop, hours=1), later(shop, hours=1)):
        with cast.the_ticket(shop) as (session, ticket):
            ticket.customer_wrote(session, at=at)

    with cast.the_ticket(shop) as (_, ticket):
        assert [pause.ended_at - pause.began_at for pause in ticket.pauses if pause.ended_at] == [
            timedelta(hours=2)
        ]
    assert promise_of(shop, Kind.RESOLVE).due_at == NOW + timedelta(days=5, hours=2)


def test_a_word_that_crossed_the_answer_pauses_nothing(shop: Parts, mara: Customer) -> None:
    mara.asks(UNKNOWN)
    later(shop, hours=1)
    cast.amir_replies(shop)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.customer_wrote(session, at=NOW + timedelta(minutes=59))

    resolve = promise_of(shop, Kind.RESOLVE)
    assert (resolve.paused_at, resolve.due_at) == (None, NOW + timedelta(days=5))


def test_whoever_promises_an_update_waits_for_nobody(shop: Parts, mara: Customer) -> None:
    mara.asks(UNKNOWN)
    cast.amir_replies(shop)
    at = later(shop, hours=1)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.promise_update(session, due_at=at + timedelta(hours=4), by=the(session, AMIR), at=at)

    assert promise_of(shop, Kind.RESOLVE).state(at) == "fine"


def test_what_was_broken_before_the_answer_is_not_mended_by_waiting(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(BLOCKED)
    at = later(shop, hours=5)
    cast.amir_replies(shop)

    assert promise_of(shop, Kind.RESOLVE).state(at) == "over"


def test_a_new_severity_counts_what_has_passed_and_not_the_pause(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(UNKNOWN)
    later(shop, hours=3)
    cast.amir_replies(shop)
    at = later(shop, hours=30)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.customer_wrote(session, at=at)
        ticket.set_severity(
            session, Severity.PAINFUL, reason="Many ask.", by=the(session, LENA), at=at
        )

    assert promise_of(shop, Kind.RESOLVE).due_at == NOW + timedelta(days=2, hours=30)


def test_a_severity_that_falls_while_it_waits_leaves_the_rest_of_the_new_time(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(BLOCKED)
    later(shop, hours=3)
    cast.amir_replies(shop)
    at = later(shop, hours=10)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.set_severity(
            session, Severity.MINOR, reason="A way round.", by=the(session, LENA), at=at
        )
        ticket.customer_wrote(session, at=at)

    assert promise_of(shop, Kind.RESOLVE).due_at == NOW + timedelta(days=5, hours=10)


@settings(max_examples=60, deadline=None, database=None, derandomize=True)
@given(draw=st.randoms(use_true_random=False))
def test_what_has_run_and_what_is_left_are_the_whole_time_to_the_second(
    draw: random.Random,
) -> None:
    at = datetime(2026, 3, draw.randrange(20, 31), 5, 0, tzinfo=UTC)
    coverage = draw.choice((AROUND_THE_CLOCK, BERLIN))
    ticket = Ticket(severity=3, policy="normal", scenario=None)
    made = promises.made(ticket, Kind.RESOLVE, policy=NORMAL, since=at, coverage=coverage)
    began, stood, severity = at, timedelta(), Severity.MINOR
    for _ in range(draw.randrange(1, 9)):
        before, at = at, at + draw.randrange(1, 90_000) * SECOND
        if pauses.current(ticket.pauses):
            counted = coverage if made.follows_calendar else AROUND_THE_CLOCK
            stood += counted.worked(before, at)
            promises.go_on(ticket, coverage=coverage, at=at)
        elif at < made.due_at and draw.random() < 0.6:
            promises.stand_still(ticket, at=at)
        else:
            former, severity = severity, draw.choice((Severity.PAINFUL, Severity.MINOR))
            ticket.severity = int(severity)
            promises.judged_anew(ticket, policy=NORMAL, coverage=coverage, before=former, at=at)
    promises.go_on(ticket, coverage=coverage, at=at)

    allowed = NORMAL.allows[severity][Kind.RESOLVE]
    if at < made.due_at:
        ran = pauses.ran(began, at, coverage, ticket.pauses)
        whole = coverage.worked(began, at)
        waited = sum(
            (coverage.worked(p.began_at, p.ended_at) for p in ticket.pauses if p.ended_at),
            timedelta(),
        )
        assert ran + waited == whole
        assert ran + coverage.worked(at, made.due_at) == made.allowed
    assert made.allowed <= max(allowed, NORMAL.allows[Severity.MINOR][Kind.RESOLVE])


# Covered time.


def test_only_covered_time_counts_but_for_sev_1_and_the_acknowledgement(
    shop: Parts, mara: Customer
) -> None:
    covered(shop)
    evening = cast.clock_of(shop).forward(timedelta(hours=9))  # 19:00 in Berlin, then a holiday
    mara.asks(UNKNOWN)
    with cast.the_ticket(shop) as (_, ticket):
        due = {promise.kind: promise.due_at for promise in ticket.promises}

    assert due["acknowledge"] == evening + timedelta(minutes=15)
    # One of eight hours on Tuesday, none on the holiday, seven on Thursday from 8:00.
    assert due["first_response"] == datetime(2026, 11, 19, 14, 0, tzinfo=UTC)


def test_sev_1_is_due_around_the_clock(shop: Parts, mara: Customer) -> None:
    covered(shop)
    evening = cast.clock_of(shop).forward(timedelta(hours=12))
    mara.asks(BLOCKED)

    assert promise_of(shop, Kind.FIRST_RESPONSE).due_at == evening + timedelta(minutes=15)


def test_a_launch_with_nobody_to_call_lets_sev_1_wait_for_the_morning(
    shop: Parts, mara: Customer
) -> None:
    covered(shop)
    with shop.db.writing() as session:
        cast.launch_of(session).policies = {"around_the_clock": []}
    cast.clock_of(shop).forward(timedelta(hours=12))  # 22:00, and a holiday follows
    mara.asks(BLOCKED)

    first = promise_of(shop, Kind.FIRST_RESPONSE)
    assert first.due_at == datetime(2026, 11, 19, 7, 15, tzinfo=UTC)


# Policies.


def test_a_category_may_have_its_own_time(shop: Parts) -> None:
    with shop.db.writing() as session:
        launch = cast.launch_of(session)
        launch.policies = {
            "hypercare": [
                {"severity": 2, "resolve": 600},
                {"severity": 2, "category": "billing", "first_response": 30},
            ]
        }
        changed = policies_of(launch)["hypercare"]

    severity, billing = Severity.PAINFUL, Category.BILLING
    assert changed.allowed(Kind.FIRST_RESPONSE, severity, billing) == timedelta(minutes=30)
    assert changed.allowed(Kind.FIRST_RESPONSE, severity, Category.ACCESS) == timedelta(hours=2)
    assert changed.allowed(Kind.RESOLVE, severity, billing) == timedelta(hours=10)
    assert changed.explained(Kind.FIRST_RESPONSE, severity, billing) == (
        "First response is due 30 minutes after the question, by the hypercare policy for Sev 2 "
        "and billing, around the clock."
    )
    assert HYPERCARE.allowed(Kind.RESOLVE, severity) == timedelta(days=2)


@pytest.mark.parametrize(
    ("minutes", "after", "due"),
    [
        (60, 5, 60),  # stricter: the customer gets it
        (1000, 5, 480),  # looser: what was promised stays
        (60, 90, 480),  # stricter, but then it would be overdue at once
    ],
)
def test_an_open_ticket_keeps_the_kinder_clock(
    shop: Parts, mara: Customer, minutes: int, after: int, due: int
) -> None:
    mara.asks(UNKNOWN)
    at = later(shop, minutes=after)
    with cast.the_ticket(shop) as (session, ticket):
        cast.launch_of(session).policies = {
            "hypercare": [{"severity": 3, "first_response": minutes}]
        }
        promises.keep_kinder(
            ticket,
            policy=ticket.terms,
            coverage=ticket.coverage,
            why="The promises of this launch changed.",
            at=at,
        )

    assert promise_of(shop, Kind.FIRST_RESPONSE).due_at == NOW + timedelta(minutes=due)


def hours_change(parts: Parts, kept: dict[str, Any] = OFFICE) -> None:
    """Let Lena set other hours for the launch."""
    at = parts.clock.now()
    with parts.db.writing() as session:
        launch = cast.launch_of(session)
        launch.set_coverage(session, kept, by=the(session, LENA), at=at)
        after_change(session, launch, why="The coverage hours of this launch changed.", at=at)


def test_after_fewer_hours_a_clock_goes_on_with_the_time_it_had_left(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(UNKNOWN)
    promised = promise_of(shop, Kind.RESOLVE).due_at  # a Sunday at 10:00
    every = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    hours_change(shop, {"week": [{"days": every, "from": "08:00", "to": "20:00"}]})
    later(shop, hours=1)
    cast.amir_replies(shop)
    at = later(shop, hours=1)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.customer_wrote(session, at=at)

    resolve = promise_of(shop, Kind.RESOLVE)
    assert resolve.due_at == promised + timedelta(hours=1)
    assert resolve.warn_at == NOW + timedelta(days=4, hours=1)


@pytest.mark.parametrize("severity", [Severity.PAINFUL, Severity.MINOR])
def test_after_fewer_hours_no_worse_severity_and_not_the_same_gives_more_time(
    shop: Parts, mara: Customer, severity: Severity
) -> None:
    mara.asks(UNKNOWN)
    before = {kind: promise_of(shop, kind).due_at for kind in (Kind.FIRST_RESPONSE, Kind.RESOLVE)}
    hours_change(shop, {"week": [{"days": ["sun"], "from": "08:00", "to": "09:00"}]})
    with cast.the_ticket(shop) as (session, ticket):
        lena = the(session, LENA)
        ticket.set_severity(session, severity, reason="Many ask.", by=lena, at=NOW)

    assert {kind: promise_of(shop, kind).due_at for kind in before} == before


# Why it is due then.


def test_a_deadline_from_before_the_hours_changed_says_so(shop: Parts, mara: Customer) -> None:
    mara.asks(UNKNOWN)
    hours_change(shop)

    told = why(shop, Kind.RESOLVE)
    assert told[0] == (
        "Due at 22 Nov 2026, 10:00 CET, as it was promised: the hours changed since, "
        "and no change of hours moves a deadline further away."
    )
    assert not any("Outside coverage" in step for step in told)


def test_a_deadline_tells_its_nights_holidays_and_pauses(shop: Parts, mara: Customer) -> None:
    covered(shop)
    mara.asks(UNKNOWN)
    later(shop, hours=2)
    cast.amir_replies(shop)
    at = later(shop, hours=1)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.customer_wrote(session, at=at)
    told = why(shop, Kind.RESOLVE)

    assert told[0] == (
        "Due at 2 Dec 2026, 11:00 CET: 120 hours of coverage time from the beginning, "
        "not counting 240 hours outside coverage and the waiting for the customer."
    )
    assert told[1:4] == [
        "Resolve is due 120 hours after the question, by the hypercare policy for Sev 3, "
        "in coverage hours.",
        "The clock began at 17 Nov 2026, 10:00 CET.",
        "Outside coverage from 17 Nov 2026, 20:00 CET to 19 Nov 2026, 08:00 CET "
        "(Day of Repentance): 36 hours not counted.",
    ]
    assert told[-1] == (
        "Waited for the customer from 17 Nov 2026, 12:00 CET to 17 Nov 2026, 13:00 CET: "
        "1 hour not counted."
    )


def test_a_clock_that_stands_still_says_what_is_left_on_it(shop: Parts, mara: Customer) -> None:
    mara.asks(UNKNOWN)
    later(shop, hours=2)
    cast.amir_replies(shop)

    assert why(shop, Kind.RESOLVE)[0] == (
        "Its clock stands still with 118 hours on it, until the customer writes."
    )


def test_a_new_severity_is_told_with_the_time_before_it(shop: Parts, mara: Customer) -> None:
    mara.asks(UNKNOWN)
    at = later(shop, hours=1)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.set_severity(
            session, Severity.PAINFUL, reason="Many ask.", by=the(session, LENA), at=at
        )

    told = why(shop, Kind.FIRST_RESPONSE)
    assert told[0] == "Due at 17 Nov 2026, 12:00 CET: 2 hours of time from the beginning."
    assert told[-1] == (
        "Sev 3 became Sev 2. That was at 17 Nov 2026, 11:00 CET; "
        "until then it was due at 17 Nov 2026, 18:00 CET."
    )


def test_pauses_before_the_beginning_or_without_length_change_nothing() -> None:
    none = Pause(began_at=NOW - timedelta(hours=2), ended_at=NOW - timedelta(hours=1))
    empty = Pause(began_at=NOW + timedelta(hours=1), ended_at=NOW + timedelta(hours=1))
    always = Coverage()

    due = pauses.runs_out(NOW, timedelta(hours=4), always, [none, empty])

    assert due == NOW + timedelta(hours=4)
    assert pauses.ran(NOW, due, always, [none, empty]) == timedelta(hours=4)
