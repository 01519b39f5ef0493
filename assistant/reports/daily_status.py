"""The daily status for the sponsor: one page about one local day, and what comes next.

Everything in it is as it was when the day ended, so it comes to the same whenever it is counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from assistant.desk import fixes
from assistant.desk.fixes import Fix
from assistant.desk.tickets import Ticket
from assistant.ground.amounts import number, plural
from assistant.ground.redacting import redacted
from assistant.launch import stages
from assistant.launch.launches import Launch
from assistant.launch.updates import Update, newest
from assistant.library.wording import time_in_words
from assistant.reports import as_of, exits, measured, repeat_questions
from assistant.reports import told as told_words
from assistant.reports.as_of import Open, Undecided
from assistant.reports.days import first_day
from assistant.reports.measured import Days
from assistant.reports.papers import Number, Paper, Section, Table
from assistant.reports.repeat_questions import Repeat, trend_words
from assistant.reports.spans import day_span
from assistant.reports.stability import Held, Standing, stable_days
from assistant.reports.steps import title_of
from assistant.reports.told import Told

KIND = "daily-status"
KEY_METRICS = (
    *("contacts_per_day", "first_response_minutes", "time_to_resolution_hours"),
    *("repeat_questions_per_day", "escalations_per_day", "satisfied_percent"),
)
TOP = 5  # repeats and fixes on one page
MUCH = 1.25  # times the day before, from which on more contacts are worth a word
FEW = 10  # contacts, below which more or fewer of them say nothing


@dataclass(frozen=True, slots=True)
class Facts:
    """What one day comes to. Lists are the longest waiting or the largest first."""

    day: date
    there: Days
    open: Open
    urgent: Sequence[Ticket]
    undecided: Sequence[Undecided]
    repeats: Sequence[Repeat]
    fixed: Sequence[Fix]
    fix_count: int
    told: Sequence[Update]
    telling: Told
    last_told: Update | None
    stage: int
    standings: Sequence[Standing]
    broken: int
    next_promise: tuple[str, datetime] | None
    end: datetime


def of_day(session: Session, launch: Launch, day: date, until: datetime) -> Paper:
    """Return the status of a local day as it was at ``until`` (UTC), the day's end or before."""
    return paper_of(launch, facts_of(session, launch, day, until))


def facts_of(session: Session, launch: Launch, day: date, until: datetime) -> Facts:
    """Return everything that the status says, in a handful of queries."""
    span = day_span(day, launch.zone)
    log = fixes.of_launch(session, launch.id, number=1, size=500)
    return Facts(
        day=day,
        there=measured.days_to(session, launch, day),
        open=as_of.open_tickets(session, launch.id, until),
        urgent=as_of.urgent(session, launch.id, until),
        undecided=as_of.undecided(session, launch.id, until),
        repeats=repeat_questions.of_day(session, launch, day).repeats[:TOP],
        fixed=[fix for fix in log if span.start <= fix.at < span.end][:TOP],
        fix_count=fixes.count_of(session, launch.id, since=span.start, until=span.end),
        told=as_of.told(session, launch.id, span),
        telling=told_words.of_day(session, launch, day, at=until),
        last_told=newest(session, launch.id, at=until),
        stage=as_of.stage(session, launch, until),
        standings=exits.standings(session, launch, at=until),
        broken=as_of.broken(session, launch.id, span),
        next_promise=as_of.next_promise(session, launch.id, until),
        end=until,
    )


def paper_of(launch: Launch, facts: Facts) -> Paper:
    """Return the page."""
    tone, verdict, text = verdict_of(facts)
    return Paper(
        kind=KIND,
        title=f"Daily status, {launch.name}, {facts.day.isoformat()}",
        period=f"Day {(facts.day - first_day(launch)).days + 1} of hypercare",
        tone=tone,
        verdict=verdict,
        text=text,
        numbers=numbers_of(launch, facts),
        sections=_sections(launch, facts),
    )


