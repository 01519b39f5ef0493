"""The rows behind a figure of one day: what was counted, by the queries that counted it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from assistant.answering.decisions import Decision
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message
from assistant.desk.seeking import Seeking, Seeks
from assistant.desk.tickets import FIRST_NUMBER, PREFIX, Ticket
from assistant.ground import amounts
from assistant.ground.audit import Event
from assistant.ground.masking import masked
from assistant.launch.coverage import coverage_of
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Category
from assistant.launch.signals import Signal
from assistant.reports import by_category, desk_metrics, figures, metrics
from assistant.reports.figures import within
from assistant.reports.grave import became_grave
from assistant.reports.metrics import Kept, of_launch
from assistant.reports.spans import Span, day_span

MOST = 500  # rows that are shown; all of them are counted
OUTCOMES = {"answer": "answered", "clarification": "asked back", "handoff": "handed over"}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was counted. Words without personal data; ``ticket`` is its number."""

    words: str
    said: str  # what it adds: a wait, an outcome
    at: datetime | None = None
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Behind:
    """The figure counted now, and its rows: ``total`` of them, the first ``MOST`` here."""

    kept: Kept
    total: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    session: Session
    launch: Launch
    span: Span
    at: datetime


def of_day(session: Session, launch: Launch, metric: str, day: date, *, at: datetime) -> Behind:
    """Return what the figure of a local day is made of, counted at ``at``."""
    span = day_span(day, launch.zone)
    asked = _Asked(session, launch, span, at)
    total, rows = READ.get(metric, _of_signal(metric))(asked)
    return Behind(metrics.measure(session, launch.id, metric, span, at=at), total, tuple(rows))


Read = Callable[[_Asked], tuple[int, list[Row]]]


def _contacts(asked: _Asked) -> tuple[int, list[Row]]:
    return _messages(asked, figures.is_contact())


def _repeats(asked: _Asked) -> tuple[int, list[Row]]:
    return _messages(asked, metrics.is_repeat())


def _repeats_of(category: Category) -> Read:
    return lambda asked: _messages(asked, and_(metrics.is_repeat(), by_category.is_about(category)))


def _messages(asked: _Asked, condition: ColumnElement[bool]) -> tuple[int, list[Row]]:
    query = (
        select(Message.id, Message.text, Message.at, Decision.outcome)
        .select_from(Message)
        .join(Message.conversation)
        .outerjoin(Decision, Decision.message_id == Message.id)
        .where(Conversation.launch_id == asked.launch.id, within(Message.at, asked.span), condition)
        .order_by(Message.at, Message.id)
    )
    found = asked.session.execute(query).all()
    return len(found), [
        Row(masked(text), OUTCOMES.get(outcome or "", "not decided"), at)
        for _, text, at, outcome in found[:MOST]
    ]


def _sought(asked: _Asked) -> tuple[int, list[Row]]:
    """Return who asked; reports of problems are not part of the share."""
    sought = (Seeks.REASSURANCE, Seeks.INFORMATION)
    query = (
        select(Message.text, Message.at, Seeking.seeks)
        .select_from(Message)
        .join(Message.conversation)
        .join(Seeking, Seeking.message_id == Message.id)
        .outerjoin(Decision, Decision.message_id == Message.id)
        .where(Conversation.launch_id == asked.launch.id, within(Message.at, asked.span))
        .where(figures.is_contact(), Seeking.seeks.in_(sought))
        .order_by(Message.at, Message.id)
    )
    found = asked.session.execute(query).all()
    return len(found), [Row(masked(text), f"seeks {seeks}", at) for text, at, seeks in found[:MOST]]


def _came_back(asked: _Asked) -> tuple[int, list[Row]]:
    found = metrics.came_back_rows(asked.session, asked.launch.id, asked.span, asked.at)
    back = dict(found[:MOST])
    query = select(Message.id, Message.text, Message.at).where(Message.id.in_(back))
    return len(found), [
        Row(masked(text), "came back" if back[each] else "did not come back", at)
        for each, text, at in asked.session.execute(query.order_by(Message.at, Message.id))
    ]


def _first_response(asked: _Asked) -> tuple[int, list[Row]]:
    found = metrics.first_response_rows(asked.session, asked.launch.id, asked.span, asked.at)
    return _tickets(asked, [(each, amounts.minutes(minutes)) for each, minutes in found])


def _resolution(asked: _Asked) -> tuple[int, list[Row]]:
    found = metrics.resolution_rows(asked.session, asked.launch.id, asked.span, asked.at)
    return _tickets(asked, [(each, amounts.hours(hours)) for each, hours in found])


