"""Approving: an entry becomes what customers get, by people who did not write it."""

from datetime import datetime

from sqlalchemy.orm import Session

from assistant.answering.evidence import asked_of_each
from assistant.answering.triage import triage
from assistant.ground.people import Person
from assistant.library.approvals import GRAVEST
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion


def approve(
    session: Session, entry: Entry, *, by: Person, at: datetime, override: str = ""
) -> EntryVersion:
    """Say that the newest version is right; return it, approved or with the first approval of two.

    ``override`` is why it is right although confirmed answers change with it.

    Raises:
        NotPermitted: when ``by`` had a hand in it, has approved it, or may not decide it.
        Refused: when it is incomplete, or nothing waits for approval.
    """
    needed = approvers_needed(entry)
    return entry.approve(session, by=by, at=at, override=override, needed=needed)


def approvers_needed(entry: Entry) -> int:
    """Return how many people approve it beside its author: two where it is as grave as can be.

    That is where its scenario says so, or where one of the ways in which it is asked does.
    """
    if any(triage(way).severity <= GRAVEST for way in entry.newest.ways()):
        return 2
    return entry.approvers_needed


def reject(session: Session, entry: Entry, *, reason: str, by: Person, at: datetime) -> None:
    """Decide against it; it is quiet until clearly more people ask than did so far.

    Raises:
        NotPermitted: when ``by`` is no lead.
        Refused: when nothing waits for approval.
    """
    asked = asked_of_each(session, entry.launch_id).get(entry.key)
    entry.reject(session, reason=reason, by=by, at=at, people=asked.people if asked else 0)
