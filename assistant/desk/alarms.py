"""Alarms: a promise runs out, breaks, or nobody takes a ticket. Each is noted exactly once.

Each sweep finds its own work in the database and claims it by a conditional update, one item per
transaction, so that several workers and a killed one do no harm. What comes more than a minute
after its time, because nothing ran then, is marked late. After a jump of the wall clock nothing
here is decided until the clock has been believable for a while.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from assistant.desk import overdue
from assistant.desk.escalation import AT_LEAST
from assistant.desk.in_charge import in_charge
from assistant.desk.policies import Kind
from assistant.desk.promises import Promise
from assistant.desk.tickets import Ticket
from assistant.ground.audit import ASSISTANT
from assistant.ground.parts import Parts

log = structlog.get_logger()

ESCALATED_BY = (Kind.ACKNOWLEDGE, Kind.FIRST_RESPONSE)  # broken promises that move a ticket up
LATE = timedelta(minutes=1)
MOST = 200  # items of one sweep
Found = tuple[int, datetime]  # an id, and when it was due


def warn(parts: Parts) -> int:
    """Tell each owner of a promise that it runs out."""
    return _each(parts, _running_out, _warned)


def break_promises(parts: Parts) -> int:
    """Note every promise that broke, and move its ticket up."""
    return _each(parts, _overdue, _broke)


def move_up(parts: Parts) -> int:
    """Move up what nobody took or answered by the time its path names."""
    return _each(parts, _unmoved, _moved)


def _each(
    parts: Parts,
    find: Callable[[Session, datetime], list[Found]],
    settle: Callable[[Session, Found, datetime], bool],
) -> int:
    if not parts.watch.trusts(parts.clock):
        return 0
    at, done = parts.clock.now(), 0
    with parts.db.reading() as session:
        items = find(session, at)
    for item in items:
        try:
            with parts.db.writing() as session:
                done += settle(session, item, at)
        except StaleDataError:
            continue  # somebody changed the ticket this very moment; the next sweep looks again
        except Exception:  # what cannot be settled must not keep the alarms of all others quiet
            log.exception("alarm failed", item=item[0])
    return done


def _running_out(session: Session, at: datetime) -> list[Found]:
    return [(promise_id, at) for promise_id in overdue.running_out(session, at=at)]


def _overdue(session: Session, at: datetime) -> list[Found]:
    return [(promise_id, at) for promise_id in overdue.broken(session, at=at)]


def _unmoved(session: Session, at: datetime) -> list[Found]:
    query = (
        select(Ticket.id, Ticket.escalates_at)
        .where(Ticket.escalates_at <= at, Ticket.resolved_at.is_(None))
        .order_by(Ticket.escalates_at)
        .limit(MOST)
    )
    return [(ticket_id, due) for ticket_id, due in session.execute(query) if due is not None]


def _warned(session: Session, found: Found, at: datetime) -> bool:
    if not overdue.claim_warned(session, found[0], at=at):
        return False
    promise = session.get_one(Promise, found[0])
    ticket, due = promise.ticket, promise.due_at
    late = _late(promise.warn_at or at, at)
    ticket.record(
        session, "warned", by=ASSISTANT, at=at, promise=promise.kind, due=due.isoformat(), **late
    )
    if due > at:  # else the missed promise is said, which is more
        said = f"{promise.words} is due at {_time(ticket, due)}."
        is_here = ticket.owner is not None and ticket.owner.disabled_at is None
        owner = ticket.owner if is_here else in_charge(session, ticket.launch_id, at)
        ticket.tell(session, owner, f"runs out: {said}", kind="warning", at=at)
    return True


def _broke(session: Session, found: Found, at: datetime) -> bool:
    if not overdue.claim_broken(session, found[0], at=at):
        return False
    promise = session.get_one(Promise, found[0])
    ticket, due = promise.ticket, promise.due_at
    ticket.record(
        session,
        "promise-broken",
        by=ASSISTANT,
        at=at,
        promise=promise.kind,
        due=due.isoformat(),
        **_late(due, at),
    )
    said = f"was missed: {promise.words} was due at {_time(ticket, due)}."
    told = {person.id: person for person in (ticket.owner,) if person is not None}
    if (lead := in_charge(session, ticket.launch_id, at)) is not None:
        told[lead.id] = lead
    for person in told.values():
        ticket.tell(session, person, said, kind="breach", at=at)
    if promise.kind in ESCALATED_BY and ticket.is_open and not _is_new_to_owner(ticket, at):
        ticket.escalate(session, reason=f"{promise.words} was missed.", by=ASSISTANT, at=at)
    return True


def _is_new_to_owner(ticket: Ticket, at: datetime) -> bool:
    """Return whether it has gone up just now: then it stays there for a while."""
    return ticket.escalated_at is not None and at - ticket.escalated_at < AT_LEAST


def _moved(session: Session, found: Found, at: datetime) -> bool:
    ticket_id, due = found
    claimed = session.execute(
        update(Ticket)
        .where(Ticket.id == ticket_id, Ticket.escalates_at == due, Ticket.resolved_at.is_(None))
        .values(escalates_at=None)
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        return False
    ticket = session.get_one(Ticket, ticket_id)
    reason = f"Nobody had taken it or answered by {_time(ticket, due)}."
    if _late(due, at):
        reason += " Noted late."
    ticket.escalate(session, reason=reason, by=ASSISTANT, at=at)
    return True


def _late(due: datetime, at: datetime) -> dict[str, int]:
    """Return by how many seconds it comes late, when it does."""
    return {"late": int((at - due).total_seconds())} if at - due > LATE else {}


def _time(ticket: Ticket, at: datetime) -> str:
    local = at.astimezone(ticket.launch.zone)
    return f"{local:%H:%M %Z} on {local.day} {local:%B}"
