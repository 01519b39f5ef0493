"""Versions of an entry: one wording each. From its approval on not a byte of it changes."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assistant.desk.conversations import EVERYONE
from assistant.ground.database import Base, sha256
from assistant.ground.errors import Refused
from assistant.ground.people import Person
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
    proven_at: Mapped[datetime | None]
    index_problem: Mapped[str] = mapped_column(default="")
    entry: Mapped["Entry"] = relationship(back_populates="versions")
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

    @property
    def is_current(self) -> bool:
        """Return whether it is approved, and neither replaced nor recalled."""
        return bool(self.approved_at) and not self.superseded_at and not self.recalled_at

    def ways(self) -> tuple[str, ...]:
        """Return every way customers ask it, the title first."""
        return (self.question, *self.phrasings)

    def is_as(self, draft: Draft) -> bool:
        """Return whether it says exactly what ``draft`` says."""
        return all(getattr(self, part.name) == getattr(draft, part.name) for part in fields(draft))

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
        self.author_id, self.saved_at, self.submitted_at = by.id if by else None, at, None
