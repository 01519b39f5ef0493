"""Which entry the words of a question speak for: multinomial naive Bayes.

Terms are stems and pairs of neighbouring stems, so that "turn on" is not "turn off". It needs no
vectors and no training beyond counting, and it errs in other places than the embeddings do.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from knowledge.holdings import Moves, WordHoldings
from knowledge.lexical import Floats

SMOOTHING = 0.1
"""Added to every count (Lidstone); a usual value, other values were not tried."""


class WordBayes:
    """Log-probabilities of entries, learnt from the ways each of them is asked."""

    def __init__(self, ways: Sequence[Sequence[Sequence[str]]]) -> None:
        """`ways`: for every entry, the stems of each text that asks for it."""
        counts = _counts(ways)
        self._weigh(WordHoldings.counted(counts), _sizes(counts))

    def changed(self, moves: Moves, came: Sequence[Sequence[Sequence[str]]]) -> "WordBayes":
        """The same of other entries, equal to one made anew; `came` are those that came."""
        counts = _counts(came)
        sizes = np.append(self._sizes, 0.0)[moves.sources()]
        sizes[moves.came] = _sizes(counts)
        bayes = WordBayes(())
        bayes._weigh(self._words.changed(moves, counts), sizes)
        return bayes

    def _weigh(self, words: WordHoldings, sizes: Floats) -> None:
        self._words, self._sizes = words, sizes
        self._unseen = -np.log(sizes + SMOOTHING * max(words.are_held(), 1))

    def log_p(self, question: Sequence[str]) -> Floats:
        """Of every entry, from the question's stems, shape (entries,).

        Natural logarithms that sum to one as probabilities.
        Terms that no entry uses say nothing; without known terms all entries are alike.
        """
        known = [held for term in _terms(question) if len((held := self._words.of(term))[0])]
        scores = len(known) * self._unseen
        for entries, counts in known:
            # By how much each of them gains over an entry that does not use the term.
            scores[entries] += np.log(counts / SMOOTHING + 1)
        if len(scores) == 0:
            return scores
        scores -= scores.max()
        return np.asarray(scores - np.log(np.exp(scores).sum()), dtype=np.float64)


def _terms(words: Sequence[str]) -> list[str]:
    return [*words, *(f"{one} {other}" for one, other in pairwise(words))]


def _counts(ways: Sequence[Sequence[Sequence[str]]]) -> list[Counter[str]]:
    return [Counter(term for way in of_entry for term in _terms(way)) for of_entry in ways]


def _sizes(counts: Sequence[Counter[str]]) -> Floats:
    return np.array([of_entry.total() for of_entry in counts], dtype=np.float64)
