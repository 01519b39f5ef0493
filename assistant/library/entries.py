"""Entries and their versions. Approved text never changes: an edit is a new version."""

from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    UniqueConstraint,
    and_,
    case,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import (
    Mapped,
    Session,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)
from sqlalchemy.sql.base import ExecutableOption

from assistant.ground.database import Base
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Person, Role
from assistant.ground.readable import is_readable
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Decider, Scenario
from assistant.library import filing
from assistant.library.approvals import Approvable
from assistant.library.versions import Approval, Draft, EntryVersion
from assistant.library.withdrawal import Withdrawable


class Entry(Approvable, Withdrawable, Base):
    """One question that we may answer, through all its versions."""

    __tablename__ = "entries"
    __table_args__ = (UniqueConstraint("launch_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    key: Mapped[str]
    kind: Mapped[str]
    scenario_id: Mapped[int | None] = mapped_column(ForeignKey("scenarios.id"), index=True)
    variant_of_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"), index=True)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    retired_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    retired_because: Mapped[str] = mapped_column(default="")
    looked_at: Mapped[datetime | None]  # a lead looked at what people said was wrong about it
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    version: Mapped[int] = mapped_column(nullable=False)
    launch: Mapped[Launch] = relationship()
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])
    scenario: Mapped[Scenario | None] = relationship()
    versions: Mapped[list["EntryVersion"]] = relationship(
        order_by="EntryVersion.number",
        back_populates="entry",
        foreign_keys="EntryVersion.entry_id",
    )

    __mapper_args__ = {"version_id_col": version}

    def save(
        self, session: Session, draft: Draft, *, by: Person | None, at: datetime
    ) -> "EntryVersion":
        """Keep what the author wrote: into the open draft, or as a new version after an approval.

        Raises:
            Refused: when there is no question that anybody can read.
        """
        if not is_readable(draft.question):
            raise Refused("An entry has a question.", what_to_do="Write what customers ask.")
        if self.versions and self.newest.approved_at is None:
            version = self.newest
            if version.rejected_at is not None:
                version.refiled, version.filed_under = False, None
        else:
            number = self.newest.number + 1 if self.versions else 1
            version = EntryVersion(number=number, created_at=at)
            self.versions.append(version)
        version.write(draft, by=by, at=at)
        session.flush()
        self.note(session, "saved", by=by, at=at, version=version.number)
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
        version.must_be_filled()
        filing.waits(version, since=at)
        self.note(session, "submitted", by=by, at=at, version=version.number)

    def file_under(
        self, session: Session, scenario: Scenario | None, *, by: Person | None, at: datetime
    ) -> None:
        """Say which scenario it belongs to; the same again changes nothing.

        What customers get stays filed as it is until a version that is filed so is approved:
        where none waits, that is a new one of the same words.
        """
        if scenario is not filing.filing_of(self.newest):
            if filing.must_wait(self):
                before = self.newest
                version = self.save(session, before.as_draft(), by=by, at=at)
                version.text, version.sha256 = before.text, before.sha256
            filing.file(self, scenario)
            if by and self.newest.approved_at is None:
                self.newest.add_writer(by)  # the scenario decides who may approve it
            self.note(session, "filed", by=by, at=at, scenario=scenario.key if scenario else None)

    def give_to(
        self, session: Session, owner: Person | None, *, by: Person | None, at: datetime
    ) -> None:
        """Say who is asked when it ends; nobody: its scenario's owner. The same changes nothing."""
        if (owner.id if owner else None) != self.owner_id:
            self.owner, self.owner_id = owner, owner.id if owner else None
            self.note(session, "owned", by=by, at=at, owner=owner.email if owner else None)

    def become_variant(
        self, of: "Entry", *, session: Session, by: Person | None, at: datetime
    ) -> None:
        """Become the same answer as ``of`` in another language; ``variants.link`` asks first."""
        self.variant_of_id = of.variant_of_id or of.id
        self.note(session, "made-variant", by=by, at=at, of=of.key)


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


def audiences(session: Session, launch_id: int) -> list[str]:
    """Return every audience that a version of the launch is for, by name."""
    query = select(EntryVersion.audience).join(EntryVersion.entry).distinct()
    return sorted(session.scalars(query.where(Entry.launch_id == launch_id)))


def of_launch(session: Session, launch_id: int) -> list[Entry]:
    """Return every entry of the launch with its versions and scenario, by key."""
    query = select(Entry).where(Entry.launch_id == launch_id).order_by(Entry.key)
    return list(session.scalars(query.options(*_loaded())))


def _loaded() -> tuple[ExecutableOption, ...]:
    versions = selectinload(Entry.versions)
    people = (
        joinedload(EntryVersion.author),
        joinedload(EntryVersion.approved_by),
        selectinload(EntryVersion.writers),
        selectinload(EntryVersion.approvals).joinedload(Approval.person),
    )
    return versions.options(*people), joinedload(Entry.scenario)


def waiting_for(session: Session, launch_id: int, person: Person) -> int:
    """Return how many entries wait for an approval that ``person`` may give."""
    if not person.is_any(Role.LEAD):
        return 0
    standing = Approval.void_at.is_(None)
    query = select(func.count(EntryVersion.id)).where(
        Entry.launch_id == launch_id,
        EntryVersion.submitted_at.is_not(None),
        EntryVersion.approved_at.is_(None),
        EntryVersion.rejected_at.is_(None),
        or_(EntryVersion.author_id.is_(None), EntryVersion.author_id != person.id),
        ~EntryVersion.writers.any(Person.id == person.id),
        ~EntryVersion.approvals.any(and_(Approval.person_id == person.id, standing)),
        or_(EntryVersion.approvals.any(standing), _decides(person)),
    )
    query = query.join(EntryVersion.entry).outerjoin(Scenario, Scenario.id == _filed_under())
    return session.scalar(query) or 0


def _decides(person: Person) -> ColumnElement[bool]:
    """Return the SQL condition that ``person`` may be the first who approves."""
    named = Scenario.deciders[Decider.APPROVES_MESSAGES.value].as_string()
    return or_(literal(person.is_any()), named.is_(None), named == person.email)


def _filed_under() -> ColumnElement[int | None]:
    """Return the scenario of a version that waits, by id, as ``filing.filing_of`` does."""
    return case((EntryVersion.refiled, EntryVersion.filed_under_id), else_=Entry.scenario_id)
