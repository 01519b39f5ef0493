"""What the load guard goes by, from the records: arrivals, handling times, people, deadlines."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.desk.policies import HYPERCARE, Kind, policies_of
from assistant.desk.promises import Promise
from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground.audit import Event
from assistant.ground.people import Role, members
from assistant.launch import shifts
from assistant.launch.launches import Launch, Mode
from assistant.reports.load_guard import Load

WINDOW = timedelta(hours=2)  # of arrivals that are taken for the pace
LOOKED_BACK = timedelta(days=3)  # for handling times
LONGEST = timedelta(minutes=60)  # between two answers of one person; more is a pause
ASSUMED = timedelta(minutes=8)  # of handling, until enough is seen
ENOUGH = 10  # answers in a row
MOST = 2_000  # answers and deadlines looked at


def load_of(session: Session, launch: Launch, *, at: datetime) -> Load:
    """Return what is known of the desk's load at ``at``, in a fixed number of queries."""
    arrived = _arrived(session, launch.id, at)
    groups = Counter(group for group in arrived if group is not None)
    seen = _handling(session, launch.id, at)
    return Load(
        arrived=len(arrived),
        window=WINDOW,
        handling=seen or ASSUMED,
        people=_people(session, launch, at),
        dues=_dues(session, launch.id, at),
        promised=policies_of(launch)[HYPERCARE.name].allowed(Kind.FIRST_RESPONSE, Severity.PAINFUL),
        shared=max(groups.values(), default=0) / max(1, len(arrived)),
        may_automate=launch.phase == "active" and launch.acting_mode is not Mode.AUTO,
        is_assumed=seen is None,
    )


def _arrived(session: Session, launch_id: int, at: datetime) -> list[int | None]:
    query = select(Ticket.group_id).where(
        Ticket.launch_id == launch_id, Ticket.opened_at > at - WINDOW, Ticket.opened_at <= at
    )
    return list(session.scalars(query))


def _handling(session: Session, launch_id: int, at: datetime) -> timedelta | None:
    """Return the usual time from one person's answer to their next on another ticket.

    It is what one more ticket costs while somebody works through them; pauses are left out.
    """
    query = (
        select(Event.person_id, Event.at, Event.ticket_id)
        .where(
            Event.launch_id == launch_id,
            Event.kind == "ticket.replied",
            Event.at > at - LOOKED_BACK,
            Event.at <= at,
            Event.person_id.is_not(None),
        )
        .order_by(Event.at.desc())
        .limit(MOST)
    )
    rows = sorted((who or 0, then, ticket or 0) for who, then, ticket in session.execute(query))
    apart = [
        then - before
        for (who, before, one), (same, then, other) in pairwise(rows)
        if who == same and one != other and then - before <= LONGEST
    ]
    if len(apart) < ENOUGH:
        return None
    return max(sorted(apart)[len(apart) // 2], timedelta(minutes=1))


def _people(session: Session, launch: Launch, at: datetime) -> int:
    """Return who is on shift or has just acted; without a roster, all who answer."""
    on_shift = {shift.person_id for shift in shifts.between(session, launch.id, at, at)}
    acted = select(Event.person_id).where(
        Event.launch_id == launch.id,
        Event.kind == "ticket.replied",
        Event.at > at - timedelta(hours=1),
        Event.at <= at,
        Event.person_id.is_not(None),
    )
    there = on_shift | {person for person in session.scalars(acted.distinct()) if person}
    if there or shifts.has_roster(session, launch.id):
        return len(there)
    return len(members(session, launch.id, Role.AGENT, Role.ENGINEER))


def _dues(session: Session, launch_id: int, at: datetime) -> tuple[datetime, ...]:
    """Return until when those who wait for a person's first word were promised one.

    What is overdue already is no question of load any more: it is said as a missed promise.
    """
    query = (
        select(Promise.due_at)
        .join(Ticket, Ticket.id == Promise.ticket_id)
        .where(Ticket.launch_id == launch_id, Ticket.resolved_at.is_(None))
        .where(Promise.kind == Kind.FIRST_RESPONSE, Promise.kept_at.is_(None))
        .where(Promise.due_at > at)
        .order_by(Promise.due_at)
        .limit(MOST)
    )
    return tuple(session.scalars(query))


def overdue(session: Session, launch_id: int, *, at: datetime) -> int:
    """Return how many promises of open tickets are overdue at ``at``."""
    query = (
        select(func.count(Promise.id))
        .join(Ticket, Ticket.id == Promise.ticket_id)
        .where(Ticket.launch_id == launch_id, Ticket.resolved_at.is_(None))
        .where(Promise.kept_at.is_(None), Promise.paused_at.is_(None), Promise.due_at <= at)
    )
    return session.scalar(query) or 0
