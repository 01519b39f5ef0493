"""What was normal before, computed from history as CSV: daily values, or raw tickets. Pure.

Two kinds of files, told apart by their headings: ``date,metric,value`` and
``opened,first_response,resolved`` with, where they are kept, ``severity``, ``escalated`` and
``rating``. Every line that cannot be read is named, and then nothing is computed.
"""

import csv
import io
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import mean, median
from typing import TypeVar
from zoneinfo import ZoneInfo

MOST_LINES = 200_000
SAID = 20  # problems that are named; the rest are counted
FEW = 10  # values below which a figure is said to rest on little
DAILY = ("date", "metric", "value")
TICKETS = ("opened", "first_response", "resolved")
YES, NO = ("1", "true", "yes", "y", "x"), ("", "0", "false", "no", "n")
GRAVE = 2  # severities up to this are Sev 1 and 2
CONTENT = 4  # of 5, and better, is satisfied
LONGEST_NAME = 80  # characters of a metric's name
UNITS = (("_minutes", "minutes"), ("_hours", "hours"), ("_percent", "percent"))

Row = Mapping[str, str]
Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True)
class Computed:
    """One baseline, and how it came about in a sentence."""

    metric: str
    value: float
    unit: str
    how: str
    is_thin: bool  # it rests on few values


@dataclass(frozen=True, slots=True)
class History:
    """What a file says: baselines, or what is wrong with its lines."""

    baselines: tuple[Computed, ...] = ()
    problems: tuple[str, ...] = ()
    more: int = 0  # problems beyond those that are named


class Unreadable(ValueError):
    """One line is wrong; its message says what, and how to mend it."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket of the past; times in UTC, nothing for what never happened or was not kept."""

    opened: datetime
    first_response: datetime | None
    resolved: datetime | None
    severity: int | None
    escalated: bool | None
    rating: float | None


def read(words: str, zone: ZoneInfo) -> History:
    """Return what a file's text says; days, and times without a zone, are those of ``zone``."""
    text = words.lstrip("\ufeff").replace("\x00", "").lstrip("\r\n")
    if not text.strip():
        return History(problems=("It is empty. Begin with a line of headings.",))
    try:
        lines = csv.DictReader(io.StringIO(text), delimiter=_delimiter(text), strict=True)
        names = [_heading(name) for name in lines.fieldnames or ()]
        lines.fieldnames = names
        if set(DAILY) <= set(names):
            days, problems = _parsed(lines, _day)
            return _history(problems, days, lambda: list(_of_days(days)))
        if set(TICKETS) <= set(names):
            tickets, problems = _parsed(lines, lambda row: _ticket(row, zone))
            return _history(problems, tickets, lambda: list(_of_tickets(tickets, zone)))
    except csv.Error as broken:
        return History(problems=(f"It is no CSV: {broken}. Save it as CSV again.",))
    known = f"{','.join(DAILY)} or {','.join(TICKETS)}"
    return History(problems=(f"Line 1: the headings are not known. Use {known}.",))


def _heading(name: str | None) -> str:
    return (name or "").strip().lower().replace(" ", "_")


def _delimiter(text: str) -> str:
    """Return what the headings are parted by; a comma unless something else is there more."""
    return max(",;\t", key=text.splitlines()[0].count)


def _parsed(
    lines: "csv.DictReader[str]", parse: Callable[[Row], Parsed]
) -> tuple[list[Parsed], list[str]]:
    rows: list[Parsed] = []
    problems: list[str] = []
    for count, row in enumerate(lines, 1):
        if count > MOST_LINES:
            problems.append(f"It has more than {MOST_LINES:,} lines. Take a shorter time.")
            break
        said = {name: str(value or "").strip() for name, value in row.items() if name}
        if None in row:
            problems.append(f"Line {lines.line_num}: more cells than headings. Put text in quotes.")
        elif any(said.values()):
            try:
                rows.append(parse(said))
            except Unreadable as wrong:
                problems.append(f"Line {lines.line_num}: {wrong}")
    return rows, problems


def _history(
    problems: list[str], rows: Sequence[object], compute: Callable[[], list[Computed]]
) -> History:
    if not rows and not problems:
        problems = ["It has headings and no lines. Export the days or tickets, too."]
    if problems:
        return History(problems=tuple(problems[:SAID]), more=max(0, len(problems) - SAID))
    return History(baselines=tuple(compute()))


def _day(row: Row) -> tuple[date, str, float]:
    try:
        day = date.fromisoformat(row["date"])
    except ValueError:
        raise Unreadable(f"“{row['date'][:40]}” is no day. Write it like 2026-11-02.") from None
    metric = _heading(row["metric"])
    if not metric or len(metric) > LONGEST_NAME:
        raise Unreadable("the metric has no name, or one that is too long.")
    return day, metric, _number(row["value"], "value")


