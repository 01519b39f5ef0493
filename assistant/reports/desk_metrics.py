"""What the desk's day looked like beyond its waits: its backlog, who took things up, what broke."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import distinct, func, or_, select
from sqlalchemy.orm import Session

from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.desk.tickets import Ticket
from assistant.ground.audit import Event
from assistant.launch.coverage import coverage_of
from assistant.launch.launches import Launch
from assistant.reports.figures import within
from assistant.reports.spans import Span

SOON = timedelta(minutes=15)  # within which a person has it in hand; covered time (R42)
IN_HAND = ("ticket.acknowledged", "ticket.assigned", "ticket.replied", "ticket.resolved")
BROKEN = "ticket.promise-broken"
TOP = 5  # questions that are named
MANY = 2  # people, from which on a question repeats


def backlog(session: Session, launch_id: int, span: Span, at: datetime) -> dict[str, Any]:
    """Return how many tickets were open when the day ended, or are at ``at``."""
    end = min(span.end, at)
    open_then = select(func.count(Ticket.id)).where(
        Ticket.launch_id == launch_id,
        Ticket.in_scope.is_(True),
        Ticket.opened_at < end,
        or_(Ticket.resolved_at.is_(None), Ticket.resolved_at >= end),
    )
    return {"level": float(session.scalar(open_then) or 0)}


def in_hand(session: Session, launch_id: int, span: Span, at: datetime) -> dict[str, Any]:
    """Return of how many tickets of the day a person took note within ``SOON``.

    The assistant's own acknowledgement is none. What is younger than that and waits is left out.
    """
    coverage = coverage_of(session.get_one(Launch, launch_id))
    hits, of = 0, 0
    for _, opened, first in in_hand_rows(session, launch_id, span):
        waited = coverage.worked(opened, min(first or at, at))
        if first is not None or waited >= SOON:
            of, hits = of + 1, hits + (first is not None and waited <= SOON)
    return {"hits": hits, "of": of}


def in_hand_rows(
    session: Session, launch_id: int, span: Span
) -> list[tuple[int, datetime, datetime | None]]:
    """Return each ticket of the day: its id, when it was opened, when a person had it in hand."""
    first = (
        select(func.min(Event.at))
        .where(
            Event.ticket_id == Ticket.id,
            Event.kind.in_(IN_HAND),
            Event.person_id.is_not(None),
        )
        .correlate(Ticket)
        .scalar_subquery()
    )
    query = (
        select(Ticket.id, Ticket.opened_at, first)
        .where(Ticket.launch_id == launch_id, Ticket.in_scope.is_(True))
        .where(within(Ticket.opened_at, span))
        .order_by(Ticket.id)
    )
    return [(each, opened, seen) for each, opened, seen in session.execute(query)]


def missed(session: Session, launch_id: int, span: Span, at: datetime) -> dict[str, Any]:
    """Return how many promises were noted as missed on the day, whatever became of them."""
    query = select(func.count(Event.id)).where(
        Event.launch_id == launch_id, Event.kind == BROKEN, within(Event.at, span)
    )
    return {"count": session.scalar(query) or 0}


def top_repeats(session: Session, launch_id: int, span: Span) -> dict[str, Any]:
    """Return what most people asked on the day: ``{groups: [[id, people, times]]}``."""
    people = func.count(distinct(Conversation.visitor))
    query = (
        select(Message.group_id, people, func.count(Message.id))
        .join(Message.conversation)
        .where(Conversation.launch_id == launch_id, Message.kind == Said.QUESTION)
        .where(within(Message.at, span), Message.group_id.is_not(None))
        .group_by(Message.group_id)
        .having(people >= MANY)
        .order_by(people.desc(), func.count(Message.id).desc(), Message.group_id)
        .limit(TOP)
    )
    return {"groups": [list(row) for row in session.execute(query)]}
