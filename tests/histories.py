"""Random histories of a launch's figures, stable and not, whose truth is known. Seeded.

A truth is a level per metric and day; what is seen of it is drawn: counts from a Poisson, waits
from a log-normal, shares from a binomial distribution. Levels are told as shares of the limit.
"""

import random
from collections.abc import Callable
from datetime import date, timedelta
from math import exp, log
from statistics import median

from assistant.reports.noise import Count, Evidence, Share, Waits, level, tolerated
from assistant.reports.stability import MARGIN, Criterion, Seen

DAYS = 28
FIRST = date(2026, 3, 2)
CRITERIA = (
    Criterion("first_response_minutes", 50),
    Criterion("time_to_resolution_hours", 22),
    Criterion("repeat_questions_per_day", 15),
    Criterion("escalations_per_day", 4),
    Criterion("severity_1_or_2_per_day", 0, days=3),
    Criterion("answered_percent", 60, at_most=False),
    Criterion("failed_payments_percent", 2),
)
Levels = Callable[[str, int], float]  # metric, day -> true level as a share of the limit
History = dict[str, list[Seen]]


def drawn(levels: Levels, *, volume: int, seed: int) -> History:
    """Return what is seen of ``levels`` with about ``volume`` tickets and contacts a day."""
    draw = random.Random(seed)  # a story, not a secret
    return {
        criterion.metric: [
            Seen(
                FIRST + timedelta(days=day),
                _seen(criterion, levels(criterion.metric, day), volume, draw),
                contacts=2 * volume,
            )
            for day in range(DAYS)
        ]
        for criterion in CRITERIA
    }


def _seen(criterion: Criterion, share: float, volume: int, draw: random.Random) -> Evidence:
    limit, true = criterion.limit, share * criterion.limit
    of = max(1, round(volume * draw.uniform(0.7, 1.3)))
    match criterion.metric.rpartition("_")[2]:
        case "minutes" | "hours":
            waits = [exp(draw.gauss(log(true), 1.0)) for _ in range(of)]
            worst = tolerated(Waits, limit, at_most=True, margin=MARGIN)
            over, far_over = (sum(wait > edge for wait in waits) for edge in (limit, worst))
            return Waits(of, over, far_over, median(waits))
        case "percent" if criterion.metric == "failed_payments_percent":
            return level(true * draw.uniform(0.95, 1.05))
        case "percent":  # told as the share that was missed, so that more is worse
            missed = share * (100 - limit)
            return Share(sum(draw.uniform(0, 100) > missed for _ in range(2 * of)), 2 * of)
        case _:
            if limit == 0:  # its level is the number itself: what is meant to happen does
                return Count(round(share))
            return Count(poisson(true, draw))


def poisson(mean: float, draw: random.Random) -> int:
    """Return a Poisson number by Knuth's multiplication; means here are small."""
    edge, product, count = exp(-mean), draw.random(), 0
    while product > edge:
        product *= draw.random()
        count += 1
    return count


def stable(seed: int) -> History:
    """Return a history that is stable throughout: each level well inside its limit."""
    draw = random.Random(f"stable {seed}")
    inside = {criterion.metric: draw.uniform(0.55, 0.8) for criterion in CRITERIA}
    inside["severity_1_or_2_per_day"] = 0.0
    return drawn(lambda metric, _: inside[metric], volume=draw.randint(25, 80), seed=seed)


def unstable(seed: int) -> History:
    """Return a history that never is stable, in one of the ways of ``WAYS``."""
    return WAYS[seed % len(WAYS)](seed)


def _worse(seed: int) -> History:
    """One figure stays beyond what is tolerated."""
    draw = random.Random(f"worse {seed}")
    bad = draw.choice(CRITERIA)
    beyond = _beyond(bad) * draw.uniform(1.0, 2.0)
    return drawn(_bad_one(bad, lambda _: beyond), volume=draw.randint(25, 80), seed=seed)


def _spiking(seed: int) -> History:
    """One figure is far beyond its limit on a day of any five in a row."""
    draw = random.Random(f"spiking {seed}")
    bad, every = draw.choice(CRITERIA), draw.randint(2, 3)
    first, high = draw.randrange(every), draw.uniform(3.0, 6.0)

    def truth(day: int) -> float:
        calm = 0.0 if bad.limit == 0 else 0.7
        return high if day % every == first else calm

    return drawn(_bad_one(bad, truth), volume=draw.randint(25, 80), seed=seed)


def _rising(seed: int) -> History:
    """One figure starts near its limit and rises for good."""
    draw = random.Random(f"rising {seed}")
    bad, by = draw.choice(CRITERIA), draw.uniform(1.08, 1.25)
    begin = draw.uniform(0.9, 1.0)
    return drawn(
        _bad_one(bad, lambda day: min(8.0, begin * by**day)),
        volume=draw.randint(25, 80),
        seed=seed,
    )


def _thin(seed: int) -> History:
    """All is well as far as one can see, and one can hardly see."""
    draw = random.Random(f"thin {seed}")
    calm = {criterion.metric: 0.0 if criterion.limit == 0 else 0.7 for criterion in CRITERIA}
    return drawn(lambda metric, _: calm[metric], volume=draw.randint(1, 4), seed=seed)


def _with_gaps(seed: int) -> History:
    """Of any five days in a row, one was not measured."""
    draw = random.Random(f"gaps {seed}")
    history, every = stable(seed), draw.randint(2, 5)
    blind = draw.choice([c.metric for c in CRITERIA if c.limit])
    return {
        metric: [
            Seen(seen.day, None, seen.contacts) if metric == blind and day % every == 0 else seen
            for day, seen in enumerate(days)
        ]
        for metric, days in history.items()
    }


WAYS = (_worse, _spiking, _rising, _thin, _with_gaps)


def _bad_one(bad: Criterion, truth: Callable[[int], float]) -> Levels:
    def levels(metric: str, day: int) -> float:
        if metric == bad.metric:
            return truth(day)
        return 0.0 if metric == "severity_1_or_2_per_day" else 0.7

    return levels


def _beyond(criterion: Criterion) -> float:
    """Return the tolerated level as a share of the limit."""
    if criterion.limit == 0:
        return 1.0
    if not criterion.at_most:
        return 1 + MARGIN
    kind = Count if criterion.metric.endswith("_per_day") else Waits
    return tolerated(kind, criterion.limit, at_most=True, margin=MARGIN) / criterion.limit
