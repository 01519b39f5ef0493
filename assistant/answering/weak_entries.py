"""Weak entries: approved answers that are called "not quite", or changed each time they are sent.

Counted for the version that customers get now: what was said about an earlier one was answered by
the new one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering.crowds import Contact
from assistant.answering.labels import Label, Source
from assistant.answering.suggestions import MANY, Kind, Suggestion
from assistant.desk.conversations import Conversation
from assistant.desk.feedback import Feedback
from assistant.desk.messages import Message
from assistant.library.entries import Entry

CHANGED = "changed"  # among the reasons: agents sent other words


def count_entries(
    session: Session, launch_id: int, entry_ids: Sequence[int], *, at: datetime
) -> None:
    """Count the suggestions about these entries; one is made for each that does not do."""
    query = select(Entry).where(Entry.id.in_(entry_ids), Entry.launch_id == launch_id)
    current = {entry: entry.approved for entry in session.scalars(query)}
    versions = [version.id for version in current.values() if version]
    bad, edits = _not_quite(session, versions), _edits(session, versions)
    about = Suggestion.about.in_([f"entry {id_}" for id_ in entry_ids])
    query_known = select(Suggestion).where(Suggestion.launch_id == launch_id, about)
    known = {found.entry_id: found for found in session.scalars(query_known)}
    for entry, version in current.items():
        rows = bad.get(version.id, []) if version else []
        changed, sent = edits.get(version.id, ([], 0)) if version else ([], 0)
        # One agent's taste is no fault of the text: several changed it, and more than kept it.
        rows = [*rows, *(changed if len(changed) >= MANY and len(changed) > sent else [])]
        if rows or entry.id in known:
            found = known.get(entry.id) or _new(session, launch_id, entry, at)
            found.tally(rows, at=at)
            if version:
                found.question = version.question
    session.flush()


def _new(session: Session, launch_id: int, entry: Entry, at: datetime) -> Suggestion:
    made = Suggestion(
        launch_id=launch_id,
        about=f"entry {entry.id}",
        kind=Kind.WEAK,
        entry_id=entry.id,
        question="",
        counted_at=at,
    )
    session.add(made)
    return made


def _not_quite(session: Session, versions: Sequence[int]) -> dict[int, list[Contact]]:
    """Return who said "not quite" about each version and left it at that, once for each answer."""
    query = (
        select(
            Feedback.entry_version_id,
            Feedback.message_id,
            Feedback.received_at,
            Conversation.visitor,
            Conversation.channel,
            Conversation.network,
            Feedback.reason,
        )
        .join(Message, Message.id == Feedback.message_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Feedback.entry_version_id.in_(versions), Feedback.helpful.is_(False))
        .where(Message.helpful.is_(False))
        .order_by(Feedback.id)
    )
    newest: dict[int, dict[int, Contact]] = {}
    rows: Sequence[Any] = session.execute(query).all()
    for version, message, *about in rows:
        newest.setdefault(version, {})[message] = Contact(*about)
    return {version: list(rows.values()) for version, rows in newest.items()}


def _edits(session: Session, versions: Sequence[int]) -> dict[int, tuple[list[Contact], int]]:
    """Return the cases in which agents sent other words than a version, and how often as it is."""
    query = (
        select(
            Label.entry_version_id,
            Label.source,
            Label.at,
            Conversation.visitor,
            Conversation.channel,
            Conversation.network,
        )
        .join(Message, Message.id == Label.message_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Label.entry_version_id.in_(versions))
        .where(Label.source.in_((Source.CHANGED, Source.SENT)))
    )
    found: dict[int, tuple[list[Contact], int]] = {}
    rows: Sequence[Any] = session.execute(query).all()
    for version, source, *about in rows:
        changed, sent = found.setdefault(version, ([], 0))
        if source == Source.CHANGED:
            changed.append(_changed(*about))
        else:
            found[version] = changed, sent + 1
    return found


def _changed(at: datetime, visitor: str, channel: str, network: str) -> Contact:
    return Contact(at, visitor, channel, network, CHANGED)
