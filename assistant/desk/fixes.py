"""Fixes: the log of what was changed, when, by whom, for which cause and which message."""

from datetime import datetime

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assistant.desk.causes import Cause
from assistant.ground.database import Base
from assistant.ground.errors import Refused
from assistant.ground.people import Person


class Fix(Base):
    """One thing that was changed. Never changed itself."""

    __tablename__ = "fixes"

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    cause_id: Mapped[int] = mapped_column(ForeignKey("causes.id"), index=True)
    at: Mapped[datetime]
    what: Mapped[str]
    is_quick: Mapped[bool]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"))
    cause: Mapped[Cause] = relationship()
    person: Mapped[Person] = relationship()


def record(
    session: Session,
    cause: Cause,
    what: str,
    *,
    is_quick: bool,
    by: Person,
    at: datetime,
    entry_id: int | None = None,
) -> Fix:
    """Keep what was changed for ``cause``; ``entry_id`` is the message that goes with it.

    Raises:
        Refused: when nothing is said.
    """
    if not what.strip():
        raise Refused("Nothing was changed.", what_to_do="Say what is different now.")
    fix = Fix(
        launch_id=cause.launch_id,
        cause_id=cause.id,
        at=at,
        what=what.strip(),
        is_quick=is_quick,
        person=by,
        entry_id=entry_id,
    )
    session.add(fix)
    session.flush()
    cause.record(session, "fix-logged", by=by, at=at, words=fix.what, quick=is_quick, fix=fix.id)
    return fix


def of_cause(session: Session, cause_id: int) -> list[Fix]:
    """Return what was changed for a cause, newest first."""
    query = select(Fix).where(Fix.cause_id == cause_id).order_by(Fix.id.desc())
    return list(session.scalars(query.options(joinedload(Fix.person))))


def of_launch(session: Session, launch_id: int, *, number: int, size: int) -> list[Fix]:
    """Return page ``number`` (from 1) of what was changed in a launch, newest first."""
    query = (
        select(Fix)
        .where(Fix.launch_id == launch_id)
        .order_by(Fix.at.desc(), Fix.id.desc())
        .offset((number - 1) * size)
        .limit(size)
        .options(joinedload(Fix.person), joinedload(Fix.cause))
    )
    return list(session.scalars(query))


def count_of(
    session: Session,
    launch_id: int,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Return how many changes the log of a launch holds, from ``since`` to before ``until``."""
    query = select(func.count()).select_from(Fix).where(Fix.launch_id == launch_id)
    if since is not None:
        query = query.where(Fix.at >= since)
    if until is not None:
        query = query.where(Fix.at < until)
    return session.scalar(query) or 0
