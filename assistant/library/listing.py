"""The lists of the library page, in SQL: which version each list is about, how many, which page.

Nothing is loaded but the page that is shown. States are derived from facts by one covering index
(``ix_entry_versions_listing``), the same way ``Entry.state`` and ``Entry.approved`` derive them;
a test holds the two equal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from assistant.launch.scenarios import Scenario
from assistant.library.entries import Entry
from assistant.library.sought import holds, words_in
from assistant.library.versions import EntryVersion

LISTS = ("drafts", "in-review", "approved", "expiring", "recalled", "retired", "rejected")
EXPIRES_SOON = timedelta(days=3)  # before its end an entry stands under Expiring

SORTS = ("asked", "changed", "question", "expiry")  # any other is as "changed"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. Blank means: whatever."""

    q: str = ""  # every word must stand in the key, the text, the question or a phrasing
    kind: str = ""  # response, faq
    verdict: str = ""
    scenario: str = ""  # its key; "-" for entries without one
    owner: int | None = None  # the id of who is asked about it, see ``owner_of``; 0 for nobody
    author: int | None = None  # the id of a person; 0 for what came with a pack
    audience: str = ""
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list: the version of each entry that the list is about, and how many in all."""

    total: int
    versions: tuple[EntryVersion, ...]


def lists_of(at: datetime) -> ColumnElement[int]:
    """Return which lists show a version, joined to its entry: a bit for each, as in ``LISTS``."""
    bits = [case((_is_in(name, at), 1 << place), else_=0) for place, name in enumerate(LISTS)]
    return sum(bits[1:], bits[0])


def listed(
    session: Session,
    launch_id: int,
    name: str,
    *,
    at: datetime,
    filters: Filters = Filters(),
    sort: str = "asked",
    asked: Mapping[str, int] | None = None,
    first: int = 0,
    most: int = 25,
    total: int | None = None,
) -> Listed:
    """Return the versions from place ``first`` on of the list ``name``, at most ``most``.

    ``asked`` is how many people asked for each entry, by its key, for the sort by that; without it
    that sort is by the newest change. ``total`` is for who has counted before;
    where it is 0 nothing is looked for. Entries come with their versions, scenario and people, in
    as many queries whatever the size.
    """
    found = _found(session, launch_id, name, filters, at)
    if total is None:
        total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    if not total:
        return Listed(0, ())
    if sort == "asked" and asked:
        ids = _most_asked(session, found, asked)[first : first + most]
    else:
        ids = list(session.scalars(_sorted(found, sort).offset(first).limit(most)))
    return Listed(total, tuple(loaded(session, ids)))


def _most_asked(session: Session, found: Select[Any], asked: Mapping[str, int]) -> list[int]:
    """Return the ids of all that is found, most asked first.

    Sorted here: joined to what is counted, SQLite looks through all of that for every entry.
    """
    rows = session.execute(_sorted(found.add_columns(Entry.key), "changed")).all()
    return [id_ for id_, _ in sorted(rows, key=lambda row: -asked.get(row[1], 0))]


def loaded(session: Session, ids: list[int]) -> list[EntryVersion]:
    """Return these versions in this order, with what a card shows of them."""
    of_entry = joinedload(EntryVersion.entry)
    query = (
        select(EntryVersion)
        .where(EntryVersion.id.in_(ids))
        .options(
            joinedload(EntryVersion.author),
            joinedload(EntryVersion.approved_by),
            joinedload(EntryVersion.approvals),
            of_entry.joinedload(Entry.scenario).joinedload(Scenario.owner),
            of_entry.joinedload(Entry.owner),
            of_entry.selectinload(Entry.versions),
        )
    )
    by_id = {version.id: version for version in session.scalars(query).unique()}
    return [by_id[each] for each in ids if each in by_id]


def versions_to_take(
    session: Session,
    launch_id: int,
    what: str,
    *,
    at: datetime,
    filters: Filters = Filters(),
    names: tuple[str, ...] = (),
) -> list[EntryVersion]:
    """Return the ``live``, the ``newest`` or ``all`` versions of entries that match, by key.

    ``names`` are the lists of which one must hold the entry; none means every list, or the
    approved one where live versions are asked for.
    """
    names = names or (("approved",) if what == "live" else LISTS)
    among = or_(*[_is_in(name, at) for name in names])
    ids = select(Entry.id).join(Entry.versions).where(Entry.launch_id == launch_id, among)
    query = select(Entry).where(Entry.id.in_(narrowed(session, ids, filters))).order_by(Entry.key)
    people = (joinedload(EntryVersion.author), joinedload(EntryVersion.approved_by))
    versions = selectinload(Entry.versions).options(*people)
    beside = (joinedload(Entry.scenario), joinedload(Entry.owner))
    taken = []
    for entry in session.scalars(query.options(versions, *beside)):
        for version in _taken(entry, what, at):
            set_committed_value(version, "entry", entry)  # who has the version has its entry
            taken.append(version)
    return taken


def _taken(entry: Entry, what: str, at: datetime) -> list[EntryVersion]:
    if what == "all":
        return entry.versions
    if what == "newest":
        return [entry.newest]
    current = entry.approved
    return [current] if current and current.is_valid(at) else []


def _found(
    session: Session, launch_id: int, name: str, filters: Filters, at: datetime
) -> Select[Any]:
    query = select(EntryVersion.id).select_from(Entry).join(Entry.versions)
    query = query.where(Entry.launch_id == launch_id, _is_in(name, at))
    return narrowed(session, query, filters)


def owner_of() -> ColumnElement[int]:
    """Return the id of who is asked about an entry: its owner, its scenario's, or who wrote it.

    0 is nobody. As ``Standing.asked_owner``, of the version that a list shows.
    """
    by_scenario = select(Scenario.owner_id).where(Scenario.id == Entry.scenario_id)
    of_scenario = by_scenario.correlate(Entry).scalar_subquery()
    return func.coalesce(Entry.owner_id, of_scenario, EntryVersion.author_id, 0)


def narrowed(session: Session, query: Select[Any], filters: Filters) -> Select[Any]:
    """Return a query of entries and their versions for those that the filters leave."""
    for word in words_in(filters.q):
        found = or_(holds(session, Entry.key, word), holds(session, EntryVersion.sought, word))
        query = query.where(found)
    if filters.kind:
        query = query.where(Entry.kind == filters.kind)
    if filters.scenario == "-":
        query = query.where(Entry.scenario_id.is_(None))
    elif filters.scenario:
        of_key = select(Scenario.id).where(Scenario.key == filters.scenario)
        query = query.where(Entry.scenario_id.in_(of_key))
    if filters.owner is not None:
        query = query.where(owner_of() == filters.owner)
    if filters.author is not None:
        query = query.where(func.coalesce(EntryVersion.author_id, 0) == filters.author)
    exact: Mapping[Any, str] = {
        EntryVersion.verdict: filters.verdict,
        EntryVersion.audience: filters.audience,
        EntryVersion.locale: filters.locale,
    }
    return query.where(*[column == value for column, value in exact.items() if value])


def _sorted(query: Select[Any], sort: str) -> Select[Any]:
    if sort == "question":
        return query.order_by(func.lower(EntryVersion.question), EntryVersion.id)
    if sort == "expiry":
        until = EntryVersion.valid_until
        return query.order_by(until.is_(None), until, EntryVersion.id)
    return query.order_by(EntryVersion.saved_at.desc(), EntryVersion.id.desc())


def _is_in(name: str, at: datetime) -> ColumnElement[bool]:
    """Return the condition that a version, joined to its entry, is what this list shows of it."""
    # What is newest is asked last: it is looked up, and most versions are told by less.
    open_draft = and_(EntryVersion.approved_at.is_(None), _is_newest())
    until = EntryVersion.valid_until
    current = and_(
        EntryVersion.approved_at.is_not(None),
        EntryVersion.superseded_at.is_(None),
        EntryVersion.recalled_at.is_(None),
        Entry.retired_at.is_(None),
    )
    rejected, waits = EntryVersion.rejected_at.is_not(None), EntryVersion.submitted_at.is_not(None)
    ended = and_(EntryVersion.approved_at.is_not(None), _is_newest())
    conditions: dict[str, ColumnElement[bool]] = {
        "drafts": and_(~rejected, ~waits, open_draft),
        "in-review": and_(~rejected, waits, open_draft),
        "rejected": and_(rejected, open_draft),
        "approved": and_(current, or_(until.is_(None), until > at)),
        "expiring": and_(current, until.is_not(None), until <= at + EXPIRES_SOON),
        "recalled": and_(EntryVersion.recalled_at.is_not(None), Entry.retired_at.is_(None), ended),
        "retired": and_(Entry.retired_at.is_not(None), ended),
    }
    return conditions[name]


@cache  # a second name for so wide a table takes milliseconds to make, and a page has many
def _is_newest() -> ColumnElement[bool]:
    later = aliased(EntryVersion)
    newest = select(func.max(later.number)).where(later.entry_id == EntryVersion.entry_id)
    return EntryVersion.number == newest.correlate(EntryVersion).scalar_subquery()
