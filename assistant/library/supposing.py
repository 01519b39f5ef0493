"""What a launch could say if one version were approved, or some entries were gone.

Compiled exactly as its own stock is, with the lessons that would hold then; kept nowhere, so no
customer is ever answered from it.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from assistant.ground.parts import Parts
from assistant.library import refreshing
from assistant.library.stocking import Live, Stock, approved_stock_of
from assistant.library.vectors import vectors_of, words_of
from knowledge.normalise import fingerprint
from knowledge.shelf import Shelf


def as_it_is(parts: Parts, launch_id: int, *, at: datetime) -> Stock:
    """Return what the launch may say now, to be searched exactly, as a supposed one is."""
    stock = refreshing.refreshed(
        parts, launch_id, approved := approved_stock_of(parts, launch_id, at=at), at=at
    )
    # Of another revision than the index is proven for, so the index proposes nothing for it.
    return replace(stock, revision=f"{approved.revision} replayed")


def supposed(
    parts: Parts,
    launch_id: int,
    *,
    version: Live | None = None,
    without: Collection[str] = (),
    at: datetime,
) -> Stock:
    """Return what the launch could say with ``version`` approved and ``without`` some entries.

    A version counts whatever its validity window: it is replayed for the time in which it holds.
    """
    approved = approved_stock_of(parts, launch_id, at=at)
    live = {key: one for key, one in approved.live.items() if key not in without}
    if version is not None:
        live[version.entry.id] = version
    live = dict(sorted(live.items()))
    gone = [approved.live[key].entry for key in without if key in approved.live]
    # Alone it is retired; what a version takes in is answered by that.
    retired = {fingerprint(way): one.title for one in gone for way in one.ways() if not version}
    entries = [one.entry for one in live.values()]
    embedder = refreshing.embedder_of(parts, approved)
    new = [text for text in words_of(entries) if text not in approved.vectors]
    vectors = {**approved.vectors, **vectors_of(parts.db, embedder, new)}
    shelf = Shelf(entries, vectors, former=approved.shelf)
    coming = replace(
        approved,
        revision=f"{approved.revision} supposed",
        live=live,
        vectors=vectors,
        shelf=shelf,
        retired={**approved.retired, **retired},
    )
    return refreshing.alike(parts, launch_id, coming, at=at)


def found_as(stock: Stock) -> Mapping[str, object]:
    """Return what each entry is found by and for whom, to tell in which entries two differ."""
    return {
        entry.id: (entry, stock.live[entry.id].audience, stock.live[entry.id].version_id)
        for entry in stock.shelf.entries
    }
