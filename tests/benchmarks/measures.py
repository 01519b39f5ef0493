"""Figures from many judged questions. Pure; shares are 0 to 1.

`sure` holds the certainty of every question that its best match answers it, `among` that one of
the three best does; `right`, `asked_right` whether that is so, `inside` whether any entry does.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.certainty import T_ASK
from knowledge.guarantee import Labelled, threshold_for

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Judged:
    """All questions put to one shelf."""

    sure: Floats
    among: Floats
    right: Bools
    inside: Bools
    asked_right: Bools
    unexplained: Bools
    """Whether the question says more than its winner is asked for."""


def answered_at(judged: Judged, wrong_share: float) -> float:
    """Right answers as a share of the answerable, at the lowest threshold that keeps wrong
    answers at or under this share of the answered.
    """
    order = np.argsort(-judged.sure, kind="stable")
    right = judged.right[order]
    wrong = np.cumsum(~right) / np.arange(1, len(right) + 1)
    kept = np.flatnonzero(wrong <= wrong_share)
    return float(right[: kept[-1] + 1].sum() / judged.inside.sum()) if len(kept) else 0.0


def answered_from(judged: Judged, threshold: float) -> tuple[float, float]:
    """At this threshold: wrong among the answered, right answers among the answerable.

    What leaves something unexplained is not answered, as the assistant does it.
    """
    answered = (judged.sure >= threshold) & ~judged.unexplained
    wrong = float((~judged.right[answered]).mean()) if answered.any() else 0.0
    return wrong, float((answered & judged.right).sum() / judged.inside.sum())


def inside_at_recall(judged: Judged, recall: float) -> float:
    """Answerable questions found right and kept, where this share of the others is turned away."""
    threshold = np.quantile(judged.sure[~judged.inside], recall)
    return float((judged.right & (judged.sure > threshold)).sum() / judged.inside.sum())


def solved_with_one_question(judged: Judged, wrong_of_all: float) -> float:
    """Answerable questions solved without a person, asking "did you mean" at most once.

    Answers by itself as often as wrong answers stay within this share of all questions.
    """
    order = np.argsort(-judged.sure, kind="stable")
    wrong = np.cumsum(~judged.right[order]) / len(order)
    count = int(np.flatnonzero(wrong <= wrong_of_all)[-1]) + 1 if wrong[0] <= wrong_of_all else 0
    by_itself = np.zeros(len(order), dtype=bool)
    by_itself[order[:count]] = True
    by_asking = ~by_itself & (judged.among >= T_ASK) & judged.asked_right
    return float(((by_itself & judged.right) | by_asking).sum() / judged.inside.sum())


def bounded(
    judged: Judged, rate: float, labels: int, redraws: int, seed: int
) -> tuple[float, float]:
    """Conformal threshold from random labels: mean share wrong of all others, and answered."""
    random = np.random.default_rng(seed)
    wrong, answered = [], []
    for _ in range(redraws):
        mixed = random.permutation(len(judged.sure))
        known, rest = mixed[:labels], mixed[labels:]
        pairs = zip(judged.sure[known], judged.right[known], strict=True)
        threshold = threshold_for(rate, [Labelled(float(p), bool(right)) for p, right in pairs])
        sent = judged.sure[rest] >= threshold
        wrong.append((sent & ~judged.right[rest]).mean())
        answered.append((sent & judged.right[rest]).sum() / judged.inside[rest].sum())
    return float(np.mean(wrong)), float(np.mean(answered))
