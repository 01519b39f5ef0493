"""Entries and their versions. Approved text never changes: an edit is a new version."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, func, or_, select
from sqlalchemy.orm import (
    Mapped,
    Session,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.sql.base import ExecutableOption

from assistant.ground.audit import OPERATOR, happened
from assistant.ground.database import Base
from assistant.ground.errors import NotFound, NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.launch.launches import Launch, labels_changed, library_changed
from assistant.launch.scenarios import Decider, Scenario
from assistant.library.versions import Draft, EntryVersion


class Entry(Base):
    """One question that we may answer, through all its versions."""

    __tablename__ = "entries"
    __table_args__ = (UniqueConstraint("launch_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    key: Mapped[str]
    kind: Mapped[str]
    scenario_id: Mapped[int | None] = mapped_column(ForeignKey("scenarios.id"), index=True)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    retired_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    retired_because: Mapped[str] = mapped_column(default="")
    looked_at: Mapped[datetime | None]  # a lead looked at what people said was wrong about it
    version: Mapped[int] = mapped_column(nullable=False)
    launch: Mapped[Launch] = relationship()
    scenario: Mapped[Scenario | None] = relationship()
    versions: Mapped[list["EntryVersion"]] = relationship(
        order_by="EntryVersion.number", back_populates="entry"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def newest(self) -> "EntryVersion":
        """Return the version somebody wrote last, approved or not."""
        return self.versions[-1]

    @property
    def approved(self) -> "EntryVersion | None":
        """Return the version customers get, if there is one and the entry is not retired."""
        if self.retired_at is not None:
            return None
        current = [v for v in self.versions if v.is_current]
        return current[-1] if current else None

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

    def save(
        self, session: Session, draft: Draft, *, by: Person | None, at: datetime
    ) -> "EntryVersion":
        """Keep what the author wrote: into the open draft, or as a new version after an approval.

        Raises:
            Refused: when there is no question.
        """
        if not draft.question.strip():
            raise Refused("An entry has a question.", what_to_do="Write what customers ask.")
        if self.versions and self.newest.approved_at is None:
            version = self.newest
        else:
            number = self.newest.number + 1 if self.versions else 1
            version = EntryVersion(number=number, created_at=at)
            self.versions.append(version)
        version.write(draft, by=by, at=at)
        session.flush()
        self._note(session, "saved", by=by, at=at, version=version.number)
        return version

    def submit(self, session: Session, *, by: Person, at: datetime) -> None:
        """Ask for approval.

        Raises:
            Refused: when a required part is blank, or nothing is waiting to be submitted.
        """
        version = self._pending("submit")
        if missing := version.parts.missing():
            raise Refused(
                f"It still needs {', '.join(missing)}.", what_to_do="Write it, then submit."
            )
        version.submitted_at, version.changes_asked = at, ""
        version.rejected_at = None
        self._note(session, "submitted", by=by, at=at, version=version.number)

    def approve(self, session: Session, *, by: Person, at: datetime) -> "EntryVersion":
        """Make the newest version what customers get from now on. Never by its author.

        Raises:
            NotPermitted: when ``by`` wrote it, or may not approve messages of its scenario.
            Refused: when a required part is blank, or nothing waits for approval.
        """
        version = self._pending("approve")
        self.may_approve(version, by)
        if version.submitted_at is None:
            raise Refused("Nobody has submitted it for review.", what_to_do="Submit it first.")
        if missing := version.parts.missing():
            raise Refused(f"It still needs {', '.join(missing)}.", what_to_do="Ask for changes.")
        return self._approved(session, version, by=by, at=at)

    def approve_as_imported(self, session: Session, *, by: Person, at: datetime) -> "EntryVersion":
        """Make the newest version what customers get, in the name of the lead behind a pack.

        The operator who imports answers for it, so who decides for the scenario is not asked.
        """
        return self._approved(session, self._pending("approve"), by=by, at=at)

    def _approved(
        self, session: Session, version: "EntryVersion", *, by: Person, at: datetime
    ) -> "EntryVersion":
        for earlier in self.versions:
            if earlier.approved_at is not None and earlier.superseded_at is None:
                earlier.superseded_at = at
        version.approved_at, version.approved_by_id = at, by.id
        self.retired_at = self.retired_by_id = None
        library_changed(session, self.launch_id)
        self._note(session, "approved", by=by, at=at, version=version.number, sha256=version.sha256)
        return version

    def request_changes(self, session: Session, *, reason: str, by: Person, at: datetime) -> None:
        """Give it back to its author with a reason.

        Raises:
            Refused: without a reason, or when nothing waits for approval.
        """
        version = self._submitted("ask for changes to")
        if not reason.strip():
            raise Refused("Say what should change.", what_to_do="Write it for the author.")
        version.submitted_at, version.changes_asked = None, reason.strip()
        self._note(
            session, "changes-requested", by=by, at=at, version=version.number, reason=reason
        )

    def reject(self, session: Session, *, reason: str, by: Person, at: datetime) -> None:
        """Decide against it.

        Raises:
            NotPermitted: when ``by`` is no lead.
            Refused: when nothing waits for approval.
        """
        if not by.is_any(Role.LEAD):
            raise NotPermitted("Only a lead rejects an entry.", what_to_do="Ask a lead.")
        version = self._submitted("reject")
        version.rejected_at, version.submitted_at, version.changes_asked = at, None, reason.strip()
        self._note(session, "rejected", by=by, at=at, version=version.number, reason=reason)

    def retire(self, session: Session, *, reason: str, by: Person, at: datetime) -> None:
        """Take it away from customers: from ``at`` on it is sent by nothing.

        Raises:
            NotPermitted: when ``by`` is no lead.
            Refused: when it is not what customers get.
        """
        if not by.is_any(Role.LEAD):
            raise NotPermitted("Only a lead retires an entry.", what_to_do="Ask a lead.")
        if self.approved is None:
            raise Refused("Customers do not get this entry.", what_to_do="Nothing is left to do.")
        if not reason.strip():
            raise Refused("Say why it ends.", what_to_do="Write it for those who read the history.")
        self.retired_at, self.retired_by_id, self.retired_because = at, by.id, reason.strip()
        library_changed(session, self.launch_id)
        self._note(session, "retired", by=by, at=at, reason=reason)

    def recall(
        self,
        session: Session,
        versions: Sequence["EntryVersion"],
        *,
        reason: str,
        by: Person,
        at: datetime,
    ) -> None:
        """Say that versions are wrong: from ``at`` on they are sent by nothing. One person may.

        Raises:
            NotPermitted: when ``by`` neither answers customers nor leads.
            Refused: without a reason, or when one of them was never approved, or is recalled.
        """
        if not by.is_any(Role.AGENT, Role.ENGINEER, Role.LEAD):
            raise NotPermitted("Only the desk recalls an answer.", what_to_do="Tell a lead.")
        if not reason.strip():
            raise Refused("Say what is wrong with it.", what_to_do="Write it for your colleagues.")
        if not versions or any(v.approved_at is None or v.recalled_at for v in versions):
            raise Refused("It is not what customers get.", what_to_do="Load the entry again.")
        for version in versions:
            version.recalled_at = at
        self._withdrawn(session, "recalled", versions, reason=reason, by=by, at=at)

    def reinstate(
        self,
        session: Session,
        versions: Sequence["EntryVersion"],
        *,
        reason: str,
        by: Person,
        at: datetime,
    ) -> None:
        """Let versions that were recalled count as approved again."""
        for version in versions:
            version.recalled_at = None
        self._withdrawn(session, "reinstated", versions, reason=reason, by=by, at=at)

    def _withdrawn(
        self, session: Session, what: str, versions: Sequence["EntryVersion"], **said: Any
    ) -> None:
        library_changed(session, self.launch_id)
        labels_changed(session, self.launch_id)
        self._note(session, what, versions=[version.number for version in versions], **said)

    def look_at(self, session: Session, *, by: Person, at: datetime) -> None:
        """Say that a lead looked at what people judged wrong about it, and it may answer again.

        Raises:
            NotPermitted: when ``by`` is no lead.
        """
        if not by.is_any(Role.LEAD):
            raise NotPermitted("Only a lead lets an entry answer again.", what_to_do="Ask a lead.")
        self.looked_at = at
        labels_changed(session, self.launch_id)
        self._note(session, "looked-at", by=by, at=at)

    def file_under(
        self, session: Session, scenario: Scenario | None, *, by: Person | None, at: datetime
    ) -> None:
        """Say which scenario it belongs to; the same again changes nothing."""
        if scenario is not self.scenario:
            self.scenario = scenario
            self._note(session, "filed", by=by, at=at, scenario=scenario.key if scenario else None)

    def may_be_approved_by(self, person: Person) -> str:
        """Return why ``person`` may not approve the newest version; empty when they may."""
        try:
            self.may_approve(self.newest, person)
        except NotPermitted as why:
            return why.message
        return ""

    def may_approve(self, version: "EntryVersion", person: Person) -> None:
        """Raise NotPermitted, with the reason, unless ``person`` may approve ``version``."""
        if not person.is_any(Role.LEAD):
            raise NotPermitted("Only a lead approves an entry.", what_to_do="Ask a lead.")
        if version.author_id == person.id:
            raise NotPermitted(
                "You wrote this version, so somebody else approves it.",
                what_to_do="Ask another lead.",
            )
        if self.scenario and not self.scenario.is_decided_by(person, Decider.APPROVES_MESSAGES):
            named = self.scenario.deciders[Decider.APPROVES_MESSAGES]
            raise NotPermitted(
                f"Messages for “{self.scenario.title}” are approved by {named}.",
                what_to_do=f"Ask {named}.",
            )

    def _submitted(self, what: str) -> "EntryVersion":
        version = self._pending(what)
        if version.submitted_at is None:
            raise Refused(
                f"There is nothing to {what}: nobody has submitted it.",
                what_to_do="Wait until its author submits it.",
            )
        return version

    def _pending(self, what: str) -> "EntryVersion":
        if self.newest.approved_at is not None:
            raise Refused(
                f"There is nothing to {what}: version {self.newest.number} is approved.",
                what_to_do="Save a change first; it becomes a new version.",
            )
        return self.newest

    def _note(
        self, session: Session, what: str, *, by: Person | None, at: datetime, **details: Any
    ) -> None:
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


def create(
    session: Session,
    launch: Launch,
    *,
    key: str,
    kind: str,
    draft: Draft,
    by: Person | None,
    at: datetime,
    scenario: Scenario | None = None,
) -> Entry:
    """Return a new entry whose first version is ``draft``.

    Raises:
        Refused: when the key is taken.
    """
    taken = select(Entry.id).where(Entry.launch_id == launch.id, Entry.key == key)
    if session.scalar(taken) is not None:
        raise Refused(f"There is an entry “{key}” already.", what_to_do="Choose another key.")
    entry = Entry(launch_id=launch.id, key=key, kind=kind, scenario=scenario, created_at=at)
    session.add(entry)
    session.flush()
    entry.save(session, draft, by=by, at=at)
    return entry


def by_key(session: Session, launch_id: int, key: str) -> Entry:
    """Return an entry with its versions.

    Raises:
        NotFound: when the launch has none of this key.
    """
    query = select(Entry).where(Entry.launch_id == launch_id, Entry.key == key)
    found = session.scalar(query.options(*_loaded()))
    if found is None:
        raise NotFound(f"There is no entry “{key}”.", what_to_do="Look for it in the library.")
    return found


def of_launch(session: Session, launch_id: int) -> list[Entry]:
    """Return every entry of the launch with its versions and scenario, by key."""
    query = select(Entry).where(Entry.launch_id == launch_id).order_by(Entry.key)
    return list(session.scalars(query.options(*_loaded())))


def _loaded() -> tuple[ExecutableOption, ...]:
    versions = selectinload(Entry.versions)
    people = (joinedload(EntryVersion.author), joinedload(EntryVersion.approved_by))
    return versions.options(*people), joinedload(Entry.scenario)


def waiting_for(session: Session, launch_id: int, person: Person) -> int:
    """Return how many entries wait for an approval that ``person`` may give."""
    if not person.is_any(Role.LEAD):
        return 0
    query = select(func.count(EntryVersion.id)).where(
        Entry.launch_id == launch_id,
        EntryVersion.submitted_at.is_not(None),
        EntryVersion.approved_at.is_(None),
        EntryVersion.rejected_at.is_(None),
        or_(EntryVersion.author_id.is_(None), EntryVersion.author_id != person.id),
    )
    return session.scalar(query.join(EntryVersion.entry)) or 0
