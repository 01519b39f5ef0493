"""Recalled: answers found wrong after they were sent, and everybody who was told exactly that."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Select,
    UniqueConstraint,
    case,
    distinct,
    func,
    select,
    update,
)
from sqlalchemy.orm import (
    Mapped,
    Session,
    contains_eager,
    joinedload,
    mapped_column,
    relationship,
)

from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message
from assistant.desk.tickets import Ticket
from assistant.ground.audit import CUSTOMER, happened
from assistant.ground.database import Base
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Person

UNDO = timedelta(seconds=10)  # until those who were told are written to


class Recall(Base):
    """One time that approved words were found wrong: which ones, why, and who said so."""

    __tablename__ = "recalls"

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    version_ids: Mapped[list[int]] = mapped_column(JSON())
    title: Mapped[str]  # the entry's question as it was asked then
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    tells_at: Mapped[datetime] = mapped_column(index=True)
    told_at: Mapped[datetime | None]  # everybody was written to
    undone_at: Mapped[datetime | None]
    reinstated_at: Mapped[datetime | None]
    reinstated_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reinstated_because: Mapped[str] = mapped_column(default="")
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # the first of two
    agreed_because: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(nullable=False)
    by: Mapped[Person] = relationship(foreign_keys=by_id)
    reinstated_by: Mapped[Person | None] = relationship(foreign_keys=reinstated_by_id)
    agreed_by: Mapped[Person | None] = relationship(foreign_keys=agreed_by_id)
    told: Mapped[list["ToldWrong"]] = relationship(order_by="ToldWrong.id", back_populates="recall")

    __mapper_args__ = {"version_id_col": version}

    @property
    def stands(self) -> bool:
        """Return whether the words are still taken back."""
        return self.undone_at is None and self.reinstated_at is None

    def may_be_undone(self, at: datetime) -> bool:
        """Return whether nobody has been written to yet."""
        return self.stands and at < self.tells_at and self.told_at is None

    def undo(self, *, at: datetime) -> None:
        """Take it back before anybody is written to.

        Raises:
            Refused: when the ten seconds have passed.
        """
        if not self.may_be_undone(at):
            raise Refused(
                "The ten seconds have passed: those who were told are being written to.",
                what_to_do="Reinstate it with a reason; somebody else than who recalled it does.",
            )
        self.undone_at = at

    def agree(self, *, because: str, by: Person) -> None:
        """Say as the first of two that the words were right after all.

        Raises:
            Refused: when they are not taken back, or without a reason.
        """
        self._may_end(because)
        self.agreed_by, self.agreed_by_id, self.agreed_because = by, by.id, because.strip()

    def _may_end(self, because: str) -> None:
        if not self.stands:
            raise Refused("It is not recalled any more.", what_to_do="Nothing is left to do.")
        if not because.strip():
            raise Refused("Say why it is right after all.", what_to_do="Write the reason.")

    def end(self, *, because: str, by: Person, at: datetime) -> None:
        """Say that the words were right after all.

        Raises:
            Refused: when they are not taken back, or without a reason.
        """
        self._may_end(because)
        self.reinstated_at, self.reinstated_by_id = at, by.id
        self.reinstated_because = because.strip()


class ToldWrong(Base):
    """One message with words that were taken back, and what its reader learnt of that."""

    __tablename__ = "told_wrong"
    __table_args__ = (UniqueConstraint("recall_id", "message_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recall_id: Mapped[int] = mapped_column(ForeignKey("recalls.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    told_at: Mapped[datetime | None] = mapped_column(index=True)  # that it was withdrawn
    correction_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    corrected_at: Mapped[datetime | None]
    righted_at: Mapped[datetime | None]  # told that the words were right after all
    seen_at: Mapped[datetime | None]  # the correction was on the reader's screen
    recall: Mapped[Recall] = relationship(back_populates="told")
    message: Mapped[Message] = relationship(foreign_keys=message_id)
    conversation: Mapped[Conversation] = relationship()
    ticket: Mapped[Ticket | None] = relationship()


def by_id(session: Session, launches: Collection[int] | None, recall_id: int) -> Recall:
    """Return a recall in one of ``launches`` (``None``: in any).

    Raises:
        NotFound: when there is none such.
    """
    found = session.get(Recall, recall_id)
    if found is None or (launches is not None and found.launch_id not in launches):
        raise NotFound("There is no such recall.", what_to_do="Look at the list of them.")
    return found


def of_launch(session: Session, launch_id: int, *, most: int = 100) -> list[Recall]:
    """Return a launch's recalls, newest first, at most ``most``."""
    query = select(Recall).where(Recall.launch_id == launch_id).order_by(Recall.id.desc())
    return list(session.scalars(query.options(joinedload(Recall.by)).limit(most)))


