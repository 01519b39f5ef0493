"""Entries from a file: what they would change, then the change, then its undoing.

Nothing a file says reaches a customer: every entry becomes a draft that waits for a lead who did
not bring it in. Texts are compared as the file would write them, with what customers get and with
the newest words, so an export of either changes nothing. A field that the file does not mention
stays as it is, and a draft that somebody else works on is left alone unless it is chosen.
"""

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from assistant.ground.database import canonical, sha256
from assistant.ground.people import Person
from assistant.launch import scenarios
from assistant.launch.launches import Launch
from assistant.launch.pack_file import Lines, PackRefused, Problem, parsed, shape_problems
from assistant.launch.pack_shapes import EntryShape, FiledEntryShape
from assistant.library.belonging import NAMES, problems_of_belonging
from assistant.library.entries import Entry, of_launch
from assistant.library.entry_rows import rows_in
from assistant.library.exporting import written
from assistant.library.keys import RESERVED
from assistant.library.pack_checks import entry_problems, same_ways
from assistant.library.versions import EntryVersion

PLACE = re.compile(r"entries\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a file, and the entry of its key that is here already, if there is one."""

    line: int
    shape: FiledEntryShape
    entry: Entry | None
    state: str  # new, changed, unchanged, theirs: changed, and a draft of somebody else is open
    differs: tuple[str, ...]  # names of the fields, of one that is changed
    remark: str = ""  # what its author may want to know; nothing is refused for it


@dataclass(frozen=True, slots=True)
class Plan:
    """What bringing a file in would do, and what of it is refused and why."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    refused: int  # entries

    @property
    def mark(self) -> str:
        """Return what differs whenever the plan does, or an entry it is about has moved on."""
        said = [
            (row.line, row.state, row.shape.key, row.entry.version if row.entry else 0)
            for row in self.rows
        ]
        return sha256(canonical([said, [str(problem) for problem in self.problems]]))

    def of(self, state: str) -> list[Row]:
        """Return the rows that are new, changed, unchanged or theirs."""
        return [row for row in self.rows if row.state == state]


def planned(session: Session, launch: Launch, words: str, file: str, by: Person) -> Plan:
    """Return what ``by`` would do by bringing in ``words`` (CSV, or a pack in YAML) now.

    Entries with problems are left out, the others are not. A file that cannot be read at all, or
    that is for another launch, is one problem, and nothing of it is brought in.
    """
    try:
        raw, lines = _raw(launch, words, file)
    except PackRefused as why:
        return Plan((), tuple(why.problems), 0)
    known = {each.key: each for each in of_launch(session, launch.id)}
    scenario_keys = scenarios.of_launch(session, launch.id).keys()
    twice = dict(_written_twice(raw, lines))
    same = _as_they_are(raw, known, lines, but=twice)
    rest = {number: each for number, each in enumerate(raw) if number not in same}
    shapes, problems = _shaped(rest, known, lines)
    problems += twice.values()
    for number, shape in shapes.items():
        problems += entry_problems(shape, number, scenario_keys, lines)
    problems += _other_kinds(shapes, known, lines)
    problems += problems_of_belonging(session, launch, known, shapes, lines)
    problems += [
        lines.problem(("entries", number, "key"), "Addresses use this word.", "Choose another key.")
        for number, shape in shapes.items()
        if shape.key in RESERVED
    ]
    refused = {int(found[1]) for each in problems if (found := PLACE.match(each.field))}
    remarks = _remarks({**same, **shapes}, lines)
    rows = [
        Row(_line(number, lines), shape, known[shape.key], "unchanged", ())
        for number, shape in same.items()
    ] + [
        _row(shape, known.get(shape.key), by, _line(number, lines), remarks.get(number, ""))
        for number, shape in shapes.items()
        if number not in refused
    ]
    problems.sort(key=lambda problem: problem.line)
    return Plan(tuple(rows), tuple(problems), len(refused))


def _raw(launch: Launch, words: str, file: str) -> tuple[list[Any], Lines]:
    if not file.lower().endswith((".yaml", ".yml")):
        return rows_in(words, file)
    pack, lines = parsed(words, file)
    named = pack.get("launch")
    key = named.get("key") if isinstance(named, dict) else named
    if key is not None and key != launch.key:
        words = f"It is for the launch “{key}”, and this is “{launch.key}”."
        raise PackRefused([lines.problem(("launch",), words, "Open that launch's library.")])
    found = pack.get("entries")
    if not isinstance(found, list) or not found:
        raise PackRefused([lines.problem(("entries",), "It has none.", "List them as in a pack.")])
    return found, lines


def _line(number: int, lines: Lines) -> int:
    return lines.of.get(("entries", number), 1)


def _written_twice(raw: list[Any], lines: Lines) -> Iterator[tuple[int, Problem]]:
    """Yield by place every entry whose key another has too: nobody can say which is meant."""
    keys = [each.get("key") if isinstance(each, dict) else None for each in raw]
    counted = Counter(key for key in keys if isinstance(key, str))
    for number, key in enumerate(keys):
        if isinstance(key, str) and counted[key] > 1:
            words = f"“{key}” is used twice."
            yield number, lines.problem(("entries", number, "key"), words, "Give each its own.")


def _as_they_are(
    raw: list[Any], known: Mapping[str, Entry], lines: Lines, *, but: Container[int]
) -> dict[int, FiledEntryShape]:
    """Return the entries that say what customers get, or the newest words, by their place.

    What somebody once let through is no problem of the file, whatever limits there are by now.
    """
    found = {}
    for number, each in enumerate(raw):
        key = each.get("key") if isinstance(each, dict) else None
        entry = known.get(key) if isinstance(key, str) and number not in but else None
        for version in {entry.newest, entry.approved or entry.newest} if entry else ():
            is_said = written(version)
            words = {name: said for name, said in each.items() if name not in NAMES}
            if _comparable(_filled(words, is_said, number, lines)) == _comparable(is_said):
                found[number] = FiledEntryShape.model_construct(**is_said)
    return found


def _filled(
    said: Mapping[str, Any], before: Mapping[str, Any], number: int, lines: Lines
) -> dict[str, Any]:
    """Return an entry of the file with the fields that it does not mention as they were."""
    kept = {
        name: value for name, value in before.items() if ("entries", number, name) not in lines.of
    }
    return {**kept, **said}


def _shaped(
    raw: Mapping[int, Any], known: Mapping[str, Entry], lines: Lines
) -> tuple[dict[int, FiledEntryShape], list[Problem]]:
    shapes: dict[int, FiledEntryShape] = {}
    problems: list[Problem] = []
    for number, each in raw.items():
        entry = known.get(str(each.get("key"))) if isinstance(each, dict) else None
        try:
            whole = _filled(each, written(_goes_on_from(entry)), number, lines) if entry else each
            shapes[number] = FiledEntryShape.model_validate(whole)
        except ValidationError as wrong:
            problems += shape_problems(wrong, lines, ("entries", number))
    return shapes, problems


def _goes_on_from(entry: Entry) -> EntryVersion:
    """Return the version whose fields stay as they are: the newest that nobody has rejected."""
    is_rejected = entry.newest.state == "rejected"
    return (entry.approved if is_rejected else None) or entry.newest


def _remarks(shapes: Mapping[int, FiledEntryShape], lines: Lines) -> dict[int, str]:
    """Return by place which ways of asking another entry of the file has too."""
    found = [(PLACE.match(each.field), each.message) for each in same_ways(shapes, lines)]
    return {int(place[1]): message for place, message in found if place}


def _other_kinds(
    shapes: Mapping[int, FiledEntryShape], known: Mapping[str, Entry], lines: Lines
) -> list[Problem]:
    return [
        lines.problem(
            ("entries", number, "kind"),
            f"“{shape.key}” is a {known[shape.key].kind} here.",
            "Keep that kind, or choose another key.",
        )
        for number, shape in shapes.items()
        if shape.key in known and known[shape.key].kind != shape.kind
    ]


def _row(shape: FiledEntryShape, entry: Entry | None, by: Person, line: int, remark: str) -> Row:
    if entry is None:
        return Row(line, shape, None, "new", (), remark)
    before = _comparable(written(_goes_on_from(entry)))
    now = _comparable(shape.model_dump(mode="json", exclude=set(NAMES)))
    names = tuple(name for name in {**before, **now} if before.get(name) != now.get(name))
    state = "theirs" if entry.newest.is_worked_on_by_others(by) else "changed"
    return Row(line, shape, entry, state, names, remark)


def _comparable(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an entry as a file would give them back, without what is blank."""
    with suppress(ValidationError):  # of what was written before there was such a limit
        fields = EntryShape.model_validate(dict(fields)).model_dump(mode="json")
    usual = {"audience": "everyone"} | (
        {"verdict": "information"} if fields.get("kind") == "faq" else {}
    )
    return {
        name: list(dict.fromkeys(value)) if isinstance(value, list) else value
        for name, value in fields.items()
        if value and value != usual.get(name)
    }
