"""Chroma behind our own four verbs: put, remove, search, rebuild; and prove, which trusts none.

The index is a disposable copy: the vectors live in the database. Opening takes ownership of the
folder and lets a child process go first, because files that are broken enough kill whoever
opens them. In doubt the store is set aside and an empty one opened; `opened_fresh` and `reason`
then tell the owner to rebuild, and the exact scan stands in until that is done.
"""

import logging
import sys
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
from knowledge.proof import ITSELF, Problem, problems, ways_of

if TYPE_CHECKING:
    from knowledge.chroma import Client, Collection

__all__ = ["ChromaIndex", "IndexHeld", "IndexUnavailable"]

log = logging.getLogger(__name__)


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

    def remove(self, shelf: str, entry_id: str) -> None:
        """Takes the entry out, with all its ways; nothing happens when it is not there."""
        with self._writing, chroma.asking(self._lock):
            if shelf in self._shelves:
                collection = self._shelves[shelf]
                chroma.empty(collection, chroma.keys_of(collection, [entry_id]))

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
            self._shelves[shelf] = fresh
            if former:
                self._client.delete_collection(former.name)

    def prove(
        self,
        shelf: str,
        entries: Iterable[Entry],
        vectors: Mapping[str, Vector],
        *,
        mending: int = 0,
    ) -> list[str]:
        """What is wrong, in words; empty when every way of every entry is found as itself.

        Asks Chroma for each way by its own vector, so vectors lost behind a right count are
        noticed too. Half a second for 1,000 ways, three minutes for 80,000. Chroma failing is a
        problem like others here. `mending`: so many times, what is not found is put again.
        """
        coming = list(entries)
        expected = ways_of(coming, vectors)

        def look() -> list[Problem]:
            collection = self._shelves.get(shelf)
            present = set(collection.get(include=[])["ids"]) if collection else set()
            return problems(expected, present, lambda rows: self._first(shelf, rows))

        return self._mended(look, shelf, coming, vectors, mending)

    def prove_changes(
        self,
        shelf: str,
        changed: Iterable[Entry],
        gone: Iterable[str],
        vectors: Mapping[str, Vector],
        *,
        mending: int = 0,
    ) -> list[str]:
        """What is wrong with these entries alone; as quick for a large shelf as for a small one.

        Empty when exactly their ways are there, each finds itself, and nothing of `gone` is left.
        `mending` as for `prove`.
        """
        coming, left = list(changed), list(gone)
        expected = ways_of(coming, vectors)

        def look() -> list[Problem]:
            collection = self._shelves.get(shelf)
            looked_at = [*(entry.id for entry in coming), *left]
            present = set(chroma.keys_of(collection, looked_at)) if collection else set()
            return problems(expected, present, partial(self._first, shelf), alone=True)

        return self._mended(look, shelf, coming, vectors, mending)

    def _mended(
        self,
        look: Callable[[], list[Problem]],
        shelf: str,
        entries: Sequence[Entry],
        vectors: Mapping[str, Vector],
        times: int,
    ) -> list[str]:
        """What is wrong after those entries were put again in which something is, so many times.

        The graph is built way by way, and a lonely one may lose its last link to a later one.
        """
        try:
            with chroma.asking(self._lock):
                wrong = look()
            for _ in range(times):
                again = [entry for entry in entries if entry.id in {one.entry for one in wrong}]
                if not again:
                    break
                for entry in again:
                    self.remove(shelf, entry.id)
                self.put(shelf, again, vectors)
                with chroma.asking(self._lock):
                    wrong = look()
        except IndexUnavailable as trouble:
            return [str(trouble)]
        return [problem.words for problem in wrong]

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
                        shelf: {"collection": collection.name, "ways": collection.count()}
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
            return chroma.nearest(collection, rows, k)
        except Exception:
            # A rebuild may have taken the collection away while it was asked: ask its successor.
            if self._shelves.get(shelf) is collection:
                raise
            return self._nearest(shelf, rows, k)

    def _first(self, shelf: str, rows: Vectors) -> list[Neighbour]:
        return [found[0] for found in self._nearest(shelf, rows, 1)]


def _scouted(folder: Path) -> str:
    """Why the store cannot be opened and read; empty when a process of its own could."""
    scout = custody.send_scout(folder, "knowledge.index")
    chroma.library(folder)  # takes as long as the scout takes to start: let both happen at once
    return custody.report_of(scout)


def probe(folder: Path) -> str:
    """Reads everything in a sealed store. What is wrong with it, in words, or nothing at all;
    or the end of this process, which is what it is tried for.
    """
    with chroma.client_over(folder) as client:
        for shelf, known in custody.sealed_shelves(folder).items():
            collection = chroma.known_collection(client, known)
            if collection.count() != known["ways"] or not _is_readable(collection):
                return f"vectors of shelf {shelf} cannot be read"
    return ""


def _is_readable(collection: "Collection") -> bool:
    """Whether every vector is of unit length and the first ones of each portion are found."""
    for start in range(0, collection.count(), chroma.PORTION):
        page = collection.get(limit=chroma.PORTION, offset=start, include=["embeddings"])
        vectors = np.asarray(page["embeddings"], dtype=np.float32)
        if len(vectors) == 0 or not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3):
            return False
        if any(near[0].cosine < ITSELF for near in chroma.nearest(collection, vectors[:16], 1)):
            return False
    return True


if __name__ == "__main__":
    print(probe(Path(sys.argv[-1])))
