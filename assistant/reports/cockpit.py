"""The cockpit: everything that answers "are we calm?", from kept days and what is open now.

No message is read: contacts, waits and repeats come from the days that the worker keeps, today as
far as it was measured. What is open at this moment is counted from the open tickets alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from assistant.desk import rulings
from assistant.desk.rulings import Ruling
from assistant.launch.launches import Launch
from assistant.launch.stages import Move, Situation, needed_after, next_stage
from assistant.reports import (
    dailies,
    days,
    exits,
    objectives,
    open_now,
    pressure,
    second_wave,
    steps,
)
from assistant.reports.calm import Calm, Verdict, verdict
from assistant.reports.dailies import SHAPED, Daily, daily
from assistant.reports.exits import Gate
from assistant.reports.load_guard import Guarded, Load, guard
from assistant.reports.metrics import Kept
from assistant.reports.objectives import Aim, Forecast
from assistant.reports.open_now import Asked, Pile
from assistant.reports.second_wave import Wave
from assistant.reports.spans import local_day


@dataclass(frozen=True, slots=True)
class Cockpit:
    """Everything that the page shows. ``measured_at``: when today was measured, if it was."""

    verdict: Verdict
    today: date
    measured_at: datetime | None
    gate: Gate
    situation: Situation
    move: Move | None
    needed: int | None  # stable days, for the next stage
    criteria: tuple[Daily, ...]
    shapes: tuple[Daily, ...]
    now: dict[str, Kept]  # today's figures by name
    quiet_days: int | None
    overdue: int
    asked_on: date | None
    asked: tuple[Asked, ...]
    waiting: tuple[Ruling, ...]
    piles: tuple[Pile, ...]
    aims: tuple[Aim, ...]
    forecast: Forecast
    load: Load
    guarded: Guarded
    wave: Wave | None


def cockpit_of(session: Session, launch: Launch, *, at: datetime) -> Cockpit:
    """Return how calm ``launch`` is at ``at``, and what that was computed from."""
    today, first = local_day(at, launch.zone), days.first_day(launch)
    there = days.kept(session, launch.id, first=first, last=today)
    criteria = [daily(launch, c.metric, there, today) for c in exits.criteria(launch)]
    shapes = [daily(launch, name, there, today) for name in SHAPED]
    standings = [each.standing for each in criteria] if launch.live_at else []
    gate = exits.gate_with(session, launch, standings, at=at)
    situation = steps.situation_of(launch, there, today)
    load = pressure.load_of(session, launch, at=at)
    asked_on, asked = open_now.top(session, there, today)
    planned = local_day(launch.ends_at, launch.zone) if launch.ends_at else None
    return Cockpit(
        verdict=_verdict(session, launch, [*criteria, *shapes], gate),
        today=today,
        measured_at=days.measured_at(session, launch.id, today),
        gate=gate,
        situation=situation,
        move=next_stage(situation),
        needed=needed_after(launch.stage),
        criteria=tuple(criteria),
        shapes=tuple(shapes),
        now=there.get(today, {}),
        quiet_days=dailies.quiet_days(there, first, today),
        overdue=pressure.overdue(session, launch.id, at=at),
        asked_on=asked_on,
        asked=tuple(asked),
        waiting=tuple(rulings.waiting(session, launch.id)),
        piles=tuple(open_now.piles(session, launch.id)),
        aims=tuple(_aims(launch, there, today, at)),
        forecast=objectives.forecast(standings, planned=planned, today=today, is_open=gate.is_open),
        load=load,
        guarded=guard(load, at=at),
        wave=second_wave.latest(session, launch, at=at),
    )


def _verdict(session: Session, launch: Launch, figures: Sequence[Daily], gate: Gate) -> Verdict:
    if launch.phase == "preparing":
        return Verdict(Calm.UNKNOWN, "Hypercare has not begun.")
    if launch.phase == "closed":
        return Verdict(Calm.CALM, "Hypercare has ended.")
    once = {each.metric: each.moving for each in figures}
    return verdict(
        list(once.values()),
        stable_days=gate.stable_days,
        needed=max((s.criterion.days for s in gate.standings), default=0),
        is_met=bool(launch.exit_criteria) and all(s.is_met for s in gate.standings),
        grave=open_now.blocked(session, launch.id),
    )


def _aims(launch: Launch, there: days.Figures, today: date, at: datetime) -> list[Aim]:
    found = []
    for objective in objectives.objectives_of(launch.objectives):
        seen = days.history(launch, objective.criterion, there, until=today)[:-1]
        found.append(objectives.judge(objective, seen, at=at, zone=launch.zone))
    return found
