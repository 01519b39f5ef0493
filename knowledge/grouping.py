"""Which questions are the same question: groups that grow one question at a time.

A question joins the group whose members it is most like, or opens one. Now and then groups that
turned out to be one are merged, and a question that fits another group clearly better moves to it.
What a person has merged or split is theirs; this only proposes.

*Alike* means alike beyond what is usual here: at a bank every question sounds like every other,
so that a likeness counts from the average one between the launch's groups (0) to the same
words (1). Each group counts once, or a question that half of all people ask would seem usual.

The likenesses were chosen on the training splits of BANKING77 and CLINC150, `AS_LARGE` on the
first alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.entities import in_conflict
from knowledge.entries import Vector, Vectors

SAME_QUESTION = 0.42
"""Likeness beyond the usual from which a question joins a group."""
SAME_GROUP = 0.40
"""Average likeness beyond the usual between members of two groups that are one."""
CLEARLY = 0.02
"""Cosine by which another group has to fit better before a question moves to it."""
AS_LARGE = 4
"""Times by which its own group may be larger than the one that a question moves to. Without it
small groups beside a question that half of all people ask draw that apart."""
NEWEST = 16
"""Members of a group that a question is compared with one by one."""
LONGEST_LABEL = 20
"""Words a group's label may have."""
_Links = npt.NDArray[np.float64]
_COMPARED = 10  # groups whose newest members are looked at
_CLOSEST = 5  # of a group's newest members, whose mean likeness is half of the judgement
_NO_HABIT = 20  # groups; with as many, half of what seems usual is believed
_CENTRAL = 0.05  # cosine; members this close to the most central one are as good a label

Newest = Callable[[Sequence[str]], Mapping[str, Vectors]]
"""The traces of the `NEWEST` members of the groups with these keys, one a row. A group that is
missing is judged by its average alone."""


@dataclass(frozen=True, slots=True)
class Group:
    """The questions that were found to be one."""

    key: str
    total: Vector
    """Sum of the members' traces."""
    size: int
    identifiers: frozenset[str] = frozenset()
    """Codes and versions that all members share that name any, so that no two conflict."""

    def with_member(self, trace: Vector, identifiers: frozenset[str] = frozenset()) -> "Group":
        """The group after a question has joined."""
        named = shared(self.identifiers, identifiers)
        return Group(self.key, self.total + trace, self.size + 1, named)

    def with_group(self, other: "Group") -> "Group":
        """Both groups as one, under this one's key."""
        named = shared(self.identifiers, other.identifiers)
        return Group(self.key, self.total + other.total, self.size + other.size, named)


@dataclass(frozen=True, slots=True)
class Member:
    """A question in its group."""

    key: str
    group: str
    trace: Vector
    identifiers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Move:
    """A question that fits another group clearly better than its own."""

    member: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Near:
    """Two groups that may be one, the larger first."""

    one: str
    other: str
    likeness: float
    """Beyond the usual, as for `SAME_GROUP`."""
    is_in_conflict: bool
    """They name different codes."""


