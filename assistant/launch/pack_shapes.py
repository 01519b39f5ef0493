"""The shape of a launch pack: which fields there are and what may stand in them."""

import re
from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from assistant.ground.people import Role
from assistant.launch.coverage_shapes import CoverageShape
from assistant.launch.launches import WRONG_RATE, Mode, Trigger
from assistant.launch.policy_shapes import PoliciesShape
from assistant.launch.relative import OF_BASELINE, times
from assistant.launch.scenarios import Category, Decider
from assistant.launch.shape import Line, Shape, Title

EARLIEST, LATEST = 1970, 2199  # years of a time; the ends of the calendar have no other zones


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


def _language(value: str) -> str:
    """Return an ISO 639-1 code, the form in which languages are told apart."""
    if not re.fullmatch("[a-z]{2}", value):
        raise PydanticCustomError(
            "no_language", "“{language}” is no code of a language", {"language": value}
        )
    return value


Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80)]
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
Language = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_language)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Factor = Annotated[float, Field(allow_inf_nan=False, gt=0, le=1000)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
InstantOrWords = Annotated[datetime | str, BeforeValidator(_instant_or_words)]


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
    of_baseline: Factor | None = None

    @model_validator(mode="before")
    @classmethod
    def _relative(cls, said: object) -> object:
        return _taken_apart(said, "target")


class BaselineShape(Shape):
    """What was normal before."""

    metric: Line
    value: Number
    unit: str = ""
    source: str = Field("", max_length=1_000)  # how it came about, in words


class CriterionShape(Shape):
    """What must hold, for how many days, before hypercare ends."""

    metric: Line
    comparison: Line
    value: Number | None = None  # none: its baseline is not known yet
    days: int = Field(5, ge=1)
    of_baseline: Factor | None = None

    @model_validator(mode="before")
    @classmethod
    def _relative(cls, said: object) -> object:
        return _taken_apart(said, "value")

    @model_validator(mode="after")
    def _has_a_limit(self) -> "CriterionShape":
        if self.value is None and self.of_baseline is None:
            raise PydanticCustomError("no_limit", "It has no value")
        return self


def _taken_apart(said: object, field: str) -> object:
    """Return an aim in which ``baseline × 1.1`` stands as a factor, not as words."""
    if not isinstance(said, dict) or (found := times(said.get(field))) is None:
        return said
    return {**{name: value for name, value in said.items() if name != field}, OF_BASELINE: found}


def _titled(value: object) -> object:
    return {"title": value} if isinstance(value, str) else value


Area = Annotated[AreaShape, BeforeValidator(_titled)]
Objective = Annotated[ObjectiveShape, BeforeValidator(_titled)]


class LaunchShape(Shape):
    """The launch itself."""

    key: Key
    name: Title = ""
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
    languages: list[Language] = []
    coverage: CoverageShape | None = None
    policies: PoliciesShape | None = None

    @field_validator("exit_criteria")
    @classmethod
    def _each_metric_once(cls, value: list[CriterionShape]) -> list[CriterionShape]:
        names = [each.metric for each in value]
        if twice := next((name for name in names if names.count(name) > 1), ""):
            raise PydanticCustomError("twice", "“{metric}” has two limits", {"metric": twice})
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise PydanticCustomError("no_zone", "“{zone}” is no time zone", {"zone": value})
        return ZoneInfo(value).key


class PersonShape(Shape):
    """Somebody on the team."""

    email: Email
    name: Title
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
    title: Title
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
    question: Title
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


class FiledEntryShape(EntryShape):
    """The same as a file has it, with whose it is and what it is a variant of."""

    owner: Email | None = None
    variant_of: Key | None = None


class UpdateShape(Shape):
    """What everybody is told."""

    title: Title
    expected: Prose
    what_to_do: Prose
    next_update: InstantOrWords
    published: Instant | None = None


class ShiftShape(Shape):
    """Who is the hypercare owner from when to when."""

    person: Email
    begins: Instant
    ends: Instant


class PackShape(Shape):
    """A whole pack."""

    launch: LaunchShape
    people: list[PersonShape] = []
    scenarios: list[ScenarioShape] = []
    entries: list[FiledEntryShape] = []
    updates: list[UpdateShape] = []
    shifts: list[ShiftShape] = []
