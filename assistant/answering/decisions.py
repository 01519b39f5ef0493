"""What was decided about each question, with everything needed to explain it later."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from assistant.desk.messages import Message, Said
from assistant.desk.tickets import Ticket
from assistant.ground.database import Base
from assistant.library.versions import EntryVersion

NEAR = 0.3  # certainty from which a question without an answer is about what it is nearest to


class Decision(Base):
    """The outcome of one question. Written once, with the outcome, in one transaction."""

    __tablename__ = "decisions"
    __table_args__ = (Index("ix_decisions_asked_for", "launch_id", "asked_for"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    outcome: Mapped[str]
    reason: Mapped[str]
    certainty: Mapped[float]
    severity: Mapped[int]
    severity_reason: Mapped[str]
    mode: Mapped[str]
    via: Mapped[str]
    candidates: Mapped[list[dict[str, Any]]]  # [{entry, score, cosine, …}] best first
    considered: Mapped[dict[str, Any]]  # explaining.kept: an Explanation
    asked_for: Mapped[str | None]  # the key of the entry that the question is about, or nothing
    entry_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("entry_versions.id"), index=True
    )
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    ticket_card: Mapped[dict[str, Any] | None]
    message: Mapped[Message] = relationship()


def asked_for(answered_by: str | None, nearest: str | None, certainty: float) -> str | None:
    """Return the key of the entry that a question is about: what answered it, or what is near."""
    return answered_by or (nearest if certainty >= NEAR else None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the customer got for one message."""

    decision: Decision
    answers: tuple[tuple[Message, EntryVersion], ...]
    clarification: Message | None
    notice: str


def outcome_of(session: Session, message_id: int) -> Outcome | None:
    """Return what was decided about a message and said in reply; nothing when it is undecided."""
    decision = session.get(Decision, message_id)
    if decision is None:
        return None
    said = session.scalars(
        select(Message)
        .where(Message.reply_to_id == message_id, Message.kind.in_(_REPLIES))
        .order_by(Message.id)
    ).all()
    answers = tuple(
        (message, session.get_one(EntryVersion, message.entry_version_id))
        for message in said
        if message.kind == Said.ANSWER
    )
    asked = next((message for message in said if message.kind == Said.CLARIFICATION), None)
    notice = next((message.text for message in said if message.kind == Said.NOTICE), "")
    return Outcome(decision, answers, asked, asked.text if asked and not notice else notice)


_REPLIES = (Said.ANSWER, Said.CLARIFICATION, Said.NOTICE)


def of_ticket(session: Session, ticket: Ticket) -> list[Decision]:
    """Return what was decided about the questions behind a ticket, oldest first."""
    query = (
        select(Decision)
        .where(Decision.ticket_id == ticket.id)
        .options(selectinload(Decision.message))
        .order_by(Decision.message_id)
    )
    return list(session.scalars(query))