def shared(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """What both name; where one names nothing, what the other names."""
    return one & other if one and other else one | other


def nearest_group(
    trace: Vector,
    groups: Sequence[Group],
    newest: Newest,
    identifiers: frozenset[str] = frozenset(),
) -> Group | None:
    """The group a question belongs to, or None when it opens its own.

    The likeness is half the average over all members, half the mean of the `_CLOSEST` of the
    newest ones. Groups whose identifiers conflict with the question's are out of the question.
    """
    if not groups:
        return None
    likeness = np.stack([group.total for group in groups]) @ trace / _sizes(groups)
    nearest = [groups[int(at)] for at in np.argsort(-likeness, kind="stable")]
    allowed = (g for g in nearest if not in_conflict(g.identifiers, identifiers))
    compared = [group for group, _ in zip(allowed, range(_COMPARED), strict=False)]
    if not compared:
        return None
    members = newest([group.key for group in compared])
    fits = [_fit(trace, group, members.get(group.key)) for group in compared]
    best = int(np.argmax(fits))
    usual = _believed(float(likeness.mean()), len(groups))
    return compared[best] if _beyond(fits[best], usual) >= SAME_QUESTION else None


def merges(groups: Sequence[Group]) -> tuple[tuple[str, str], ...]:
    """Pairs (kept, taken in) of groups that are one, in the order to be merged.

    Average link: the two groups whose members are on average most alike, as long as that is
    `SAME_GROUP` or more beyond the usual and their identifiers do not conflict. The larger group
    is kept.
    """
    if len(groups) < 2:
        return ()
    at = dict(enumerate(groups))
    means = np.stack([group.total for group in groups]).astype(np.float64)
    means /= _sizes(groups)[:, None]
    links = means @ means.T
    np.fill_diagonal(links, 0.0)
    usual = _believed(links.sum() / (len(links) * (len(links) - 1)), len(links))
    np.fill_diagonal(links, -1.0)
    found: list[tuple[str, str]] = []
    pairs = _Pairs(links)
    while _beyond((pair := pairs.closest())[0], usual) >= SAME_GROUP:
        one, other = sorted(pair[1:], key=lambda number: (-at[number].size, number))
        if in_conflict(at[one].identifiers, at[other].identifiers):
            pairs.part(one, other)
            continue
        found.append((at[one].key, at[other].key))
        pairs.link_as_one(one, other, at[one].size, at[other].size)
        at[one] = at[one].with_group(at.pop(other))
    return tuple(found)


def near(groups: Sequence[Group], likeness: float) -> tuple[Near, ...]:
    """Pairs of groups whose members are on average alike by ``likeness`` or more beyond the usual.

    Most alike first. Also those whose identifiers conflict: a person may know better.
    """
    if len(groups) < 2:
        return ()
    means = np.stack([group.total for group in groups]).astype(np.float64)
    means /= _sizes(groups)[:, None]
    links = means @ means.T
    np.fill_diagonal(links, 0.0)
    usual = _believed(links.sum() / (len(links) * (len(links) - 1)), len(links))
    beyond = np.triu((links - usual) / (1.0 - usual), 1)
    pairs = np.argwhere(beyond >= likeness)
    found = [
        _nearness(groups[one], groups[other], float(beyond[one, other])) for one, other in pairs
    ]
    return tuple(sorted(found, key=lambda pair: (-pair.likeness, pair.one, pair.other)))


def _nearness(one: Group, other: Group, likeness: float) -> Near:
    kept, taken = sorted((one, other), key=lambda group: (-group.size, int(group.key)))
    conflict = in_conflict(one.identifiers, other.identifiers)
    return Near(kept.key, taken.key, likeness, conflict)


def moves(groups: Sequence[Group], members: Sequence[Member]) -> tuple[Move, ...]:
    """The questions that fit another group better by `CLEARLY` than the rest of their own.

    Fit is the cosine with a group's mean. A question alone in its group stays: whether that is
    another group is for `merges` to say. One with identifiers moves only where they do not
    conflict, also not with those that move there too.
    """
    if not members or len(groups) < 2:
        return ()
    at = {group.key: number for number, group in enumerate(groups)}
    named = [group.identifiers for group in groups]
    totals = np.stack([group.total for group in groups])
    directions, sizes = _unit(totals), _sizes(groups)
    found = []
    for member in members:
        own = at[member.group]
        if groups[own].size < 2:
            continue
        fits = directions @ member.trace
        rest = _unit((totals[own] - member.trace)[None])[0]
        bar, fits[own] = float(rest @ member.trace) + CLEARLY, -1.0
        fits[sizes * AS_LARGE < sizes[own]] = -1.0
        best = int(np.argmax(fits))
        if fits[best] > bar and not in_conflict(named[best], member.identifiers):
            named[best] = shared(named[best], member.identifiers)
            found.append(Move(member.key, member.group, groups[best].key))
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


class _Pairs:
    """Average links between groups, with each group's closest other one remembered."""

    def __init__(self, links: _Links) -> None:
        self._links = links
        self._nearest = links.argmax(axis=1)
        self._best = links.max(axis=1)

    def closest(self) -> tuple[float, int, int]:
        """The strongest link, and the two groups it is between."""
        one = int(np.argmax(self._best))
        return float(self._best[one]), one, int(self._nearest[one])

    def part(self, one: int, other: int) -> None:
        """Never offer these two again, as long as neither takes another in."""
        self._links[one, other] = self._links[other, one] = -1.0
        self._look_again((one, other))

    def link_as_one(self, kept: int, taken: int, size: int, added: int) -> None:
        """The kept group's average links after it took the other in."""
        links = self._links
        together = (links[kept] * size + links[taken] * added) / (size + added)
        together[(links[kept] <= -1.0) | (links[taken] <= -1.0)] = -1.0
        links[kept, :] = links[:, kept] = together
        links[taken, :] = links[:, taken] = -1.0
        self._best[taken] = -1.0
        stale = np.flatnonzero((self._nearest == kept) | (self._nearest == taken))
        self._look_again({kept, *(int(row) for row in stale)} - {taken})
        closer = together > self._best
        self._nearest[closer], self._best[closer] = kept, together[closer]

    def _look_again(self, rows: Sequence[int] | set[int]) -> None:
        for row in rows:
            self._nearest[row] = int(np.argmax(self._links[row]))
            self._best[row] = self._links[row, self._nearest[row]]


def _fit(trace: Vector, group: Group, newest: Vectors | None) -> float:
    average = float(group.total @ trace) / group.size
    if newest is None:
        return average
    return (average + float(np.sort(newest @ trace)[-_CLOSEST:].mean())) / 2


def _beyond(likeness: float, usual: float) -> float:
    return (likeness - usual) / (1.0 - usual)


def _believed(usual: float, groups: int) -> float:
    """The usual likeness as far as so few groups can tell; never below none."""
    return max(0.0, usual) * groups / (groups + _NO_HABIT)


def _sizes(groups: Sequence[Group]) -> npt.NDArray[np.float32]:
    return np.array([group.size for group in groups], dtype=np.float32)


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-9), dtype=np.float32)
