"""What a version would change, question by question: the categories of a replay. Pure.

A question is compared with itself: what it gets from the library as it is, and what it would get
if the version were live. What people said about it decides whether a change breaks something.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from knowledge.guarantee import Certificate


class Category(StrEnum):
    """What the version does to one question; the worst first."""

    BREAK = "break"  # what people confirmed as right changes, or they said it is not this one
    STEAL = "steal"  # another entry answered it; now this one answers or is asked about
    LOST = "lost"  # this entry gave more before than it gives now
    ELSEWHERE = "elsewhere"  # it gets something else, and not from this entry
    GAIN = "gain"  # this entry answers or is asked about, where less was given before
    UNANSWERED = "unanswered"  # a person answers, before and after
    SAME = "same"  # it gets what it got


@dataclass(frozen=True, slots=True)
class Got:
    """What one question gets: an answer, titles to choose from, or a person."""

    kind: str  # answer, clarification or handoff
    entries: tuple[str, ...] = ()  # that answer it, or are offered, best first
    certainty: float = 0.0
    reason: str = ""

    @property
    def reach(self) -> int:
        """Return how far the assistant gets by itself: 2 answers, 1 offers titles, else 0."""
        if not self.entries:
            return 0
        return {"answer": 2, "clarification": 1}.get(self.kind, 0)

    @property
    def given(self) -> tuple[str, ...]:
        """Return the entries that the customer gets or may choose."""
        return self.entries if self.reach else ()

    def is_as(self, other: "Got") -> bool:
        """Return whether a customer would see the same entries in the same way."""
        return (self.reach, self.given) == (other.reach, other.given)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What people of the team said of one question: which entries answer it, and which do not."""

    right: frozenset[str] = frozenset()
    wrong: frozenset[str] = frozenset()


NOTHING_SAID = Confirmed()


def got_of_one(got: Got, ends: str, entry: str) -> Got:
    """Return what a question gets as if ``entry`` gave what it gets from the one that ``ends``."""
    given = dict.fromkeys(entry if one == ends else one for one in got.entries)
    return replace(got, entries=tuple(given))


def said_of_one(said: Confirmed, ends: str, entry: str) -> Confirmed:
    """Return what was said of either entry as said of ``entry``, which takes the other one in."""
    of_either = {ends, entry}
    right = {entry} if said.right & of_either else set()
    wrong = {entry} if said.wrong & of_either and not right else set()
    return Confirmed(said.right - of_either | right, said.wrong - of_either | wrong)


def category_of(entry: str, before: Got, after: Got, said: Confirmed = NOTHING_SAID) -> Category:
    """Return what happens to a question when ``entry`` becomes as it was drafted."""
    if why_broken(entry, before, after, said):
        return Category.BREAK
    had, gets = entry in before.given, entry in after.given
    if gets and not had:
        return Category.STEAL if before.reach == 2 else Category.GAIN
    if had and (after.reach if gets else 0) < before.reach:
        return Category.LOST
    if gets and after.reach > before.reach:
        return Category.GAIN
    if not before.is_as(after):
        return Category.SAME if had and gets else Category.ELSEWHERE
    return Category.UNANSWERED if after.kind == "handoff" else Category.SAME


def category_without(entry: str, before: Got, after: Got) -> Category:
    """Return what happens to a question when ``entry`` is gone; lost is what nobody answers then.

    Where another entry answers it or is offered in its place, it gets something else.
    """
    if entry in before.given:
        return Category.ELSEWHERE if after.reach else Category.LOST
    return category_of(entry, before, after)


def why_broken(entry: str, before: Got, after: Got, said: Confirmed) -> str:
    """Return why a change breaks what people confirmed, in words; empty when it does not."""
    answered_after = set(after.given) if after.reach == 2 else set()
    answered_before = set(before.given) if before.reach == 2 else set()
    new = answered_after - answered_before
    if entry in new and entry in said.wrong:
        return "A person said that this entry does not answer it. Now it would."
    if said.right and (strangers := new - said.right):
        names = ", ".join(sorted(strangers))
        return f"Confirmed for {_names(said.right)}. Now {names} would answer it."
    if lost := (said.right & set(before.given)) - set(after.given):
        return f"Confirmed for {_names(lost)}, and it would not be given any more."
    if said.right & answered_before and after.reach < 2:
        return f"Confirmed for {_names(said.right)}. The customer would be asked first."
    return ""


def _names(entries: Iterable[str]) -> str:
    return ", ".join(sorted(entries))


@dataclass(frozen=True, slots=True)
class Estimate:
    """How much is answered, and how often wrongly, among the questions of a replay."""

    asked: int  # questions
    answered: int  # by the assistant itself
    offered: int  # asked back with titles
    wrong: int  # answered, and people said that it is wrong
    known: int  # answered, and people said whether it is right

    @property
    def coverage(self) -> float:
        """Return the share that is answered by the assistant itself, 0 to 1."""
        return self.answered / self.asked if self.asked else 0.0

    @property
    def solvable(self) -> float:
        """Return the share that is answered or asked back, 0 to 1."""
        return (self.answered + self.offered) / self.asked if self.asked else 0.0

    @property
    def wrong_rate(self) -> float | None:
        """Return the share of wrong answers among those that people judged, if there are any."""
        return self.wrong / self.known if self.known else None

    @property
    def bound(self) -> float | None:
        """Return what that share is at most, at 90 % (exact binomial); nothing without labels."""
        return Certificate(self.wrong, self.known).highest if self.known else None


def estimate_of(outcomes: Sequence[tuple[Got, Confirmed]]) -> Estimate:
    """Return the estimate over every question of a replay."""
    answered = [(got, said) for got, said in outcomes if got.reach == 2]
    judged = [verdict for each in answered if (verdict := _is_right(*each)) is not None]
    return Estimate(
        asked=len(outcomes),
        answered=len(answered),
        offered=sum(got.reach == 1 for got, _ in outcomes),
        wrong=judged.count(False),
        known=len(judged),
    )


def _is_right(got: Got, said: Confirmed) -> bool | None:
    """Return whether an answer is right, as far as people said anything that decides it."""
    if set(got.given) & said.wrong:
        return False
    return set(got.given) <= said.right if said.right else None
