"""The end of an answer's time: its owner hears of it before, and is asked what becomes of it.

How long an answer may be sent is no part of its text. Who may approve it may let it go on: its
bytes, its hash and everything that cites it stay, and the history says from when to when it was
moved, by whom. Anybody else asks for that with a new version of the same words.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session, joinedload

from assistant.desk.notices import notify
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.parts import Parts
from assistant.ground.people import Person
from assistant.launch.launches import Launch, library_changed
from assistant.library.entries import Entry
from assistant.library.listing import EXPIRES_SOON
from assistant.library.versions import EntryVersion

AT_ONCE = 200  # versions that one round tells of


def extend(
    session: Session,
    entry: Entry,
    until: datetime | None,
    *,
    by: Person,
    at: datetime,
    needed: int = 1,
) -> EntryVersion:
    """Let the approved words be sent until ``until``, or without an end; return their version.

    Where ``by`` may not approve them, that is a new version of the same words, in review. Where
    two people approve them, because its scenario or ``needed`` says so, ``by`` is the first.

    Raises:
        Refused: when ``until`` is over, nothing is approved, or a version is not decided.
    """
    version = entry.approved
    if version is None:
        raise Refused("Customers do not get this entry.", what_to_do="Write a new version.")
    if until is not None and until <= max(at, version.valid_from or at):
        raise Refused("That end is over already.", what_to_do="Choose a later one.")
    try:
        entry.may_approve(version, by)
    except NotPermitted:
        return _asked_for(session, entry, version, until, by=by, at=at)
    if max(needed, entry.approvers_needed) > 1:
        return _first_of_two(session, entry, version, until, by=by, at=at)
    before, version.valid_until = version.valid_until, until
    version.ending_told_at = version.ended_told_at = None
    library_changed(session, entry.launch_id)
    entry.note(
        session,
        "extended",
        by=by,
        at=at,
        version=version.number,
        until=[each.isoformat() if each else None for each in (before, until)],
    )
    return version


def _asked_for(
    session: Session,
    entry: Entry,
    version: EntryVersion,
    until: datetime | None,
    *,
    by: Person,
    at: datetime,
) -> EntryVersion:
    _must_be_decided(entry, version)
    again = entry.save(session, replace(version.as_draft(), valid_until=until), by=by, at=at)
    again.text, again.sha256 = version.text, version.sha256
    entry.submit(session, by=by, at=at)
    return again


def _first_of_two(
    session: Session,
    entry: Entry,
    version: EntryVersion,
    until: datetime | None,
    *,
    by: Person,
    at: datetime,
) -> EntryVersion:
    """Return the same words for longer, by who wrote them, with the first approval of two."""
    _must_be_decided(entry, version)
    again = entry.again(session, version, replace(version.as_draft(), valid_until=until), at=at)
    entry.note(session, "submitted", by=by, at=at, version=again.number)
    return entry.approve(session, by=by, at=at, needed=2)


def _must_be_decided(entry: Entry, version: EntryVersion) -> None:
    if entry.newest is not version:
        raise Refused(
            f"Version {entry.newest.number} is not decided.", what_to_do="Set its end there."
        )


def ask_owners(parts: Parts) -> int:
    """Tell owners what ends soon, and ask them about what has ended, each once; return how many."""
    with parts.db.reading() as session:
        launches = list(session.scalars(select(Launch.id).where(Launch.closed_at.is_(None))))
    return sum(_ask_owners_of(parts, launch_id) for launch_id in launches)


def _ask_owners_of(parts: Parts, launch_id: int) -> int:
    at = parts.clock.now()
    with parts.db.reading() as session:
        ids = list(session.scalars(_due(launch_id, at)))
    told = 0
    for version_id in ids:
        with parts.db.writing() as session:
            told += _ask_owner(session, version_id, at=at)
    return told


def _due(launch_id: int, at: datetime) -> Select[int]:
    query = select(EntryVersion.id).join(EntryVersion.entry).where(Entry.launch_id == launch_id)
    return query.where(_is_due(at)).order_by(EntryVersion.valid_until).limit(AT_ONCE)


def _is_due(at: datetime) -> ColumnElement[bool]:
    until = EntryVersion.valid_until
    ended = and_(until <= at, EntryVersion.ended_told_at.is_(None))
    ending = and_(until > at, until <= at + EXPIRES_SOON, EntryVersion.ending_told_at.is_(None))
    return and_(
        EntryVersion.approved_at.is_not(None),
        EntryVersion.superseded_at.is_(None),
        EntryVersion.recalled_at.is_(None),
        Entry.retired_at.is_(None),
        ended | ending,
    )


def _ask_owner(session: Session, version_id: int, *, at: datetime) -> int:
    """Tell the owner of one version, if nobody has done so meanwhile."""
    query = select(EntryVersion).join(EntryVersion.entry)
    query = query.where(EntryVersion.id == version_id, _is_due(at))
    version = session.scalar(
        query.options(joinedload(EntryVersion.entry)).with_for_update(of=EntryVersion)
    )
    if version is None or version.valid_until is None:
        return 0
    owner, launch = version.entry.asked_owner, version.entry.launch
    has_ended = version.valid_until <= at
    version.ending_told_at = version.ending_told_at or at
    if has_ended:
        version.ended_told_at = at
    if owner is None or owner.disabled_at is not None:
        return 0
    local = version.valid_until.astimezone(launch.zone)
    when = f"{local.day} {local:%B, %H:%M}"
    words = (
        f"“{version.question}” ended on {when}: nobody is sent it, and a person answers. Let it go "
        "on, make it permanent, write it anew, or retire it."
        if has_ended
        else f"“{version.question}” ends on {when}. Decide before then what becomes of it."
    )
    notify(
        session,
        owner,
        words,
        kind="ended" if has_ended else "ending",
        launch_id=launch.id,
        at=at,
        href=f"/library/{launch.key}/entries/{version.entry.key}",
    )
    return 1
