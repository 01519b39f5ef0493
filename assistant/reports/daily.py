"""One day of a launch: its figures, and what they come to in one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.desk.tickets import Ticket
from assistant.ground.amounts import minutes as wait_in_words
from assistant.ground.amounts import percent
from assistant.launch.launches import Launch
from assistant.reports import days, figures
from assistant.reports.figures import Contacts, Tickets
from assistant.reports.metrics import first_response_rows, of_launch
from assistant.reports.sheets import Figure
from assistant.reports.spans import Span, day_span, local_day, until, week_to

FLAT = 1.1  # times the day before, up to which a day counts as no busier


@dataclass(frozen=True, slots=True)
class Headline:
    """The day in a sentence. ``tone`` is good, info, warn or bad."""

    tone: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Day:
    """The figures of one local day and the week up to it."""

    contacts: Contacts
    tickets: Tickets
    week: tuple[int, ...]  # contacts per day, oldest first; the last is this day
    waits: tuple[float, ...]  # minutes until a person answered, of the day's tickets

    def headline(self) -> Headline:
        """Return what the day comes to: urgent tickets first, then the direction."""
        urgent = self.tickets.open_urgent_now
        if urgent:
            is_are = "ticket is" if urgent == 1 else "tickets are"
            return Headline("warn", "Not calm yet.", f"{urgent} Sev 1–2 {is_are} open.")
        if not any(self.week):
            return Headline("info", "Nothing to report.", "Nobody turned to us in seven days.")
        if self.week[-1] > self.week[-2] * FLAT:
            text = f"{self.week[-1]:,} contacts so far, after {self.week[-2]:,} the day before."
            return Headline("info", "Busier than the day before.", text)
        return Headline("good", "Calm.", "No Sev 1–2 ticket is open, and contacts do not rise.")

    def figures(self) -> tuple[Figure, ...]:
        """Return the key figures."""
        what, now = self.contacts, self.tickets
        return (
            Figure(f"{what.contacts:,}", "Contacts", f"by {what.people:,} people on this day"),
            answered_figure(what),
            response_figure(self.waits),
            Figure(
                f"{now.open_now:,}",
                "Open tickets",
                f"{now.open_urgent_now:,} of them Sev 1–2; {now.opened:,} came on this day",
            ),
        )


def of_day(session: Session, launch: Launch, at: datetime) -> Day:
    """Return the figures of the local day that ``at`` lies in."""
    day = local_day(at, launch.zone)
    span = day_span(day, launch.zone)
    week = figures.contacts_per_day(session, launch.id, week_to(day, launch.zone))
    return Day(
        figures.contacts(session, launch.id, span),
        figures.tickets(session, launch.id, span),
        tuple(week),
        tuple(_waits(session, launch, span, at)),
    )


def since_the_start(session: Session, launch: Launch, *, at: datetime) -> tuple[Figure, ...]:
    """Return the key figures of the launch from its first contact until ``at``."""
    span = until(at)
    what = figures.contacts(session, launch.id, span)
    open_now = figures.tickets(session, launch.id, span)
    waits = _waits_so_far(session, launch, at)
    urgent = f"{open_now.open_urgent_now:,} of them Sev 1–2"
    return (
        Figure(f"{what.contacts:,}", "Contacts", f"by {what.people:,} people so far"),
        answered_figure(what),
        response_figure(waits),
        Figure(f"{open_now.open_now:,}", "Open tickets", urgent),
    )


def answered_figure(what: Contacts) -> Figure:
    """Return the share of contacts that got an approved answer at once."""
    share = what.answered_share
    value = percent(None if share is None else 100 * share)
    note = f"{what.answered:,} of {what.contacts:,} by an approved answer"
    return Figure(value, "Answered at once", note)


def response_figure(waits: Sequence[float]) -> Figure:
    """Return how long customers waited for a person, in minutes, those who still wait included."""
    value = wait_in_words(median(waits) if waits else None)
    noun = "ticket" if len(waits) == 1 else "tickets"
    note = f"median of {len(waits):,} {noun}, waits so far included"
    return Figure(value, "First human response", note)


def _waits(session: Session, launch: Launch, span: Span, at: datetime) -> list[float]:
    """Return the minutes of the tickets of ``span``, as the metric of this name counts them."""
    return [minutes for _, minutes in first_response_rows(session, launch.id, span, at)]


def _waits_so_far(session: Session, launch: Launch, at: datetime) -> list[float]:
    """Return the minutes of all tickets: of whole days as they are kept, of the rest counted now.

    Each look would read every ticket of the launch else.
    """
    newest = session.scalar(select(func.max(Ticket.opened_at)).where(of_launch(launch.id)))
    day, last = days.first_day(launch), local_day(min(newest or at, at), launch.zone)
    there = days.kept_waits(session, launch.id, until=local_day(at, launch.zone))
    waits: list[float] = []
    while day in there:
        waits += there[day]
        day += timedelta(days=1)
    while newest is not None and day <= last:
        waits += _waits(session, launch, day_span(day, launch.zone), at)
        day += timedelta(days=1)
    return waits
