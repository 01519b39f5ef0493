"""Versions of an entry: one wording each. From its approval on not a byte of it changes."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assistant.desk.conversations import EVERYONE
from assistant.ground.database import Base, sha256
from assistant.ground.errors import Refused
from assistant.ground.people import Person
from assistant.ground.readable import turning
from assistant.launch.scenarios import Scenario
from assistant.library.placeholders import unfilled, without_value
from assistant.library.sought import sought_words
from assistant.library.wording import Parts, Verdict, composed

if TYPE_CHECKING:
    from assistant.library.entries import Entry


# With these in one index, counting and paging the library's lists reads no version's text.
LISTED_BY = (
    *("entry_id", "number", "approved_at", "superseded_at", "recalled_at", "rejected_at"),
    *("submitted_at", "valid_from", "valid_until", "saved_at", "author_id", "verdict", "audience"),
    *("locale", "id"),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What an author writes. Times in UTC; lists in the author's order."""

    question: str
    verdict: str = Verdict.INFORMATION
    phrasings: list[str] = field(default_factory=list)
    not_for: list[str] = field(default_factory=list)
    applies_when: str = ""
    why_now: str = ""
    what_to_do: str = ""
    safe_to_continue: str = ""
    next_update: str = ""
    next_update_at: datetime | None = None
    answer: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    audience: str = EVERYONE
    locale: str = ""
    own_values: dict[str, str] = field(default_factory=dict)  # of placeholders, as stored
    written: dict[str, str] = field(default_factory=dict)  # parts with placeholders, as written


