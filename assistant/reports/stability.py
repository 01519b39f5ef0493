"""Is it calm, and for how long? Each exit criterion judged day by day, noise told from change.

Pure. A day *holds* when its figure is on the right side of the limit or so little beyond it that
chance explains it well. A day that is surely worse resets everything. A day with too little data
does not hold, nor one in doubt, far beyond the limit with too few to be sure: they prove nothing. A
criterion is *met* after enough consecutive days that hold, when those days together are on the
right side of the limit, rule out anything tolerably worse, and do not rise.

The chances below are measured by ``tests/assistant/test_stability.py`` on simulated histories.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import reduce
from operator import add

from assistant.ground.amounts import of_metric, plural
from assistant.reports.noise import Count, Evidence, Share, Waits, is_rising, tolerated

MARGIN = 0.25  # share beyond the limit that must be ruled out before a criterion is met
DAY = 0.005  # chance with which a day at the limit is taken for worse
DOUBT = 0.1  # chance below which a day beyond the limit does not hold, though it is not worse
FAR = 1.0  # share beyond the limit (twice it) from which a day does not hold, however few it is of
END = 0.00001  # chance with which a level at the tolerated margin passes for met, at each look
RISE = 0.01  # chance with which a flat stretch is taken for rising
ENOUGH_SHARE = 10  # observations a day behind a share; below, it is too little data
ENOUGH_CONTACTS = 10  # contacts a day, without which few of anything says nothing


class Held(StrEnum):
    """What a day says about one criterion."""

    HOLDS = "holds"
    WORSE = "worse"
    TOO_LITTLE = "too little data"
    CLOSED = "closed"  # nobody is there all day by the launch's calendar: it neither holds nor not


@dataclass(frozen=True, slots=True)
class Criterion:
    """What must hold before hypercare ends. ``limit`` is in the metric's unit."""

    metric: str
    limit: float
    at_most: bool = True
    days: int = 5

    @property
    def words(self) -> str:
        """Return it as a sentence says it."""
        side = "at most" if self.at_most else "at least"
        limit = of_metric(self.metric, self.limit)
        return f"{side} {limit} for {plural(self.days, 'day')}"


