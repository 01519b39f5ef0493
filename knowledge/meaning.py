"""The vectors of a shelf's texts, and what they say about one question.

Rows are numbered as the catalogue numbers its texts: ways entry by entry, then counter-phrasings.
A text without a vector has a row of zeros: nothing means the same as it, and it teaches nothing.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from knowledge import head
from knowledge.entries import Vector, Vectors
from knowledge.lexical import Floats, Ints

LONE_KINSHIP = 0.70
"""Taken as the kinship of an entry's only way: the mean on both public sets."""


class Meanings:
    """All vectors of a shelf with the two heads learnt from them; immutable."""

    def __init__(self, matrix: Vectors, classes: Ints, entries: int, patient: bool) -> None:
        """`classes`: the entry of every row, or from `entries` upward a rival of one."""
        meant = np.any(matrix != 0, axis=1)
        count = max(int(classes.max()) + 1, entries)
        texts, owners = matrix[meant], classes[meant]
        self._matrix = matrix
        self._entries = entries
        self._means = head.means_of(texts, owners, count)
        self._regression = head.regression_of(texts, owners, count, patient)

    def cosines(self, vector: Vector, rows: Ints) -> Floats:
        """The question's cosine with these rows."""
        everything = len(rows) == len(self._matrix)
        chosen = self._matrix if everything else self._matrix[rows]
        return np.asarray(chosen @ vector, dtype=np.float64)

    def kinship(self, rows: Ints) -> Floats:
        """Each row's cosine with the nearest of the others, shape (rows,)."""
        if len(rows) < 2:
            return np.full(len(rows), LONE_KINSHIP)
        chosen = self._matrix[rows]
        cosines = np.asarray(chosen @ chosen.T, dtype=np.float64)
        np.fill_diagonal(cosines, -1.0)
        return np.asarray(cosines.max(axis=1))

    def fits(self, vector: Vector) -> Floats:
        """The question's cosine with every entry's mean, scatter evened out; shape (entries,)."""
        return self._means.cosines(vector)[: self._entries].astype(np.float64)

    def log_p(self, vector: Vector) -> Floats:
        """Log-probability of every entry; with rival classes they do not sum to one."""
        if self._regression is None:
            scores = head.SHARPNESS * self._means.cosines(vector)
        else:
            scores = self._regression.scores(vector)
        return head.log_probabilities(scores)[: self._entries]


def stacked(texts: Sequence[str], vectors: Mapping[str, Vector]) -> Vectors | None:
    """One row per text, zeros where there is no vector; None when there is no vector at all."""
    known = next((vectors[text] for text in texts if text in vectors), None)
    if known is None:
        return None
    nothing = np.zeros_like(known)
    return np.stack([vectors.get(text, nothing) for text in texts]).astype(np.float32)
