"""Handovers: what the outgoing hypercare owner leaves for the incoming one when a shift ends."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Select, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assistant.desk.promises import Promise
from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground.audit import happened
from assistant.ground.database import Base
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Person
from assistant.launch import shifts
from assistant.launch.launches import Launch
from assistant.launch.shifts import Shift

SHOWN_FOR = timedelta(hours=12)  # a note that nobody has read is shown for the length of a shift
MOST = 20  # tickets and promises in one list; the queue shows the rest
NEXT_HOURS = timedelta(hours=8)  # of promises that the next owner has to keep
LATE = timedelta(hours=1)  # after a shift in which its note may still be written


class Handover(Base):
    """One note from owner to owner, and what stood open when it was written."""

    __tablename__ = "handovers"

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    shift_id: Mapped[int | None] = mapped_column(ForeignKey("shifts.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    text: Mapped[str]
    situation: Mapped[dict[str, Any]]
    written_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    read_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    read_by: Mapped[Person | None] = relationship(foreign_keys=[read_by_id])


def open_now(session: Session, launch_id: int, *, at: datetime) -> dict[str, Any]:
    """Return what the next owner has to know, as plain JSON: ``urgent`` (open Sev 1–2, gravest
    first) with number, subject, severity and owner; ``due`` (promises of the next eight hours,
    soonest first) with number, what and when (ISO, UTC); and how many there are of each."""
    is_open = (Ticket.launch_id == launch_id, Ticket.resolved_at.is_(None))
    urgent = select(Ticket).where(*is_open, Ticket.severity <= Severity.PAINFUL)
    # A clock that stands still is nothing to keep: it goes on when the customer writes.
    due = (
        select(Promise, Ticket)
        .join(Ticket, Ticket.id == Promise.ticket_id)
        .where(*is_open, Promise.kept_at.is_(None), Promise.paused_at.is_(None))
        .where(Promise.due_at > at, Promise.due_at <= at + NEXT_HOURS)
    )
    gravest = urgent.options(joinedload(Ticket.owner)).order_by(Ticket.severity, Ticket.id)
    soonest = due.order_by(Promise.due_at, Promise.id)
    return {
        "urgent": [_ticket(ticket) for ticket in session.scalars(gravest.limit(MOST))],
        "urgent_count": _count(session, urgent.with_only_columns(Ticket.id)),
        "due": [
            {
                "number": ticket.number,
                "what": promise.words,
                "at": promise.due_at.isoformat(),
            }
            for promise, ticket in session.execute(soonest.limit(MOST))
        ],
        "due_count": _count(session, due.with_only_columns(Promise.id)),
    }


def _count(session: Session, wanted: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


def write(session: Session, launch: Launch, text: str, *, by: Person, at: datetime) -> Handover:
    """Leave a note for the next owner, with what stands open now.

    Raises:
        Refused: when it says nothing, or ``by`` neither has the shift nor has just had it.
    """
    if not text.strip():
        raise Refused("There is nothing to hand over.", what_to_do="Write what they must know.")
    shift = shift_to_hand_over(session, launch.id, by, at=at)
    if shift is None:
        raise Refused(
            "Only the owner of the shift hands it over.",
            what_to_do="Leave a note on the ticket, or take the shift over first.",
        )
    handover = Handover(
        launch_id=launch.id,
        shift_id=shift.id,
        by=by,
        by_id=by.id,
        text=text.strip(),
        situation=open_now(session, launch.id, at=at),
        written_at=at,
    )
    session.add(handover)
    session.flush()
    happened(session, "shift.handed-over", at=at, by=by, launch_id=launch.id, handover=handover.id)
    return handover


def shift_to_hand_over(
    session: Session, launch_id: int, person: Person, *, at: datetime
) -> Shift | None:
    """Return the shift that ``person`` has, or had until an hour ago, or nothing."""
    recent = shifts.between(session, launch_id, at - LATE, at)
    return next((each for each in reversed(recent) if each.person_id == person.id), None)


def waiting(session: Session, launch_id: int, person: Person, *, at: datetime) -> Handover | None:
    """Return the newest note that ``person``, who has the shift now, has not read yet."""
    newest = session.scalar(
        select(Handover)
        .where(Handover.launch_id == launch_id)
        .options(joinedload(Handover.by))
        .order_by(Handover.id.desc())
        .limit(1)
    )
    if newest is None or newest.read_at is not None or newest.by_id == person.id:
        return None
    if newest.written_at < at - SHOWN_FOR:
        return None
    owner = shifts.owner_at(session, launch_id, at)
    return newest if owner is not None and owner.id == person.id else None


def this_handover(session: Session, launch_id: int, handover_id: int) -> Handover:
    """Return one note of a launch. Raises NotFound for every other one."""
    found = session.get(Handover, handover_id)
    if found is None or found.launch_id != launch_id:
        raise NotFound("There is no such note.", what_to_do="Look at the newest one.")
    return found


def read(session: Session, handover: Handover, *, by: Person, at: datetime) -> None:
    """Say that it was read; a second time changes nothing."""
    if handover.read_at is not None:
        return
    handover.read_at, handover.read_by, handover.read_by_id = at, by, by.id
    happened(
        session,
        "shift.handover-read",
        at=at,
        by=by,
        launch_id=handover.launch_id,
        handover=handover.id,
    )


def _ticket(ticket: Ticket) -> dict[str, Any]:
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "severity": ticket.severity,
        "owner": ticket.owner.name if ticket.owner else "",
    }
