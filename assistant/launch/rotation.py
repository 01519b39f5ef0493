"""A rotation: people who take turns, worked out as shifts for time that nobody owns so far. Pure.

The day is cut into parts at local times, and the people move on by one part after each turn:
forward, from early to late to night, which HSE's Managing shift work (HSG256) asks for because it
leaves more rest than the way back. Only covered time that nobody owns yet is filled.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from assistant.launch.coverage import Span, edge

DAY = timedelta(days=1)
SHORTEST = timedelta(minutes=30)  # of one shift; a shorter piece goes to whoever is on before it


@dataclass(frozen=True, slots=True)
class Turns:
    """Who takes turns, when the day changes hands, and how long a turn is."""

    people: tuple[int, ...]  # ids, in their order
    changes: tuple[int, ...]  # minutes after local midnight; each part of the day begins at one
    days: int = 1  # of one turn: 1 is a new part every day, 7 every week

    def person(self, day: int, part: int) -> int:
        """Return who has a part of the day; ``day`` counts from the first one."""
        return self.people[(part - day // self.days) % len(self.people)]


@dataclass(frozen=True, slots=True)
class Piece:
    """A shift as it would be planned."""

    person_id: int
    span: Span


def pieces(turns: Turns, free: Sequence[Span], first: date, zone: ZoneInfo) -> list[Piece]:
    """Return the shifts that fill ``free``; turns are counted from the local day ``first`` on."""
    found: list[Piece] = []
    for span in free:
        for part in _parts(turns, span, first, zone):
            last = found[-1] if found else None
            touches = last is not None and last.span.end == part.span.start
            if last and touches and part.span.length < SHORTEST:
                found[-1] = Piece(last.person_id, Span(last.span.start, part.span.end))
            else:
                found.append(part)
    return found


def _parts(turns: Turns, span: Span, first: date, zone: ZoneInfo) -> Iterator[Piece]:
    """Cut one span where the day changes hands."""
    for (start, number, part), (end, _, _) in pairwise(sorted(_changes(turns, span, first, zone))):
        if start < span.end and end > span.start and start < end:
            inside = Span(max(start, span.start), min(end, span.end))
            yield Piece(turns.person(number, part), inside)


def _changes(
    turns: Turns, span: Span, first: date, zone: ZoneInfo
) -> Iterator[tuple[datetime, int, int]]:
    """Yield when which day's which part begins, from before the span until after it."""
    day, last = span.start.astimezone(zone).date() - DAY, span.end.astimezone(zone).date() + DAY
    while day <= last:
        for part, minutes in enumerate(sorted(set(turns.changes))):
            yield edge(day, minutes, zone.key), (day - first).days, part
        day += DAY
