"""Already drafted: entries on their way that ask what a suggestion is about, or nearly so.

Compared by words: the same words as a phrasing, or most of them. It only warns.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering.suggestions import Suggestion
from assistant.desk.messages import Message
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from knowledge.normalise import fingerprint

MOSTLY = 0.6  # of the words of both, from which on two questions are nearly the same
READ = 2_000  # questions of all suggestions on one page


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """An entry that somebody is writing, or that waits for approval."""

    key: str
    question: str
    state: str  # draft or review


def on_their_way(
    session: Session, launch_id: int, found: Sequence[Suggestion]
) -> dict[int, OnItsWay]:
    """Return, by suggestion, the entry on its way that asks the same; in two queries."""
    drafts = _drafts(session, launch_id)
    if not drafts or not found:
        return {}
    groups = [s.group_id for s in found if s.group_id is not None]
    asked: dict[int | None, set[str]] = {s.group_id: {fingerprint(s.question)} for s in found}
    query = select(Message.group_id, Message.text).where(Message.group_id.in_(groups))
    for group, text in session.execute(query.order_by(Message.id.desc()).limit(READ)):
        asked[group].add(fingerprint(text))
    by_suggestion = {s.id: _first(asked[s.group_id], drafts) for s in found if s.group_id}
    return {id_: draft for id_, draft in by_suggestion.items() if draft}


def _drafts(session: Session, launch_id: int) -> list[tuple[OnItsWay, frozenset[str]]]:
    query = (
        select(Entry.key, EntryVersion)
        .join(EntryVersion.entry)
        .where(Entry.launch_id == launch_id, EntryVersion.approved_at.is_(None))
        .where(EntryVersion.rejected_at.is_(None))
    )
    return [
        (
            OnItsWay(key, version.question, version.state),
            frozenset(map(fingerprint, version.ways())),
        )
        for key, version in session.execute(query)
    ]


def _first(
    asked: Iterable[str], drafts: Sequence[tuple[OnItsWay, frozenset[str]]]
) -> OnItsWay | None:
    said = set(asked)
    return next((draft for draft, ways in drafts if said & ways or is_near(said, ways)), None)


def is_near(some: Iterable[str], others: Iterable[str]) -> bool:
    """Return whether one of some shares most of its words with one of the others."""
    sets = [set(other.split()) for other in others]
    return any(_shared(set(one.split()), other) >= MOSTLY for one in some for other in sets)


def _shared(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, len(one | other))
