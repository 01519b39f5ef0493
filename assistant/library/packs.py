"""A launch pack into the database: all of it, or, when anything is wrong, nothing.

Importing the same pack again changes nothing; a changed entry becomes a new version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.ground.audit import OPERATOR, happened
from assistant.ground.parts import Parts
from assistant.ground.people import Person, Role, add_person, by_email, join
from assistant.launch import planning, updates
from assistant.launch.launches import Launch
from assistant.launch.pack_file import Lines, PackRefused, read
from assistant.launch.pack_shapes import (
    EntryShape,
    FiledEntryShape,
    PackShape,
    UpdateShape,
)
from assistant.launch.scenarios import Scenario
from assistant.library import filing, launch_values, lead_changes
from assistant.library.belonging import belong, problems_of_originals
from assistant.library.entries import Entry, create, of_launch
from assistant.library.pack_checks import late_updates, problems_in, problems_with_people
from assistant.library.pack_launch import launch_from, scenarios_from
from assistant.library.placeholders import filled
from assistant.library.shift_checks import problems_of_shifts
from assistant.library.versions import Draft
from assistant.library.wording import Verdict, time_in_words

MAY_APPROVE = (Role.LEAD, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    launch: str
    entries: int
    approved: int
    unchanged: int
    scenarios: int
    people: int
    updates: int
    theirs: tuple[str, ...] = ()  # where a lead had said otherwise, in words
    overwrote: bool = False  # whether that was written over; else it stays


class Rehearsed(Exception):
    """Ends a transaction that must leave nothing behind."""


def bring_in(
    parts: Parts,
    path: Path,
    *,
    approve_as: str | None,
    dry_run: bool,
    overwrite: bool = False,
) -> Imported:
    """Import the pack in one transaction; ``dry_run`` does it all and then takes it back.

    What leads changed on the set-up pages stays unless ``overwrite`` is said.

    Raises:
        PackRefused: with every problem; nothing was imported.
    """
    done: list[Imported] = []
    try:
        with parts.db.writing() as session:
            at = parts.clock.now()
            read_pack = read(path)
            done.append(
                bring(
                    session, *read_pack, file=path.name, approve_as=approve_as, at=at,
                    overwrite=overwrite,
                )
            )  # fmt: skip
            if dry_run:
                raise Rehearsed
    except Rehearsed:
        pass
    return done[0]


def bring(
    session: Session,
    pack: PackShape,
    lines: Lines,
    *,
    file: str,
    approve_as: str | None,
    at: datetime,
    overwrite: bool = False,
) -> Imported:
    """Bring a pack that was read already into the caller's transaction.

    ``approve_as`` is the address of a lead who answers for its texts; without it they wait for
    review. Updates keep the time they were published.

    Raises:
        PackRefused: with every problem; nothing was imported.
    """
    problems = [
        *problems_in(pack, lines),
        *problems_of_shifts(session, pack, lines),
        *problems_with_people(session, pack, lines, approve_as),
        *late_updates(session, pack, lines, at),
        *problems_of_originals(session, pack, lines),
    ]
    if problems:
        raise PackRefused(sorted(problems, key=lambda problem: problem.line))
    people = {
        shape.email: add_person(session, email=shape.email, name=shape.name, role=shape.role, at=at)
        for shape in pack.people
    }
    before = session.scalar(select(Launch).where(Launch.key == pack.launch.key))
    theirs = lead_changes.of_launch(session, before, overwrites=overwrite)
    launch = launch_from(session, pack.launch, theirs, at)
    for person in people.values():
        join(session, person, launch.id)
    known = scenarios_from(session, launch, pack.scenarios, theirs)
    approver = by_email(session, approve_as) if approve_as else None
    if approver is not None:
        join(session, approver, launch.id)
    there = {entry.key for entry in of_launch(session, launch.id)}
    done = [_entry(session, launch, shape, known, approver, at) for shape in pack.entries]
    _belong(session, launch, [each for each in pack.entries if each.key not in there], at)
    for update in pack.updates:
        _update(session, launch, update, at)
    for shift in pack.shifts:
        owner = by_email(session, shift.person)
        if owner is not None:
            join(session, owner, launch.id)
            planning.bring_in(session, launch, owner, shift.begins, shift.ends, at=at)
    happened(session, "pack.imported", at=at, by=OPERATOR, launch_id=launch.id, file=file)
    return Imported(
        launch=launch.key,
        entries=len(done),
        approved=done.count("approved"),
        unchanged=done.count("unchanged"),
        scenarios=len(pack.scenarios),
        people=len(pack.people),
        updates=len(pack.updates),
        theirs=theirs.written_down(session, launch, at=at),
        overwrote=overwrite,
    )


def _entry(
    session: Session,
    launch: Launch,
    shape: EntryShape,
    known: dict[str, Scenario],
    approver: Person | None,
    at: datetime,
) -> str:
    """Keep one entry and return ``approved``, ``waiting`` or ``unchanged``."""
    draft = draft_of(shape, launch, launch_values.of_launch(session, launch.id))
    entry = session.scalar(
        select(Entry).where(Entry.launch_id == launch.id, Entry.key == shape.key)
    )
    scenario = known.get(shape.scenario) if shape.scenario else None
    if entry is None:
        entry = create(
            session,
            launch,
            key=shape.key,
            kind=shape.kind,
            draft=draft,
            by=None,
            at=at,
            scenario=scenario,
        )
    else:
        is_filed = scenario is filing.filing_of(entry.newest)
        if not entry.newest.is_as(draft):
            entry.save(session, draft, by=None, at=at)
        elif is_filed and (entry.newest.approved_at is not None or approver is None):
            return "unchanged"
        entry.file_under(session, scenario, by=approver, at=at)
    filing.waits(entry.newest, since=at)
    if approver is None:
        return "waiting"
    entry.approve_as_imported(session, by=approver, at=at)
    return "approved"


def _belong(session: Session, launch: Launch, new: Sequence[FiledEntryShape], at: datetime) -> None:
    found = {entry.key: entry for entry in of_launch(session, launch.id)} if new else {}
    belong(session, launch.id, [(found[each.key], each) for each in new], by=None, at=at)


def draft_of(shape: EntryShape, launch: Launch, values: Mapping[str, str]) -> Draft:
    """Return what a pack says of an entry, filled in with the launch's ``values``."""
    words, instant = _said(shape.next_update, launch)
    draft = Draft(
        question=shape.question,
        verdict=shape.verdict or Verdict.INFORMATION,
        phrasings=list(dict.fromkeys(shape.phrasings)),
        not_for=list(dict.fromkeys(shape.not_for)),
        applies_when=shape.applies_when,
        why_now=shape.why_now,
        what_to_do=shape.what_to_do,
        safe_to_continue=shape.safe_to_continue,
        next_update=words,
        next_update_at=instant,
        answer=shape.answer,
        valid_from=shape.valid_from,
        valid_until=shape.valid_until,
        audience=shape.audience,
        locale=shape.locale,
    )
    return filled(draft, values, launch.zone)


def _said(next_update: datetime | str, launch: Launch) -> tuple[str, datetime | None]:
    """Return when the next update comes, in words and, when it is a time, as an instant."""
    if isinstance(next_update, str):
        return next_update, None
    return time_in_words(next_update, launch.zone), next_update


def _update(session: Session, launch: Launch, shape: UpdateShape, at: datetime) -> None:
    if updates.was_said(session, launch.id, title=shape.title, expected=shape.expected):
        return
    words, instant = _said(shape.next_update, launch)
    updates.publish(
        session,
        launch,
        title=shape.title,
        expected=shape.expected,
        what_to_do=shape.what_to_do,
        next_update=words,
        next_update_at=instant,
        by=None,
        at=shape.published or at,
    )
