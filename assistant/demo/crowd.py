"""The customers and agents of a simulated launch, as numbers drawn from one seed. Pure.

Every number here is an assumption about people, not a measurement; the simulation's outcome follows
from them and from what the real code does. They are named so that anybody may disagree.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

UNKNOWN = 0.25  # share of customers who ask what no approved answer answers
EARLY = 0.6  # share of customers who meet the change in its first days; the others at any time
EARLY_DAYS = 2.5  # mean of when the early ones do
HEEDED = 0.5  # share that does not ask because an update has told them, from its publication on
SATISFIED = 0.9  # share that a right answer settles; the others ask for a person
IMPATIENT = timedelta(hours=6)  # after so long without a person many ask again
ASKS_AGAIN = 0.35  # share that does
MOST_AGAIN = 2  # times
CHOOSES = 0.85  # share that takes the right title when it is offered
HANDLING = {True: 6.0, False: 14.0}  # minutes of an agent: with the right suggestion, and without
BUGS = 3  # entries of the most asked that are bugs: asked until they are fixed
FIXED_AFTER = {True: 2.0, False: 5.0}  # days: with repeats logged once and owned, and without
BROADCAST_FROM = 5  # people with open tickets on one question, from which on all are told at once


@dataclass(frozen=True, slots=True)
class Visit:
    """One customer: when the change meets them, with what question, and how they are."""

    number: int
    after: timedelta  # since the launch went live
    entry: str  # the key of the entry that answers them, "" when none does
    words: str
    mood: float  # 0..1
    heeds: float  # 0..1


def visits(
    ways: Mapping[str, Sequence[str]],
    gaps: Sequence[str],
    *,
    customers: int,
    days: int,
    seed: int,
) -> list[Visit]:
    """Return the customers in the order in which the change meets them.

    Entries are asked unevenly, the first by far the most; the same seed gives the same customers
    whatever is switched on or off. They ask in the library's own phrasings with some words around
    them, so that the assistant understands them better than it would understand real people;
    ``gaps`` are what nothing answers.
    """
    draw = random.Random(f"visits {seed}")  # noqa: S311  # a story, not a secret
    keys = sorted(ways)
    draw.shuffle(keys)
    weights = [1 / (rank + 1) for rank in range(len(keys))]
    found = []
    for number in range(customers):
        entry = draw.choices(keys, weights)[0]
        day = draw.expovariate(1 / EARLY_DAYS) if draw.random() < EARLY else draw.uniform(0, days)
        hour = min(max(draw.gauss(6.0, 3.0), 0.1), 13.0)
        after = timedelta(days=min(int(day), days - 1), hours=hour)
        words = _in_own_words(draw, draw.choice(list(ways[entry])))
        if draw.random() < UNKNOWN:
            entry, words = "", draw.choice(gaps)
        found.append(Visit(number, after, entry, words, draw.random(), draw.random()))
    return sorted(found, key=lambda visit: (visit.after, visit.number))


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
