"""What a shelf said about each customer's question, and whether that was right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.answering.unexplained import clauses, denies_otherwise, left_over
from knowledge.entries import Entry, Finding
from knowledge.shelf import Shelf
from tests.benchmarks.public_data import Asked, Vectors

WORTH_A_LOOK = 0.70
"""Certainty, by the shipped model, from which it is asked whether anything is left over."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One question as it was found."""

    finding: Finding
    answer: str | None
    """The entry that answers it; None when no entry does."""
    unexplained: bool = False
    """Whether the question says more than the winner is asked for; then it is not answered."""

    @property
    def features(self) -> Mapping[str, float]:
        """Of the winner, as the certainty model sees it."""
        return self.finding.matches[0].features

    @property
    def right(self) -> bool:
        """Whether the winner is the answer."""
        return self.finding.matches[0].entry == self.answer

    @property
    def among_three(self) -> bool:
        """Whether the answer is one of the three best."""
        return self.answer in [match.entry for match in self.finding.matches[:3]]


def observe(
    entries: Sequence[Entry],
    customers: Sequence[Asked],
    vectors: Vectors | None,
    patient: bool = False,
) -> list[Observation]:
    """Every customer's question put to a shelf of these entries; lexical mode without vectors."""
    ways = [text for entry in entries for text in (*entry.ways(), *entry.not_for)]
    shelf = Shelf(entries, vectors.of(ways) if vectors else {}, patient)
    repaired = [shelf.repaired(question) for question, _ in customers]
    known = vectors.of(repaired) if vectors else {}
    found = [
        (shelf.find(question, known.get(text)), answer)
        for (question, answer), text in zip(customers, repaired, strict=True)
    ]
    return [Observation(*each, _is_unexplained(shelf, each[0], vectors)) for each in found]


def _is_unexplained(shelf: Shelf, finding: Finding, vectors: Vectors | None) -> bool:
    """As `answering.consider` asks it; only of what comes near to being answered."""
    if vectors is None or finding.exact or finding.certainty < WORTH_A_LOOK:
        return False
    first, said = finding.matches[0], clauses(finding.question)
    if denies_otherwise(finding.question, first.nearest) is not None:
        return True
    if len(said) == 1:
        return False
    known = vectors.of(said)
    rows = np.stack([known[clause] for clause in said])
    return left_over(said, shelf.nearness(first.entry, rows).tolist()) is not None
