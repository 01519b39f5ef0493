"""Belonging: which questions, conversations and tickets a cause or a repeat group has.

A ticket belongs to the cause that it is linked to itself, else to its group's. Its question goes
with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, distinct, exists, func, literal, or_, select, union
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from assistant.desk.causes import Cause
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message
from assistant.desk.repeats import RepeatGroup
from assistant.desk.tickets import Ticket
from assistant.ground.people import Person

Spans = Sequence[tuple[datetime, datetime]]
"""Days as (from, before), oldest first."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a cause reaches. ``trend`` is contacts per day, oldest first."""

    people: int = 0
    contacts: int = 0
    channels: tuple[str, ...] = ()
    first_at: datetime | None = None
    last_at: datetime | None = None
    trend: tuple[int, ...] = ()
    open_tickets: int = 0
    since_fixed: int = 0


def beside(
    session: Session, ticket: Ticket, *, most: int = 100
) -> tuple[Cause | None, list[Cause]]:
    """Return the cause that a ticket belongs to, and the open ones of its launch, newest first.

    One query, because every look at a ticket asks it.
    """
    through = select(RepeatGroup.cause_id).where(RepeatGroup.id == ticket.group_id)
    own = literal(ticket.cause_id) if ticket.cause_id else through.scalar_subquery()
    is_behind = func.coalesce(Cause.id == own, False)
    query = (
        select(Cause, is_behind)
        .where(Cause.launch_id == ticket.launch_id)
        .where(or_(Cause.fixed_at.is_(None), is_behind))
        .order_by(is_behind.desc(), Cause.id.desc())
        .limit(most)
        .options(joinedload(Cause.owner))
    )
    rows = session.execute(query).all()
    behind = next((cause for cause, is_its in rows if is_its), None)
    return behind, [cause for cause, _ in rows if cause.fixed_at is None]


def members_of(
    session: Session, of: Cause | RepeatGroup, *, since: datetime | None = None
) -> list[Message]:
    """Return every question that belongs to a cause or a group, oldest first.

    Each comes with its conversation, which knows who asked and on which channel. One person may
    have asked several times, in one conversation or in several. ``since`` leaves out what was
    asked up to then.
    """
    query = select(Message).join(Message.conversation).options(contains_eager(Message.conversation))
    if isinstance(of, Cause):
        query = query.where(Message.id.in_(select(_questions([of.id]).c.message_id)))
    else:
        query = query.where(Message.group_id == of.id)
    if since is not None:
        query = query.where(Message.at > since)
    return list(session.scalars(query.order_by(Message.id)))


def groups_of_cause(session: Session, cause_id: int) -> list[RepeatGroup]:
    """Return the groups that are fixed by a cause, the largest first."""
    query = select(RepeatGroup).where(
        RepeatGroup.cause_id == cause_id, RepeatGroup.merged_into_id.is_(None)
    )
    return list(session.scalars(query.order_by(RepeatGroup.size.desc(), RepeatGroup.id)))


def tickets_of(session: Session, cause_id: int, *, most: int = 50) -> list[Ticket]:
    """Return the tickets of a cause, open ones first, then the newest; at most ``most``."""
    wanted = _tickets([cause_id])
    query = (
        select(Ticket)
        .where(Ticket.id.in_(select(wanted.c.ticket_id)))
        .order_by(Ticket.resolved_at.is_not(None), Ticket.id.desc())
        .limit(most)
    )
    return list(session.scalars(query))


def link_ticket(
    session: Session, ticket: Ticket, cause: Cause, *, by: Person, at: datetime
) -> None:
    """Let a ticket belong to a cause itself, whatever its group belongs to."""
    if ticket.cause_id == cause.id:
        return
    ticket.cause_id = cause.id
    ticket.record(session, "cause-linked", by=by, at=at, cause=cause.id, title=cause.title)
    cause.record(session, "ticket-linked", by=by, at=at, ticket=ticket.number)


