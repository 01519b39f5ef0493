"""What people really asked of an entry: questions it answered, those nearest to it, those that it
was drafted for, and those without an answer that it gained in its newest replay."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CTE, ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from assistant.answering.decisions import Decision
from assistant.answering.replay_effect import Category
from assistant.answering.replay_records import Replay, ReplayCase
from assistant.answering.suggestions import Suggestion
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.desk.repeats import Asked
from assistant.desk.tickets import Ticket
from assistant.ground.masking import masked
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion

_unanswered = Decision.entry_version_id.is_(None)
_is_nearest = func.coalesce(Decision.asked_for, "") == Entry.key


@dataclass(frozen=True, slots=True)
class Question:
    """A real question, with personal data masked, and the ticket of its conversation."""

    id: int  # of the message
    text: str
    channel: str
    at: datetime
    ticket: str | None  # its number


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person answered when the entry did not, with personal data masked."""

    text: str
    by: str
    ticket: str


NOBODY = Asked(0, 0, ())


def people_of_each(session: Session, launch_id: int) -> dict[str, int]:
    """Return how many people asked for each entry, by its key; who is missing nobody asked for."""
    asked = _asked(launch_id)
    query = select(asked.c.entry, _people(asked)).group_by(asked.c.entry)
    return {row[0]: row[1] for row in session.execute(query)}


def asked_of_each(session: Session, launch_id: int, keys: Collection[str]) -> dict[str, Asked]:
    """Return how often these entries were asked for: people, contacts, channels; in one query."""
    asked = _asked(launch_id)
    return _added_up(session, asked, asked.c.entry.in_(keys))


def asked_of(session: Session, entry: Entry) -> Asked:
    """Return how often one entry was asked for; ``NOBODY`` when nobody did."""
    asked = _asked(entry.launch_id)
    return _added_up(session, asked, asked.c.entry == entry.key).get(entry.key, NOBODY)


def _asked(launch_id: int) -> CTE:
    """Return each question with the entry it asked for, once, however it came to be known."""
    what = (Conversation.visitor, Conversation.channel, Message.id.label("message"))
    counted = _of_launch(select(Decision.asked_for.label("entry"), *what), launch_id)
    drafted = _drafted_for(select(Entry.key.label("entry"), *what), launch_id)
    gained = _gained(select(Entry.key.label("entry"), *what), launch_id)
    # None of the many counted first is among the others, so only those are compared.
    others = drafted.union(gained).subquery()
    return counted.union_all(select(others)).cte("asked")


def _added_up(session: Session, asked: CTE, *conditions: ColumnElement[bool]) -> dict[str, Asked]:
    entry, channel = asked.c.entry, func.distinct(asked.c.channel)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    channels = func.group_concat(channel) if is_sqlite else func.string_agg(channel, ",")
    counted = select(entry, _people(asked), func.count(asked.c.message), channels)
    query = counted.where(*conditions).group_by(entry)
    lines = session.execute(query).all()
    apart = {on: tuple(sorted(on.split(","))) for on in {line[3] for line in lines}}
    return {key: Asked(of, contacts, apart[on]) for key, of, contacts, on in lines}


def _people(asked: CTE) -> ColumnElement[int]:
    # Who asked on two channels is one person.
    return func.count(func.distinct(asked.c.visitor))


