"""Which entries are so near each other that their own phrasings lead astray. Pure.

Each phrasing is held out and looked for among all others: when another entry's is nearer than any
other of its own, whoever asks it may be told the other thing. Where there are no vectors, letters
stand in for meaning.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from knowledge.entries import Entry, Vector, Vectors
from knowledge.normalise import fingerprint, normalised

FALLS_FROM = 0.60  # cosine below which another entry's phrasing is merely the least far
MOST_WAYS = 20_000  # phrasings compared with each other; beyond it takes minutes
AT_ONCE = 512
LETTERS = 1_024  # dimensions while letters stand in


@dataclass(frozen=True, slots=True)
class Fallen:
    """A phrasing of ``entry`` that another entry's is nearer to than any other of its own."""

    entry: str
    way: str
    into: str
    nearest: str
    cosine: float


def fallen(entries: Sequence[Entry], vectors: Mapping[str, Vector]) -> list[Fallen]:
    """Return the phrasings that fall into another entry, the nearest first.

    ``vectors``: unit vector of each way, or too few of them: then letters are compared. Beyond
    ``MOST_WAYS`` only the first are looked at. Words that two entries share are no matter here.
    """
    ways = [(entry.id, way) for entry in entries for way in entry.ways()][:MOST_WAYS]
    if len({entry for entry, _ in ways}) < 2:
        return []
    numbers = {entry: number for number, entry in enumerate(dict.fromkeys(e for e, _ in ways))}
    owners = np.array([numbers[entry] for entry, _ in ways])
    rows = _rows([way for _, way in ways], vectors)
    found = [one for at in range(0, len(ways), AT_ONCE) for one in _fallen(ways, owners, rows, at)]
    return sorted(found, key=lambda one: (-one.cosine, one.entry, one.way))


def shared(entries: Sequence[Entry]) -> dict[str, tuple[str, ...]]:
    """Return the words that several entries are asked by, with those entries."""
    owners: dict[str, dict[str, str]] = {}
    for entry in entries:
        for way in entry.ways():
            owners.setdefault(fingerprint(way), {})[entry.id] = way
    return {
        next(iter(ways.values())): tuple(ways)
        for words, ways in owners.items()
        if words and len(ways) > 1
    }


def _fallen(
    ways: Sequence[tuple[str, str]],
    owners: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    rows: Vectors,
    at: int,
) -> list[Fallen]:
    cosines = rows[at : at + AT_ONCE] @ rows.T
    own = owners[at : at + AT_ONCE, np.newaxis] == owners
    others = np.where(own, -1.0, cosines)
    cosines = np.where(own, cosines, -1.0)
    here = np.arange(len(cosines))
    cosines[here, at + here] = -1.0  # held out
    nearest, best = others.argmax(axis=1), others.max(axis=1)
    lost = np.flatnonzero((best >= FALLS_FROM) & (best > cosines.max(axis=1)))
    return [
        Fallen(*ways[at + int(one)], *ways[int(nearest[one])], float(best[one]))
        for one in lost
        if fingerprint(ways[at + int(one)][1]) != fingerprint(ways[int(nearest[one])][1])
    ]


def _rows(texts: Sequence[str], vectors: Mapping[str, Vector]) -> Vectors:
    if all(text in vectors for text in texts):
        return np.array([vectors[text] for text in texts], dtype=np.float32)
    return np.array([_letters(text) for text in texts], dtype=np.float32)


def _letters(text: str) -> Vector:
    """Return three letters at a time, counted into a unit vector."""
    padded, counts = f" {normalised(text).casefold()} ", np.zeros(LETTERS, dtype=np.float32)
    for at in range(len(padded) - 2):
        counts[crc32(padded[at : at + 3].encode()) % LETTERS] += 1.0
    length = float(np.linalg.norm(counts))
    return counts / length if length else counts
