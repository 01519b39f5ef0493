"""What people had to answer, as rows: questions about this launch that were looked up in vain.

Texts are as they were written. A question without a group stands alone, under a number below 0.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Subquery, distinct, func, or_, select
from sqlalchemy.orm import Session, aliased

from assistant.answering.decisions import Decision
from assistant.answering.unanswered import ended_with_person
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.desk.repeats import RepeatGroup
from assistant.desk.tickets import FIRST_NUMBER, PREFIX, Ticket
from assistant.ground.people import Person
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from assistant.reports.asked import by_group
from assistant.reports.figures import within
from assistant.reports.spans import Span

MOST = 50  # questions in one report
SHOWN = 5  # wordings and replies listed with one
READ = 20  # replies read for that; agents often write the same to several


class Missing(NamedTuple):
    """A question that people had to answer; ``id`` is below 0 for one without a group."""

    id: int
    question: str
    people: int
    contacts: int


class Reply(NamedTuple):
    """What a person answered, in which ticket, and how the customer rated it (1 to 5)."""

    text: str
    by: str
    ticket: str
    rating: int | None


class Cited(NamedTuple):
    """An approved entry that people answered with, although the assistant had not found it."""

    entry: str
    title: str
    version: int
    times: int


def missing(session: Session, launch_id: int, span: Span) -> list[Missing]:
    """Return the questions of ``span`` that ended with a person, most contacts first."""
    key, contacts = _key(), func.count(Message.id)
    people = func.count(distinct(Conversation.visitor))
    words = func.coalesce(func.min(RepeatGroup.question), func.min(Message.text))
    query = (
        select(key, words, people, contacts)
        .select_from(Message)
        .join(Message.conversation)
        .join(Decision, Decision.message_id == Message.id)
        .outerjoin(Ticket, Ticket.id == Decision.ticket_id)
        .outerjoin(RepeatGroup, RepeatGroup.id == Message.group_id)
        .where(Conversation.launch_id == launch_id, within(Message.at, span), ended_with_person())
        .where(or_(Ticket.id.is_(None), Ticket.in_scope))
        .group_by(key)
        .order_by(contacts.desc(), people.desc(), key)
        .limit(MOST)
    )
    return [Missing(*row) for row in session.execute(query)]


def outside(session: Session, launch_id: int, span: Span) -> int:
    """Return how many contacts of ``span`` were about something outside the launch."""
    query = (
        select(func.count(Message.id))
        .join(Decision, Decision.message_id == Message.id)
        .join(Ticket, Ticket.id == Decision.ticket_id)
        .where(Decision.launch_id == launch_id, within(Message.at, span))
        .where(Ticket.in_scope.is_(False), ended_with_person())
    )
    return session.scalar(query) or 0


def questions(session: Session, keys: Sequence[int], span: Span) -> dict[int, tuple[str, ...]]:
    """Return what was asked behind each missing answer, newest first, each text once."""
    place = func.row_number().over(partition_by=_key(), order_by=func.max(Message.id).desc())
    ranked = (
        select(_key().label("key"), Message.text, place.label("place"))
        .join(Decision, Decision.message_id == Message.id)
        .where(_key().in_(keys), within(Message.at, span), ended_with_person())
        .group_by(_key(), Message.text)
        .subquery()
    )
    query = select(ranked.c.key, ranked.c.text).where(ranked.c.place <= SHOWN)
    return by_group(session.execute(query.order_by(ranked.c.key, ranked.c.place)))


def replies(session: Session, keys: Sequence[int], span: Span) -> dict[int, tuple[Reply, ...]]:
    """Return what people answered in their own words, the best received first.

    That is the first reply after each question; what cites an approved version is in ``cited``.
    """
    reply, first = aliased(Message), _first_replies(keys, span)
    place = func.row_number().over(
        partition_by=first.c.key, order_by=(Ticket.rating.desc().nulls_last(), reply.id.desc())
    )
    ranked = (
        select(first.c.key, reply.text, Person.name, Ticket.id, Ticket.rating, place.label("place"))
        .join(reply, reply.id == first.c.reply)
        .join(Person, Person.id == reply.person_id)
        .join(Ticket, Ticket.conversation_id == reply.conversation_id)
        .where(reply.entry_version_id.is_(None), Ticket.opened_at <= reply.at)
        .subquery()
    )
    rows = session.execute(select(ranked).where(ranked.c.place <= READ).order_by(ranked.c.place))
    return by_group(
        (key, Reply(text, by, f"{PREFIX}{FIRST_NUMBER + ticket}", rating))
        for key, text, by, ticket, rating, _ in rows
    )


def cited(session: Session, keys: Sequence[int], span: Span) -> dict[int, Cited]:
    """Return the approved entry that people answered each question with most."""
    reply, first = aliased(Message), _first_replies(keys, span)
    times = func.count(reply.id)
    query = (
        select(first.c.key, Entry.key, EntryVersion.question, EntryVersion.number, times)
        .join(reply, reply.id == first.c.reply)
        .join(EntryVersion, EntryVersion.id == reply.entry_version_id)
        .join(Entry, Entry.id == EntryVersion.entry_id)
        .group_by(first.c.key, Entry.key, EntryVersion.question, EntryVersion.number)
        .order_by(times, EntryVersion.number)
    )
    # The rows come in rising order, so the last one of a question wins.
    rows: Sequence[Any] = session.execute(query).all()
    return {row[0]: Cited(*row[1:]) for row in rows}


def _key() -> ColumnElement[int]:
    """The question's group; a question without one stands alone, under its own number."""
    return func.coalesce(Message.group_id, -Message.id)


def _first_replies(keys: Sequence[int], span: Span) -> Subquery:
    """Each question's first reply by a person, as (key, reply)."""
    reply = aliased(Message)
    return (
        select(_key().label("key"), func.min(reply.id).label("reply"))
        .select_from(Message)
        .join(Decision, Decision.message_id == Message.id)
        .join(reply, reply.conversation_id == Message.conversation_id)
        .where(_key().in_(keys), within(Message.at, span), ended_with_person())
        .where(reply.kind == Said.REPLY, reply.id > Message.id)
        .group_by(Message.id)
        .subquery()
    )
