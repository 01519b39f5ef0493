"""Sent back: who wrote a version hears who does not approve it as it is, and why."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk.notices import notify
from assistant.ground.audit import Event
from assistant.ground.people import Person
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion

KINDS = ("entry.changes-requested", "entry.rejected")
MOST = 300  # characters of a reason in a notice; the page has all of it


def tell_author(
    session: Session, entry: Entry, what: str, *, reason: str, kind: str, by: Person, at: datetime
) -> None:
    """Write a line for who wrote the newest version, unless that is ``by`` or nobody is there."""
    _tell(session, entry.newest, what, reason=reason, kind=kind, by=by, at=at)


def tell_of_put_aside(
    session: Session, drafts: Iterable[EntryVersion], *, by: Person, at: datetime
) -> None:
    """Write a line for who wrote one of these that was put aside for what ``by`` brought in."""
    for draft in drafts:
        if draft.rejected_at is not None:
            what = f"{by.name} brought in other words in its place"
            _tell(session, draft, what, reason="", kind="put-aside", by=by, at=at)


def _tell(
    session: Session,
    version: EntryVersion,
    what: str,
    *,
    reason: str,
    kind: str,
    by: Person,
    at: datetime,
) -> None:
    entry = version.entry
    author = version.author
    if author is None or author.id == by.id or author.disabled_at is not None:
        return
    said = " ".join(reason.split())
    said = f"{said[:MOST]}…" if len(said) > MOST else said
    notify(
        session,
        author,
        f"“{version.question}”, version {version.number}: {what}{f': {said}' if said else '.'}",
        kind=kind,
        launch_id=entry.launch_id,
        at=at,
        href=f"/library/{entry.launch.key}/entries/{entry.key}",
    )


def sent_back_by(session: Session, entry: Entry) -> str:
    """Return the name of who last asked for changes to an entry, or rejected it; "" for nobody."""
    query = select(Event).where(Event.entry_id == entry.id, Event.kind.in_(KINDS))
    last = session.scalar(query.order_by(Event.id.desc()).limit(1))
    return last.who if last is not None else ""
