"""Weak entries: approved answers that are called "not quite", or changed each time they are sent.

Counted for the version that customers get now: what was said about an earlier one was answered by
the new one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class CountedEntry:
    """What speaks against one entry: the cases in which its version of now did not do."""

    entry: int
    question: str  # "" when customers get no version of it
    contacts: tuple[Contact, ...]


def counted_entries(
    session: Session, launch_id: int, entry_ids: Sequence[int]
) -> list[CountedEntry]:
    """Return what speaks against each of these entries; it only reads."""
    query = select(Entry).where(Entry.id.in_(entry_ids), Entry.launch_id == launch_id)
    current = {entry.id: entry.approved for entry in session.scalars(query.order_by(Entry.id))}
    versions = [version.id for version in current.values() if version]
    bad, edits = _not_quite(session, versions), _edits(session, versions)
    found = []
    for entry, version in current.items():
        rows = bad.get(version.id, []) if version else []
        changed, sent = edits.get(version.id, ([], 0)) if version else ([], 0)
        # One agent's taste is no fault of the text: several changed it, and more than kept it.
        rows = [*rows, *(changed if len(changed) >= MANY and len(changed) > sent else [])]
        found.append(CountedEntry(entry, version.question if version else "", tuple(rows)))
    return found


def keep_entries(
    session: Session, launch_id: int, found: Sequence[CountedEntry], *, at: datetime
) -> None:
    """Keep it as suggestions; one is made for each entry that does not do."""
    about = Suggestion.about.in_([f"entry {each.entry}" for each in found])
    query = select(Suggestion).where(Suggestion.launch_id == launch_id, about)
    known = {suggestion.entry_id: suggestion for suggestion in session.scalars(query)}
    for each in found:
        if each.contacts or each.entry in known:
            suggestion = known.get(each.entry) or _new(session, launch_id, each.entry, at)
            suggestion.tally(each.contacts, at=at)
            suggestion.question = each.question or suggestion.question
    session.flush()


def _new(session: Session, launch_id: int, entry: int, at: datetime) -> Suggestion:
    made = Suggestion(
        launch_id=launch_id,
        about=f"entry {entry}",
        kind=Kind.WEAK,
        entry_id=entry,
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
