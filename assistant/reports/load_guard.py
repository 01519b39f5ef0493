"""The load guard: whether the people who are there can keep the promises, said before they break.

Pure. What waits is worked through in the order in which it is due, by everybody at once, each
taking the usual handling time: what would be answered after it is due is late (earliest due date
first misses the fewest that any order can keep). What arrives is a load in people: arrivals an
hour times hours each; at more people than there are, the queue grows without end, and how much of
it waits longer than promised follows from Erlang's waiting formula (Erlang 1917; arrivals at
random, times to handle exponential, which errs on the side of too many people).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from heapq import heapify, heapreplace
from math import ceil, exp

ACCEPTED = 0.1  # of arrivals that wait longer than promised, from which on it is too much
FEWEST = 5  # arrivals in the window, below which their rate says nothing
SAME = 0.3  # of arrivals that ask one question, from which on an update saves the most
MOST_PEOPLE = 200  # nobody is told to find more


class State(StrEnum):
    """What the guard says."""

    FINE = "fine"
    CLOSE = "close"  # arrivals alone are more than can be kept for long
    OVER = "over"  # something that waits now cannot be kept


@dataclass(frozen=True, slots=True)
class Load:
    """What is known. ``arrived`` tickets in ``window``; ``handling`` of one; ``dues`` of waiting.

    ``promised`` is the time a first response usually has, ``shared`` the largest share of arrivals
    that ask one question, ``is_assumed`` says that nobody measured the handling time.
    """

    arrived: int
    window: timedelta
    handling: timedelta
    people: int
    dues: tuple[datetime, ...]
    promised: timedelta
    shared: float = 0.0
    may_automate: bool = False
    is_assumed: bool = False


@dataclass(frozen=True, slots=True)
class Guarded:
    """The state, in words, with what to do; ``late`` of what waits cannot be kept."""

    state: State
    words: str
    proposals: tuple[str, ...] = ()
    late: int = 0
    late_from: datetime | None = None
    needed: int = 0


def guard(load: Load, *, at: datetime) -> Guarded:
    """Return whether the promises can be kept with the people who are there."""
    if load.people == 0:
        waiting = f"{len(load.dues)} wait" if len(load.dues) != 1 else "1 waits"
        if not load.dues and load.arrived < FEWEST:
            return Guarded(State.FINE, "Nobody is on shift, and nothing waits.")
        words = f"Nobody is on shift, and {waiting}."
        return Guarded(
            State.OVER, words, _proposals(load, max(1, needed(load, at=at))), len(load.dues)
        )
    late = late_ones(load.dues, load.people, load.handling, at=at)
    wanted = needed(load, at=at)
    if late:
        words = f"{len(late)} of {len(load.dues)} that wait will not be answered in time."
        return Guarded(State.OVER, words, _proposals(load, wanted), len(late), late[0], wanted)
    share = _late_share(load, load.people)
    if share > ACCEPTED:
        return Guarded(
            State.CLOSE, _close_words(load, share), _proposals(load, wanted), needed=wanted
        )
    if load.arrived < FEWEST:
        return Guarded(State.FINE, "Too few arrive to be a load.")
    return Guarded(State.FINE, f"{_busy(load):.0%} of the people’s time is taken.", needed=wanted)


def late_ones(
    dues: Sequence[datetime], people: int, handling: timedelta, *, at: datetime
) -> list[datetime]:
    """Return the deadlines that are missed, worked through in order of deadline by ``people``."""
    free = [at] * people
    heapify(free)
    missed = []
    for due in sorted(dues):
        done = free[0] + handling
        heapreplace(free, done)
        if done > due:
            missed.append(due)
    return missed


def needed(load: Load, *, at: datetime) -> int:
    """Return how many people would keep what waits and what arrives; what is over stays over."""
    still = tuple(due for due in load.dues if due > at + load.handling)
    for people in range(1, MOST_PEOPLE):
        is_kept = not late_ones(still, people, load.handling, at=at)
        if is_kept and _late_share(load, people) <= ACCEPTED:
            return people
    return MOST_PEOPLE


def _late_share(load: Load, people: int) -> float:
    if load.arrived < FEWEST:
        return 0.0
    return waiting_longer(_offered(load), people, load.promised / load.handling)


def waiting_longer(offered: float, people: int, times: float) -> float:
    """Return the share that waits longer than ``times`` handling times; 1 when the queue grows."""
    if offered >= people:
        return 1.0
    blocked = 1.0  # Erlang B by its recursion, then C from it
    for number in range(1, people + 1):
        blocked = offered * blocked / (number + offered * blocked)
    waits = people * blocked / (people - offered * (1 - blocked))
    return waits * exp(-(people - offered) * times)


def _offered(load: Load) -> float:
    return load.arrived * (load.handling / load.window)


def _busy(load: Load) -> float:
    return _offered(load) / load.people


def _close_words(load: Load, share: float) -> str:
    if _offered(load) < load.people:
        return f"At this pace {share:.0%} would wait longer than promised."
    per_hour = (_offered(load) - load.people) * (timedelta(hours=1) / load.handling)
    until = (
        load.promised / (_offered(load) / load.people - 1) if _offered(load) > load.people else None
    )
    grows = (
        f"More arrives than {load.people} can answer: the queue grows by {ceil(per_hour)} an hour"
    )
    if until is None or until > timedelta(days=1):
        return f"{grows}."
    return f"{grows}, and promises break in about {_in_words(until)}."


def _in_words(span: timedelta) -> str:
    minutes = span.total_seconds() / 60
    return f"{ceil(minutes)} min" if minutes < 90 else f"{minutes / 60:.0f} h"


def _proposals(load: Load, wanted: int) -> tuple[str, ...]:
    said = []
    if wanted > load.people:
        more = wanted - load.people
        said.append(f"{more} more {'person' if more == 1 else 'people'} on shift would keep it.")
    if load.shared >= SAME:
        said.append(f"{load.shared:.0%} ask the same: tell everybody with an update.")
    if load.may_automate:
        said.append("Let the assistant answer by itself where it is sure.")
    return tuple(said) or ("Answer first what is due first; nothing else helps sooner.",)
