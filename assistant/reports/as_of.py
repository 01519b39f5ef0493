"""How a launch stood at one moment, also one that is long past: what was open, undecided, promised.

Facts have times, so a count of what was open at an instant comes to the same whenever it is made,
as long as nothing about that time is changed. A ticket that was opened again counts as open since
it first came.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from assistant.desk.causes import Cause
from assistant.desk.promises import Promise
from assistant.desk.rulings import Ruling
from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground.audit import Event
from assistant.ground.masking import masked
from assistant.launch import staging
from assistant.launch.launches import Launch
from assistant.launch.updates import Update
from assistant.reports.figures import counted, within
from assistant.reports.spans import Span

LISTED = 12  # tickets or decisions in one table; the figure above it counts all


@dataclass(frozen=True, slots=True)
class Open:
    """How many tickets were open, how many of them Sev 1–2, and how many nobody had triaged."""

    tickets: int
    urgent: int
    untriaged: int


@dataclass(frozen=True, slots=True)
class Undecided:
    """Something that somebody had to decide: what it is, since when, and of whom it was asked."""

    title: str
    since: datetime
    of: str
    href: str


def was_open(at: datetime) -> ColumnElement[bool]:
    """Return the SQL condition that a ticket was open at ``at``."""
    unresolved = or_(Ticket.resolved_at.is_(None), Ticket.resolved_at >= at)
    return and_(Ticket.opened_at < at, unresolved)


def was_untriaged(at: datetime) -> ColumnElement[bool]:
    """Return the SQL condition that nobody had taken or answered an open ticket by ``at``.

    That its customer was told it arrived is no look at it: the assistant says so by itself.
    """
    unseen = or_(Ticket.claimed_at.is_(None), Ticket.claimed_at >= at)
    unanswered = or_(Ticket.first_response_at.is_(None), Ticket.first_response_at >= at)
    return and_(was_open(at), unseen, unanswered)


def open_tickets(session: Session, launch_id: int, at: datetime) -> Open:
    """Return how many tickets were open at ``at``."""
    urgent = Ticket.severity <= int(Severity.PAINFUL)
    query = select(
        counted(was_open(at)),
        counted(and_(was_open(at), urgent)),
        counted(was_untriaged(at)),
    ).where(Ticket.launch_id == launch_id)
    tickets, grave, untriaged = session.execute(query).one()
    return Open(int(tickets), int(grave), int(untriaged))


def tickets_that(
    session: Session, launch_id: int, *conditions: ColumnElement[bool], most: int = LISTED
) -> Sequence[Ticket]:
    """Return tickets of a launch, the worst first, then the oldest, with their owners."""
    query = (
        select(Ticket)
        .where(Ticket.launch_id == launch_id, *conditions)
        .order_by(Ticket.severity, Ticket.opened_at, Ticket.id)
        .limit(most)
    )
    return session.scalars(query.options(joinedload(Ticket.owner))).all()


def urgent(session: Session, launch_id: int, at: datetime) -> Sequence[Ticket]:
    """Return the Sev 1–2 tickets that were open at ``at``."""
    grave = Ticket.severity <= int(Severity.PAINFUL)
    return tickets_that(session, launch_id, was_open(at), grave)


def undecided(session: Session, launch_id: int, at: datetime) -> list[Undecided]:
    """Return what was undecided at ``at``, the oldest first: questions on tickets, and causes."""
    found = [*_rulings(session, launch_id, at), *_causes(session, launch_id, at)]
    return sorted(found, key=lambda each: each.since)


def _rulings(session: Session, launch_id: int, at: datetime) -> list[Undecided]:
    query = (
        select(Ruling)
        .where(Ruling.launch_id == launch_id, Ruling.asked_at < at)
        .where(or_(Ruling.decided_at.is_(None), Ruling.decided_at >= at))
        .options(joinedload(Ruling.asked_of), joinedload(Ruling.ticket))
    )
    return [
        Undecided(
            masked(ruling.question),
            ruling.asked_at,
            ruling.asked_of.name if ruling.asked_of else "any lead",
            f"/desk/tickets/{ruling.ticket.number}",
        )
        for ruling in session.scalars(query)
    ]


def _causes(session: Session, launch_id: int, at: datetime) -> list[Undecided]:
    query = (
        select(Cause)
        .where(Cause.launch_id == launch_id, Cause.detected_at < at)
        .where(or_(Cause.decided_at.is_(None), Cause.decided_at >= at))
        .where(or_(Cause.fixed_at.is_(None), Cause.fixed_at >= at))
        .options(joinedload(Cause.owner))
    )
    return [
        Undecided(
            masked(cause.title),
            cause.detected_at,
            cause.owner.name if cause.owner else "nobody yet",
            f"/causes/{cause.id}",
        )
        for cause in session.scalars(query)
    ]


def broken(session: Session, launch_id: int, span: Span) -> int:
    """Return how many promises to customers were found broken in ``span``."""
    query = select(func.count(Event.id)).where(
        Event.launch_id == launch_id, Event.kind == "ticket.promise-broken", within(Event.at, span)
    )
    return session.scalar(query) or 0


def next_promise(session: Session, launch_id: int, at: datetime) -> tuple[str, datetime] | None:
    """Return the promise to a customer that was due first after ``at``: on what, and when."""
    query = (
        select(Promise)
        .join(Promise.ticket)
        .where(Ticket.launch_id == launch_id, was_open(at), Promise.made_at < at)
        .where(Promise.due_at >= at, Promise.paused_at.is_(None))
        .where(or_(Promise.kept_at.is_(None), Promise.kept_at >= at))
        .order_by(Promise.due_at, Promise.id)
        .limit(1)
    )
    found = session.scalar(query.options(joinedload(Promise.ticket)))
    return (f"{found.ticket.number}, {found.words.lower()}", found.due_at) if found else None


def told(session: Session, launch_id: int, span: Span) -> Sequence[Update]:
    """Return the updates that everybody was told in ``span``, oldest first."""
    query = select(Update).where(Update.launch_id == launch_id, within(Update.published_at, span))
    return session.scalars(query.order_by(Update.published_at, Update.id)).all()


def stage(session: Session, launch: Launch, at: datetime) -> int:
    """Return the stage of the promises at ``at``; 0 is hypercare in full."""
    moves = staging.moves_of(session, launch.id)
    return next((int(move.details["stage"][1]) for move in moves if move.at < at), 0)
