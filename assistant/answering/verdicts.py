"""What the model can have said about a question: one of the shown texts, none, or nothing usable.

A verdict is a proposal. What it is worth is for ``trust`` to say, what happens for ``decide``.
"""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Candidate:
    """An approved message that may be the answer."""

    entry: str
    title: str
    text: str
    applies_when: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """This entry's text answers the question, says the model."""

    entry: str
    severity: int | None
    category: str | None
    looks: int = 1
    """In how many orders it was asked and said the same."""
    model: str = field(default="", compare=False)
    """Who said so, by the name under which it is asked."""


@dataclass(frozen=True, slots=True)
class NoneOfThem:
    """No shown text answers the question, says the model."""

    severity: int | None
    category: str | None
    model: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Torn:
    """Asked in two orders, the model named two different texts, or once one and once none."""

    entries: tuple[str, ...]
    """What it named, one or two, the first named first."""
    model: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class NoVerdict:
    """The model said nothing usable; `reason` in words, for logs and figures."""

    reason: str


Verdict = Chosen | NoneOfThem | Torn | NoVerdict


def as_facts(verdict: Verdict | None) -> dict[str, Any] | None:
    """A verdict as decisions keep it, its ``kind`` first; nothing when the model was not asked."""
    return None if verdict is None else {"kind": _KINDS[type(verdict)], **asdict(verdict)}


def named_by(verdict: Verdict | None) -> tuple[str, ...]:
    """The entries that a verdict names as answering: one, two when it is torn, or none."""
    if isinstance(verdict, Chosen):
        return (verdict.entry,)
    return verdict.entries if isinstance(verdict, Torn) else ()


_KINDS: dict[type, str] = {
    Chosen: "chosen",
    NoneOfThem: "none",
    Torn: "torn",
    NoVerdict: "no-verdict",
}
