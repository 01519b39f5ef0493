"""One launch's live entries, compiled: a question goes in, ranked matches and a certainty come out.

A shelf never changes; when an entry is approved or recalled, a new one is compiled, which takes
over from the one before what concerns the entries that stay. It holds no text that may be sent: it
names entries, and the database decides what is live.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from itertools import chain

import numpy as np

from knowledge import certainty
from knowledge.catalogue import Catalogue, Scored
from knowledge.entries import Entry, Finding, Match, Neighbour, Vector, Vectors
from knowledge.holdings import Moves, moves
from knowledge.lexical import Floats
from knowledge.normalise import fingerprint, fingerprint_of_normalised, normalised
from knowledge.ranking import best_first
from knowledge.spelling import Speller

MOST_MATCHES = 10
AT_ONCE = 1_000  # questions looked at together; their scores of 1,000 entries take 8 MB
COUNTER_MARGIN = 0.0
"""Similarity by which a counter-phrasing must be nearer than the nearest way; a tie objects.

On the tuning half of the hard questions 0 objects to 13 of 75 near misses and to 1 of 44 right
winners; at -0.06 it would be 25 and 6, at +0.05 3 and 0.
"""


class Shelf:
    """Scores questions against one launch's entries, with or without vectors."""

    def __init__(
        self,
        entries: Sequence[Entry],
        vectors: Mapping[str, Vector],
        patient: bool = False,
        approved: Sequence[Entry] | None = None,
        former: "Shelf | None" = None,
    ) -> None:
        """`vectors`: unit vector of every way and counter-phrasing; {} compiles words only.

        A text without a vector is still found by its words. A `patient` shelf learns its linear
        head properly even when that takes seconds, as it does beyond some 1,500 ways. `approved`
        are the entries without what was learnt, where `entries` have such ways: customers' words
        are found, but teach no spelling. `former` is a shelf with vectors of the same embedder,
        from which as much is taken over as possible; this one answers the same without it.
        """
        self.entries = tuple(entries)
        self.is_taken_over = False
        """Whether what stayed as it was had not to be counted again."""
        self._approved = self.entries if approved is None else tuple(approved)
        self._ids = tuple(entry.id for entry in entries)
        texts = set(_texts(self.entries))
        self._without_vector = texts - vectors.keys()
        has_vectors = len(self._without_vector) < len(texts)
        moved = former and former._moves(self.entries, has_vectors, self._without_vector)
        spelling = former and moves(former._approved, self._approved)
        if former and moved and spelling and _is_worth_it(moved):
            self._take_over(former, moved, spelling, vectors, patient)
        else:
            self._compile(vectors, patient)
        self._numbers = {entry.id: number for number, entry in enumerate(entries)}

    def _compile(self, vectors: Mapping[str, Vector], patient: bool) -> None:
        self._catalogue = Catalogue(self.entries, vectors, patient)
        self._speller = Speller(way for entry in self._approved for way in entry.ways())
        self._asked_as: dict[str, frozenset[str]] = {}
        self._not_for: dict[tuple[str, str], str] = {}
        for entry in self.entries:
            self._note(entry)

    def _take_over(
        self,
        former: "Shelf",
        moved: Moves,
        spelling: Moves,
        vectors: Mapping[str, Vector],
        patient: bool,
    ) -> None:
        self.is_taken_over = True
        self._catalogue = Catalogue(self.entries, vectors, patient, (former._catalogue, moved))
        gone = [former._approved[at] for at in np.flatnonzero(spelling.now < 0)]
        came = [self._approved[at] for at in spelling.came]
        self._speller = former._speller.changed(*map(_ways, (gone, came)))
        self._asked_as, self._not_for = former._asked_as.copy(), former._not_for.copy()
        for at in np.flatnonzero(moved.now < 0):
            self._forget(former.entries[at])
        for at in moved.came:
            self._note(self.entries[at])

    def _note(self, entry: Entry) -> None:
        for words in {fingerprint(way) for way in entry.ways()} - {""}:
            self._asked_as[words] = self._asked_as.get(words, frozenset()) | {entry.id}
        for text in entry.not_for:
            self._not_for[entry.id, fingerprint(text)] = text

    def _forget(self, entry: Entry) -> None:
        for words in {fingerprint(way) for way in entry.ways()} - {""}:
            left = self._asked_as.pop(words) - {entry.id}
            if left:
                self._asked_as[words] = left
        for text in entry.not_for:
            self._not_for.pop((entry.id, fingerprint(text)), None)

    def _moves(
        self, entries: Sequence[Entry], has_vectors: bool, without_vector: Set[str]
    ) -> Moves | None:
        """How the entries here become these; None when nothing can be taken over."""
        if not self.entries or not entries or self._catalogue.has_vectors != has_vectors:
            return None
        # What got its vector since, or lost it, is another text as far as meaning goes.
        return moves(self.entries, entries, self._without_vector ^ without_vector)

    def owners(self, words: str) -> frozenset[str]:
        """The ids of the entries that are asked in these words, given as their fingerprint."""
        return self._asked_as.get(words, frozenset())

    def repaired(self, question: str) -> str:
        """The question normalised and with its typing errors mended: the text to embed."""
        return self._speller.repaired(normalised(question))

    def nearness(self, entry: str, vectors: Vectors) -> Floats:
        """Of each row the cosine with the entry's nearest way, shape (rows,); 0 without vectors.

        Raises KeyError for an entry that is not here.
        """
        return self._catalogue.nearness(entry, vectors)

    def reach(self, entries: Collection[str], vectors: Vectors) -> Floats | None:
        """Of each row the most that any of these entries can score, shape (rows,).

        Those that are not here score nothing. None on a shelf without vectors.
        """
        if not self._catalogue.has_vectors:
            return None
        there = [entry for entry in entries if entry in self._numbers]
        each = [
            np.concatenate([self._catalogue.reach(entry, some) for some in _portions(vectors)])
            for entry in there
        ]
        return np.max(each, axis=0) if each else np.full(len(vectors), -np.inf)

    def find(
        self,
        question: str,
        vector: Vector | None,
        neighbours: Sequence[Neighbour] | None = None,
    ) -> Finding:
        """The best matches for a question and how certain the first of them is.

        `vector` is that of `repaired(question)`; None, or a shelf without vectors, means lexical
        mode. `neighbours` are the index's; None means an exact scan.
        """
        asked = normalised(question)
        repaired = self._speller.repaired(asked)
        meant = vector if self._catalogue.has_vectors else None
        via = "lexical" if meant is None else ("exact" if neighbours is None else "chroma")
        if not self._ids:
            return Finding(asked, (), 0.0, 0.0, False, via)
        scored = self._catalogue.scored(repaired, meant, neighbours)
        words = fingerprint_of_normalised(asked)
        owners = self.owners(words)
        same = frozenset(self._numbers[one] for one in owners)
        # What the entry is said not to answer is no repeat, even in approved words.
        exact = len(same) == 1 and not any((one, words) in self._not_for for one in owners)
        order = best_first(scored.scores, MOST_MATCHES, same if exact else frozenset())
        # An index may not have proposed whose words these are; then they speak for nobody else.
        exact = exact and int(scored.scores.entries[order[0]]) in same
        matches = self._matches(asked, repaired, meant, scored, order)
        sure = certainty.of(repaired, matches[0].features)
        among = certainty.among(repaired, matches[0].features, sure)
        sure, among = (1.0, 1.0) if exact else (sure, among)
        if matches[0].counter is not None:
            sure = min(sure, certainty.WITH_COUNTER)
        return Finding(asked, matches, sure, among, exact, via)

    def _matches(
        self, asked: str, question: str, meant: Vector | None, scored: Scored, order: Sequence[int]
    ) -> tuple[Match, ...]:
        legs, totals = scored.scores.legs(), scored.scores.total()
        evidence = self._catalogue.evidence(question, scored, order[0])
        words = fingerprint_of_normalised(asked)
        of_each = np.stack(list(legs.values()))[:, order].T.tolist()
        features = [dict(zip(legs, values, strict=True)) for values in of_each]
        features[0] = evidence
        return tuple(
            Match(
                entry=self._ids[scored.scores.entries[at]],
                score=float(totals[at]),
                nearest=self._catalogue.texts[scored.scores.nearest[at]],
                cosine=float(scored.scores.similarity[at]),
                features=found,
                counter=self._counter(asked, words, meant, scored, at),
            )
            for at, found in zip(order, features, strict=True)
        )

    def _counter(
        self, asked: str, words: str, vector: Vector | None, scored: Scored, at: int
    ) -> str | None:
        """A candidate's counter-phrasing that the question is nearer to than to its ways."""
        number = int(scored.scores.entries[at])
        same = self._not_for.get((self._ids[number], words))
        if same is not None:
            return same
        found = self._catalogue.nearest_counter(asked, vector, number)
        if found is None:
            return None
        text, similarity = found
        nearer = similarity >= float(scored.scores.similarity[at]) + COUNTER_MARGIN
        return text if nearer else None


def _portions(vectors: Vectors) -> Iterator[Vectors]:
    return (vectors[at : at + AT_ONCE] for at in range(0, len(vectors), AT_ONCE))


def _texts(entries: Sequence[Entry]) -> Iterator[str]:
    return chain.from_iterable((*entry.ways(), *entry.not_for) for entry in entries)


def _ways(entries: Sequence[Entry]) -> Iterator[str]:
    return chain.from_iterable(entry.ways() for entry in entries)


def _is_worth_it(moved: Moves) -> bool:
    """Whether most entries stay; otherwise counting anew is as quick."""
    return 2 * len(moved.came) <= moved.count
