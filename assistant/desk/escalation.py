"""Who is next when a promise breaks or somebody asks for help. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


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
    steps = sorted(path, key=lambda step: int(step.get("after_minutes") or 0))
    above = (Step(at + 1, str(step["to"])) for at, step in enumerate(steps) if at >= level)
    return next((step for step in above if step.to != owner), None)
