"""The only place that reads the wall clock. Everything else is told the time."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time in UTC."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""


class WallClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        return datetime.now(UTC)


class SetClock:
    """A clock that stands still until it is moved: for rehearsals, the demo's week and tests."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Return the instant it was last set to, aware, in UTC."""
        return self._at

    def set(self, at: datetime) -> None:
        """Move to ``at``."""
        self._at = at

    def forward(self, by: timedelta) -> datetime:
        """Move on by ``by`` and return the new instant."""
        self._at += by
        return self._at
