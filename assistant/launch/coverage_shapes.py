"""The shape of a coverage calendar in a launch pack, and in what is kept of it.

A time may stand without quotes: YAML reads 20:00 as the number 1200, which are its minutes.
"""

from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from assistant.launch.coverage import DAY, WEEKDAYS, Hours, clock_words, minutes_of
from assistant.launch.shape import Line, Shape

MOST_DAYS = 400  # holidays or special days; more than a launch ever sees


def _time_of_day(value: object) -> object:
    # Below 60 it was no time with a colon, but an hour or nothing of the kind.
    if isinstance(value, bool) or not isinstance(value, int | str) or value in range(60):
        raise PydanticCustomError("no_hours", "It is no time of a day")
    try:
        return clock_words(minutes_of(value if isinstance(value, str) else clock_words(value)))
    except ValueError:
        raise PydanticCustomError("no_hours", "It is no time of a day") from None


def _days(value: object) -> object:
    """Return the days that ``mon-fri``, ``sat`` or a list of these mean, in order."""
    named = value if isinstance(value, list) else [value]
    found: set[str] = set()
    for words in named:
        first, dash, last = str(words).strip().lower().partition("-")
        if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
            raise PydanticCustomError("no_weekday", "“{day}” is no weekday", {"day": str(words)})
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last if dash else first)
        length = (end - start) % 7 + 1  # sat-mon goes round the end of the week
        found |= {WEEKDAYS[(start + step) % 7] for step in range(length)}
    return [day for day in WEEKDAYS if day in found]


TimeOfDay = Annotated[str, BeforeValidator(_time_of_day)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Days = Annotated[list[Weekday], BeforeValidator(_days), Field(min_length=1)]


class HoursShape(Shape):
    """From when to when; over midnight when the end comes first."""

    opens: TimeOfDay = Field(alias="from")
    closes: TimeOfDay = Field(alias="to")

    @model_validator(mode="after")
    def _has_length(self) -> "HoursShape":
        if minutes_of(self.opens) == minutes_of(self.closes) or minutes_of(self.opens) == DAY:
            raise PydanticCustomError("no_length", "These hours have no length")
        return self

    @property
    def hours(self) -> Hours:
        """Return them as the calendar counts."""
        return Hours(minutes_of(self.opens), minutes_of(self.closes))


class WeekHoursShape(HoursShape):
    """Hours on some days of the week."""

    days: Days


class SpecialDayShape(HoursShape):
    """Hours of one date, in place of the week's."""

    date: date


class HolidayShape(Shape):
    """A date on which nobody is there."""

    date: date
    name: Line = "Holiday"


def _once(rows: list[HolidayShape]) -> list[HolidayShape]:
    for one, next_ in pairwise(sorted(rows, key=lambda row: row.date)):
        if one.date == next_.date:
            raise PydanticCustomError("twice", "{date} is there twice", {"date": str(one.date)})
    return rows


class CoverageShape(Shape):
    """When people are there. Without hours of the week: around the clock."""

    week: list[WeekHoursShape] = Field([], max_length=100)
    holidays: Annotated[list[HolidayShape], AfterValidator(_once), Field(max_length=MOST_DAYS)] = []
    special: list[SpecialDayShape] = Field([], max_length=MOST_DAYS)

    def kept(self) -> dict[str, Any]:
        """Return it as a launch keeps it; nothing when it says nothing."""
        kept = self.model_dump(mode="json", by_alias=True)
        return {name: rows for name, rows in kept.items() if rows}
