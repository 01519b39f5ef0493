"""Which approved answers do not do, as rows: called "not quite", or about to end while in use.

Texts are as they were written. Only the version that customers get now is looked at: what was
said about an earlier one was answered by the new one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, distinct, func, or_, select
from sqlalchemy.orm import Session, aliased

from assistant.desk.feedback import Feedback
from assistant.desk.messages import Message
from assistant.library.entries import Entry
from assistant.library.liveness import is_live
from assistant.library.versions import EntryVersion
from assistant.reports.asked import by_group
from assistant.reports.figures import within
from assistant.reports.spans import Span

MOST = 50  # answers of one kind
SHOWN = 5  # notes listed with one
SOON = timedelta(days=3)  # before an answer ends, while there is time to write the next


class Weak(NamedTuple):
    """The version that customers get, and how many said that it is not quite right."""

    id: int
    entry: str
    title: str
    version: int
    people: int
    not_quite: int


class Note(NamedTuple):
    """One "not quite": what had been asked, why it did not help, in which words."""

    question: str
    reason: str | None
    words: str


class Ending(NamedTuple):
    """A version that ends soon."""

    id: int
    entry: str
    title: str
    version: int
    until: datetime


def weak(session: Session, launch_id: int, span: Span) -> list[Weak]:
    """Return the current versions that were called "not quite" in ``span``, most often first.

    A customer's last word counts: who said "this answers it" afterwards is not among them.
    """
    not_quite = func.count(distinct(func.coalesce(Feedback.message_id, -Feedback.id)))
    query = (
        select(
            EntryVersion.id,
            Entry.key,
            EntryVersion.question,
            EntryVersion.number,
            func.count(distinct(Feedback.user)),
            not_quite,
        )
        .select_from(Feedback)
        .join(EntryVersion, EntryVersion.id == Feedback.entry_version_id)
        .join(Entry, Entry.id == EntryVersion.entry_id)
        .outerjoin(Message, Message.id == Feedback.message_id)
        .where(Entry.launch_id == launch_id, within(Feedback.received_at, span), _not_quite())
        .where(EntryVersion.superseded_at.is_(None), Entry.retired_at.is_(None))
        .where(EntryVersion.recalled_at.is_(None))
        .group_by(EntryVersion.id, Entry.key, EntryVersion.question, EntryVersion.number)
        .order_by(not_quite.desc(), Entry.key)
        .limit(MOST)
    )
    return [Weak(*row) for row in session.execute(query)]


def reasons(
    session: Session, versions: Sequence[int], span: Span
) -> dict[int, tuple[tuple[str, int], ...]]:
    """Return why each version did not help, as (reason, times), the most frequent first."""
    times = func.count(distinct(func.coalesce(Feedback.message_id, -Feedback.id)))
    query = (
        select(Feedback.entry_version_id, Feedback.reason, times)
        .outerjoin(Message, Message.id == Feedback.message_id)
        .where(Feedback.entry_version_id.in_(versions), within(Feedback.received_at, span))
        .where(_not_quite(), Feedback.reason.is_not(None))
        .group_by(Feedback.entry_version_id, Feedback.reason)
        .order_by(times.desc(), Feedback.reason)
    )
    return by_group((version, (why, count)) for version, why, count in session.execute(query))


def notes(session: Session, versions: Sequence[int], span: Span) -> dict[int, tuple[Note, ...]]:
    """Return what was said with "not quite", and what had been asked, newest first."""
    asked = aliased(Message)
    place = func.row_number().over(
        partition_by=Feedback.entry_version_id, order_by=Feedback.id.desc()
    )
    ranked = (
        select(
            Feedback.entry_version_id.label("version"),
            func.coalesce(asked.text, "").label("question"),
            Feedback.reason,
            Feedback.text.label("words"),
            place.label("place"),
        )
        .outerjoin(Message, Message.id == Feedback.message_id)
        .outerjoin(asked, asked.id == Message.reply_to_id)
        .where(Feedback.entry_version_id.in_(versions), within(Feedback.received_at, span))
        .where(_not_quite(), or_(Feedback.text != "", asked.id.is_not(None)))
        .subquery()
    )
    rows = session.execute(select(ranked).where(ranked.c.place <= SHOWN).order_by(ranked.c.place))
    return by_group((version, Note(*note[:3])) for version, *note in rows)


def ending(session: Session, launch_id: int, span: Span) -> list[Ending]:
    """Return the answers that are live at the end of ``span`` and end soon after, soonest first."""
    query = (
        select(
            EntryVersion.id,
            Entry.key,
            EntryVersion.question,
            EntryVersion.number,
            EntryVersion.valid_until,
        )
        .join(EntryVersion.entry)
        .where(Entry.launch_id == launch_id, is_live(span.end))
        .where(EntryVersion.valid_until <= span.end + SOON)
        .order_by(EntryVersion.valid_until, Entry.key)
        .limit(MOST)
    )
    rows: Sequence[Any] = session.execute(query).all()
    return [Ending(*row) for row in rows]


def _not_quite() -> ColumnElement[bool]:
    return and_(Feedback.helpful.is_(False), or_(Message.id.is_(None), Message.helpful.is_(False)))
