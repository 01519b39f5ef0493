"""Imports: a file somebody uploaded, kept while they look at what it would do, and what it did."""

from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, defer, joinedload, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from assistant.ground.audit import happened
from assistant.ground.database import Base
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Person
from assistant.launch import scenarios
from assistant.launch.launches import Launch
from assistant.launch.pack_shapes import EntryShape
from assistant.library import filing, launch_values
from assistant.library.belonging import belong
from assistant.library.differences import differences_of_fields
from assistant.library.entries import Entry, of_launch
from assistant.library.exporting import written
from assistant.library.incoming import Plan, Row, planned
from assistant.library.packs import draft_of
from assistant.library.versions import EntryVersion

KEPT = timedelta(days=1)  # a file that nobody confirms
BACK = "The import it came with was taken back."


class LibraryImport(Base):
    """One uploaded file of one launch; nothing of it is done until somebody confirms it."""

    __tablename__ = "library_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    file: Mapped[str]  # its name
    words: Mapped[str]  # all of it; emptied when it is confirmed
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    taken_back_at: Mapped[datetime | None]
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    did: Mapped[list[dict[str, Any]]]  # [{entry, version, before: fields of the draft it replaced}]
    unchanged: Mapped[int]
    refused: Mapped[int]
    version: Mapped[int] = mapped_column(nullable=False)
    by: Mapped[Person] = relationship(foreign_keys=by_id)
    launch: Mapped[Launch] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def state(self) -> str:
        """Return looked-at, done or taken-back."""
        if self.taken_back_at is not None:
            return "taken-back"
        return "done" if self.confirmed_at is not None else "looked-at"

    def plan(self, session: Session, by: Person) -> Plan:
        """Return what ``by`` would do with it at this moment."""
        return planned(session, self.launch, self.words, self.file, by)

    def confirm(
        self, session: Session, *, mark: str, by: Person, at: datetime, over: Container[str] = ()
    ) -> Plan:
        """Do what the plan with this ``mark`` says: every entry becomes a draft that waits.

        A draft of somebody else stays as it is, unless its key is among those to be put ``over``.

        Raises:
            Refused: when it was confirmed before, has nothing to bring in, or would now do
                something else than what was looked at.
        """
        if self.state != "looked-at":
            raise Refused("It was brought in already.", what_to_do="Look at what it did.")
        session.scalar(select(Launch.id).where(Launch.id == self.launch_id).with_for_update())
        plan = self.plan(session, by)
        if plan.mark != mark:
            raise Refused(
                "The library has changed since you looked at this.",
                what_to_do="Load the page again: it shows what the file would do now.",
            )
        chosen = [row for row in plan.of("theirs") if row.shape.key in over]
        rows = [*plan.of("new"), *plan.of("changed"), *chosen]
        if not rows:
            raise Refused("There is nothing to bring in.", what_to_do="Correct the file first.")
        self._bring_in(session, rows, by, at)
        self.unchanged, self.refused = len(plan.of("unchanged")), plan.refused
        self.confirmed_at, self.words, self.by_id = at, "", by.id
        happened(
            session, "library.imported", at=at, by=by, launch_id=self.launch_id, file=self.file,
            new=len(plan.of("new")), changed=len(plan.of("changed")) + len(chosen),
            refused=plan.refused,
        )  # fmt: skip
        return plan

    def _bring_in(self, session: Session, rows: list[Row], by: Person, at: datetime) -> None:
        known = scenarios.of_launch(session, self.launch_id)
        values = launch_values.of_launch(session, self.launch_id)
        with session.no_autoflush:  # five thousand rows are put there at once, not one by one
            was = {row.entry.key: written(row.entry.newest) for row in rows if row.entry}
            kept = [
                (row, *keep_draft(session, self.launch, row.shape, row.entry, values, by, at))
                for row in rows
            ]
            for row, entry, version, _ in kept:
                filing.file(entry, known.get(row.shape.scenario) if row.shape.scenario else None)
                if not version.unfilled():
                    filing.waits(version, since=at)
            session.flush()
        new = [(entry, row.shape) for row, entry, _, _ in kept if row.entry is None]
        belong(session, self.launch_id, new, by=by, at=at)
        for _, entry, version, _ in kept:
            happened(
                session, "entry.imported", at=at, by=by, launch_id=self.launch_id,
                entry_id=entry.id, key=entry.key, version=version.number, file=self.file,
                changed=_changed(was.get(entry.key), version),
            )  # fmt: skip
        self.did = [
            {"entry": entry.key, "version": version.number, "before": before}
            for _, entry, version, before in kept
        ]

    def take_back(self, session: Session, *, by: Person, at: datetime) -> int:
        """Undo it and return how many entries: what was new is put aside, drafts are as before.

        Raises:
            Refused: when it was not brought in, or somebody has approved or changed some of it.
        """
        if self.state != "done":
            raise Refused("There is nothing to take back.", what_to_do="Load the page again.")
        known = {entry.key: entry for entry in of_launch(session, self.launch_id)}
        found = [(each, known[each["entry"]]) for each in self.did]
        for each, entry in found:
            self._may_go_back(entry, each["version"])
        for each, entry in found:
            _put_back(session, entry, each["before"], by=by, at=at)
            happened(
                session, "entry.import-taken-back", at=at, by=by, launch_id=self.launch_id,
                entry_id=entry.id, key=entry.key, version=each["version"], file=self.file,
            )  # fmt: skip
        self.taken_back_at, self.taken_back_by_id = at, by.id
        happened(session, "library.import-taken-back", at=at, by=by, launch_id=self.launch_id,
                 file=self.file, entries=len(found))  # fmt: skip
        return len(found)

    def _may_go_back(self, entry: Entry, number: int) -> None:
        version = entry.newest
        if version.number != number or version.approved_at is not None:
            raise Refused(
                f"“{entry.key}” of it was approved.", what_to_do="Retire what is wrong instead."
            )
        if version.saved_at != self.confirmed_at:
            raise Refused(
                f"“{entry.key}” of it was changed since.",
                what_to_do="Reject what is wrong instead.",
            )


