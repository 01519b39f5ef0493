"""The vectors of a shelf's texts, and what they say about one question.

Rows are numbered as the catalogue numbers its texts: ways entry by entry, then counter-phrasings.
A text without a vector has a row of zeros: nothing means the same as it, and it teaches nothing.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from knowledge import head
from knowledge.entries import Vector, Vectors
from knowledge.holdings import Moves
from knowledge.lexical import Floats, Ints

LONE_KINSHIP = 0.70
"""Taken as the kinship of an entry's only way: the mean on both public sets."""


class Meanings:
    """All vectors of a shelf with the two heads learnt from them; immutable."""

    def __init__(self, matrix: Vectors, owners: Ints, entries: int, patient: bool) -> None:
        """`owners`: the entry of every way; the rows behind the ways are counter-phrasings.

        Those teach the heads nothing: as classes of their own they made the certainty of their
        neighbours rise, also of the wrong ones (hard questions: .58 to .90 in the worst case).
        """
        rows, classes = _meant(matrix[: len(owners)], owners)
        self._learn(matrix, owners, head.tally_of(rows, classes, entries), patient)

    def changed(
        self,
        matrix: Vectors,
        owners: Ints,
        moves: tuple[Moves, Moves],
        patient: bool,
    ) -> "Meanings":
        """The same of other texts; `moves` are those of the entries and of their ways."""
        of_entries, of_ways = moves
        gone = np.flatnonzero(of_ways.now < 0)
        left, _ = _meant(self._matrix[gone], gone)
        came = _meant(matrix[of_ways.came], owners[of_ways.came])
        tally = self._tally.changed(of_entries, left, head.tally_of(*came, of_entries.count))
        meanings = object.__new__(Meanings)
        meanings._learn(matrix, owners, tally, patient)
        return meanings

    def _learn(self, matrix: Vectors, owners: Ints, tally: head.Tally, patient: bool) -> None:
        self._matrix, self._tally = matrix, tally
        self._kinships: dict[tuple[int, int], Floats] = {}
        self._means = head.means_of(tally)
        self._regression: head.Regression | None = None
        if patient or not head.is_slow(tally):
            rows, classes = _meant(matrix[: len(owners)], owners)
            self._regression = head.regression_of(rows, classes, len(tally.sizes))

    def moved(self, moves: Moves, texts: Sequence[str], vectors: Mapping[str, Vector]) -> Vectors:
        """The matrix of these texts, of which only those that came are looked up."""
        matrix = self._matrix[moves.sources()]
        for row in moves.came.tolist():
            matrix[row] = vectors.get(texts[row], 0.0)
        return matrix

    def cosines(self, vector: Vector, rows: Ints) -> Floats:
        """The question's cosine with these rows, which ascend."""
        unbroken = len(rows) > 0 and rows[-1] - rows[0] == len(rows) - 1
        # Ascending without a gap, as in an exact scan: a view, where an index would copy it all.
        chosen = self._matrix[rows[0] : rows[-1] + 1] if unbroken else self._matrix[rows]
        return np.asarray(chosen @ vector, dtype=np.float64)

    def kinship(self, first: int, last: int) -> Floats:
        """Of each row from `first` to before `last` the cosine with the nearest of the others."""
        if (first, last) not in self._kinships:  # the same for every question
            self._kinships[first, last] = self._kinship(first, last)
        return self._kinships[first, last]

    def _kinship(self, first: int, last: int) -> Floats:
        if last - first < 2:
            return np.full(last - first, LONE_KINSHIP)
        chosen = self._matrix[first:last]
        cosines = np.asarray(chosen @ chosen.T, dtype=np.float64)
        np.fill_diagonal(cosines, -1.0)
        return np.asarray(cosines.max(axis=1))

    def heads(self, vector: Vector) -> tuple[Floats, Floats]:
        """What the two heads say of every entry, shape (entries,) each: the log-probabilities, and
        the question's cosine with the entry's mean where scatter is evened out.
        """
        fits = self._means.cosines(vector)
        scores = self._regression.scores(vector) if self._regression else head.SHARPNESS * fits
        return head.log_probabilities(scores), fits.astype(np.float64)

    def reach(self, vectors: Vectors, rows: Ints, number: int) -> tuple[Floats, Floats, Floats]:
        """Of each question its nearest and mean of the three nearest of an entry's rows, and the
        log-probability of the entry; shape (questions,) each.
        """
        cosines = np.sort(np.asarray(vectors @ self._matrix[rows].T, dtype=np.float64), axis=1)
        top3 = cosines[:, -min(3, len(rows)) :].mean(axis=1)
        return cosines[:, -1], top3, self._log_p_of(vectors, number)

    def _log_p_of(self, vectors: Vectors, number: int) -> Floats:
        evened = vectors @ self._means.metric
        evened /= np.maximum(np.linalg.norm(evened, axis=1, keepdims=True), 1e-9)
        scores = np.asarray(head.SHARPNESS * (evened @ self._means.means.T), dtype=np.float64)
        if self._regression is not None:
            learnt = vectors @ self._regression.weights.T + self._regression.offsets
            scores = np.asarray(learnt, dtype=np.float64)
        shifted = scores - scores.max(axis=1, keepdims=True)
        return np.asarray(shifted[:, number] - np.log(np.exp(shifted).sum(axis=1)))


def _meant(ways: Vectors, owners: Ints) -> tuple[Vectors, Ints]:
    """The ways that have a vector, and whose they are."""
    meant = np.any(ways != 0, axis=1)
    # A choice of all of them would copy them all.
    return (ways, owners) if meant.all() else (ways[meant], owners[meant])


def stacked(texts: Sequence[str], vectors: Mapping[str, Vector]) -> Vectors | None:
    """One row per text, zeros where there is no vector; None when there is no vector at all."""
    known = next((vectors[text] for text in texts if text in vectors), None)
    if known is None:
        return None
    nothing = np.zeros_like(known)
    return np.stack([vectors.get(text, nothing) for text in texts]).astype(np.float32)
