"""What an index must hold, and whether it does: the same proof for every kind of index."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from knowledge.entries import Entry, Neighbour, Vector, Vectors

ITSELF = 0.999  # cosine; float32 and unit length leave 1e-6, another text is below 0.99
PORTION = 256  # vectors asked about at once; measured, larger is no quicker


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask one entry, with its vector: what an index stores."""

    entry: str
    number: int
    vector: Vector

    @property
    def id(self) -> str:
        return way_id(self.entry, self.number)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one way in an index, in words."""

    words: str
    lonely: Way | None = None
    """The way, when it is there and is not found: no path leads to it, or another vector is."""


def way_id(entry: str, number: int) -> str:
    """The key of a way in an index. It says whose way it is, so a search reads nothing else."""
    return f"{number}:{entry}"


def owner(way_id: str) -> tuple[str, int]:
    """The entry and the number of the way that this is the key of."""
    number, _, entry = way_id.partition(":")
    return entry, int(number)


def ways_of(entries: Iterable[Entry], vectors: Mapping[str, Vector]) -> list[Way]:
    """Every way of every entry, in order. Raises KeyError for a way that has no vector."""
    return [
        Way(entry.id, number, vectors[text])
        for entry in entries
        for number, text in enumerate(entry.ways())
    ]


def problems(
    expected: Sequence[Way],
    present: Collection[str],
    nearest: Callable[[Vectors], Sequence[Neighbour]],
    *,
    alone: bool = False,
) -> list[Problem]:
    """What is wrong; empty when exactly the expected ways are there and each one's
    own vector finds it, or another way that means just the same.

    `present` are the keys in the index; `nearest` gives the one nearest way for each vector.
    `alone`: the index holds more than what is expected here. Then a stranger at the very same
    place is taken for one that means the same; the proof of the whole would know better.
    """
    wanted = {way.id: way for way in expected}
    found = [_lost(way) for way in expected if way.id not in present]
    found += [_stray(key) for key in sorted(set(present) - wanted.keys())]
    there = (way for way in expected if way.id in present)
    while portion := list(islice(there, PORTION)):
        found += _mistaken(
            portion, nearest(np.array([way.vector for way in portion])), wanted, alone
        )
    return found


def _lost(way: Way) -> Problem:
    return Problem(f"Way {way.number} of entry {way.entry} is not in the index.")


def _stray(key: str) -> Problem:
    entry, number = owner(key)
    return Problem(f"Way {number} of entry {entry} is in the index and should not be.")


def _mistaken(
    asked: Sequence[Way], found: Sequence[Neighbour], wanted: Mapping[str, Way], alone: bool
) -> Iterator[Problem]:
    for way, near in zip(asked, found, strict=True):
        same = wanted.get(way_id(near.entry, near.way))
        is_same = alone if same is None else same.vector @ way.vector >= ITSELF
        if near.cosine < ITSELF or not is_same:
            yield Problem(
                f"Way {way.number} of entry {way.entry} is not found as itself but as way "
                f"{near.way} of entry {near.entry}, at cosine {near.cosine:.3f}.",
                lonely=way if near.cosine < ITSELF else None,
            )
