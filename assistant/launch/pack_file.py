"""A launch pack as written: YAML read with the line of every field, and its shape checked.

Every problem is found in one reading and says file, line, field and remedy.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
)
from pydantic_core import PydanticCustomError

from assistant.ground.people import Role
from assistant.launch.launches import WRONG_RATE, Mode, Trigger
from assistant.launch.scenarios import Category, Decider

EARLIEST, LATEST = 1970, 2199  # years of a time; the ends of the calendar have no other zones
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


def _instant(value: object) -> object:
    """Return an aware instant; a day without a time, or a time without a zone, is refused."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise PydanticCustomError("no_time", "It is no time") from None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise PydanticCustomError("no_time", "It is a time without a zone, or only a day")
    if not EARLIEST <= value.year <= LATEST:
        raise PydanticCustomError("no_time", "It is not a time of our days")
    return value


def _instant_or_words(value: object) -> object:
    """Return an instant when it is written as one, else the words."""
    if isinstance(value, str):
        try:
            datetime.fromisoformat(value.strip())
        except ValueError:
            return value.strip()
    return _instant(value)


Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)]
Email = Annotated[
    str, StringConstraints(to_lower=True, strip_whitespace=True, pattern=r"^[^@\s]+@[^@\s]+$")
]
# An origin and nothing else: it goes into a header that says who may frame the widget.
Site = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=200,
        pattern=r"^https?://(?:(?:\*\.)?[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?/?$",
    ),
]
Number = Annotated[float, Field(allow_inf_nan=False)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
InstantOrWords = Annotated[datetime | str, BeforeValidator(_instant_or_words)]


def _is_unstorable(value: object) -> bool:
    """Return whether ``value`` holds a NUL or half of a surrogate pair."""
    return isinstance(value, str) and any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value)


class Shape(BaseModel):
    """What every part of a pack shares: a field that is not known is an error."""

    model_config = ConfigDict(extra="forbid", strict=False)

    @field_validator("*", mode="before")
    @classmethod
    def _storable(cls, value: object) -> object:
        """Refuse what a quoted escape can write and no database keeps."""
        if any(_is_unstorable(words) for words in (value if isinstance(value, list) else [value])):
            raise PydanticCustomError("unstorable", "It holds a character that cannot be kept")
        return value


class AreaShape(Shape):
    """A part of the business, inside or outside the launch."""

    title: Line
    words: list[Line] = []


class ObjectiveShape(Shape):
    """A measurable aim, or (as ``title``) a sentence."""

    title: Line = ""
    metric: Line = ""
    comparison: Line = ""
    target: Number | Line = ""
    by: InstantOrWords = ""


class BaselineShape(Shape):
    """What was normal before."""

    metric: Line
    value: Number
    unit: str = ""


class CriterionShape(Shape):
    """What must hold, for how many days, before hypercare ends."""

    metric: Line
    comparison: Line
    value: Number
    days: int = Field(5, ge=1)


def _titled(value: object) -> object:
    return {"title": value} if isinstance(value, str) else value


Area = Annotated[AreaShape, BeforeValidator(_titled)]
Objective = Annotated[ObjectiveShape, BeforeValidator(_titled)]


class LaunchShape(Shape):
    """The launch itself."""

    key: Key
    name: Line = ""
    trigger: Trigger | Literal[""] = ""
    starts: Instant | None = None
    ends: Instant | None = None
    time_zone: str = "UTC"
    scope: list[Area] = []
    out_of_scope: list[Area] = []
    objectives: list[Objective] = []
    baselines: list[BaselineShape] = []
    exit_criteria: list[CriterionShape] = []
    sites: list[Site] = []
    mode: Mode = Mode.SUGGEST
    wrong_rate: float = Field(WRONG_RATE, ge=0.001, le=0.1)
    languages: list[Line] = []

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise PydanticCustomError("no_zone", "“{zone}” is no time zone", {"zone": value})
        return ZoneInfo(value).key


class PersonShape(Shape):
    """Somebody on the team."""

    email: Email
    name: Line
    role: Role


class DecidersShape(Shape):
    """Who decides what about a scenario."""

    confirms_expected: Email | None = None
    approves_messages: Email | None = None
    triggers_rollback: Email | None = None

    def named(self) -> dict[str, str]:
        """Return those that are named."""
        return {decider: getattr(self, decider) for decider in Decider if getattr(self, decider)}


class StepShape(Shape):
    """One step up; a plain address is a step without its own time."""

    after_minutes: int = Field(0, ge=0)
    to: Email


Step = Annotated[
    StepShape, BeforeValidator(lambda value: {"to": value} if isinstance(value, str) else value)
]


class ScenarioShape(Shape):
    """One moment of doubt."""

    key: Key
    title: Line
    expected_before: Prose = ""
    why_in_doubt: Prose = ""
    category: Category = Category.CORE_WORKFLOW
    severity: int = Field(3, ge=1, le=3)
    owner: Email | None = None
    deciders: DecidersShape = DecidersShape()
    escalation: list[Step] = []


class EntryShape(Shape):
    """One message that customers may get."""

    key: Key
    kind: Literal["response", "faq"]
    scenario: Key | None = None
    question: Line
    phrasings: list[Line] = []
    not_for: list[Line] = []
    applies_when: Prose = ""
    verdict: Literal["expected", "known-issue", "not-expected", "information"] | None = None
    why_now: Prose = ""
    what_to_do: Prose = ""
    safe_to_continue: Prose = ""
    next_update: InstantOrWords = ""
    answer: Prose = ""
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    audience: Line = "everyone"
    locale: str = Field("", max_length=35)


class UpdateShape(Shape):
    """What everybody is told."""

    title: Line
    expected: Prose
    what_to_do: Prose
    next_update: InstantOrWords
    published: Instant | None = None


class PackShape(Shape):
    """A whole pack."""

    launch: LaunchShape
    people: list[PersonShape] = []
    scenarios: list[ScenarioShape] = []
    entries: list[EntryShape] = []
    updates: list[UpdateShape] = []


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
    lines = Lines(file, {})
    try:
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
    try:
        return PackShape.model_validate(value), lines
    except ValidationError as wrong:
        raise PackRefused([_shape_problem(error, lines) for error in wrong.errors()]) from None


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
    "finite_number": "Write a number.",
    "no_zone": "Use a name like Europe/Berlin or UTC.",
    "less_than_equal": "Use a number within the limit.",
    "greater_than_equal": "Use a number within the limit.",
    "string_pattern_mismatch": "Keys are lower-case letters, digits and single hyphens; "
    "addresses are name@domain; sites are https://shop.example.",
}


def _shape_problem(error: Any, lines: Lines) -> Problem:
    kind = error["type"]
    path = tuple(part for part in error["loc"] if not _is_union_branch(part))
    message = f"{error['msg'].rstrip('.')}."
    if kind == "missing":
        message = "It is missing."
    if kind == "extra_forbidden":
        message = "This field is not known."
    expected = (error.get("ctx") or {}).get("expected")
    remedy = f"Use one of {expected}." if expected else REMEDIES.get(kind, "Correct it.")
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
