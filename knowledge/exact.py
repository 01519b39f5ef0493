"""The exact scan: every vector compared, nothing approximated, nothing on disk.

It stands in for Chroma while that is down, being rebuilt or not worth having, and is the
measure of its answers. 10,000 vectors take 8 ms.
"""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.entries import Entry, Neighbour, Vector, Vectors
from knowledge.proof import Way, problems, ways_of


class ExactIndex:
    """The duck type of ChromaIndex, in memory. Safe to share between threads.

    Writers replace a shelf as a whole, so a search sees it before or after, never between.
    """

    def __init__(self) -> None:
        self._shelves: dict[str, _Scan] = {}
        self._writing = threading.Lock()

    def put(self, shelf: str, entries: Iterable[Entry], vectors: Mapping[str, Vector]) -> None:
        """Adds the entries; what was there of them before is gone, whatever they were asked as."""
        coming = list(entries)
        replaced = {entry.id for entry in coming}
        with self._writing:
            kept = [way for way in self._ways(shelf) if way.entry not in replaced]
            self._shelves[shelf] = _Scan.over(kept + ways_of(coming, vectors))

    def remove(self, shelf: str, entry_id: str) -> None:
        """Takes the entry out, with all its ways; nothing happens when it is not there."""
        with self._writing:
            kept = [way for way in self._ways(shelf) if way.entry != entry_id]
            self._shelves[shelf] = _Scan.over(kept)

    def search(self, shelf: str, vector: Vector, k: int = 50) -> list[Neighbour]:
        """The k ways nearest to the vector, best first; fewer when the shelf holds fewer."""
        scan = self._shelves.get(shelf)
        return scan.nearest(vector, k) if scan else []

    def rebuild(
        self,
        shelf: str,
        entries: Iterable[Entry],
        vectors: Mapping[str, Vector],
        step: Callable[[float], None] = lambda share: None,
    ) -> None:
        """The shelf now holds these entries and no others; `step` is told when it is done."""
        scan = _Scan.over(ways_of(entries, vectors))
        step(1.0)
        with self._writing:
            self._shelves[shelf] = scan

    def prove(
        self,
        shelf: str,
        entries: Iterable[Entry],
        vectors: Mapping[str, Vector],
        *,
        mending: bool = False,
    ) -> list[str]:
        """What is wrong, in words; empty when every way of every entry is found as itself.

        There is nothing to put again: a scan finds everything that it holds.
        """
        scan = self._shelves.get(shelf) or _Scan.over([])
        present = {way.id for way in scan.ways}
        found = problems(ways_of(entries, vectors), present, scan.first_of_each)
        return [problem.words for problem in found]

    def prove_changes(
        self,
        shelf: str,
        changed: Iterable[Entry],
        gone: Iterable[str],
        vectors: Mapping[str, Vector],
        *,
        mending: bool = False,
    ) -> list[str]:
        """What is wrong with these entries alone; empty too when nothing of `gone` is left."""
        coming, scan = list(changed), self._shelves.get(shelf) or _Scan.over([])
        looked_at = {*(entry.id for entry in coming), *gone}
        present = {way.id for way in scan.ways if way.entry in looked_at}
        found = problems(ways_of(coming, vectors), present, scan.first_of_each, alone=True)
        return [problem.words for problem in found]

    def close(self, *, trusted: bool = True) -> None:
        """Forgets everything, trusted or not."""
        self._shelves = {}

    def _ways(self, shelf: str) -> Sequence[Way]:
        scan = self._shelves.get(shelf)
        return scan.ways if scan else ()


@dataclass(frozen=True, slots=True)
class _Scan:
    ways: tuple[Way, ...]
    vectors: Vectors

    @classmethod
    def over(cls, ways: Sequence[Way]) -> "_Scan":
        return cls(tuple(ways), np.array([way.vector for way in ways], dtype=np.float32))

    def nearest(self, vector: Vector, k: int) -> list[Neighbour]:
        if not self.ways:
            return []
        cosines = self.vectors @ vector
        best = np.argpartition(-cosines, min(k, len(cosines)) - 1)[:k]
        return best_first(self._neighbour(at, float(cosines[at])) for at in best)

    def first_of_each(self, vectors: Vectors) -> list[Neighbour]:
        cosines = vectors @ self.vectors.T
        best = cosines.argmax(axis=1)
        return [self._neighbour(at, float(row[at])) for at, row in zip(best, cosines, strict=True)]

    def _neighbour(self, at: int, cosine: float) -> Neighbour:
        return Neighbour(self.ways[at].entry, self.ways[at].number, cosine)


def best_first(neighbours: Iterable[Neighbour]) -> list[Neighbour]:
    """In the order of every search result: nearest first, equals by entry and way."""
    return sorted(neighbours, key=lambda near: (-near.cosine, near.entry, near.way))
