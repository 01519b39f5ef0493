"""Chroma behind our own four verbs: put, remove, search, rebuild; and prove, which trusts none.

The index is a disposable copy: the vectors live in the database. Opening takes ownership of the
folder and lets a child process go first, because files that are broken enough kill whoever
opens them. In doubt the store is set aside and an empty one opened; `opened_fresh` and `reason`
then tell the owner to rebuild, and the exact scan stands in until that is done.
"""

import contextlib
import hashlib
import logging
import secrets
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar, cast

import numpy as np

from knowledge import custody
from knowledge.custody import IndexUnavailable
from knowledge.entries import Entry, Neighbour, Vector, Vectors
from knowledge.exact import best_first
from knowledge.proof import ITSELF, Way, owner, problems, ways_of

if TYPE_CHECKING:
    from chromadb import Where
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

__all__ = ["ChromaIndex", "IndexUnavailable"]

PORTION = 2_000  # ways written or read at once; Chroma takes at most 5,461
EF_SEARCH = 200  # 99.8 % of the exact 50 nearest of 10,000 clustered vectors; default 100: 99.5

log = logging.getLogger(__name__)
Thing = TypeVar("Thing")


class ChromaIndex:
    """Shelves of ways on disk, one Chroma collection each. Safe to share between threads.

    Every verb raises IndexUnavailable when Chroma fails: search exactly, and rebuild.
    """

    def __init__(
        self, folder: Path, model: str, client: "Client", lock: TextIO, reason: str
    ) -> None:
        self.opened_fresh = bool(reason)
        self.reason = reason
        self._folder = folder
        self._model = model
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
        with _asking_chroma(lock):
            reason = custody.doubt(folder, model) or _scouted(folder)
            shelves = {} if reason else custody.sealed_shelves(folder)
            custody.break_seal(folder)
            if reason:
                custody.set_aside(folder)
            index = cls(folder, model, _client(folder), lock, reason)
            for shelf, known in shelves.items():
                index._shelves[shelf] = _collection(index._client, known)
            return index

    def put(self, shelf: str, entries: Iterable[Entry], vectors: Mapping[str, Vector]) -> None:
        """Adds the entries; what was there of them before is gone, whatever they were asked as.

        Raises KeyError when a way of an entry has no vector; then nothing is changed.
        """
        coming = list(entries)
        ways = ways_of(coming, vectors)
        with self._writing, _asking_chroma(self._lock):
            collection = self._shelves.get(shelf) or self._new(shelf)
            stale = set(_ids(collection, [entry.id for entry in coming]))
            _fill(collection, ways)
            _empty(collection, stale - {way.id for way in ways})
            self._shelves[shelf] = collection

    def remove(self, shelf: str, entry_id: str) -> None:
        """Takes the entry out, with all its ways; nothing happens when it is not there."""
        with self._writing, _asking_chroma(self._lock):
            if shelf in self._shelves:
                collection = self._shelves[shelf]
                _empty(collection, _ids(collection, [entry_id]))

    def search(self, shelf: str, vector: Vector, k: int = 50) -> list[Neighbour]:
        """The k ways nearest to the vector, best first; fewer when the shelf holds fewer."""
        with _asking_chroma(self._lock):
            return best_first(self._nearest(shelf, vector[np.newaxis], k)[0])

    def rebuild(self, shelf: str, entries: Iterable[Entry], vectors: Mapping[str, Vector]) -> None:
        """The shelf now holds these entries and no others; until then it answers as before."""
        ways = ways_of(entries, vectors)
        with self._writing, _asking_chroma(self._lock):
            fresh = self._new(shelf)
            try:
                _fill(fresh, ways)
            except BaseException:
                self._client.delete_collection(fresh.name)
                raise
            former = self._shelves.get(shelf)
            self._shelves[shelf] = fresh
            if former:
                self._client.delete_collection(former.name)

    def prove(
        self, shelf: str, entries: Iterable[Entry], vectors: Mapping[str, Vector]
    ) -> list[str]:
        """What is wrong, in words; empty when every way of every entry is found as itself.

        Asks Chroma for each way by its own vector, so vectors lost behind a right count are
        noticed too. Half a second for 1,000 ways. Chroma failing is a problem like others here.
        """
        expected = ways_of(entries, vectors)
        try:
            with _asking_chroma(self._lock):
                collection = self._shelves.get(shelf)
                present = set(collection.get(include=[])["ids"]) if collection else set()
                return problems(expected, present, lambda rows: self._first(shelf, rows))
        except IndexUnavailable as trouble:
            return [str(trouble)]

    def close(self) -> None:
        """Seals the store and gives up the folder; closing again does nothing.

        A store that Chroma cannot even close stays without a seal, and so is set aside next time.
        """
        with self._writing:
            if self._lock.closed:
                return
            try:
                with self._lock, _asking_chroma(self._lock):
                    shelves = {
                        shelf: {"collection": collection.name, "ways": collection.count()}
                        for shelf, collection in self._shelves.items()
                    }
                    self._client.close()
                    custody.seal(self._folder, self._model, shelves)
            except IndexUnavailable as trouble:
                log.warning("The index was left without a seal: %s", trouble)

    def _new(self, shelf: str) -> "Collection":
        return self._client.create_collection(
            _name(shelf, self._model),
            embedding_function=None,  # vectors are always passed; Chroma's own would download
            configuration={"hnsw": {"space": "cosine", "ef_search": EF_SEARCH}},
        )

    def _nearest(self, shelf: str, rows: Vectors, k: int) -> list[list[Neighbour]]:
        """For each row its k nearest ways."""
        collection = self._shelves.get(shelf)
        if collection is None:
            return [[] for _ in rows]
        try:
            return _asked(collection, rows, k)
        except Exception:
            # A rebuild may have taken the collection away while it was asked: ask its successor.
            if self._shelves.get(shelf) is collection:
                raise
            return self._nearest(shelf, rows, k)

    def _first(self, shelf: str, rows: Vectors) -> list[Neighbour]:
        return [found[0] for found in self._nearest(shelf, rows, 1)]


