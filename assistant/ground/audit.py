"""Every change is an event: what happened, when, by whom, to what. Rows are only ever added.

The same rows wake live pages: a stream sends the events after the last id it has seen.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assistant.ground.database import Base
from assistant.ground.people import Person

ASSISTANT = "assistant"
CUSTOMER = "customer"
OPERATOR = "operator"
LOOK_BACK = 500  # events looked at again where ids are not in the order of commits


class Event(Base):
    """One thing that happened."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_conversation_id_id", "conversation_id", "id"),
        Index("ix_events_ticket_id_id", "ticket_id", "id"),
        Index("ix_events_launch_id_kind_at", "launch_id", "kind", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    actor: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    launch_id: Mapped[int | None] = mapped_column(ForeignKey("launches.id"), index=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"), index=True)
    cause_id: Mapped[int | None] = mapped_column(ForeignKey("causes.id"), index=True)
    details: Mapped[dict[str, Any]]
    person: Mapped[Person | None] = relationship()

    @property
    def who(self) -> str:
        """Return the person's name, or which part of the product it was."""
        return self.person.name if self.person else self.actor


def happened(
    session: Session,
    kind: str,
    *,
    at: datetime,
    by: Person | str,
    launch_id: int | None = None,
    conversation_id: str | None = None,
    ticket_id: int | None = None,
    entry_id: int | None = None,
    cause_id: int | None = None,
    **details: Any,
) -> Event:
    """Write down one event in the caller's transaction and return it.

    ``by`` is a person, or ``ASSISTANT``, ``CUSTOMER`` or ``OPERATOR``. ``details`` is plain JSON.
    """
    event = Event(
        at=at,
        kind=kind,
        actor=by if isinstance(by, str) else "person",
        person_id=None if isinstance(by, str) else by.id,
        launch_id=launch_id,
        conversation_id=conversation_id,
        ticket_id=ticket_id,
        entry_id=entry_id,
        cause_id=cause_id,
        details=details,
    )
    session.add(event)
    return event


def history(session: Session, *, ticket_id: int) -> list[Event]:
    """Return everything that happened to a ticket, oldest first."""
    query = select(Event).where(Event.ticket_id == ticket_id).order_by(Event.id)
    return list(session.scalars(query.options(joinedload(Event.person))))


def after(session: Session, last_id: int, *, most: int = 500) -> Sequence[Event]:
    """Return the events after ``last_id``, oldest first, at most ``most``."""
    query = select(Event).where(Event.id > last_id).order_by(Event.id).limit(most)
    return session.scalars(query).all()


def from_looked_at(session: Session, upto: int) -> int:
    """Return from after which event to look again, when all up to ``upto`` were looked at.

    PostgreSQL gives ids out before the commit, so an earlier one may have come since.
    """
    is_in_order = session.get_bind().dialect.name == "sqlite"
    return upto if is_in_order else max(0, upto - LOOK_BACK)


def newest_id(session: Session) -> int:
    """Return the id of the newest event, 0 when nothing has happened yet."""
    return session.scalar(select(func.max(Event.id))) or 0
