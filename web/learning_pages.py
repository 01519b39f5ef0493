"""How wordings were received, as templates/library/_learning.html and wordings.html show it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from assistant.answering import not_quite_list
from assistant.answering.compared import Before, Comparison, compare
from assistant.answering.intervals import Share
from assistant.answering.received import Received
from assistant.answering.received_rows import received_of_entry, received_of_launch
from assistant.launch.launches import Launch
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from web.entry_seen import Seen

HOURS = (("in_a_day", 24), ("in_three_days", 72))
MOST = 200  # wordings listed


def learning_of(session: Session, launch: Launch, entry: Entry, *, at: datetime) -> dict[str, Any]:
    """Return the context ``learning`` of library/_learning.html: each version as it was received.

    An entry that nobody was told has no versions here.
    """
    known = received_of_entry(session, entry, at=at)
    counts = not_quite_list.counts(session, launch.id, entry.key)
    versions = _shown(entry.versions, known)
    return {
        "versions": list(reversed(versions)),
        "open": counts.open,
        "in_hand": counts.looked_at,
        "to_do_href": f"/launches/{launch.key}/library/to-do?entry={entry.key}",
        "wordings_href": f"/launches/{launch.key}/library/wordings",
    }


def learning_beside(seen: Seen) -> dict[str, Any]:
    """Return what library/_learning.html shows beside an entry."""
    return {"learning": learning_of(seen.session, seen.launch, seen.entry, at=seen.at)}


def wordings_page(session: Session, launch: Launch, *, at: datetime) -> dict[str, Any]:
    """Return the context of library/wordings.html: those that saved follow-ups first.

    Wordings that cannot be compared yet come after them, the most often told first.
    """
    known = received_of_launch(session, launch.id, at=at)
    query = (
        select(Entry)
        .join(Entry.versions)
        .where(Entry.launch_id == launch.id, EntryVersion.id.in_(known))
        .distinct()
        .options(selectinload(Entry.versions))
    )
    entries = session.scalars(query)
    rows = [row for entry in entries for row in _rows(launch, entry, known)]
    rows.sort(key=_rank)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "rows": rows[:MOST],
        "left_out": max(0, len(rows) - MOST),
        "compared": sum(row["saved"] is not None for row in rows),
    }


def _rank(row: Mapping[str, Any]) -> tuple[Any, ...]:
    saved = row["saved"]
    if saved is None:
        return (1, 0.0, -row["people"], row["title"], row["number"])
    return (0, -saved["people"], -row["people"], row["title"], row["number"])


def _rows(launch: Launch, entry: Entry, known: Mapping[int, Received]) -> list[dict[str, Any]]:
    href = f"/library/{launch.key}/entries/{entry.key}"
    return [
        {**row, "title": entry.newest.question, "href": href}
        for row in _shown(entry.versions, known)
    ]


def _shown(versions: Iterable[EntryVersion], known: Mapping[int, Received]) -> list[dict[str, Any]]:
    """Return the versions that were told, oldest first, each beside the one told before it."""
    shown: list[dict[str, Any]] = []
    before: tuple[int, Received] | None = None
    for version in versions:
        if (received := known.get(version.id)) is None:
            continue
        shown.append(_version(version, received, before))
        if received.sent:
            before = version.number, received
    return shown


def _version(
    version: EntryVersion, received: Received, before: tuple[int, Received] | None
) -> dict[str, Any]:
    compared = {name: _compared(name, hours, received, before) for name, hours in HOURS}
    saved = compared["in_three_days"].saved
    return {
        "number": version.number,
        "current": version.is_current,
        "sent": received.sent,
        "people": received.people,
        "by_agents": received.by_agents,
        "by_broadcast": received.by_broadcast,
        "helped": received.helped,
        "not_quite": share_shown(received.judged),
        "back": [
            {"hours": hours, **share_shown(getattr(received, name)), "words": compared[name].words}
            | {"tone": compared[name].tone}
            for name, hours in HOURS
        ],
        "saved": saved and {"people": saved.people, "low": saved.low, "high": saved.high},
        "tone": compared["in_three_days"].tone,
        "words": compared["in_three_days"].words,
        "is_certain": compared["in_three_days"].is_certain,
    }


def _compared(
    name: str, hours: int, received: Received, before: tuple[int, Received] | None
) -> Comparison:
    earlier = before and Before(before[0], getattr(before[1], name))
    return compare(getattr(received, name), earlier, hours=hours)


def share_shown(share: Share) -> dict[str, Any]:
    """Return a share as a page shows it: {part, whole, value, low, high}."""
    low, high = share.limits
    return {
        "part": share.part,
        "whole": share.whole,
        "value": share.value,
        "low": low,
        "high": high,
    }
