"""Which questions are the same question: groups that grow one question at a time.

A group is its members' mean direction. A new question joins the nearest group or opens one, and
now and then groups that turned out to be one are merged. What a person has merged or split is
theirs; this only proposes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.entities import in_conflict
from knowledge.entries import Vector, Vectors

SAME_QUESTION = 0.65
"""Cosine with a group's centroid from which a question joins; prototype on two public sets."""
SAME_GROUP = 0.54
"""Average cosine between two groups' members from which they are one group; between the best for
BANKING77 (above 0.56) and for CLINC150 (0.52 and below)."""
LONGEST_LABEL = 20
"""Words a group's label may have."""
_Links = npt.NDArray[np.float64]
_CENTRAL = 0.05  # cosine; members this close to the most central one are as good a label


@dataclass(frozen=True, slots=True)
class Group:
    """The questions that were found to be one."""

    key: str
    total: Vector
    """Sum of the members' unit vectors; its direction is the centroid."""
    size: int
    identifiers: frozenset[str] = frozenset()
    """Codes and versions that its members name."""

    def with_member(self, vector: Vector, identifiers: frozenset[str] = frozenset()) -> "Group":
        """The group after a question has joined."""
        named = self.identifiers | identifiers
        return Group(self.key, self.total + vector, self.size + 1, named)

    def with_group(self, other: "Group") -> "Group":
        """Both groups as one, under this one's key."""
        named = self.identifiers | other.identifiers
        return Group(self.key, self.total + other.total, self.size + other.size, named)


def nearest_group(
    vector: Vector, groups: Sequence[Group], identifiers: frozenset[str] = frozenset()
) -> Group | None:
    """The group a question belongs to, or None when it opens its own.

    The nearest centroid at `SAME_QUESTION` or more whose identifiers do not conflict.
    """
    allowed = [group for group in groups if not in_conflict(group.identifiers, identifiers)]
    if not allowed:
        return None
    cosines = _unit(np.stack([group.total for group in allowed])) @ vector
    best = int(np.argmax(cosines))
    return allowed[best] if cosines[best] >= SAME_QUESTION else None


def merges(groups: Sequence[Group]) -> tuple[tuple[str, str], ...]:
    """Pairs (kept, taken in) of groups that are one, in the order to be merged.

    Average link: the two groups whose members are on average most alike, as long as that is
    `SAME_GROUP` or more and their identifiers do not conflict. The larger group is kept.
    """
    if len(groups) < 2:
        return ()
    at = dict(enumerate(groups))
    totals = np.stack([group.total for group in groups]).astype(np.float64)
    links = totals @ totals.T / np.outer(_sizes(groups), _sizes(groups))
    np.fill_diagonal(links, -1.0)
    found: list[tuple[str, str]] = []
    while (pair := _closest(links)) is not None:
        one, other = sorted(pair, key=lambda number: (-at[number].size, number))
        if in_conflict(at[one].identifiers, at[other].identifiers):
            links[one, other] = links[other, one] = -1.0
            continue
        found.append((at[one].key, at[other].key))
        _link_as_one(links, one, other, at[one].size, at[other].size)
        at[one] = at[one].with_group(at.pop(other))
    return tuple(found)


def label(questions: Sequence[str], vectors: Vectors) -> str:
    """The question that speaks best for all: the shortest of the central ones.

    At most `LONGEST_LABEL` words; a longer one is cut with an ellipsis. Needs a question.
    """
    centrality = vectors @ _unit(vectors.sum(axis=0, keepdims=True))[0]
    central = np.flatnonzero(centrality >= centrality.max() - _CENTRAL)
    medoid = min((questions[int(at)] for at in central), key=lambda text: len(text.split()))
    words = medoid.split()
    return medoid if len(words) <= LONGEST_LABEL else " ".join(words[:LONGEST_LABEL]) + " …"


def _closest(links: _Links) -> tuple[int, int] | None:
    one, other = divmod(int(np.argmax(links)), len(links))
    return (one, other) if links[one, other] >= SAME_GROUP else None


def _link_as_one(links: _Links, kept: int, taken: int, size: int, added: int) -> None:
    """The kept group's average links after it took the other in; in place."""
    together = (links[kept] * size + links[taken] * added) / (size + added)
    links[kept, :] = links[:, kept] = together
    links[taken, :] = links[:, taken] = -1.0
    links[kept, kept] = -1.0


def _sizes(groups: Sequence[Group]) -> _Links:
    return np.array([group.size for group in groups], dtype=np.float64)


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-9), dtype=np.float32)