def _in_hand(asked: _Asked) -> tuple[int, list[Row]]:
    coverage, said = coverage_of(asked.launch), []
    for each, opened, first in desk_metrics.in_hand_rows(
        asked.session, asked.launch.id, asked.span
    ):
        waited = coverage.worked(opened, min(first or asked.at, asked.at))
        if first is not None or waited >= desk_metrics.SOON:
            minutes = amounts.minutes(waited / timedelta(minutes=1))
            said.append((each, minutes if first else f"nobody yet, {minutes}"))
    return _tickets(asked, said)


def _escalated(asked: _Asked) -> tuple[int, list[Row]]:
    query = (
        select(Ticket.id)
        .join(Event, Event.ticket_id == Ticket.id)
        .where(of_launch(asked.launch.id), Event.kind == "ticket.escalated")
        .where(within(Event.at, asked.span))
    )
    found = asked.session.scalars(query.distinct().order_by(Ticket.id))
    return _tickets(asked, [(each, "escalated") for each in found])


def _grave(asked: _Asked) -> tuple[int, list[Row]]:
    found = became_grave(asked.session, asked.launch.id, asked.span)
    return _tickets(asked, [(each, f"Sev {severity}") for each, severity in found])


def _satisfied(asked: _Asked) -> tuple[int, list[Row]]:
    query = select(Ticket.id, Ticket.rating).where(
        of_launch(asked.launch.id),
        within(Ticket.resolved_at, asked.span),
        Ticket.rating.is_not(None),
    )
    found = asked.session.execute(query.order_by(Ticket.id))
    return _tickets(asked, [(each, f"{rating} of 5") for each, rating in found])


def _backlog(asked: _Asked) -> tuple[int, list[Row]]:
    end = min(asked.span.end, asked.at)
    query = select(Ticket.id, Ticket.severity).where(
        of_launch(asked.launch.id),
        Ticket.opened_at < end,
        or_(Ticket.resolved_at.is_(None), Ticket.resolved_at >= end),
    )
    found = asked.session.execute(query.order_by(Ticket.id))
    return _tickets(asked, [(each, f"Sev {severity}") for each, severity in found])


def _missed(asked: _Asked) -> tuple[int, list[Row]]:
    query = select(Event.ticket_id, Event.details).where(
        Event.launch_id == asked.launch.id,
        Event.kind == desk_metrics.BROKEN,
        within(Event.at, asked.span),
    )
    found = [
        (each, str(details.get("promise", "")).replace("_", " "))
        for each, details in asked.session.execute(query.order_by(Event.id))
        if each
    ]
    return _tickets(asked, found)


def _tickets(asked: _Asked, said: Sequence[tuple[int, str]]) -> tuple[int, list[Row]]:
    """Return one row for each pair; a ticket may stand there more than once."""
    known = _known(asked.session, [each for each, _ in said[:MOST]])
    return len(said), [
        Row(*known[each][:1], words, known[each][1], f"{PREFIX}{FIRST_NUMBER + each}")
        for each, words in said[:MOST]
        if each in known
    ]


def _known(session: Session, ids: Iterable[int]) -> dict[int, tuple[str, datetime]]:
    query = select(Ticket.id, Ticket.subject, Ticket.opened_at).where(Ticket.id.in_(set(ids)))
    return {each: (masked(subject), at) for each, subject, at in session.execute(query)}


def _of_signal(metric: str) -> Read:
    def read(asked: _Asked) -> tuple[int, list[Row]]:
        query = select(Signal).where(
            Signal.launch_id == asked.launch.id,
            Signal.metric == metric,
            Signal.at >= asked.span.start,
            Signal.at < asked.span.end,
        )
        found = asked.session.scalars(query.order_by(Signal.at, Signal.id)).all()
        return len(found), [
            Row(each.source, f"{each.value:,.10g}", each.at) for each in found[:MOST]
        ]

    return read


READ: dict[str, Read] = {
    "contacts_per_day": _contacts,
    "answered_percent": _contacts,
    "first_response_minutes": _first_response,
    "time_to_resolution_hours": _resolution,
    "repeat_questions_per_day": _repeats,
    "escalations_per_day": _escalated,
    "severity_1_or_2_per_day": _grave,
    "satisfied_percent": _satisfied,
    "repeat_contact_percent": _came_back,
    "reassurance_percent": _sought,
    "backlog": _backlog,
    "in_hand_percent": _in_hand,
    "missed_promises_per_day": _missed,
    **{by_category.name_of(each): _repeats_of(each) for each in Category},
}
