"""What the queue is sorted by is stored: it is what the promises say, whatever was done."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from assistant.desk.severity import Severity
from assistant.desk.tickets import NO_CLOCK, Ticket
from assistant.ground.parts import Parts
from assistant.ground.people import Person
from tests import cast

Does = Callable[[Session, Ticket, Person, datetime], object]
STEPS: dict[str, Does] = {
    "judged worse": lambda s, t, who, at: t.set_severity(
        s, Severity.BLOCKED, reason="It is.", by=who, at=at
    ),
    "promised": lambda s, t, who, at: t.promise_update(
        s, due_at=at + timedelta(minutes=5), by=who, at=at
    ),
    "answered": lambda s, t, who, at: t.reply(s, "So it is.", by=who, at=at),
    "written to again": lambda s, t, who, at: t.customer_wrote(s, at=at),
    "noted": lambda s, t, who, at: t.add_note(s, "Odd.", by=who, at=at),
    "answered again": lambda s, t, who, at: t.reply(s, "Still so.", by=who, at=at),
    "resolved": lambda s, t, who, at: t.resolve(s, by=who, at=at),
    "opened again": lambda s, t, who, at: t.reopen(s, reason="Not so.", by=who, at=at),
    "closed": lambda s, t, who, at: t.dismiss(s, reason="Spam", by=who, at=at),
}


@pytest.mark.parametrize("steps", range(1, len(STEPS) + 1))
def test_the_stored_deadline_is_the_first_that_runs(shop: Parts, steps: int) -> None:
    cast.a_customer(shop).calls("Case")
    for does in list(STEPS.values())[:steps]:
        at = cast.later(shop, minutes=1)
        with cast.the_ticket(shop) as (session, ticket):
            does(session, ticket, cast.the(session, cast.AMIR), at)

    with cast.the_ticket(shop) as (_, ticket):
        running = [p.due_at for p in ticket.promises if p.is_open and p.paused_at is None]
        assert ticket.next_due_at == min(running, default=NO_CLOCK)
