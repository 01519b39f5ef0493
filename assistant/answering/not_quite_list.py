"""The list of what was "not quite": each with what was asked and said, its state and its age."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from assistant.answering.not_quite import FIRST, Done, State, Work
from assistant.desk.feedback import Feedback
from assistant.desk.messages import Message
from assistant.desk.tickets import Ticket
from assistant.ground.people import Person
from assistant.ground.redacting import redacted
from assistant.launch.scenarios import Scenario
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion


@dataclass(frozen=True, slots=True)
class Item:
    """One "not quite", without personal data. ``owner`` is who took it, or the scenario's."""

    id: int
    state: State
    at: datetime
    entry: str
    title: str
    version: int
    question: str
    reason: str | None
    words: str
    owner: str | None
    is_taken: bool
    ticket: int | None
    done: Done | None
    note: str
    looked_at: datetime | None
    looked_by: str | None
    replaced_by: int | None  # the version that did
    helped_since: bool  # the customer said later that it answers
    said_again: bool  # after somebody had looked
    revision: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many items are in which state."""

    open: int = 0
    looked_at: int = 0
    closed: int = 0
    replaced: int = 0


def counts(session: Session, launch_id: int, entry: str = "") -> Counts:
    """Return how many items the launch has, or one entry of it, in which state."""
    counted = _items(launch_id, entry, _state, func.count()).group_by(_state)
    of_each = {State(state): number for state, number in session.execute(counted)}
    return Counts(*(of_each.get(state, 0) for state in State))


def items(
    session: Session,
    launch_id: int,
    *,
    states: Sequence[State],
    entry: str = "",
    skip: int = 0,
    most: int = 25,
) -> list[Item]:
    """Return items in one of these states, the oldest first; at most ``most``, after ``skip``."""
    query = (
        _items(launch_id, entry, *_SHOWN)
        .outerjoin(_asked, _asked.id == Message.reply_to_id)
        .outerjoin(Scenario, Scenario.id == Entry.scenario_id)
        .outerjoin(_keeper, _keeper.id == Scenario.owner_id)
        .outerjoin(_owner, _owner.id == Work.owner_id)
        .outerjoin(_looker, _looker.id == Work.looked_by_id)
        .where(_state.in_(states))
        .order_by(_first.received_at, _first.id)
        .offset(skip)
        .limit(most)
    )
    return [_item(**row._mapping) for row in session.execute(query)]


_first, _last = aliased(Feedback), aliased(Feedback)
_asked = aliased(Message)
_owner, _keeper, _looker = aliased(Person), aliased(Person), aliased(Person)
_next = aliased(EntryVersion)

_said_again = _last.received_at > func.coalesce(Work.closed_at, Work.looked_at)
_stands = ~func.coalesce(_said_again, False)
_state: ColumnElement[str] = case(
    (and_(Work.closed_at.is_not(None), _stands), State.CLOSED.value),
    (EntryVersion.superseded_at.is_not(None), State.REPLACED.value),
    (and_(Work.looked_at.is_not(None), _stands), State.LOOKED_AT.value),
    else_=State.OPEN.value,
)
_replaced_by = (
    select(func.min(_next.number))
    .where(
        _next.entry_id == EntryVersion.entry_id,
        _next.number > EntryVersion.number,
        _next.approved_at.is_not(None),
    )
    .correlate(EntryVersion)
    .scalar_subquery()
)
_ticket = (
    select(func.max(Ticket.id))
    .where(Ticket.conversation_id == Message.conversation_id)
    .correlate(Message)
    .scalar_subquery()
)
_SHOWN: tuple[Any, ...] = (
    _first.id.label("id"),
    _state.label("state"),
    _first.received_at.label("at"),
    Entry.key.label("entry"),
    EntryVersion.question.label("title"),
    EntryVersion.number.label("version"),
    _asked.text.label("question"),
    _last.reason.label("reason"),
    _last.text.label("words"),
    _owner.name.label("taken_by"),
    _keeper.name.label("keeper"),
    _ticket.label("ticket"),
    Work.done.label("done"),
    func.coalesce(Work.note, "").label("note"),
    Work.looked_at.label("looked_at"),
    _looker.name.label("looked_by"),
    _replaced_by.label("next_version"),
    Message.helpful.label("helpful"),
    func.coalesce(_said_again, False).label("said_again"),
    func.coalesce(Work.version, FIRST).label("revision"),
)


def _items(launch_id: int, entry: str, *columns: Any) -> "Select[Any]":
    said = _said(launch_id)
    query = (
        select(*columns)
        .select_from(said)
        .join(_first, _first.id == said.c.first)
        .join(_last, _last.id == said.c.last)
        .join(EntryVersion, EntryVersion.id == _first.entry_version_id)
        .join(Entry, Entry.id == EntryVersion.entry_id)
        .outerjoin(Message, Message.id == _first.message_id)
        .outerjoin(Work, Work.feedback_id == _first.id)
    )
    return query.where(Entry.key == entry) if entry else query


def _said(launch_id: int) -> Subquery:
    """Return the first and the last "not quite" about each message: a reason may come later."""
    about = func.coalesce(Feedback.message_id, -Feedback.id)
    first, last = func.min(Feedback.id).label("first"), func.max(Feedback.id).label("last")
    return (
        select(first, last)
        .where(
            Feedback.launch_id == launch_id,
            Feedback.helpful.is_(False),
            Feedback.entry_version_id.is_not(None),
        )
        .group_by(about)
        .subquery()
    )


def _item(
    *,
    state: str,
    question: str | None,
    words: str,
    taken_by: str | None,
    keeper: str | None,
    done: str | None,
    next_version: int | None,
    helpful: bool | None,
    **facts: Any,
) -> Item:
    is_replaced = state == State.REPLACED
    return Item(
        state=State(state),
        question=redacted(question or ""),
        words=redacted(words),
        owner=taken_by or keeper,
        is_taken=taken_by is not None,
        done=Done(done) if done else None,
        replaced_by=next_version if is_replaced else None,
        helped_since=helpful is True,
        **{**facts, "said_again": bool(facts["said_again"])},
    )
