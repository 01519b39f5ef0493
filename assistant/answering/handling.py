"""Handling: what leads do with a suggestion: draft it, merge it, split it, and undo that.

Every verb is an event, and each can be taken back by who did it for ten seconds. A draft is the
lead's own, so somebody else approves it. Merging and splitting are done to the repeat groups, where
it is said once which questions are one question.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering import best_received
from assistant.answering.beginnings import Beginning, beginning, phrasings
from assistant.answering.best_received import Wording
from assistant.answering.counting import count_groups
from assistant.answering.proposing import as_fields
from assistant.answering.suggestions import Kind, Suggestion, of_group
from assistant.desk import sorting
from assistant.desk.messages import Message
from assistant.desk.sorting import Seen
from assistant.desk.tickets import Ticket
from assistant.ground.audit import Event, happened
from assistant.ground.errors import Refused
from assistant.ground.people import Person
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Scenario
from assistant.library import entries
from assistant.library.entries import Entry
from assistant.library.keys import free_key
from assistant.library.versions import Draft, EntryVersion
from assistant.library.wording import Kind as EntryKind

UNDO = timedelta(seconds=10)
GRACE = timedelta(seconds=2)  # for the way of the click
READ = 200  # questions that phrasings are taken from, the newest


@dataclass(frozen=True, slots=True)
class Done:
    """What a verb made, and the event by which it can be undone."""

    suggestion: Suggestion
    event: int


def draft(session: Session, found: Suggestion, *, by: Person, at: datetime) -> Entry:
    """Make a draft of a suggestion, in the name of ``by``, and close it.

    A new entry where none answers it; else the next version of the entry that should.

    Raises:
        Refused: when it is closed already, or that entry has an open draft of somebody's.
    """
    found.must_be_open()
    entry = _new_entry(session, found, by, at) if found.kind == Kind.MISSING else None
    entry = entry or _next_version(session, found, by, at)
    found.drafted_at, found.drafted_by_id, found.drafted_id = at, by.id, entry.id
    version = entry.newest
    found.record(
        session, "drafted", by=by, at=at, entry=entry.key, version=version.number, id=entry.id
    )
    return entry


def begun(session: Session, found: Suggestion) -> Beginning:
    """Return what a draft of a missing entry begins with, as it is now."""
    if found.group_id is None:
        raise Refused("This is about an entry.", what_to_do="Open the entry.")
    scenario = _scenario(session, found)
    kind = EntryKind.RESPONSE if scenario else EntryKind.FAQ
    texts = texts_of(session, found.group_id)
    return beginning(_asked(found), texts, wordings_of(session, found), kind=kind)


def texts_of(session: Session, group_id: int) -> list[str]:
    """Return how a group was asked, newest first, in the customers' own words."""
    newest = select(Message.text).where(Message.group_id == group_id)
    return list(session.scalars(newest.order_by(Message.id.desc()).limit(READ)))


def wordings_of(session: Session, found: Suggestion) -> list[Wording]:
    """Return what agents answered, the best received first, redacted."""
    if found.group_id is None:
        return []
    replies = best_received.replies_to(session, [found.group_id])
    return best_received.ranked(replies.get(found.group_id, []))


def _asked(found: Suggestion) -> str:
    return found.group.question if found.group else found.question


def _scenario(session: Session, found: Suggestion) -> Scenario | None:
    """Return the scenario that most of its tickets are filed under."""
    query = select(Ticket.scenario_id).where(Ticket.group_id == found.group_id)
    filed = list(session.scalars(query))
    often = max(set(filed), key=filed.count, default=None)
    return session.get(Scenario, often) if often else None


def _new_entry(session: Session, found: Suggestion, by: Person, at: datetime) -> Entry:
    launch = session.get_one(Launch, found.launch_id)
    start, scenario = begun(session, found), _scenario(session, found)
    said = _by_model(found, start)
    return entries.create(
        session,
        launch,
        key=free_key(session, launch.id, said.question),
        kind=start.kind,
        draft=said,
        by=by,
        at=at,
        scenario=scenario,
    )


def _by_model(found: Suggestion, start: Beginning) -> Draft:
    """Return what the model drafted where it did, the rest as it begins without."""
    told = found.model_draft or {}
    known = {field.name for field in fields(Draft)}
    parts: dict[str, Any] = {
        part: " ".join(line["text"] for line in lines)
        for part, lines in told.get("parts", {}).items()
        if part in known and lines
    }
    if start.kind is EntryKind.FAQ and parts:
        parts = {"answer": "\n\n".join(parts.values())}
    title = {"question": told["title"]} if told.get("title") else {}
    ways = [*start.draft.phrasings, *told.get("phrasings", [])]
    return replace(start.draft, **parts, **title, phrasings=list(dict.fromkeys(ways)))


def _next_version(session: Session, found: Suggestion, by: Person, at: datetime) -> Entry:
    entry = session.get_one(Entry, found.entry_id)
    approved = entry.approved
    if approved is None:
        raise Refused("That entry is not in use any more.", what_to_do="Look at the entry.")
    if entry.newest.approved_at is None:
        who = entry.newest.author.name if entry.newest.author else "somebody"
        raise Refused(
            f"“{entry.newest.question}” has an open draft by {who}.",
            what_to_do="Add it there: the suggestion stays until you do.",
        )
    entry.save(session, _changed(session, found, approved), by=by, at=at)
    return entry


