"""When people are there: the coverage calendar of a launch, and covered time in UTC.

A calendar is written in local time: hours of the week, holidays, days with hours of their own.
An edge of it is **the first instant at which the local clock shows that time or a later one**.
So hours that begin in the hour a clock skips begin at the jump, hours that end in an hour it shows
twice end the first time, and two spans that touch on the wall touch in UTC.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from assistant.ground.database import canonical

DAY = 24 * 60  # minutes
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_WORDS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HORIZON = 3_660  # days looked ahead for covered time; beyond it every hour counts
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """Hours of one local day, in minutes after its midnight; over midnight when they end first."""

    opens: int  # 0 … 1439
    closes: int  # 1 … 1440; equal to ``opens``: a whole turn of the clock

    @property
    def end(self) -> int:
        """Return their end in minutes after the midnight they began at, up to two days on."""
        return self.closes if self.closes > self.opens else self.closes + DAY

    @property
    def words(self) -> str:
        """Return them as people write them: ``08:00–20:00``."""
        return f"{clock_words(self.opens)}–{clock_words(self.closes)}"


ALL_DAY = (Hours(0, DAY),)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A time from ``start`` (within) to ``end`` (outside), both UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """Return how long it is."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Coverage:
    """A coverage calendar. Without hours of the week it is open around the clock.

    A holiday closes its whole local day, the rest of a night before it too; a special day has its
    own hours in place of the week's, on a holiday as well.
    """

    zone: str = "UTC"
    week: tuple[tuple[Hours, ...], ...] = ()  # Monday first; seven, or none
    holidays: Mapping[date, str] = field(default_factory=dict)  # with their names
    special: Mapping[date, tuple[Hours, ...]] = field(default_factory=dict)

    @property
    def is_around_the_clock(self) -> bool:
        """Return whether there is no minute without people."""
        return not self.week and not self.holidays and not self.special

    def is_open(self, at: datetime) -> bool:
        """Return whether people are there at ``at``."""
        return self.opens_next(at, within=SECOND) == at

    def opens_next(self, at: datetime, *, within: timedelta | None = None) -> datetime | None:
        """Return the first instant from ``at`` on at which people are there; nothing if never."""
        if self.is_around_the_clock:
            return at
        end = _later(at, within or timedelta(days=HORIZON))
        return next((max(span.start, at) for span in self._from(at, end)), None)

    def spans(self, begin: datetime, end: datetime) -> list[Span]:
        """Return when people are there between ``begin`` and ``end``: in order, apart, in UTC."""
        begin, end = begin.astimezone(UTC), end.astimezone(UTC)
        if self.is_around_the_clock:
            return [Span(begin, end)] if begin < end else []
        return [Span(max(span.start, begin), min(span.end, end)) for span in self._from(begin, end)]

    def gaps(self, begin: datetime, end: datetime) -> list[Span]:
        """Return when nobody is there between ``begin`` and ``end``: in order, in UTC."""
        found, at = [], begin.astimezone(UTC)
        for span in self.spans(begin, end):
            if span.start > at:
                found.append(Span(at, span.start))
            at = span.end
        if at < end:
            found.append(Span(at, end.astimezone(UTC)))
        return found

    def worked(self, begin: datetime, end: datetime) -> timedelta:
        """Return how much covered time lies between the two; nothing when ``end`` is not later."""
        return sum((span.length for span in self.spans(begin, end)), timedelta())

    def add(self, at: datetime, worked: timedelta) -> datetime:
        """Return when ``worked`` of covered time has passed since ``at``: the earliest instant.

        Where the calendar gives too little within ten years, every hour counts after them: a
        promise always has a deadline.
        """
        at, left = at.astimezone(UTC), worked
        if self.is_around_the_clock or left <= timedelta():
            return at + left
        end = _later(at, timedelta(days=HORIZON))
        for span in self._from(at, end):
            start = max(span.start, at)
            if span.end - start >= left:
                return start + left
            left -= span.end - start
        return end + left

    def _from(self, begin: datetime, end: datetime) -> Iterator[Span]:
        """Yield the merged spans that touch [begin, end), whole, the first first."""
        merged: Span | None = None
        for span in self._pieces(begin, end):
            if merged is not None and span.start <= merged.end:
                merged = Span(merged.start, max(merged.end, span.end))
                continue
            if merged is not None and merged.end > begin and merged.start < end:
                yield merged
            merged = span
        if merged is not None and merged.end > begin and merged.start < end:
            yield merged

    def _pieces(self, begin: datetime, end: datetime) -> Iterator[Span]:
        """Yield what each local day gives, in order of its start, from two days before ``begin``.

        Two, because hours over midnight reach into the next day, and a zone may skip a whole one.
        """
        local = begin.astimezone(ZoneInfo(self.zone)).date()
        first = max(local.toordinal() - 2, date.min.toordinal() + 1)
        for ordinal in range(first, date.max.toordinal() - 3):
            pieces = sorted(self._of_day(date.fromordinal(ordinal)))
            yield from pieces
            if edge(date.fromordinal(ordinal + 1), 0, self.zone) >= end:
                return

    def _of_day(self, day: date) -> Iterator[Span]:
        special = self.special.get(day)
        for hours in special if special is not None else self._of_week(day):
            start, end = edge(day, hours.opens, self.zone), edge(day, hours.end, self.zone)
            after = day + timedelta(days=1)
            # A holiday begins at midnight, also for the night before; only hours that were
            # written for the very day go on.
            if special is None and after in self.holidays:
                end = min(end, edge(after, 0, self.zone))
            if start < end:
                yield Span(start, end)

    def _of_week(self, day: date) -> tuple[Hours, ...]:
        if day in self.holidays:
            return ()
        return self.week[day.weekday()] if self.week else ALL_DAY


