"""A change of hours or promises reaches many open tickets a batch at a time, each of them once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select, text

from assistant.desk import kinder
from assistant.desk.kinder import AT_ONCE, ClockChange, after_change
from assistant.desk.promises import Kind, Promise
from assistant.desk.tickets import Ticket
from assistant.ground.audit import Event
from assistant.ground.parts import Parts
from assistant.reports import steps
from tests import cast

STRICTER = {"hypercare": [{"severity": 3, "first_response": 60}]}  # minutes
HOUR = timedelta(hours=1)
OPEN = 2 * AT_ONCE + 5


@pytest.fixture
def crowded(shop: Parts) -> Parts:
    """More open tickets than two batches hold."""
    for number in range(OPEN):
        cast.a_customer(shop, visitor=f"asker-{number}").calls("How many knees has a penguin?")
    return shop


def made_stricter(parts: Parts, policies: dict[str, Any] = STRICTER) -> int:
    with parts.db.writing() as session:
        launch = cast.launch_of(session)
        launch.policies = policies
        return after_change(session, launch, why="Stricter.", at=parts.clock.now())


def followed(parts: Parts) -> int:
    """Return how many tickets are due within the hour."""
    with parts.db.reading() as session:
        query = select(Promise.due_at, Ticket.opened_at).join(
            Ticket, Ticket.id == Promise.ticket_id
        )
        due = session.execute(query.where(Promise.kind == Kind.FIRST_RESPONSE)).all()
        return sum(due_at - opened_at == HOUR for due_at, opened_at in due)


def noted(parts: Parts) -> int:
    with parts.db.reading() as session:
        return session.scalar(select(func.count()).where(Event.kind == "ticket.deadlines")) or 0


@contextmanager
def moved_in_each_transaction(parts: Parts) -> Iterator[list[int]]:
    """Count the promises that each transaction moves."""
    counted = [0]

    def executed(_c: Any, _cursor: Any, statement: str, given: Any, _x: Any, many: bool) -> None:
        if statement.startswith("UPDATE promises"):
            counted[-1] += len(given) if many else 1

    def committed(_c: Any) -> None:
        counted.append(0)

    event.listen(parts.db.engine, "after_cursor_execute", executed)
    event.listen(parts.db.engine, "commit", committed)
    yield counted
    event.remove(parts.db.engine, "after_cursor_execute", executed)
    event.remove(parts.db.engine, "commit", committed)


def test_many_open_tickets_follow_a_change_a_batch_at_a_time(crowded: Parts) -> None:
    with moved_in_each_transaction(crowded) as counted:
        at_once = made_stricter(crowded)
        before = followed(crowded)
        afterwards = kinder.go_on(crowded)

    assert (at_once, before) == (AT_ONCE, AT_ONCE)
    assert (afterwards, followed(crowded), noted(crowded)) == (OPEN - AT_ONCE, OPEN, OPEN)
    assert max(counted) == AT_ONCE
    assert kinder.go_on(crowded) == 0


def test_what_broke_off_goes_on_where_it_was_and_moves_nothing_twice(crowded: Parts) -> None:
    with crowded.db.writing() as session:
        last = session.scalar(select(func.max(Ticket.id)))
        session.execute(
            text(
                f"CREATE TRIGGER stuck BEFORE UPDATE ON promises WHEN NEW.ticket_id = {last} "
                "BEGIN SELECT RAISE(ABORT, 'away'); END"
            )
        )
    made_stricter(crowded)

    assert kinder.go_on(crowded) == AT_ONCE  # and the third batch fails
    with crowded.db.writing() as session:
        session.execute(text("DROP TRIGGER stuck"))
    assert kinder.go_on(crowded) == OPEN - 2 * AT_ONCE

    assert (followed(crowded), noted(crowded)) == (OPEN, OPEN)


def test_a_ticket_that_came_after_the_change_is_not_moved_by_it(crowded: Parts) -> None:
    made_stricter(crowded)
    cast.a_customer(crowded, visitor="late").calls("How many knees has a penguin?")

    kinder.go_on(crowded)

    assert (followed(crowded), noted(crowded)) == (OPEN + 1, OPEN)


def test_every_ticket_comes_back_under_hypercares_promises_however_many_they_are(
    crowded: Parts,
) -> None:
    with crowded.db.writing() as session:
        for ticket in cast.tickets_of(session):
            ticket.policy = "normal"
        outside = cast.tickets_of(session)[-1]
        outside.in_scope = False
        steps.bring_back(session, cast.launch_of(session), why="Worse.", at=crowded.clock.now())

    kinder.go_on(crowded)

    with crowded.db.reading() as session:
        chosen = [ticket.policy for ticket in cast.tickets_of(session)]
        assert chosen == ["hypercare"] * (OPEN - 1) + ["normal"]
        assert session.scalars(select(ClockChange.finished_at)).one() is not None
