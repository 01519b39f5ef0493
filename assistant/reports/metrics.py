"""The metrics of a launch: what each measures on one day, and as what evidence.

Only what concerns the change counts: tickets out of scope are served by the normal queue. What the
assistant says never counts as a person's response. A name that is none of these is a signal from
outside.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, and_, case, distinct, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from assistant.answering.decisions import Decision
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.desk.tickets import Ticket
from assistant.ground.audit import Event
from assistant.launch import signals
from assistant.launch.scenarios import Category
from assistant.reports import by_category, desk_metrics, figures, reassurance
from assistant.reports.figures import within
from assistant.reports.grave import became_grave
from assistant.reports.noise import Count, Evidence, Level, Share, Waits, tolerated
from assistant.reports.spans import Span
from assistant.reports.stability import MARGIN, Criterion

SATISFIED = 4  # of 5, and better
SOON = timedelta(hours=24)  # within which the same person comes back because it did not help

GIVEN_UP = timedelta(days=2)  # after its day; by then a wait is long, however long it gets

Kept = Mapping[str, Any]
"""One metric of one day as plain JSON: ``{count}``, ``{hits, of}``, ``{waits: [number]}`` or
``{level}``."""

Measure = Callable[[Session, int, Span, datetime], Kept]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. ``measure`` reads one local day; ``at`` is when it is looked at (UTC)."""

    name: str
    title: str
    unit: str
    is_better_low: bool
    measure: Measure


def _contacts(session: Session, launch_id: int, span: Span, at: datetime) -> Kept:
    return {"count": figures.contacts(session, launch_id, span).contacts}


def _answered(session: Session, launch_id: int, span: Span, at: datetime) -> Kept:
    seen = figures.contacts(session, launch_id, span)
    return {"hits": seen.answered, "of": seen.contacts}


def _first_response(session: Session, launch_id: int, span: Span, at: datetime) -> Kept:
    """Of the tickets opened on the day; who still waited ``GIVEN_UP`` later waited so long."""
    rows = first_response_rows(session, launch_id, span, at)
    return {"waits": sorted(minutes for _, minutes in rows)}


def first_response_rows(
    session: Session, launch_id: int, span: Span, at: datetime
) -> list[tuple[int, float]]:
    """Return each ticket of the day that counts, by id, and how many minutes it waited."""
    latest = min(at, span.end + GIVEN_UP)
    query = (
        select(Ticket.id, Message.at, Ticket.first_response_at)
        .join(Message, Message.id == Ticket.question_id)
        .where(of_launch(launch_id), within(Ticket.opened_at, span))
        .where(or_(Ticket.first_response_at.is_not(None), Ticket.resolved_at.is_(None)))
        .order_by(Ticket.id)
    )
    return [
        (each, round((min(answered or latest, latest) - asked).total_seconds() / 60, 1))
        for each, asked, answered in session.execute(query)
    ]


def _resolution(session: Session, launch_id: int, span: Span, at: datetime) -> Kept:
    rows = resolution_rows(session, launch_id, span, at)
    return {"waits": sorted(hours for _, hours in rows)}


def resolution_rows(
    session: Session, launch_id: int, span: Span, at: datetime
) -> list[tuple[int, float]]:
    """Return tickets by id with their hours: resolved on the day, or older than them and open.

    Without the latter a day on which only easy ones were resolved would look well.
    """
    end = min(span.end, at)
    resolved = select(Ticket.id, Ticket.opened_at, Ticket.resolved_at).where(
        of_launch(launch_id), within(Ticket.resolved_at, span)
    )
    rows = [(each, _hours(begun, done)) for each, begun, done in session.execute(resolved) if done]
    longest = max((hours for _, hours in rows), default=0.0)
    still = select(Ticket.id, Ticket.opened_at).where(
        of_launch(launch_id),
        Ticket.opened_at < end - timedelta(hours=longest),
        or_(Ticket.resolved_at.is_(None), Ticket.resolved_at >= span.end),
    )
    rows += [(each, _hours(begun, end)) for each, begun in session.execute(still)]
    return [(each, round(hours, 2)) for each, hours in rows]


def _hours(begun: datetime, done: datetime) -> float:
    return (done - begun).total_seconds() / 3600


def _repeats(session: Session, launch_id: int, span: Span, at: datetime) -> Kept:
    """Questions that somebody else had asked before, by the repeat group they are in."""
    query = (
        select(func.count(Message.id))
        .join(Message.conversation)
        .where(Conversation.launch_id == launch_id, within(Message.at, span), is_repeat())
    )
    return {"count": session.scalar(query) or 0}


def _repeats_of(category: Category) -> Measure:
    def measure(session: Session, launch_id: int, span: Span, at: datetime) -> Kept:
        mine = (Conversation.launch_id == launch_id, within(Message.at, span))
        query = select(func.count(Message.id)).join(Message.conversation).where(*mine)
        found = session.scalar(query.where(is_repeat(), by_category.is_about(category)))
        return {"count": found or 0}

    return measure


def is_repeat() -> ColumnElement[bool]:
    """Return the SQL condition of a repeat, for messages joined to their conversations."""
    before, theirs = aliased(Message), aliased(Conversation)
    asked_before = exists().where(
        before.group_id == Message.group_id,
        before.id < Message.id,
        before.kind == Said.QUESTION,
        before.conversation_id == theirs.id,
        theirs.visitor != Conversation.visitor,
    )
    return and_(Message.kind == Said.QUESTION, Message.group_id.is_not(None), asked_before)