class Approval(Base):
    """One person who said that a version is right; void when the version was written since."""

    __tablename__ = "entry_approvals"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_version_id: Mapped[int] = mapped_column(ForeignKey("entry_versions.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    because: Mapped[str] = mapped_column(default="")  # why, although the replay showed breaks
    breaks: Mapped[int] = mapped_column(default=0)  # confirmed answers that change with it
    void_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()

    def again(self) -> "Approval":
        """Return the same word of the same person, for the same words as a new version."""
        return Approval(
            person=self.person,
            person_id=self.person_id,
            at=self.at,
            because=self.because,
            breaks=self.breaks,
        )


WRITERS = Table(  # everybody who had a hand in a version: none of them approves it
    "entry_writers",
    Base.metadata,
    Column("entry_version_id", ForeignKey("entry_versions.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
)


class EntryVersion(Base):
    """One wording of an entry. From its approval on not a byte of it changes."""

    __tablename__ = "entry_versions"
    __table_args__ = (
        UniqueConstraint("entry_id", "number"),
        Index("ix_entry_versions_listing", *LISTED_BY),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    number: Mapped[int]
    question: Mapped[str]
    phrasings: Mapped[list[str]]
    not_for: Mapped[list[str]]
    applies_when: Mapped[str]
    verdict: Mapped[str]
    why_now: Mapped[str]
    what_to_do: Mapped[str]
    safe_to_continue: Mapped[str]
    next_update: Mapped[str]
    next_update_at: Mapped[datetime | None]
    answer: Mapped[str]
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    audience: Mapped[str]
    locale: Mapped[str]
    own_values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    written: Mapped[dict[str, Any]] = mapped_column(default=dict)
    text: Mapped[str]
    sha256: Mapped[str]
    sought: Mapped[str]  # sought.sought_words, what a search of the library looks through
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    changes_asked: Mapped[str] = mapped_column(default="")
    rejected_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    superseded_at: Mapped[datetime | None]
    recalled_at: Mapped[datetime | None]  # found wrong: not sent, and struck through where it was
    undone_at: Mapped[datetime | None]  # its approval was taken back within ten seconds
    # What undoing the last decision on it gives back (``undoing``).
    undoing: Mapped[dict[str, Any]] = mapped_column(default=dict)
    proven_at: Mapped[datetime | None]
    index_problem: Mapped[str] = mapped_column(default="")
    refiled: Mapped[bool] = mapped_column(default=False)  # its approval files the entry so:
    filed_under_id: Mapped[int | None] = mapped_column(ForeignKey("scenarios.id"), index=True)
    gravest: Mapped[int | None]  # severity of its scenario at its gravest, since it was submitted
    takes_in_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"), index=True)
    rejected_people: Mapped[int] = mapped_column(default=0)  # who had asked when it was rejected
    ending_told_at: Mapped[datetime | None]  # its owner was told that it will end
    ended_told_at: Mapped[datetime | None]  # its owner was asked what becomes of it
    entry: Mapped["Entry"] = relationship(back_populates="versions", foreign_keys=[entry_id])
    takes_in: Mapped["Entry | None"] = relationship(foreign_keys=[takes_in_id])
    filed_under: Mapped[Scenario | None] = relationship(foreign_keys=[filed_under_id])
    writers: Mapped[list[Person]] = relationship(secondary=WRITERS, order_by=Person.id)
    approvals: Mapped[list[Approval]] = relationship(order_by=Approval.id)
    author: Mapped[Person | None] = relationship(foreign_keys=[author_id])
    approved_by: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id])

    @property
    def parts(self) -> Parts:
        """Return the message's parts."""
        return Parts(
            kind=self.entry.kind,
            verdict=self.verdict,
            why_now=self.why_now,
            what_to_do=self.what_to_do,
            safe_to_continue=self.safe_to_continue,
            next_update=self.next_update,
            answer=self.answer,
        )

    @property
    def state(self) -> str:
        """Return draft, review, rejected or approved."""
        if self.approved_at is not None:
            return "approved"
        if self.rejected_at is not None:
            return "rejected"
        return "review" if self.submitted_at is not None else "draft"

    def is_worked_on_by_others(self, person: Person) -> bool:
        """Return whether somebody else has had a hand in it, and nobody has decided on it."""
        is_open = self.approved_at is None and self.rejected_at is None
        return is_open and any(writer.id != person.id for writer in self.writers)

    @property
    def is_current(self) -> bool:
        """Return whether it is approved, and neither replaced nor recalled."""
        return bool(self.approved_at) and not self.superseded_at and not self.recalled_at

    @property
    def standing_approvals(self) -> list[Approval]:
        """Return who said that it is right as it stands now, first to last."""
        return [approval for approval in self.approvals if approval.void_at is None]

    def void_approvals(self, at: datetime) -> None:
        """Let nobody's approval count any more: it is not what they approved."""
        for approval in self.standing_approvals:
            approval.void_at = at

    def put_aside(self, because: str, *, at: datetime) -> None:
        """Let nobody wait for it any more; its words stay as they are."""
        self.rejected_at, self.submitted_at, self.changes_asked = at, None, because
        self.void_approvals(at)
        self.takes_in = None

    def add_writer(self, person: Person) -> None:
        """Remember that ``person`` had a hand in it."""
        if all(writer.id != person.id for writer in self.writers):
            self.writers.append(person)

    def ways(self) -> tuple[str, ...]:
        """Return every way customers ask it, the title first."""
        return (self.question, *self.phrasings)

    def is_as(self, draft: Draft) -> bool:
        """Return whether it says exactly what ``draft`` says."""
        return all(getattr(self, part.name) == getattr(draft, part.name) for part in fields(draft))

    def as_draft(self) -> Draft:
        """Return what it says, as its author wrote it; another version may begin with that."""
        return Draft(**{part.name: getattr(self, part.name) for part in fields(Draft)})

    def unfilled(self) -> list[str]:
        """Return the placeholders that are still names in the words that customers would get."""
        return unfilled("\n".join((self.text, self.question, self.applies_when)))

    def must_be_filled(self) -> None:
        """Raise Refused while a placeholder has no value, or a character turns the letters."""
        if found := turning("\n".join((self.text, *self.ways(), self.applies_when))):
            raise Refused(
                f"It holds an invisible character that turns the order of letters ({found}).",
                what_to_do="Save it again: the editor takes it out.",
            )
        if names := self.unfilled():
            raise Refused(
                f"{without_value(names)}, and nobody may read it as it stands.",
                what_to_do="Give it one under Placeholders, save, then submit.",
            )

    def is_valid(self, at: datetime) -> bool:
        """Return whether ``at`` lies in its validity window (from inclusive, until exclusive)."""
        return (self.valid_from is None or self.valid_from <= at) and (
            self.valid_until is None or at < self.valid_until
        )

    def write(self, draft: Draft, *, by: Person | None, at: datetime) -> None:
        """Take over what the author wrote and compose the text from it.

        Raises:
            Refused: when the version is approved, or its window ends before it begins.
        """
        if self.approved_at is not None:
            raise Refused("Approved text never changes.", what_to_do="Save a new version.")
        if draft.valid_from and draft.valid_until and draft.valid_until <= draft.valid_from:
            raise Refused("It would expire before it begins.", what_to_do="Change the validity.")
        for part in fields(draft):
            setattr(self, part.name, getattr(draft, part.name))
        self.text = composed(self.parts)
        self.sha256 = sha256(self.text)
        self.sought = sought_words(self.text, self.ways())
        self.void_approvals(at)
        self.undoing = {}
        if by is not None:
            self.add_writer(by)
        self.author_id, self.saved_at, self.submitted_at = by.id if by else None, at, None
