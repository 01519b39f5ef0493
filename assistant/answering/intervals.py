"""How sure a share is, and whether one share differs from another. Pure.

Wilson's score interval for one share; for the difference of two, Newcombe's hybrid of their Wilson
limits (1998, method 10). Both keep their promise for small numbers and for shares near 0 and 1.
"""

import math
from dataclasses import dataclass

Z = 1.959964  # of the normal distribution: 95 % of it lies within


@dataclass(frozen=True, slots=True)
class Share:
    """``part`` of ``whole``; of nothing it is not known, and its limits are 0 and 1."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """Return the share, 0..1; 0 of nothing."""
        return self.part / self.whole if self.whole else 0.0

    @property
    def limits(self) -> tuple[float, float]:
        """Return the 95 % limits (Wilson), 0..1."""
        if not self.whole:
            return 0.0, 1.0
        n, p = self.whole, self.value
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        reach = Z / (1 + Z * Z / n) * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        # At 0 and at all of them one limit is exact; floating point would miss it by a hair.
        low = 0.0 if self.part == 0 else max(0.0, middle - reach)
        high = 1.0 if self.part == n else min(1.0, middle + reach)
        return low, high


@dataclass(frozen=True, slots=True)
class Difference:
    """One share less another, -1..1, with its 95 % limits (Newcombe)."""

    value: float
    low: float
    high: float

    @property
    def is_certain(self) -> bool:
        """Return whether chance alone would hardly make such a difference."""
        return self.low > 0 or self.high < 0


def difference(one: Share, other: Share) -> Difference:
    """Return ``one`` less ``other``."""
    (low_1, high_1), (low_2, high_2) = one.limits, other.limits
    apart = one.value - other.value
    below = math.hypot(one.value - low_1, high_2 - other.value)
    above = math.hypot(high_1 - one.value, other.value - low_2)
    return Difference(apart, max(-1.0, apart - below), min(1.0, apart + above))
