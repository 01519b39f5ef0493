"""The library for programs: what is live, what has gone, and drafts that wait for people.

A program writes in the name of its key; who made the key counts as the author, so that the same
person never approves what their program wrote. Nothing here approves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import flag_modified

from assistant.answering.trying import tries
from assistant.ground.audit import Event, happened
from assistant.ground.database import sha256
from assistant.ground.errors import NotFound, Refused
from assistant.ground.parts import Parts
from assistant.ground.people import Person
from assistant.launch import scenarios
from assistant.launch.api_keys import ApiKey
from assistant.launch.launches import Launch
from assistant.launch.pack_file import Lines
from assistant.launch.pack_shapes import EntryShape
from assistant.library import launch_values
from assistant.library.entries import Entry, by_key
from assistant.library.filing import file, waits
from assistant.library.imports import keep_draft
from assistant.library.keys import RESERVED
from assistant.library.liveness import is_live
from assistant.library.pack_checks import problems_in_entries
from assistant.library.versions import EntryVersion

MOST = 200  # entries of one page


@dataclass(frozen=True, slots=True)
class Page:
    """Live versions by key, the key after which the next page begins, and what has gone."""

    versions: Sequence[EntryVersion]
    next_after: str | None
    gone: Sequence[str]


def live_page(
    session: Session,
    launch_id: int,
    *,
    at: datetime,
    after: str = "",
    most: int = 50,
    since: datetime | None = None,
) -> Page:
    """Return live versions whose entry's key comes after ``after``, at most ``most``.

    With ``since`` only those of whose entry something was decided since, or whose time began, and
    on the first page also the keys of entries that were live and are not any more since.
    """
    query = (
        select(EntryVersion)
        .join(EntryVersion.entry)
        .where(Entry.launch_id == launch_id, Entry.key > after, is_live(at))
        .options(joinedload(EntryVersion.entry).joinedload(Entry.scenario))
        .order_by(Entry.key)
        .limit(most + 1)
    )
    if since is not None:
        query = query.where(
            or_(
                EntryVersion.approved_at >= since,
                EntryVersion.valid_from >= since,
                _decided(launch_id, since),
            )
        )
    found = list(session.scalars(query))
    whole = [each for each in found[:most] if each.sha256 == sha256(each.text)]
    gone = _gone(session, launch_id, since, at) if since is not None and not after else []
    return Page(whole, found[most - 1].entry.key if len(found) > most else None, gone)


# What changes which words of an entry are live, whatever the rows say afterwards: an approval that
# was undone leaves the one before it as if nothing had been.
_DECIDED = [
    f"entry.{what}"
    for what in (
        *("approved", "approval-undone", "retired", "retirement-undone", "merged", "merge-undone"),
        *("recalled", "reinstated", "extended"),
    )
]


def _decided(launch_id: int, since: datetime) -> ColumnElement[bool]:
    happened_since = select(Event.entry_id).where(
        Event.launch_id == launch_id, Event.kind.in_(_DECIDED), Event.at >= since
    )
    return Entry.id.in_(happened_since)


def _gone(session: Session, launch_id: int, since: datetime, at: datetime) -> list[str]:
    ended = or_(
        Entry.retired_at >= since,
        EntryVersion.recalled_at >= since,
        _decided(launch_id, since),
        and_(EntryVersion.valid_until >= since, EntryVersion.valid_until <= at),
    )
    live_now = (
        select(Entry.id).join(Entry.versions).where(Entry.launch_id == launch_id, is_live(at))
    )
    query = select(Entry.key).join(Entry.versions).where(Entry.launch_id == launch_id, ended)
    query = query.where(EntryVersion.approved_at.is_not(None), Entry.id.not_in(live_now))
    return list(session.scalars(query.distinct().order_by(Entry.key)))


def live_one(session: Session, launch_id: int, key: str, *, at: datetime) -> EntryVersion:
    """Return the version that customers get under ``key``. Raises NotFound when there is none."""
    query = select(EntryVersion).join(EntryVersion.entry).where(Entry.launch_id == launch_id)
    query = query.options(joinedload(EntryVersion.entry).joinedload(Entry.scenario))
    found = session.scalar(query.where(Entry.key == key, is_live(at)))
    if found is None or found.sha256 != sha256(found.text):
        raise nothing_live()
    return found


def nothing_live() -> NotFound:
    """Return the one way to say that nothing is there, or not theirs, or not live."""
    return NotFound("There is no such entry.", what_to_do="List the entries: GET /entries.")


def this_draft(session: Session, launch_id: int, key: str) -> Entry:
    """Return an entry with whatever its newest version is. Raises NotFound when there is none."""
    try:
        return by_key(session, launch_id, key)
    except NotFound:
        raise nothing_live() from None


def search(parts: Parts, launch_key: str, question: str) -> dict[str, Any]:
    """Return what the assistant would do with a question, as ``tries``; nothing is recorded."""
    return next(tries(parts, launch_key, [question]))


def write(
    session: Session,
    key: ApiKey,
    shape: EntryShape,
    *,
    new: bool,
    version: int | None,
    at: datetime,
) -> Entry:
    """Keep what a program wrote as a draft and return its entry.

    Raises:
        NotFound: when there is no such entry, and it is not to be ``new``.
        Refused: when there is one and it is to be new, when it has moved on from ``version``, when
            somebody else's draft is open and no ``version`` says that it was read, when its kind
            is another, or with what is wrong with the words.
    """
    launch = key.launch
    entry = session.scalar(
        select(Entry).where(Entry.launch_id == launch.id, Entry.key == shape.key).with_for_update()
    )
    _may_write(entry, shape, new=new, version=version, by=key.made_by)
    known = scenarios.of_launch(session, launch.id)
    wrong = list(problems_in_entries({0: shape}, known.keys(), Lines("body", {})))
    if wrong:
        field = wrong[0].field.removeprefix("entries[0].")
        raise Refused(f"{field}: {wrong[0].message}", what_to_do=wrong[0].remedy)
    values = launch_values.of_launch(session, launch.id)
    entry, _, _ = keep_draft(session, launch, shape, entry, values, key.made_by, at)
    file(entry, known.get(shape.scenario) if shape.scenario else None)
    session.flush()
    _note(session, key, entry, "saved", at)
    return entry


def _may_write(
    entry: Entry | None, shape: EntryShape, *, new: bool, version: int | None, by: Person
) -> None:
    if shape.key in RESERVED:
        raise Refused(f"“{shape.key}” is a word that addresses use.", what_to_do="Choose another.")
    if entry is None:
        if not new:
            raise nothing_live()
        return
    if new:
        raise Refused(
            f"There is an entry “{shape.key}” already.", what_to_do="Use PUT to change it."
        )
    if version is not None and entry.version != version:
        raise Refused(
            f"Somebody changed it: its revision is {entry.version} now.",
            what_to_do="Read it again, then send your change to what is there now.",
        )
    if version is None and entry.newest.is_worked_on_by_others(by):
        raise Refused(
            "Somebody else’s draft is open.",
            what_to_do="Read it (GET /entries/KEY/draft), then send its revision: ?revision=…",
        )
    if entry.kind != shape.kind:
        raise Refused(f"It is a {entry.kind}.", what_to_do="A kind stays; use another key.")


def submit(session: Session, key: ApiKey, entry: Entry, *, at: datetime) -> None:
    """Ask people for approval.

    Raises:
        Refused: when no draft is open, or a required part of it is blank.
    """
    version = entry.newest
    if version.approved_at is not None:
        raise Refused("No draft is open.", what_to_do="Send your words first: PUT /entries/KEY.")
    if missing := version.parts.missing():
        raise Refused(f"It still needs {', '.join(missing)}.", what_to_do="Send the missing parts.")
    version.must_be_filled()
    waits(version, since=at)
    flag_modified(entry, "key")  # of two at work on it the slower one is told
    session.flush()
    _note(session, key, entry, "submitted", at)


def _note(session: Session, key: ApiKey, entry: Entry, what: str, at: datetime) -> None:
    happened(
        session, f"entry.{what}", at=at, by=key.actor, launch_id=entry.launch_id,
        entry_id=entry.id, key=entry.key, version=entry.newest.number, api_key=key.id,
    )  # fmt: skip


def launch_of(session: Session, launch_id: int) -> Launch:
    """Return the launch that a key belongs to."""
    return session.get_one(Launch, launch_id)
