"""The standup agenda: what changed since yesterday, who owns what, what nobody decided or took."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from assistant.desk import fixes
from assistant.desk.causes import Cause
from assistant.desk.in_charge import in_charge
from assistant.desk.tickets import Ticket
from assistant.ground.masking import masked
from assistant.ground.people import Person
from assistant.launch.launches import Launch
from assistant.library.wording import time_in_words
from assistant.reports import as_of, measured
from assistant.reports.as_of import was_open, was_untriaged
from assistant.reports.daily_status import tickets_section, undecided_section
from assistant.reports.figures import counted, within
from assistant.reports.papers import Number, Paper, Section, Table
from assistant.reports.spans import Span

KIND = "standup"
SINCE = timedelta(days=1)  # what changed is looked at back to then
METRICS = ("contacts_per_day", "first_response_minutes", "repeat_questions_per_day")


def of_morning(session: Session, launch: Launch, day: date, until: datetime) -> Paper:
    """Return the agenda of a local day, as it stands at ``until`` (UTC)."""
    yesterday, since = day - timedelta(days=1), Span(until - SINCE, until)
    there = measured.days_to(session, launch, yesterday)
    now = as_of.open_tickets(session, launch.id, until)
    undecided = as_of.undecided(session, launch.id, until)
    opened, resolved = _moved(session, launch.id, since)
    desk = f"/desk?launch={launch.key}&view="
    urgent = as_of.urgent(session, launch.id, until)
    untriaged = as_of.tickets_that(session, launch.id, was_untriaged(until))
    return Paper(
        kind=KIND,
        title=f"Standup, {launch.name}, {day.isoformat()}",
        period=f"Day {launch.day(until)} of hypercare",
        tone="warn" if now.urgent or now.untriaged else "good",
        verdict=_verdict(now.urgent, now.untriaged, len(undecided)),
        text=_on_duty(session, launch, until),
        numbers=(
            Number("opened", "Came", opened, f"{opened:,}", "tickets in the last 24 hours"),
            Number("resolved", "Resolved", resolved, f"{resolved:,}", "in the last 24 hours"),
            Number("open_tickets", "Open", now.tickets, f"{now.tickets:,}",
                   f"{now.urgent:,} of them Sev 1–2", f"{desk}open"),
            Number("untriaged", "Untriaged", now.untriaged, f"{now.untriaged:,}",
                   "nobody has taken note of them", f"{desk}unassigned"),
            Number("undecided", "Undecided", len(undecided), f"{len(undecided):,}",
                   "questions on tickets and causes", f"{desk}waiting-on-decision"),
            *(measured.number_of(launch, there, yesterday, each) for each in METRICS),
        ),
        sections=(
            _changed(session, launch, since),
            tickets_section("Sev 1–2", urgent, until, launch.zone, empty="None is open."),
            undecided_section(undecided, until),
            tickets_section("Nobody has taken note of", untriaged, until, launch.zone,
                            empty="Every open ticket was looked at."),
            _owners(session, launch, until),
            _causes(session, launch, until),
        ),
    )  # fmt: skip


def _verdict(urgent: int, untriaged: int, undecided: int) -> str:
    if not (urgent or untriaged or undecided):
        return "Nothing is left over from yesterday."
    parts = ((urgent, "Sev 1–2"), (untriaged, "untriaged"), (undecided, "undecided"))
    return f"To talk about: {', '.join(f'{n} {words}' for n, words in parts if n)}."


def _on_duty(session: Session, launch: Launch, at: datetime) -> str:
    person = in_charge(session, launch.id, at)
    return f"{person.name} is in charge." if person else "Nobody is in charge."


def _moved(session: Session, launch_id: int, span: Span) -> tuple[int, int]:
    query = select(
        counted(within(Ticket.opened_at, span)), counted(within(Ticket.resolved_at, span))
    ).where(Ticket.launch_id == launch_id)
    opened, resolved = session.execute(query).one()
    return int(opened), int(resolved)


def _changed(session: Session, launch: Launch, span: Span) -> Section:
    zone = launch.zone
    log = fixes.of_launch(session, launch.id, number=1, size=200)
    lines = [f"Changed by {f.person.name}: {f.what}" for f in log if span.start <= f.at < span.end]
    told = as_of.told(session, launch.id, span)
    lines += [
        f"Told to everybody, {time_in_words(u.published_at, zone)}: {u.title_at(span.end)}"
        for u in told
    ]
    lines += [f"New cause: {masked(c.title)}" for c in _new(session, launch.id, span)]
    return Section("Since yesterday", lines=tuple(lines), empty="Nothing was changed or told.")


def _new(session: Session, launch_id: int, span: Span) -> Sequence[Cause]:
    query = select(Cause).where(Cause.launch_id == launch_id, within(Cause.detected_at, span))
    return session.scalars(query.order_by(Cause.id)).all()


def _owners(session: Session, launch: Launch, at: datetime) -> Section:
    query = (
        select(Person.name, func.count(Ticket.id), counted(Ticket.severity < 3))
        .select_from(Ticket)
        .outerjoin(Person, Person.id == Ticket.owner_id)
        .where(Ticket.launch_id == launch.id, was_open(at))
        .group_by(Person.name)
        .order_by(func.count(Ticket.id).desc(), Person.name)
    )
    rows = tuple((name or "Nobody yet", n, urgent) for name, n, urgent in session.execute(query))
    table = Table(("owner", "open tickets", "Sev 1–2"), rows)
    return Section("Who owns what", table=table, empty="No ticket is open.")


def _causes(session: Session, launch: Launch, at: datetime) -> Section:
    query = (
        select(Cause)
        .where(Cause.launch_id == launch.id, Cause.detected_at < at, Cause.fixed_at.is_(None))
        .order_by(Cause.detected_at)
        .limit(as_of.LISTED)
        .options(joinedload(Cause.owner))
    )
    found = session.scalars(query).all()
    rows = tuple(
        (masked(c.title), c.owner.name if c.owner else "nobody yet", c.state.value) for c in found
    )
    table = Table(("cause", "owner", "state"), rows, tuple(f"/causes/{c.id}" for c in found))
    return Section("Open causes", table=table, empty="None is open.")
