"""Handled: what people said about a repeat group, as facts with a time and a person.

A group that was merged stays as a row without questions, so that a merge can be undone, an old
address leads on, and no number is ever given to another group.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, ForeignKey, false
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from assistant.ground.people import Person

if TYPE_CHECKING:
    from assistant.desk.causes import Cause

GROWN = 2  # times as many questions, from which on a dismissed group is shown again


class Handled:
    """The columns of a repeat group that only people fill."""

    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    """Counts what people did, and not who joined: a form stays good while customers go on asking.
    It is compared under the row's lock."""
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    handled_at: Mapped[datetime | None]
    ignores_codes: Mapped[bool] = mapped_column(default=False, server_default=false())
    """A person put questions together that name different codes: codes part them no more."""
    dismissed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    dismissed_at: Mapped[datetime | None]
    dismissed_size: Mapped[int | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("repeat_groups.id"), index=True)
    merged_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    merged_at: Mapped[datetime | None]
    merged_questions: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    """The messages that it gave away when it was merged."""
    cause_id: Mapped[int | None] = mapped_column(ForeignKey("causes.id"), index=True)

    @declared_attr
    @classmethod
    def handled_by(cls) -> Mapped[Person | None]:
        """Who said last what belongs to it."""
        return relationship(foreign_keys=f"{cls.__name__}.handled_by_id")

    @declared_attr
    @classmethod
    def merged_by(cls) -> Mapped[Person | None]:
        """Who merged it; nobody when the assistant did."""
        return relationship(foreign_keys=f"{cls.__name__}.merged_by_id")

    @declared_attr
    @classmethod
    def cause(cls) -> Mapped["Cause | None"]:
        """What it is fixed by."""
        return relationship("Cause", foreign_keys=f"{cls.__name__}.cause_id")

    @property
    def is_handled(self) -> bool:
        """Return whether a person has said what belongs to it; then nothing here undoes that."""
        return self.handled_at is not None

    def take_over(self, *, by: Person, at: datetime) -> None:
        """Leave to people what belongs to it: each verb of theirs that sorts it does this first.

        New questions still join it.
        """
        self.handled_by, self.handled_at = by, at
        self.dismissed_at = self.dismissed_by_id = self.dismissed_size = None
        self.revision = (self.revision or 0) + 1

    def put_aside(self, size: int, *, by: Person, at: datetime) -> None:
        """Ask nobody about it any more until it has ``GROWN`` times as many questions."""
        self.dismissed_by_id, self.dismissed_at, self.dismissed_size = by.id, at, size
        self.revision = (self.revision or 0) + 1

    def end_in(
        self, kept_id: int, questions: list[int], *, by: Person | None, at: datetime
    ) -> None:
        """Become a mere sign that leads to the group that took its questions."""
        self.merged_into_id, self.merged_questions = kept_id, questions
        self.merged_by, self.merged_at = by, at
        self.revision = (self.revision or 0) + 1

    def live_again(self) -> None:
        """Be a group of its own again."""
        self.merged_into_id = self.merged_at = self.merged_by = None
        self.merged_questions = []