@dataclass(frozen=True, slots=True)
class Seen:
    """One local day of one metric. ``evidence`` is nothing when nothing was measured."""

    day: date
    evidence: Evidence | None
    contacts: int
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """One day, judged."""

    seen: Seen
    held: Held
    why: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How one criterion stands after its last day: days oldest first."""

    criterion: Criterion
    days: tuple[Judged, ...]
    streak: int
    is_met: bool
    why: str
    holds_together: bool = True  # the days that hold, added up, are right too, and do not rise


def judge_day(criterion: Criterion, seen: Seen) -> Judged:
    """Return whether the day holds, and why in words."""
    evidence = seen.evidence
    if seen.is_closed and not _is_worse_all_the_same(criterion, evidence):
        return Judged(seen, Held.CLOSED, "Nobody is there on this day.")
    if evidence is None or (evidence.value is None and not isinstance(evidence, Waits)):
        return Judged(seen, Held.TOO_LITTLE, "Nothing was measured.")
    at_most, limit = criterion.at_most, criterion.limit
    if evidence.is_worse(limit, at_most=at_most, chance=DAY):
        why = f"{of_metric(criterion.metric, evidence.value)}, and that is not chance."
        return Judged(seen, Held.WORSE, why)
    if too_little := _too_little(seen, evidence):
        return Judged(seen, Held.TOO_LITTLE, too_little)
    if evidence.value is None:
        return Judged(seen, Held.HOLDS, "Nobody had to wait for a person.")
    if evidence.meets(limit, at_most=at_most):
        shown = of_metric(criterion.metric, evidence.value)
        return Judged(seen, Held.HOLDS, f"{shown} is on the right side.")
    beyond = f"{of_metric(criterion.metric, evidence.value)} is beyond it"
    if _is_in_doubt(evidence, evidence.value, criterion):
        return Judged(seen, Held.TOO_LITTLE, f"{beyond}, of too few to be sure.")
    return Judged(seen, Held.HOLDS, f"{beyond} by no more than chance.")


def _is_worse_all_the_same(criterion: Criterion, evidence: Evidence | None) -> bool:
    """Return whether a closed day counts: what customers met then happened, waits apart."""
    if evidence is None or evidence.value is None or isinstance(evidence, Waits):
        return False
    return evidence.is_worse(criterion.limit, at_most=criterion.at_most, chance=DAY)


def _is_in_doubt(evidence: Evidence, value: float, criterion: Criterion) -> bool:
    """Return whether chance explains a figure beyond the limit badly, or it is far beyond."""
    at_most, limit = criterion.at_most, criterion.limit
    far = tolerated(type(evidence), limit, at_most=at_most, margin=FAR)
    is_far = value > far if at_most else value < far
    return is_far or evidence.is_worse(limit, at_most=at_most, chance=DOUBT)


def _too_little(seen: Seen, evidence: Evidence) -> str:
    if isinstance(evidence, Share) and evidence.of < ENOUGH_SHARE:
        return f"{evidence.of} seen; {ENOUGH_SHARE} are needed to say anything."
    # Few tickets on a day with many contacts are no lack of data: the assistant answered. Whether
    # there were enough of them in all is asked of all days together.
    if isinstance(evidence, Count | Waits) and seen.contacts < ENOUGH_CONTACTS:
        return f"{seen.contacts} contacts; {ENOUGH_CONTACTS} are needed to say anything."
    return ""


def judge(criterion: Criterion, history: Sequence[Seen]) -> Standing:
    """Return how a criterion stands after ``history``, whole days from oldest to newest."""
    return stand(criterion, tuple(judge_day(criterion, seen) for seen in history))


def stand(criterion: Criterion, days: tuple[Judged, ...]) -> Standing:
    """Return how a criterion stands after days that are judged, oldest first."""
    held = streak_of(days)
    beyond = _beyond_together(criterion, _seen(held))
    why = _why_not(criterion, held, beyond)
    return Standing(criterion, days, len(held), not why, why or "It is met.", not beyond)


def streak_of(days: Sequence[Judged]) -> list[Judged]:
    """Return the days that hold, one after the other, up to the last; closed ones are left out."""
    held: list[Judged] = []
    for day in reversed(days):
        if day.held is Held.CLOSED:
            continue
        if day.held is not Held.HOLDS:
            break
        held.insert(0, day)
    return held


def _why_not(criterion: Criterion, held: Sequence[Judged], beyond: str) -> str:
    """Return what is missing before the criterion is met; empty when nothing is."""
    if len(held) < criterion.days:
        return f"{len(held)} of {criterion.days} days hold."
    whole, at_most, limit = reduce(add, _seen(held)), criterion.at_most, criterion.limit
    if whole.value is None:
        return "Nobody had to wait for a person: there is nothing to judge yet."
    if beyond:
        return beyond
    worst = tolerated(type(whole), limit, at_most=at_most, margin=MARGIN)
    if not _is_nothing(whole, limit) and not whole.rules_out(worst, at_most=at_most, chance=END):
        shown = of_metric(criterion.metric, worst)
        return f"It holds, but {shown} cannot be ruled out yet: too little data."
    return ""


def _seen(held: Sequence[Judged]) -> list[Evidence]:
    return [day.seen.evidence for day in held if day.seen.evidence is not None]


def _beyond_together(criterion: Criterion, seen: Sequence[Evidence]) -> str:
    """Return what is wrong with days that hold one by one, added up; empty when nothing is."""
    if not seen or (whole := reduce(add, seen)).value is None:
        return ""
    at_most = criterion.at_most
    if not whole.meets(criterion.limit, at_most=at_most):
        return "Each day could be chance, all of them together are beyond it."
    middle = len(seen) // 2
    first, second = reduce(add, seen[:middle] or seen), reduce(add, seen[middle:])
    if middle and at_most and is_rising(first, second, chance=RISE):
        return "It holds, but it rises."
    return ""


def _is_nothing(whole: Evidence, limit: float) -> bool:
    """Return whether the limit is none at all: then one would have reset it."""
    return isinstance(whole, Count) and limit == 0


def stable_days(standings: Sequence[Standing]) -> int:
    """Return for how many consecutive days every criterion held; 0 without criteria."""
    return min((standing.streak for standing in standings), default=0)


def calm_days(standings: Sequence[Standing]) -> int:
    """Return the stable days when those of each criterion hold together too, else 0."""
    return stable_days(standings) if all(each.holds_together for each in standings) else 0


def may_end(standings: Sequence[Standing]) -> bool:
    """Return whether every criterion is met. Without criteria nothing may end."""
    return bool(standings) and all(standing.is_met for standing in standings)
