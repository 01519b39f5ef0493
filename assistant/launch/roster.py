"""A roster judged before it happens: minutes without an owner, and time that is booked twice. Pure.

A duty is a shift as these judgements see it. Everything is in UTC; a zone is only for words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from assistant.launch.coverage import Span

# The longest overlap that is a handover and no double booking. Our own figure: the guidance of the
# British HSE on shift handover asks for time together, face to face, and names no length.
HANDOVER = timedelta(minutes=30)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Duty:
    """One person is on duty from ``start`` (within) to ``end`` (outside), both UTC."""

    start: datetime
    end: datetime
    shift_id: int
    person_id: int
    name: str
    launch_id: int = 0

    @property
    def span(self) -> Span:
        """Return its time."""
        return Span(self.start, self.end)

    @property
    def length(self) -> timedelta:
        """Return how long it really is: a night in which the clock turns has an hour more or less.

        The difference of two instants in UTC, so what the local clock shows does not matter.
        """
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two duties at the same time; ``first`` keeps the ownership."""

    span: Span
    first: Duty
    second: Duty

    @property
    def is_one_person(self) -> bool:
        """Return whether somebody would be on duty twice."""
        return self.first.person_id == self.second.person_id

    @property
    def is_handover(self) -> bool:
        """Return whether one person goes while the next one comes, within ``HANDOVER``."""
        goes_first = self.first.start < self.second.start and self.first.end < self.second.end
        return goes_first and not self.is_one_person and self.span.length <= HANDOVER


def owned(duties: Iterable[Duty]) -> list[tuple[Span, Duty]]:
    """Return who is the owner when: in order, apart, each minute with the one who came first."""
    ordered = _ordered(duties)
    edges = sorted({edge for duty in ordered for edge in (duty.start, duty.end)})
    pieces: list[tuple[Span, Duty]] = []
    for start, end in pairwise(edges):
        duty = next((duty for duty in ordered if duty.start <= start < duty.end), None)
        if duty is None:
            continue
        if pieces and pieces[-1][1] is duty and pieces[-1][0].end == start:
            pieces[-1] = (Span(pieces[-1][0].start, end), duty)
        else:
            pieces.append((Span(start, end), duty))
    return pieces


def gaps(spans: Sequence[Span], duties: Iterable[Duty]) -> list[Span]:
    """Return the covered time that nobody owns, in order."""
    ordered = _ordered(duties)
    found = []
    for span in spans:
        at = span.start
        for duty in ordered:
            if duty.end <= at:
                continue
            if duty.start >= span.end:
                break
            if duty.start > at:
                found.append(Span(at, duty.start))
            at = max(at, duty.end)
        if at < span.end:
            found.append(Span(at, span.end))
    return found


def overlaps(duties: Iterable[Duty]) -> list[Overlap]:
    """Return every pair of duties that share time, in the order in which that begins."""
    ordered = _ordered(duties)
    found = [
        Overlap(Span(second.start, min(first.end, second.end)), first, second)
        for number, first in enumerate(ordered)
        for second in ordered[number + 1 :]
        if second.start < first.end
    ]
    return sorted(found, key=lambda overlap: overlap.span)


def double_bookings(duties: Iterable[Duty]) -> list[Overlap]:
    """Return the overlaps that are no handover."""
    return [overlap for overlap in overlaps(duties) if not overlap.is_handover]


def _ordered(duties: Iterable[Duty]) -> list[Duty]:
    return sorted(duties, key=lambda duty: (duty.start, duty.shift_id))


def moment_words(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant as people of ``zone`` say it: ``Sat 28 Nov, 22:00``."""
    local = at.astimezone(zone)
    return f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}, {local:%H:%M}"


def span_words(span: Span, zone: ZoneInfo) -> str:
    """Return a time as people of ``zone`` say it, its end with the day where that is another."""
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    last = f"{end:%H:%M}" if end.date() == start.date() else moment_words(end, zone)
    return f"{moment_words(start, zone)} to {last}"


def hours_words(length: timedelta) -> str:
    """Return a length as people say it: ``8 h``, ``7 h 30``, ``45 min``."""
    minutes = round(length.total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02}" if rest else f"{hours} h"
