"""One wording beside the one before it: did fewer people come back? In words, and in numbers. Pure.

Too few people say nothing, and that is said; a difference that chance could make is called that.
"""

from dataclasses import dataclass

from assistant.answering.intervals import Share, difference

ENOUGH = 20  # people, of each wording; below that an interval is wider than half of everything
NEVER_BEFORE = "The first wording: there is nothing to compare it with yet."
SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Saved:
    """How many fewer came back than would have with the wording before; negative: more did."""

    people: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of follow-ups: a tone (good, bad or "") and a sentence."""

    tone: str
    words: str
    saved: Saved | None = None  # nothing while it cannot be told
    is_certain: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """The wording before: its number and who came back to it."""

    number: int
    came_back: Share


def compare(now: Share, before: Before | None, *, hours: int) -> Comparison:
    """Return how many came back within ``hours``, beside the wording before."""
    if before is None:
        return Comparison("", NEVER_BEFORE)
    if now.whole < ENOUGH:
        return Comparison("", _too_few(now, hours, "this wording"))
    if before.came_back.whole < ENOUGH:
        return Comparison("", _too_few(before.came_back, hours, f"version {before.number}"))
    change = difference(now, before.came_back)
    saved = Saved(-change.value * now.whole, -change.high * now.whole, -change.low * now.whole)
    if not change.value:
        words = f"As many came back: {_of(now)}, as of version {before.number}."
        return Comparison("", words, saved)
    fewer = "Fewer" if change.value < 0 else "More"
    both = f"{fewer} came back: {_of(now)}, against {_of(before.came_back)}"
    if not change.is_certain:
        return Comparison("", f"{both} of version {before.number}; that could be chance.", saved)
    tone = "good" if change.value < 0 else "bad"
    return Comparison(tone, f"{both} of version {before.number}.", saved, is_certain=True)


def percent(share: float) -> str:
    """Return a share as people read it: whole per cent."""
    return f"{100 * share:.0f}{SPACE}%"


def _of(share: Share) -> str:
    return f"{percent(share.value)} of {share.whole:,}"


def _too_few(share: Share, hours: int, which: str) -> str:
    return (
        f"Not enough data: {hours} hours have passed for {share.whole:,} of the {ENOUGH} people "
        f"that a comparison needs of {which}."
    )
