"""What a launch pack must satisfy beyond its shape. Every problem is found, none is mended."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.ground.people import Person, Role, by_email
from assistant.ground.readable import is_readable
from assistant.launch import updates
from assistant.launch.launches import Launch
from assistant.launch.pack_file import Lines, Problem
from assistant.launch.pack_shapes import EntryShape, PackShape, ScenarioShape, UpdateShape
from assistant.library.wording import Kind, Verdict

MAY_APPROVE = (Role.LEAD, Role.ADMINISTRATOR)


def problems_in(pack: PackShape, lines: Lines) -> Iterator[Problem]:
    """Yield what is wrong within the pack itself: keys used twice, parts that are missing."""
    yield from _written_twice(
        dict(enumerate(p.email for p in pack.people)), "people", "email", lines
    )
    yield from _written_twice(
        dict(enumerate(s.key for s in pack.scenarios)), "scenarios", "key", lines
    )
    scenario_keys = {scenario.key for scenario in pack.scenarios}
    yield from problems_in_entries(dict(enumerate(pack.entries)), scenario_keys, lines)
    for number, update in enumerate(pack.updates):
        for field in ("expected", "what_to_do", "next_update"):
            if not is_readable(str(getattr(update, field))):
                yield lines.problem(("updates", number, field), "It is blank.", "Fill it in.")
    launch = pack.launch
    if launch.starts and launch.ends and launch.ends <= launch.starts:
        yield lines.problem(("launch", "ends"), "It ends before it starts.", "Change one.")


def problems_in_entries(
    entries: Mapping[int, EntryShape], scenario_keys: AbstractSet[str], lines: Lines
) -> Iterator[Problem]:
    """Yield what is wrong with entries, by their place in the file; ``scenario_keys`` are known."""
    yield from _written_twice({n: e.key for n, e in entries.items()}, "entries", "key", lines)
    for number, entry in entries.items():
        yield from entry_problems(entry, number, scenario_keys, lines)
    yield from same_ways(entries, lines)


def late_updates(
    session: Session, pack: PackShape, lines: Lines, at: datetime
) -> Iterator[Problem]:
    """Yield new updates whose next one is promised for a time that has passed by then."""
    launch = session.scalar(select(Launch).where(Launch.key == pack.launch.key))
    for number, update in enumerate(pack.updates):
        due, published = update.next_update, update.published or at
        is_late = not isinstance(due, str) and due <= published
        if is_late and not (launch and _was_said(session, launch, update)):
            yield lines.problem(
                ("updates", number, "next_update"),
                f"That time has passed when it is published ({published:%Y-%m-%d %H:%M} UTC).",
                "Promise a later time, or say under “published” when it was published.",
            )


def _written_twice(
    keys: Mapping[int, str], section: str, field: str, lines: Lines
) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, key in keys.items():
        if key in seen:
            yield lines.problem(
                (section, number, field), f"“{key}” is used twice.", "Give each its own."
            )
        seen.add(key)


def entry_problems(
    entry: EntryShape, number: int, scenario_keys: AbstractSet[str], lines: Lines
) -> Iterator[Problem]:
    """Yield what is wrong with one entry by itself, at its place in the file."""
    at = ("entries", number)
    if entry.scenario and entry.scenario not in scenario_keys:
        yield lines.problem(
            (*at, "scenario"), f"There is no scenario “{entry.scenario}”.", "Add it, or correct it."
        )
    kind = Kind(entry.kind)
    required = ("answer",) if kind is Kind.FAQ else ("why_now", "what_to_do", "next_update")
    for field in required:
        if not is_readable(str(getattr(entry, field))):
            yield lines.problem((*at, field), f"A {entry.kind} needs it.", "Write it.")
    if kind is Kind.RESPONSE and entry.verdict is None:
        yield lines.problem(
            (*at, "verdict"), "A response needs it.", f"Use one of {', '.join(Verdict)}."
        )
    if entry.valid_from and entry.valid_until and entry.valid_until <= entry.valid_from:
        yield lines.problem((*at, "valid_until"), "It ends before it begins.", "Change one.")


def same_ways(entries: Mapping[int, EntryShape], lines: Lines) -> Iterator[Problem]:
    """Yield phrasings that two entries share: such a question could never be answered."""
    owner: dict[str, str] = {}
    for number, entry in entries.items():
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


def problems_with_people(
    session: Session, pack: PackShape, lines: Lines, approve_as: str | None
) -> Iterator[Problem]:
    """Yield who is named and unknown, or may not approve; people of the database count too."""
    known = {person.email for person in pack.people} | set(session.scalars(select(Person.email)))
    for number, scenario in enumerate(pack.scenarios):
        for path, email in _named(scenario):
            if email not in known:
                yield lines.problem(
                    ("scenarios", number, *path),
                    f"Nobody here has the address {email}.",
                    "Add the person under “people”.",
                )
    for number, entry in enumerate(pack.entries):
        if entry.owner and entry.owner not in known:
            yield lines.problem(
                ("entries", number, "owner"),
                f"Nobody here has the address {entry.owner}.",
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


def _was_said(session: Session, launch: Launch, update: UpdateShape) -> bool:
    return updates.was_said(session, launch.id, title=update.title, expected=update.expected)
