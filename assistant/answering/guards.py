"""Placeholder until the real module is written here."""
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.select import Candidate


@dataclass(frozen=True, slots=True)
class Objection:
    kind: str
    words: str


def against(question: str, candidate: Candidate, ways: Sequence[str]) -> tuple[Objection, ...]:
    return ()
