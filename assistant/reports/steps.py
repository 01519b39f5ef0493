"""Where the stages stand, day by day: what is watched, what is worse, and the move that follows.

Response times, repeats and escalations are watched (R44): by the launch's own exit criteria where
it has them, else against its baselines. Only whole days let a stage step down; today may already
bring it back.
"""

from datetime import date, datetime, timedelta
from math import sqrt

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk import kinder
from assistant.ground.amounts import metric_name
from assistant.ground.audit import ASSISTANT
from assistant.ground.parts import Parts
from assistant.launch import staging
from assistant.launch.launches import Launch
from assistant.launch.stages import Move, Situation, next_stage
from assistant.reports import days
from assistant.reports.metrics import METRICS
from assistant.reports.spans import local_day
from assistant.reports.stability import (
    MARGIN,
    Criterion,
    Held,
    Standing,
    calm_days,
    judge,
    judge_day,
)

WATCHED = (
    "first_response_minutes",
    "time_to_resolution_hours",
    "repeat_questions_per_day",
    "escalations_per_day",
)


def watched(launch: Launch) -> list[Criterion]:
    """Return what the stages go by: the launch's criteria on it, else its baselines and a margin.

    A count's margin is at least one day's noise. What has neither is not watched.
    """
    named = {c.metric: c for c in days.criteria_of(launch)}
    before = {str(each["metric"]): float(each["value"]) for each in launch.baselines}
    found = []
    for metric in WATCHED:
        if metric in named:
            found.append(named[metric])
        elif metric in before:
            normal = before[metric]
            noise = sqrt(normal) if metric.endswith("_per_day") else 0.0
            found.append(Criterion(metric, normal + max(MARGIN * normal, noise)))
    return found


def standings(session: Session, launch: Launch, *, at: datetime) -> list[Standing]:
    """Return how each watched figure stands after the whole days up to yesterday."""
    today = local_day(at, launch.zone)
    there = days.kept(session, launch.id, first=days.first_day(launch), last=today)
    return _standings(launch, there, today)


def _standings(launch: Launch, there: days.Figures, today: date) -> list[Standing]:
    yesterday = today - timedelta(days=1)
    return [judge(c, days.history(launch, c, there, until=yesterday)) for c in watched(launch)]


def situation(session: Session, launch: Launch, *, at: datetime) -> Situation:
    """Return what the launch's next stage is decided by, from the kept days."""
    today, first = local_day(at, launch.zone), days.first_day(launch)
    return situation_of(launch, days.kept(session, launch.id, first=first, last=today), today)


def situation_of(launch: Launch, there: days.Figures, today: date) -> Situation:
    """Return what the next stage is decided by, from days that are read already."""
    criteria, found = watched(launch), _standings(launch, there, today)
    first = days.first_day(launch)
    worse = [c.metric for c in criteria if _is_worse(launch, c, there, today)]
    worse += [s.criterion.metric for s in found if _was_worse(s, launch)]
    changed = local_day(launch.stage_at, launch.zone) if launch.stage_at else first
    return Situation(
        launch.stage,
        calm_days(found),
        (today - changed).days,
        tuple(title_of(metric) for metric in dict.fromkeys(worse)),
    )


def title_of(metric: str) -> str:
    """Return what people call a metric."""
    known = METRICS.get(metric)
    return known.title if known else metric_name(metric)


def _is_worse(launch: Launch, criterion: Criterion, there: days.Figures, today: date) -> bool:
    """Return whether what today has so far is surely worse; a count that is high stays high."""
    seen = days.history(launch, criterion, there, until=today)  # none before its first day
    return bool(seen) and judge_day(criterion, seen[-1]).held is Held.WORSE


def _was_worse(standing: Standing, launch: Launch) -> bool:
    """Return whether yesterday was worse; what was so before the stage began is known."""
    if not standing.days:
        return False
    newest = standing.days[-1]
    began = launch.stage_at
    return newest.held is Held.WORSE and (
        began is None or newest.seen.day >= local_day(began, launch.zone)
    )


def move_stages(parts: Parts) -> int:
    """Step each live launch down or bring it back, and return how many moved."""
    moved = 0
    with parts.db.reading() as session:
        live = select(Launch.id).where(Launch.live_at.is_not(None), Launch.closed_at.is_(None))
        keys = list(session.scalars(live))
    for key in keys:
        at = parts.clock.now()
        with parts.db.reading() as session:
            move = next_stage(situation(session, session.get_one(Launch, key), at=at))
        if move is not None:
            moved += _carry_out(parts, key, move, at)
    return moved


def _carry_out(parts: Parts, key: int, move: Move, at: datetime) -> bool:
    with parts.db.writing() as session:
        launch = session.get_one(Launch, key)
        if next_stage(situation(session, launch, at=at)) != move:
            return False  # somebody else has moved it meanwhile
        staging.move_to(session, launch, move.stage, because=move.because, by=ASSISTANT, at=at)
        if move.stage == 0:
            bring_back(session, launch, why=move.because, at=at)
    return True


def bring_back(session: Session, launch: Launch, *, why: str, at: datetime) -> int:
    """Give hypercare's promises to open tickets of the launch that came under normal ones.

    Each keeps the kinder clock: only what is due earlier by it moves. Returns how many promises
    moved at once; where many tickets are open, the rest follows.
    """
    return kinder.after_change(session, launch, why=why, at=at, brings_back=True)
