"""Chroma behind our own four verbs: put, remove, search, rebuild; and prove, which trusts none.

The index is a disposable copy: the vectors live in the database. Opening takes ownership of the
folder and lets a child process go first, because files that are broken enough kill whoever
opens them. In doubt the store is set aside and an empty one opened; `opened_fresh` and `reason`
then tell the owner to rebuild, and the exact scan stands in until that is done.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import numpy as np

from knowledge import chroma, custody
from knowledge.custody import IndexHeld, IndexUnavailable
from knowledge.entries import Entry, Neighbour, Vector, Vectors
from knowledge.exact import best_first
from knowledge.lonely import Lonely
from knowledge.proof import Problem, Way, problems, ways_of

if TYPE_CHECKING:
    from knowledge.chroma import Client, Collection

__all__ = ["ChromaIndex", "IndexHeld", "IndexUnavailable"]

log = logging.getLogger(__name__)

FEW, FEW_OF = 8, 0.005  # ways, or this share of all, that may be looked at beside the graph


class ChromaIndex:
    """Shelves of ways on disk, one Chroma collection each. Safe to share between threads.

    Every verb raises IndexUnavailable when Chroma fails: search exactly, and rebuild.
    """

    def __init__(
        self, folder: Path, model: str, client: "Client", lock: TextIO, reason: str
    ) -> None:
        self.opened_fresh = bool(reason)
        self.reason = reason
        self.model = model
        self._folder = folder
        self._client = client
        self._lock = lock
        self._shelves: dict[str, Collection] = {}
        self._lonely: dict[str, Lonely] = {}
        self._writing = threading.Lock()

    @classmethod
    def open(cls, folder: Path, model: str) -> "ChromaIndex":
        """The index in this folder, for vectors of this model; this process owns it from here on.

        When the store there cannot be trusted an empty one takes its place and `opened_fresh`
        is true. Raises IndexUnavailable when another process owns the folder or Chroma fails.
        """
        folder.mkdir(parents=True, exist_ok=True)
        lock = custody.own(folder)
        try:
            return cls._opened(folder.resolve(), model, lock)
        except BaseException:
            lock.close()
            raise

    @classmethod
    def _opened(cls, folder: Path, model: str, lock: TextIO) -> "ChromaIndex":
        with chroma.asking(lock):
            reason = custody.doubt(folder, model) or _scouted(folder)
            shelves = {} if reason else custody.sealed_shelves(folder)
            custody.break_seal(folder)
            if reason:
                custody.set_aside(folder)
            index = cls(folder, model, chroma.client_over(folder), lock, reason)
            for shelf, known in shelves.items():
                index._shelves[shelf] = chroma.known_collection(index._client, known)
                ways = chroma.ways_with(index._shelves[shelf], known.get("lonely", ()))
                index._lonely[shelf] = Lonely().with_(ways)
            return index

    def put(self, shelf: str, entries: Iterable[Entry], vectors: Mapping[str, Vector]) -> None:
        """Adds the entries; what was there of them before is gone, whatever they were asked as.

        Raises KeyError when a way of an entry has no vector; then nothing is changed.
        """
        coming = list(entries)
        ways = ways_of(coming, vectors)
        with self._writing, chroma.asking(self._lock):
            collection = self._shelves.get(shelf) or self._new(shelf)
            stale = set(chroma.keys_of(collection, [entry.id for entry in coming]))
            chroma.fill(collection, ways)
            chroma.empty(collection, stale - {way.id for way in ways})
            self._shelves[shelf] = collection
            self._forget(shelf, [entry.id for entry in coming])

    def remove(self, shelf: str, entry_id: str) -> None:
        """Takes the entry out, with all its ways; nothing happens when it is not there."""
        with self._writing, chroma.asking(self._lock):
            if shelf in self._shelves:
                collection = self._shelves[shelf]
                chroma.empty(collection, chroma.keys_of(collection, [entry_id]))
                self._forget(shelf, [entry_id])

    def _forget(self, shelf: str, entries: Sequence[str]) -> None:
        self._lonely[shelf] = self._lonely.get(shelf, Lonely()).without(entries)

    def search(self, shelf: str, vector: Vector, k: int = 50) -> list[Neighbour]:
        """The k ways nearest to the vector, best first; fewer when the shelf holds fewer."""
        with chroma.asking(self._lock):
            return best_first(self._nearest(shelf, vector[np.newaxis], k)[0])

    def rebuild(
        self,
        shelf: str,
        entries: Iterable[Entry],
        vectors: Mapping[str, Vector],
        step: Callable[[float], None] = lambda share: None,
    ) -> None:
        """The shelf now holds these entries and no others; until then it answers as before.

        `step` is told again and again what share of the ways is in, 0 to 1.
        """
        ways = ways_of(entries, vectors)
        with self._writing, chroma.asking(self._lock):
            fresh = self._new(shelf)
            try:
                chroma.fill(fresh, ways, step)
            except BaseException:
                self._client.delete_collection(fresh.name)
                raise
            former = self._shelves.get(shelf)
            self._lonely[shelf] = Lonely()
            self._shelves[shelf] = fresh
            if former:
                self._client.delete_collection(former.name)

    def prove(
        self,
        shelf: str,
        entries: Iterable[Entry],
        vectors: Mapping[str, Vector],
        *,
        mending: bool = False,
    ) -> list[str]:
        """What is wrong, in words; empty when every way of every entry is found as itself.

        Asks Chroma for each way by its own vector, so vectors lost behind a right count are
        noticed too. Half a second for 1,000 ways, three minutes for 80,000. Chroma failing is a
        problem like others here. With `mending`, right after the shelf was built: the few ways to
        which no path leads are looked at beside the graph from now on.
        """
        expected = ways_of(entries, vectors)

        def look() -> list[Problem]:
            collection = self._shelves.get(shelf)
            present = set(collection.get(include=[])["ids"]) if collection else set()
            return problems(expected, present, partial(self._first, shelf))

        return self._proven(look, shelf, mending=mending)

    def prove_changes(
        self,
        shelf: str,
        changed: Iterable[Entry],
        gone: Iterable[str],
        vectors: Mapping[str, Vector],
        *,
        mending: bool = False,
    ) -> list[str]:
        """What is wrong with these entries alone; as quick for a large shelf as for a small one.

        Empty when exactly their ways are there, each finds itself, and nothing of `gone` is left.
        `mending`, right after they were put, as for `prove`.
        """
        coming, left = list(changed), list(gone)
        expected = ways_of(coming, vectors)

        def look() -> list[Problem]:
            collection = self._shelves.get(shelf)
            looked_at = [*(entry.id for entry in coming), *left]
            present = set(chroma.keys_of(collection, looked_at)) if collection else set()
            return problems(expected, present, partial(self._first, shelf), alone=True)

        return self._proven(look, shelf, mending=mending)

    def _proven(self, look: Callable[[], list[Problem]], shelf: str, *, mending: bool) -> list[str]:
        try:
            with chroma.asking(self._lock):
                wrong = look()
                lonely = [problem.lonely for problem in wrong if problem.lonely]
                if mending and lonely and self._keeps_beside(shelf, lonely):
                    first = partial(self._first, shelf)
                    wrong = [problem for problem in wrong if not problem.lonely]
                    wrong += problems(lonely, {way.id for way in lonely}, first, alone=True)
                return [problem.words for problem in wrong]
        except IndexUnavailable as trouble:
            return [str(trouble)]

    def _keeps_beside(self, shelf: str, lonely: Sequence[Way]) -> bool:
        """Whether they are few enough to be looked at beside the graph; then they are."""
        with self._writing:
            all_of_them = self._lonely.get(shelf, Lonely()).with_(lonely)
            if len(all_of_them.ways) > max(FEW, FEW_OF * self._shelves[shelf].count()):
                return False
            self._lonely[shelf] = all_of_them
            return True

    def close(self, *, trusted: bool = True) -> None:
        """Seals the store and gives up the folder; closing again does nothing.

        Without `trusted` it gets no seal, and so is set aside at the next opening; nor does a
        store that Chroma cannot even close.
        """
        with self._writing:
            if self._lock.closed:
                return
            try:
                with self._lock, chroma.asking(self._lock):
                    shelves = {
                        shelf: {
                            "collection": collection.name,
                            "ways": collection.count(),
                            "lonely": sorted(self._lonely.get(shelf, Lonely()).ways),
                        }
                        for shelf, collection in self._shelves.items()
                    }
                    self._client.close()
                    if trusted:
                        custody.seal(self._folder, self.model, shelves)
            except IndexUnavailable as trouble:
                log.warning("The index was left without a seal: %s", trouble)

    def _new(self, shelf: str) -> "Collection":
        return self._client.create_collection(
            chroma.named(shelf, self.model),
            embedding_function=None,  # vectors are always passed; Chroma's own would download
            configuration={"hnsw": chroma.GRAPH},
        )

    def _nearest(self, shelf: str, rows: Vectors, k: int) -> list[list[Neighbour]]:
        """For each row its k nearest ways."""
        collection = self._shelves.get(shelf)
        if collection is None:
            return [[] for _ in rows]
        try:
            found = chroma.nearest(collection, rows, k)
            return self._lonely.get(shelf, Lonely()).beside(found, rows, k)
        except Exception:
            # A rebuild may have taken the collection away while it was asked: ask its successor.
            if self._shelves.get(shelf) is collection:
                raise
            return self._nearest(shelf, rows, k)

    def _first(self, shelf: str, rows: Vectors) -> list[Neighbour]:
        return [found[0] for found in self._nearest(shelf, rows, 1)]


def _scouted(folder: Path) -> str:
    """Why the store cannot be opened and read; empty when a process of its own could."""
    scout = custody.send_scout(folder, "knowledge.scouting")
    chroma.library(folder)  # takes as long as the scout takes to start: let both happen at once
    return custody.report_of(scout)
