"""Updates: what everybody is told. Each answers three questions and is itself a promise."""

from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.ground.audit import OPERATOR, happened
from assistant.ground.database import Base
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.launch.launches import Launch

BLANKS = {
    "title": "a title",
    "expected": "whether this is expected",
    "what_to_do": "what to do now",
    "next_update": "when the next update comes",
}


class Update(Base):
    """One published message to everybody. Never edited: the next one corrects it."""

    __tablename__ = "updates"

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    title: Mapped[str]
    expected: Mapped[str]
    what_to_do: Mapped[str]
    next_update: Mapped[str]
    next_update_at: Mapped[datetime | None]
    published_at: Mapped[datetime] = mapped_column(index=True)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    published_by: Mapped[Person | None] = relationship()


def publish(
    session: Session,
    launch: Launch,
    *,
    title: str,
    expected: str,
    what_to_do: str,
    next_update: str,
    next_update_at: datetime | None,
    by: Person | None,
    at: datetime,
) -> Update:
    """Publish one update to every touchpoint at once: they all read this row.

    Raises:
        NotPermitted: when ``by`` is neither change manager nor lead.
        Refused: when one of the answers is blank, or the promised time is not in the future.
    """
    if by is not None and not by.is_any(Role.CHANGE_MANAGER, Role.LEAD):
        raise NotPermitted("A change manager or a lead publishes.", what_to_do="Ask one of them.")
    said = {
        "title": title.strip(),
        "expected": expected.strip(),
        "what_to_do": what_to_do.strip(),
        "next_update": next_update.strip(),
    }
    if blank := [BLANKS[name] for name, words in said.items() if not words]:
        raise Refused(f"An update says {', '.join(blank)}.", what_to_do="Fill in what is missing.")
    if next_update_at is not None and next_update_at <= at:
        raise Refused(
            "The next update is promised for a time that has passed.",
            what_to_do="Choose a later time.",
        )
    update = Update(
        launch_id=launch.id,
        next_update_at=next_update_at,
        published_at=at,
        published_by_id=by.id if by else None,
        **said,
    )
    session.add(update)
    session.flush()
    happened(
        session, "update.published", at=at, by=by or OPERATOR, launch_id=launch.id, update=update.id
    )
    return update


def newest(session: Session, launch_id: int, *, at: datetime) -> Update | None:
    """Return what everybody is being told at ``at``, or nothing yet."""
    return next(iter(of_launch(session, launch_id, at=at, most=1)), None)


def of_launch(session: Session, launch_id: int, *, at: datetime, most: int = 100) -> list[Update]:
    """Return the updates published by ``at``, newest first."""
    query = (
        select(Update)
        .where(Update.launch_id == launch_id, Update.published_at <= at)
        .order_by(Update.published_at.desc(), Update.id.desc())
        .limit(most)
    )
    return list(session.scalars(query))


def was_said(session: Session, launch_id: int, *, title: str, expected: str) -> bool:
    """Return whether everybody was told this already."""
    same = select(Update.id).where(
        Update.launch_id == launch_id, Update.title == title, Update.expected == expected
    )
    return session.scalar(same) is not None
