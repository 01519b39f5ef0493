"""What people said about it, as rows: the queries behind the feedback report.

Feedback that names no launch (from another system, through the API) counts where there is only one
launch; where there are several, it counts once somebody has taken it for theirs.
It counts on the day it was received, because other systems may send what was said long before.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from assistant.desk.feedback import Feedback
from assistant.desk.messages import Message
from assistant.desk.tickets import FIRST_NUMBER, PREFIX, Ticket
from assistant.launch.launches import Launch
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from assistant.reports.asked import by_group
from assistant.reports.figures import counted, within
from assistant.reports.spans import Span

SHOWN = 12  # quotes of one category


class Tally(NamedTuple):
    """How much feedback of one category came from one source."""

    category: str
    source: str
    times: int


class Quote(NamedTuple):
    """One person's words, where they were said, and what they were about, if anything."""

    text: str
    user: str
    source: str
    at: datetime
    reason: str | None
    ticket: str | None
    entry: str | None
    title: str | None
    version: int | None
    rewritten: int | None  # number of a later version that was approved since


def counts(session: Session, launch_id: int, span: Span) -> list[Tally]:
    """Return how much feedback of each category each source gave in ``span``."""
    query = (
        select(Feedback.category, Feedback.source, func.count())
        .where(_ours(launch_id, span))
        .group_by(Feedback.category, Feedback.source)
        .order_by(Feedback.category, Feedback.source)
    )
    return [Tally(*row) for row in session.execute(query)]


def judged(session: Session, launch_id: int, span: Span, source: str = "") -> tuple[int, int]:
    """Return how many answers were called helpful in ``span``, and how many were judged at all.

    A customer's last word about an answer counts, and counts once.
    """
    one = func.coalesce(Feedback.message_id, -Feedback.id)
    is_last = or_(Message.id.is_(None), Message.helpful == Feedback.helpful)
    judgements = (
        select(one.label("one"), Feedback.helpful.label("helpful"))
        .distinct()
        .outerjoin(Message, Message.id == Feedback.message_id)
        .where(_ours(launch_id, span, source), Feedback.helpful.is_not(None), is_last)
        .subquery()
    )
    query = select(counted(judgements.c.helpful), func.count()).select_from(judgements)
    helpful, all_ = session.execute(query).one()
    return int(helpful), all_


def quotes(
    session: Session, launch_id: int, span: Span, source: str = ""
) -> dict[str, tuple[Quote, ...]]:
    """Return the newest quotes of each category; feedback without words is none."""
    place = func.row_number().over(partition_by=Feedback.category, order_by=Feedback.id.desc())
    ranked = (
        select(Feedback.id, place.label("place"))
        .where(_ours(launch_id, span, source), func.trim(Feedback.text) != "")
        .subquery()
    )
    query = (
        select(
            Feedback.category,
            Feedback.text,
            Feedback.user,
            Feedback.source,
            Feedback.given_at,
            Feedback.reason,
            _ticket(),
            Entry.key,
            EntryVersion.question,
            EntryVersion.number,
            _rewritten(),
        )
        .join(ranked, ranked.c.id == Feedback.id)
        .outerjoin(Message, Message.id == Feedback.message_id)
        .outerjoin(EntryVersion, EntryVersion.id == Feedback.entry_version_id)
        .outerjoin(Entry, Entry.id == EntryVersion.entry_id)
        .where(ranked.c.place <= SHOWN)
        .order_by(Feedback.id.desc())
    )
    return by_group((row[0], _quote(*row[1:])) for row in session.execute(query))


def _quote(
    text: str,
    user: str,
    source: str,
    at: datetime,
    reason: str | None,
    ticket: int | None,
    *about: object,
) -> Quote:
    number = f"{PREFIX}{FIRST_NUMBER + ticket}" if ticket else None
    return Quote(text, user, source, at, reason, number, *about)  # type: ignore[arg-type]


def _ticket() -> ColumnElement[int | None]:
    """The newest ticket of the conversation in which it was said."""
    return (
        select(func.max(Ticket.id))
        .where(Ticket.conversation_id == Message.conversation_id)
        .correlate(Message)
        .scalar_subquery()
    )


def _rewritten() -> ColumnElement[int | None]:
    later = aliased(EntryVersion)
    return (
        select(func.max(later.number))
        .where(later.entry_id == EntryVersion.entry_id, later.number > EntryVersion.number)
        .where(later.approved_at > Feedback.received_at)
        .correlate(EntryVersion, Feedback)
        .scalar_subquery()
    )


def _ours(launch_id: int, span: Span, source: str = "") -> ColumnElement[bool]:
    is_alone = ~exists().where(Launch.id != launch_id)
    ours = or_(Feedback.launch_id == launch_id, and_(Feedback.launch_id.is_(None), is_alone))
    condition = and_(ours, within(Feedback.received_at, span))
    return and_(condition, Feedback.source == source) if source else condition
