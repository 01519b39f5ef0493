"""A logistic model whose weights all have the sign that makes sense.

More likeness can only speak for a match and more strangeness only against it. Left free, a few of
the two dozen correlated scores take the opposite sign to fit one public set a little better, and
the model carries over to the other set worse.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SPEAKS_AGAINST = frozenset({"entropy", "words_entropy", "density", "unknown"})
"""Features of which more makes a winner less likely; all others make it more likely."""
PENALTY = 10_000.0
"""On half the sum of squared weights, against tens of thousands of questions.

Strong enough that correlated scores share the weight, instead of one of them taking it all.
Chosen among 1 to 30,000 by how a model learnt on one set did on the other, two seeds each.
"""


def fitted(names: Sequence[str], values: Floats, right: Floats, scaling: Floats) -> dict[str, Any]:
    """The model as `certainty.json` holds it, learnt from one row of `values` per question.

    `right` is 1 where the winner was right; the weights of the features are learnt from all
    questions alike, then one slope and one offset with `scaling` as the questions' weights.
    """
    mean, scale = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-6)
    rows = (values - mean) / scale
    weights, offset = _constrained(rows, right, _signs(names))
    slope, shift = _scaled(rows @ weights + offset, right, scaling)
    parts = zip(names, mean, scale, weights * slope, strict=True)
    return {
        "offset": _short(offset * slope + shift),
        "features": {
            name: {"mean": _short(centre), "scale": _short(width), "weight": _short(weight)}
            for name, centre, width, weight in parts
            if abs(weight) >= 5e-4
        },
    }


def _signs(names: Sequence[str]) -> list[tuple[float | None, float | None]]:
    return [(None, 0.0) if name in SPEAKS_AGAINST else (0.0, None) for name in names]


def _constrained(
    rows: Floats, right: Floats, bounds: list[tuple[float | None, float | None]]
) -> tuple[Floats, float]:
    from scipy.optimize import minimize

    side = np.where(right > 0, 1.0, -1.0)

    def loss(point: Floats) -> tuple[float, Floats]:
        weights, reached = point[:-1], side * (rows @ point[:-1] + point[-1])
        pull = -side / (1 + np.exp(reached))
        total = np.logaddexp(0, -reached).sum() + PENALTY / 2 * (weights**2).sum()
        return float(total), np.append(rows.T @ pull + PENALTY * weights, pull.sum())

    start = np.zeros(rows.shape[1] + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)])
    return found.x[:-1], float(found.x[-1])


def _scaled(scores: Floats, right: Floats, weights: Floats) -> tuple[float, float]:
    """Slope and offset that make log-odds of the scores (Platt 1999)."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e6).fit(scores[:, None], right, sample_weight=weights)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def _short(value: float) -> float:
    return float(f"{value:.4g}")
