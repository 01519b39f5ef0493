"""Who is next when a promise breaks, nobody moves or somebody asks for help. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from assistant.launch.coverage import Coverage

NOBODY_MOVED = timedelta(minutes=30)  # with one person, before it goes to the next
AT_LEAST = timedelta(minutes=10)  # that everybody has, whatever a path says
EVERYBODY = 3  # turns beyond a path: who is in charge, the next one on the rotation, all leads


@dataclass(frozen=True, slots=True)
class Step:
    """The next level and the address of the person who has it then."""

    level: int
    to: str


def next_step(path: Sequence[dict[str, Any]], level: int, *, owner: str = "") -> Step | None:
    """Return the step after ``level`` (0 is nobody yet) on a path of ``{after_minutes, to}``.

    The path is walked in order of its minutes; a step that leads to the ``owner`` (an address)
    is passed over. At its end there is nobody above, so nothing.
    """
    above = (Step(at + 1, str(step["to"])) for at, step in enumerate(_walked(path)) if at >= level)
    return next((step for step in above if step.to != owner), None)


def moves_at(
    path: Sequence[dict[str, Any]],
    level: int,
    *,
    since: datetime,
    moved_at: datetime | None,
    counts: Coverage,
    each: timedelta | None = None,
) -> datetime | None:
    """Return when a ticket goes one level up because nobody took it or answered; nothing: never.

    A step's minutes count from ``since``, when the customer asked; a step without a time, and the
    end of the path, come when nobody has moved for half an hour since ``moved_at``, when it last
    went up. What has not gone up yet and has no time is moved by a missed promise. Beyond the path
    it stays with whoever is in charge, unless each person there has a time of their own (``each``,
    of Sev 1): then it goes on until everybody was told. Minutes are covered time of ``counts``.
    """
    if level > len(path):
        if each is None or moved_at is None or level >= len(path) + EVERYBODY:
            return None
        return counts.add(moved_at, max(each, AT_LEAST))
    step = _walked(path)[level] if level < len(path) else {}
    minutes = timedelta(minutes=int(step.get("after_minutes") or 0))
    if moved_at is None or level == 0:
        return counts.add(since, minutes) if minutes else None
    if minutes:
        return max(counts.add(since, minutes), counts.add(moved_at, AT_LEAST))
    return counts.add(moved_at, min(max(each or NOBODY_MOVED, AT_LEAST), NOBODY_MOVED))


def _walked(path: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(path, key=lambda step: int(step.get("after_minutes") or 0))
