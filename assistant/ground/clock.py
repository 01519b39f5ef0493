"""The only place that reads the wall clock. Everything else is told the time."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

JUMPS = 5.0  # seconds by which the wall clock may part from the steady one between two looks
SETTLES = 10.0  # seconds without another jump after which the wall clock is believed again


class Clock(Protocol):
    """Tells the time in UTC."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""

    def steady(self) -> float:
        """Return seconds on a clock that nobody can set: only differences mean anything."""


class WallClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        return datetime.now(UTC)

    def steady(self) -> float:
        """Return seconds since some moment; they never jump."""
        return time.monotonic()


class SetClock:
    """A clock that stands still until it is moved: for rehearsals, the demo's week and tests."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._passed = 0.0

    def now(self) -> datetime:
        """Return the instant it was last set to, aware, in UTC."""
        return self._at

    def steady(self) -> float:
        """Return the seconds that have passed on it; a jump does not count."""
        return self._passed

    def set(self, at: datetime) -> None:
        """Let time pass until ``at``."""
        self._passed += (at - self._at).total_seconds()
        self._at = at

    def jump(self, by: timedelta) -> datetime:
        """Show another time without any passing, as when somebody sets a clock."""
        self._at += by
        return self._at

    def forward(self, by: timedelta) -> datetime:
        """Move on by ``by`` and return the new instant."""
        self.set(self._at + by)
        return self._at


class Watch:
    """Watches the wall clock beside the steady one, and tells whether it may be believed.

    A clock that was set by hours makes promises look broken that are not, or the other way round;
    what is decided for good waits until it has run like the steady one for ``SETTLES`` seconds.
    """

    def __init__(self) -> None:
        self._last: tuple[datetime, float] | None = None
        self._jumped_at: float | None = None

    def trusts(self, clock: Clock) -> bool:
        """Look at the clock, and return whether it has run evenly for a while."""
        now, steady = clock.now(), clock.steady()
        if self._last is not None:
            passed = (now - self._last[0]).total_seconds()
            if abs(passed - (steady - self._last[1])) > JUMPS:
                self._jumped_at = steady
        self._last = (now, steady)
        return self._jumped_at is None or steady - self._jumped_at >= SETTLES
