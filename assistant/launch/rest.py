"""Rest: which shifts leave people too little of it, by rules with a number and a source. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from assistant.launch.coverage import Span, edge
from assistant.launch.roster import Duty, hours_words, moment_words

REST = timedelta(hours=11)  # between two shifts; Directive 2003/88/EC, article 3
LONGEST = timedelta(hours=12)  # of one shift; HSE, Managing shift work (HSG256), good practice
DAYS_IN_A_ROW = 6  # with a shift; Directive 2003/88/EC, article 5: one day of rest in seven
NIGHTS_IN_A_WEEK = 3  # nights in seven; HSG256 asks for three in a row at most
WEEK_HOURS = timedelta(hours=48)  # in seven days; Directive 2003/88/EC, article 6
# Minutes after midnight; night time has at least seven hours, with those from 0 to 5; article 2.
NIGHT_FROM, NIGHT_UNTIL = 23 * 60, 30 * 60
NIGHT_HOURS = timedelta(hours=3)  # of night time make a night shift; article 2
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """A limit, in words, and where it comes from."""

    key: str
    words: str
    source: str


DIRECTIVE, HSE = "Directive 2003/88/EC", "HSE, Managing shift work (HSG256)"
RULES = {
    "rest": Rule("rest", f"{hours_words(REST)} of rest between two shifts", f"{DIRECTIVE}, art. 3"),
    "longest": Rule("longest", f"A shift lasts {hours_words(LONGEST)} at most", HSE),
    "days": Rule("days", f"{DAYS_IN_A_ROW} days in a row at most", f"{DIRECTIVE}, art. 5"),
    "nights": Rule("nights", f"{NIGHTS_IN_A_WEEK} nights in seven days at most", HSE),
    "hours": Rule(
        "hours", f"{hours_words(WEEK_HOURS)} in seven days at most", f"{DIRECTIVE}, art. 6"
    ),
}


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule is broken by one person's shifts, from ``at`` on."""

    rule: Rule
    person_id: int
    at: datetime
    words: str


def breaches(duties: Iterable[Duty], zone: ZoneInfo) -> list[Breach]:
    """Return every rule that these shifts break, of everybody, in the order of time."""
    of: dict[int, list[Duty]] = {}
    for duty in duties:
        of.setdefault(duty.person_id, []).append(duty)
    found = [each for mine in of.values() for each in _of_one(_joined(mine), zone)]
    return sorted(found, key=lambda breach: (breach.at, breach.person_id, breach.rule.key))


def is_night(span: Span, zone: ZoneInfo) -> bool:
    """Return whether three hours or more of it lie between 23:00 and 6:00 in ``zone``."""
    return night_time(span, zone) >= NIGHT_HOURS


def night_time(span: Span, zone: ZoneInfo) -> timedelta:
    """Return how much of it is night time, in hours that really pass."""
    inside = timedelta()
    for day in _days(span, zone):
        start, end = edge(day, NIGHT_FROM, zone.key), edge(day, NIGHT_UNTIL, zone.key)
        inside += max(timedelta(), min(end, span.end) - max(start, span.start))
    return inside


def weekends(span: Span, zone: ZoneInfo) -> set[date]:
    """Return the Saturdays of the weekends that it reaches into."""
    days = (day for day in _days(span, zone) if _touches(day, span, zone) and day.weekday() >= 5)
    return {day - timedelta(days=day.weekday() - 5) for day in days}


def _days(span: Span, zone: ZoneInfo) -> Iterator[date]:
    """Yield the local days it may touch, the one before its first too, for nights."""
    day, last = span.start.astimezone(zone).date() - DAY, span.end.astimezone(zone).date()
    while day <= last:
        yield day
        day += DAY


def _touches(day: date, span: Span, zone: ZoneInfo) -> bool:
    return edge(day, 0, zone.key) < span.end and span.start < edge(day + DAY, 0, zone.key)


def _joined(duties: list[Duty]) -> list[Duty]:
    """Return one person's duties in order, those without a break between them as one."""
    joined: list[Duty] = []
    for duty in sorted(duties, key=lambda duty: (duty.start, duty.end)):
        last = joined[-1] if joined else None
        if last is not None and duty.start <= last.end:
            end = max(last.end, duty.end)
            joined[-1] = Duty(last.start, end, last.shift_id, last.person_id, last.name)
        else:
            joined.append(duty)
    return joined


def _of_one(duties: list[Duty], zone: ZoneInfo) -> Iterator[Breach]:
    yield from _too_long(duties, zone)
    yield from _too_close(duties, zone)
    yield from _too_many_days(duties, zone)
    yield from _too_much_in_a_week(duties, zone)


def _too_long(duties: list[Duty], zone: ZoneInfo) -> Iterator[Breach]:
    for duty in duties:
        if duty.length > LONGEST:
            since = moment_words(duty.start, zone)
            words = f"{duty.name}: {hours_words(duty.length)} without a break from {since} on"
            yield Breach(RULES["longest"], duty.person_id, duty.start, words)


def _too_close(duties: list[Duty], zone: ZoneInfo) -> Iterator[Breach]:
    for before, after in pairwise(duties):
        rest = after.start - before.end
        if rest < REST:
            words = (
                f"{after.name}: {hours_words(rest)} of rest before the shift of "
                f"{moment_words(after.start, zone)}"
            )
            yield Breach(RULES["rest"], after.person_id, after.start, words)


def _too_many_days(duties: list[Duty], zone: ZoneInfo) -> Iterator[Breach]:
    run: list[date] = []
    for duty in duties:
        day = duty.start.astimezone(zone).date()
        if run and day == run[-1]:
            continue
        run = [*run, day] if run and day - run[-1] == DAY else [day]
        if len(run) == DAYS_IN_A_ROW + 1:  # said once for each run, where it becomes too long
            words = f"{duty.name}: day {len(run)} in a row on {moment_words(duty.start, zone)}"
            yield Breach(RULES["days"], duty.person_id, duty.start, words)


def _too_much_in_a_week(duties: list[Duty], zone: ZoneInfo) -> Iterator[Breach]:
    """Look back seven days from the end of each shift; say each rule once for each seven days."""
    said: dict[str, datetime] = {}
    for duty in duties:
        week = [each for each in duties if each.start < duty.end and each.end > duty.end - WEEK]
        nights = sum(is_night(each.span, zone) for each in week)
        worked = sum((_within(each.span, duty.end) for each in week), timedelta())
        for key, is_broken, what in (
            ("nights", nights > NIGHTS_IN_A_WEEK, f"{nights} nights"),
            ("hours", worked > WEEK_HOURS, hours_words(worked)),
        ):
            if is_broken and duty.end - said.get(key, duty.end - WEEK) >= WEEK:
                said[key] = duty.end
                words = (
                    f"{duty.name}: {what} in the seven days until {moment_words(duty.end, zone)}"
                )
                yield Breach(RULES[key], duty.person_id, duty.start, words)


def _within(span: Span, end: datetime) -> timedelta:
    return span.end - max(span.start, end - WEEK)
