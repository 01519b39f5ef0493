"""Messages: one thing that was said, never changed. A customer's waits to be decided."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.ground.database import Base
from assistant.ground.errors import Refused
from assistant.ground.people import Person

if TYPE_CHECKING:
    from assistant.desk.conversations import Conversation

LONGEST = 4_000  # characters of one message
SUBJECT = 120  # characters of a subject line


class By(StrEnum):
    """Who said it."""

    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    PERSON = "agent"


class Said(StrEnum):
    """What kind of message it is."""

    QUESTION = "question"  # a customer's words, to be decided
    CHOICE = "choice"  # a customer's tap on a "did you mean"
    CALL = "call"  # a customer's wish for a person
    ANSWER = "answer"  # one approved version, word for word
    CLARIFICATION = "clarification"  # "did you mean", with approved titles
    NOTICE = "notice"  # a fixed line of the product
    REPLY = "reply"  # a person's words
    NOTE = "note"  # a person's words for the team only


NONE_OF_THESE = "none"
A_PERSON_PLEASE = "I would like to talk to a person."
TO_DECIDE = (Said.QUESTION, Said.CHOICE, Said.CALL)


class Message(Base):
    """One thing that was said."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "key"),
        Index("ix_messages_undecided", "kind", "decided_at", "at"),
        Index("ix_messages_group_id_kind_at", "group_id", "kind", "at"),  # when it was first asked
        Index("ix_messages_kind_at", "kind", "at"),  # of one day, without reading all of them
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    by: Mapped[str]
    kind: Mapped[str]
    text: Mapped[str]
    sha256: Mapped[str | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    entry_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("entry_versions.id"), index=True
    )
    options: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    chosen: Mapped[str | None]
    helpful: Mapped[bool | None]
    key: Mapped[str | None]
    body_sha256: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("repeat_groups.id"), index=True)
    conversation: Mapped["Conversation"] = relationship(back_populates="messages")
    person: Mapped[Person | None] = relationship()

    @property
    def is_for_customer(self) -> bool:
        """Return whether the customer may see it. A note never leaves the team."""
        return self.kind != Said.NOTE

    def is_reply_of(self, text: str) -> bool:
        """Return whether a person said exactly this to the customer."""
        return self.kind == Said.REPLY and self.text.strip() == text.strip()

    @property
    def is_question(self) -> bool:
        """Return whether it is the customer's and wants a decision."""
        return self.kind in TO_DECIDE


def said_before(
    session: Session, conversation_id: str, key: str, body_sha256: str
) -> Message | None:
    """Return the message that was already received under ``key``, or nothing.

    Raises:
        Refused: when the same key came with another body.
    """
    found = session.scalar(
        select(Message).where(Message.conversation_id == conversation_id, Message.key == key)
    )
    if found is not None and found.body_sha256 != body_sha256:
        raise Refused(
            "This Idempotency-Key was used for another message.",
            what_to_do="Use a new key for a new message.",
        )
    return found


def undecided(session: Session, *, before: datetime, most: int = 100) -> list[int]:
    """Return the ids of questions said before ``before`` that nobody has decided, oldest first."""
    query = (
        select(Message.id)
        .where(
            Message.kind.in_(TO_DECIDE),
            Message.decided_at.is_(None),
            Message.at <= before,
        )
        .order_by(Message.at)
        .limit(most)
    )
    return list(session.scalars(query))


def subject_of(text: str) -> str:
    """Return the first line of ``text``, cut at a word to ``SUBJECT`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= SUBJECT else f"{line[:SUBJECT].rsplit(' ', 1)[0][: SUBJECT - 1]}…"
