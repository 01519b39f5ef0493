"""The weekly digest for leadership: one week beside the one before, and what was decided in it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assistant.desk import fixes
from assistant.desk.rulings import RULED_WORDS, Ruled, Ruling
from assistant.ground.amounts import hours
from assistant.ground.redacting import redacted
from assistant.launch import stages, staging
from assistant.launch.launches import Launch
from assistant.library.wording import time_in_words
from assistant.reports import as_of, exits, measured, repeat_questions
from assistant.reports.daily_status import age, fixes_section, undecided_section, worse_of
from assistant.reports.days import first_day, metrics_of
from assistant.reports.figures import within
from assistant.reports.measured import Days
from assistant.reports.metrics import METRICS
from assistant.reports.papers import DASH, Number, Paper, Section, Table
from assistant.reports.spans import Span, day_span, together
from assistant.reports.stability import stable_days
from assistant.reports.steps import title_of

KIND = "weekly-digest"
WEEK = timedelta(days=7)
HEADED = ("contacts_per_day", "repeat_questions_per_day", "escalations_per_day")  # added up
CALMER, BUSIER = 0.9, 1.1  # times the week before, between which a week is no different


def of_week(session: Session, launch: Launch, day: date, until: datetime) -> Paper:
    """Return the digest of the local week that ends with ``day``, as of ``until`` (UTC)."""
    there = measured.days_to(session, launch, day)
    span = together([day_span(day - timedelta(days=back), launch.zone) for back in (6, 0)])
    ruled = decided(session, launch.id, span)
    standings = exits.standings(session, launch, at=until)
    tone, verdict, text = verdict_of(there, day, worse_of(standings), stable_days(standings))
    return Paper(
        kind=KIND,
        title=f"Weekly digest, {launch.name}, week to {day.isoformat()}",
        period=f"Monday to Sunday, week {day.isocalendar().week}",
        tone=tone,
        verdict=verdict,
        text=text,
        numbers=(*_totals(there, day), *_state(session, launch, until, ruled)),
        sections=_sections(session, launch, there, day, span, until, ruled),
    )


def verdict_of(there: Days, day: date, worse: Sequence[str], stable: int) -> tuple[str, str, str]:
    """Return tone, verdict and what supports it."""
    now, before = (total(there, each, "contacts_per_day") for each in (day, day - WEEK))
    if worse:
        return "warn", "Not calm yet.", f"Worse than agreed at the end: {', '.join(worse)}."
    if now is None:
        return "info", "Nothing was measured.", ""
    if before and now < CALMER * before:
        return "good", "Calmer than the week before.", f"Contacts: {now:,.0f} after {before:,.0f}."
    if before and now > BUSIER * before:
        return "warn", "Busier than the week before.", f"Contacts: {now:,.0f} after {before:,.0f}."
    days = "day" if stable == 1 else "days"
    return (
        "info",
        "A week like the one before." if before else "The first week.",
        (
            f"Every exit criterion has held for {stable} {days}."
            if stable
            else "No stable day counts."
        ),
    )


def total(there: Days, day: date, metric: str) -> float | None:
    """Return what a count adds up to in the seven days that end with ``day``."""
    days = (day - timedelta(days=back) for back in range(7))
    found = [v for each in days if (v := measured.value_of(there, each, metric)) is not None]
    return sum(found) if found else None


def typical(there: Days, day: date, metric: str) -> float | None:
    """Return the median day of a metric in the seven days that end with ``day``."""
    days = (day - timedelta(days=back) for back in range(7))
    found = [v for each in days if (v := measured.value_of(there, each, metric)) is not None]
    return median(found) if found else None


def _totals(there: Days, day: date) -> list[Number]:
    numbers = []
    for metric in HEADED:
        now, before = (total(there, each, metric) for each in (day, day - WEEK))
        note = f"{before:,.0f} the week before" if before is not None else "the first week"
        shown = DASH if now is None else f"{now:,.0f}"
        numbers.append(Number(f"{metric}_week", title_of(metric), now, shown, note))
    return numbers


def _state(
    session: Session, launch: Launch, until: datetime, ruled: Sequence[Ruling]
) -> list[Number]:
    now, desk = as_of.open_tickets(session, launch.id, until), f"/desk?launch={launch.key}&view="
    waits = [(r.decided_at - r.asked_at).total_seconds() / 3600 for r in ruled if r.decided_at]
    shown = hours(median(waits) if waits else None)
    return [
        Number("open_tickets", "Open tickets", now.tickets, f"{now.tickets:,}",
               f"when the week ended, {now.urgent:,} of them Sev 1–2", f"{desk}open"),
        Number("decisions", "Decisions taken", len(ruled), f"{len(ruled):,}", "on tickets"),
        Number("decision_hours", "Until a decision", median(waits) if waits else None, shown,
               "median"),
    ]  # fmt: skip


def decided(session: Session, launch_id: int, span: Span) -> Sequence[Ruling]:
    """Return what was decided on tickets in ``span``, the slowest first."""
    query = (
        select(Ruling)
        .where(Ruling.launch_id == launch_id, within(Ruling.decided_at, span))
        .options(joinedload(Ruling.ticket), joinedload(Ruling.decided_by))
    )
    found = session.scalars(query).all()
    return sorted(found, key=lambda r: r.asked_at - (r.decided_at or r.asked_at))


def _sections(
    session: Session, launch: Launch, there: Days, day: date, span: Span, until: datetime,
    ruled: Sequence[Ruling],
) -> tuple[Section, ...]:  # fmt: skip
    zone = launch.zone
    log = fixes.of_launch(session, launch.id, number=1, size=500)
    moves = [m for m in staging.moves_of(session, launch.id) if span.start <= m.at < span.end]
    told = as_of.told(session, launch.id, span)
    repeats = repeat_questions.of_day(session, launch, day).repeats[:5]
    return (
        Section("Contacts", chart=measured.chart(launch, there, day, "contacts_per_day")),
        Section("First human response",
                chart=measured.chart(launch, there, day, "first_response_minutes")),
        Section("Figures of a typical day", table=_compared(launch, there, day)),
        Section(
            "Stage",
            lines=(
                f"{stages.words_of(as_of.stage(session, launch, until))}.",
                *(f"{time_in_words(m.at, zone)}: stage {m.details['stage'][0]} to "
                  f"{m.details['stage'][1]}. {m.details['because']}" for m in moves),
            ),
        ),
        Section(
            "Decided this week",
            table=Table(
                ("question", "decided", "by", "took"),
                tuple(
                    (redacted(r.question), RULED_WORDS[Ruled(r.ruled or "")],
                     r.decided_by.name if r.decided_by else "",
                     age(r.asked_at, r.decided_at or r.asked_at))
                    for r in ruled[:12]
                ),
                tuple(f"/desk/tickets/{r.ticket.number}" for r in ruled[:12]),
            ),
            empty="Nothing was decided.",
        ),
        undecided_section(as_of.undecided(session, launch.id, until)[:5], until),
        Section(
            "Asked most",
            table=Table(
                ("question", "people", "contacts"),
                tuple((each.question, each.people, each.contacts) for each in repeats),
            ),
            empty="No question was asked by more than one person.",
        ),
        fixes_section([f for f in log if span.start <= f.at < span.end][:12], zone),
        Section(
            "Updates told",
            lines=tuple(
                f"{time_in_words(u.published_at, zone)}: {u.title_at(until)}" for u in told
            ),
            empty="Nothing was told to everybody.",
        ),
    )  # fmt: skip


def _compared(launch: Launch, there: Days, day: date) -> Table:
    normal, begins = measured.baselines(launch), first_day(launch)
    before = day - WEEK
    return Table(
        ("figure", "this week", "the week before", "normal"),
        tuple(
            (
                title_of(name),
                measured.shown(name, typical(there, day, name)),
                measured.shown(name, typical(there, before, name)) if before >= begins else DASH,
                measured.shown(name, normal.get(name)),
            )
            for name in metrics_of(launch)
            if name in METRICS or typical(there, day, name) is not None
        ),
    )
