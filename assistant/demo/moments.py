"""The demo's clock: its week is the one of 16 November 2026, whenever somebody tries it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.ground.clock import Clock

STARTS = datetime(2026, 11, 21, 9, 40, tzinfo=UTC)  # day six of the launch, a Saturday morning
ENDS = datetime(2026, 12, 4, tzinfo=UTC)  # until then the pack's own dates are believable
KEPT_IN = "demo-clock"


class BeganLater:
    """A clock that runs as fast as another one and shows another time."""

    def __init__(self, clock: Clock, offset: timedelta) -> None:
        self._clock, self._offset = clock, offset

    def now(self) -> datetime:
        """Return the demo's time, aware, in UTC."""
        return self._clock.now() + self._offset

    def steady(self) -> float:
        """Return the seconds of the clock behind it."""
        return self._clock.steady()


def kept_offset(folder: Path, now: datetime) -> timedelta:
    """Return how far the demo's time is from ``now``; decided at the first start, then kept.

    Whoever begins finds the same Saturday, on which the update is in time and people are asking. A
    folder that was prepared long ago starts over at it, because the week it shows would be over.
    """
    kept = folder / KEPT_IN
    if not kept.exists():
        kept.write_text(str((STARTS - now).total_seconds()), "utf-8")
    offset = timedelta(seconds=float(kept.read_text("utf-8")))
    return offset if now + offset < ENDS else STARTS - now
