"""The four warning signs (more repeats, longer waits, more escalations, more reassurance), judged.

Pure. Every hour the last 24 and the last 48 hours are looked at: repeats and escalations as
counts, waits by how many are over their normal, reassurance as a share. A look is *over* when a
level ``DRIFT`` beyond normal would give one of the two by chance less than ``CHANCE``. A sign
comes on after ``ON`` looks over in a row and goes off after ``OFF`` looks that are not, so that it
does not flicker.

The rates of false alarms and misses are measured by ``tests/assistant/test_warning_signs.py``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import sqrt
from statistics import median

from assistant.reports.noise import Count, Evidence, Share, Waits

WINDOW = timedelta(hours=24)  # of the figure that is shown
DAYS = (1, 2)  # windows of one look, in days
EVERY = timedelta(hours=1)
DRIFT = 0.15  # share beyond normal that is no reason to alarm anybody
# At each look; days are more uneven than Poisson has it, so counts have less.
CHANCE = {Waits: 0.001, Share: 0.001, Count: 0.0003}
UNSURE = 0.6  # of a day's noise: nobody knows what is normal for a count better than that
ON, OFF = 3, 12  # looks in a row
ENOUGH = {Waits: 10, Share: 20}  # observations; below, a look says nothing
LEAST = {Count: 5, Share: 5}  # events that make a sign at all: one escalation is no wave
EVEN = 50.0  # per cent: more reassurance than information


class Sign(StrEnum):
    """What may be getting worse, as it is called in addresses and rows."""

    REPEATS = "repeats"
    RESPONSE = "response"
    RESOLUTION = "resolution"
    ESCALATIONS = "escalations"
    REASSURANCE = "reassurance"


METRIC = {
    Sign.REPEATS: "repeat_questions_per_day",
    Sign.RESPONSE: "first_response_minutes",
    Sign.RESOLUTION: "time_to_resolution_hours",
    Sign.ESCALATIONS: "escalations_per_day",
    Sign.REASSURANCE: "reassurance_percent",
}
NUMBER = {
    Sign.REPEATS: 1,
    Sign.RESPONSE: 2,
    Sign.RESOLUTION: 2,
    Sign.ESCALATIONS: 3,
    Sign.REASSURANCE: 4,
}
"""Which of the four it belongs to: responses and resolutions are two faces of the second."""
TITLE = {
    Sign.REPEATS: "The same questions repeat",
    Sign.RESPONSE: "First responses take longer",
    Sign.RESOLUTION: "Resolutions take longer",
    Sign.ESCALATIONS: "Escalations become frequent",
    Sign.REASSURANCE: "Customers seek reassurance more than information",
}
UNIT = {
    Sign.REPEATS: "in 24 h",
    Sign.RESPONSE: "min",
    Sign.RESOLUTION: "h",
    Sign.ESCALATIONS: "in 24 h",
    Sign.REASSURANCE: "%",
}


class Look(StrEnum):
    """What one look at the last 24 hours says."""

    OVER = "over"
    NORMAL = "normal"
    TOO_LITTLE = "too little data"


@dataclass(frozen=True, slots=True)
class Normal:
    """What a figure is usually, and where that is from: ``stored`` or ``the days before``."""

    value: float
    source: str


@dataclass(frozen=True, slots=True)
class State:
    """Whether a sign is on after some looks, and for how many looks it points the other way."""

    is_on: bool = False
    against: int = 0  # looks in a row that speak against the state it is in


def limit_of(sign: Sign, normal: float) -> float:
    """Return the level up to which nothing is wrong: normal, and a drift beyond it.

    For a count the drift is at least ``UNSURE`` of a day's noise.
    """
    beyond = DRIFT * normal
    if sign in (Sign.REPEATS, Sign.ESCALATIONS):
        beyond = max(beyond, UNSURE * sqrt(normal))
    limit = normal + beyond
    return min(limit, 90.0) if sign is Sign.REASSURANCE else limit


def look_at(sign: Sign, windows: Sequence[Evidence | None], normal: Normal | None) -> Look:
    """Return what the windows, the shortest first, say against ``normal``.

    One that is over is enough: a steep rise shows within a day, a slow one in two.
    """
    found = [_look(sign, seen, normal) for seen in windows]
    if Look.OVER in found:
        return Look.OVER
    return found[0] if found else Look.TOO_LITTLE


def _look(sign: Sign, seen: Evidence | None, normal: Normal | None) -> Look:
    if seen is None or normal is None or seen.value is None:
        return Look.TOO_LITTLE
    if seen.volume is not None and seen.volume < ENOUGH.get(type(seen), 0):
        return Look.TOO_LITTLE
    events = seen.events if isinstance(seen, Count) else getattr(seen, "hits", LEAST[Share])
    if events < LEAST.get(type(seen), 0):
        return Look.NORMAL
    is_over = seen.is_worse(limit_of(sign, normal.value), at_most=True, chance=CHANCE[type(seen)])
    return Look.OVER if is_over else Look.NORMAL


def after(state: State, look: Look) -> State:
    """Return the state after one more look; too little data speaks neither for nor against."""
    if look is Look.TOO_LITTLE:
        return state
    if (look is Look.OVER) == state.is_on:
        return State(state.is_on)
    against = state.against + 1
    if against >= (OFF if state.is_on else ON):
        return State(not state.is_on)
    return State(state.is_on, against)


def after_all(looks: Iterable[Look], state: State = State()) -> State:
    """Return the state after ``looks``, oldest first; from silence on unless told otherwise."""
    for look in looks:
        state = after(state, look)
    return state


def due_looks(last: datetime | None, at: datetime, *, most: int = 24) -> list[datetime]:
    """Return the whole hours that are to be looked at, oldest first; of a long gap the last."""
    newest = at.replace(minute=0, second=0, microsecond=0)
    first = newest if last is None else max(last + EVERY, newest - (most - 1) * EVERY)
    count = int((newest - first) / EVERY) + 1
    return [first + number * EVERY for number in range(max(0, count))]


def normal_from(days: Sequence[float]) -> Normal | None:
    """Return what is normal by figures of whole days before; nothing of fewer than three."""
    return Normal(float(median(days)), "the days before") if len(days) >= 3 else None


def waits(values: Sequence[float], limit: float) -> Waits:
    """Return waits as evidence against ``limit``, in its unit."""
    over = sum(value > limit for value in values)
    return Waits(len(values), over, over, median(values) if values else None)