AROUND_THE_CLOCK = Coverage()


class Covered(Protocol):
    """What has a calendar: a launch."""

    time_zone: str
    coverage: dict[str, Any]


def coverage_of(launch: Covered) -> Coverage:
    """Return the launch's calendar, in its zone; around the clock when none is kept."""
    return _read(launch.time_zone, canonical(launch.coverage or {}))


@lru_cache(maxsize=256)
def _read(zone: str, kept: str) -> Coverage:
    return read(json.loads(kept), zone)


def read(kept: Mapping[str, Any], zone: str) -> Coverage:
    """Return the calendar kept as JSON: ``{week: [{days, from, to}], holidays: [{date, name}],
    special: [{date, from, to}]}``, where days are ``mon`` … and times ``08:00`` … ``24:00``."""
    week: list[list[Hours]] = [[] for _ in WEEKDAYS]
    for row in kept.get("week", []):
        for day in row["days"]:
            week[WEEKDAYS.index(day)].append(_hours(row))
    special: dict[date, list[Hours]] = {}
    for row in kept.get("special", []):
        special.setdefault(date.fromisoformat(row["date"]), []).append(_hours(row))
    return Coverage(
        zone=zone,
        week=tuple(tuple(sorted(day)) for day in week) if any(week) else (),
        holidays={
            date.fromisoformat(row["date"]): row.get("name", "") for row in kept.get("holidays", [])
        },
        special={day: tuple(sorted(hours)) for day, hours in special.items()},
    )


def _hours(row: Mapping[str, Any]) -> Hours:
    return Hours(minutes_of(row["from"]), minutes_of(row["to"]))


def minutes_of(words: str) -> int:
    """Return the minutes after midnight that ``08:00`` … ``24:00`` stands for.

    Raises:
        ValueError: when it is no time of a day.
    """
    hour, colon, minute = words.partition(":")
    is_number = hour.isdecimal() and minute.isdecimal() and hour.isascii() and minute.isascii()
    if not (is_number and colon and len(hour) <= 2 and len(minute) == 2 and int(minute) < 60):
        raise ValueError(f"“{words}” is no time of a day")
    if (total := int(hour) * 60 + int(minute)) > DAY:
        raise ValueError(f"“{words}” is no time of a day")
    return total


def clock_words(minutes: int) -> str:
    """Return minutes after midnight as a clock shows them: ``08:00``; a day's end is ``24:00``."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


@lru_cache(maxsize=65_536)
def edge(day: date, minutes: int, zone: str) -> datetime:
    """Return the first instant, in UTC, at which the clocks of ``zone`` show that time of ``day``
    or a later one. ``minutes`` are counted from its midnight on the wall, beyond 1440 too."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    there = ZoneInfo(zone)
    early = wall.replace(tzinfo=there, fold=0).astimezone(UTC)
    if early.astimezone(there).replace(tzinfo=None) == wall:
        return early
    # The clock skips this time. The jump lies between its two readings; found to the second.
    before, after = wall.replace(tzinfo=there, fold=1).astimezone(UTC), early
    while after - before > SECOND:
        middle = before + timedelta(seconds=(after - before) // SECOND // 2)
        is_past = middle.astimezone(there).replace(tzinfo=None) >= wall
        before, after = (before, middle) if is_past else (middle, after)
    return after


def _later(at: datetime, by: timedelta) -> datetime:
    """Return ``at`` + ``by``, or near the end of the calendar what is left of it."""
    at = at.astimezone(UTC)
    last = datetime.max.replace(tzinfo=UTC) - timedelta(days=4)
    return at + by if last - at > by else last
