"""The shape of a launch's promises in its pack, and in what is kept of it: times like ``1h30m``.

A number without a unit is minutes, so a YAML reader that makes 90 of 1:30 does no harm.
"""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from assistant.launch.scenarios import Category
from assistant.launch.shape import Shape

UNITS = {"d": 1_440, "h": 60, "m": 1}  # minutes
LONGEST = 366 * 1_440  # minutes
WRITTEN = re.compile(r"(?:(\d{1,3})\s*d)?\s*(?:(\d{1,4})\s*h)?\s*(?:(\d{1,5})\s*m)?", re.ASCII)


def minutes(value: object) -> object:
    """Return the minutes that ``15m``, ``1h30m``, ``2d`` or a number stands for."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise PydanticCustomError("no_duration", "It is no length of time")
    words = str(value).strip().lower()
    found = WRITTEN.fullmatch(f"{words}m" if words.isdecimal() else words)
    if found is None or not any(found.groups()):
        raise PydanticCustomError("no_duration", "“{words}” is no length of time", {"words": words})
    total = sum(
        int(count) * size
        for count, size in zip(found.groups(), UNITS.values(), strict=True)
        if count
    )
    if not 1 <= total <= LONGEST:
        raise PydanticCustomError("no_duration", "It is longer than a year, or nothing")
    return total


def short_words(total: int) -> str:
    """Return minutes as people write them: ``15m``, ``1h30m``, ``2d``."""
    words = ""
    for unit, size in UNITS.items():
        if count := total // size:
            words += f"{count}{unit}"
            total -= count * size
    return words


Minutes = Annotated[int, BeforeValidator(minutes)]


class TimesShape(Shape):
    """How much time each promise has, for one severity; what is left out stays as it is."""

    severity: int = Field(ge=1, le=3)
    category: Category | None = None
    acknowledge: Minutes | None = None
    first_response: Minutes | None = None
    next_update: Minutes | None = None
    resolve: Minutes | None = None


def _once(rows: list[TimesShape]) -> list[TimesShape]:
    seen = set()
    for row in rows:
        if (named := (row.severity, row.category)) in seen:
            words = f"Sev {row.severity}{f' and {row.category.value}' if row.category else ''}"
            raise PydanticCustomError("twice", "{named} is there twice", {"named": words})
        seen.add(named)
    return rows


Rows = Annotated[list[TimesShape], AfterValidator(_once), Field(max_length=30)]


class PoliciesShape(Shape):
    """What a launch promises: during hypercare, and normally."""

    around_the_clock: list[Annotated[int, Field(ge=1, le=3)]] | None = None
    hypercare: Rows = []
    normal: Rows = []

    def kept(self) -> dict[str, Any]:
        """Return it as a launch keeps it: times in minutes; nothing when it says nothing."""
        kept = self.model_dump(mode="json", exclude_none=True)
        return {name: rows for name, rows in kept.items() if rows or name == "around_the_clock"}
