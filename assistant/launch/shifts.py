"""Shifts: who answers for a launch at which minute. Every minute has one owner at most.

A shift is a plan until it has begun and a fact afterwards: what was is never written anew. One that
was called off, or whose person may not sign in any more, covers nothing.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assistant.ground.database import Base
from assistant.ground.people import Person, Role

WORKERS = (Role.AGENT, Role.ENGINEER, Role.LEAD)  # who may own a shift


class Shift(Base):
    """One stretch of time in which one person is the hypercare owner."""

    __tablename__ = "shifts"
    __table_args__ = (Index("ix_shifts_launch_id_ends_at", "launch_id", "ends_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    planned_at: Mapped[datetime]
    planned_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    called_off_at: Mapped[datetime | None]
    called_off_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    had_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # who gave it away
    passed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(nullable=False)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    had_by: Mapped[Person | None] = relationship(foreign_keys=[had_by_id])

    __mapper_args__ = {"version_id_col": version}

    def covers(self, at: datetime) -> bool:
        """Return whether ``at`` lies within it: its end belongs to the next one."""
        return self.begins_at <= at < self.ends_at


class GapTold(Base):
    """The leads were told of a gap in the roster; of each once."""

    __tablename__ = "roster_gaps_told"
    __table_args__ = (UniqueConstraint("launch_id", "begins_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"))
    begins_at: Mapped[datetime]
    told_at: Mapped[datetime]


def owner_at(session: Session, launch_id: int, at: datetime) -> Person | None:
    """Return the one person who is the hypercare owner at ``at``, or nobody.

    Where shifts overlap, whoever came first keeps it until their shift ends.
    """
    shift = shift_at(session, launch_id, at)
    return shift.person if shift else None


def shift_at(session: Session, launch_id: int, at: datetime) -> Shift | None:
    """Return the shift that is in charge at ``at``, or nothing."""
    return next(iter(between(session, launch_id, at, at)), None)


def between(session: Session, launch_id: int, begin: datetime, end: datetime) -> list[Shift]:
    """Return the shifts that cover some of the time from ``begin`` to ``end``, in order.

    The instant ``end`` counts, so that ``begin`` and ``end`` may be the same.
    """
    return _roster(session, [launch_id], begin, end)


def _roster(
    session: Session, launches: Sequence[int], begin: datetime, end: datetime
) -> list[Shift]:
    query = (
        select(Shift)
        .join(Person, Person.id == Shift.person_id)
        .where(
            Shift.launch_id.in_(launches),
            Shift.ends_at > begin.astimezone(UTC),
            Shift.begins_at <= end.astimezone(UTC),
            Shift.called_off_at.is_(None),
            Person.disabled_at.is_(None),
        )
        .options(joinedload(Shift.person), joinedload(Shift.had_by))
        .order_by(Shift.begins_at, Shift.id)
    )
    return list(session.scalars(query))