@dataclass(frozen=True, slots=True)
class People:
    """How many people a recall is about, each once however often they were told."""

    told: int = 0
    corrected: int = 0
    seen: int = 0  # the correction


def people_of(session: Session, recall_ids: Collection[int]) -> dict[int, People]:
    """Return how many people each recall is about, in one query; those without any are left out."""
    visitor = Conversation.visitor
    counted = (
        select(
            ToldWrong.recall_id,
            func.count(distinct(visitor)),
            func.count(distinct(case((ToldWrong.corrected_at.is_not(None), visitor)))),
            func.count(distinct(case((ToldWrong.seen_at.is_not(None), visitor)))),
        )
        .join(ToldWrong.conversation)
        .where(ToldWrong.recall_id.in_(recall_ids))
        .group_by(ToldWrong.recall_id)
    )
    return {row[0]: People(*row[1:]) for row in session.execute(counted)}


def taken_back(session: Session, message_ids: Collection[int]) -> set[int]:
    """Return which of these messages stand struck through, in one query."""
    query = (
        select(ToldWrong.message_id)
        .join(ToldWrong.recall)
        .where(ToldWrong.message_id.in_(message_ids), *_standing())
    )
    return set(session.scalars(query))


def _standing() -> tuple[ColumnElement[bool], ...]:
    return Recall.undone_at.is_(None), Recall.reinstated_at.is_(None)


def is_uncorrected() -> ColumnElement[bool]:
    """Return the condition that a ticket's customer was told something wrong and nothing since."""
    told = (
        select(ToldWrong.conversation_id)
        .join(ToldWrong.recall)
        .where(*_standing(), ToldWrong.corrected_at.is_(None))
    )
    return Ticket.conversation_id.in_(told)


def struck(session: Session, conversation_id: str) -> dict[int, "ToldWrong"]:
    """Return what stands struck through in a conversation, by the message's id."""
    query = (
        select(ToldWrong)
        .join(ToldWrong.recall)
        .where(ToldWrong.conversation_id == conversation_id, *_standing())
        .options(contains_eager(ToldWrong.recall))
        .order_by(ToldWrong.id)
    )
    return {told.message_id: told for told in session.scalars(query)}


def corrected(
    session: Session, recall_id: int, told_in: Conversation, correction: Message, *, at: datetime
) -> None:
    """Keep that somebody has the correction now, wherever else they were told the wrong words."""
    theirs = select(Conversation.id).where(
        Conversation.launch_id == told_in.launch_id, Conversation.visitor == told_in.visitor
    )
    session.execute(
        update(ToldWrong)
        .where(ToldWrong.recall_id == recall_id, ToldWrong.conversation_id.in_(theirs))
        .values(correction_id=correction.id, corrected_at=at)
    )


def seen(session: Session, conversation_id: str, up_to: int, *, at: datetime) -> None:
    """Keep that a customer's screen showed the corrections up to a message; the first time.

    The pages that count them are told of it.
    """
    noted = session.execute(
        update(ToldWrong)
        .where(
            ToldWrong.correction_id.in_(_corrections(conversation_id, up_to)),
            ToldWrong.seen_at.is_(None),
        )
        .values(seen_at=at)
        .returning(ToldWrong.recall_id)
    )
    launch_id = session.get_one(Conversation, conversation_id).launch_id
    for recall_id in sorted(set(noted.scalars())):
        happened(session, "recall.seen", at=at, by=CUSTOMER, launch_id=launch_id, recall=recall_id)


def is_unseen(session: Session, conversation_id: str, up_to: int) -> bool:
    """Return whether a correction up to a message waits to be noted as seen."""
    query = select(ToldWrong.id).where(
        ToldWrong.correction_id.in_(_corrections(conversation_id, up_to)),
        ToldWrong.seen_at.is_(None),
    )
    return session.scalar(query.limit(1)) is not None


def _corrections(conversation_id: str, up_to: int) -> Select[int]:
    return select(Message.id).where(
        Message.conversation_id == conversation_id,
        Message.id <= up_to,
        Message.id.in_(select(ToldWrong.correction_id)),
    )
