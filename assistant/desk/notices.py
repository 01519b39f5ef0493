"""Notices: a line for one person, kept until they have read it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, func, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assistant.ground.database import Base
from assistant.ground.errors import NotFound
from assistant.ground.people import Person

if TYPE_CHECKING:
    from assistant.desk.tickets import Ticket

PAGE = 50  # notices on one page


class Notice(Base):
    """One line for one person."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_person_id_read_at", "person_id", "read_at"),
        Index("ix_notices_mail", "mailed_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    kind: Mapped[str]  # warning, breach, escalated, …: what they are for
    words: Mapped[str]
    href: Mapped[str] = mapped_column(default="")  # the page it is about, when that is no ticket's
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]  # a mail was written, or none is to be
    person: Mapped[Person] = relationship()
    ticket: Mapped["Ticket | None"] = relationship()

    def read(self, *, at: datetime) -> None:
        """They have seen it; a second time changes nothing."""
        self.read_at = self.read_at or at


def notify(
    session: Session,
    person: Person,
    words: str,
    *,
    kind: str,
    launch_id: int,
    at: datetime,
    ticket: "Ticket | None" = None,
    href: str = "",
) -> Notice:
    """Write a line for ``person`` in the caller's transaction; it leads to a ticket or ``href``.

    They see it on every page of theirs, and get it by mail where mail is configured.
    """
    notice = Notice(
        person_id=person.id,
        launch_id=launch_id,
        ticket_id=ticket.id if ticket else None,
        kind=kind,
        words=words,
        href=href,
        at=at,
    )
    session.add(notice)
    return notice


def unread(session: Session, person: Person) -> int:
    """Return how many lines ``person`` has not read."""
    query = select(func.count()).where(Notice.person_id == person.id, Notice.read_at.is_(None))
    return session.scalar(query) or 0


def unread_of(session: Session, person_ids: Collection[int]) -> dict[int, int]:
    """Return how many lines each of these people has not read; one query."""
    query = (
        select(Notice.person_id, func.count())
        .where(Notice.person_id.in_(person_ids), Notice.read_at.is_(None))
        .group_by(Notice.person_id)
    )
    counted = {person_id: int(count) for person_id, count in session.execute(query)}
    return {person_id: counted.get(person_id, 0) for person_id in person_ids}


def of_person(session: Session, person: Person, *, number: int = 1) -> Sequence[Notice]:
    """Return one page of a person's lines, the newest first."""
    query = (
        select(Notice)
        .where(Notice.person_id == person.id)
        .options(joinedload(Notice.ticket))
        .order_by(Notice.id.desc())
        .offset((number - 1) * PAGE)
        .limit(PAGE)
    )
    return session.scalars(query).all()


def count_of(session: Session, person: Person) -> int:
    """Return how many lines ``person`` has, read or not."""
    return session.scalar(select(func.count()).where(Notice.person_id == person.id)) or 0


def one_of(session: Session, person: Person, notice_id: int) -> Notice:
    """Return one of a person's lines.

    Raises:
        NotFound: when it is not there, or somebody else's.
    """
    notice = session.get(Notice, notice_id)
    if notice is None or notice.person_id != person.id:
        raise NotFound("There is no such notice.", what_to_do="Look at the list.")
    return notice


def read_all(session: Session, person: Person, *, at: datetime, until: int) -> None:
    """Mark a person's lines as read, up to the one with the id ``until``."""
    session.execute(
        update(Notice)
        .where(Notice.person_id == person.id, Notice.read_at.is_(None), Notice.id <= until)
        .values(read_at=at)
    )
