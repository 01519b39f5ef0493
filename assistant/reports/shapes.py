"""The shape of a daily figure: a spike that declines is a launch, what stays is a cause.

Pure. Chance is told from change by ``noise``: a shape is only named when chance does not explain
it. A figure is read so that more is worse; one of which more is better is turned round first.
"""

from collections.abc import Sequence
from enum import StrEnum
from functools import reduce
from operator import add

from assistant.reports.noise import Evidence, Level, Share, is_rising
from assistant.reports.stability import MARGIN, Criterion

LATEST = 3  # days that are compared with others
FEWEST = 4  # days with data, without which there is no shape
CHANCE = 0.01  # with which a flat stretch is given another shape


class Shape(StrEnum):
    """How a figure went over its days."""

    SPIKE = "spike, then decline"
    RISING = "rising"
    HIGH = "flat, beyond its limit"
    FLAT = "flat"
    UNKNOWN = "too little data"


UNRESOLVED = frozenset({Shape.RISING, Shape.HIGH})  # a cause behind it is not resolved


def words_of(shape: Shape) -> str:
    """Return what a shape means."""
    return f"{shape.value}: an unresolved cause" if shape in UNRESOLVED else shape.value


def shape_of(days: Sequence[Evidence], criterion: Criterion | None = None) -> Shape:
    """Return the shape of days with data, oldest first; ``criterion`` says what is too high."""
    at_most = criterion is None or criterion.at_most
    seen = [each if at_most else _turned(each) for each in days if each.value is not None]
    if len(seen) < FEWEST:
        return Shape.UNKNOWN
    latest = seen[-LATEST:]
    before = seen[: -len(latest)][-LATEST:]
    if _is_higher(_all(latest), than=_all(before), chance=CHANCE):
        return Shape.RISING
    if _declined(seen, latest):
        return Shape.SPIKE
    whole = _all([each for each in days if each.value is not None][-LATEST:])
    if criterion is not None and whole.is_worse(criterion.limit, at_most=at_most, chance=CHANCE):
        return Shape.HIGH
    return Shape.FLAT


def _declined(seen: Sequence[Evidence], latest: Sequence[Evidence]) -> bool:
    """Return whether some earlier stretch was surely higher; each look has its share of chance."""
    earlier = seen[: -len(latest)]
    looks = [earlier[start : start + 2] for start in range(max(1, len(earlier) - 1))]
    chance = CHANCE / len(looks)
    return any(_is_higher(_all(look), than=_all(latest), chance=chance) for look in looks)


def _is_higher(one: Evidence, *, than: Evidence, chance: float) -> bool:
    if isinstance(one, Level) and isinstance(than, Level):
        # Nobody says how noisy a measured level is, so it has to differ by the margin.
        lowest, highest = one.best, than.worst
        return lowest is not None and highest is not None and lowest > highest * (1 + MARGIN)
    return is_rising(than, one, chance=chance)


def _all(days: Sequence[Evidence]) -> Evidence:
    return reduce(add, days)


def _turned(evidence: Evidence) -> Evidence:
    """Return the other side of it: the share that was missed, a level below nothing."""
    match evidence:
        case Share(hits, of):
            return Share(of - hits, of)
        case Level(worst, best):
            return Level(_inverse(worst), _inverse(best))
        case _:
            return evidence


def _inverse(value: float | None) -> float | None:
    return None if value is None else 1 / max(value, 1e-9)
