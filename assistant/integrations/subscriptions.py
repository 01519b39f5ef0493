"""What happens is told to those who asked for it: events become rows of the outbox.

A place in the list of events and the rows that come of it move in one transaction, so a kill
between two events neither loses nor doubles one. This is done by a job and not beside each event,
because the ground that writes events knows no connections, and no verb of the desk should wait
for them. On PostgreSQL numbers may become visible out of order; so it is first made sure that
nobody is still writing an event with a lower one.
"""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.desk.engineering import Issue, lane_of
from assistant.desk.tickets import Ticket
from assistant.ground import outbox
from assistant.ground.audit import Event, newest_id
from assistant.ground.database import Base
from assistant.ground.parts import Parts
from assistant.integrations.slack import shortened
from assistant.launch.connections import EVENTS, Channel, Connection

AT_A_TIME = 200  # events in one transaction
WHERE = "subscriptions"


class Place(Base):
    """How far a reader of the events has come."""

    __tablename__ = "places"

    name: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[int]


def tell_subscribers(parts: Parts) -> int:
    """Put into the outbox what connections asked to be told; return how many rows."""
    with parts.db.reading() as session:
        place = session.get(Place, WHERE)
        if place is not None and place.event_id >= newest_id(session):
            return 0
    with parts.db.writing() as session:
        horizon = _horizon(session)
    told, is_more = 0, True
    while is_more:
        with parts.db.writing() as session:
            rows, is_more = _tell_some(session, parts, horizon)
        told += rows
    return told


def _horizon(session: Session) -> int:
    """Return the newest event's id, when everybody who writes a lower one has finished."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE events IN SHARE MODE"))
    return newest_id(session)


def _tell_some(session: Session, parts: Parts, horizon: int) -> tuple[int, bool]:
    place = session.get(Place, WHERE, with_for_update=True)
    if place is None:
        place = Place(name=WHERE, event_id=0)
        session.add(place)
    query = select(Event).where(
        Event.id > place.event_id, Event.id <= horizon, Event.kind.in_(EVENTS)
    )
    events = session.scalars(query.order_by(Event.id).limit(AT_A_TIME)).all()
    subscribers = _subscribers(session)
    told = sum(_tell(session, parts, event, subscribers) for event in events)
    is_more = len(events) == AT_A_TIME
    place.event_id = events[-1].id if is_more else max(horizon, place.event_id)
    return told, is_more


def _subscribers(session: Session) -> list[Connection]:
    there = session.scalars(select(Connection).where(Connection.removed_at.is_(None)))
    return [each for each in there if each.events]


def _tell(session: Session, parts: Parts, event: Event, subscribers: Sequence[Connection]) -> int:
    told = 0
    for each in subscribers:
        asked = event.kind in each.events and event.id > each.since_event_id
        if not asked or event.launch_id != each.launch_id:
            continue
        body = _body(session, parts, event, each)
        if body is not None:
            told += _put(session, parts, event, each, body)
    return told


def _put(
    session: Session, parts: Parts, event: Event, to: Connection, body: dict[str, Any]
) -> bool:
    row = outbox.put(
        session,
        kind=to.channel,
        target=to.target,
        body=body,
        at=parts.clock.now(),
        key=f"event/{event.id}",
        lane=lane_of(event.ticket_id) if event.ticket_id else "launch",
        launch_id=event.launch_id,
        ticket_id=event.ticket_id,
    )
    return row is not None


def _body(session: Session, parts: Parts, event: Event, to: Connection) -> dict[str, Any] | None:
    """Return what one connection is told; nothing when it has no issue to write it to."""
    ticket = session.get(Ticket, event.ticket_id) if event.ticket_id else None
    body: dict[str, Any] = {"connection": to.id}
    if to.channel == Channel.WEBHOOK:
        return {**body, "payload": payload(event, ticket, parts.settings.address)}
    words = _words(event, ticket)
    if to.channel == Channel.SLACK:
        href = f"\n{_href(ticket, parts.settings.address)}" if ticket else ""
        return {**body, "text": shortened(f"{words}{href}")}
    if ticket is None or event.kind == "ticket.handed-over" or not _has_issue(session, ticket, to):
        return None
    return {**body, "ticket": ticket.id, "comment": words}


def _has_issue(session: Session, ticket: Ticket, to: Connection) -> bool:
    mine = (Issue.ticket_id == ticket.id, Issue.connection_id == to.id)
    return session.scalar(select(Issue.id).where(*mine)) is not None


def payload(event: Event, ticket: Ticket | None, address: str) -> dict[str, Any]:
    """Return what a webhook is told: what happened to what. Nobody's words, no customer's name."""
    at = event.at.astimezone(UTC).isoformat()
    data: dict[str, Any] = {"event": event.id, "by": event.who}
    if ticket is not None:
        data["ticket"] = {
            "number": ticket.number,
            "href": _href(ticket, address),
            "severity": ticket.severity,
            "is_open": ticket.is_open,
            "owner": ticket.owner.name if ticket.owner else None,
        }
    return {"type": event.kind, "timestamp": at, "data": data}


def _href(ticket: Ticket, address: str) -> str:
    return f"{address}/desk/tickets/{ticket.number}"


def _words(event: Event, ticket: Ticket | None) -> str:
    about = f"{ticket.number} (Sev {ticket.severity}): " if ticket else ""
    return f"{about}{EVENTS[event.kind]}. By {event.who}, {event.at:%Y-%m-%d %H:%M} UTC."
