"""How much of the model's word is enough: the probability that what it chose is right.

A verdict is as good as the model that gave it, and no two models are alike. Before anybody has
labelled an answer, a modest prior speaks; every label moves it, per model and by name. The
launch's threshold then applies to the result as it does to retrieval's certainty, so a model
that is often wrong asks instead of answering, without anybody having to notice and switch it off.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.answering.verdicts import Chosen

Floats = npt.NDArray[np.float64]

# Log-odds of being right, before any label: agreeing with the ranking, or after a second look.
# A strong model was right in 418 of 420 hard questions and a test replays one with 3 % of errors:
# 3.6 (97.3 %) is that, not the better figure. A choice that surprises and was looked at only once
# is worth 90 % and never enough by itself; a second look that agrees makes it nearly the former.
# The farther it ranks behind the first, in the ranking's score, the more it surprises: of the hard
# questions' tuning half, 20 of 23 texts that answer though they do not come first are at most 0.28
# behind, and a quarter of those that do not answer.
PRIOR: Mapping[str, float] = {
    "said": 3.6,
    "surprising": -1.4,
    "confirmed": 1.2,
    "behind": -2.0,
    "certainty": 0.1,
}
FIRMNESS = 0.7
"""Standard deviation of the prior on "said", in log-odds: one wrong label among none that are
right leaves an answer at the shipped threshold, two do not, and a hundred labels outweigh it."""
FIRMNESS_OF_REST = 0.35
"""The same for the others, which need more labels to be told apart."""
_FARTHEST = 4.0  # log-odds to which a certainty counts; beyond that it is no more evidence
_STEPS = 25


@dataclass(frozen=True, slots=True)
class Judged:
    """A choice of the model's that a person has judged."""

    model: str
    behind: float
    """By how much it ranked behind the first, in the ranking's score; 0 for the first itself."""
    looks: int
    certainty: float
    """Retrieval's, 0 to 1, that the ranking's first is right."""
    right: bool


def judged(
    said: Mapping[str, Any] | None, *, entry: str, behind: float, certainty: float, right: bool
) -> Judged | None:
    """A label about ``entry`` as it bears on the model: nothing where the model did not choose it.

    ``said`` is its verdict as ``verdicts.as_facts`` has it, ``behind`` and ``certainty`` are as in
    ``Judged``.
    """
    if not said or said.get("kind") != "chosen" or said.get("entry") != entry:
        return None
    return Judged(str(said["model"]), behind, int(said["looks"]), certainty, right)


@dataclass(frozen=True, slots=True)
class Trust:
    """What one model's choices are worth; weights of a logistic model."""

    weights: Mapping[str, float] = field(default_factory=lambda: PRIOR)
    labels: int = 0
    """How many judged choices it was learnt from."""

    def in_choice(self, verdict: Chosen, *, behind: float, certainty: float) -> float:
        """The probability that the choice is right, 0 to 1.

        ``behind`` and ``certainty`` are as in ``Judged``.
        """
        terms = _terms(behind, verdict.looks, certainty)
        reached = sum(self.weights[name] * value for name, value in terms.items())
        return 1 / (1 + math.exp(-reached))


Trusts = Mapping[str, Trust]
"""By the name under which a model is asked; a model that is not there has the prior's."""

UNPROVEN = Trust()


def _terms(behind: float, looks: int, certainty: float) -> dict[str, float]:
    is_first = behind <= 0.0
    odds = math.log(max(certainty, 1e-9) / max(1 - certainty, 1e-9))
    bounded = max(-_FARTHEST, min(_FARTHEST, odds))
    return {
        "said": 1.0,
        "surprising": float(not is_first),
        "confirmed": float(looks > 1),
        "behind": behind,
        # What makes the first sure speaks against any other.
        "certainty": bounded if is_first else -bounded,
    }


def learnt(labels: Iterable[Judged]) -> dict[str, Trust]:
    """What each model's choices are worth, after these labels."""
    by_model: dict[str, list[Judged]] = {}
    for label in labels:
        by_model.setdefault(label.model, []).append(label)
    return {model: _fitted(judged) for model, judged in by_model.items()}


def _fitted(judged: list[Judged]) -> Trust:
    """The most probable weights under the prior, by Newton's method; the loss is convex."""
    rows = np.array([[*_terms(one.behind, one.looks, one.certainty).values()] for one in judged])
    right = np.array([float(one.right) for one in judged])
    prior = np.array([*PRIOR.values()])
    firm = np.array([FIRMNESS] + [FIRMNESS_OF_REST] * (len(prior) - 1)) ** -2.0
    weights = prior.copy()
    for _ in range(_STEPS):
        weights = weights + _step(rows, right, weights, weights - prior, firm)
    return Trust(dict(zip(PRIOR, weights.tolist(), strict=True)), len(judged))


def _step(rows: Floats, right: Floats, weights: Floats, moved: Floats, firm: Floats) -> Floats:
    said = 1 / (1 + np.exp(-rows @ weights))
    slope = rows.T @ (right - said) - firm * moved
    curve = (rows * (said * (1 - said))[:, None]).T @ rows + np.diag(firm)
    step = np.linalg.solve(curve, slope)
    # A whole step from far away can overshoot for ever; one unit of log-odds at a time cannot.
    return np.asarray(step * min(1.0, 1.0 / max(np.abs(step).max(), 1e-12)))
