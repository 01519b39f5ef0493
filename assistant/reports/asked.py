"""What was asked more than once, as rows: the queries behind the repeat-question report.

Times are instants in UTC, texts are as they were written. Each query serves all questions at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, distinct, func, select
from sqlalchemy.orm import Session, aliased

from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.desk.repeats import RepeatGroup
from assistant.desk.tickets import FIRST_NUMBER, PREFIX, Ticket
from assistant.ground.people import Person
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from assistant.reports.figures import counted, within
from assistant.reports.spans import Span, together

MANY = 2  # people, from which on a question repeats
MOST = 100  # questions in one report; nobody reads further
SHOWN = 5  # wordings and tickets listed for one question


class Asked(NamedTuple):
    """One question, how many asked it within a week, and its contacts on each day of it."""

    id: int
    question: str
    people: int
    first_at: datetime
    last_at: datetime
    trend: tuple[int, ...]


class Cited(NamedTuple):
    """The approved answer that a question got most often, and how it was received."""

    entry: str
    title: str
    version: int
    sent: int
    not_quite: int


class Case(NamedTuple):
    """A ticket behind a question."""

    number: str
    subject: str
    is_open: bool
    owner: str | None


def repeats(session: Session, launch_id: int, week: Sequence[Span]) -> list[Asked]:
    """Return the questions asked on the last day of ``week`` and by ``MANY`` people in it.

    Most people first, at most ``MOST``; first and last asked look at everything before its end.
    """
    whole = together(week)
    people = func.count(distinct(Conversation.visitor))
    days = [counted(within(Message.at, day)) for day in week]
    query = (
        select(
            RepeatGroup.id,
            RepeatGroup.question,
            people,
            _first_asked(),
            func.max(Message.at),
            *days,
        )
        .select_from(Message)
        .join(RepeatGroup, RepeatGroup.id == Message.group_id)
        .join(Message.conversation)
        .where(RepeatGroup.launch_id == launch_id, Message.kind == Said.QUESTION)
        .where(within(Message.at, whole))
        .group_by(RepeatGroup.id, RepeatGroup.question)
        .having(days[-1] > 0, people >= MANY)
        .order_by(people.desc(), func.count(Message.id).desc(), RepeatGroup.id)
        .limit(MOST)
    )
    return [Asked(*row[:5], tuple(row[5:])) for row in session.execute(query)]


def _first_asked() -> ColumnElement[datetime]:
    """When the question was asked first, however long ago: one look into an index."""
    first = aliased(Message)
    return (
        select(func.min(first.at))
        .where(first.group_id == RepeatGroup.id, first.kind == Said.QUESTION)
        .correlate(RepeatGroup)
        .scalar_subquery()
    )


def channels(session: Session, groups: Sequence[int], span: Span) -> dict[int, tuple[str, ...]]:
    """Return the channels on which each question was asked, by name."""
    query = (
        select(Message.group_id, Conversation.channel)
        .join(Message.conversation)
        .where(Message.group_id.in_(groups), within(Message.at, span))
        .distinct()
        .order_by(Conversation.channel)
    )
    return by_group(session.execute(query).all())


def answers(session: Session, groups: Sequence[int], span: Span) -> dict[int, Cited]:
    """Return what each question was answered with most, at once or after a "did you mean"."""
    answer, asked, offered, question = (aliased(Message) for _ in range(4))
    times = func.count(answer.id)
    query = (
        select(
            question.group_id,
            Entry.key,
            EntryVersion.question,
            EntryVersion.number,
            times,
            counted(answer.helpful.is_(False)),
        )
        .select_from(answer)
        .join(asked, asked.id == answer.reply_to_id)
        .outerjoin(offered, and_(offered.id == asked.reply_to_id, asked.kind == Said.CHOICE))
        .join(question, question.id == func.coalesce(offered.reply_to_id, asked.id))
        .join(EntryVersion, EntryVersion.id == answer.entry_version_id)
        .join(Entry, Entry.id == EntryVersion.entry_id)
        .where(answer.kind == Said.ANSWER, question.group_id.in_(groups), within(question.at, span))
        .where(answer.at >= span.start)  # what was answered earlier was asked earlier
        .group_by(question.group_id, Entry.key, EntryVersion.question, EntryVersion.number)
        .order_by(times, EntryVersion.number)
    )
    # The rows come in rising order, so the last one of a group wins.
    rows: Sequence[Any] = session.execute(query).all()
    return {row[0]: Cited(*row[1:]) for row in rows}


def wordings(session: Session, groups: Sequence[int], span: Span) -> dict[int, tuple[str, ...]]:
    """Return ways in which each question was asked, the most used first, as they were written."""
    place = func.row_number().over(
        partition_by=Message.group_id, order_by=(func.count().desc(), func.max(Message.id).desc())
    )
    ranked = (
        select(Message.group_id, Message.text, place.label("place"))
        .where(Message.group_id.in_(groups), within(Message.at, span))
        .group_by(Message.group_id, Message.text)
        .subquery()
    )
    query = select(ranked.c.group_id, ranked.c.text).where(ranked.c.place <= SHOWN + 1)
    return by_group(session.execute(query.order_by(ranked.c.group_id, ranked.c.place)).all())


def tickets(session: Session, groups: Sequence[int], span: Span) -> dict[int, tuple[Case, ...]]:
    """Return the tickets behind each question, open ones first, then the newest."""
    is_closed = Ticket.resolved_at.is_not(None)
    place = func.row_number().over(
        partition_by=Ticket.group_id, order_by=(is_closed, Ticket.id.desc())
    )
    ranked = (
        select(Ticket.id, place.label("place"))
        .where(Ticket.group_id.in_(groups), Ticket.opened_at < span.end)
        .subquery()
    )
    query = (
        select(Ticket.group_id, Ticket.id, Ticket.subject, Ticket.resolved_at, Person.name)
        .join(ranked, ranked.c.id == Ticket.id)
        .outerjoin(Person, Person.id == Ticket.owner_id)
        .where(ranked.c.place <= SHOWN)
        .order_by(ranked.c.place)
    )
    rows = [
        (group, Case(f"{PREFIX}{FIRST_NUMBER + ticket}", subject, resolved is None, owner))
        for group, ticket, subject, resolved, owner in session.execute(query)
    ]
    return by_group(rows)


def open_tickets(session: Session, groups: Sequence[int], span: Span) -> dict[int, int]:
    """Return how many tickets behind each question are still open."""
    query = (
        select(Ticket.group_id, func.count())
        .where(Ticket.group_id.in_(groups), Ticket.resolved_at.is_(None))
        .where(Ticket.opened_at < span.end)
        .group_by(Ticket.group_id)
    )
    return {group: count for group, count in session.execute(query) if group}


def by_group(rows: Iterable[Any]) -> dict[Any, tuple[Any, ...]]:
    """Return rows of (group, thing) as the things of each group, in their order."""
    grouped: dict[Any, list[Any]] = defaultdict(list)
    for group, thing in rows:
        grouped[group].append(thing)
    return {group: tuple(things) for group, things in grouped.items()}
