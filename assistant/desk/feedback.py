"""Feedback: what people thought, from wherever they said it, kept with what it was about."""

import re
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.ground.audit import CUSTOMER, happened
from assistant.ground.database import Base

LONGEST = 10_000  # characters


class Category(StrEnum):
    """What kind of feedback it is."""

    POSITIVE = "positive experience"
    ISSUE = "issue reported"
    SUGGESTION = "suggestion"


class Source(StrEnum):
    """Where it was given."""

    API = "api"
    WIDGET = "widget"
    SURVEY = "survey"
    INTERVIEW = "interview"
    FORUM = "forum"
    TICKET = "ticket"


class Feedback(Base):
    """One person's words or verdict. "Not quite" is a work item on the version it was about."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(index=True)
    text: Mapped[str]
    source: Mapped[str]
    category: Mapped[str] = mapped_column(index=True)
    given_at: Mapped[datetime] = mapped_column(index=True)
    received_at: Mapped[datetime]
    launch_id: Mapped[int | None] = mapped_column(ForeignKey("launches.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    entry_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("entry_versions.id"), index=True
    )
    helpful: Mapped[bool | None]
    reason: Mapped[str | None]
    settled_at: Mapped[datetime | None]


def give(
    session: Session,
    *,
    user: str,
    text: str,
    source: Source,
    given_at: datetime,
    at: datetime,
    launch_id: int | None = None,
    message_id: int | None = None,
    entry_version_id: int | None = None,
    helpful: bool | None = None,
    reason: str | None = None,
) -> Feedback:
    """Keep one piece of feedback and return it, with a first guess at its category."""
    feedback = Feedback(
        user=user,
        text=text,
        source=source,
        category=category_of(text, helpful=helpful),
        given_at=given_at,
        received_at=at,
        launch_id=launch_id,
        message_id=message_id,
        entry_version_id=entry_version_id,
        helpful=helpful,
        reason=reason,
    )
    session.add(feedback)
    session.flush()
    happened(
        session, "feedback.given", at=at, by=CUSTOMER, launch_id=launch_id, feedback=feedback.id
    )
    return feedback


SUGGESTING = re.compile(
    r"\b(should|could you|would be (nice|great|good|better)|please add|suggest|i wish|wish (you|it)"
    r"|it would help|consider|maybe add|how about|feature request|i'?d (love|like|prefer))\b",
    re.IGNORECASE,
)
TROUBLED = re.compile(
    r"\b(not|no|never|can'?t|cannot|couldn'?t|won'?t|doesn'?t|didn'?t|isn'?t|bug|broken|crash\w*"
    r"|error|fail\w*|wrong|slow|problem|issue|missing|lost|confus\w*|annoy\w*|terrible|bad|worse"
    r"|hate|difficult|hard to|stuck|waste|unclear|charged twice|disappoint\w*)\b",
    re.IGNORECASE,
)
PLEASED = re.compile(
    r"\b(love|great|good|excellent|amazing|thank\w*|helpful|easy|easier|nice|perfect|works well"
    r"|fast|happy|awesome|smooth|clear|best|fantastic|pleased|like the)\b",
    re.IGNORECASE,
)
DENIED = re.compile(
    r"\b(no|not an?|without any|never had an?) (problem|issue|error|complaint)s?\b", re.IGNORECASE
)


def category_of(text: str, *, helpful: bool | None = None) -> Category:
    """Return a first guess from the words, which people can correct.

    A wish is a suggestion; words of trouble are an issue unless praise outweighs them; praise is
    positive. Without words the verdict decides; in doubt it is an issue, so that it is read.
    """
    if helpful is not None and not text.strip():
        return Category.POSITIVE if helpful else Category.ISSUE
    if SUGGESTING.search(text):
        return Category.SUGGESTION
    troubles = len(TROUBLED.findall(DENIED.sub(" ", text)))
    praise = len(PLEASED.findall(text)) + len(DENIED.findall(text))
    return Category.POSITIVE if praise > troubles else Category.ISSUE
