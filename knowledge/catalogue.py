"""The ways of all entries laid side by side, ready to be scored against a question.

Layout: the ways of entry 0, of entry 1 and so on, then the counter-phrasings in the same order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from knowledge import evidence
from knowledge.bayes import WordBayes
from knowledge.entries import Entry, Neighbour, Vector, Vectors
from knowledge.holdings import Moves
from knowledge.lexical import CharIndex, Floats, Ints, WordIndex, stems
from knowledge.meaning import Meanings, stacked
from knowledge.ranking import ByMeaning, Scores, at_most, best_of_segments, side_by_side

ALSO_CONSIDERED = 10
"""Entries that characters and the head each add to the index's neighbours."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One question's scores, and its similarity to every way that was looked at."""

    scores: Scores
    similarities: Floats
    """Cosine with each of those ways: of meaning, or of characters in lexical mode."""


class Catalogue:
    """The texts of one shelf; immutable."""

    def __init__(
        self,
        entries: Sequence[Entry],
        vectors: Mapping[str, Vector],
        patient: bool = False,
        former: "tuple[Catalogue, Moves] | None" = None,
    ) -> None:
        """`former`: a catalogue that shares entries with this one, and how they move.

        It has the same vectors of them. What was counted there is taken over; the result is the
        same without it, to the last bit.
        """
        ways = [entry.ways() for entry in entries]
        counters = [entry.not_for for entry in entries]
        everyone = np.arange(len(entries))
        self.texts = [*chain.from_iterable(ways), *chain.from_iterable(counters)]
        self._counts = _lengths(ways)
        self._counter_counts = _lengths(counters)
        self._starts = np.concatenate(([0], np.cumsum(self._counts)))
        self._owners = np.repeat(everyone, self._counts)
        self._places = side_by_side(self._counts)
        self._everyone, self._every_row = everyone, np.arange(len(self._owners))
        self._counter_starts = np.cumsum([0, *map(len, counters)], dtype=np.int64).tolist()
        self._numbers = {entry.id: number for number, entry in enumerate(entries)}
        if former is None:
            self._count(ways)
            matrix = stacked(self.texts, vectors)
            learnt = self._owners, len(self._counts), patient
            self._meanings = None if matrix is None else Meanings(matrix, *learnt)
        else:
            self._take_over(*former, ways, vectors, patient)

    def _count(self, ways: Sequence[Sequence[str]]) -> None:
        # Apart from the ways, so that a counter-phrasing never changes what a way's words weigh.
        self._chars = CharIndex(self.texts[: len(self._owners)])
        self._counter_chars = CharIndex(self.texts[len(self._owners) :])
        words = _stems(ways)
        self._words = WordIndex([chain.from_iterable(of_entry) for of_entry in words])
        self._bayes = WordBayes(words)

    def _take_over(
        self,
        former: "Catalogue",
        moves: Moves,
        ways: Sequence[Sequence[str]],
        vectors: Mapping[str, Vector],
        patient: bool,
    ) -> None:
        of_ways = moves.of_segments(former._counts, self._counts)
        of_counters = moves.of_segments(former._counter_counts, self._counter_counts)
        every = of_ways.followed_by(of_counters)
        behind = len(self._owners)
        self._chars = former._chars.changed(of_ways, [self.texts[row] for row in of_ways.came])
        counters = [self.texts[behind + row] for row in of_counters.came]
        self._counter_chars = former._counter_chars.changed(of_counters, counters)
        words = _stems([ways[number] for number in moves.came])
        came = [chain.from_iterable(of_entry) for of_entry in words]
        self._words = former._words.changed(moves, came)
        self._bayes = former._bayes.changed(moves, words)
        self._meanings = former._meanings and former._meanings.changed(
            former._meanings.moved(every, self.texts, vectors),
            self._owners,
            (moves, of_ways),
            patient,
        )

    @property
    def has_vectors(self) -> bool:
        """Whether any of the texts has a vector."""
        return self._meanings is not None

    def scored(
        self, question: str, vector: Vector | None, neighbours: Sequence[Neighbour] | None
    ) -> Scored:
        """Scores of the candidates: all entries, or those near by when `neighbours` are given."""
        asked, chars = stems(question), self._chars.cosines(question)
        of_chars = best_of_segments(chars, self._counts, self._places)
        by_words = Scores(
            entries=self._everyone,
            nearest=of_chars.place,
            char=of_chars.best,
            char_top3=of_chars.top3,
            coverage=self._words.coverage(asked),
            words=self._bayes.log_p(asked),
        )
        if vector is None or self._meanings is None:
            return Scored(by_words, chars)
        return self._with_meaning(by_words, self._meanings, vector, neighbours)

    def evidence(self, question: str, scored: Scored, winner: int) -> dict[str, float]:
        """What the certainty model looks at; `winner` is a position among the candidates."""
        nearest = int(scored.scores.nearest[winner])
        return {
            **evidence.of_winner(question, self.texts[nearest], scored.scores, winner, self._words),
            **self._beside_its_ways(scored.scores, winner, nearest),
            "density": evidence.density(scored.similarities),
            "entries": float(np.log1p(len(self._counts))),
        }

    def nearness(self, entry: str, vectors: Vectors) -> Floats:
        """Of each row the cosine with the nearest way of the entry; zeros without vectors."""
        rows = self._rows(np.array([self._numbers[entry]]))
        if self._meanings is None:
            return np.zeros(len(vectors))
        return np.array([self._meanings.cosines(vector, rows).max() for vector in vectors])

    def reach(self, entry: str, vectors: Vectors) -> Floats:
        """Of each row the most that the entry can score, whatever its words and letters say.

        Raises KeyError for an entry that is not here, and ValueError without vectors.
        """
        if self._meanings is None:
            raise ValueError("Words alone are compared here.")
        number = self._numbers[entry]
        rows = self._rows(np.array([number]))
        dense, top3, log_p = self._meanings.reach(vectors, rows, number)
        return at_most(dense, top3, log_p)

    def nearest_counter(
        self, question: str, vector: Vector | None, number: int
    ) -> tuple[str, float] | None:
        """The entry's counter-phrasing nearest to the question and its similarity, if it has any.

        The similarity is comparable with the nearest way's: both of meaning or both of letters.
        """
        first, last = self._counter_starts[number : number + 2]
        if first == last:
            return None
        own = np.arange(first, last)
        if vector is None or self._meanings is None:
            similarities = self._counter_chars.cosines(question)[own]
        else:
            similarities = self._meanings.cosines(vector, len(self._owners) + own)
        best = int(np.argmax(similarities))
        return self.texts[len(self._owners) + own[best]], float(similarities[best])

    def _with_meaning(
        self,
        by_words: Scores,
        meanings: Meanings,
        vector: Vector,
        neighbours: Sequence[Neighbour] | None,
    ) -> Scored:
        log_p, fits = meanings.heads(vector)
        if neighbours is None:
            cosines = meanings.cosines(vector, self._every_row)
            near = best_of_segments(cosines, self._counts, self._places)
            of_all = ByMeaning(near.best, near.top3, log_p, fits)
            return Scored(replace(by_words, nearest=near.place, by_meaning=of_all), cosines)
        chosen = self._candidates(neighbours, by_words.char, log_p)
        rows = self._rows(chosen)
        cosines = meanings.cosines(vector, rows)
        near = best_of_segments(cosines, self._counts[chosen])
        by_meaning = ByMeaning(near.best, near.top3, log_p[chosen], fits[chosen])
        scores = by_words.of(chosen, rows[near.place], by_meaning)
        return Scored(scores, cosines)

    def _beside_its_ways(self, scores: Scores, winner: int, nearest: int) -> Mapping[str, float]:
        if self._meanings is None or scores.by_meaning is None:
            return {}
        entry = int(scores.entries[winner])
        first, last = int(self._starts[entry]), int(self._starts[entry + 1])
        kinship = self._meanings.kinship(first, last)
        return evidence.beside_its_ways(float(scores.similarity[winner]), kinship, nearest - first)

    def _candidates(self, neighbours: Sequence[Neighbour], chars: Floats, log_p: Floats) -> Ints:
        near = [self._numbers[near.entry] for near in neighbours if near.entry in self._numbers]
        also = (_highest(leg, ALSO_CONSIDERED) for leg in (chars, log_p))
        return np.unique(np.concatenate([np.array(near, dtype=np.int64), *also]))

    def _rows(self, candidates: Ints) -> Ints:
        """The numbers of the candidates' ways, segment by segment."""
        counts = self._counts[candidates]
        shifts = self._starts[candidates] - (np.cumsum(counts) - counts)
        return np.repeat(shifts, counts) + np.arange(int(counts.sum()))


def _lengths(texts: Sequence[Sequence[str]]) -> Ints:
    return np.array([len(of_entry) for of_entry in texts], dtype=np.int64)


def _stems(ways: Sequence[Sequence[str]]) -> list[list[list[str]]]:
    return [[stems(way) for way in of_entry] for of_entry in ways]


def _highest(values: Floats, count: int) -> Ints:
    """The positions of the highest values, in no order."""
    if len(values) <= count:
        return np.arange(len(values))
    return np.argpartition(-values, count)[:count]
