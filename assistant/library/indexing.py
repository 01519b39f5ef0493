"""A launch's live entries in the vector index: kept up by differences, proven, and given up.

The index is a disposable copy. Whenever it is away, behind, wrong or being filled, the stored
vectors are scanned exactly, and ``Parts.index_missing`` says so to operators. An index that
fails again and again is left alone: the exact scan misses nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import structlog

from assistant.ground.parts import Parts, close_index, index_failed, open_index
from knowledge.custody import IndexUnavailable
from knowledge.entries import Entry

if TYPE_CHECKING:
    from knowledge.entries import Neighbour, Vector
    from knowledge.index import ChromaIndex

NEIGHBOURS = 50  # phrasings that the index proposes for one question
PATIENCE = 0.5  # seconds that whoever approves waits for somebody else who changes the index
log = structlog.get_logger()


class Shelved(Protocol):
    """What the index has to hold for a launch at one revision."""

    @property
    def revision(self) -> str:
        """What it was made for."""

    @property
    def embedder(self) -> str:
        """Whose vectors they are."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries that may be found."""

    @property
    def vectors(self) -> "Mapping[str, Vector]":
        """The vector of every way."""


class NotNow(Exception):
    """The index cannot be brought up at this moment; "keep the index" does it soon."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the index was last proven to hold for a launch."""

    revision: str
    entries: Mapping[str, Entry]  # by id


def shelf_name(launch_id: int) -> str:
    """Return what the index calls a launch."""
    return f"launch-{launch_id}"


def near(parts: Parts, launch_id: int, revision: str, vector: "Vector") -> "list[Neighbour] | None":
    """Return what the index proposes; nothing when it is away, or behind ``revision``."""
    index, held = parts.index, parts.indexed.get(launch_id)
    if index is None or held is None or held.revision != revision:
        return None
    try:
        return index.search(shelf_name(launch_id), vector, NEIGHBOURS)
    except Exception as broken:  # whatever breaks in there, the exact scan stands in
        index_failed(parts, index, f"Search failed: {broken}")
        return None


def is_behind(parts: Parts, launch_id: int, shelved: Shelved) -> bool:
    """Return whether the index was not proven to hold what the launch may say now."""
    held = parts.indexed.get(launch_id)
    return held is None or held.revision != shelved.revision


def bring_up(parts: Parts, launch_id: int, shelved: Shelved, *, whole: bool) -> list[str]:
    """Make the index hold exactly ``shelved`` and prove it; return what stays wrong.

    What was proven before is changed where it differs, and the change is proven. The ``whole``
    shelf is proven when asked for and after a start; it is built anew when that fails.

    Raises:
        NotNow: when nothing was proven because somebody else is changing the index, or it still
            is that of another embedder. The exact scan finds everything meanwhile.
    """
    if not parts.indexing.acquire(timeout=PATIENCE):
        raise NotNow("Not proven yet: the index is being opened or filled at this moment.")
    try:
        return _brought_up(parts, launch_id, shelved, whole)
    finally:
        parts.indexing.release()


def own(parts: Parts) -> bool:
    """Return whether there is an index to keep up; the owner opens it, or opens it again.

    It is opened again after a failure, until there were too many, and when another embedder
    came into charge: vectors of two models are never in one index.
    """
    if parts.embedder is None or parts.is_index_given_up or not parts.owns_index:
        return parts.index is not None
    with parts.indexing:
        if parts.index is not None and parts.index.model != parts.embedder.name:
            close_index(parts, "Another embedder came into charge.")
        if parts.index is None:
            open_index(parts)
        return parts.index is not None


def let_go(parts: Parts) -> None:
    """Close the index properly, so that the next start may trust it; nobody opens it any more.

    One that is being opened or filled at this moment is left as it is, and built anew next time.
    """
    if not parts.indexing.acquire(timeout=PATIENCE):
        return
    try:
        parts.owns_index = False
        close_index(parts, "The process is about to end.")
    finally:
        parts.indexing.release()


def rebuild(parts: Parts, index: "ChromaIndex", launch_id: int, shelved: Shelved) -> None:
    """Throw the launch's shelf away and fill a new one, saying how far that is.

    Only with vectors of the index's own embedder.
    """

    def step(share: float) -> None:
        parts.index_missing = f"It is being rebuilt: {share:.0%}."

    log.info("index rebuilt", launch=launch_id, entries=len(shelved.entries))
    parts.indexed.pop(launch_id, None)
    index.rebuild(shelf_name(launch_id), shelved.entries, shelved.vectors, step)


def _brought_up(parts: Parts, launch_id: int, shelved: Shelved, whole: bool) -> list[str]:
    index = parts.index
    if index is None:
        return []
    if index.model != shelved.embedder:  # vectors of two models are never in one index
        raise NotNow(f"Not proven yet: the index still is that of {index.model}.")
    try:
        wrong = _mended(parts, index, launch_id, shelved, whole)
    except IndexUnavailable as broken:
        wrong = [str(broken)]
    if wrong:
        index_failed(parts, index, wrong[0])
        return wrong
    entries = {entry.id: entry for entry in shelved.entries}
    parts.indexed[launch_id] = Held(shelved.revision, entries)
    parts.index_missing = ""
    return []


def _mended(
    parts: Parts, index: "ChromaIndex", launch_id: int, shelved: Shelved, whole: bool
) -> list[str]:
    held, shelf = parts.indexed.get(launch_id), shelf_name(launch_id)
    if held is None or whole:
        wrong = index.prove(shelf, shelved.entries, shelved.vectors)
    else:
        wrong = _changed(index, shelf, held.entries, shelved)
    if not wrong:
        return []
    log.info("index not proven", launch=launch_id, problems=len(wrong), first=wrong[0])
    rebuild(parts, index, launch_id, shelved)
    return index.prove(shelf, shelved.entries, shelved.vectors, mending=True)


def _changed(
    index: "ChromaIndex", shelf: str, before: Mapping[str, Entry], shelved: Shelved
) -> list[str]:
    """Put what is new or reworded, take out what is gone, and prove just that."""
    now = {entry.id: entry for entry in shelved.entries}
    changed = [one for key, one in now.items() if key not in before or _reworded(before[key], one)]
    gone = sorted(before.keys() - now.keys())
    for entry in gone:
        index.remove(shelf, entry)
    if changed:
        index.put(shelf, changed, shelved.vectors)
    return index.prove_changes(shelf, changed, gone, shelved.vectors, mending=True)


def _reworded(before: Entry, now: Entry) -> bool:
    return before.ways() != now.ways()
