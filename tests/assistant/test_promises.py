"""Promises: a stored deadline each, kept, late or broken once."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.desk import overdue, promises
from assistant.desk.promises import HYPERCARE, NORMAL, Kind, Policy, Promise, in_words
from assistant.desk.severity import Severity
from assistant.ground.parts import Parts
from tests import cast
from tests.cast import AMIR, LENA, NOW, UNKNOWN, Customer, later, the

TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(tzinfo=UTC)
)
MINUTES = st.integers(min_value=-100_000, max_value=100_000)


def promised(minutes: int = 100) -> Promise:
    return Promise(kind=Kind.RESOLVE, made_at=NOW, due_at=NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("policy", "severity", "minutes"),
    [
        (HYPERCARE, Severity.BLOCKED, [10, 15, 60, 240]),
        (HYPERCARE, Severity.PAINFUL, [15, 120, 1440, 2880]),
        (HYPERCARE, Severity.MINOR, [15, 480, 2880, 7200]),
        (NORMAL, Severity.BLOCKED, [15, 60, 240, 1440]),
        (NORMAL, Severity.PAINFUL, [60, 480, 2880, 7200]),
        (NORMAL, Severity.MINOR, [60, 1440, 7200, 14400]),
    ],
)
def test_each_severity_gives_each_promise_its_time(
    policy: Policy, severity: Severity, minutes: list[int]
) -> None:
    due = [policy.due(kind, severity, since=NOW) - NOW for kind in Kind]

    assert due == [timedelta(minutes=n) for n in minutes]


@pytest.mark.parametrize("policy", [HYPERCARE, NORMAL])
def test_worse_is_never_slower_and_acknowledging_comes_first(policy: Policy) -> None:
    for kind in Kind:
        waits = [policy.allows[severity][kind] for severity in Severity]
        assert waits == sorted(waits)
    for severity in Severity:
        allowed = list(policy.allows[severity].values())
        assert allowed == sorted(allowed)


@given(since=TIMES, severity=st.sampled_from(Severity), kind=st.sampled_from(Kind))
def test_a_deadline_lies_after_its_beginning_whatever_the_clocks_do(
    since: datetime, severity: Severity, kind: Kind
) -> None:
    due = HYPERCARE.due(kind, severity, since=since)

    assert due - since == HYPERCARE.allows[severity][kind]
    assert due > since
    assert due.utcoffset() == timedelta(0)


def test_a_deadline_can_explain_itself() -> None:
    assert HYPERCARE.explained(Kind.FIRST_RESPONSE, Severity.PAINFUL) == (
        "First response is due 2 hours after the question, by the hypercare policy for Sev 2, "
        "around the clock."
    )


@pytest.mark.parametrize(
    ("after", "state"),
    [(0, "fine"), (79, "fine"), (80, "soon"), (99, "soon"), (100, "over"), (5000, "over")],
)
def test_an_open_promise_turns_amber_in_its_last_fifth(after: int, state: str) -> None:
    assert promised().state(NOW + timedelta(minutes=after)) == state


def test_a_promise_is_kept_once_and_remembers_whether_it_was_late() -> None:
    on_time, late = promised(), promised()
    on_time.keep(at=NOW + timedelta(minutes=100))
    on_time.keep(at=NOW + timedelta(minutes=200))
    late.keep(at=NOW + timedelta(minutes=101))

    assert (on_time.state(NOW + timedelta(days=9)), on_time.is_open) == ("kept", False)
    assert (late.state(NOW), late.is_open) == ("late", False)


@given(after=MINUTES, kept=st.none() | MINUTES)
def test_the_state_is_one_of_five(after: int, kept: int | None) -> None:
    promise = promised()
    if kept is not None:
        promise.keep(at=NOW + timedelta(minutes=kept))
    expected = {"kept", "late"} if kept is not None else {"fine", "soon", "over"}

    assert promise.state(NOW + timedelta(minutes=after)) in expected


@given(st.lists(st.integers(min_value=1, max_value=500), max_size=6), MINUTES)
def test_open_promises_come_soonest_first(due: list[int], since: int) -> None:
    ticket = SimpleNamespace(severity=3, promises=[])
    for minutes in due:
        promises.made(
            ticket,  # type: ignore[arg-type]
            Kind.NEXT_UPDATE,
            policy=HYPERCARE,
            since=NOW,
            due_at=NOW + timedelta(minutes=minutes),
        )

    found = promises.open_of(ticket.promises)

    assert [one.due_at for one in found] == sorted(NOW + timedelta(minutes=m) for m in due)
    assert promises.open_of(ticket.promises, Kind.RESOLVE) == []


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=15), "15 minutes"),
        (timedelta(minutes=60), "1 hour"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(hours=8), "8 hours"),
        (timedelta(hours=24), "1 day"),
        (timedelta(days=5), "5 days"),
        (timedelta(0), "0 minutes"),
    ],
)
def test_a_span_is_told_as_people_say_it(time: timedelta, words: str) -> None:
    assert in_words(time) == words


# On a ticket.


def test_a_broken_promise_is_claimed_by_exactly_one(shop: Parts, mara: Customer) -> None:
    mara.asks(UNKNOWN)
    at = later(shop, hours=8)

    with shop.db.writing() as session:
        (first_response,) = overdue.broken(session, at=at)
        assert overdue.claim_broken(session, first_response, at=at)
        assert not overdue.claim_broken(session, first_response, at=at)
        assert overdue.broken(session, at=at) == []


def test_what_was_kept_in_time_is_never_broken(shop: Parts, mara: Customer) -> None:
    mara.asks(UNKNOWN)
    cast.amir_replies(shop)

    with shop.db.reading() as session:
        assert overdue.broken(session, at=NOW + timedelta(days=4)) == []


def test_a_new_severity_moves_deadlines_but_not_the_time_a_person_named(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(UNKNOWN)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.promise_update(
            session, due_at=NOW + timedelta(hours=3), by=the(session, AMIR), at=NOW
        )
        ticket.set_severity(
            session, Severity.PAINFUL, reason="Many ask.", by=the(session, LENA), at=NOW
        )
        due = {promise.kind: promise.due_at - NOW for promise in ticket.promises}

    assert due == {
        "acknowledge": timedelta(minutes=15),
        "first_response": timedelta(hours=2),
        "resolve": timedelta(days=2),
        "next_update": timedelta(hours=3),
    }