def verdict_of(facts: Facts) -> tuple[str, str, str]:
    """Return tone, verdict and what supports it: grave tickets first, then what got worse."""
    stable, worse = stable_days(facts.standings), worse_of(facts.standings)
    contacts = measured.value_of(facts.there, facts.day, "contacts_per_day") or 0
    if facts.open.urgent:
        is_are = "ticket was" if facts.open.urgent == 1 else "tickets were"
        return "warn", "Not calm yet.", f"{facts.open.urgent} Sev 1–2 {is_are} open when it ended."
    if worse:
        return "warn", "Not calm yet.", f"Worse than agreed, and not by chance: {', '.join(worse)}."
    if facts.broken:
        promises = "promise" if facts.broken == 1 else "promises"
        return "warn", "Not calm yet.", f"{facts.broken} {promises} to customers broke."
    if not contacts:
        return "info", "Nobody turned to us.", "A day without contacts proves nothing."
    if stable:
        days = "day" if stable == 1 else "days"
        return "good", "Calm.", f"Every exit criterion has held for {stable} {days}."
    return "info", "No alarm, not proven yet.", "Nothing grave is open; no stable day counts yet."


def worse_of(standings: Sequence[Standing]) -> list[str]:
    """Return which criteria were surely worse on their newest day."""
    newest_days = ((s, s.days[-1]) for s in standings if s.days)
    return [title_of(s.criterion.metric) for s, day in newest_days if day.held is Held.WORSE]


def numbers_of(launch: Launch, facts: Facts) -> tuple[Number, ...]:
    """Return the key figures against normal times and the day before."""
    desk = f"/desk?launch={launch.key}&view="
    now, urgent = facts.open, "of them Sev 1–2"
    return (
        *(measured.number_of(launch, facts.there, facts.day, each) for each in KEY_METRICS),
        Number(
            "open_tickets", "Open tickets", now.tickets, f"{now.tickets:,}",
            f"when the day ended, {now.urgent:,} {urgent}", f"{desk}open",
        ),
        Number(
            "open_urgent", "Open Sev 1–2", now.urgent, f"{now.urgent:,}", "when the day ended",
            f"{desk}urgent",
        ),
        Number(
            "undecided", "Undecided", len(facts.undecided), f"{len(facts.undecided):,}",
            "questions on tickets and causes, when the day ended", f"{desk}waiting-on-decision",
        ),
        Number(
            "promises_broken", "Broken promises", facts.broken, f"{facts.broken:,}",
            "found on this day", f"/launches/{launch.key}/promises",
        ),
        Number(
            "updates", "Updates", facts.telling.count, f"{facts.telling.count:,}",
            facts.telling.words, f"/launches/{launch.key}/updates",
        ),
        Number(
            "fixes", "Fixes", facts.fix_count, f"{facts.fix_count:,}",
            "changes logged on this day", f"/causes/fixes?launch={launch.key}",
        ),
    )  # fmt: skip


def _sections(launch: Launch, facts: Facts) -> tuple[Section, ...]:
    zone = launch.zone
    return (
        Section("Contacts", chart=measured.chart(launch, facts.there, facts.day, KEY_METRICS[0])),
        Section("Figures", table=measured.compared(launch, facts.there, facts.day)),
        tickets_section("Open Sev 1–2", facts.urgent, facts.end, zone),
        undecided_section(facts.undecided[:TOP], facts.end),
        Section(
            "Stage and stable days",
            lines=(
                f"{stages.words_of(facts.stage)} (stage {facts.stage} of {stages.LAST}).",
                *(f"{title_of(s.criterion.metric)}: {s.why}" for s in facts.standings),
            ),
            href=f"/launches/{launch.key}/stages",
        ),
        _repeats(launch, facts.repeats),
        fixes_section(facts.fixed, zone),
        Section(
            "Updates told",
            lines=tuple(
                f"{time_in_words(u.published_at, zone)}: {u.title_at(facts.end)}"
                for u in facts.told
            ),
            empty="Nothing was told to everybody on this day.",
            href=f"/launches/{launch.key}/updates",
        ),
        Section("Risks", lines=tuple(risks(facts)), empty="None that can be counted."),
        Section("Next promise", lines=tuple(_promised(facts, zone)), empty="None is running."),
    )


