"""Feedback: what people thought, from wherever they said it, kept with what it was about."""

import re
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.desk.causes import Cause
from assistant.ground.audit import CUSTOMER, happened
from assistant.ground.database import Base
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.launch.launches import Launch

LONGEST = 10_000  # characters
TAKES = (Role.LEAD, Role.CHANGE_MANAGER)  # who takes what names no launch for theirs


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
    categorised_at: Mapped[datetime | None]  # by a person; until then it is a guess
    categorised_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    cause_id: Mapped[int | None] = mapped_column(ForeignKey("causes.id"), index=True)
    categorised_by: Mapped[Person | None] = relationship()
    cause: Mapped[Cause | None] = relationship()

    def take(self, session: Session, launch_id: int, *, by: Person, at: datetime) -> None:
        """Let what names no launch belong to this one; from now on only its people sort it.

        Raises:
            NotPermitted: when ``by`` is neither a lead nor a change manager.
        """
        if self.launch_id is not None:
            return
        if not by.is_any(*TAKES):
            raise NotPermitted(
                "This names no launch: a lead or a change manager takes it for one.",
                what_to_do="Ask one of yours.",
            )
        self.launch_id = launch_id
        if self.cause is not None and self.cause.launch_id != launch_id:
            self.cause_id = None
        happened(session, "feedback.taken", at=at, by=by, launch_id=launch_id, feedback=self.id)

    def correct(
        self, session: Session, category: Category, *, launch_id: int, by: Person, at: datetime
    ) -> None:
        """Say what kind it is; it counts from now on, and no guess changes it any more."""
        before, self.category = self.category, category
        self.categorised_at, self.categorised_by, self.categorised_by_id = at, by, by.id
        happened(
            session,
            "feedback.category",
            at=at,
            by=by,
            launch_id=launch_id,
            feedback=self.id,
            category=[before, category],
        )

    def belong(
        self, session: Session, cause_id: int | None, *, launch_id: int, by: Person, at: datetime
    ) -> None:
        """Say which cause is behind it, or that none is."""
        before, self.cause_id = self.cause_id, cause_id
        happened(
            session,
            "feedback.cause",
            at=at,
            by=by,
            launch_id=launch_id,
            cause_id=cause_id or before,
            feedback=self.id,
            cause=[before, cause_id],
        )


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


def only_live_one(session: Session) -> int | None:
    """Return the launch that feedback naming none is about, by id: the one that is live, if one."""
    query = select(Launch.id).where(Launch.live_at.is_not(None), Launch.closed_at.is_(None))
    live = list(session.scalars(query.limit(2)))
    return live[0] if len(live) == 1 else None


def note(
    session: Session,
    launch_id: int,
    *,
    source: Source,
    user: str,
    text: str,
    by: Person,
    at: datetime,
) -> Feedback:
    """Keep what somebody said in an interview or wrote in a forum, as ``by`` brings it in.

    Raises:
        Refused: when it is neither, or somebody or their words are missing or too long.
    """
    user, text = " ".join(user.split())[:200], text.strip()
    if source not in (Source.INTERVIEW, Source.FORUM):
        raise Refused("That kind comes in by itself.", what_to_do="Choose interview or forum.")
    if not user or not 0 < len(text) <= LONGEST:
        raise Refused("Who said it, and in which words?", what_to_do="Fill in both.")
    kept = give(
        session, user=user, text=text, source=source, given_at=at, at=at, launch_id=launch_id
    )
    happened(session, "feedback.noted", at=at, by=by, launch_id=launch_id, feedback=kept.id)
    return kept


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
