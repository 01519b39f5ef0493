"""Updates: what everybody is told. Each answers three questions and is itself a promise."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Select, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.ground.audit import OPERATOR, happened
from assistant.ground.database import Base
from assistant.ground.errors import NotFound, NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.ground.readable import is_readable, turning
from assistant.launch.launches import Launch

BLANKS = {
    "title": "a title",
    "expected": "whether this is expected",
    "what_to_do": "what to do now",
    "next_update": "when the next update comes",
}


class Update(Base):
    """One published message to everybody. Never edited: corrected by the next, or taken back."""

    __tablename__ = "updates"
    __table_args__ = (UniqueConstraint("launch_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    title: Mapped[str]
    expected: Mapped[str]
    what_to_do: Mapped[str]
    next_update: Mapped[str]
    next_update_at: Mapped[datetime | None]
    published_at: Mapped[datetime] = mapped_column(index=True)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    key: Mapped[str | None]  # of the form it came from: the same form sent twice is one update
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("updates.id"))
    taken_back_at: Mapped[datetime | None]
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    taken_back_because: Mapped[str] = mapped_column(default="")  # for the team alone
    published_by: Mapped[Person | None] = relationship(foreign_keys=[published_by_id])
    taken_back_by: Mapped[Person | None] = relationship(foreign_keys=[taken_back_by_id])
    corrects: Mapped["Update | None"] = relationship(remote_side=[id])

    @property
    def headline(self) -> str:
        """Return its title, which says so when it corrects an earlier update."""
        return f"Correction: {self.title}" if self.corrects else self.title

    def title_at(self, at: datetime) -> str:
        """Return its title as a report of that time says it: taken back by then, or not."""
        is_back = self.taken_back_at is not None and self.taken_back_at < at
        return f"{self.title} (taken back)" if is_back else self.title

    def take_back(self, session: Session, *, because: str, by: Person, at: datetime) -> None:
        """Say that it does not hold any more: no place shows it as news, no further mail goes out.

        What it corrected was wrong before, and does not come back in its place.

        Raises:
            NotPermitted: when ``by`` is neither change manager nor lead.
            Refused: without a reason, or when somebody took it back already.
        """
        _must_tell(by)
        if not because.strip():
            raise Refused("Say why it is taken back.", what_to_do="The team reads it, nobody else.")
        if self.taken_back_at is not None:
            raise Refused("It was taken back already.", what_to_do="Publish what is right.")
        self._ends(session, because=because.strip(), by=by, at=at)
        wrong = self.corrects
        while wrong is not None:
            if wrong.taken_back_at is None:
                wrong._ends(session, because="Its correction was taken back.", by=by, at=at)
            wrong = wrong.corrects

    def _ends(self, session: Session, *, because: str, by: Person, at: datetime) -> None:
        self.taken_back_at, self.taken_back_by_id, self.taken_back_by = at, by.id, by
        self.taken_back_because = because
        happened(
            session,
            "update.taken-back",
            at=at,
            by=by,
            launch_id=self.launch_id,
            update=self.id,
            because=because,
        )


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
    key: str = "",
    corrects_id: int | None = None,
) -> Update:
    """Publish one update to every touchpoint at once: they all read this row.

    The same ``key`` again returns what was published with it. ``corrects_id`` is what was wrong.

    Raises:
        NotPermitted: when ``by`` is neither change manager nor lead.
        Refused: when one of the answers is blank, the promised time is not in the future, or what
            it corrects is no update of the launch.
    """
    if by is not None:
        _must_tell(by)
    if key and (before := with_key(session, launch.id, key)):
        return before
    update = written(
        session,
        launch,
        title=title,
        expected=expected,
        what_to_do=what_to_do,
        next_update=next_update,
        next_update_at=next_update_at,
        corrects_id=corrects_id,
        at=at,
    )
    update.key, update.published_by, update.published_by_id = key or None, by, by.id if by else None
    session.add(update)
    session.flush()
    told: dict[str, Any] = {"update": update.id}
    if corrects_id:
        told["corrects"] = corrects_id
    happened(session, "update.published", at=at, by=by or OPERATOR, launch_id=launch.id, **told)
    return update


def _must_tell(by: Person) -> None:
    if not by.is_any(Role.CHANGE_MANAGER, Role.LEAD):
        raise NotPermitted("A change manager or a lead publishes.", what_to_do="Ask one of them.")


def written(
    session: Session,
    launch: Launch,
    *,
    title: str,
    expected: str,
    what_to_do: str,
    next_update: str,
    next_update_at: datetime | None,
    corrects_id: int | None,
    at: datetime,
) -> Update:
    """Return the update as it would be published, without publishing it: for looking at it first.

    Raises:
        Refused: as ``publish`` does.
    """
    said = {
        "title": title.strip(),
        "expected": expected.strip(),
        "what_to_do": what_to_do.strip(),
        "next_update": next_update.strip(),
    }
    if blank := [BLANKS[name] for name, words in said.items() if not is_readable(words)]:
        raise Refused(f"An update says {', '.join(blank)}.", what_to_do="Fill in what is missing.")
    if found := turning("\n".join(said.values())):
        raise Refused(
            f"It holds an invisible character that turns the order of letters ({found}).",
            what_to_do="Take it out, or write that part again.",
        )
    if next_update_at is not None and next_update_at <= at:
        raise Refused(
            "The next update is promised for a time that has passed.",
            what_to_do="Choose a later time.",
        )
    return Update(
        launch_id=launch.id,
        next_update_at=next_update_at,
        published_at=at,
        corrects_id=corrects_id or None,
        corrects=_to_correct(session, launch.id, corrects_id) if corrects_id else None,
        **said,
    )


def _to_correct(session: Session, launch_id: int, update_id: int) -> Update:
    try:
        return by_id(session, launch_id, update_id)
    except NotFound as missing:  # of the form, which keeps what was typed
        raise Refused(missing.message, what_to_do=missing.what_to_do) from None


def by_id(session: Session, launch_id: int, update_id: int) -> Update:
    """Return an update of the launch. Raises NotFound when it has none of this number."""
    found = session.get(Update, update_id)
    if found is None or found.launch_id != launch_id:
        raise NotFound("That update is not there.", what_to_do="Choose which one is corrected.")
    return found


def with_key(session: Session, launch_id: int, key: str) -> Update | None:
    """Return what was published by the form with this key, or nothing."""
    return session.scalar(select(Update).where(Update.launch_id == launch_id, Update.key == key))


def newest(session: Session, launch_id: int, *, at: datetime) -> Update | None:
    """Return what everybody is being told at ``at``, or nothing yet."""
    return next(iter(of_launch(session, launch_id, at=at, most=1)), None)


def of_launch(session: Session, launch_id: int, *, at: datetime, most: int = 100) -> list[Update]:
    """Return the updates published by ``at`` that were not taken back by then, newest first."""
    stands = or_(Update.taken_back_at.is_(None), Update.taken_back_at > at)
    query = _published(launch_id, at).where(stands)
    return list(session.scalars(query.limit(most)))


def history(session: Session, launch_id: int, *, at: datetime, most: int = 100) -> list[Update]:
    """Return every update published by ``at``, newest first, with those that were taken back."""
    return list(session.scalars(_published(launch_id, at).limit(most)))


def _published(launch_id: int, at: datetime) -> Select[Update]:
    query = select(Update).where(Update.launch_id == launch_id, Update.published_at <= at)
    return query.order_by(Update.published_at.desc(), Update.id.desc())


def was_said(session: Session, launch_id: int, *, title: str, expected: str) -> bool:
    """Return whether everybody was told this already."""
    same = select(Update.id).where(
        Update.launch_id == launch_id, Update.title == title, Update.expected == expected
    )
    return session.scalar(same) is not None
