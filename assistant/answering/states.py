"""States of entries: new, live or suspended, as what people said about them makes them.

A new entry may be asked about and not answered by likeness alone, until it was confirmed for three
questions; one person of the team may do that. A suspended one was judged wrong by a person, and
waits for a lead to look at it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering.labels import BY_PEOPLE, Label, Source
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from knowledge.certainty import T_AUTO_FLOOR

CONFIRMED_BY = 3  # questions that a person confirmed; engine.md, "per-entry thresholds starve"
WOULD_ANSWER = T_AUTO_FLOOR
"""Certainty from which a launch may come to answer: being wrong there counts against the entry.

Below it, being proposed and not fitting is what asking back and suggesting are for.
"""


class State(StrEnum):
    """How far an entry is trusted."""

    NEW = "new"
    LIVE = "live"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Trust:
    """What people said about one entry, and how far it is trusted for that."""

    confirmed: int  # questions for which a person confirmed it, as it is asked now
    disputed_at: datetime | None  # the last time a person judged it wrong, since a lead looked

    @property
    def state(self) -> State:
        """Return the state: one wrong verdict outweighs every confirmation."""
        if self.disputed_at is not None:
            return State.SUSPENDED
        return State.LIVE if self.confirmed >= CONFIRMED_BY else State.NEW


def trust_of_each(
    session: Session,
    launch_id: int,
    *,
    instead: Mapping[str, tuple[str, datetime | None]] | None = None,
) -> dict[str, Trust]:
    """Return how far each entry of a launch with an approved version is trusted, by key.

    ``instead`` are entries as if they were approved otherwise: what they are asked as, and when a
    lead looked at them last.
    """
    approved = {**_approved(session, launch_id), **(instead or {})}
    given = session.execute(
        select(Label, EntryVersion.question)
        .outerjoin(EntryVersion, EntryVersion.id == Label.entry_version_id)
        .where(Label.launch_id == launch_id, Label.source.in_(BY_PEOPLE))
        .order_by(Label.id)
    ).all()
    confirmed = _confirmed(given, {key: question for key, (question, _) in approved.items()})
    disputed = _disputed(label for label, _ in given)
    return {
        key: Trust(len(confirmed.get(key, ())), _since(disputed.get(key), looked_at))
        for key, (_, looked_at) in approved.items()
    }


def _approved(session: Session, launch_id: int) -> dict[str, tuple[str, datetime | None]]:
    rows = session.execute(
        select(Entry.key, EntryVersion.question, Entry.looked_at)
        .join(EntryVersion, EntryVersion.entry_id == Entry.id)
        .where(
            Entry.launch_id == launch_id,
            EntryVersion.approved_at.is_not(None),
            EntryVersion.superseded_at.is_(None),
            EntryVersion.recalled_at.is_(None),
            Entry.retired_at.is_(None),
        )
        .order_by(Entry.key)
    )
    return {key: (question, looked_at) for key, question, looked_at in rows}


def _confirmed(
    given: Iterable[tuple[Label, str | None]], asked_now: Mapping[str, str]
) -> dict[str, set[int]]:
    """Return the questions that confirm each entry; what was another question then is left out."""
    found: dict[str, set[int]] = {}
    for label, question in given:
        if label.right and question is not None and question == asked_now.get(label.entry):
            found.setdefault(label.entry, set()).add(label.message_id)
    return found


def _disputed(given: Iterable[Label]) -> dict[str, datetime]:
    """Return when each entry was last judged wrong for what it answered, or would have."""
    found: dict[str, datetime] = {}
    for label in given:
        key = label.entry if label.source == Source.AUDIT else label.first
        was_told = label.source == Source.AUDIT or label.outcome == "answer"
        if key in label.wrong and (was_told or label.certainty >= WOULD_ANSWER):
            found[key] = max(label.at, found.get(key, label.at))
    return found


def _since(disputed_at: datetime | None, looked_at: datetime | None) -> datetime | None:
    if disputed_at is None or (looked_at is not None and disputed_at <= looked_at):
        return None
    return disputed_at
