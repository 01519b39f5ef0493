"""SLA stages: for which categories the normal promises hold again. Pure.

Stage 0 is hypercare in full. Each stage after it gives the least critical category back to the
normal policy; access, the most critical, keeps hypercare's until the end. Sev 1 never leaves it.
"""

from dataclasses import dataclass

from assistant.launch.scenarios import Category

RESTORED = (Category.COSMETIC, Category.CORE_WORKFLOW, Category.BILLING)  # in this order
LAST = len(RESTORED)
FIRST_AFTER = 5  # consecutive stable days before the first category goes back
EACH_AFTER = 2  # more stable days before each one after it


def restored(stage: int) -> frozenset[Category]:
    """Return the categories under normal promises at ``stage`` (0 to ``LAST``)."""
    return frozenset(RESTORED[:stage])


def words_of(stage: int) -> str:
    """Return the stage in words."""
    if stage <= 0:
        return "Hypercare in full"
    names = [category.value.replace("-", " ") for category in RESTORED[:stage]]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"Normal promises for {listed}"


def needed_after(stage: int) -> int | None:
    """Return how many consecutive stable days the next step down needs; nothing at the last."""
    return None if stage >= LAST else FIRST_AFTER + EACH_AFTER * stage


@dataclass(frozen=True, slots=True)
class Situation:
    """What a stage is decided by.

    ``stable_days`` are whole consecutive days up to yesterday on which all watched figures held;
    ``days_in_stage`` are whole days since the last change; ``worse`` names the figures that are
    surely worse now.
    """

    stage: int
    stable_days: int
    days_in_stage: int
    worse: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """The stage to go to, and why in a sentence."""

    stage: int
    because: str


def next_stage(now: Situation) -> Move | None:
    """Return where to go, or nothing.

    Down is slow and one category at a time; back is at once and for all. What brought it back has
    to be away for as many days as at the beginning before anything steps down again, so that it
    does not swing.
    """
    if now.worse and now.stage > 0:
        return Move(0, f"{', '.join(now.worse)}: worse, and not by chance.")
    needed = needed_after(now.stage)
    if now.worse or needed is None:
        return None
    waited = EACH_AFTER if now.stage else 0
    if now.stable_days >= needed and now.days_in_stage >= waited:
        return Move(now.stage + 1, f"{now.stable_days} stable days in a row.")
    return None
