"""A launch pack as written: YAML read with the line of every field, and its shape checked.

Every problem is found in one reading and says file, line, field and remedy.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from assistant.launch.pack_shapes import PackShape

DEEPEST = 20  # levels; libyaml's composer ends the process somewhere beyond 5,000
BIGGEST = 5_000_000  # bytes of one pack
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, ten times faster
Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a pack, where, and what to do about it."""

    file: str
    line: int
    field: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.message} {self.remedy}"


class PackRefused(Exception):
    """A pack with problems. Nothing of it was imported."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Lines:
    """Where each field of the file stands."""

    file: str
    of: dict[Path_, int]

    def problem(self, path: Path_, message: str, remedy: str) -> Problem:
        """Return a problem at ``path``, or at the nearest field around it that is written."""
        at = path
        while at and at not in self.of:
            at = at[:-1]
        return Problem(self.file, self.of.get(at, 1), _dotted(path), message, remedy)


def read(path: Path) -> tuple[PackShape, Lines]:
    """Return the pack in ``path`` with the line of each of its fields.

    Raises:
        PackRefused: when it cannot be read or a field is missing, unknown or wrong: all of them.
    """
    name = path.name
    try:
        data = path.read_bytes()
        if len(data) > BIGGEST:
            raise _refused(name, f"It is bigger than {BIGGEST:,} bytes.", "Split it.")
        words = data.decode("utf-8-sig")
    except OSError as missing:
        raise _refused(
            name, f"It cannot be read ({missing.strerror}).", "Check the path."
        ) from None
    except UnicodeDecodeError:
        raise _refused(name, "It is not UTF-8.", "Save it as UTF-8.") from None
    return shaped(words, name)


# What PyYAML lets through besides its own errors for values like !!bool x, !!int "" and !!timestamp
# x, and for nesting without end.
BROKEN_YAML = (
    *(yaml.YAMLError, ValueError, RecursionError),
    *(LookupError, AttributeError, TypeError, OverflowError),
)


def shaped(words: str, file: str) -> tuple[PackShape, Lines]:
    """Return the pack written in ``words``; ``file`` names it in problems. Raises as ``read``."""
    value, lines = parsed(words, file)
    try:
        return PackShape.model_validate(value), lines
    except ValidationError as wrong:
        raise PackRefused(shape_problems(wrong, lines)) from None


def parsed(words: str, file: str) -> tuple[dict[Any, Any], Lines]:
    """Return what ``words`` hold as YAML, its shape not yet looked at. Raises as ``read``."""
    lines = Lines(file, {})
    try:
        if _is_too_deep(words):
            raise _refused(file, "It is nested too deeply.", "A pack has five levels.")
        loader = LOADER(words)
        root = loader.get_single_node()
        problems = list(_walked(root, (), lines, set())) if root else []
        value = loader.construct_document(root) if root and not problems else None
    except BROKEN_YAML as broken:
        raise PackRefused([_not_yaml(broken, file)]) from None
    if problems:
        raise PackRefused(problems)
    if not isinstance(value, dict):
        raise _refused(file, "It holds no launch pack.", "Begin with “launch:”.")
    return value, lines


def shape_problems(wrong: ValidationError, lines: Lines, at: Path_ = ()) -> list[Problem]:
    """Return what is wrong with the shape of what stands at ``at``, in words with remedies."""
    return [
        _shape_problem({**error, "loc": (*at, *error["loc"])}, lines) for error in wrong.errors()
    ]


def _is_too_deep(words: str) -> bool:
    """Return whether something is nested deeper than ``DEEPEST``: composing it could crash."""
    depth = 0
    for event in yaml.parse(words, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            return True
    return False


def _walked(node: yaml.Node, path: Path_, lines: Lines, seen: set[int]) -> Iterator[Problem]:
    """Note the line of every field; yield fields written twice, and aliases, which may explode."""
    lines.of[path] = node.start_mark.line + 1
    if id(node) in seen:
        yield lines.problem(path, "It is a YAML alias.", "Write it out.")
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        names: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            lines.of[(*path, name)] = key.start_mark.line + 1
            if name in names:
                yield Problem(
                    lines.file,
                    key.start_mark.line + 1,
                    _dotted((*path, name)),
                    "It is written twice.",
                    "Keep one of them.",
                )
            names.add(name)
            yield from _walked(value, (*path, name), lines, seen)
            lines.of[(*path, name)] = key.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            yield from _walked(value, (*path, position), lines, seen)


MESSAGES = {
    "missing": "It is missing.",
    "extra_forbidden": "This field is not known.",
    "string_too_short": "It is blank.",
    "string_too_long": "It is longer than {max_length} characters.",
    "string_pattern_mismatch": "It is not written as it must be.",
    "literal_error": "This is not one of its words.",
    "enum": "This is not one of its words.",
}
REMEDIES = {
    "missing": "Add it.",
    "extra_forbidden": "Remove it, or check how it is spelt.",
    "string_type": "Write it as text, in quotes if it looks like a number, a date or yes/no.",
    "string_too_short": "Fill it in.",
    "string_too_long": "Shorten it.",
    "list_type": "Write it as a list: one “- item” per line, or [a, b].",
    "model_type": "Write it as fields: “name: value”.",
    "model_attributes_type": "Write it as fields: “name: value”.",
    "no_time": "Write a time with its zone, for example 2026-11-16T08:00:00Z.",
    "unstorable": "Remove what is written as \\0 or \\ud800 to \\udfff.",
    "unseen": "Write it in words.",
    "turning": "Take it out; no language needs it. Copying as plain text may keep it.",
    "finite_number": "Write a number.",
    "no_zone": "Use a name like Europe/Berlin or UTC.",
    "no_language": "Write its two letters, for example en or de.",
    "no_hours": "Write it like 08:00; a day ends at 24:00.",
    "no_length": "Let them end at another time; a whole day is 00:00 to 24:00.",
    "no_weekday": "Use mon, tue, wed, thu, fri, sat, sun, or a range like mon-fri.",
    "no_duration": "Write it like 15m, 2h, 1h30m or 2d.",
    "twice": "Keep one of them.",
    "no_limit": "Write a number, or “baseline × 1.1”.",
    "date_type": "Write a day, for example 2026-12-25.",
    "date_parsing": "Write a day, for example 2026-12-25.",
    "date_from_datetime_parsing": "Write a day, for example 2026-12-25.",
    "date_from_datetime_inexact": "Write a day without a time, for example 2026-12-25.",
    "less_than_equal": "Use a number within the limit.",
    "greater_than_equal": "Use a number within the limit.",
}
WRITTEN_LIKE = {  # by what only its pattern holds
    "@": "Write it as name@domain.",
    "http": "Write it like https://shop.example.",
    "a-z": "Use small letters, digits and single hyphens, for example price-differs.",
}


def _shape_problem(error: Any, lines: Lines) -> Problem:
    kind = error["type"]
    path = tuple(part for part in error["loc"] if not _is_union_branch(part))
    message = f"{error['msg'].rstrip('.')}."
    message = MESSAGES.get(kind, message).format(**(error.get("ctx") or {}))
    expected = (error.get("ctx") or {}).get("expected")
    remedy = f"Use one of {expected}." if expected else REMEDIES.get(kind, "Correct it.")
    if kind == "string_pattern_mismatch":
        pattern = error["ctx"]["pattern"]
        remedy = next(words for part, words in WRITTEN_LIKE.items() if part in pattern)
    return lines.problem(path, message, remedy)


def _is_union_branch(part: object) -> bool:
    """Pydantic names the branch of a union it tried; people know only the field."""
    return isinstance(part, str) and ("[" in part or part in ("constrained-str", "float", "str"))


def _not_yaml(broken: Exception, file: str) -> Problem:
    mark = getattr(broken, "problem_mark", None)
    first = next(iter(str(broken).splitlines()), "")
    what = getattr(broken, "problem", None) or first or type(broken).__name__
    line = mark.line + 1 if mark else 1
    return Problem(file, line, "(file)", f"It is not YAML: {what}.", "Correct the line.")


def _refused(file: str, message: str, remedy: str) -> PackRefused:
    return PackRefused([Problem(file, 1, "(file)", message, remedy)])


def _dotted(path: Path_) -> str:
    words = ""
    for part in path:
        words += f"[{part}]" if isinstance(part, int) else f".{part}"
    return words.removeprefix(".") or "(file)"
