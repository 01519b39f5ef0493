"""A week of the roster as a grid: one row per local day, each shift and gap in its place.

A day is as long as it really is: 23 or 25 hours where the clock turns.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from assistant.launch.coverage import Span, edge
from assistant.launch.launches import Launch
from assistant.launch.roster import MONTHS, WEEKDAYS, hours_words, span_words
from assistant.launch.shifts import Shift

DAY = timedelta(days=1)
EARLIEST, LATEST = date(2000, 1, 3), date(2199, 1, 1)  # weeks that somebody may look at
QUARTERS = (6 * 60, 12 * 60, 18 * 60)  # minutes after midnight at which a line is drawn
LANE = 34  # px of one row of blocks; a second one holds what overlaps


@dataclass(frozen=True, slots=True)
class Week:
    """Seven local days from a Monday on."""

    monday: date

    @classmethod
    def of(cls, at: datetime, zone: ZoneInfo) -> "Week":
        """Return the week that ``at`` is in for people in ``zone``."""
        day = at.astimezone(zone).date()
        return cls(day - timedelta(days=day.weekday()))

    @classmethod
    def asked(cls, words: str, at: datetime, zone: ZoneInfo) -> "Week":
        """Return the week written as ``2026-W48``; anything else is the one of ``at``."""
        try:
            year, _, number = words.partition("-W")
            week = cls(date.fromisocalendar(int(year), int(number), 1))
        except (ValueError, OverflowError):
            return cls.of(at, zone)
        return week if EARLIEST <= week.monday <= LATEST else cls.of(at, zone)

    @property
    def address(self) -> str:
        """Return how an address writes it."""
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02}"

    @property
    def title(self) -> str:
        """Return it as people say it: ``23 to 29 Nov 2026``."""
        last = self.monday + 6 * DAY
        first = f"{self.monday.day}"
        if last.month != self.monday.month:
            first += f" {MONTHS[self.monday.month - 1]}"
        return f"{first} to {last.day} {MONTHS[last.month - 1]} {last.year}"

    @property
    def days(self) -> list[date]:
        """Return its seven days."""
        return [self.monday + number * DAY for number in range(7)]

    def moved(self, weeks: int) -> "Week":
        """Return the week so many weeks later."""
        return Week(self.monday + weeks * 7 * DAY)

    def span(self, zone: str) -> Span:
        """Return it in UTC."""
        return Span(edge(self.monday, 0, zone), edge(self.monday + 7 * DAY, 0, zone))


def grid(
    launch: Launch,
    week: Week,
    found: Sequence[Shift],
    gaps: Sequence[Span],
    *,
    me: int,
    at: datetime,
) -> list[dict[str, Any]]:
    """Return the rows of the grid: title, whether it is today, its blocks and where now is."""
    lanes = _lanes(found)
    return [_day(day, launch, found, lanes, gaps, me, at) for day in week.days]


def _day(
    day: date,
    launch: Launch,
    found: Sequence[Shift],
    lanes: dict[int, int],
    gaps: Sequence[Span],
    me: int,
    at: datetime,
) -> dict[str, Any]:
    zone = launch.time_zone
    whole = Span(edge(day, 0, zone), edge(day + DAY, 0, zone))
    blocks = [
        {**_place(part, whole), **_shift_block(shift, lanes[shift.id], launch, me)}
        for shift in found
        for part in _inside(Span(shift.begins_at, shift.ends_at), whole)
    ]
    blocks += [
        {**_place(part, whole), **_gap_block(gap, launch, is_over=gap.end <= at)}
        for gap in gaps
        for part in _inside(gap, whole)
    ]
    return {
        "title": f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}",
        "today": whole.start <= at < whole.end,
        "length": "" if whole.length == DAY else hours_words(whole.length),
        "height": LANE * (1 + max((block["lane"] for block in blocks), default=0)),
        "blocks": blocks,
        "now": f"{_share(at - whole.start, whole):.2f}%" if whole.start <= at < whole.end else "",
        "hours": [
            f"{_share(edge(day, minutes, zone) - whole.start, whole):.2f}%" for minutes in QUARTERS
        ],
    }


def _shift_block(shift: Shift, lane: int, launch: Launch, me: int) -> dict[str, Any]:
    name = shift.person.name
    return {
        "kind": "mine" if shift.person_id == me else "other",
        "lane": lane,
        "y": lane * LANE + 2,
        "name": shift.person.first_name,
        "words": f"{name}: {span_words(Span(shift.begins_at, shift.ends_at), launch.zone)}",
    }


def _gap_block(gap: Span, launch: Launch, *, is_over: bool) -> dict[str, Any]:
    return {
        "kind": "gap-over" if is_over else "gap",
        "lane": 0,
        "y": 2,
        "name": "Nobody",
        "words": f"Nobody: {span_words(gap, launch.zone)}",
    }


def _inside(span: Span, whole: Span) -> Iterator[Span]:
    start, end = max(span.start, whole.start), min(span.end, whole.end)
    if start < end:
        yield Span(start, end)


def _place(part: Span, whole: Span) -> dict[str, str]:
    return {
        "x": f"{_share(part.start - whole.start, whole):.2f}%",
        "width": f"{_share(part.length, whole):.2f}%",
    }


def _share(length: timedelta, whole: Span) -> float:
    return 100 * (length / whole.length)


def _lanes(found: Sequence[Shift]) -> dict[int, int]:
    """Return the first lane that is free for each shift; ``found`` in the order of their begin."""
    free: list[datetime] = []
    lanes: dict[int, int] = {}
    for shift in found:
        lane = next((n for n, until in enumerate(free) if until <= shift.begins_at), len(free))
        free[lane : lane + 1] = [shift.ends_at]
        lanes[shift.id] = lane
    return lanes
