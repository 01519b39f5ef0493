"""The keyword leg: which texts share words and pieces of words with a question.

Two views. Character 2-4-grams inside words forgive inflection and typing errors; whole words,
weighted by how rare they are on the shelf, tell how much of a question an entry speaks about.
Grams are whole numbers (up to four 16-bit characters in 64 bits), so a shelf is compiled and
searched with numpy alone, without a Python loop over its texts' grams.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from knowledge.holdings import Counts, Holdings, Moves, WordHoldings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_FUNCTION_WORDS = """
a about after all also am an and any are as at be because been before being but by can could did do
does doing don dont for from get got had has have having he her here him his how i if im in into is
isnt it its just ive let like ll may me might more most much must my need no not now of off on one
only or our out over please re s she should so some still such t than that the their them then there
these they this those to too under up us ve very want was we were what whats when where which while
who why will with would yes yet you your
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
"""English words that carry grammar rather than a subject."""

_WORD = re.compile(r"[^\W_]+(?:[.,:/-](?=\d)[^\W_]+)*")
_FUNCTION_WEIGHT = 0.15  # of a content word that is as rare; they matter, but a little
AT_ONCE = 200_000  # places that hold a question's terms, up to which they are taken together
_SPACE = ord(" ")


def tokens(text: str) -> list[str]:
    """The words of a text, lower case, in order; apostrophes close up, "4.1" is one word."""
    return _WORD.findall(text.lower().replace("'", "").replace("’", ""))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without the commonest English endings; words with digits are left alone."""
    if len(word) < 4 or not word.isalpha() or word in FUNCTION_WORDS:
        return word
    for ending, kept in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return _undoubled(word[: -len(ending)] + kept)
    return _undoubled(word[:-1] if word[-1] == "s" and word[-2] not in "su" else word)


def stems(text: str) -> list[str]:
    """The stemmed words of a text, in order."""
    return [stem(word) for word in tokens(text)]


def _undoubled(word: str) -> str:
    word = word.removesuffix("e") if len(word) > 4 else word
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl" else word


@dataclass(frozen=True, slots=True)
class Postings:
    """Which rows hold a term and with what weight: one slice of `rows` and `weights` per term."""

    terms: Ints
    """Sorted and unique; the position is the term's number."""
    starts: Ints
    """One more than there are terms: term t owns starts[t]:starts[t + 1]."""
    rows: Ints
    weights: Floats
    count: int
    """Rows altogether."""

    def scores(self, terms: Ints, weights: Floats) -> Floats:
        """The weighted sum per row, shape (count,); terms nobody holds add nothing."""
        at = np.searchsorted(self.terms, terms)
        held = (at < len(self.terms)) & (self.terms[np.minimum(at, len(self.terms) - 1)] == terms)
        own, weighed = at[held], weights[held]
        starts = self.starts[own]
        lengths = self.starts[own + 1] - starts
        ends = np.cumsum(lengths)
        altogether = int(ends[-1]) if len(ends) else 0
        if altogether > AT_ONCE:
            return self._one_by_one(own, weighed)
        places = np.repeat(starts - (ends - lengths), lengths) + np.arange(altogether)
        parts = np.repeat(weighed, lengths) * self.weights[places]
        return np.asarray(np.bincount(self.rows[places], parts, self.count), dtype=np.float64)

    def _one_by_one(self, own: Ints, weights: Floats) -> Floats:
        """The same sums to the last bit, where no array may grow with what is common."""
        sums = np.zeros(self.count)
        for term, weight in zip(own.tolist(), weights.tolist(), strict=True):
            held = slice(self.starts[term], self.starts[term + 1])
            sums[self.rows[held]] += weight * self.weights[held]
        return sums


class CharIndex:
    """Character 2-4-gram tf-idf over texts; cosine with each, 0 to 1."""

    def __init__(self, texts: Sequence[str]) -> None:
        grams, rows, counts = _counted(*_grams_of(texts))
        terms, first = np.unique(grams, return_index=True)
        starts = np.append(first, len(grams)).astype(np.int64)
        self._weigh(terms, Holdings(starts, rows, counts), len(texts))

    def changed(self, moves: Moves, came: Sequence[str]) -> "CharIndex":
        """The index of other texts, equal to one made anew; `came` are those of `moves.came`."""
        grams, rows, counts = _counted(*_grams_of(came))
        known = self._postings.terms
        new = np.setdiff1d(grams, known)
        places = np.searchsorted(known, new)
        terms = np.insert(known, places, new)
        held = self._held.moved(moves).with_terms(places)
        held = held.with_rows(np.searchsorted(terms, grams), moves.came[rows], counts)
        is_held = held.holders > 0
        starts = np.append(held.starts[:-1][is_held], held.starts[-1])
        index = CharIndex(())
        index._weigh(terms[is_held], Holdings(starts, held.rows, held.counts), moves.count)
        return index

    def _weigh(self, terms: Ints, held: Holdings, texts: int) -> None:
        rows, holders = held.rows, held.holders
        self._held = held
        self._idf = np.log((1 + texts) / (1 + holders)) + 1
        weights = _weight_of(held.counts) * np.repeat(self._idf, holders)
        norms = np.sqrt(np.bincount(rows, weights**2, minlength=texts))
        weights /= np.maximum(norms, 1e-9)[rows]
        self._postings = Postings(terms, held.starts, rows, weights, texts)
        self._rarest = float(np.log(1 + texts) + 1)

    def cosines(self, question: str) -> Floats:
        """The cosine of the question with every text, shape (texts,)."""
        grams = _grams_in(question)
        if len(grams) == 0 or len(self._postings.terms) == 0:
            return np.zeros(self._postings.count)
        terms, counts = np.unique(grams, return_counts=True)
        at = np.minimum(np.searchsorted(self._postings.terms, terms), len(self._postings.terms) - 1)
        known = self._postings.terms[at] == terms
        # A gram nobody holds still counts in the question's length: strange words lower cosines.
        weights = (1 + np.log(counts)) * np.where(known, self._idf[at], self._rarest)
        return self._postings.scores(terms, weights / np.linalg.norm(weights))


