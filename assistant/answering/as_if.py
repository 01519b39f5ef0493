"""What a launch could say if its drafts were approved: a stock to rehearse with, sent by nobody.

The gate looks at the database before anything is sent, so no draft on this shelf reaches anybody.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from assistant.ground.parts import Parts
from assistant.library import lessons
from assistant.library.entries import Entry, of_launch
from assistant.library.stocking import Live, Stock, entry_of
from assistant.library.vectors import vectors_of, words_of
from assistant.library.versions import EntryVersion
from knowledge.shelf import Shelf

OPEN = ("draft", "review")


def waiting(session: Session, launch_id: int, *, at: datetime) -> list[Entry]:
    """Return the entries whose newest version is a draft or in review, by key."""
    return [entry for entry in of_launch(session, launch_id) if entry.state(at) in OPEN]


def with_drafts(
    parts: Parts, launch_id: int, stock: Stock, drafts: Sequence[EntryVersion]
) -> Stock:
    """Return ``stock`` as it would be with these versions approved, with what was learnt.

    Each takes the place of what customers get of its entry now. It never is what the index holds,
    so an exact scan finds them.
    """
    if not drafts:
        return stock
    live = {**stock.live, **{one.entry.key: _live(one) for one in drafts}}
    entries = tuple(one.entry for one in live.values())
    with parts.db.reading() as session:
        learnt = lessons.taught(entries, lessons.of_launch(session, launch_id)).entries
    embedder = parts.embedder if parts.embedder and parts.embedder.name == stock.embedder else None
    new = [text for text in words_of(learnt) if text not in stock.vectors]
    vectors = {**stock.vectors, **vectors_of(parts.db, embedder, new)}
    told = hashlib.sha256("".join(f"{one.id} {one.saved_at}" for one in drafts).encode())
    return replace(
        stock,
        revision=f"{stock.revision} as if {told.hexdigest()}",
        live=live,
        vectors=vectors,
        shelf=Shelf(learnt, vectors, approved=entries, former=stock.shelf),
    )


def _live(version: EntryVersion) -> Live:
    return Live(version.id, version.number, version.sha256, version.audience, entry_of(version))
