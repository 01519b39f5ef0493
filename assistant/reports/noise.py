"""How sure a day's figure is: chance told apart from change. Pure; statistics from scipy.

A figure comes as *evidence*: how often something happened (`Count`), how many of how many
(`Share`), how many waited longer than a limit (`Waits`, for medians) or one value that somebody
measured (`Level`). Evidence of several days adds up. Each kind answers the same three questions
about a level: does it meet it, is it surely worse, does it rule that level out.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Protocol, Self

HALF = 0.5  # a median is at most a limit when at most half are over it


class Evidence(Protocol):
    """What was seen on one day or, added up, on several. ``limit`` is in the figure's unit."""

    @property
    def value(self) -> float | None:
        """Return the figure itself; nothing when there is nothing to compute it from."""

    @property
    def volume(self) -> int | None:
        """Return of how many observations it is; nothing where that has no meaning."""

    def meets(self, limit: float, *, at_most: bool) -> bool:
        """Return whether the figure, taken as it stands, is on the right side of ``limit``."""

    def is_worse(self, limit: float, *, at_most: bool, chance: float) -> bool:
        """Return whether a true level at ``limit`` gives this by chance less than ``chance``."""

    def rules_out(self, level: float, *, at_most: bool, chance: float) -> bool:
        """Return whether a true level as bad as ``level`` looks so good less than ``chance``."""

    def __add__(self, other: Self) -> Self:
        """Return the evidence of both."""


@dataclass(frozen=True, slots=True)
class Count:
    """Something happened ``events`` times in ``days`` days; limits are per day. Poisson."""

    events: int
    days: int = 1

    @property
    def value(self) -> float:
        return self.events / self.days

    @property
    def volume(self) -> int | None:
        return None

    def meets(self, limit: float, *, at_most: bool) -> bool:
        return self.value <= limit if at_most else self.value >= limit

    def is_worse(self, limit: float, *, at_most: bool, chance: float) -> bool:
        return self._this_or_further(limit, above=at_most) < chance

    def rules_out(self, level: float, *, at_most: bool, chance: float) -> bool:
        return self._this_or_further(level, above=not at_most) < chance

    def _this_or_further(self, limit: float, *, above: bool) -> float:
        from scipy.special import pdtr, pdtrc

        expected = limit * self.days
        if above:
            return float(pdtrc(self.events - 1, expected)) if self.events else 1.0
        return float(pdtr(self.events, expected))

    def __add__(self, other: "Count") -> "Count":
        return Count(self.events + other.events, self.days + other.days)


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``of``; limits are in per cent. Binomial."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        return 100 * self.hits / self.of if self.of else None

    @property
    def volume(self) -> int:
        return self.of

    def meets(self, limit: float, *, at_most: bool) -> bool:
        if self.value is None:
            return False
        return self.value <= limit if at_most else self.value >= limit

    def is_worse(self, limit: float, *, at_most: bool, chance: float) -> bool:
        return _this_or_further(self.hits, self.of, limit / 100, above=at_most) < chance

    def rules_out(self, level: float, *, at_most: bool, chance: float) -> bool:
        return _this_or_further(self.hits, self.of, level / 100, above=not at_most) < chance

    def __add__(self, other: "Share") -> "Share":
        return Share(self.hits + other.hits, self.of + other.of)


@dataclass(frozen=True, slots=True)
class Waits:
    """Waits of ``of`` tickets with their median; how many were over the limit and the tolerated.

    No shape of the waits is assumed: the median is worse than a limit when more than half are
    over it, which is a sign test.
    """

    of: int
    over: int
    over_tolerated: int
    median: float | None

    @property
    def value(self) -> float | None:
        return self.median

    @property
    def volume(self) -> int:
        return self.of

    def meets(self, limit: float, *, at_most: bool) -> bool:
        return self.of > 0 and (self.over <= HALF * self.of) == at_most

    def is_worse(self, limit: float, *, at_most: bool, chance: float) -> bool:
        return _this_or_further(self.over, self.of, HALF, above=at_most) < chance

    def rules_out(self, level: float, *, at_most: bool, chance: float) -> bool:
        return _this_or_further(self.over_tolerated, self.of, HALF, above=not at_most) < chance

    def __add__(self, other: "Waits") -> "Waits":
        known = [each for each in (self, other) if each.median is not None]
        of = sum(each.of for each in known)
        return Waits(
            self.of + other.of,
            self.over + other.over,
            self.over_tolerated + other.over_tolerated,
            # The median of several days only for the eye: the judgement goes by the counts.
            sum((each.median or 0) * each.of for each in known) / of if of else None,
        )


@dataclass(frozen=True, slots=True)
class Level:
    """One measured value a day, without a word on its noise: taken as it stands."""

    worst: float | None
    best: float | None

    @property
    def value(self) -> float | None:
        return self.worst

    @property
    def volume(self) -> int | None:
        return None

    def meets(self, limit: float, *, at_most: bool) -> bool:
        seen = self.worst if at_most else self.best
        return seen is not None and (seen <= limit if at_most else seen >= limit)

    def is_worse(self, limit: float, *, at_most: bool, chance: float) -> bool:
        return not self.meets(limit, at_most=at_most)

    def rules_out(self, level: float, *, at_most: bool, chance: float) -> bool:
        return self.meets(level, at_most=at_most)

    def __add__(self, other: "Level") -> "Level":
        if self.worst is None or self.best is None or other.worst is None or other.best is None:
            return Level(None, None)
        return Level(max(self.worst, other.worst), min(self.best, other.best))


def level(value: float | None) -> Level:
    """Return one measured value as evidence."""
    return Level(value, value)


def is_rising(first: Evidence, second: Evidence, *, chance: float) -> bool:
    """Return whether the second stretch is surely higher than the first, not by chance alone."""
    if isinstance(first, Count) and isinstance(second, Count):
        # Given both together, how they fall on the two stretches is a throw of coins.
        together = first + second
        share = second.days / together.days
        return _this_or_further(second.events, together.events, share, above=True) < chance
    ours, theirs = _hits(first), _hits(second)
    if ours is None or theirs is None:
        return False
    return _more_often(*ours, *theirs) < chance


def _hits(evidence: Evidence) -> tuple[int, int] | None:
    match evidence:
        case Share(hits, of) | Waits(of, hits):
            return hits, of
        case _:
            return None


def _more_often(hits: int, of: int, then: int, of_then: int) -> float:
    """Return the chance of ``then`` or more hits later when nothing changed (Fisher, exact)."""
    from scipy.stats import hypergeom

    return float(hypergeom.sf(then - 1, of + of_then, hits + then, of_then))


def tolerated(evidence: type[Evidence], limit: float, *, at_most: bool, margin: float) -> float:
    """Return the level beyond ``limit`` that has to be ruled out before anything ends.

    It lies ``margin`` (a share) beyond the limit, for a count at least one day's noise beyond
    it: no five days tell three a day from four. A limit of nothing tolerates nothing.
    """
    beyond = margin * limit
    if evidence is Share:
        beyond = margin * (limit if at_most else 100 - limit)
    if evidence is Count:
        beyond = max(beyond, sqrt(limit))
    return limit + beyond if at_most else max(0.0, limit - beyond)


def _this_or_further(hits: int, of: int, share: float, *, above: bool) -> float:
    """Return the chance of ``hits`` or more (or fewer) of ``of`` at a true ``share``."""
    from scipy.special import bdtr, bdtrc

    if not of or (above and not hits):
        return 1.0
    share = min(1.0, max(0.0, share))
    return float(bdtrc(hits - 1, of, share) if above else bdtr(hits, of, share))
