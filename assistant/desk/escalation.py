"""Who is next when a promise breaks or somebody asks for help. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """The next level and the address of the person who has it then."""

    level: int
    to: str


def next_step(path: Sequence[dict[str, Any]], level: int) -> Step | None:
    """Return the step after ``level`` (0 is nobody yet) on a path of ``{after_minutes, to}``.

    The path is walked in order of its minutes; at its end there is nobody above, so nothing.
    """
    steps = sorted(path, key=lambda step: int(step.get("after_minutes") or 0))
    return Step(level + 1, str(steps[level]["to"])) if level < len(steps) else None