def _changed(session: Session, found: Suggestion, approved: EntryVersion) -> Draft:
    now = approved.as_draft()
    if found.kind == Kind.NOT_FOUND and found.group_id:
        texts = texts_of(session, found.group_id)
        return replace(now, phrasings=[*now.phrasings, *phrasings(texts, besides=approved.ways())])
    deviating = edits_of(session, approved)
    return replace(now, **_in_form(approved, deviating[0].text)) if deviating else now


def _in_form(version: EntryVersion, text: str) -> dict[str, Any]:
    return dict(as_fields(version, text))


def edits_of(session: Session, version: EntryVersion) -> list[Wording]:
    """Return what agents sent in place of a version, the best received first."""
    return best_received.ranked(best_received.in_place_of(session, version))


def merge(
    session: Session, kept: Suggestion, taken: Sequence[Suggestion], *, by: Person, at: datetime
) -> Done:
    """Let one suggestion take others in: their questions are one question from now on.

    Raises:
        Refused: when one of them is closed, or is about an entry.
    """
    for each in (kept, *taken):
        each.must_be_open()
    groups = [_group_of(each) for each in (kept, *taken)]
    sorting.merge(session, Seen(groups[0]), [Seen(g) for g in groups[1:]], by=by, at=at)
    count_groups(session, kept.launch_id, groups, at=at)
    return Done(
        kept, kept.record(session, "merged", by=by, at=at, kept=groups[0], taken=groups[1:])
    )


def split(
    session: Session, found: Suggestion, questions: Sequence[int], *, by: Person, at: datetime
) -> Done:
    """Take questions out into a suggestion of their own; return that.

    Raises:
        Refused: when it is closed, is about an entry, or none or all are chosen.
    """
    found.must_be_open()
    source = _group_of(found)
    target = sorting.take_out(session, Seen(source), questions, by=by, at=at)
    count_groups(session, found.launch_id, [source, target.id], at=at)
    made = of_group(session, target.id)
    event = found.record(session, "split", by=by, at=at, group=source, target=target.id)
    return Done(made or found, event)


def _group_of(found: Suggestion) -> int:
    if found.group_id is None:
        raise Refused("This is about an entry.", what_to_do="Choose suggestions for new entries.")
    return found.group_id


def undoable(session: Session, launch_id: int, person: Person, *, at: datetime) -> Event | None:
    """Return what ``person`` did to a suggestion within the last ten seconds, if it is undone not.

    Only the last deed: what was done before it may be part of it.
    """
    query = (
        select(Event)
        .where(Event.launch_id == launch_id, Event.kind.like("suggestion.%"))
        .where(Event.person_id == person.id, Event.at > at - UNDO - GRACE)
        .order_by(Event.id.desc())
    )
    newest = session.scalars(query.limit(1)).first()
    return newest if newest is not None and newest.kind in _UNDOING else None


def undo(
    session: Session, launch_id: int, event_id: int, *, by: Person, at: datetime
) -> Suggestion:
    """Take the last deed back, within ten seconds, by who did it. Raises Refused otherwise."""
    event = undoable(session, launch_id, by, at=at)
    if event is None or event.id != event_id:
        raise Refused("It is too late to undo that.", what_to_do="Do the opposite instead.")
    found = session.get_one(Suggestion, event.details["suggestion"])
    _UNDOING[event.kind](session, found, event, by, at)
    found.record(session, "undone", by=by, at=at, undone=event.kind)
    return found


def _unreject(session: Session, found: Suggestion, event: Event, by: Person, at: datetime) -> None:
    found.muted_at = found.muted_by_id = found.muted_people = None


def _undraft(session: Session, found: Suggestion, event: Event, by: Person, at: datetime) -> None:
    entry = session.get_one(Entry, event.details["id"])
    version = entry.newest
    is_as_made = version.number == event.details["version"] and version.saved_at == event.at
    if not is_as_made or version.submitted_at or version.approved_at:
        raise Refused("Somebody works on the draft already.", what_to_do="Go on with it.")
    # A version is never deleted: it stands under Rejected, and nobody has to do anything.
    version.rejected_at = at
    found.drafted_at = found.drafted_by_id = found.drafted_id = None
    happened(
        session,
        "entry.rejected",
        at=at,
        by=by,
        launch_id=entry.launch_id,
        entry_id=entry.id,
        key=entry.key,
        version=version.number,
        reason="Drafted from a suggestion and undone.",
    )


def _unmerge(session: Session, found: Suggestion, event: Event, by: Person, at: datetime) -> None:
    taken = event.details["taken"]
    for group_id in reversed(taken):
        sorting.undo_merge(session, group_id, by=by, at=at)
    count_groups(session, found.launch_id, [event.details["kept"], *taken], at=at)


def _unsplit(session: Session, found: Suggestion, event: Event, by: Person, at: datetime) -> None:
    source, target = event.details["group"], event.details["target"]
    sorting.merge(session, Seen(source), [Seen(target)], by=by, at=at)
    count_groups(session, found.launch_id, [source, target], at=at)


_UNDOING: dict[str, Callable[[Session, Suggestion, Event, Person, datetime], None]] = {
    "suggestion.rejected": _unreject,
    "suggestion.drafted": _undraft,
    "suggestion.merged": _unmerge,
    "suggestion.split": _unsplit,
}
