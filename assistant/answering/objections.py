"""What speaks against an answer, and what is looked at to find it."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.verdicts import Candidate
from assistant.answering.wording import plain


@dataclass(frozen=True, slots=True)
class Objection:
    """One reason not to answer outright; the customer is asked "did you mean" instead."""

    kind: str
    words: str
    """For the desk: what the question has that the message has not."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question beside one candidate."""

    question: str
    """As the customer wrote it."""
    spoken: str
    """The question made plain."""
    ways: tuple[str, ...]
    """Title and phrasings of the candidate, plain."""
    own: tuple[str, ...]
    """Everything that says what the candidate is for: ways and condition, plain."""
    words: tuple[str, ...]
    """All its words as written: ways, condition and text."""

    @classmethod
    def of(cls, question: str, candidate: Candidate, ways: Sequence[str]) -> "Case":
        """The case of this question and candidate."""
        asked = tuple(dict.fromkeys((candidate.title, *ways)))
        own = (*asked, candidate.applies_when)
        spoken = tuple(plain(each) for each in own)
        return cls(question, plain(question), spoken[: len(asked)], spoken, (*own, candidate.text))
