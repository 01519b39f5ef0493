"""A launch's days as instants. Calendar days are local, everything they become is in UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)  # nothing here is older
DAYS = 7  # of a trend: a week shows both the weekday and the direction


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` on and before ``end``, both in UTC."""

    start: datetime
    end: datetime


def day_span(day: date, zone: ZoneInfo) -> Span:
    """Return a local day: 24 hours, or 23 or 25 when the clocks change."""
    midnights = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    start, end = (midnight.astimezone(UTC) for midnight in midnights)
    return Span(start, end)


def week_to(day: date, zone: ZoneInfo) -> tuple[Span, ...]:
    """Return the ``DAYS`` local days that end with ``day``, oldest first."""
    back = range(DAYS - 1, -1, -1)
    return tuple(day_span(day - timedelta(days=days), zone) for days in back)


def until(at: datetime) -> Span:
    """Return everything that happened up to and including ``at``."""
    return Span(BEGINNING, at + timedelta(microseconds=1))


def together(days: Sequence[Span]) -> Span:
    """Return the span from the first of ``days`` to the end of the last."""
    return Span(days[0].start, days[-1].end)


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """Return which day it is at ``at`` in ``zone``."""
    return at.astimezone(zone).date()
