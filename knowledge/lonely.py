"""Ways in the index to which no path of its graph leads: they are looked at exactly, beside it.

The graph is built way by way, and a way may lose its last link to a later one. Of 80,000 ways a
few do; putting them again takes the last link from others. So they are kept here, and every
search compares them one by one, which for so few costs nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from knowledge.entries import Neighbour, Vector, Vectors
from knowledge.exact import best_first
from knowledge.proof import Way, owner


@dataclass(frozen=True, slots=True)
class Lonely:
    """The lonely ways of one shelf, with their vectors, by key. Never changed, but replaced."""

    ways: Mapping[str, Vector] = field(default_factory=dict)

    def with_(self, ways: Sequence[Way]) -> "Lonely":
        """These and more."""
        return Lonely({**self.ways, **{way.id: way.vector for way in ways}})

    def without(self, entries: Collection[str]) -> "Lonely":
        """Those of other entries."""
        return Lonely({key: way for key, way in self.ways.items() if owner(key)[0] not in entries})

    def beside(
        self, found: Sequence[Sequence[Neighbour]], rows: Vectors, k: int
    ) -> list[list[Neighbour]]:
        """For each row the `k` nearest of what the graph found and of these, best first."""
        if not self.ways:
            return [list(near) for near in found]
        cosines = rows @ np.array(list(self.ways.values())).T
        return [
            self._merged(near, row, k) for near, row in zip(found, cosines.tolist(), strict=True)
        ]

    def _merged(
        self, near: Sequence[Neighbour], cosines: Sequence[float], k: int
    ) -> list[Neighbour]:
        mine = [
            Neighbour(*owner(key), cosine) for key, cosine in zip(self.ways, cosines, strict=True)
        ]
        known = {(one.entry, one.way) for one in mine}
        others = [one for one in near if (one.entry, one.way) not in known]
        return best_first([*others, *mine])[:k]
