"""The linear heads: what the shelf's own phrasings teach about telling its entries apart.

`Means` compares a question with each entry's mean in a space in which the scatter within the
entries is even (Fisher's discriminant with a shrunk covariance). It is a closed form, done in
milliseconds, and its cosine also tells how unusual a question is. `Regression` is multinomial
logistic regression on the frozen embeddings: a point better at telling entries apart, and slow
on large shelves. BANKING77 and CLINC150 with ten phrasings: 85.6 and 89.0 right with means alone,
86.9 and 90.3 with regression (one draw, without letters and words).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.entries import Vector, Vectors

Array = npt.NDArray[np.float32]
Classes = npt.NDArray[np.int64]

INVERSE_PENALTY = 30.0
"""scikit-learn's C; 100 was tried beside it, half a point either way with ten phrasings."""
TOLERANCE = 1e-4
"""Of the gradient; at 1e-3 the fit to 10,000 texts stops two points short."""
QUICK = 60_000
"""Texts times classes up to which the regression takes well under a second."""
SHRINKAGE = 0.5
"""Share of the scatter taken to be the same in all directions; 0.1 to 0.8 were within a point."""
SHARPNESS = 20.0
"""Turns the means' cosines into log-odds; lower log loss than 12, the other value tried."""


@dataclass(frozen=True, slots=True)
class Means:
    """The mean of every class, where scatter within the classes is even."""

    metric: Array
    """Shape (dimensions, dimensions): maps vectors into that space."""
    means: Array
    """Shape (classes, dimensions), unit rows; zeros for a class without texts."""

    def cosines(self, vector: Vector) -> Array:
        """The cosine of a question with every class's mean, shape (classes,)."""
        evened = vector @ self.metric
        return np.asarray(self.means @ evened / max(float(np.linalg.norm(evened)), 1e-9))


@dataclass(frozen=True, slots=True)
class Regression:
    """A linear map from a vector to one score per class."""

    weights: Array
    """Shape (classes, dimensions)."""
    offsets: Array
    """Shape (classes,)."""

    def scores(self, vector: Vector) -> Array:
        """Log-odds up to a constant, shape (classes,)."""
        return np.asarray(self.weights @ vector + self.offsets)


def log_probabilities(scores: Array) -> npt.NDArray[np.float64]:
    """Natural logarithms of probabilities that sum to one and keep the scores' differences."""
    shifted = scores.astype(np.float64) - scores.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()))


def means_of(vectors: Vectors, classes: Classes, count: int) -> Means:
    """The means of `count` classes, from one vector and one class number per text."""
    sizes = np.maximum(np.bincount(classes, minlength=count), 1)
    means = _sums(vectors, classes, count) / sizes[:, None]
    scatter = vectors - means.astype(np.float32)[classes]
    within = (scatter.T @ scatter).astype(np.float64) / max(len(vectors), 1)
    dimensions = len(within)
    even = np.trace(within) / dimensions
    # With one text per class nothing scatters; any multiple of the identity gives plain cosine.
    covariance = (1 - SHRINKAGE) * within + (SHRINKAGE * even + 1e-6) * np.eye(dimensions)
    metric = np.linalg.cholesky(np.linalg.inv(covariance))
    evened = means @ metric
    evened /= np.maximum(np.linalg.norm(evened, axis=1, keepdims=True), 1e-9)
    return Means(metric.astype(np.float32), evened.astype(np.float32))


def _sums(vectors: Vectors, classes: Classes, count: int) -> npt.NDArray[np.float64]:
    """The sum of every class's vectors, shape (classes, dimensions); zeros without any."""
    sums = np.zeros((count, vectors.shape[1]))
    order = np.argsort(classes, kind="stable")
    present, first = np.unique(classes[order], return_index=True)
    if len(present):
        sums[present] = np.add.reduceat(vectors[order], first, axis=0, dtype=np.float64)
    return sums


def regression_of(
    vectors: Vectors, classes: Classes, count: int, patient: bool = False
) -> Regression | None:
    """Logistic regression over `count` classes; None where it cannot or should not be learnt.

    It needs two classes, two texts in each on average, and unless `patient` at most `QUICK`
    texts times classes (15,000 texts in 150 classes take six seconds). A class without texts
    scores 0, which is about the middle.
    """
    present, numbers = np.unique(classes, return_inverse=True)
    slow = len(vectors) * len(present) > QUICK and not patient
    if slow or len(present) < 2 or len(vectors) < 2 * len(present):
        return None
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=500, tol=TOLERANCE)
    # So little work is done many times faster by one thread than by threads that wait in turns.
    with threadpool_limits(1):
        model.fit(vectors, numbers)
    learnt, constants = model.coef_, model.intercept_
    if len(present) == 2:
        # Of two classes scikit-learn keeps only the second one's scores; halves restore both.
        learnt, constants = np.vstack([-learnt, learnt]) / 2, np.append(-constants, constants) / 2
    weights = np.zeros((count, vectors.shape[1]), np.float32)
    offsets = np.zeros(count, np.float32)
    weights[present], offsets[present] = learnt, constants
    return Regression(weights, offsets)
