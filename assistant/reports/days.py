"""What was measured on each day of a launch, kept so that a look at months costs one query.

Kept figures equal a recount at any time: whatever happens is an event, and each event makes the
days that it concerns due to be measured again.
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.ground.audit import Event, from_looked_at, newest_id
from assistant.ground.database import Base
from assistant.ground.parts import Parts
from assistant.launch.coverage import coverage_of
from assistant.launch.launches import Launch
from assistant.reports import desk_metrics, metrics
from assistant.reports.metrics import ALWAYS, Kept
from assistant.reports.spans import day_span, local_day
from assistant.reports.stability import Criterion, Seen

Figures = dict[date, dict[str, Kept]]
"""The kept metrics of days, by day and name."""

if TYPE_CHECKING:
    from sqlalchemy import Select

TOP = "top_repeats"  # kept beside the metrics: {groups: [[id, people, times]]}
AGAIN = 2  # days back that are measured at every look: waits and returns are still growing
# Events after which any day may count otherwise.
EVERYTHING = ("repeats.", "seeking.", "signals.late", "signals.corrected", "launch.described")
REOPENED = "ticket.reopened"
MOST = 20_000  # events looked at in one go; after more, every day is measured
AFTERWARDS = timedelta(days=60)  # after its end a launch's days are still measured


class DayKept(Base):
    """The metrics of one local day of a launch, by name."""

    __tablename__ = "days_kept"
    __table_args__ = (UniqueConstraint("launch_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"))
    day: Mapped[date]
    figures: Mapped[dict[str, Any]]
    measured_at: Mapped[datetime]


class DaysKept(Base):
    """Up to which event the days of a launch are measured."""

    __tablename__ = "days_kept_until"

    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), primary_key=True)
    event_id: Mapped[int]


def metrics_of(launch: Launch) -> list[str]:
    """Return every metric that is measured for the launch: the usual ones and what it names."""
    named = (*launch.baselines, *launch.exit_criteria, *launch.objectives)
    return list(
        dict.fromkeys([*ALWAYS, *(str(each["metric"]) for each in named if each.get("metric"))])
    )


def keep_days(parts: Parts) -> int:
    """Measure the due days of every launch that is live or was lately; return how many there were.

    Nothing is locked while it is counted.
    """
    at, counted = parts.clock.now(), 0
    with parts.db.reading() as session:
        keys = list(session.scalars(_watched(at)))
    for key in keys:
        with parts.db.reading() as session:
            launch = session.get_one(Launch, key)
            newest, figures = newest_id(session), measured(session, launch, at=at)
        with parts.db.writing() as session:
            store(session, key, figures, until=newest, at=at)
        counted += len(figures)
    return counted


def _watched(at: datetime) -> "Select[int]":
    return select(Launch.id).where(
        Launch.live_at.is_not(None),
        or_(Launch.closed_at.is_(None), Launch.closed_at > at - AFTERWARDS),
    )


def measured(session: Session, launch: Launch, *, at: datetime) -> dict[date, dict[str, Kept]]:
    """Return the metrics of the days that are due, today as far as it has come."""
    until = session.get(DaysKept, launch.id)
    after = from_looked_at(session, until.event_id) if until else 0
    return {
        day: measure_day(session, launch, day, at=at) for day in _due(session, launch, after, at)
    }


def measure_day(session: Session, launch: Launch, day: date, *, at: datetime) -> dict[str, Kept]:
    """Return every metric of one local day, counted now."""
    span = day_span(day, launch.zone)
    measured: dict[str, Kept] = {
        name: metrics.measure(session, launch.id, name, span, at=at) for name in metrics_of(launch)
    }
    return {**measured, TOP: desk_metrics.top_repeats(session, launch.id, span)}


def store(
    session: Session,
    launch_id: int,
    figures: dict[date, dict[str, Kept]],
    *,
    until: int,
    at: datetime,
) -> None:
    """Keep what was measured; ``until`` is the newest event there was then."""
    query = select(DayKept).where(DayKept.launch_id == launch_id, DayKept.day.in_(figures))
    there = {kept.day: kept for kept in session.scalars(query)}
    for day, measured_then in figures.items():
        kept = there.get(day)
        if kept is None:
            kept = DayKept(launch_id=launch_id, day=day)
            session.add(kept)
        elif kept.measured_at > at:
            continue  # another process has looked since
        kept.figures, kept.measured_at = dict(measured_then), at
    mark = session.get(DaysKept, launch_id)
    if mark is None:
        session.add(DaysKept(launch_id=launch_id, event_id=until))
    else:
        mark.event_id = max(mark.event_id, until)


def _due(session: Session, launch: Launch, after: int, at: datetime) -> list[date]:
    today = local_day(at, launch.zone)
    first = first_day(launch)
    days = {today - timedelta(days=back) for back in range(AGAIN + 1)}
    known = set(session.scalars(select(DayKept.day).where(DayKept.launch_id == launch.id)))
    whole = {first + timedelta(days=n) for n in range((today - first).days + 1)}
    changed = _changed(session, launch, after)
    days |= whole if changed is None else (whole - known) | changed
    return sorted(day for day in days if first <= day <= today)


def _changed(session: Session, launch: Launch, after: int) -> set[date] | None:
    """Return the days that events after ``after`` concern; nothing when it may be any."""
    query = (
        select(Event.kind, Event.at, Event.ticket_id)
        .where(Event.launch_id == launch.id, Event.id > after)
        .order_by(Event.id)
        .limit(MOST)
    )
    rows = session.execute(query).all()
    if len(rows) == MOST or any(kind.startswith(EVERYTHING) for kind, *_ in rows):
        return None
    times = {at for _, at, _ in rows}
    tickets = {ticket for *_, ticket in rows if ticket is not None}
    again = {ticket for kind, _, ticket in rows if kind == REOPENED and ticket is not None}
    days = {local_day(time, launch.zone) for time in times | _days_of(session, tickets)}
    return days | _between(session, again, launch)


def _between(session: Session, tickets: set[int], launch: Launch) -> set[date]:
    """Return every day from the first event of these tickets on: it was open on each of them."""
    if not (times := _days_of(session, tickets)):
        return set()
    first, last = (local_day(each(times), launch.zone) for each in (min, max))
    return {first + timedelta(days=number) for number in range((last - first).days + 1)}


def _days_of(session: Session, tickets: set[int]) -> set[datetime]:
    """Return when anything happened to these tickets: one that is reopened was resolved before."""
    query = select(Event.at).where(Event.ticket_id.in_(tickets))
    return set(session.scalars(query)) if tickets else set()


def first_day(launch: Launch) -> date:
    """Return the local day on which the launch went live, or is to begin."""
    return local_day(launch.live_at or launch.starts_at, launch.zone)


def kept(
    session: Session, launch_id: int, *, first: date, last: date
) -> dict[date, dict[str, Kept]]:
    """Return the kept metrics of each day from ``first`` to ``last``, both included, in order."""
    query = (
        select(DayKept.day, DayKept.figures)
        .where(DayKept.launch_id == launch_id, DayKept.day >= first, DayKept.day <= last)
        .order_by(DayKept.day)
    )
    return dict(session.execute(query).all())


def kept_waits(session: Session, launch_id: int, *, until: date) -> dict[date, list[float]]:
    """Return the kept minutes until a person answered of each day before ``until``."""
    waits = DayKept.figures[("first_response_minutes", "waits")]
    query = select(DayKept.day, waits).where(DayKept.launch_id == launch_id, DayKept.day < until)
    return {day: list(each) for day, each in session.execute(query) if each is not None}


def measured_at(session: Session, launch_id: int, day: date) -> datetime | None:
    """Return when a day was measured last, or nothing."""
    query = select(DayKept.measured_at).where(DayKept.launch_id == launch_id, DayKept.day == day)
    return session.scalar(query)


def criteria_of(launch: Launch) -> list[Criterion]:
    """Return the launch's exit criteria, in its order; not those that wait for a baseline.

    A launch with one of these does not go live.
    """
    return [
        Criterion(
            str(each["metric"]),
            float(each["value"]),
            at_most=not str(each.get("comparison", "")).strip().lower().startswith("at least"),
            days=int(each.get("days") or 5),
        )
        for each in launch.exit_criteria
        if each.get("value") is not None
    ]


def history(
    launch: Launch, criterion: Criterion, days: dict[date, dict[str, Kept]], *, until: date
) -> list[Seen]:
    """Return the whole days of a criterion's metric up to and with ``until``, oldest first."""
    first, coverage = first_day(launch), coverage_of(launch)
    seen = []
    for number in range((until - first).days + 1):
        day = first + timedelta(days=number)
        figures, span = days.get(day, {}), day_span(day, launch.zone)
        contacts = figures.get("contacts_per_day", {}).get("count", 0)
        is_closed = not coverage.spans(span.start, span.end)
        proof = metrics.evidence(figures.get(criterion.metric), criterion)
        seen.append(Seen(day, proof, contacts, is_closed))
    return seen
