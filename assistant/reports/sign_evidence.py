"""What is seen of each warning sign of a launch: evidence of each window, and what is normal."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from assistant.desk.messages import Message
from assistant.desk.tickets import Ticket
from assistant.launch.launches import Launch
from assistant.reports import days, metrics, reassurance, warning_signs
from assistant.reports.noise import Count, Evidence, Share
from assistant.reports.spans import Span, day_span, local_day
from assistant.reports.warning_signs import METRIC, WINDOW, Normal, Sign

DAYS_BEFORE = 7  # whole days before the window, where no baseline is stored
UNITS = {Sign.RESPONSE: timedelta(minutes=1), Sign.RESOLUTION: timedelta(hours=1)}


class Seen(NamedTuple):
    """The evidence of each window, the shortest first, and what is normal."""

    windows: tuple[Evidence, ...]
    normal: Normal | None

    @property
    def day(self) -> Evidence | None:
        """Return the evidence of the last 24 hours."""
        return self.windows[0] if self.windows else None


def seen_at(session: Session, launch: Launch, sign: Sign, at: datetime) -> Seen:
    """Return the evidence of each window before ``at``, and what is normal."""
    normal = normal_of(session, launch, sign, at)
    if normal is None:
        return Seen((), None)
    windows = (
        _evidence(session, launch.id, sign, at, days_back, normal.value)
        for days_back in warning_signs.DAYS
    )
    return Seen(tuple(windows), normal)


def _evidence(
    session: Session, launch_id: int, sign: Sign, at: datetime, days_back: int, normal: float
) -> Evidence:
    span = Span(at - days_back * WINDOW, at)
    if sign is Sign.REASSURANCE:
        index = reassurance.of_span(session, launch_id, span)
        return Share(index.reassurance, index.asked)
    if sign in UNITS:
        return _waits(session, launch_id, sign, span, normal)
    kept = metrics.measure(session, launch_id, METRIC[sign], span, at=at)
    return Count(int(kept["count"]), days_back)


def _waits(session: Session, launch_id: int, sign: Sign, span: Span, normal: float) -> Evidence:
    """Return the waits of the tickets that are as old as the limit: only of them it is known."""
    unit, limit = UNITS[sign], warning_signs.limit_of(sign, normal)
    old = Span(span.start - limit * unit, span.end - limit * unit)
    is_response = sign is Sign.RESPONSE
    done = Ticket.first_response_at if is_response else Ticket.resolved_at
    query = (
        select(Message.at, done)
        .join(Message, Message.id == Ticket.question_id)
        .where(Ticket.launch_id == launch_id, Ticket.in_scope.is_(True))
        .where(Ticket.opened_at >= old.start, Ticket.opened_at < old.end)
    )
    if is_response:
        query = query.where(_is_awaited(span.end))
    ended = [(asked, min(then or span.end, span.end)) for asked, then in session.execute(query)]
    return warning_signs.waits([(then - asked) / unit for asked, then in ended], limit)


def _is_awaited(at: datetime) -> ColumnElement[bool]:
    """Return the condition of tickets that were answered, or still wait at ``at``."""
    answered, resolved = Ticket.first_response_at, Ticket.resolved_at
    return or_(answered.is_not(None), resolved.is_(None), resolved > at)


def normal_of(session: Session, launch: Launch, sign: Sign, at: datetime) -> Normal | None:
    """Return what is normal: the launch's baseline, else the days before, by their median.

    For reassurance without a baseline it is as much as information.
    """
    for each in launch.baselines:
        if each.get("metric") == METRIC[sign]:
            return Normal(float(each["value"]), "stored")
    if sign is Sign.REASSURANCE:
        return Normal(warning_signs.EVEN, "as much as information")
    return warning_signs.normal_from(_days_before(session, launch, METRIC[sign], at))


def _days_before(session: Session, launch: Launch, metric: str, at: datetime) -> list[float]:
    """Return the metric of whole days before the window; what is not kept is not known."""
    last = local_day(at - WINDOW, launch.zone) - timedelta(days=1)
    first = last - timedelta(days=DAYS_BEFORE - 1)
    there = days.kept(session, launch.id, first=first, last=last)
    if launch.live_at is None:
        there = {
            day: {metric: metrics.measure(session, launch.id, metric, span, at=at)}
            for day in (first + timedelta(days=n) for n in range(DAYS_BEFORE))
            if (span := day_span(day, launch.zone)).start >= launch.prepared_at
        }
    found = (metrics.value(figures.get(metric)) for figures in there.values())
    return [value for value in found if value is not None]
