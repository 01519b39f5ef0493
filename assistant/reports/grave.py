"""Grave tickets: which became Sev 1 or 2 on a day, whatever they were opened as.

A ticket counts on the day it became grave, and again if it did so again. One that was judged less
within ``RETHOUGHT`` was a first guess; one that was grave for longer counts, whatever it is now.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground.audit import Event
from assistant.reports.figures import within
from assistant.reports.spans import Span

if TYPE_CHECKING:
    from sqlalchemy import Select

RETHOUGHT = timedelta(hours=1)
JUDGED = "ticket.severity"


@dataclass(frozen=True, slots=True)
class Judgement:
    """From when on a ticket was how severe."""

    at: datetime
    severity: int


def became_grave(session: Session, launch_id: int, span: Span) -> list[tuple[int, int]]:
    """Return the tickets about the change that became grave in ``span``: id, and how severe."""
    tickets = session.execute(_touched(launch_id, span)).all()
    later = _judgements(session, [ticket.id for ticket in tickets])
    found = []
    for id_, opened_at, severity in tickets:
        changes = later.get(id_, [])
        first = Judgement(opened_at, changes[0][0] if changes else severity)
        known = [first, *(after for _, after in changes)]
        if worst := [each.severity for each in _becomings(known) if _is_in(each.at, span)]:
            found.append((id_, min(worst)))
    return found


def _becomings(judged: Sequence[Judgement]) -> Iterator[Judgement]:
    """Yield when a ticket became grave, and how grave it was then; first guesses left out. Pure."""
    began: Judgement | None = None
    for each in judged:
        if _is_grave(each.severity):
            began = began or each
        elif began is not None:
            if each.at - began.at >= RETHOUGHT:
                yield began
            began = None
    if began is not None:
        yield began


def _is_grave(severity: int) -> bool:
    return severity <= int(Severity.PAINFUL)


def _is_in(at: datetime, span: Span) -> bool:
    return span.start <= at < span.end


def _touched(launch_id: int, span: Span) -> "Select[int, datetime, int]":
    event = and_(Event.ticket_id == Ticket.id, Event.kind == JUDGED)
    was_judged, on_the_day = exists().where(event), exists().where(event, within(Event.at, span))
    opened = and_(
        within(Ticket.opened_at, span),
        or_(Ticket.severity <= int(Severity.PAINFUL), was_judged),
    )
    return (
        select(Ticket.id, Ticket.opened_at, Ticket.severity)
        .where(Ticket.launch_id == launch_id, Ticket.in_scope.is_(True), or_(opened, on_the_day))
        .order_by(Ticket.id)
    )


def _judgements(session: Session, tickets: Sequence[int]) -> dict[int, list[tuple[int, Judgement]]]:
    """Return how each of these was judged anew, oldest first: how severe it was, and is then."""
    query = (
        select(Event.ticket_id, Event.at, Event.details)
        .where(Event.ticket_id.in_(tickets), Event.kind == JUDGED)
        .order_by(Event.id)
    )
    found: dict[int, list[tuple[int, Judgement]]] = {}
    for id_, at, details in session.execute(query):
        before, after = details["severity"]
        found.setdefault(id_ or 0, []).append((before, Judgement(at, after)))
    return found
