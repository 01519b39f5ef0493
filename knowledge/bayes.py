"""Which entry the words of a question speak for: multinomial naive Bayes.

Terms are stems and pairs of neighbouring stems, so that "turn on" is not "turn off". It needs no
vectors and no training beyond counting, and it errs in other places than the embeddings do.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from knowledge.lexical import Floats

SMOOTHING = 0.1
"""Added to every count (Lidstone); a usual value, other values were not tried."""


class WordBayes:
    """Log-probabilities of entries, learnt from the ways each of them is asked."""

    def __init__(self, ways: Sequence[Sequence[Sequence[str]]]) -> None:
        """`ways`: for every entry, the stems of each text that asks for it."""
        counts = [Counter(term for way in of_entry for term in _terms(way)) for of_entry in ways]
        holders: dict[str, list[tuple[int, int]]] = {}
        for entry, of_entry in enumerate(counts):
            for term, count in of_entry.items():
                holders.setdefault(term, []).append((entry, count))
        self._gains = {term: _gains(held) for term, held in holders.items()}
        sizes = np.array([of_entry.total() for of_entry in counts], dtype=np.float64)
        self._unseen = -np.log(sizes + SMOOTHING * max(len(holders), 1))

    def log_p(self, question: Sequence[str]) -> Floats:
        """Of every entry, from the question's stems, shape (entries,).

        Natural logarithms that sum to one as probabilities.
        Terms that no entry uses say nothing; without known terms all entries are alike.
        """
        known = [term for term in _terms(question) if term in self._gains]
        scores = len(known) * self._unseen
        for term in known:
            entries, gains = self._gains[term]
            scores[entries] += gains
        if len(scores) == 0:
            return scores
        scores -= scores.max()
        return np.asarray(scores - np.log(np.exp(scores).sum()), dtype=np.float64)


def _terms(words: Sequence[str]) -> list[str]:
    return [*words, *(f"{one} {other}" for one, other in pairwise(words))]


def _gains(held: Sequence[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """The entries that use a term, and by how much each of them gains over one that does not."""
    entries, counts = zip(*held, strict=True)
    return np.array(entries), np.log(np.array(counts) / SMOOTHING + 1)
