"""The shelf that questions are put to: the library as approved, with what people taught since.

A confirmation counts within a second: the question that notices it compiles the shelf anew with
the head that needs no learning, at most once a second, while others still get the one before. The
head that learns properly follows in the background and is put in place when it is ready, unless
something changed meanwhile: then it would be out of date already.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from assistant.ground.parts import Parts
from assistant.library import lessons
from assistant.library.vectors import vectors_of, words_of
from knowledge import head
from knowledge.entries import Entry
from knowledge.shelf import Shelf

if TYPE_CHECKING:
    from assistant.library.stocking import Stock
    from knowledge.embedding import Embedder

AT_MOST_EVERY = timedelta(seconds=1)  # however fast people confirm
TRY_AGAIN = timedelta(minutes=1)  # after the embedder gave no vectors for what was learnt
PROPERLY = 3_000_000
"""Ways times entries up to which the head is learnt properly, which then takes some ten seconds
of one core; beyond it would be minutes, for about one question in a hundred."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A stock as approved, and the same with what was learnt up to some moment."""

    approved: "Stock"
    stock: "Stock"  # what questions are put to
    lessons: str  # the state of the lessons that it holds
    at: datetime
    is_whole: bool  # whether everything that was learnt has its vector
    is_proper: bool  # whether its head has learnt properly, or cannot

    def is_up_to(self, state: str, at: datetime) -> bool:
        """Return whether it holds these lessons, or is too young to be made anew."""
        if self.lessons == state and (self.is_whole or at < self.at + TRY_AGAIN):
            return True
        # A clock that was set back must not keep the old one for hours.
        return self.at <= at < self.at + AT_MOST_EVERY


def refreshed(parts: Parts, launch_id: int, approved: "Stock", *, at: datetime) -> "Stock":
    """Return the stock with what people taught; one question at a time brings it up to date."""
    with parts.db.reading() as session:
        state = lessons.state_of(session, launch_id)
    kept: Refreshed = parts.refreshed.of(
        launch_id,
        approved.revision,
        lambda: _compiled(parts, launch_id, approved, at),
        # One that is out of date already must not take the place of what is newer.
        lambda known: known.approved is approved or parts.stocks.last(launch_id) is not approved,
    )
    if not kept.is_up_to(state, at):
        kept = parts.refreshed.replaced(
            launch_id, kept, lambda: _compiled(parts, launch_id, approved, at)
        )
    return kept.stock


def learn_properly(parts: Parts) -> int:
    """Let every shelf whose head was made in a hurry learn it properly; return how many did.

    Takes seconds for each and keeps nobody waiting: the old shelf answers meanwhile.
    """
    kept: dict[int, Refreshed] = parts.refreshed.all_kept()
    return sum(_learnt(parts, *each) for each in kept.items() if not each[1].is_proper)


def _learnt(parts: Parts, launch_id: int, kept: Refreshed) -> bool:
    at = parts.clock.now()
    made = _compiled(parts, launch_id, kept.approved, at, patient=True)
    return parts.refreshed.swap(launch_id, kept, made)


def alike(parts: Parts, launch_id: int, coming: "Stock", *, at: datetime) -> "Stock":
    """Return a stock that is not the launch's own, with what people taught, as its own has it.

    Its head has learnt properly where that of the launch's own shelf has. It is kept nowhere.
    """
    kept: Refreshed | None = parts.refreshed.last(launch_id)
    is_large = head.QUICK < _size(coming.entries) <= PROPERLY
    patient = is_large and kept is not None and kept.is_proper
    return _compiled(parts, launch_id, coming, at, patient=patient).stock


def _compiled(
    parts: Parts, launch_id: int, approved: "Stock", at: datetime, *, patient: bool = False
) -> Refreshed:
    with parts.db.reading() as session:
        state = lessons.state_of(session, launch_id)
        learnt = lessons.taught(approved.entries, lessons.of_launch(session, launch_id))
    new = [text for text in words_of(learnt.entries) if text not in approved.vectors]
    fresh = vectors_of(parts.db, embedder_of(parts, approved), new) if approved.vectors else {}
    stock = approved
    if learnt.entries != approved.entries or patient:
        vectors = {**approved.vectors, **fresh}
        former = _former(parts, launch_id, approved)
        shelf = Shelf(learnt.entries, vectors, patient, approved.entries, former)
        stock = replace(approved, shelf=shelf)
    return Refreshed(
        approved=approved,
        stock=stock,
        lessons=state,
        at=at,
        is_whole=not approved.vectors or len(fresh) == len(set(new)),
        is_proper=patient or not head.QUICK < _size(learnt.entries) <= PROPERLY,
    )


def _former(parts: Parts, launch_id: int, approved: "Stock") -> Shelf:
    """Return the shelf that has most in common with what is compiled now."""
    kept: Refreshed | None = parts.refreshed.last(launch_id)
    is_of_same = kept is not None and kept.stock.embedder == approved.embedder
    return kept.stock.shelf if kept and is_of_same else approved.shelf


def embedder_of(parts: Parts, approved: "Stock") -> "Embedder | None":
    """Return who made the stock's vectors, while that is who is in charge."""
    embedder = parts.embedder
    return embedder if embedder is not None and embedder.name == approved.embedder else None


def _size(entries: Sequence[Entry]) -> int:
    return sum(len(entry.ways()) for entry in entries) * len(entries)
