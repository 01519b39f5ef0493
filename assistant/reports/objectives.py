"""The launch's objectives judged against their deadlines, and what became of its plan. Pure.

An objective is judged on the last whole days before its deadline, together: one good day is no
aim reached. Until then it is on the way. The planned length is a forecast; the figures decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import reduce
from operator import add
from typing import Any
from zoneinfo import ZoneInfo

from assistant.ground.amounts import of_metric, plural
from assistant.reports.spans import local_day
from assistant.reports.stability import ENOUGH_CONTACTS, Criterion, Seen, Standing

LOOKED_AT = 3  # whole days before the deadline, together


class Reached(StrEnum):
    """What became of an objective."""

    MET = "met"
    ON_THE_WAY = "on the way"
    MISSED = "missed"
    TOO_LITTLE = "too little data"


@dataclass(frozen=True, slots=True)
class Objective:
    """What a launch aims at. ``by`` is the deadline (UTC), or nothing where none is named."""

    criterion: Criterion
    by: datetime | None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Aim:
    """One objective, judged, and why in a sentence."""

    objective: Objective
    reached: Reached
    why: str


def objectives_of(stored: Sequence[dict[str, Any]]) -> list[Objective]:
    """Return a launch's stored objectives; one without a metric or target cannot be judged."""
    found = []
    for each in stored:
        target, metric = each.get("target"), str(each.get("metric") or "")
        if metric and isinstance(target, int | float):
            low = not str(each.get("comparison", "")).strip().lower().startswith("at least")
            wanted = Criterion(metric, float(target), at_most=low, days=LOOKED_AT)
            found.append(Objective(wanted, _moment(each.get("by")), str(each.get("title") or "")))
    return found


def _moment(written: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(written or ""))
    except ValueError:
        return None
    return at if at.tzinfo else None


def judge(objective: Objective, history: Sequence[Seen], *, at: datetime, zone: ZoneInfo) -> Aim:
    """Return how an objective stands at ``at``; ``history`` are whole days, oldest first."""
    is_due = objective.by is not None and at >= objective.by
    last = local_day(objective.by, zone) - timedelta(days=1) if is_due and objective.by else None
    days = [each for each in history if last is None or each.day <= last][-LOOKED_AT:]
    telling = [each for each in days if _tells(each)]
    if not telling:
        return Aim(objective, Reached.TOO_LITTLE, "Too little was measured to say anything.")
    proof = reduce(add, [each.evidence for each in telling if each.evidence is not None])
    wanted = objective.criterion
    holds = proof.meets(wanted.limit, at_most=wanted.at_most)
    value = "Nothing" if proof.value is None else of_metric(wanted.metric, proof.value)
    over = f"{value} over {plural(len(telling), 'day')}"
    if not is_due:
        return Aim(objective, Reached.ON_THE_WAY, f"{over}{', and it holds' if holds else ''}.")
    return Aim(objective, Reached.MET if holds else Reached.MISSED, f"{over} before the deadline.")


def _tells(seen: Seen) -> bool:
    """Return whether a day counts, good or bad: one of few contacts is as doubtful either way."""
    has_value = seen.evidence is not None and seen.evidence.value is not None
    return has_value and not seen.is_closed and seen.contacts >= ENOUGH_CONTACTS


@dataclass(frozen=True, slots=True)
class Forecast:
    """When it may end at the earliest, and whether that is a risk to the plan."""

    earliest: date | None
    risk: str


def forecast(
    standings: Sequence[Standing], *, planned: date | None, today: date, is_open: bool
) -> Forecast:
    """Return what the figures make of the plan; the plan decides nothing."""
    if not standings:
        return Forecast(None, "")
    left = max(max(0, each.criterion.days - each.streak) for each in standings)
    earliest = today + timedelta(days=left)
    if planned is None:
        return Forecast(earliest, "")
    if earliest > planned or (today >= planned and not is_open):
        over = plural((max(earliest, today) - planned).days, "day")
        return Forecast(earliest, f"Risk of overrun: at least {over} after the plan.")
    if is_open and today < planned:
        early = plural((planned - today).days, "day")
        risk = f"Risk of an early exit: {early} before the plan. A second wave is watched."
        return Forecast(earliest, risk)
    return Forecast(earliest, "")
