"""Entries from a file: what they would change, then the change, then its undoing.

Nothing a file says reaches a customer: every entry becomes a draft that waits for a lead who did
not bring it in. Texts are compared as the file would write them, so an export changes nothing.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from assistant.ground.database import canonical, sha256
from assistant.launch import scenarios
from assistant.launch.launches import Launch
from assistant.launch.pack_file import Lines, PackRefused, Problem, parsed, shape_problems
from assistant.launch.pack_shapes import EntryShape, FiledEntryShape
from assistant.library.belonging import NAMES, problems_of_belonging
from assistant.library.entries import Entry, of_launch
from assistant.library.entry_rows import rows_in
from assistant.library.exporting import written
from assistant.library.keys import RESERVED
from assistant.library.pack_checks import problems_in_entries

PLACE = re.compile(r"entries\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a file, and the entry of its key that is here already, if there is one."""

    line: int
    shape: FiledEntryShape
    entry: Entry | None
    state: str  # new, changed, unchanged
    differs: tuple[str, ...]  # names of the fields, of one that is changed


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
        """Return the rows that are new, changed or unchanged."""
        return [row for row in self.rows if row.state == state]


def planned(session: Session, launch: Launch, words: str, file: str) -> Plan:
    """Return what bringing in ``words`` (CSV, or a launch pack in YAML) would do at this moment.

    Entries with problems are left out, the others are not. A file that cannot be read at all, or
    that is for another launch, is one problem, and nothing of it is brought in.
    """
    try:
        raw, lines = _raw(launch, words, file)
    except PackRefused as why:
        return Plan((), tuple(why.problems), 0)
    shapes, problems = _shaped(raw, lines)
    known = {each.key: each for each in of_launch(session, launch.id)}
    problems += problems_in_entries(shapes, scenarios.of_launch(session, launch.id).keys(), lines)
    problems += _other_kinds(shapes, known, lines)
    problems += problems_of_belonging(session, launch, shapes, lines)
    problems += [
        lines.problem(("entries", number, "key"), "Addresses use this word.", "Choose another key.")
        for number, shape in shapes.items()
        if shape.key in RESERVED
    ]
    refused = {int(found[1]) for each in problems if (found := PLACE.match(each.field))}
    rows = [
        _row(shape, known.get(shape.key), lines.of.get(("entries", number), 1))
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


def _shaped(raw: list[Any], lines: Lines) -> tuple[dict[int, FiledEntryShape], list[Problem]]:
    shapes: dict[int, FiledEntryShape] = {}
    problems: list[Problem] = []
    for number, each in enumerate(raw):
        try:
            shapes[number] = FiledEntryShape.model_validate(each)
        except ValidationError as wrong:
            problems += shape_problems(wrong, lines, ("entries", number))
    return shapes, problems


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


def _row(shape: FiledEntryShape, entry: Entry | None, line: int) -> Row:
    if entry is None:
        return Row(line, shape, None, "new", ())
    before = _comparable(written(entry.newest))
    now = _comparable(shape.model_dump(mode="json", exclude=set(NAMES)))
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    return Row(line, shape, entry, "changed" if names else "unchanged", tuple(names))


def _comparable(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an entry as a file would give them back, without what is blank."""
    with suppress(ValidationError):  # of what was written before there was such a limit
        fields = EntryShape.model_validate(dict(fields)).model_dump(mode="json")
    usual = {"audience": "everyone", "verdict": "information" if fields["kind"] == "faq" else None}
    return {
        name: list(dict.fromkeys(value)) if isinstance(value, list) else value
        for name, value in fields.items()
        if value and value != usual.get(name)
    }
