"""Shifts: who answers for a launch at which minute. Every minute has one owner at most.

A shift is a plan until it has begun and a fact afterwards: what was is never written anew. One that
was called off, or whose person may not sign in any more, covers nothing.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import ForeignKey, Index, Select, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assistant.ground.database import Base
from assistant.ground.errors import NotFound
from assistant.ground.people import Person, Role
from assistant.launch.roster import Duty

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
    return list(session.scalars(_covering(begin, end).where(Shift.launch_id == launch_id)))


def of_people(
    session: Session, people: Iterable[int], begin: datetime, end: datetime
) -> list[Shift]:
    """Return the shifts of these people (ids) in any launch, as ``between`` does."""
    return list(session.scalars(_covering(begin, end).where(Shift.person_id.in_(set(people)))))


def duties(found: Iterable[Shift]) -> list[Duty]:
    """Return shifts as their judgements see them."""
    return [
        Duty(
            each.begins_at, each.ends_at, each.id, each.person_id, each.person.name, each.launch_id
        )
        for each in found
    ]


def has_roster(session: Session, launch_id: int) -> bool:
    """Return whether a shift was ever planned: a launch without one is owned by its first lead."""
    planned = select(Shift.id).where(Shift.launch_id == launch_id, Shift.called_off_at.is_(None))
    return session.scalar(planned.limit(1)) is not None


def this_shift(session: Session, launch_id: int, shift_id: int) -> Shift:
    """Return one shift of a launch. Raises NotFound for every other one."""
    shift = session.get(Shift, shift_id)
    if shift is None or shift.launch_id != launch_id:
        raise NotFound("There is no such shift.", what_to_do="Look for it in the roster.")
    return shift


def _covering(begin: datetime, end: datetime) -> Select[Shift]:
    return (
        select(Shift)
        .join(Person, Person.id == Shift.person_id)
        .where(
            Shift.ends_at > begin.astimezone(UTC),
            Shift.begins_at <= end.astimezone(UTC),
            Shift.called_off_at.is_(None),
            Person.disabled_at.is_(None),
        )
        .options(joinedload(Shift.person), joinedload(Shift.had_by))
        .order_by(Shift.begins_at, Shift.id)
    )
