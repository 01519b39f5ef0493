"""What a shelf said about each customer's question, and whether that was right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.entries import Entry, Finding
from knowledge.shelf import Shelf
from tests.benchmarks.public_data import Asked, Vectors


@dataclass(frozen=True, slots=True)
class Observation:
    """One question as it was found."""

    finding: Finding
    answer: str | None
    """The entry that answers it; None when no entry does."""

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
    return [
        Observation(shelf.find(question, known.get(text)), answer)
        for (question, answer), text in zip(customers, repaired, strict=True)
    ]
