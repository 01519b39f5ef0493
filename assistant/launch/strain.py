"""Strain: what a roster asks of each person, and a warning before it is too much. Pure.

Two figures at their mark together are the warning, one is worth a look. Each is said with its
mark, so that everybody can see what would have to change.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from assistant.launch.coverage import Span
from assistant.launch.rest import DAY, REST, WEEK, breaches, is_night, weekends
from assistant.launch.roster import Duty, hours_words

HOURS = timedelta(hours=40)  # of shifts in seven days; ILO convention 47, the forty-hour week
NIGHTS = 3  # in seven days; HSE, Managing shift work (HSG256)
WEEKENDS = 2  # in a row; HSG256 asks for regular free weekends, one in three at the least
DISTURBED = 2  # times called at night or off duty in seven days; our own figure
TICKETS = 1.5  # times what a person of this team handled on average; our own figure
FEW = 10  # tickets; below, a share of the team's says nothing
LOOKED_BACK = timedelta(days=35)  # for weekends in a row


@dataclass(frozen=True, slots=True)
class Load:
    """What one person had in the last seven days and has in the next seven."""

    person_id: int
    name: str
    hours: tuple[timedelta, timedelta]  # behind and ahead, as are nights
    nights: tuple[int, int]
    weekends: int  # worked in a row, up to the next one
    short_rests: int  # in the fourteen days
    long_runs: int  # of days in a row, in the fourteen days
    tickets: int  # that they acted on, behind
    called: int  # escalated to them at night or off duty, behind


@dataclass(frozen=True, slots=True)
class Strain:
    """How strained somebody is, and why."""

    reasons: tuple[str, ...]

    @property
    def level(self) -> str:
        """Return ``fine``, ``look`` (one reason) or ``warning`` (more)."""
        return ("fine", "look", "warning")[min(len(self.reasons), 2)]


def load(
    duties: Sequence[Duty],
    person_id: int,
    name: str,
    zone: ZoneInfo,
    *,
    at: datetime,
    tickets: int = 0,
    called: int = 0,
) -> Load:
    """Return what one person has; ``duties`` are theirs of five weeks back and a week ahead."""
    behind, ahead = Span(at - WEEK, at), Span(at, at + WEEK)
    near = [each for each in duties if each.end > behind.start and each.start < ahead.end]
    broken = [each.rule.key for each in breaches(near, zone)]
    return Load(
        person_id,
        name,
        (_hours(near, behind), _hours(near, ahead)),
        (_nights(near, behind, zone), _nights(near, ahead, zone)),
        _weekends_in_a_row(duties, zone),
        broken.count("rest"),
        broken.count("days"),
        tickets,
        called,
    )


def strain(load: Load, *, average: float = 0) -> Strain:
    """Return how strained somebody is; ``average`` is the tickets of one person of the team."""
    return Strain(tuple(_reasons(load, average)))


def _reasons(load: Load, average: float) -> Iterator[str]:
    for hours, when in zip(load.hours, ("last", "next"), strict=True):
        if hours > HOURS:
            yield f"{hours_words(hours)} of shifts in the {when} seven days (mark: {HOURS_WORDS})"
    for nights, when in zip(load.nights, ("last", "next"), strict=True):
        if nights >= NIGHTS:
            yield f"{nights} nights in the {when} seven days (mark: {NIGHTS})"
    if load.weekends >= WEEKENDS:
        yield f"{load.weekends} weekends in a row (mark: {WEEKENDS})"
    if load.short_rests:
        yield f"{_times(load.short_rests)} less than {hours_words(REST)} of rest between shifts"
    if load.long_runs:
        yield "no day off within seven days"
    if load.called >= DISTURBED:
        yield f"called {_times(load.called)} at night or off duty (mark: {DISTURBED})"
    if load.tickets >= FEW and load.tickets > average * TICKETS:
        yield f"{load.tickets} tickets in seven days, {load.tickets / average:.1f} × the average"


HOURS_WORDS = hours_words(HOURS)


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"


def _hours(duties: Sequence[Duty], window: Span) -> timedelta:
    inside = (min(each.end, window.end) - max(each.start, window.start) for each in duties)
    return sum((each for each in inside if each > timedelta()), timedelta())


def _nights(duties: Sequence[Duty], window: Span, zone: ZoneInfo) -> int:
    """Count the night shifts that begin within ``window``, so that each counts in one of them."""
    begun = [each for each in duties if window.start <= each.start < window.end]
    return sum(is_night(each.span, zone) for each in begun)


def _weekends_in_a_row(duties: Sequence[Duty], zone: ZoneInfo) -> int:
    """Return the longest run of weekends with a shift that ends with the last one there is."""
    worked: set[date] = set()
    for each in duties:
        worked |= weekends(each.span, zone)
    saturday, run = max(worked, default=None), 0
    while saturday in worked:
        run += 1
        saturday = saturday - 7 * DAY if saturday else None
    return run
