"""When a report is due: pure, in the launch's zone, whatever its clocks do that night.

A report about a day is written the next morning, one about a week on Monday, an agenda on the
morning it is for: every day for two weeks, on Mondays after.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

HOUR = 7  # local, unless a lead says otherwise
FORTNIGHT = 14  # days with an agenda every day
BACK = 14  # days: what nobody wrote for longer is not written any more
STALE = timedelta(hours=36)  # a report that comes later than this is kept and not mailed
MONDAY, SUNDAY = 0, 6


class Rhythm(StrEnum):
    """How often a report is written, and what its day is."""

    DAY = "every day"  # about the day before
    WEEK = "every Monday"  # about the week up to Sunday, which is its day
    MORNING = "every morning, after two weeks every Monday"  # for the day itself
    ROUND = "several times a day"  # written by who calls the round, not from here
    ASKED = "whenever somebody looks"  # never written: it is as of now


@dataclass(frozen=True, slots=True)
class Life:
    """The local days on which a launch was in hypercare; ``last`` is nothing while it is."""

    zone: ZoneInfo
    first: date
    last: date | None
    hour: int = HOUR


def due_at(life: Life, rhythm: Rhythm, day: date) -> datetime:
    """Return when the report of ``day`` is written, in UTC.

    An hour that the clocks skip is the one after it; of one that comes twice it is the first.
    """
    on = day if rhythm is Rhythm.MORNING else day + timedelta(days=1)
    return datetime.combine(on, time(life.hour), life.zone).astimezone(UTC)


def days_due(life: Life, rhythm: Rhythm, at: datetime) -> Iterator[date]:
    """Return the days whose report should be there at ``at``, oldest first, ``BACK`` at most."""
    today = at.astimezone(life.zone).date()
    for back in range(BACK, -1, -1):
        day = today - timedelta(days=back)
        if is_reported(life, rhythm, day) and due_at(life, rhythm, day) <= at:
            yield day


def is_reported(life: Life, rhythm: Rhythm, day: date) -> bool:
    """Return whether there is a report of ``day`` at all."""
    if rhythm in (Rhythm.ASKED, Rhythm.ROUND):
        return False
    number = (day - life.first).days + 1
    last = life.last or date.max
    if rhythm is Rhythm.WEEK:
        return day.weekday() == SUNDAY and number >= 1 and day - timedelta(days=6) <= last
    if number < 1 or day > last:
        return False
    is_agenda_day = number <= FORTNIGHT or day.weekday() == MONDAY
    return is_agenda_day if rhythm is Rhythm.MORNING else True


def is_stale(life: Life, rhythm: Rhythm, day: date, at: datetime) -> bool:
    """Return whether a report written at ``at`` is too old to be news to anybody."""
    return at - due_at(life, rhythm, day) > STALE
