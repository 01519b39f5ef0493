"""Touched: the repeat groups and the entries that events of a launch are about."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from assistant.answering.suggestions import Suggestion, is_open
from assistant.answering.undoing import TAKEN_BACK
from assistant.desk.feedback import Feedback
from assistant.desk.messages import Message
from assistant.ground.audit import Event
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion

GROUPS_IN = ("group", "kept", "taken", "source", "target")  # details of the events of repeats


def touched(session: Session, launch_id: int, since: int, upto: int) -> tuple[set[int], set[int]]:
    """Return the repeat groups and the entries that something happened to in these events.

    ``since`` is the id of the last event before them, ``upto`` that of the last of them.
    """
    new = (Event.launch_id == launch_id, Event.id > since, Event.id <= upto)
    asked = (
        select(Message.group_id)
        .join(Event, Event.conversation_id == Message.conversation_id)
        .where(*new, Message.group_id.is_not(None))
        .distinct()
    )
    groups = {group for group in session.scalars(asked) if group is not None}
    sorted_by_people = select(Event.details).where(*new, Event.kind.like("repeats.%"))
    for details in session.scalars(sorted_by_people):
        groups |= {details[key] for key in GROUPS_IN if isinstance(details.get(key), int)}
    changed = select(Event.entry_id).where(*new, Event.entry_id.is_not(None)).distinct()
    entries = {entry for entry in session.scalars(changed) if entry is not None}
    if entries:  # what is live may have changed, and with it which questions are answered by now
        known = select(Suggestion.group_id).where(Suggestion.launch_id == launch_id)
        groups |= {g for g in session.scalars(known.where(is_open() | _is_covered())) if g}
    return groups, entries | _judged(session, launch_id, new)


def _is_covered() -> Any:
    return Suggestion.covered_by_id.is_not(None)


def _judged(session: Session, launch_id: int, new: Sequence[Any]) -> set[int]:
    """Return the entries whose answers were judged, or sent by people: those may be weak."""
    ours = (
        select(EntryVersion.entry_id).join(EntryVersion.entry).where(Entry.launch_id == launch_id)
    )
    found = (
        ours.where(EntryVersion.id.in_(versions)) for versions in (_judged_by(new), _sent_by(new))
    )
    return {entry for query in found for entry in session.scalars(query)}


def _judged_by(new: Sequence[Any]) -> Select[Any]:
    """Return the query for the versions that customers judged in the events ``new``."""
    about = Feedback.id == Event.details["feedback"].as_integer()
    return (
        select(Feedback.entry_version_id)
        .select_from(Event)
        .join(Feedback, about)
        .where(*new, Event.kind == "feedback.given", Feedback.entry_version_id.is_not(None))
    )


def _sent_by(new: Sequence[Any]) -> Select[Any]:
    """Return the query for every version that agents began with where they replied anew.

    In those conversations an earlier reply counts too: its label may have been replaced.
    """
    kinds = ("ticket.replied", f"ticket.{TAKEN_BACK}")
    where = select(Event.conversation_id).where(*new, Event.kind.in_(kinds))
    reply = aliased(Event)
    details = reply.details
    began_with = func.coalesce(
        details["entry_version"].as_integer(), details["deviates_from"].as_integer()
    )
    return select(began_with).where(
        reply.conversation_id.in_(where),
        reply.kind == "ticket.replied",
        began_with.is_not(None),
    )
