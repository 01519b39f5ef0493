"""The lists of causes from their nouns: what the templates in causes/ show, one cause aside."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from assistant.desk import belonging, cause_lists, fixes
from assistant.desk.belonging import Reach
from assistant.desk.cause_lists import NOT_SAID, PAGE, Only
from assistant.desk.cause_states import Decision, Kind, State
from assistant.desk.causes import Cause
from assistant.ground.people import members
from assistant.launch.launches import Launch
from assistant.launch.scenarios import of_launch
from assistant.reports import fix_log, training
from assistant.reports.repeat_questions import trend_words
from assistant.reports.spans import local_day, week_to
from web.desk_pages import WORKERS, channel_words
from web.rendering import ago
from web.repeat_pages import pager

STATES = {
    State.DETECTED: ("Detected", "warn"),
    State.DECIDED: ("Decided", "info"),
    State.FIXING: ("Being fixed", "accent"),
    State.FIXED: ("Fixed", "good"),
}
KINDS = {Kind.BUG: "Bug", Kind.TRAINING_GAP: "Training gap"}
DECISIONS = {
    Decision.EXPECTED: "Expected",
    Decision.NOT_EXPECTED: "Not expected",
    Decision.WORKAROUND: "Workaround",
    Decision.NEED_FACTS: "Need facts",
}


def causes_page(
    session: Session, launch: Launch, only: Only, number: int, *, at: datetime
) -> dict[str, Any]:
    """Return what causes/index.html shows. The number of queries does not grow with the rows."""
    counts = cause_lists.counts(session, launch.id)
    found = cause_lists.causes(session, launch.id, only, number=number)
    total = cause_lists.count(session, launch.id, only)
    reach = belonging.reach_of(session, found, week(launch, at))
    oldest = cause_lists.oldest_undecided(session, launch.id)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "tabs": [_tab(launch, only, None, sum(counts.values()))]
        + [_tab(launch, only, state, counts[state]) for state in State],
        "filters": _filters(session, launch, only),
        "oldest": ago(oldest, at) if oldest else None,
        "undecided": counts[State.DETECTED],
        "rows": [row(cause, reach[cause.id]) for cause in found],
        "scenarios": [
            {"key": s.key, "title": s.title} for s in of_launch(session, launch.id).values()
        ],
        "pager": pager(number, total, lambda page: _href(launch, only, page=page), PAGE),
        "is_filtered": only != Only(),
    }


def training_page(session: Session, launch: Launch) -> dict[str, Any]:
    """Return what causes/training.html shows."""
    sheet = training.sheet(session, launch)
    gaps = cause_lists.training_gaps(session, launch.id)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "figures": sheet.figures,
        "rows": [
            {**row(gap, Reach()), "learners": gap.learners, "lesson": gap.lesson, "people": line[7]}
            for gap, line in zip(gaps, sheet.rows, strict=True)
        ],
        "csv_href": f"/causes/training.csv?launch={launch.key}",
    }


def fix_log_page(session: Session, launch: Launch, number: int) -> dict[str, Any]:
    """Return what causes/fixes.html shows."""
    log = fixes.of_launch(session, launch.id, number=number, size=PAGE)
    keys, total = fix_log.messages_of(session, log), fixes.count_of(session, launch.id)
    address = f"/causes/fixes?launch={launch.key}"
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "fixes": [
            {
                "at": fix.at,
                "what": fix.what,
                "quick": fix.is_quick,
                "by": fix.person.name,
                "cause": {
                    "href": f"/causes/{fix.cause_id}",
                    "number": fix.cause.number,
                    "title": fix.cause.title,
                },
                "entry": entry_link(launch, keys.get(fix.entry_id or 0)),
            }
            for fix in log
        ],
        "pager": pager(number, total, lambda page: f"{address}&page={page}", PAGE),
        "csv_href": f"/causes/fixes.csv?launch={launch.key}",
    }


def row(cause: Cause, reach: Reach) -> dict[str, Any]:
    """Return a cause as a line of a list."""
    words, tone = STATES[cause.state]
    return {
        "number": cause.number,
        "href": f"/causes/{cause.id}",
        "title": cause.title,
        "state": cause.state.value,
        "state_words": words,
        "tone": tone,
        "kind_words": KINDS[Kind(cause.kind)] if cause.kind else None,
        "waits_for_facts": cause.decision == Decision.NEED_FACTS,
        "owner": cause.owner.name if cause.owner else None,
        "scenario": cause.scenario.title if cause.scenario else None,
        "detected_at": cause.detected_at,
        "fixed_at": cause.fixed_at,
        "people": reach.people,
        "contacts": reach.contacts,
        "channels": [channel_words(channel) for channel in reach.channels],
        "first_at": reach.first_at,
        "last_at": reach.last_at,
        "trend": reach.trend,
        "trend_words": _trend_words(reach),
        "open_tickets": reach.open_tickets,
        "since_fixed": reach.since_fixed,
    }


def _trend_words(reach: Reach) -> str:
    if not any(reach.trend):
        return "nobody in seven days"
    is_old = sum(reach.trend) < reach.contacts
    return "again today" if is_old and not any(reach.trend[:-1]) else trend_words(reach.trend)


def week(launch: Launch, at: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Return the seven local days up to now, each from and before an instant."""
    days = week_to(local_day(at, launch.zone), launch.zone)
    return tuple((day.start, day.end) for day in days)


def entry_link(launch: Launch, key: str | None) -> dict[str, str] | None:
    """Return the way to an approved message."""
    return {"key": key, "href": f"/library/{launch.key}/entries/{key}"} if key else None


def _tab(launch: Launch, only: Only, state: State | None, count: int) -> dict[str, Any]:
    changed = Only(state, only.kind, only.owner, only.scenario)
    return {
        "title": STATES[state][0] if state else "All",
        "count": count,
        "href": _href(launch, changed),
        "current": only.state == state,
    }


def _filters(session: Session, launch: Launch, only: Only) -> dict[str, Any]:
    team = members(session, launch.id, *WORKERS)
    return {
        "state": only.state.value if only.state else "",
        "kind": only.kind,
        "owner": only.owner,
        "scenario": only.scenario,
        "kinds": [{"key": NOT_SAID, "words": "Not triaged"}]
        + [{"key": kind.value, "words": words} for kind, words in KINDS.items()],
        "owners": [{"key": NOT_SAID, "words": "Nobody yet"}]
        + [{"key": str(person.id), "words": person.name} for person in team],
    }


def _href(launch: Launch, only: Only, **more: Any) -> str:
    asked = {
        "launch": launch.key,
        "state": only.state.value if only.state else "",
        "kind": only.kind,
        "owner": only.owner,
        "scenario": only.scenario,
        **more,
    }
    return f"/causes?{urlencode({name: value for name, value in asked.items() if value})}"