def risks(facts: Facts) -> list[str]:
    """Return what may go wrong, as far as the records show it."""
    found = []
    if facts.open.untriaged:
        found.append(
            f"{plural(facts.open.untriaged, 'open ticket')} that nobody had taken note of."
        )
    if facts.undecided:
        oldest = facts.undecided[0]
        found.append(f"Undecided for {age(oldest.since, facts.end)}: {oldest.title} ({oldest.of}).")
    if facts.telling.is_missed:
        found.append("The daily update was not there in time.")
    update = facts.last_told
    if update is None or (update.next_update_at is not None and update.next_update_at < facts.end):
        found.append("The update that everybody was promised has not come." if update else
                     "Nobody has been told anything yet.")  # fmt: skip
    contacts = facts.there.get(facts.day, {}).get("contacts_per_day", {}).get("count", 0)
    values = [value for value in _before(facts) if value is not None]
    if values and contacts >= max(FEW, MUCH * values[-1]):
        found.append(f"Contacts rose from {number(values[-1])} to {number(contacts)}.")
    found += [f"{title}: surely worse than agreed." for title in worse_of(facts.standings)]
    return found


def _before(facts: Facts) -> list[float | None]:
    earlier = sorted(day for day in facts.there if day < facts.day)[-1:]
    return [measured.value_of(facts.there, day, "contacts_per_day") for day in earlier]


def _promised(facts: Facts, zone: ZoneInfo) -> list[str]:
    found = []
    update = facts.last_told
    if update is not None and update.next_update_at and update.next_update_at >= facts.end:
        found.append(f"The next update to everybody: {time_in_words(update.next_update_at, zone)}.")
    if facts.next_promise:
        what, due = facts.next_promise
        found.append(f"To a customer, on {what}: {time_in_words(due, zone)}.")
    return found


def _repeats(launch: Launch, repeats: Sequence[Repeat]) -> Section:
    rows = tuple(
        (each.question, each.people, each.on_the_day, trend_words(each.trend),
         each.answer.title if each.answer else "no answer yet")
        for each in repeats
    )  # fmt: skip
    table = Table(("question", "people in 7 days", "on this day", "trend", "answered by"), rows)
    return Section(
        "Asked most", table=table, empty="No question was asked by more than one person.",
        href=f"/reports/repeat-questions?launch={launch.key}",
    )  # fmt: skip


def tickets_section(
    title: str, found: Sequence[Ticket], end: datetime, zone: ZoneInfo, *, empty: str = ""
) -> Section:
    """Return tickets as a table, the worst first."""
    rows = tuple(
        (each.number, redacted(each.subject), f"Sev {each.severity}",
         each.owner.name if each.owner else "nobody yet", age(each.opened_at, end))
        for each in found
    )  # fmt: skip
    links = tuple(f"/desk/tickets/{each.number}" for each in found)
    table = Table(("ticket", "about", "severity", "owner", "open for"), rows, links)
    return Section(title, table=table, empty=empty or "None was open.")


def undecided_section(found: Sequence[Undecided], end: datetime) -> Section:
    """Return what is undecided as a table, the longest first."""
    rows = tuple((each.title, age(each.since, end), each.of) for each in found)
    table = Table(("to decide", "for", "by"), rows, tuple(each.href for each in found))
    return Section("Undecided, the oldest first", table=table, empty="Nothing was undecided.")


def fixes_section(found: Sequence[Fix], zone: ZoneInfo) -> Section:
    """Return what was changed as a table."""
    rows = tuple((fix.what, fix.cause.title, fix.person.name) for fix in found)
    links = tuple(f"/causes/{fix.cause_id}" for fix in found)
    table = Table(("what was changed", "for", "by"), rows, links)
    return Section("Fixes of the day", table=table, empty="Nothing was changed on this day.")


def age(since: datetime, end: datetime) -> str:
    """Return how long something lasted: ``40 min``, ``5 h``, ``3 days``."""
    minutes = max(0, int((end - since).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"
