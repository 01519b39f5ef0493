"""Suggestions: what the library should say next, made from what people asked and agents answered.

One about each repeat group that ended with people, and one about each approved entry that does not
do. The assistant counts (``counting``); only people decide: draft it, reject it, merge, split. None
of it reaches a customer. Which questions are one question is said once, in the repeat groups.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, and_, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement

from assistant.answering.crowds import Contact, Crowd
from assistant.desk.repeats import RepeatGroup
from assistant.ground.audit import happened
from assistant.ground.database import Base
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Person
from assistant.library.entries import Entry

MANY = 2  # people, from which on a question is worth an entry
DAYS_KEPT = 14  # of contacts by day


class Kind(StrEnum):
    """What should be written."""

    MISSING = "missing"  # an entry: nobody approved an answer
    NOT_FOUND = "not-found"  # more phrasings: agents answer with an entry that was not found
    WEAK = "weak"  # a better version: it is called "not quite", or changed before it is sent


class Suggestion(Base):
    """One thing to write, how much it is worth, and what people decided about it."""

    __tablename__ = "suggestions"
    __table_args__ = (
        UniqueConstraint("launch_id", "about"),
        Index("ix_suggestions_launch_id_worth", "launch_id", "worth"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"))
    about: Mapped[str]  # "group 12" or "entry 7"
    kind: Mapped[str]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("repeat_groups.id"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"))  # what to improve

    # What the assistant counted; of contacts that ended with a person, or were not quite it.
    question: Mapped[str]  # redacted
    answer: Mapped[str] = mapped_column(default="")  # the best received reply, redacted
    people: Mapped[int] = mapped_column(default=0)
    contacts: Mapped[int] = mapped_column(default=0)
    channels: Mapped[list[str]] = mapped_column(default=list)
    networks: Mapped[int] = mapped_column(default=0)  # different ones, where they are known
    placed: Mapped[int] = mapped_column(default=0)  # contacts whose network is known
    first_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]
    days: Mapped[dict[str, Any]] = mapped_column(default=dict)  # contacts by day (UTC), the newest
    worth: Mapped[int] = mapped_column(default=0)  # contacts that it would have answered
    reasons: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of a weak entry
    covered_by_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"))
    counted_at: Mapped[datetime]

    # What people did.
    revision: Mapped[int] = mapped_column(default=0)  # counts that, and not who asked meanwhile
    muted_at: Mapped[datetime | None]
    muted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    muted_people: Mapped[int | None]
    drafted_at: Mapped[datetime | None]
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    drafted_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"))
    model_draft: Mapped[dict[str, Any] | None]  # ghostwriting.py

    # Of two who decide at once the second is told; counting alone leaves it as it is.
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}

    group: Mapped[RepeatGroup | None] = relationship()
    entry: Mapped[Entry | None] = relationship(foreign_keys=[entry_id])
    covered_by: Mapped[Entry | None] = relationship(foreign_keys=[covered_by_id])
    drafted: Mapped[Entry | None] = relationship(foreign_keys=[drafted_id])
    muted_by: Mapped[Person | None] = relationship(foreign_keys=[muted_by_id])
    drafted_by: Mapped[Person | None] = relationship(foreign_keys=[drafted_by_id])

    def tally(self, contacts: Sequence[Contact], *, at: datetime) -> None:
        """Become what these contacts amount to; the same ones again change nothing."""
        times = [each.at for each in contacts]
        self.counted_at, self.contacts = at, len(contacts)
        self.people = len({each.visitor for each in contacts})
        self.channels = sorted({each.channel for each in contacts})
        self.networks = len({each.network for each in contacts if each.network})
        self.placed = sum(bool(each.network) for each in contacts)
        self.first_at, self.last_at = min(times, default=None), max(times, default=None)
        counted = Counter(time.date().isoformat() for time in times)
        self.days = {day: counted[day] for day in sorted(counted)[-DAYS_KEPT:]}
        self.reasons = dict(Counter(each.reason for each in contacts if each.reason))
        self.worth = crowd.worth if (crowd := self.crowd) else 0

    @property
    def crowd(self) -> Crowd | None:
        """Return who asked it; nothing when nobody did."""
        if self.first_at is None or self.last_at is None:
            return None
        who = (self.people, self.contacts, self.networks, self.placed)
        return Crowd(*who, self.first_at, self.last_at)

    @property
    def is_muted(self) -> bool:
        """Return whether a person rejected it and not clearly more people asked since."""
        return self.muted_people is not None and self.people < grown(self.muted_people)

    @property
    def state(self) -> str:
        """Return open, rejected, drafted, answered (by a live entry) or quiet (too few asked)."""
        if self.drafted_at is not None:
            return "drafted"
        if self.people < MANY:
            return "quiet"
        if self.covered_by_id is not None:
            return "answered"
        return "rejected" if self.is_muted else "open"

    def record(self, session: Session, what: str, *, by: Person, at: datetime, **more: Any) -> int:
        """Write down what a person did with it; return the event's id."""
        self.revision = (self.revision or 0) + 1
        details = {"suggestion": self.id, "question": self.question, **more}
        event = happened(
            session, f"suggestion.{what}", at=at, by=by, launch_id=self.launch_id, **details
        )
        session.flush()
        return event.id

    def reject(self, session: Session, *, by: Person, at: datetime) -> int:
        """Put it aside until it has grown; return the event. Raises Refused unless it is open."""
        self.must_be_open()
        self.muted_at, self.muted_by_id, self.muted_people = at, by.id, self.people
        return self.record(session, "rejected", by=by, at=at, people=self.people)

    def take_up(self, session: Session, *, by: Person, at: datetime) -> None:
        """Suggest it again although it has not grown."""
        if not self.is_muted:
            raise Refused("It is not put aside.", what_to_do="Look at it again.")
        self.muted_at = self.muted_by_id = self.muted_people = None
        self.record(session, "taken-up", by=by, at=at)

    def must_be_open(self) -> None:
        """Raise Refused, with what became of it, unless somebody can still work on it."""
        if self.drafted_at is not None:
            who = self.drafted_by.name if self.drafted_by else "Somebody"
            raise Refused(f"{who} has drafted it already.", what_to_do="Go on with that draft.")
        if self.is_muted:
            who = self.muted_by.name if self.muted_by else "Somebody"
            raise Refused(f"{who} has put it aside.", what_to_do="Take it up again first.")


