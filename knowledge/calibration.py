"""A launch's own judged questions correct the shipped certainty, with two numbers.

Platt's logistic correction (1999) of the shipped log-odds, drawn towards "as shipped" as if so
many labels had already confirmed it. A few labels therefore move it a little, and as long as they
are few they only ever take certainty away.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge import certainty as shipped
from knowledge.guarantee import Labelled

LEAST = 50
"""Judged questions from which a correction is worth making."""
LEAST_OF_EACH = 5
"""Of those, right ones and wrong ones at least; one kind alone says nothing about the other."""
PLENTY = 200
"""Labels from which certainty may rise; measured with `tests.benchmarks.learning`."""
PRIOR = 50.0
"""Labels that "as shipped" is worth; 20 let wrong answers pass 1.2 % with 100 labels, 100 hardly
learnt anything from 500."""
CERTAINEST = 1.0 - 1e-6
_MOST_LOG_ODDS = 5.0  # one label at 0.9999 must not turn the slope by itself
_SLOPES = (0.5, 2.0)


@dataclass(frozen=True, slots=True)
class Recalibration:
    """What the shipped certainty is worth in one launch; without labels just what it says."""

    slope: float = 1.0
    shift: float = 0.0
    labels: int = 0

    def of(self, certainty: float) -> float:
        """The corrected certainty, 0 to 1; it keeps the order, and 0 and 1 stay what they are."""
        if self == AS_SHIPPED or not 0.0 < certainty < 1.0:
            return certainty
        corrected = _probability(self.slope * _log_odds(certainty) + self.shift)
        return corrected if self.labels >= PLENTY else min(certainty, corrected)

    def shipped_for(self, certainty: float) -> float:
        """The lowest shipped certainty that is worth this much here: the inverse of `of`."""
        if self == AS_SHIPPED or not 0.0 < certainty < 1.0:
            return certainty
        needed = _probability((_log_odds(certainty) - self.shift) / self.slope)
        return needed if self.labels >= PLENTY else max(certainty, needed)


AS_SHIPPED = Recalibration()


def answering_from(found: Recalibration, threshold: float) -> float:
    """The shipped certainty from which to answer, where `threshold` of the corrected one is meant.

    However well it went so far, never what a question of two words may reach.
    """
    needed = found.shipped_for(threshold)
    return needed if needed >= threshold else max(needed, math.nextafter(shipped.TWO_WORDS, 1.0))


def recalibrated(labels: Sequence[Labelled]) -> Recalibration:
    """The correction that a launch's own labels ask for; `AS_SHIPPED` while they are too few.

    The highest posterior of slope and shift under independent normal priors around 1 and 0.
    Certainties of 0 and 1 are left out: there nothing was estimated. Labels count by their weight,
    scaled so that together they count as many as they are.
    """
    judged = [label for label in labels if 0.0 < label.certainty < 1.0]
    right = sum(label.right for label in judged)
    if len(judged) < LEAST or min(right, len(judged) - right) < LEAST_OF_EACH:
        return AS_SHIPPED
    slope, shift = _fitted(judged)
    return Recalibration(slope, shift, len(judged))


def _fitted(judged: Sequence[Labelled]) -> tuple[float, float]:
    """Slope and shift; the loss is strictly convex, so there is one best pair."""
    import numpy as np
    from scipy.optimize import minimize

    odds = np.array([_bounded_log_odds(label.certainty) for label in judged])
    side = np.array([1.0 if label.right else -1.0 for label in judged])
    weights = np.array([label.weight for label in judged])
    weights /= weights.mean()

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        reached = side * (point[0] * odds + point[1])
        pull = -weights * side / (1 + np.exp(reached))
        off = point - (1.0, 0.0)
        total = float(weights @ np.logaddexp(0, -reached) + PRIOR / 2 * (off**2).sum())
        return total, np.array([pull @ odds, pull.sum()]) + PRIOR * off

    found = minimize(loss, [1.0, 0.0], jac=True, method="L-BFGS-B", bounds=[_SLOPES, (None, None)])
    return float(found.x[0]), float(found.x[1])


def _bounded_log_odds(certainty: float) -> float:
    return min(max(_log_odds(certainty), -_MOST_LOG_ODDS), _MOST_LOG_ODDS)


def _log_odds(certainty: float) -> float:
    kept = min(max(certainty, 1 - CERTAINEST), CERTAINEST)
    return math.log(kept / (1 - kept))


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-min(max(log_odds, -50.0), 50.0)))
