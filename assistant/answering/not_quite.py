"""Every "not quite" is work on the version it was about: open, looked at, closed.

What the customer said stands in ``Feedback`` and is never changed; here stands what people did
about it. Nothing is closed by itself, except by the version that replaced the one it was about.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.desk.feedback import Feedback
from assistant.ground.audit import happened
from assistant.ground.database import Base, put_unless_there
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Person


class State(StrEnum):
    """How far the work is."""

    OPEN = "open"
    LOOKED_AT = "looked-at"
    CLOSED = "closed"
    REPLACED = "replaced"  # by another version, before anybody closed it


class Done(StrEnum):
    """What was done about it."""

    NEW_VERSION = "new-version"
    PHRASING = "phrasing"
    WRONG_MATCH = "wrong-match"
    NOT_THE_TEXT = "not-the-text"


DONE_WORDS = {
    Done.NEW_VERSION: "A new version is written",
    Done.PHRASING: "A phrasing was added or taken out",
    Done.WRONG_MATCH: "It was sent for the wrong question",
    Done.NOT_THE_TEXT: "Not the text’s fault",
}
FIRST = 1  # the revision of work that nobody has touched


class Work(Base):
    """What was done about one "not quite". It belongs to the first feedback of that message."""

    __tablename__ = "not_quite_work"

    feedback_id: Mapped[int] = mapped_column(
        ForeignKey("feedback.id"), primary_key=True, autoincrement=False
    )
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    looked_at: Mapped[datetime | None]
    looked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    done: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column(nullable=False)
    feedback: Mapped[Feedback] = relationship()
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])
    looked_by: Mapped[Person | None] = relationship(foreign_keys=[looked_by_id])
    closed_by: Mapped[Person | None] = relationship(foreign_keys=[closed_by_id])

    __mapper_args__ = {"version_id_col": version}

    def take(self, session: Session, *, by: Person, at: datetime) -> None:
        """Say whose work it is; taking it again changes nothing."""
        if self.owner_id != by.id:
            self.owner_id = by.id
            self._note(session, "taken", by=by, at=at)

    def look(self, session: Session, done: Done, *, note: str, by: Person, at: datetime) -> None:
        """Say what was done about it; saying it anew replaces what was said before."""
        self.looked_at, self.looked_by_id, self.done, self.note = at, by.id, done, note.strip()
        self.closed_at = self.closed_by_id = None
        self.owner_id = self.owner_id or by.id
        self._note(session, "looked-at", by=by, at=at, done=done)

    def close(self, session: Session, *, by: Person, at: datetime) -> None:
        """Say that nothing is left to do.

        Raises:
            Refused: when nobody said what was done, or it is closed.
        """
        if self.closed_at is not None:
            raise Refused("It is closed already.", what_to_do="Nothing is left to do.")
        if self.done is None:
            raise Refused("Nobody has said what was done.", what_to_do="Say it, then close it.")
        self.closed_at, self.closed_by_id = at, by.id
        self._note(session, "closed", by=by, at=at)

    def step_back(self, session: Session, *, by: Person, at: datetime) -> None:
        """Undo the last step: closed becomes looked at, looked at becomes open.

        Raises:
            Refused: when it is open.
        """
        if self.closed_at is not None:
            self.closed_at = self.closed_by_id = None
        elif self.looked_at is not None:
            self.looked_at = self.looked_by_id = self.done = None
            self.note = ""
        else:
            raise Refused("It is open.", what_to_do="There is nothing to undo.")
        self._note(session, "stepped-back", by=by, at=at)

    def _note(
        self, session: Session, what: str, *, by: Person, at: datetime, **details: Any
    ) -> None:
        launch_id = self.feedback.launch_id
        details = {"feedback": self.feedback_id, **details}
        happened(session, f"not-quite.{what}", at=at, by=by, launch_id=launch_id, **details)


def work_on(session: Session, launch_id: int, feedback_id: int) -> Work:
    """Return the work that one "not quite" of the launch is, to be changed; begun when it is not.

    Raises:
        NotFound: when there is no such item in this launch.
    """
    said = session.get(Feedback, feedback_id)
    is_item = said is not None and said.helpful is False and said.entry_version_id is not None
    if said is None or not is_item or said.launch_id != launch_id:
        raise NotFound("There is no such item.", what_to_do="Load the list again.")
    row = {"feedback_id": feedback_id, "note": "", "version": FIRST}
    put_unless_there(session, Work, [row])
    return session.get_one(Work, feedback_id)