def _asked(collection: "Collection", rows: Vectors, k: int) -> list[list[Neighbour]]:
    # Reading metadata would double the time; the key of a way says whose it is.
    found = collection.query(query_embeddings=rows, n_results=k, include=["distances"])
    return [
        [Neighbour(*owner(key), 1.0 - distance) for key, distance in zip(*row, strict=True)]
        for row in zip(found["ids"], found["distances"] or [], strict=True)
    ]


def _name(shelf: str, model: str) -> str:
    """A name Chroma allows, whatever the shelf is called; another one each time it is built."""
    shelf_and_model = hashlib.sha256(f"{shelf}\0{model}".encode()).hexdigest()
    return f"shelf-{shelf_and_model[:32]}-{secrets.token_hex(4)}"


def _fill(collection: "Collection", ways: Sequence[Way]) -> None:
    for some in _portions(ways):
        collection.upsert(
            ids=[way.id for way in some],
            embeddings=np.array([way.vector for way in some], dtype=np.float32),
            metadatas=[{"entry": way.entry} for way in some],
        )


def _ids(collection: "Collection", entries: Sequence[str]) -> list[str]:
    """The keys of all ways of these entries that are there."""
    keys: list[str] = []
    for some in _portions(entries):
        theirs = cast("Where", {"entry": {"$in": list(some)}})
        keys += collection.get(where=theirs, include=[])["ids"]
    return keys


def _empty(collection: "Collection", keys: Iterable[str]) -> None:
    for some in _portions(sorted(keys)):
        collection.delete(ids=list(some))


def _portions(things: Sequence[Thing]) -> Iterator[Sequence[Thing]]:
    return (things[at : at + PORTION] for at in range(0, len(things), PORTION))


@contextlib.contextmanager
def _asking_chroma(lock: TextIO) -> Iterator[None]:
    """Turns whatever Chroma throws into IndexUnavailable; nothing is asked once it is closed."""
    if lock.closed:
        raise IndexUnavailable("The index is closed.")
    try:
        yield
    except (IndexUnavailable, KeyboardInterrupt, SystemExit):
        raise
    # A panic in Chroma's native part is no Exception, and would end the thread that asked.
    except BaseException as trouble:
        raise IndexUnavailable(f"Chroma failed: {trouble!r}") from trouble


def _client(folder: Path) -> "Client":
    """Chroma over the store in this folder, with settings from here and nowhere else."""
    chromadb = _library(folder)
    # Constructed without validation, and so without reading the environment or a ".env" whose
    # unprefixed lines (ENVIRONMENT, ALLOW_RESET, MIGRATIONS) are meant for somebody else.
    settings = chromadb.config.Settings.model_construct(anonymized_telemetry=False)
    client: Client = chromadb.PersistentClient(folder / custody.STORE, settings)
    return client


def _library(folder: Path) -> Any:
    """Chroma's package. Its import reads ".env" in the working folder, and fails if that holds
    a line it stumbles over: so where there is one, look away while importing, at our own folder.
    """
    elsewhere = contextlib.chdir(folder) if Path(".env").exists() else contextlib.nullcontext()
    with elsewhere:
        import chromadb.config
    return chromadb


def _collection(client: "Client", known: Mapping[str, Any]) -> "Collection":
    return client.get_collection(known["collection"], embedding_function=None)


def _scouted(folder: Path) -> str:
    """Why the store cannot be opened and read; empty when a process of its own could."""
    scout = custody.send_scout(folder, "knowledge.index")
    _library(folder)  # takes as long as the scout takes to start: let both happen at once
    return custody.report_of(scout)


def probe(folder: Path) -> str:
    """Reads everything in a sealed store. What is wrong with it, in words, or nothing at all;
    or the end of this process, which is what it is tried for.
    """
    with _client(folder) as client:
        for shelf, known in custody.sealed_shelves(folder).items():
            collection = _collection(client, known)
            if collection.count() != known["ways"] or not _is_readable(collection):
                return f"vectors of shelf {shelf} cannot be read"
    return ""


def _is_readable(collection: "Collection") -> bool:
    """Whether every vector is of unit length and the first ones of each portion are found."""
    for start in range(0, collection.count(), PORTION):
        page = collection.get(limit=PORTION, offset=start, include=["embeddings"])
        vectors = np.asarray(page["embeddings"], dtype=np.float32)
        if len(vectors) == 0 or not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3):
            return False
        if any(near[0].cosine < ITSELF for near in _asked(collection, vectors[:16], 1)):
            return False
    return True


if __name__ == "__main__":
    print(probe(Path(sys.argv[-1])))
