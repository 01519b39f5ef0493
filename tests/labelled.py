"""Labelled questions to a launch, put to the assistant as a customer would put them.

    demo         a hundred to the demo launch
    hard         three hundred to it, halves "tune" and "report"
    hard_second  a second hard set to it, only ever reported
    contrast     minimal pairs: one question that is answered, one that differs in a little
    bank         to another launch in another trade, halves "tune" and "report"

Each file says how it was written. They judge the engine; nothing is learnt from them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from assistant import demo, migrations
from assistant.answering import trying
from assistant.answering.consider import Thought
from assistant.ground.parts import Parts
from assistant.library import packs, stocking
from knowledge.entries import Match
from tests import cast

if TYPE_CHECKING:
    from knowledge.embedding import Embedder

QUESTIONS = Path(__file__).parent / "journeys" / "questions"


@dataclass(frozen=True, slots=True)
class Library:
    """A launch pack whose entries are asked for."""

    pack: Path
    launch: str
    approver: str


SHOP = Library(demo.PACK, demo.LAUNCH, demo.APPROVER)
BANK = Library(QUESTIONS / "bank-migration.yaml", "bank-migration", "maeve@example.com")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One question with the entries that answer it; none: nothing that is approved does."""

    question: str
    right: tuple[str, ...]
    kind: str
    half: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the assistant would do with one labelled question in automatic mode."""

    asked: Labelled
    outcome: str
    entry: str | None
    """The entry it answers with."""
    offered: tuple[str, ...]
    """The entries of a "did you mean"."""
    matches: tuple[Match, ...]
    thought: Thought

    @property
    def is_wrong(self) -> bool:
        """Whether a customer would read an approved text that does not answer them."""
        return self.outcome == "answer" and self.entry not in self.asked.right

    @property
    def is_outright(self) -> bool:
        """Whether a customer reads the right text at once."""
        return self.outcome == "answer" and self.entry in self.asked.right

    @property
    def is_solved(self) -> bool:
        """Whether a customer gets the right text with at most one tap."""
        recognised = bool(set(self.asked.right) & set(self.offered))
        return self.is_outright or (self.outcome == "clarification" and recognised)


def questions(name: str, half: str = "") -> list[Labelled]:
    """The questions of a file, or one half of them; a pair of `contrast` gives two."""
    items = yaml.safe_load((QUESTIONS / f"{name}.yaml").read_text("utf-8"))
    read = [one for item in items for one in _read(item)]
    return [one for one in read if not half or one.half == half]


def _read(item: dict[str, Any]) -> list[Labelled]:
    if "contrast" in item:
        sides = ("answerable", "contrast")
        return [Labelled(item[s]["question"], _right(item[s]), item["kind"], s) for s in sides]
    return [Labelled(item["question"], _right(item), item["kind"], item.get("half", ""))]


def _right(item: dict[str, Any]) -> tuple[str, ...]:
    entry = item["entry"]
    return tuple(entry) if isinstance(entry, list) else (entry,) if entry else ()


@contextmanager
def opened(library: Library, folder: Path, embedder: "Embedder | None") -> Iterator[Parts]:
    """The parts of a house in an empty folder that holds the launch, approved and compiled."""
    parts = cast.parts_in(folder, embedder=embedder)
    migrations.upgrade(parts.db)
    packs.bring_in(parts, library.pack, approve_as=library.approver, dry_run=False)
    stocking.warm(parts, library.launch)
    yield parts
    parts.close()


def seen(parts: Parts, library: Library, asked: Sequence[Labelled]) -> list[Seen]:
    """What would happen to each of them."""
    thoughts = trying.thoughts(parts, library.launch, [one.question for one in asked])
    return [_seen(one, thought) for one, (_, thought) in zip(asked, thoughts, strict=True)]


def _seen(asked: Labelled, thought: Thought) -> Seen:
    return Seen(
        asked=asked,
        outcome=thought.outcome,
        entry=thought.answers[0].entry if thought.outcome == "answer" else None,
        offered=thought.clarification.entries if thought.clarification else (),
        matches=thought.leading.known.finding.matches if thought.leading else (),
        thought=thought,
    )
