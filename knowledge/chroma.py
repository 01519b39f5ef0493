"""The one place that talks to Chroma: its client, its collections, and whatever it throws.

Vectors are always passed, never made by Chroma, whose own embedder would download a model.
"""

import contextlib
import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar, cast

import numpy as np

from knowledge import custody
from knowledge.custody import IndexUnavailable
from knowledge.entries import Neighbour, Vectors
from knowledge.proof import Way, owner

if TYPE_CHECKING:
    from chromadb import Where
    from chromadb.api.client import Client as Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection as Collection

PORTION = 2_000  # ways written or read at once; Chroma takes at most 5,461
GRAPH: "CreateHNSWConfiguration" = {"space": "cosine", "ef_search": 200, "max_neighbors": 32}
"""With `ef_search` 200, 99.8 % of the exact 50 nearest of 10,000 clustered vectors are found; with
the default of 100, 99.5 %.

Of 8,009 ways made from eight sentences, as a shop's are, 19 did not find themselves with the
default of 16 neighbours: no path led to them. With 32 it was one, and putting it again mended that.
"""

Thing = TypeVar("Thing")


def nearest(collection: "Collection", rows: Vectors, k: int) -> list[list[Neighbour]]:
    """Of each row the `k` nearest ways with their cosines, nearest first."""
    # Reading metadata would double the time; the key of a way says whose it is.
    found = collection.query(query_embeddings=rows, n_results=k, include=["distances"])
    return [
        [Neighbour(*owner(key), 1.0 - distance) for key, distance in zip(*row, strict=True)]
        for row in zip(found["ids"], found["distances"] or [], strict=True)
    ]


def named(shelf: str, model: str) -> str:
    """A name Chroma allows, whatever the shelf is called; another one each time it is built."""
    shelf_and_model = hashlib.sha256(f"{shelf}\0{model}".encode()).hexdigest()
    return f"shelf-{shelf_and_model[:32]}-{secrets.token_hex(4)}"


def fill(
    collection: "Collection",
    ways: Sequence[Way],
    step: Callable[[float], None] = lambda share: None,
) -> None:
    """Write the ways, those that are there anew; `step` is told the share, 0 to 1, done so far."""
    for number, some in enumerate(_portions(ways)):
        step(number * PORTION / len(ways))
        collection.upsert(
            ids=[way.id for way in some],
            embeddings=np.array([way.vector for way in some], dtype=np.float32),
            metadatas=[{"entry": way.entry} for way in some],
        )


def keys_of(collection: "Collection", entries: Sequence[str]) -> list[str]:
    """The keys of all ways of these entries that are there."""
    keys: list[str] = []
    for some in _portions(entries):
        theirs = cast("Where", {"entry": {"$in": list(some)}})
        keys += collection.get(where=theirs, include=[])["ids"]
    return keys


def ways_with(collection: "Collection", keys: Sequence[str]) -> list[Way]:
    """The ways with these keys that are there, with their vectors."""
    if not keys:
        return []
    found = collection.get(ids=list(keys), include=["embeddings"])
    vectors = np.asarray(found["embeddings"], dtype=np.float32)
    return [Way(*owner(key), row) for key, row in zip(found["ids"], vectors, strict=True)]


def empty(collection: "Collection", keys: Iterable[str]) -> None:
    """Take out the ways with these keys; a key that is not there is no error."""
    for some in _portions(sorted(keys)):
        collection.delete(ids=list(some))


def _portions(things: Sequence[Thing]) -> Iterator[Sequence[Thing]]:
    return (things[at : at + PORTION] for at in range(0, len(things), PORTION))


@contextlib.contextmanager
def asking(lock: TextIO) -> Iterator[None]:
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


def client_over(folder: Path) -> "Client":
    """Chroma over the store in this folder, with settings from here and nowhere else."""
    chromadb = library(folder)
    # Constructed without validation, and so without reading the environment or a ".env" whose
    # unprefixed lines (ENVIRONMENT, ALLOW_RESET, MIGRATIONS) are meant for somebody else.
    settings = chromadb.config.Settings.model_construct(anonymized_telemetry=False)
    client: Client = chromadb.PersistentClient(folder / custody.STORE, settings)
    return client


def library(folder: Path) -> Any:
    """Chroma's package. Its import reads ".env" in the working folder, and fails if that holds
    a line it stumbles over: so where there is one, look away while importing, at our own folder.
    """
    elsewhere = contextlib.chdir(folder) if Path(".env").exists() else contextlib.nullcontext()
    with elsewhere:
        import chromadb.config
    return chromadb


def known_collection(client: "Client", known: Mapping[str, Any]) -> "Collection":
    """The collection that a shelf's record names; raises whatever Chroma does when it is gone."""
    return client.get_collection(known["collection"], embedding_function=None)
