"""Several cheap scores per entry, and the one order they agree on.

Pure functions over arrays: one position per candidate entry, its ways in one contiguous segment.
No single score is trusted. The nearest way says "this was asked before", the three nearest say
"this is what people ask here", characters and words say "in the same words", and the linear head
says "rather this than any other".
"""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from knowledge.lexical import Floats, Ints

TOP3_WEIGHT = 0.5
CHAR_WEIGHT = 0.25
LOG_P_WEIGHT = 0.15
WORDS_WEIGHT = 0.01
"""Fixed weights of the ranking beside the nearest way's cosine, which counts 1.

The last one is small because naive Bayes is far too sure of itself. With ten phrasings it gains
0.4 (BANKING77) to 0.7 points (CLINC150), with five nothing; 0.005 to 0.1 were tried.
"""

MOST_SIDE_BY_SIDE = 4  # times as many places as there are values

LEXICAL_TOP3_WEIGHT = 0.5
LEXICAL_COVERAGE_WEIGHT = 0.5
LEXICAL_WORDS_WEIGHT = 0.02
"""Weights beside the nearest way's character cosine while there is no embedder."""


@dataclass(frozen=True, slots=True)
class ByMeaning:
    """The scores that need vectors; one value per candidate each."""

    dense: Floats
    """Cosine of the nearest way."""
    top3: Floats
    """Mean cosine of the three nearest ways."""
    log_p: Floats
    """Log-probability of the linear head."""
    fit: Floats
    """Cosine with the entry's mean, scatter evened out; only for certainty."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What speaks for each candidate entry; every array has one value per candidate."""

    entries: Ints
    """Numbers of the candidates on their shelf."""
    nearest: Ints
    """Number of each candidate's nearest way: by meaning, or by characters in lexical mode."""
    char: Floats
    char_top3: Floats
    coverage: Floats
    words: Floats
    """Log-probability by the words alone."""
    by_meaning: ByMeaning | None = None
    """None in lexical mode."""
    _summed: list[Floats] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def similarity(self) -> Floats:
        """To the nearest way: cosine of meaning, or of characters in lexical mode."""
        return self.char if self.by_meaning is None else self.by_meaning.dense

    def of(self, chosen: Ints, nearest: Ints, by_meaning: ByMeaning) -> "Scores":
        """The chosen candidates only, with their nearest ways by meaning."""
        return Scores(
            entries=self.entries[chosen],
            nearest=nearest,
            char=self.char[chosen],
            char_top3=self.char_top3[chosen],
            coverage=self.coverage[chosen],
            words=self.words[chosen],
            by_meaning=by_meaning,
        )

    def legs(self) -> dict[str, Floats]:
        """Every score by its name; those that need vectors only where there are any."""
        found = {
            "char": self.char,
            "char_top3": self.char_top3,
            "coverage": self.coverage,
            "words": self.words,
        }
        if self.by_meaning is not None:
            found |= {
                "dense": self.by_meaning.dense,
                "top3": self.by_meaning.top3,
                "log_p": self.by_meaning.log_p,
                "fit": self.by_meaning.fit,
            }
        return found

    def total(self) -> Floats:
        """The sum that ranks the candidates; comparable within one question only."""
        if not self._summed:  # ranking, matches and evidence each ask for it
            self._summed.append(self._total())
        return self._summed[0]

    def _total(self) -> Floats:
        if self.by_meaning is None:
            return (
                self.char
                + LEXICAL_TOP3_WEIGHT * self.char_top3
                + LEXICAL_COVERAGE_WEIGHT * self.coverage
                + LEXICAL_WORDS_WEIGHT * self.words
            )
        return (
            self.by_meaning.dense
            + TOP3_WEIGHT * self.by_meaning.top3
            + CHAR_WEIGHT * self.char
            + LOG_P_WEIGHT * self.by_meaning.log_p
            + WORDS_WEIGHT * self.words
        )


def at_most(dense: Floats, top3: Floats, log_p: Floats) -> Floats:
    """The most that `Scores.total` can be with these scores, whatever words and letters say."""
    return dense + TOP3_WEIGHT * top3 + CHAR_WEIGHT + LOG_P_WEIGHT * log_p


@dataclass(frozen=True, slots=True)
class Segments:
    """The best of each entry's ways."""

    best: Floats
    top3: Floats
    """Mean of the three best, or of all when there are fewer."""
    place: Ints
    """Position of the best way among all values."""


def side_by_side(counts: Ints) -> Ints | None:
    """The places of every segment in a row of its own, shape (segments, longest).

    Behind a short segment stands one place more than there are values. None where a few long
    segments would make that much larger than the segments are.
    """
    longest, values = int(counts.max(initial=0)), int(counts.sum())
    if len(counts) * longest > MOST_SIDE_BY_SIDE * max(values, 1):
        return None
    places = (np.cumsum(counts) - counts)[:, np.newaxis] + np.arange(longest)
    return np.where(np.arange(longest) < counts[:, np.newaxis], places, values)


def best_of_segments(values: Floats, counts: Ints, beside: Ints | None = None) -> Segments:
    """Best and mean of the three best per segment; `counts` are the segments' lengths, all > 0.

    `beside` is `side_by_side(counts)`, where somebody has it already: several times as quick.
    """
    if len(counts) == 0:
        return Segments(np.zeros(0), np.zeros(0), np.zeros(0, np.int64))
    if beside is not None:
        return _best_of_rows(np.append(values, -np.inf)[beside], counts, beside)
    starts, owners = np.cumsum(counts) - counts, np.repeat(np.arange(len(counts)), counts)
    left, total = values.astype(np.float64), np.zeros(len(counts))
    bests, places = [], []
    for taken in range(3):
        best = np.maximum.reduceat(left, starts)
        bests.append(best)
        places.append(_first_of_each(np.flatnonzero(left == best[owners]), owners))
        left[places[-1]] = -np.inf
        total += np.where(counts > taken, best, 0.0)
    return Segments(bests[0], total / np.minimum(counts, 3), places[0])


def _best_of_rows(rows: Floats, counts: Ints, places: Ints) -> Segments:
    """The same of segments that stand side by side; takes the best out of `rows` in turns."""
    everyone, total = np.arange(len(counts)), np.zeros(len(counts))
    first = at = rows.argmax(axis=1)
    best = best_of_all = rows[everyone, at]
    for taken in range(min(3, rows.shape[1])):
        if taken:
            rows[everyone, at] = -np.inf
            at = rows.argmax(axis=1)
            best = rows[everyone, at]
        total += np.where(counts > taken, best, 0.0)
    return Segments(best_of_all, total / np.minimum(counts, 3), places[everyone, first])


def _first_of_each(places: Ints, owners: Ints) -> Ints:
    """The first place of every segment, from ascending places of which each segment has some."""
    belongs = owners[places]
    return places[np.concatenate(([True], belongs[1:] != belongs[:-1]))]


def best_first(scores: Scores, most: int, certain: Collection[int] = ()) -> list[int]:
    """Positions of the best candidates, best first, at most `most`; ties keep the shelf's order.

    `certain` are numbers of entries that come before all others, whatever the scores say.
    """
    order = np.argsort(-scores.total(), kind="stable")
    ahead = np.isin(scores.entries[order], list(certain))
    ranked: list[int] = np.concatenate([order[ahead], order[~ahead]])[:most].tolist()
    return ranked