def _number(words: str, what: str) -> float:
    try:
        found = float(words)
    except ValueError:
        found = math.nan
    if not math.isfinite(found) or not 0 <= found <= 1e12:
        raise Unreadable(f"the {what} “{words[:40]}” is no number. Write it like 12.5.")
    return found


def _ticket(row: Row, zone: ZoneInfo) -> Ticket:
    opened = _moment(row["opened"], "opened", zone)
    if opened is None:
        raise Unreadable("“opened” is blank. Every ticket was opened at some time.")
    answered = _moment(row["first_response"], "first_response", zone)
    resolved = _moment(row["resolved"], "resolved", zone)
    for name, at in (("first_response", answered), ("resolved", resolved)):
        if at is not None and at < opened:
            raise Unreadable(f"“{name}” is before “opened”. Check both, and their zones.")
    escalated = row.get("escalated")
    if escalated is not None and escalated.lower() not in (*YES, *NO):
        raise Unreadable(f"escalated “{escalated[:40]}” is neither yes nor no.")
    severity, rating = row.get("severity", ""), row.get("rating", "")
    if severity and severity not in ("1", "2", "3"):
        raise Unreadable(f"the severity “{severity[:40]}” is not 1, 2 or 3.")
    return Ticket(
        opened,
        answered,
        resolved,
        int(severity) if severity else None,
        None if escalated is None else escalated.lower() in YES,
        _number(rating, "rating") if rating else None,
    )


def _moment(words: str, name: str, zone: ZoneInfo) -> datetime | None:
    if not words:
        return None
    try:
        at = datetime.fromisoformat(words)
        at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        at = datetime.min.replace(tzinfo=UTC)
    if not 1970 <= at.year <= 2199:
        raise Unreadable(f"{name} “{words[:40]}” is no time. Write it like 2026-11-02 14:30.")
    return at


def _of_days(days: Sequence[tuple[date, str, float]]) -> Iterator[Computed]:
    """Yield each metric: the mean of counts and shares, the median of waits."""
    found: dict[str, list[float]] = defaultdict(list)
    for _, metric, value in days:
        found[metric].append(value)
    first, last = min(day for day, _, _ in days), max(day for day, _, _ in days)
    for metric, values in found.items():
        is_wait = metric.endswith(("_minutes", "_hours"))
        value, word = (median(values), "Median") if is_wait else (mean(values), "Mean")
        how = f"{word} of {len(values):,} daily values, {first} to {last}."
        yield _computed(metric, value, how, len(values))


def _of_tickets(tickets: Sequence[Ticket], zone: ZoneInfo) -> Iterator[Computed]:
    """Yield what tickets say: medians of waits, means per local day, weekends included."""
    opened = [ticket.opened.astimezone(zone).date() for ticket in tickets]
    first, last = min(opened), max(opened)
    days, span = (last - first).days + 1, f"{first} to {last}"
    waits = {
        "first_response_minutes": [_length(t, t.first_response, minutes=1) for t in tickets],
        "time_to_resolution_hours": [_length(t, t.resolved, hours=1) for t in tickets],
    }
    for metric, lengths in waits.items():
        known = [length for length in lengths if length is not None]
        if known:
            without = len(lengths) - len(known)
            left = f"; {without:,} had none and are left out" if without else ""
            how = f"Median of {len(known):,} tickets opened {span}{left}."
            yield _computed(metric, median(known), how, len(known))
    counts = Counter[str](contacts_per_day=len(tickets))
    if any(ticket.severity is not None for ticket in tickets):
        counts["severity_1_or_2_per_day"] = sum((t.severity or 9) <= GRAVE for t in tickets)
    if any(ticket.escalated is not None for ticket in tickets):
        counts["escalations_per_day"] = sum(bool(t.escalated) for t in tickets)
    for metric, count in counts.items():
        how = f"Mean: {count:,} tickets on {days:,} days, {span}, weekends included."
        if metric == "contacts_per_day":
            how += " Contacts that became no ticket are not in it."
        yield _computed(metric, count / days, how, days)
    rated = [ticket.rating for ticket in tickets if ticket.rating is not None]
    if rated:
        content = sum(rating >= CONTENT for rating in rated)
        how = f"{content:,} of {len(rated):,} ratings were {CONTENT} or better, {span}."
        yield _computed("satisfied_percent", 100 * content / len(rated), how, len(rated))


def _length(ticket: Ticket, end: datetime | None, **unit: float) -> float | None:
    return None if end is None else (end - ticket.opened) / timedelta(**unit)


def _computed(metric: str, value: float, how: str, seen: int) -> Computed:
    return Computed(metric, float(f"{value:.4g}"), unit_of(metric), how, seen < FEW)


def unit_of(metric: str) -> str:
    """Return the unit that a metric's name says, or nothing."""
    return next((unit for end, unit in UNITS if metric.endswith(end)), "")
