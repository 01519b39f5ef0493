"""The customers and agents of a simulated launch, as numbers drawn from one seed. Pure.

Every number here is an assumption about people, not a measurement; the simulation's outcome follows
from them and from what the real code does. They are named so that anybody may disagree.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

UNKNOWN = 0.25  # share of customers who ask what no approved answer answers
EARLY = 0.6  # share of customers who meet the change in its first days; the others come by later
EARLY_DAYS, LATE_DAYS = 2.5, 7.0  # mean of when they do; everybody meets the change once
USUAL = 0.012  # share of customers who ask on a normal day, whatever happens
HEEDED = 0.5  # share that does not ask because an update has told them, from its publication on
SATISFIED = 0.9  # share that a right answer settles; the others ask for a person
IMPATIENT = timedelta(hours=6)  # after so long without a person many ask again
ASKS_AGAIN = 0.35  # share that does
MOST_AGAIN = 2  # times
CHOOSES = 0.85  # share that takes the right title when it is offered
HANDLING = {True: 6.0, False: 14.0}  # minutes of an agent: with the right suggestion, and without
BUGS = 3  # entries of the most asked that are bugs: asked until they are fixed, as are some gaps
FIXED_AFTER = {True: 2.0, False: 5.0}  # days: with repeats logged once and owned, and without
WRITTEN_FROM, WRITTEN_A_DAY = 5, 2  # people who asked before leads write an answer; answers a day
NEVER = 1.0  # how much somebody heeds updates whom none concerns
BROADCAST_FROM = 5  # people with open tickets on one question, from which on all are told at once


@dataclass(frozen=True, slots=True)
class Visit:
    """One customer: when the change meets them, with what question, and how they are."""

    number: int
    after: timedelta  # since the launch went live
    about: str  # the key of the entry that answers them, or of the gap: what none answers yet
    words: str
    mood: float  # 0..1
    heeds: float  # 0..1


def visits(
    ways: Mapping[str, Sequence[str]],
    gaps: Mapping[str, Sequence[str]],
    *,
    customers: int,
    days: int,
    seed: int,
) -> list[Visit]:
    """Return the customers in the order in which the change meets them.

    Entries are asked unevenly, the first by far the most; the same seed gives the same customers
    whatever is switched on or off. They ask in the library's own phrasings with some words around
    them, so that the assistant understands them better than it would understand real people;
    ``gaps`` are what nothing answers, by key.
    """
    draw = random.Random(f"visits {seed}")  # noqa: S311  # a story, not a secret
    keys = sorted(ways)
    draw.shuffle(keys)
    weights = [1 / (rank + 1) for rank in range(len(keys))]
    unknown = [(gap, words) for gap, asked in gaps.items() for words in asked]
    found = []
    for number in range(customers):
        about = draw.choices(keys, weights)[0]
        day = _day(draw, EARLY_DAYS if draw.random() < EARLY else LATE_DAYS, days)
        hour = min(max(draw.gauss(6.0, 3.0), 0.1), 13.0)
        words = _in_own_words(draw, draw.choice(list(ways[about])))
        if draw.random() < UNKNOWN:
            about, words = draw.choice(unknown)
        after = timedelta(days=day, hours=hour)
        found.append(Visit(number, after, about, words, draw.random(), draw.random()))
    for day in range(days):
        for _ in range(round(USUAL * customers)):
            about = draw.choice(keys)
            after = timedelta(days=day, hours=draw.uniform(0.5, 10.0))
            words = _in_own_words(draw, draw.choice(list(ways[about])))
            found.append(Visit(len(found), after, about, words, draw.random(), NEVER))
    return sorted(found, key=lambda visit: (visit.after, visit.number))


def _day(draw: random.Random, mean: float, days: int) -> int:
    """Return on which day somebody meets the change; who would after the end is not played."""
    while (day := int(draw.expovariate(1 / mean))) >= days:
        pass
    return day


def _in_own_words(draw: random.Random, phrasing: str) -> str:
    """Return a phrasing as somebody types it: often as it is, sometimes with words around."""
    match draw.randrange(8):
        case 0:
            return f"Hello, {phrasing[0].lower()}{phrasing[1:]}"
        case 1:
            return f"{phrasing} Thanks"
        case 2:
            return phrasing.lower().rstrip("?.!")
        case _:
            return phrasing