def unlink_ticket(
    session: Session, ticket: Ticket, cause: Cause, *, by: Person, at: datetime
) -> None:
    """Let a ticket belong to what its group belongs to again."""
    if ticket.cause_id != cause.id:
        return
    ticket.cause_id = None
    ticket.record(session, "cause-unlinked", by=by, at=at, cause=cause.id, title=cause.title)
    cause.record(session, "ticket-unlinked", by=by, at=at, ticket=ticket.number)


def reach_of(session: Session, causes: Sequence[Cause], days: Spans) -> dict[int, Reach]:
    """Return how far each cause reaches, in three queries however many there are."""
    ids = [cause.id for cause in causes]
    if not ids:
        return {}
    channels, open_tickets = _channels(session, ids), _open_tickets(session, ids)
    found = {}
    for id_, people, contacts, first, last, since, *trend in _counted(session, ids, days):
        found[id_] = Reach(
            people=people,
            contacts=contacts,
            channels=channels.get(id_, ()),
            first_at=first,
            last_at=last,
            trend=tuple(trend),
            open_tickets=open_tickets.get(id_, 0),
            since_fixed=since,
        )
    nothing = (0,) * len(days)
    return {
        id_: found.get(id_, Reach(trend=nothing, open_tickets=open_tickets.get(id_, 0)))
        for id_ in ids
    }


def _counted(session: Session, ids: Sequence[int], days: Spans) -> Iterable[Any]:
    wanted = _questions(ids)
    per_day = [
        func.count(case((and_(Message.at >= begin, Message.at < end), Message.id)))
        for begin, end in days
    ]
    query = (
        select(
            wanted.c.cause_id,
            func.count(distinct(Conversation.visitor)),
            func.count(Message.id),
            func.min(Message.at),
            func.max(Message.at),
            func.count(case((Message.at > Cause.fixed_at, Message.id))),
            *per_day,
        )
        .join(Message, Message.id == wanted.c.message_id)
        .join(Message.conversation)
        .join(Cause, Cause.id == wanted.c.cause_id)
        .group_by(wanted.c.cause_id)
    )
    return session.execute(query).all()


def _channels(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    wanted = _questions(ids)
    query = (
        select(wanted.c.cause_id, Conversation.channel)
        .join(Message, Message.id == wanted.c.message_id)
        .join(Message.conversation)
        .distinct()
        .order_by(Conversation.channel)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for id_, channel in session.execute(query):
        found[id_].append(channel)
    return {id_: tuple(each) for id_, each in found.items()}


def _open_tickets(session: Session, ids: Sequence[int]) -> dict[int, int]:
    wanted = _tickets(ids)
    query = (
        select(wanted.c.cause_id, func.count())
        .join(Ticket, Ticket.id == wanted.c.ticket_id)
        .where(Ticket.resolved_at.is_(None))
        .group_by(wanted.c.cause_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _questions(ids: Sequence[int]) -> Any:
    """Return (message, cause) once each: through the group, unless its ticket says otherwise."""
    own = aliased(Ticket)
    elsewhere = exists().where(own.question_id == Message.id, own.cause_id != RepeatGroup.cause_id)
    through_group = (
        select(Message.id.label("message_id"), RepeatGroup.cause_id.label("cause_id"))
        .join(RepeatGroup, RepeatGroup.id == Message.group_id)
        .where(RepeatGroup.cause_id.in_(ids), ~elsewhere)
    )
    itself = select(Ticket.question_id, Ticket.cause_id).where(Ticket.cause_id.in_(ids))
    return union(through_group, itself).subquery()


def _tickets(ids: Sequence[int]) -> Any:
    through_group = (
        select(Ticket.id.label("ticket_id"), RepeatGroup.cause_id.label("cause_id"))
        .join(RepeatGroup, RepeatGroup.id == Ticket.group_id)
        .where(RepeatGroup.cause_id.in_(ids))
        .where(or_(Ticket.cause_id.is_(None), Ticket.cause_id == RepeatGroup.cause_id))
    )
    itself = select(Ticket.id, Ticket.cause_id).where(Ticket.cause_id.in_(ids))
    return union(through_group, itself).subquery()
