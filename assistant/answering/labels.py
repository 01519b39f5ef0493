"""Labels: what people said about an answer, a title or a suggestion, question by question.

A label is a fact about one question: who judged which entry for it, and whether it answers. The
guarantee, the states of entries and everything that learns read the same rows. Labels are given in
the transaction of the act they come from; the same act again changes nothing.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assistant.desk.messages import Message
from assistant.ground.database import Base
from assistant.ground.people import Person


class Source(StrEnum):
    """What somebody did, from which the label follows."""

    SENT = "sent"  # an agent sent an approved version as it is
    WRONG_MATCH = "wrong-match"  # an agent said that a suggestion does not fit
    NO_ANSWER = "no-answer"  # an agent said that nothing approved answers it
    AUDIT = "audit"  # an agent checked what the assistant had answered
    RECOGNISED = "recognised"  # a customer recognised the case in a "did you mean"
    NONE_OF_THESE = "none-of-these"  # a customer recognised none of the titles
    HELPED = "helped"  # a customer said "this answers it" or "not quite"


BY_PEOPLE = (Source.SENT, Source.WRONG_MATCH, Source.NO_ANSWER, Source.AUDIT)


class Label(Base):
    """One verdict on one question. ``right`` is empty when it could not be told."""

    __tablename__ = "labels"
    __table_args__ = (UniqueConstraint("message_id", "source", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    source: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # empty: the customer
    entry: Mapped[str]  # the key of what was judged, empty when nothing had been found
    entry_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("entry_versions.id"), index=True
    )
    right: Mapped[bool | None]
    wrong: Mapped[list[str]]  # keys of every entry that this verdict says does not answer it
    first: Mapped[str]  # the key of the first candidate when it was decided, empty without one
    certainty: Mapped[float]  # of the first candidate when it was decided, 0 to 1
    outcome: Mapped[str]  # what the customer got: answer, clarification or handoff
    weight: Mapped[float]  # 1 / the chance that such a question is judged at all
    facts: Mapped[dict[str, Any]]  # what else was known: threshold, mode, the model's verdict
    message: Mapped[Message] = relationship()
    person: Mapped[Person | None] = relationship()
