"""Handing a ticket to engineering: the context gathered once, and what became of it there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.desk import repeats
from assistant.desk.messages import Message, Said
from assistant.desk.promises import KIND_WORDS, Kind, Promise
from assistant.desk.tickets import Ticket
from assistant.ground import outbox
from assistant.ground.database import Base
from assistant.ground.errors import Refused
from assistant.ground.masking import masked
from assistant.ground.outbox import Outgoing
from assistant.ground.people import Person
from assistant.launch.connections import Connection

LATEST = 30  # messages of a thread that are handed over; the rest stands on the ticket
AUTHORS = {"customer": "Customer", "assistant": "Assistant"}


class Issue(Base):
    """The issue that stands for a ticket in somebody's Jira; ``key`` is None until it is there."""

    __tablename__ = "issues"
    __table_args__ = (
        UniqueConstraint("ticket_id", "connection_id"),
        UniqueConstraint("connection_id", "key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id"))
    asked_at: Mapped[datetime]
    create_tried_at: Mapped[datetime | None]  # sent, and nobody knows yet what became of it
    key: Mapped[str | None]
    href: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="")
    is_done: Mapped[bool] = mapped_column(default=False)
    status_at: Mapped[datetime | None]

    def opened(
        self, session: Session, ticket: Ticket, *, key: str, href: str, at: datetime
    ) -> None:
        """It is there, under ``key``."""
        self.key, self.href, self.create_tried_at = key, href, None
        ticket.record(session, "issue-opened", by="jira", at=at, issue=key, href=href)

    def moved(
        self, session: Session, ticket: Ticket, *, status: str, is_done: bool, at: datetime
    ) -> bool:
        """Its status there is another since ``at``; return false for what is older news."""
        if (self.status_at is not None and at < self.status_at) or status == self.status:
            return False
        before, self.status, self.is_done, self.status_at = self.status, status, is_done, at
        ticket.record(
            session, "issue-moved", by="jira", at=at, issue=self.key, status=[before, status]
        )
        return True


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one connection gets: the outbox's body, exactly as it was shown before."""

    connection: Connection
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of one hand-over, for a chip: where to, and how it stands."""

    outgoing: Outgoing
    name: str
    channel: str
    issue: Issue | None


def brief(
    session: Session,
    ticket: Ticket,
    *,
    wish: str,
    with_notes: bool,
    considered: Sequence[str],
    address: str,
) -> dict[str, Any]:
    """Return everything engineering should know about a ticket, as plain JSON.

    Card numbers, addresses, passwords and the like are taken out of what people wrote; notes stay
    in the house unless asked for. Times are ISO 8601 in UTC.
    """
    group = ticket.group_id
    asked = repeats.asked(session, group) if group else None
    return {
        "ticket": ticket.number,
        "href": f"{address}/desk/tickets/{ticket.number}",
        "launch": ticket.launch.name,
        "subject": masked(ticket.subject),
        "wish": wish.strip(),
        "question": masked(ticket.question.text),
        "severity": ticket.severity,
        "severity_reason": ticket.severity_reason,
        "scenario": ticket.scenario.title if ticket.scenario else "",
        "opened_at": ticket.opened_at.isoformat(),
        "owner": ticket.owner.name if ticket.owner else "",
        "channel": ticket.conversation.channel,
        "page": masked(ticket.conversation.page_url or ""),
        "doing": masked(str(ticket.context.get("doing") or "")),
        "can_continue": str(ticket.context.get("can_continue") or ""),
        "why_a_person": ticket.handoff_reason,
        "considered": list(considered),
        "people": asked.people if asked else 1,
        "contacts": asked.contacts if asked else 1,
        "promises": [_promise(promise) for promise in ticket.promises],
        "thread": [
            _said(message)
            for message in ticket.conversation.messages
            if with_notes or message.kind != Said.NOTE
        ][-LATEST:],
    }


def _promise(promise: Promise) -> dict[str, str]:
    state = "kept" if promise.kept_at else "broken" if promise.is_broken else "running"
    words = KIND_WORDS[Kind(promise.kind)]
    return {"promise": words, "due_at": promise.due_at.isoformat(), "state": state}


def _said(message: Message) -> dict[str, str]:
    who = message.person.name if message.person else AUTHORS.get(message.by, message.by)
    is_note = message.kind == Said.NOTE
    said = {"who": f"{who}, internal note" if is_note else who, "at": message.at.isoformat()}
    return {**said, "text": masked(message.text)}


def hand_over(
    session: Session, ticket: Ticket, parcels: Sequence[Parcel], *, by: Person, at: datetime
) -> None:
    """Hand a ticket over: one row of the outbox for each target, in the event's transaction.

    Raises:
        Refused: without a target, when the ticket is resolved, or all of them have it already.
    """
    if not ticket.is_open:
        raise Refused("This ticket is resolved.", what_to_do="Reopen it before you hand it over.")
    if not parcels:
        raise Refused("Nobody is chosen to get it.", what_to_do="Choose at least one target.")
    sent = [parcel for parcel in parcels if _put(session, ticket, parcel, at=at)]
    if not sent:
        raise Refused("They have it already.", what_to_do="Look at the ticket: it says where.")
    names = [parcel.connection.name for parcel in sent]
    ticket.record(session, "handed-over", by=by, at=at, to=names)


def _put(session: Session, ticket: Ticket, parcel: Parcel, *, at: datetime) -> bool:
    connection = parcel.connection
    row = outbox.put(
        session,
        kind=connection.channel,
        target=connection.target,
        body=parcel.body,
        at=at,
        key=f"handover/{ticket.id}",
        lane=lane_of(ticket.id),
        launch_id=ticket.launch_id,
        ticket_id=ticket.id,
    )
    if row is not None and connection.channel == "jira":
        session.add(Issue(ticket_id=ticket.id, connection_id=connection.id, asked_at=at))
    return row is not None


def lane_of(ticket_id: int) -> str:
    """Return the outbox's lane of a ticket: what a target hears of it comes in order."""
    return f"ticket {ticket_id}"


def handed_over(session: Session, ticket: Ticket) -> list[Handed]:
    """Return to whom a ticket was handed, oldest first, and how each stands."""
    mine = (Outgoing.ticket_id == ticket.id, Outgoing.key == f"handover/{ticket.id}")
    rows = session.scalars(select(Outgoing).where(*mine).order_by(Outgoing.id)).all()
    if not rows:
        return []
    wanted = Connection.id.in_([int(row.target) for row in rows])
    named = {each.target: each for each in session.scalars(select(Connection).where(wanted))}
    issues = session.scalars(select(Issue).where(Issue.ticket_id == ticket.id))
    issue = {str(each.connection_id): each for each in issues}
    return [Handed(row, named[row.target].name, row.kind, issue.get(row.target)) for row in rows]
