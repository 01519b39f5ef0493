"""A launch pack into the database: all of it, or, when anything is wrong, nothing.

Importing the same pack again changes nothing; a changed entry becomes a new version.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.ground.audit import OPERATOR, happened
from assistant.ground.parts import Parts
from assistant.ground.people import Person, Role, add_person, by_email, join
from assistant.launch import scenarios, updates
from assistant.launch.launches import Launch
from assistant.launch.pack_file import (
    EntryShape,
    LaunchShape,
    Lines,
    PackRefused,
    PackShape,
    Problem,
    ScenarioShape,
    UpdateShape,
    read,
)
from assistant.launch.scenarios import Scenario
from assistant.launch.updates import Update
from assistant.library.entries import Draft, Entry, create
from assistant.library.wording import Kind, Verdict, time_in_words

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


class Rehearsed(Exception):
    """Ends a transaction that must leave nothing behind."""


def bring_in(parts: Parts, path: Path, *, approve_as: str | None, dry_run: bool) -> Imported:
    """Import the pack in one transaction; ``dry_run`` does it all and then takes it back.

    Raises:
        PackRefused: with every problem; nothing was imported.
    """
    done: list[Imported] = []
    try:
        with parts.db.writing() as session:
            done.append(import_pack(session, path, approve_as=approve_as, at=parts.clock.now()))
            if dry_run:
                raise Rehearsed
    except Rehearsed:
        pass
    return done[0]


def import_pack(session: Session, path: Path, *, approve_as: str | None, at: datetime) -> Imported:
    """Bring the pack in ``path`` into the caller's transaction.

    ``approve_as`` is the address of a lead who answers for its texts; without it they wait for
    review. Updates keep the time they were published.

    Raises:
        PackRefused: with every problem; nothing was imported.
    """
    pack, lines = read(path)
    problems = [
        *_checked(pack, lines),
        *_people_problems(session, pack, lines, approve_as),
        *_late_updates(session, pack, lines, at),
    ]
    if problems:
        raise PackRefused(sorted(problems, key=lambda problem: problem.line))
    people = {
        shape.email: add_person(session, email=shape.email, name=shape.name, role=shape.role, at=at)
        for shape in pack.people
    }
    launch = _launch(session, pack.launch, at)
    for person in people.values():
        join(session, person, launch.id)
    known = _scenarios(session, launch, pack.scenarios)
    approver = by_email(session, approve_as) if approve_as else None
    if approver is not None:
        join(session, approver, launch.id)
    done = [_entry(session, launch, shape, known, approver, at) for shape in pack.entries]
    for update in pack.updates:
        _update(session, launch, update, at)
    happened(session, "pack.imported", at=at, by=OPERATOR, launch_id=launch.id, file=path.name)
    return Imported(
        launch=launch.key,
        entries=len(done),
        approved=done.count("approved"),
        unchanged=done.count("unchanged"),
        scenarios=len(pack.scenarios),
        people=len(pack.people),
        updates=len(pack.updates),
    )


# --- what a pack must satisfy beyond its shape ---


def _checked(pack: PackShape, lines: Lines) -> Iterator[Problem]:
    yield from _written_twice([p.email for p in pack.people], "people", "email", lines)
    yield from _written_twice([s.key for s in pack.scenarios], "scenarios", "key", lines)
    yield from _written_twice([e.key for e in pack.entries], "entries", "key", lines)
    scenario_keys = {scenario.key for scenario in pack.scenarios}
    for number, entry in enumerate(pack.entries):
        yield from _entry_problems(entry, number, scenario_keys, lines)
    yield from _same_ways(pack.entries, lines)
    for number, update in enumerate(pack.updates):
        for field in ("expected", "what_to_do", "next_update"):
            if not getattr(update, field):
                yield lines.problem(("updates", number, field), "It is blank.", "Fill it in.")
    launch = pack.launch
    if launch.starts and launch.ends and launch.ends <= launch.starts:
        yield lines.problem(("launch", "ends"), "It ends before it starts.", "Change one.")


def _late_updates(
    session: Session, pack: PackShape, lines: Lines, at: datetime
) -> Iterator[Problem]:
    """Yield new updates whose next one is promised for a time that has passed by then."""
    launch = session.scalar(select(Launch).where(Launch.key == pack.launch.key))
    for number, update in enumerate(pack.updates):
        due, published = update.next_update, update.published or at
        is_late = not isinstance(due, str) and due <= published
        if is_late and not (launch and _is_published(session, launch, update)):
            yield lines.problem(
                ("updates", number, "next_update"),
                f"That time has passed when it is published ({published:%Y-%m-%d %H:%M} UTC).",
                "Promise a later time, or say under “published” when it was published.",
            )


def _written_twice(keys: list[str], section: str, field: str, lines: Lines) -> Iterator[Problem]:
    for number, key in enumerate(keys):
        if key in keys[:number]:
            yield lines.problem(
                (section, number, field), f"“{key}” is used twice.", "Give each its own."
            )


def _entry_problems(
    entry: EntryShape, number: int, scenario_keys: set[str], lines: Lines
) -> Iterator[Problem]:
    at = ("entries", number)
    if entry.scenario and entry.scenario not in scenario_keys:
        yield lines.problem(
            (*at, "scenario"), f"There is no scenario “{entry.scenario}”.", "Add it, or correct it."
        )
    required = ("answer",) if entry.kind == Kind.FAQ else ("why_now", "what_to_do", "next_update")
    for field in required:
        if not getattr(entry, field):
            yield lines.problem((*at, field), f"A {entry.kind} needs it.", "Write it.")
    if entry.kind == Kind.RESPONSE and entry.verdict is None:
        yield lines.problem(
            (*at, "verdict"), "A response needs it.", f"Use one of {', '.join(Verdict)}."
        )
    if entry.valid_from and entry.valid_until and entry.valid_until <= entry.valid_from:
        yield lines.problem((*at, "valid_until"), "It ends before it begins.", "Change one.")


def _same_ways(entries: list[EntryShape], lines: Lines) -> Iterator[Problem]:
    """Yield phrasings that two entries share: such a question could never be answered."""
    owner: dict[str, str] = {}
    for number, entry in enumerate(entries):
        ways = [("question",), *(("phrasings", n) for n in range(len(entry.phrasings)))]
        for way, words in zip(ways, [entry.question, *entry.phrasings], strict=True):
            same = " ".join(re.findall(r"\w+", words.casefold()))
            first = owner.setdefault(same, entry.key)
            if first != entry.key:
                yield lines.problem(
                    ("entries", number, *way),
                    f"“{words}” is also a way of asking “{first}”.",
                    "Keep it in one of them.",
                )


def _people_problems(
    session: Session, pack: PackShape, lines: Lines, approve_as: str | None
) -> Iterator[Problem]:
    known = {person.email for person in pack.people} | set(session.scalars(select(Person.email)))
    for number, scenario in enumerate(pack.scenarios):
        for path, email in _named(scenario):
            if email not in known:
                yield lines.problem(
                    ("scenarios", number, *path),
                    f"Nobody here has the address {email}.",
                    "Add the person under “people”.",
                )
    if approve_as and not _may_approve(session, pack, approve_as.strip().lower()):
        yield lines.problem(
            ("people",),
            f"{approve_as} is no lead here, so the texts cannot be approved in that name.",
            "Name a lead from “people”, or add one with: hypercare people add.",
        )


def _named(scenario: ScenarioShape) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if scenario.owner:
        yield ("owner",), scenario.owner
    for decider, email in scenario.deciders.named().items():
        yield ("deciders", decider), email
    for number, step in enumerate(scenario.escalation):
        yield ("escalation", number), step.to


def _may_approve(session: Session, pack: PackShape, email: str) -> bool:
    roles = {person.email: str(person.role) for person in pack.people}
    stored = by_email(session, email)
    return (stored.role if stored else roles.get(email)) in MAY_APPROVE


# --- bringing it in ---


def _launch(session: Session, shape: LaunchShape, at: datetime) -> Launch:
    launch = session.scalar(select(Launch).where(Launch.key == shape.key))
    if launch is None:
        launch = Launch(key=shape.key, prepared_at=at, library_revision=0)
        session.add(launch)
    launch.name = shape.name or shape.key
    launch.trigger = shape.trigger
    launch.starts_at = shape.starts or launch.starts_at or at
    launch.ends_at = shape.ends
    launch.time_zone = shape.time_zone
    for name in ("scope", "out_of_scope", "objectives", "baselines", "exit_criteria"):
        setattr(launch, name, [part.model_dump(mode="json") for part in getattr(shape, name)])
    launch.sites = list(shape.sites)
    launch.mode = shape.mode
    launch.wrong_rate = shape.wrong_rate
    session.flush()
    return launch


def _scenarios(
    session: Session, launch: Launch, shapes: list[ScenarioShape]
) -> dict[str, Scenario]:
    known = scenarios.of_launch(session, launch.id)
    for shape in shapes:
        scenario = known.get(shape.key) or Scenario(launch_id=launch.id, key=shape.key)
        for name in ("title", "expected_before", "why_in_doubt", "category", "severity"):
            setattr(scenario, name, getattr(shape, name))
        scenario.owner = by_email(session, shape.owner) if shape.owner else None
        scenario.deciders = dict(shape.deciders.named())
        scenario.escalation = [step.model_dump() for step in shape.escalation]
        session.add(scenario)
        known[shape.key] = scenario
    session.flush()
    return known


def _entry(
    session: Session,
    launch: Launch,
    shape: EntryShape,
    known: dict[str, Scenario],
    approver: Person | None,
    at: datetime,
) -> str:
    """Keep one entry and return ``approved``, ``waiting`` or ``unchanged``."""
    draft = _draft(shape, launch)
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
        entry.file_under(session, scenario, by=approver, at=at)
        if not entry.newest.is_as(draft):
            entry.save(session, draft, by=None, at=at)
        elif entry.newest.approved_at is not None or approver is None:
            return "unchanged"
    entry.newest.submitted_at = at
    if approver is None:
        return "waiting"
    entry.approve_as_imported(session, by=approver, at=at)
    return "approved"


def _draft(shape: EntryShape, launch: Launch) -> Draft:
    words, instant = _said(shape.next_update, launch)
    return Draft(
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


def _said(next_update: datetime | str, launch: Launch) -> tuple[str, datetime | None]:
    """Return when the next update comes, in words and, when it is a time, as an instant."""
    if isinstance(next_update, str):
        return next_update, None
    return time_in_words(next_update, launch.zone), next_update


def _update(session: Session, launch: Launch, shape: UpdateShape, at: datetime) -> None:
    if _is_published(session, launch, shape):
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


def _is_published(session: Session, launch: Launch, shape: UpdateShape) -> bool:
    same = select(Update.id).where(
        Update.launch_id == launch.id,
        Update.title == shape.title,
        Update.expected == shape.expected,
    )
    return session.scalar(same) is not None
