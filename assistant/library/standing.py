"""Where an entry stands, read from its versions; and how each of its verbs is written down."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Mapped, Session
from sqlalchemy.orm.attributes import flag_modified

from assistant.ground.audit import OPERATOR, happened
from assistant.ground.errors import Refused
from assistant.ground.people import Person
from assistant.launch.scenarios import Scenario
from assistant.library.versions import EntryVersion


class Standing:
    """What the verbs of an entry begin with: its versions, its state, its history."""

    if TYPE_CHECKING:  # ``entries.Entry`` maps them
        id: Mapped[int]
        launch_id: Mapped[int]
        key: Mapped[str]
        kind: Mapped[str]
        retired_at: Mapped[datetime | None]
        retired_by_id: Mapped[int | None]
        retired_because: Mapped[str]
        looked_at: Mapped[datetime | None]
        owner_id: Mapped[int | None]
        owner: Mapped[Person | None]
        scenario: Mapped[Scenario | None]
        versions: Mapped[list[EntryVersion]]

    @property
    def newest(self) -> EntryVersion:
        """Return the version somebody wrote last, approved or not."""
        return self.versions[-1]

    @property
    def approved(self) -> EntryVersion | None:
        """Return the version customers get, if there is one and the entry is not retired."""
        if self.retired_at is not None:
            return None
        current = [v for v in self.versions if v.is_current]
        return current[-1] if current else None

    @property
    def asked_owner(self) -> Person | None:
        """Return who is asked about it: its owner, its scenario's, or who wrote it last."""
        by_scenario = self.scenario.owner if self.scenario else None
        return self.owner or by_scenario or self.newest.author

    def state(self, at: datetime) -> str:
        """Return draft, review, rejected, approved, expired, recalled or retired."""
        # What is written after the retirement may bring the entry back, so it comes first.
        if (newest := self.newest).approved_at is None:
            return newest.state
        if self.retired_at is not None:
            return "retired"
        if newest.recalled_at is not None:
            return "recalled"
        return "approved" if newest.is_valid(at) else "expired"

    def _submitted(self, what: str) -> EntryVersion:
        version = self._pending(what)
        if version.submitted_at is None:
            raise Refused(
                f"There is nothing to {what}: nobody has submitted it.",
                what_to_do="Wait until its author submits it.",
            )
        return version

    def _pending(self, what: str) -> EntryVersion:
        if self.newest.approved_at is not None:
            raise Refused(
                f"There is nothing to {what}: version {self.newest.number} is approved.",
                what_to_do="Save a change first; it becomes a new version.",
            )
        return self.newest

    def note(
        self, session: Session, what: str, *, by: Person | None, at: datetime, **details: Any
    ) -> None:
        """Write down what happened to it, and let whoever works on it meanwhile be told."""
        # Most verbs change only a version's row. The entry's own moves on with each of them, so
        # that of two people at work on it the slower one is told.
        flag_modified(self, "key")
        happened(
            session,
            f"entry.{what}",
            at=at,
            by=by or OPERATOR,
            launch_id=self.launch_id,
            entry_id=self.id,
            key=self.key,
            **details,
        )