def questions_of(session: Session, entry: Entry, *, most: int = 8) -> list[Question]:
    """Return the newest real questions about an entry, at most ``most``.

    What the assistant answered has no ticket, unless its conversation led to one.
    """
    here = select(func.max(Ticket.id)).where(Ticket.conversation_id == Message.conversation_id)
    led_to = func.coalesce(Decision.ticket_id, here.correlate(Message).scalar_subquery())
    query = (
        select(Message, Conversation.channel, Ticket)
        .select_from(Decision)
        .join(Message, Message.id == Decision.message_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(Ticket, Ticket.id == led_to)
        .where(about(entry), Message.kind == Said.QUESTION)
        .order_by(Message.id.desc())
        .limit(most)
    )
    return [
        Question(
            message.id, masked(message.text), channel, message.at, ticket.number if ticket else None
        )
        for message, channel, ticket in session.execute(query)
    ]


def replies_of(session: Session, entry: Entry, *, most: int = 3) -> list[Reply]:
    """Return what people wrote, in their own words, on tickets about an entry; newest first."""
    query = (
        select(Message, Ticket)
        .join(Ticket, Ticket.conversation_id == Message.conversation_id)
        .join(Message.person)
        .where(
            Ticket.id.in_(select(Decision.ticket_id).where(about(entry))),
            Message.kind == Said.REPLY,
            Message.entry_version_id.is_(None),
            Message.id > Ticket.question_id,
        )
        .options(contains_eager(Message.person))
        .order_by(Message.id.desc())
        .limit(most)
    )
    return [
        Reply(masked(message.text), message.person.name, ticket.number)
        for message, ticket in session.execute(query)
        if message.person
    ]


def about(entry: Entry) -> ColumnElement[bool]:
    """Return the condition for a decision about a question that is about this entry."""
    suggested = select(Suggestion.group_id).where(Suggestion.drafted_id == entry.id)
    drafted_for = select(Message.id).where(Message.group_id.in_(suggested))
    newest = select(func.max(Replay.id)).join(Replay.version)
    newest = newest.where(Replay.entry_id == entry.id, *_replayed_before_approval())
    gained = select(ReplayCase.message_id).where(
        ReplayCase.replay_id == newest.scalar_subquery(), ReplayCase.category == Category.GAIN
    )
    return and_(
        Decision.launch_id == entry.launch_id,
        or_(
            Decision.asked_for == entry.key,
            and_(
                or_(Decision.message_id.in_(drafted_for), Decision.message_id.in_(gained)),
                _unanswered,
            ),
        ),
    )


def _of_launch(query: Select, launch_id: int) -> Select:  # type: ignore[type-arg]
    return (
        query.select_from(Decision)
        .join(Message, Message.id == Decision.message_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Decision.launch_id == launch_id, Decision.asked_for.is_not(None))
    )


def _drafted_for(query: Select, launch_id: int) -> Select:  # type: ignore[type-arg]
    """Return the questions that entries were drafted for, but for those nearest to them anyway."""
    return (
        query.select_from(Suggestion)
        .join(Entry, Entry.id == Suggestion.drafted_id)
        .join(Message, Message.group_id == Suggestion.group_id)
        .join(Decision, Decision.message_id == Message.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Suggestion.launch_id == launch_id, _unanswered, ~_is_nearest)
    )


def _gained(query: Select, launch_id: int) -> Select:  # type: ignore[type-arg]
    """Return the unanswered questions that entries would answer, by the newest replay of each."""
    newest = select(func.max(Replay.id)).join(Replay.version).group_by(Replay.entry_id)
    newest = newest.where(Replay.launch_id == launch_id, *_replayed_before_approval())
    return (
        query.select_from(ReplayCase)
        .join(Replay, Replay.id == ReplayCase.replay_id)
        .join(Entry, Entry.id == Replay.entry_id)
        .join(Message, Message.id == ReplayCase.message_id)
        .join(Decision, Decision.message_id == Message.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(ReplayCase.replay_id.in_(newest), ReplayCase.category == Category.GAIN)
        .where(_unanswered, ~_is_nearest)
    )


def _replayed_before_approval() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for a whole replay of a draft; not for one of what would be lost."""
    approved = EntryVersion.approved_at
    return (
        Replay.finished_at.is_not(None),
        Replay.failed_because == "",
        Replay.cancelled_by_id.is_(None),
        or_(approved.is_(None), approved > Replay.started_at),
    )


@dataclass(frozen=True, slots=True)
class Sends:
    """How often a version was sent, and how often somebody said "not quite"."""

    sent: int = 0
    not_quite: int = 0


def sends(session: Session, version_ids: Iterable[int]) -> dict[int, Sends]:
    """Return how often each version was sent and was not quite it, in one query."""
    not_quite = func.sum(case((Message.helpful.is_(False), 1), else_=0))
    query = (
        select(Message.entry_version_id, func.count(Message.id), not_quite)
        .where(Message.entry_version_id.in_(list(version_ids)))
        .group_by(Message.entry_version_id)
    )
    return {
        version: Sends(int(sent), int(bad or 0)) for version, sent, bad in session.execute(query)
    }