def keep_draft(
    session: Session,
    launch: Launch,
    shape: EntryShape,
    entry: Entry | None,
    values: Mapping[str, str],
    by: Person,
    at: datetime,
) -> tuple[Entry, EntryVersion, dict[str, Any] | None]:
    """Return the entry, the draft it has now, and the fields of the draft that was replaced.

    ``entry`` is the one of this key, when there is one. A draft of somebody else is put aside as
    it is, and a new version takes its place. Nothing is flushed or audited here.
    """
    if entry is None:
        entry = Entry(launch=launch, key=shape.key, kind=shape.kind, created_at=at)
        session.add(entry)
    draft = entry.newest if entry.versions and entry.newest.approved_at is None else None
    before = _as_it_is(draft) if draft else None
    if draft and not draft.is_worked_on_by_others(by):
        version = draft
    else:
        if draft:
            draft.put_aside(f"{by.name} put another draft in its place.", at=at)
        number = entry.newest.number + 1 if entry.versions else 1
        version = EntryVersion(number=number, created_at=at)
        entry.versions.append(version)
    version.write(draft_of(shape, launch, values), by=by, at=at)
    version.rejected_at, version.changes_asked = None, ""
    flag_modified(entry, "key")  # of two people at work on it the slower one is told
    return entry, version, before


def _as_it_is(draft: EntryVersion) -> dict[str, Any]:
    return {
        "fields": written(draft, filled=True),
        "author": draft.author_id,
        "writers": [writer.id for writer in draft.writers],
        "state": draft.state,
        "own_values": dict(draft.own_values),
        "written": dict(draft.written),
        "takes_in": draft.takes_in.id if draft.takes_in else None,
    }


def _put_back(
    session: Session, entry: Entry, before: dict[str, Any] | None, *, by: Person, at: datetime
) -> None:
    version = entry.newest
    flag_modified(entry, "key")
    version.refiled, version.filed_under = False, None
    if before is None:
        version.rejected_at, version.submitted_at, version.changes_asked = at, None, BACK
        return
    author = session.get(Person, before["author"]) if before["author"] else None
    draft = draft_of(_as_kept(before["fields"]), entry.launch, {})
    own = {"own_values": before["own_values"], "written": before["written"]}
    version.write(replace(draft, **own), by=author, at=at)
    if "writers" in before:  # who only brought the file in has no hand in these words
        version.writers = [w for each in before["writers"] if (w := session.get(Person, each))]
    source = session.get(Entry, before["takes_in"]) if before.get("takes_in") else None
    version.takes_in = source if source and source.retired_at is None else None
    known = scenarios.of_launch(session, entry.launch_id)
    filing.file(entry, known.get(before["fields"].get("scenario", "")))
    version.submitted_at = at if before["state"] == "review" else None
    version.rejected_at = at if before["state"] == "rejected" else None


def _as_kept(fields: dict[str, Any]) -> EntryShape:
    """Return the fields of a draft that was kept, whatever limits have come since it was saved."""
    times = {
        name: datetime.fromisoformat(fields[name])
        for name in ("valid_from", "valid_until")
        if fields.get(name)
    }
    said = str(fields.get("next_update", ""))
    with suppress(ValueError):
        times |= {"next_update": datetime.fromisoformat(said)} if said.endswith("Z") else {}
    return EntryShape.model_construct(**{**fields, **times})


def _changed(before: dict[str, Any] | None, version: EntryVersion) -> list[dict[str, str]]:
    found = differences_of_fields(before, written(version)) if before else []
    return [asdict(each) for each in found]


def keep(
    session: Session, launch: Launch, *, file: str, words: str, by: Person, at: datetime
) -> LibraryImport:
    """Return an uploaded file, kept to be looked at; others' that nobody confirmed are let go."""
    old = delete(LibraryImport).where(LibraryImport.confirmed_at.is_(None))
    session.execute(old.where(LibraryImport.at < at - KEPT))
    kept = LibraryImport(
        launch=launch, file=file, words=words, by_id=by.id, at=at, did=[], unchanged=0, refused=0
    )
    session.add(kept)
    session.flush()
    return kept


def by_id(session: Session, launch_id: int, import_id: int) -> LibraryImport:
    """Return an import of the launch. Raises NotFound when it has none such."""
    found = session.get(LibraryImport, import_id)
    if found is None or found.launch_id != launch_id:
        raise NotFound("There is no such import.", what_to_do="Look at the list of imports.")
    return found


def newest_of(session: Session, launch_id: int, *, most: int = 20) -> list[LibraryImport]:
    """Return the newest imports that were confirmed, with who did them."""
    query = (
        select(LibraryImport)
        .where(LibraryImport.launch_id == launch_id, LibraryImport.confirmed_at.is_not(None))
        .options(joinedload(LibraryImport.by), defer(LibraryImport.words))
    )
    return list(session.scalars(query.order_by(LibraryImport.id.desc()).limit(most)))
