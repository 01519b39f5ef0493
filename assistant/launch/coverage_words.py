"""A coverage calendar as people write it into a form, and what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from assistant.launch.coverage import WEEKDAYS, Coverage, Hours
from assistant.launch.coverage_shapes import (
    CoverageShape,
    HolidayShape,
    HoursShape,
    SpecialDayShape,
)


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the form: hours of seven days, and lines of holidays and special days."""

    is_always: bool
    days: tuple[str, ...]  # ``08:00-12:00, 13:00-20:00``, Monday first
    holidays: str = ""  # ``2026-12-25 Christmas Day``, one a line
    special: str = ""  # ``2026-12-24 08:00-12:00``, one a line


def written(coverage: Coverage) -> Written:
    """Return a calendar as it is written into the form."""
    week = coverage.week or ((),) * len(WEEKDAYS)
    return Written(
        is_always=not coverage.week,
        days=tuple(_listed(hours) for hours in week),
        holidays="\n".join(f"{day} {name}" for day, name in sorted(coverage.holidays.items())),
        special="\n".join(
            f"{day} {_listed(hours)}" for day, hours in sorted(coverage.special.items())
        ),
    )


def understood(said: Written) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the calendar as a launch keeps it, and what is wrong, by field (``mon``,
    ``holidays``, ``special``, ``week``); with anything wrong the calendar means nothing."""
    problems: dict[str, str] = {}
    week: dict[tuple[str, str], list[str]] = {}
    for day, line in zip(WEEKDAYS, () if said.is_always else said.days, strict=False):
        for hours in _hours(line, day, problems):
            week.setdefault(hours, []).append(day)
    kept = {
        "week": [{"days": days, "from": opens, "to": to} for (opens, to), days in week.items()],
        "holidays": list(_holidays(said.holidays, problems)),
        "special": list(_special(said.special, problems)),
    }
    if not said.is_always and not week and not problems:
        problems["week"] = "A week without hours has no deadlines. Write some, or choose always."
    if problems:
        return {}, problems
    try:
        return CoverageShape.model_validate(kept).kept(), {}
    except ValidationError as wrong:
        return {}, {str(error["loc"][0]): f"{error['msg']}." for error in wrong.errors()}


def _listed(hours: tuple[Hours, ...]) -> str:
    return ", ".join(each.words.replace("–", "-") for each in hours)


def _hours(line: str, field: str, problems: dict[str, str]) -> Iterator[tuple[str, str]]:
    for part in filter(None, (part.strip() for part in line.split(","))):
        opens, _, closes = part.replace("–", "-").partition("-")
        try:
            shape = HoursShape.model_validate({"from": opens.strip(), "to": closes.strip()})
        except ValidationError:
            problems[field] = f"“{part}” are no hours. Write them like 08:00-20:00."
            return
        yield shape.opens, shape.closes


def _lines(words: str) -> Iterator[tuple[str, str, str]]:
    for line in filter(None, (line.strip() for line in words.splitlines())):
        day, _, rest = line.partition(" ")
        yield line, day, rest.strip()


def _holidays(words: str, problems: dict[str, str]) -> Iterator[dict[str, str]]:
    for line, day, name in _lines(words):
        row = {"date": day, **({"name": name} if name else {})}
        try:
            HolidayShape.model_validate(row)
        except ValidationError:
            problems["holidays"] = f"“{line}” is no holiday. Write it like 2026-12-25 Christmas."
            return
        yield row


def _special(words: str, problems: dict[str, str]) -> Iterator[dict[str, str]]:
    for line, day, rest in _lines(words):
        for opens, closes in _hours(rest or "-", "special", problems):
            row = {"date": day, "from": opens, "to": closes}
            try:
                SpecialDayShape.model_validate(row)
            except ValidationError:
                problems["special"] = f"“{line}” is no day. Write it like 2026-12-24 08:00-12:00."
                return
            yield row