def _weight_of(counts: Counts) -> Floats:
    """What so many occurrences in one text count; looked up, for there are few different ones."""
    return np.asarray((1 + np.log(np.arange(1, counts.max(initial=1) + 1)))[counts - 1])


def _counted(grams: Ints, rows: Ints) -> tuple[Ints, Ints, Counts]:
    """Every (gram, row) once, by gram and then row, with how often it occurs."""
    order = np.lexsort((rows, grams))
    grams, rows = grams[order], rows[order]
    new = np.ones(len(grams), dtype=bool)
    new[1:] = (np.diff(grams) != 0) | (np.diff(rows) != 0)
    at = np.flatnonzero(new)
    return grams[at], rows[at], np.diff(np.append(at, len(grams))).astype(np.int32)


def _grams_of(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """Every 2-, 3- and 4-gram within word boundaries, and the row of the text it is from."""
    padded = [f"  {' '.join(tokens(text))}  " for text in texts]
    lengths = np.array([len(text) for text in padded], dtype=np.int64)
    letters = np.frombuffer("".join(padded).encode("utf-32-le"), dtype=np.uint32)
    codes = (letters & 0xFFFF).astype(np.int64)
    rows = np.repeat(np.arange(len(texts)), lengths)
    found = [_windows(codes, rows, size) for size in (2, 3, 4)]
    grams = np.concatenate([gram for gram, _ in found]) if found else np.zeros(0, np.int64)
    return grams, np.concatenate([row for _, row in found])


def _grams_in(text: str) -> Ints:
    """The same grams of one text alone, in the same order."""
    padded = f"  {' '.join(tokens(text))}  "
    codes = (np.frombuffer(padded.encode("utf-32-le"), dtype=np.uint32) & 0xFFFF).astype(np.int64)
    pairs = (codes[:-1] << 16) | codes[1:]
    triples = (pairs[:-1] << 16) | codes[2:]
    fours = (triples[:-1] << 16) | codes[3:]
    inner = codes != _SPACE
    of_pairs = inner[:-1] | inner[1:]
    of_triples = inner[1:-1] & (inner[:-2] | inner[2:])
    of_fours = inner[1:-2] & inner[2:-1] & (inner[:-3] | inner[3:])
    return np.concatenate([pairs[of_pairs], triples[of_triples], fours[of_fours]])


def _windows(codes: Ints, rows: Ints, size: int) -> tuple[Ints, Ints]:
    count = max(len(codes) - size + 1, 0)
    gram = np.zeros(count, dtype=np.int64)
    inside = np.ones(count, dtype=bool)
    for step in range(size):
        part = codes[step : step + count]
        gram = (gram << 16) | part
        if 0 < step < size - 1:
            inside &= part != _SPACE
    # A window may begin or end with a space (a word's edge) but never span one, nor two texts.
    inside &= rows[:count] == rows[size - 1 : size - 1 + count]
    inside &= (codes[:count] != _SPACE) | (codes[size - 1 : size - 1 + count] != _SPACE)
    return gram[inside], rows[:count][inside]


class WordIndex:
    """How much of a question an entry speaks about, by words weighted with their rarity."""

    def __init__(self, documents: Sequence[Iterable[str]]) -> None:
        """`documents`: the stemmed words of each entry."""
        self._words = WordHoldings.counted([dict.fromkeys(words, 1) for words in documents])
        self._count = len(documents)
        self._weights: dict[str, float] = {}  # of words in use; the same for every question

    def changed(self, moves: Moves, came: Sequence[Iterable[str]]) -> "WordIndex":
        """The index of other entries, equal to one made anew; `came` are those that came."""
        index = WordIndex(())
        index._words = self._words.changed(moves, [dict.fromkeys(words, 1) for words in came])
        index._count = moves.count
        return index

    def knows(self, word: str) -> bool:
        """Whether any entry uses the stemmed word."""
        return word in self._weights or len(self._words.of(word)[0]) > 0

    def weight(self, word: str) -> float:
        """How much the stemmed word says; a word that no entry uses says most."""
        weight = self._weights.get(word)
        if weight is None:
            weight = self._weight(word, held := len(self._words.of(word)[0]))
            if held:  # what customers write beside is no end of words
                self._weights[word] = weight
        return weight

    def _weight(self, word: str, held: int) -> float:
        rarity = math.log((self._count + 2) / (held + 0.5))
        return rarity * (_FUNCTION_WEIGHT if word in FUNCTION_WORDS else 1.0)

    def coverage(self, words: Iterable[str]) -> Floats:
        """The weighted share of the question's words that each entry uses, shape (entries,)."""
        covered = np.zeros(self._count)
        total = 0.0
        for word in set(words):
            weight = self.weight(word)
            total += weight
            covered[self._words.of(word)[0]] += weight
        return covered / total if total > 0 else covered

    def unknown_share(self, words: Iterable[str]) -> float:
        """The weighted share of the question's words that no entry uses; 1 without words."""
        weights = {word: self.weight(word) for word in set(words)}
        total = sum(weights.values())
        unknown = sum(weight for word, weight in weights.items() if not self.knows(word))
        return unknown / total if total > 0 else 1.0
