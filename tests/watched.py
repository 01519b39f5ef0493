"""Two weeks of hours whose truth is known: what is seen of each warning sign, hour by hour.

Contacts follow the hour of the day, days differ by a tenth, repeats come in small clusters. What is
normal is known only as well as the fortnight before tells, drawn from the same truth.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from math import exp, log
from statistics import median

from assistant.reports import warning_signs
from assistant.reports.noise import Count, Evidence, Share, Waits
from assistant.reports.warning_signs import Look, Normal, Sign
from tests.histories import poisson

HOURS = 14 * 24
PROFILE = [0.2] * 7 + [0.8, 1.5, 2.0, 2.1, 2.0, 1.7, 1.8, 1.9, 1.9, 1.7, 1.4, 1.1, 0.9]
PROFILE += [0.7, 0.5, 0.3, 0.3]  # contacts by hour of the day, as a share of the mean
SPREAD = 1.0  # of the logarithm of waits
UNEVEN = 0.1  # of the logarithm of a day's level
CLUSTER = 0.2  # of repeats that bring another at once
WORSE = {
    Sign.REPEATS: 2.0,
    Sign.RESPONSE: 2.0,
    Sign.RESOLUTION: 2.0,
    Sign.ESCALATIONS: 3.0,
    Sign.REASSURANCE: 2.0,
}
"""By how much a figure is multiplied when it is worse."""

Level = Callable[[Sign, int], float]  # sign, hour -> true level as a share of the usual


@dataclass(frozen=True, slots=True)
class Usual:
    """A launch's true usual levels."""

    tickets: float  # a day
    repeats: float  # a day
    escalations: float  # a day
    response: float  # minutes, the median
    resolution: float  # hours, the median
    reassurance: float  # share of those who ask


def usual(draw: random.Random) -> Usual:
    """Return the usual levels of some launch: 40 to 120 tickets a day."""
    tickets = draw.uniform(40, 120)
    return Usual(
        tickets,
        repeats=tickets * draw.uniform(0.2, 0.4),
        escalations=tickets * draw.uniform(0.03, 0.06),
        response=draw.uniform(15, 60),
        resolution=draw.uniform(4, 20),
        reassurance=draw.uniform(0.2, 0.4),
    )


def looks(seed: str, worse: Sign | None = None, since: int = HOURS) -> dict[Sign, list[Look]]:
    """Return the look of each hour at each sign; ``worse`` is so from hour ``since`` on."""
    draw = random.Random(seed)
    true = usual(draw)
    calm = {sign: _seen(sign, true, draw, lambda _sign, _hour: 1.0) for sign in Sign}
    normal = {sign: Normal(_middle(sign, true, calm[sign]), "stored") for sign in Sign}
    level: Level = lambda sign, hour: WORSE[sign] if sign is worse and hour >= since else 1.0  # noqa: E731
    found = {}
    for sign in Sign:
        hours = _seen(sign, true, draw, level)
        found[sign] = _looks(sign, hours, normal[sign])
    return found


Hour = tuple[float, ...]  # a count; or the waits; or hits and of


def _seen(sign: Sign, true: Usual, draw: random.Random, level: Level) -> list[Hour]:
    hours: list[Hour] = []
    for hour in range(HOURS):
        if hour % 24 == 0:
            today = exp(draw.gauss(0, UNEVEN))
        share, now = PROFILE[hour % 24] / 24, level(sign, hour)
        if sign in (Sign.REPEATS, Sign.ESCALATIONS):
            mean = true.repeats if sign is Sign.REPEATS else true.escalations
            hours.append((float(_clustered(mean * now * today * share, draw)),))
        elif sign is Sign.REASSURANCE:
            of = poisson(1.5 * true.tickets * today * share, draw)
            hits = sum(draw.random() < true.reassurance * now for _ in range(of))
            hours.append((float(hits), float(of)))
        else:
            middle = true.response if sign is Sign.RESPONSE else true.resolution
            count = poisson(true.tickets * share, draw)
            typical = log(middle * now * today)
            hours.append(tuple(exp(draw.gauss(typical, SPREAD)) for _ in range(count)))
    return hours


def _middle(sign: Sign, true: Usual, hours: list[Hour]) -> float:
    if sign in (Sign.REPEATS, Sign.ESCALATIONS):
        return sum(hour[0] for hour in hours) / 14
    if sign is Sign.REASSURANCE:
        return 100 * sum(hour[0] for hour in hours) / sum(hour[1] for hour in hours)
    return median(wait for hour in hours for wait in hour)


def _looks(sign: Sign, hours: list[Hour], normal: Normal) -> list[Look]:
    """Return the look at each hour; tickets are looked at when they are as old as the limit."""
    limit = warning_signs.limit_of(sign, normal.value)
    late = {Sign.RESPONSE: -(-limit // 60), Sign.RESOLUTION: -(-limit // 1)}.get(sign, 0)
    firsts, seconds = zip(*(_two(sign, hour, limit) for hour in hours), strict=True)
    first, second = [0, *accumulate(firsts)], [0, *accumulate(seconds)]
    found = []
    for hour in range(24, HOURS + 1):
        end = max(0, hour - int(late))
        windows = []
        for days in warning_signs.DAYS:
            begin = max(0, end - 24 * days)
            counts = first[end] - first[begin], second[end] - second[begin]
            windows.append(_evidence(sign, *counts, days=days))
        found.append(warning_signs.look_at(sign, windows, normal))
    return found


def _two(sign: Sign, hour: Hour, limit: float) -> tuple[int, int]:
    if sign in (Sign.RESPONSE, Sign.RESOLUTION):
        return sum(wait > limit for wait in hour), len(hour)
    return int(hour[0]), int(hour[-1])


def _evidence(sign: Sign, hits: int, of: int, *, days: int) -> Evidence:
    if sign in (Sign.REPEATS, Sign.ESCALATIONS):
        return Count(hits, days)
    if sign is Sign.REASSURANCE:
        return Share(hits, of)
    return Waits(of, hits, hits, 1.0 if of else None)


def _clustered(mean: float, draw: random.Random) -> int:
    count = poisson(mean * (1 - CLUSTER), draw)
    return count + sum(draw.random() < CLUSTER / (1 - CLUSTER) for _ in range(count))
