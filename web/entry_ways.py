"""What may be done with an entry, and what that would do: the buttons and their confirmations."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.answering import approving
from assistant.answering.broadcast import Broadcast, State
from assistant.ground.people import Person, Role
from assistant.library import reshaping
from assistant.library.approvals import UNDO
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from assistant.library.wording import Kind
from web.entry_form import local
from web.entry_owner import may_own, team
from web.entry_seen import Seen
from web.library_pages import AUTHORS

USUAL = timedelta(days=7)  # what is offered when an answer's time is made longer
OFFERED = 200  # entries to merge into, by their questions


def may_nothing() -> dict[str, bool]:
    """Return that nobody may do anything, which is where every right begins."""
    doing = ("save", "submit", "approve", "request_changes", "reject", "retire", "merge", "split")
    more = ("own", "make_permanent", "extend", "roll_back", "give", "prove", "undo")
    return dict.fromkeys((*doing, *more), False)


def rights(entry: Entry, person: Person, at: datetime) -> dict[str, bool]:
    """Return what ``person`` may do with the entry now."""
    is_author, leads = person.is_any(*AUTHORS), person.is_any(Role.LEAD)
    newest, live = entry.newest, entry.approved
    waits = entry.state(at) == "review"
    is_decided = newest.approved_at is not None or newest.rejected_at is not None
    return {
        "save": is_author,
        "own": may_own(entry, person),
        "submit": is_author and not waits,
        "approve": waits and not entry.may_be_approved_by(person),
        "request_changes": waits and leads,
        "reject": waits and leads,
        "retire": leads and live is not None,
        "merge": leads and (live is newest or (live is None and newest.approved_at is None)),
        "split": leads and is_decided and bool(newest.phrasings),
        "make_permanent": leads and is_decided and entry.kind == Kind.RESPONSE,
        "extend": is_author and is_decided and bool(live and live.valid_until),
        "roll_back": leads and is_decided,
        "give": leads,
        "prove": leads and bool(live and live.index_problem),
        "undo": leads and bool(_undoable(entry, at)),
    }


def ways_on(seen: Seen, may: dict[str, bool]) -> dict[str, Any]:
    """Return what the dialogs of library/_ways.html need, as far as they may be opened."""
    entry, session = seen.entry, seen.session
    return {
        "again": _undo(session, entry, seen.at) if may["undo"] else None,
        "owner": _owner(seen) if may["give"] or entry.asked_owner else None,
        "merge_into": _others(session, entry) if may["merge"] else [],
        "ways_count": len(entry.newest.ways()),
        "phrasings": entry.newest.phrasings if may["split"] else [],
        "ends": _ends(seen) if may["extend"] else None,
        "permanent": reshaping.permanent_answer(entry) if may["make_permanent"] else "",
    }


def read(version: EntryVersion) -> str:
    """Return what an approver reads of a version, line by line."""
    return "\n".join((*version.ways(), version.applies_when, version.text)).strip()


def _undoable(entry: Entry, at: datetime) -> tuple[datetime, str] | None:
    """Return when what may be undone was decided, and what that was."""
    newest = entry.newest
    if entry.may_undo_rejection(at) and newest.rejected_at:
        return newest.rejected_at, "Rejected."
    if entry.may_undo_retirement(at) and entry.retired_at:
        return entry.retired_at, "Retired."
    if entry.may_undo_approval(at):
        words = "Approved." if newest.approved_at else "Approved, as the first of two."
        return newest.approved_at or newest.standing_approvals[-1].at, words
    return None


def _undo(session: Session, entry: Entry, at: datetime) -> dict[str, Any] | None:
    found = _undoable(entry, at)
    if found is None:
        return None
    since, words = found
    telling = session.scalars(
        select(Broadcast).where(Broadcast.entry_version_id == entry.newest.id)
    )
    counting = [len(each.recipients) for each in telling if each.state(at) is State.COUNTING]
    if people := sum(counting):
        words += f" {'1 person is' if people == 1 else f'{people} people are'} told next."
    return {"words": words, "until": since + UNDO}


def _owner(seen: Seen) -> dict[str, Any]:
    entry, asked = seen.entry, seen.entry.asked_owner
    return {
        "name": asked.name if asked else None,
        "email": entry.owner.email if entry.owner else "",
        "team": [
            {"email": person.email, "name": person.name}
            for person in team(seen.session, seen.launch)
        ],
    }


def _others(session: Session, entry: Entry) -> list[dict[str, str]]:
    newest = select(func.max(EntryVersion.number)).where(EntryVersion.entry_id == Entry.id)
    query = (
        select(Entry.key, EntryVersion.question)
        .join(Entry.versions)
        .where(
            Entry.launch_id == entry.launch_id,
            Entry.id != entry.id,
            Entry.retired_at.is_(None),
            EntryVersion.number == newest.correlate(Entry).scalar_subquery(),
        )
        .order_by(EntryVersion.question)
        .limit(OFFERED)
    )
    return [{"key": key, "title": title} for key, title in session.execute(query)]


def _ends(seen: Seen) -> dict[str, Any]:
    live = seen.entry.approved
    until = live.valid_until if live else None
    end = max(until or seen.at, seen.at)
    return {
        "at": until,
        "is_over": until is not None and until <= seen.at,
        "offered": local(end + USUAL, seen.launch.zone),
        "may": live is not None and not _may_not(seen),
        "by_two": approving.approvers_needed(seen.entry) > 1,
    }


def _may_not(seen: Seen) -> str:
    live = seen.entry.approved
    return seen.entry.why_not(live, seen.person) if live else "Nothing is approved."