def grown(people: int) -> int:
    """Return from how many people on it is suggested again that ``people`` asked when rejected."""
    return max(people + 1, -(-people * 3 // 2))  # half as many again, rounded up


def is_open() -> ColumnElement[bool]:
    """The suggestions that a lead may work on now; as ``Suggestion.state``."""
    people, muted = Suggestion.people, Suggestion.muted_people
    back = and_(people * 2 >= muted * 3, people > muted)
    return and_(
        Suggestion.drafted_at.is_(None),
        Suggestion.covered_by_id.is_(None),
        people >= MANY,
        or_(muted.is_(None), back),
    )


def is_rejected() -> ColumnElement[bool]:
    """The suggestions that people put aside and that have not grown enough since."""
    people, muted = Suggestion.people, Suggestion.muted_people
    return and_(
        Suggestion.drafted_at.is_(None),
        muted.is_not(None),
        (people * 2 < muted * 3) | (people <= muted),
    )


def is_drafted() -> ColumnElement[bool]:
    """The suggestions that became drafts."""
    return Suggestion.drafted_at.is_not(None)


def is_answered() -> ColumnElement[bool]:
    """The suggestions that a live entry answers by now; as ``Suggestion.state``."""
    return and_(
        Suggestion.drafted_at.is_(None),
        Suggestion.covered_by_id.is_not(None),
        Suggestion.people >= MANY,
    )


def listed(
    session: Session, launch_id: int, which: ColumnElement[bool], *, most: int = 25, skip: int = 0
) -> list[Suggestion]:
    """Return suggestions, those that would have answered most contacts first."""
    query = (
        select(Suggestion)
        .where(Suggestion.launch_id == launch_id, which)
        .order_by(Suggestion.worth.desc(), Suggestion.contacts.desc(), Suggestion.id)
        .offset(skip)
        .limit(most)
    )
    return list(session.scalars(query))


def count(session: Session, launch_id: int, which: ColumnElement[bool]) -> int:
    """Return how many suggestions of the launch there are of this kind."""
    query = select(func.count(Suggestion.id)).where(Suggestion.launch_id == launch_id, which)
    return session.scalar(query) or 0


def suggestion(session: Session, launch_id: int, id_: int) -> Suggestion:
    """Return one of the launch's suggestions. Raises NotFound for every other number."""
    found = session.get(Suggestion, id_)
    if found is None or found.launch_id != launch_id:
        raise NotFound("There is no such suggestion.", what_to_do="Look for it in the list.")
    return found


def of_group(session: Session, group_id: int) -> Suggestion | None:
    """Return the suggestion about a repeat group, if there is one."""
    return session.scalar(select(Suggestion).where(Suggestion.about == f"group {group_id}"))
