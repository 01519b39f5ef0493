"""Answer once, tell everyone who asked: one approved version, or one person's words, to many.

A broadcast names exactly who gets it before anybody does. It is decided in ``to_everyone``, may be
undone for ten seconds, and is then sent by ``sending``, to each person once whatever happens.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.answering.audience import Why
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message
from assistant.desk.recalled import Recall
from assistant.desk.tickets import Ticket
from assistant.ground.audit import ASSISTANT, happened
from assistant.ground.database import Base
from assistant.ground.errors import NotFound, NotPermitted, Refused
from assistant.ground.people import Person
from assistant.launch.launches import Launch
from assistant.library.versions import EntryVersion

UNDO = timedelta(seconds=10)


class State(StrEnum):
    """How far a broadcast is."""

    WAITING = "waiting"  # for a second pair of eyes
    COUNTING = "counting"  # it may be undone
    SENDING = "sending"
    SENT = "sent"
    UNDONE = "undone"
    STOPPED = "stopped"


class Broadcast(Base):
    """One message to everyone who asked, with who decided it and when."""

    __tablename__ = "broadcasts"

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    entry_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("entry_versions.id"), index=True
    )
    text: Mapped[str]
    sha256: Mapped[str]
    chosen: Mapped[dict[str, Any]]  # audience.Chosen
    left_out: Mapped[list[dict[str, Any]]]  # [{conversation, ticket, why}] when it was confirmed
    resolves: Mapped[bool]
    recall_id: Mapped[int | None] = mapped_column(ForeignKey("recalls.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    read_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    read_at: Mapped[datetime | None]
    starts_at: Mapped[datetime | None] = mapped_column(index=True)
    begun_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    stopped_because: Mapped[str] = mapped_column(default="")
    finished_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(nullable=False)
    launch: Mapped[Launch] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=by_id)
    read_by: Mapped[Person | None] = relationship(foreign_keys=read_by_id)
    entry_version: Mapped[EntryVersion | None] = relationship()
    recall: Mapped[Recall | None] = relationship()
    recipients: Mapped[list["Recipient"]] = relationship(
        order_by="Recipient.id", back_populates="broadcast"
    )

    __mapper_args__ = {"version_id_col": version}

    def state(self, at: datetime) -> State:
        """Return how far it is at ``at``."""
        if self.undone_at is not None:
            return State.UNDONE
        if self.stopped_at is not None:
            return State.STOPPED
        if self.finished_at is not None:
            return State.SENT
        if self.starts_at is None:
            return State.WAITING
        return State.COUNTING if self._may_still_be_undone(at) else State.SENDING

    def _may_still_be_undone(self, at: datetime) -> bool:
        # A host whose clock is ahead may have begun already.
        return self.starts_at is not None and at < self.starts_at and self.begun_at is None

    def read_over(self, session: Session, *, by: Person, at: datetime) -> None:
        """Say as a second person that these words may go to so many.

        Raises:
            NotPermitted: when ``by`` wrote them.
            Refused: when it does not wait for that.
        """
        if self.state(at) is not State.WAITING:
            raise Refused("It does not wait for anybody.", what_to_do="Load the page again.")
        if by.id == self.by_id:
            raise NotPermitted(
                "You wrote these words, so somebody else reads them first.",
                what_to_do="Ask a colleague.",
            )
        self.read_by_id, self.read_at, self.starts_at = by.id, at, at + UNDO
        self.record(session, "read-over", by=by, at=at)

    def undo(self, session: Session, *, by: Person, at: datetime) -> None:
        """Take it back before the first message is sent: then nobody gets it.

        Raises:
            Refused: when sending has begun, or it is over.
        """
        if self.state(at) not in (State.WAITING, State.COUNTING):
            raise Refused(
                "The ten seconds have passed.", what_to_do="Stop it: those still to come get none."
            )
        self.undone_at = at
        self._let_go(session)
        self.record(session, "undone", by=by, at=at)

    def stop(self, session: Session, *, because: str, by: Person | str, at: datetime) -> None:
        """Send it to nobody else; who has it keeps it.

        Raises:
            Refused: when it is not on its way.
        """
        if self.state(at) not in (State.COUNTING, State.SENDING):
            raise Refused("It is not being sent.", what_to_do="Load the page again.")
        self.stopped_at, self.stopped_because = at, because
        waiting = waiting_of(self.id)
        session.execute(
            update(Recipient).where(*waiting).values(left_out_at=at, why=Why.STOPPED, once=None)
        )
        self.record(session, "stopped", by=by, at=at, because=because)

    def finish(self, session: Session, *, at: datetime) -> None:
        """Say that nobody is left to be told, when that is so."""
        left = select(Recipient.id).where(*waiting_of(self.id)).limit(1)
        if self.finished_at is None and self.stopped_at is None and session.scalar(left) is None:
            self.finished_at = at
            self.record(session, "sent", by=ASSISTANT, at=at)

    def _let_go(self, session: Session) -> None:
        """Let others tell these people: what they were to get has not been sent."""
        session.execute(update(Recipient).where(*waiting_of(self.id)).values(once=None))

    def record(
        self, session: Session, what: str, *, by: Person | str, at: datetime, **details: Any
    ) -> None:
        """Write down what happened to it."""
        details = {"broadcast": self.id, **details}
        happened(session, f"broadcast.{what}", at=at, by=by, launch_id=self.launch_id, **details)


class Recipient(Base):
    """One person who is told by a broadcast: waiting, told, or left out at the last moment."""

    __tablename__ = "broadcast_recipients"
    __table_args__ = (
        UniqueConstraint("broadcast_id", "visitor"),
        Index("ix_broadcast_recipients_due", "sent_at", "left_out_at", "broadcast_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id"), index=True)
    visitor: Mapped[str]
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    channel: Mapped[str]
    email: Mapped[str | None]
    newest_message_id: Mapped[int]  # what came after it came meanwhile
    once: Mapped[str | None] = mapped_column(unique=True)  # these words to this person
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), unique=True)
    left_out_at: Mapped[datetime | None]
    why: Mapped[str | None]
    tries: Mapped[int] = mapped_column(default=0)  # that went wrong
    next_try_at: Mapped[datetime | None]  # None: with its turn
    failed_at: Mapped[datetime | None]  # given up, until a person has it tried again
    failed_because: Mapped[str] = mapped_column(default="")
    broadcast: Mapped[Broadcast] = relationship(back_populates="recipients")
    conversation: Mapped[Conversation] = relationship()
    ticket: Mapped[Ticket | None] = relationship()
    message: Mapped[Message | None] = relationship(foreign_keys=message_id)


def once_of(broadcast: Broadcast, visitor: str) -> str:
    """Return what only one broadcast can hold at a time: these words to this person."""
    return f"{broadcast.launch_id} {broadcast.sha256} {visitor}"


def waiting_of(broadcast_id: int) -> tuple[Any, ...]:
    """Return the conditions for those who are still to be told."""
    return (
        Recipient.broadcast_id == broadcast_id,
        Recipient.sent_at.is_(None),
        Recipient.left_out_at.is_(None),
        Recipient.failed_at.is_(None),
    )


def by_id(session: Session, launches: Collection[int] | None, broadcast_id: int) -> Broadcast:
    """Return a broadcast of one of ``launches`` (``None``: of any).

    Raises:
        NotFound: when there is none such.
    """
    found = session.get(Broadcast, broadcast_id)
    if found is None or (launches is not None and found.launch_id not in launches):
        raise NotFound("There is no such broadcast.", what_to_do="Look at the list of them.")
    return found


def of_launch(session: Session, launch_id: int, *, most: int = 100) -> list[Broadcast]:
    """Return a launch's broadcasts, newest first, at most ``most``."""
    query = select(Broadcast).where(Broadcast.launch_id == launch_id)
    return list(session.scalars(query.order_by(Broadcast.id.desc()).limit(most)))


def progress(session: Session, ids: Collection[int]) -> dict[int, tuple[int, int, int]]:
    """Return for each broadcast how many were told, were left out at the end, and there are."""
    counted = (
        select(
            Recipient.broadcast_id,
            func.count(Recipient.message_id),
            func.count(Recipient.left_out_at),
            func.count(Recipient.id),
        )
        .where(Recipient.broadcast_id.in_(ids))
        .group_by(Recipient.broadcast_id)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in session.execute(counted)}
