"""Drafts: what somebody has typed and not sent, kept per person, ticket and kind.

A reply and a note are two drafts, so that the words of one never slip into the other.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.desk.tickets import Ticket
from assistant.ground.database import Base, put_unless_there
from assistant.ground.people import Person


class DraftKind(StrEnum):
    """Who would read it."""

    REPLY = "reply"
    NOTE = "note"


class KeptDraft(Base):
    """What stands in one person's box for one ticket."""

    __tablename__ = "drafts"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    started_from: Mapped[str]  # "entry key, version" of an approved text, or nothing
    saved_at: Mapped[datetime]


def keep(
    session: Session,
    person: Person,
    ticket: Ticket,
    kind: DraftKind,
    text: str,
    *,
    at: datetime,
    started_from: str = "",
) -> None:
    """Keep what is typed in place of what was kept before; an empty text is no draft."""
    if not text.strip():
        drop(session, person, ticket, kind)
        return
    row = {
        "person_id": person.id,
        "ticket_id": ticket.id,
        "kind": kind.value,
        "text": text,
        "started_from": started_from,
        "saved_at": at,
    }
    put_unless_there(session, KeptDraft, [row])
    kept = session.get_one(KeptDraft, (person.id, ticket.id, kind.value))
    kept.text, kept.started_from, kept.saved_at = text, started_from, at


def drop(session: Session, person: Person, ticket: Ticket, kind: DraftKind) -> None:
    """Forget a draft, because it was sent or emptied."""
    session.execute(
        delete(KeptDraft).where(
            KeptDraft.person_id == person.id,
            KeptDraft.ticket_id == ticket.id,
            KeptDraft.kind == kind.value,
        )
    )


def of(session: Session, person: Person, ticket: Ticket) -> dict[DraftKind, KeptDraft]:
    """Return the drafts of one person for one ticket, the latest first."""
    query = (
        select(KeptDraft)
        .where(KeptDraft.person_id == person.id, KeptDraft.ticket_id == ticket.id)
        .order_by(KeptDraft.saved_at.desc())
    )
    return {DraftKind(kept.kind): kept for kept in session.scalars(query)}


def among(session: Session, person: Person, ids: Iterable[int]) -> dict[int, str]:
    """Return the latest draft of ``person`` by ticket, among those with ``ids``; one query."""
    query = (
        select(KeptDraft.ticket_id, KeptDraft.text)
        .where(
            KeptDraft.person_id == person.id,
            KeptDraft.ticket_id.in_(set(ids)),
        )
        .order_by(KeptDraft.saved_at)
    )
    return {row.ticket_id: row.text for row in session.execute(query)}
