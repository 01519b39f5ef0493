"""The launch pages from their nouns: what the templates in launch/ show."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from assistant.desk import vacancies
from assistant.ground import spending
from assistant.ground.people import Person, Role, members
from assistant.launch import updates
from assistant.launch.launches import Launch, Mode
from assistant.launch.scenarios import Decider, Scenario
from assistant.launch.updates import Update
from assistant.reports import daily, figures, points
from assistant.reports.figures import Standing
from assistant.reports.points import Point
from web import launch_ways
from web.clocks import update_clock
from web.launch_words import (
    CATEGORY_WORDS,
    MODE_WORDS,
    TRIGGER_WORDS,
    baseline_words,
    criterion_words,
    objective_words,
    step_words,
)
from web.reachable import AT_DESK
from web.shell import PHASE_WORDS, ROLE_WORDS, Visit
from web.widget import DEMO_LAUNCH

PHASES = {"preparing": "prepare"}  # where the templates call a phase otherwise


def launches_context(
    session: Session, mine: Sequence[Launch], standings: Mapping[int, Standing], *, at: datetime
) -> dict[str, Any]:
    """Return what launch/index.html shows, in a number of queries that does not grow."""
    ids = [launch.id for launch in mine]
    session.scalars(
        select(Launch).where(Launch.id.in_(ids)).options(selectinload(Launch.scenarios))
    ).all()
    return {"launches": [_card(launch, standings[launch.id], at) for launch in mine]}


def launch_context(looking: Visit, launch: Launch) -> dict[str, Any]:
    """Return what launch/launch.html shows."""
    session, at = looking.session, looking.at
    people = members(session, launch.id)
    entries = figures.entries_by_scenario(session, launch.id, at=at)
    contacts = figures.contacts_by_scenario(session, launch.id)
    gone = {each.email: f"{each.name} (has left)" for each in vacancies.of_launch(session, launch)}
    names = {**gone, **{person.email: person.name for person in people}}
    found = points.points(session, launch, at=at) if launch.phase == "preparing" else []
    may = _may(looking, launch)
    return {
        "launch": _launch(session, launch, at),
        "figures": _tiles(looking, launch, found, sum(entries.values())),
        "baselines": [baseline_words(each) for each in launch.baselines],
        "exit_criteria": [criterion_words(each) for each in launch.exit_criteria],
        "scenarios": [
            _scenario(launch, each, names, entries.get(each.id, 0), contacts.get(each.id, 0))
            for each in _gravest_first(launch)
        ],
        "people": [
            {"name": p.name, "email": p.email, "role_words": ROLE_WORDS[Role(p.role)]}
            for p in people
        ],
        "points": found,
        "stops": sum(bool(point.required) for point in found),
        "advised": sum(bool(point.advised) for point in found),
        "latest_update": _latest(updates.newest(session, launch.id, at=at), launch, at),
        "model_cost": {
            "today": spending.of_launch(session, launch.id, on=at.date()),
            "in_all": spending.of_launch(session, launch.id),
        },
        "may": may,
        "ways": launch_ways.first(launch, may),
        "more_ways": launch_ways.groups(launch, may, looking.way),
        "modes": [{"key": key.value, **words} for key, words in MODE_WORDS.items()],
        "snippet": snippet(launch, looking.parts.settings.address),
        "addresses": {
            "help": f"/help/{launch.key}",
            "updates": f"/updates/{launch.key}",
            "widget_preview": "/demo" if launch.key == DEMO_LAUNCH else f"/widget/{launch.key}",
        },
    }


def snippet(launch: Launch, address: str) -> str:
    """Return the tag that puts the widget on a site."""
    return f'<script src="{address}/widget.js" data-launch="{launch.key}" async></script>'


def _card(launch: Launch, standing: Standing, at: datetime) -> dict[str, Any]:
    return {
        "key": launch.key,
        "href": f"/launches/{launch.key}",
        "name": launch.name,
        "trigger_words": TRIGGER_WORDS.get(launch.trigger, "No trigger recorded"),
        **_phase(launch, at),
        "starts_at": launch.starts_at,
        "open_tickets": standing.open_tickets,
        "sev_1_2": standing.open_urgent,
        "answered_share": standing.answered_share,
        "missing": len(points.stopping(launch)) if launch.phase == "preparing" else 0,
        "lead": standing.lead,
    }


def _phase(launch: Launch, at: datetime) -> dict[str, Any]:
    return {
        "phase": PHASES.get(launch.shown_phase, launch.shown_phase),
        "phase_words": PHASE_WORDS[launch.shown_phase],
        "day": launch.day(at) if launch.phase == "active" else None,
    }


def _launch(session: Session, launch: Launch, at: datetime) -> dict[str, Any]:
    live_by = session.get(Person, launch.live_by_id) if launch.live_by_id else None
    return {
        "key": launch.key,
        "name": launch.name,
        "trigger_words": TRIGGER_WORDS.get(launch.trigger, "No trigger recorded"),
        **_phase(launch, at),
        "starts_at": launch.starts_at,
        "ends_at": launch.ends_at,
        "live_since": launch.live_at,
        "live_by": live_by.name if live_by else None,
        "zone": launch.time_zone,
        "mode": launch.mode,
        "mode_words": MODE_WORDS[Mode(launch.mode)]["title"],
        "wrong_rate": launch.wrong_rate,
        "internal_words": list(launch.internal_words),
        "fell_back_because": launch.fell_back_because if launch.has_fallen_back else "",
        "revision": launch.version,
        "sites": launch.sites,
        "scope": [str(area["title"]) for area in launch.scope],
        "out_of_scope": [str(area["title"]) for area in launch.out_of_scope],
        "objectives": [objective_words(each, launch.zone) for each in launch.objectives],
    }


def _tiles(looking: Visit, launch: Launch, found: Sequence[Point], entries: int) -> Any:
    if launch.phase == "preparing":
        return points.tiles(launch, found, entries)
    return daily.since_the_start(looking.session, launch, at=looking.at)


def _gravest_first(launch: Launch) -> list[Scenario]:
    order = list(CATEGORY_WORDS)
    return sorted(launch.scenarios, key=lambda each: (order.index(each.category), each.severity))


def _scenario(
    launch: Launch, each: Scenario, names: Mapping[str, str], entries: int, contacts: int
) -> dict[str, Any]:
    deciders = {decider.value: each.deciders.get(decider) for decider in Decider}
    query = urlencode({"launch": launch.key, "tab": "approved", "scenario": each.key})
    return {
        "key": each.key,
        "title": each.title,
        "category_words": CATEGORY_WORDS[each.category],
        "severity": each.severity,
        "owner": each.owner.name if each.owner else None,
        **{decider: names.get(str(email), email) for decider, email in deciders.items()},
        "escalation": [step_words(step, names) for step in _in_order(each.escalation)],
        "entries": entries,
        "contacts": contacts,
        "href": f"/library?{query}",
    }


def _in_order(path: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return an escalation path as it is walked, whatever order it was written in."""
    return sorted(path, key=lambda step: int(step.get("after_minutes") or 0))


def _latest(update: Update | None, launch: Launch, at: datetime) -> dict[str, Any] | None:
    if update is None:
        return None
    return {
        "title": update.title,
        "at": update.published_at,
        "clock": clock_of(update, launch, at),
        "href": f"/launches/{launch.key}/updates#update-{update.id}",
    }


def clock_of(update: Update, launch: Launch, at: datetime) -> dict[str, Any] | None:
    """Return the promise of the next update; a closed launch promises nothing any more."""
    return None if launch.phase == "closed" else update_clock(update, at=at, zone=launch.time_zone)


def _may(looking: Visit, launch: Launch) -> dict[str, bool]:
    leads = looking.by.is_any(Role.LEAD)
    return {
        "go_live": leads and launch.phase == "preparing",
        "settings": leads,
        "update": looking.by.is_any(Role.CHANGE_MANAGER, Role.LEAD),
        "correct": looking.by.is_any(*AT_DESK),
    }