def _escalations(session: Session, launch_id: int, span: Span, at: datetime) -> Kept:
    query = (
        select(func.count(distinct(Event.ticket_id)))
        .join(Ticket, Ticket.id == Event.ticket_id)
        .where(of_launch(launch_id), Event.kind == "ticket.escalated", within(Event.at, span))
    )
    return {"count": session.scalar(query) or 0}


def _grave(session: Session, launch_id: int, span: Span, at: datetime) -> Kept:
    return {"count": len(became_grave(session, launch_id, span))}


def _satisfied(session: Session, launch_id: int, span: Span, at: datetime) -> Kept:
    content = func.coalesce(func.sum(case((Ticket.rating >= SATISFIED, 1), else_=0)), 0)
    query = select(content, func.count(Ticket.rating)).where(
        of_launch(launch_id), within(Ticket.resolved_at, span)
    )
    hits, of = session.execute(query).one()
    return {"hits": hits, "of": of}


def _came_back(session: Session, launch_id: int, span: Span, at: datetime) -> Kept:
    """Contacts after which the same person turned to us again within ``SOON``.

    Those whose day is not over yet are left out: nobody knows about them.
    """
    rows = came_back_rows(session, launch_id, span, at)
    return {"hits": sum(back for _, back in rows), "of": len(rows)}


def came_back_rows(
    session: Session, launch_id: int, span: Span, at: datetime
) -> list[tuple[int, bool]]:
    """Return each contact of the day that counts, by its message, and whether they came back."""
    query = (
        select(Message.id, Conversation.visitor, Message.at)
        .select_from(Message)
        .join(Message.conversation)
        .outerjoin(Decision, Decision.message_id == Message.id)
        .where(Conversation.launch_id == launch_id, figures.is_contact())
        .where(Message.at >= span.start, Message.at < span.end + SOON)
        .order_by(Conversation.visitor, Message.at, Message.id)
    )
    rows = [*((m, visitor, then) for m, visitor, then in session.execute(query)), (0, "", at)]
    return [
        (one[0], one[1] == after[1] and after[2] - one[2] < SOON)
        for one, after in pairwise(rows)
        if one[2] < span.end and one[2] < at - SOON
    ]


def _reassurance(session: Session, launch_id: int, span: Span, at: datetime) -> Kept:
    """Of those who asked; reports of problems are neither."""
    seen = reassurance.of_span(session, launch_id, span)
    return {"hits": seen.reassurance, "of": seen.asked}


def of_launch(launch_id: int) -> ColumnElement[bool]:
    """Return the SQL condition of a ticket that counts: the launch's, about the change."""
    return and_(Ticket.launch_id == launch_id, Ticket.in_scope.is_(True))


ALWAYS = {
    metric.name: metric
    for metric in (
        Metric("contacts_per_day", "Contacts", "contacts", True, _contacts),
        Metric("answered_percent", "Answered at once", "%", False, _answered),
        Metric("first_response_minutes", "First human response", "min", True, _first_response),
        Metric("time_to_resolution_hours", "Time to resolution", "h", True, _resolution),
        Metric("repeat_questions_per_day", "Repeat questions", "questions", True, _repeats),
        Metric("escalations_per_day", "Escalations", "tickets", True, _escalations),
        Metric("severity_1_or_2_per_day", "New Sev 1–2", "tickets", True, _grave),
        Metric("satisfied_percent", "Satisfied", "%", False, _satisfied),
        Metric("repeat_contact_percent", "Came back within a day", "%", True, _came_back),
        Metric("reassurance_percent", "Seek reassurance", "%", True, _reassurance),
        Metric("backlog", "Backlog", "tickets", True, desk_metrics.backlog),
        Metric(
            "in_hand_percent", "In a person’s hands in 15 min", "%", False, desk_metrics.in_hand
        ),
        Metric("missed_promises_per_day", "Missed promises", "promises", True, desk_metrics.missed),
    )
}


WHEN_NAMED = {
    by_category.name_of(each): Metric(
        by_category.name_of(each), title, "questions", True, _repeats_of(each)
    )
    for each, title in by_category.TITLES.items()
}  # measured where an aim, a baseline or an exit criterion names them
METRICS = ALWAYS | WHEN_NAMED


def measure(session: Session, launch_id: int, name: str, span: Span, *, at: datetime) -> Kept:
    """Return one metric of one day as plain JSON; an unknown name is a signal from outside."""
    if (metric := METRICS.get(name)) is not None:
        return metric.measure(session, launch_id, span, at)
    found = signals.of_day(session, launch_id, name, start=span.start, end=span.end)
    return {"level": None if found is None else found.value}


def evidence(kept: Kept | None, criterion: Criterion) -> Evidence | None:
    """Return what was kept of a day as evidence about ``criterion``; nothing for nothing."""
    match kept:
        case {"count": int(events)}:
            return Count(events)
        case {"hits": int(hits), "of": int(of)}:
            return Share(hits, of)
        case {"waits": list(waits)}:
            return _waits(waits, criterion)
        case {"level": int() | float() as value}:
            return Level(value, value)
        case _:
            return None


def _waits(waits: list[float], criterion: Criterion) -> Waits:
    limit, at_most = criterion.limit, criterion.at_most
    far = tolerated(Waits, limit, at_most=at_most, margin=MARGIN)
    return Waits(
        len(waits),
        sum(wait > limit for wait in waits),
        sum(wait > far for wait in waits),
        median(waits) if waits else None,
    )


def value(kept: Kept | None) -> float | None:
    """Return the figure of a day as people read it: a number, a median, per cent or a level."""
    seen = evidence(kept, Criterion("", 0.0))
    return None if seen is None else seen.value
