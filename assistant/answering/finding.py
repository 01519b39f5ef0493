"""What is found for a question: the shelf's matches, by meaning where there is an embedder.

Many questions at once are embedded together, which takes a fraction of the time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from assistant.desk.messages import LONGEST
from assistant.ground.parts import Parts
from assistant.library import stocking
from assistant.library.stocking import Stock
from knowledge.entries import Finding, Vector
from knowledge.splitting import split_questions

if TYPE_CHECKING:
    from assistant.answering.guarantee import Standing


@dataclass(frozen=True, slots=True)
class Ready:
    """What is looked up before thinking: what may be said, and the vectors known already."""

    stock: Stock
    at: datetime
    """The moment for which it was looked up."""
    vectors: "Mapping[str, Vector | None]" = field(default_factory=dict)
    """By the question as it is read; None where the embedder has just failed."""
    standing: "Standing | None" = None
    """How sure it must be, where that is not the launch's own at this moment."""


def ready_for(parts: Parts, launch_id: int, texts: Iterable[str], *, at: datetime) -> Ready:
    """Return the launch's stock, with the vectors of every question of these messages."""
    return ready_with(parts, stocking.stock_of(parts, launch_id, at=at), texts, at=at)


def ready_with(parts: Parts, stock: Stock, texts: Iterable[str], *, at: datetime) -> Ready:
    """Return the same for a stock that need not be the launch's: one to rehearse with."""
    shelf = stock.shelf
    questions = (one for text in texts if len(text) <= LONGEST for one in split_questions(text))
    read_as = list(dict.fromkeys(map(shelf.repaired, questions)))
    return Ready(stock, at, _vectors(parts, stock, read_as))


def found(
    parts: Parts, launch_id: int, ready: Ready, question: str
) -> tuple[Finding, Vector | None, str]:
    """Return what the shelf finds, the question's vector, and it as read: typing errors mended.

    Without an embedder, or when it fails, the question is found by its words alone.
    """
    shelf, read_as = ready.stock.shelf, ready.stock.shelf.repaired(question)
    vector = _meaning(parts, ready, read_as)
    if vector is None:
        return shelf.find(question, None), None, read_as
    neighbours = stocking.near(parts, launch_id, ready.stock, vector)
    return shelf.find(question, vector, neighbours), vector, read_as


def _meaning(parts: Parts, ready: Ready, read_as: str) -> Vector | None:
    """Return the vector of a question; None when there is no embedder, or it fails."""
    if read_as in ready.vectors:
        return ready.vectors[read_as]
    return _vectors(parts, ready.stock, [read_as]).get(read_as)


def _vectors(parts: Parts, stock: Stock, texts: list[str]) -> "dict[str, Vector | None]":
    if not texts:
        return {}
    vectors = stocking.vectors_for(parts, stock, texts)
    return dict.fromkeys(texts) if vectors is None else dict(zip(texts, vectors, strict=True))


def nearness(parts: Parts, stock: Stock, entry: str, texts: Sequence[str]) -> list[float] | None:
    """Return each text's cosine with the entry's nearest way; nothing without an embedder."""
    vectors = stocking.vectors_for(parts, stock, texts)
    return None if vectors is None else stock.shelf.nearness(entry, vectors).tolist()
