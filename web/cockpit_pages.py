"""The cockpit from its figures: what launch/cockpit.html and launch/figure.html show."""

from datetime import date, timedelta
from typing import Any

from assistant.ground.amounts import number, of_metric, percent
from assistant.ground.people import Role
from assistant.launch import stages
from assistant.launch.launches import Launch
from assistant.reports import metrics
from assistant.reports.behind import Behind
from assistant.reports.calm import Calm
from assistant.reports.cockpit import Cockpit
from assistant.reports.dailies import Daily
from assistant.reports.load_guard import State
from assistant.reports.metrics import METRICS
from assistant.reports.objectives import Aim, Reached
from assistant.reports.reassurance import ENOUGH
from assistant.reports.shapes import UNRESOLVED, words_of
from assistant.reports.stability import Held, Judged, Standing
from assistant.reports.steps import title_of
from web.day_charts import SHOWN, day_chart
from web.reachable import AT_DESK
from web.shell import PHASE_WORDS, Visit

TONES = {Calm.CALM: "good", Calm.SETTLING: "info", Calm.NOT_CALM: "bad", Calm.UNKNOWN: "info"}
GUARD_TONES = {State.FINE: "good", State.CLOSE: "warn", State.OVER: "bad"}
REACHED_TONES = {
    Reached.MET: "good",
    Reached.ON_THE_WAY: "info",
    Reached.MISSED: "bad",
    Reached.TOO_LITTLE: "",
}
MOST = 12  # rows of the backlog


def cockpit_context(looking: Visit, launch: Launch, found: Cockpit) -> dict[str, Any]:
    """Return what the cockpit shows."""
    return {
        "launch": {
            "key": launch.key,
            "name": launch.name,
            "phase": launch.phase,
            "phase_words": PHASE_WORDS[launch.shown_phase],
            "day": launch.day(looking.at) if launch.phase == "active" else None,
        },
        "verdict": {"tone": TONES[found.verdict.calm], "sentence": found.verdict.sentence},
        "measured_at": found.measured_at,
        "wave": found.wave.words if found.wave else "",
        "stage": _stage(launch, found),
        "gate": {"is_open": found.gate.is_open, "missing": len(found.gate.missing)},
        "streak": _streak(found),
        "tiles": _tiles(launch, found),
        "criteria": [_criterion(launch, each) for each in found.criteria],
        "shapes": [_shape(launch, each, found.today) for each in found.shapes],
        "repeats": {
            "on": found.asked_on,
            "rows": [
                {
                    "question": each.question,
                    "people": each.people,
                    "times": each.times,
                    "href": f"/repeats/{each.group_id}",
                }
                for each in found.asked
            ],
        },
        "waiting": [
            {
                "words": each.question,
                "of": each.asked_of.name if each.asked_of else "a lead",
                "at": each.asked_at,
                "ticket": each.ticket.number,
            }
            for each in found.waiting[:1]
        ],
        "waiting_total": len(found.waiting),
        "piles": _piles(launch, found),
        "piles_left": max(0, len(found.piles) - MOST),
        "aims": [_aim(launch, each) for each in found.aims],
        "forecast": {"earliest": found.forecast.earliest, "risk": found.forecast.risk},
        "planned": launch.ends_at,
        "guard": {
            "tone": GUARD_TONES[found.guarded.state],
            "is_fine": found.guarded.state is State.FINE,
            "words": found.guarded.words,
            "proposals": found.guarded.proposals,
            "late_from": found.guarded.late_from,
            "people": found.load.people,
            "minutes": number(found.load.handling / timedelta(minutes=1)),
            "is_assumed": found.load.is_assumed,
            "arrived": found.load.arrived,
            "waiting": len(found.load.dues),
        },
        "may": {
            "return": looking.by.is_any(Role.LEAD) and launch.phase == "closed",
            "desk": looking.by.is_any(*AT_DESK),
        },
    }


def _stage(launch: Launch, found: Cockpit) -> dict[str, Any]:
    so_far = min(found.situation.stable_days, found.needed or 0)
    if found.needed is None:
        needs = "It is the last stage; the signature ends it."
    elif found.move is not None:
        needs = f"It moves to stage {found.move.stage} within minutes: {found.move.because}"
    else:
        left = found.needed - so_far
        needs = f"The next step needs {left} more stable day{'' if left == 1 else 's'}."
    return {"number": launch.stage, "words": stages.words_of(launch.stage), "needs": needs}


def _streak(found: Cockpit) -> dict[str, Any]:
    needed = max((s.criterion.days for s in found.gate.standings), default=0)
    days = min(found.gate.stable_days, needed) if needed else 0
    return {"days": days, "needed": needed, "all": found.gate.stable_days}


def _tiles(launch: Launch, found: Cockpit) -> list[dict[str, Any]]:
    hand, missed = found.now.get("in_hand_percent"), found.now.get("missed_promises_per_day", {})
    share = metrics.value(hand)
    of = hand["of"] if hand else 0
    quiet = found.quiet_days
    return [
        {
            "title": "Days without Sev 1–2",
            "value": "–" if quiet is None else str(quiet),
            "note": "whole days up to yesterday",
            "href": _figure(launch, "severity_1_or_2_per_day", found.today),
        },
        {
            "title": "In hand in 15 min",
            "value": percent(share),
            "note": f"of {of} ticket{'' if of == 1 else 's'} today, by a person",
            "href": _figure(launch, "in_hand_percent", found.today),
        },
        {
            "title": "Missed promises",
            "value": number(missed.get("count", 0)),
            "note": f"noted today; {found.overdue} overdue now",
            "href": _figure(launch, "missed_promises_per_day", found.today),
        },
        {
            "title": "Reassurance index",
            "value": _index(found),
            "note": "of who asks today seek reassurance",
            "href": _figure(launch, "reassurance_percent", found.today),
        },
    ]


def _index(found: Cockpit) -> str:
    """Return the share of today; of too few it would be chance."""
    kept = found.now.get("reassurance_percent", {})
    return percent(100 * kept["hits"] / kept["of"] if kept.get("of", 0) >= ENOUGH else None)


def _criterion(launch: Launch, each: Daily) -> dict[str, Any]:
    standing = each.standing
    return {
        "title": each.title,
        "limit": standing.criterion.words,
        "is_met": standing.is_met,
        "why": standing.why,
        "streak": min(standing.streak, standing.criterion.days),
        "days_needed": standing.criterion.days,
        "value": _newest(standing, each.metric),
        "baseline": None if each.baseline is None else of_metric(each.metric, each.baseline),
        "today": _TODAY.get(each.today, ""),
        "chart": day_chart(standing.days, limit=standing.criterion.limit, baseline=each.baseline),
        "days": [_judged(launch, each.metric, day) for day in reversed(standing.days[-SHOWN:])],
    }


_TODAY = {Held.WORSE: "Today is worse already."}


def _judged(launch: Launch, metric: str, day: Judged) -> dict[str, Any]:
    evidence = day.seen.evidence
    value = evidence.value if evidence else None
    return {
        "day": day.seen.day,
        "value": of_metric(metric, value),
        "held": day.held.value,
        "why": day.why,
        "href": _figure(launch, metric, day.seen.day),
    }


def _shape(launch: Launch, each: Daily, today: date) -> dict[str, Any]:
    limit = each.standing.criterion.limit if each.has_limit else None
    return {
        "title": each.title,
        "words": words_of(each.shape),
        "is_unresolved": each.shape in UNRESOLVED,
        "value": _newest(each.standing, each.metric),
        "href": _figure(launch, each.metric, _last_day(each.standing) or today),
        "chart": day_chart(each.standing.days, limit=limit, baseline=each.baseline),
        "days": [
            _judged(launch, each.metric, day) for day in reversed(each.standing.days[-SHOWN:])
        ],
    }


def _newest(standing: Standing, metric: str) -> str:
    """Return the value of the newest whole day on which something was measured."""
    for day in reversed(standing.days):
        if day.seen.evidence is not None and day.seen.evidence.value is not None:
            return of_metric(metric, day.seen.evidence.value)
    return "–"


def _last_day(standing: Standing) -> date | None:
    return standing.days[-1].seen.day if standing.days else None


def _piles(launch: Launch, found: Cockpit) -> list[dict[str, Any]]:
    return [
        {
            "scenario": each.scenario or "No scenario",
            "owner": each.owner or "Nobody yet",
            "tickets": each.tickets,
            "urgent": each.urgent,
            "oldest_at": each.oldest_at,
            "href": f"/desk?launch={launch.key}&view=open"
            + (f"&scenario={each.scenario_key}" if each.scenario_key else ""),
        }
        for each in found.piles[:MOST]
    ]


def _aim(launch: Launch, aim: Aim) -> dict[str, Any]:
    wanted, by = aim.objective.criterion, aim.objective.by
    side = "at most" if wanted.at_most else "at least"
    limit = of_metric(wanted.metric, wanted.limit)
    return {
        "title": aim.objective.title or f"{title_of(wanted.metric)} {side} {limit}",
        "by": by,
        "reached": aim.reached.value,
        "tone": REACHED_TONES[aim.reached],
        "why": aim.why,
    }


def _figure(launch: Launch, metric: str, day: date) -> str:
    return f"/launches/{launch.key}/figures/{metric}/{day.isoformat()}"


def figure_context(
    looking: Visit, launch: Launch, metric: str, day: date, found: Behind
) -> dict[str, Any]:
    """Return what the page of one figure shows: its value now, and the rows behind it."""
    value = metrics.value(found.kept)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "title": title_of(metric),
        "day": day,
        "value": of_metric(metric, value),
        "how": _how(found, metric),
        "total": found.total,
        "rows": found.rows,
        "may": {"desk": looking.by.is_any(*AT_DESK)},
    }


def _how(found: Behind, metric: str) -> str:
    """Return how the figure follows from its rows."""
    match found.kept:
        case {"hits": hits, "of": of}:
            return f"{hits:,} of {of:,} rows"
        case {"waits": waits}:
            return f"the median of {len(waits):,} rows"
        case {"level": _} if metric not in METRICS:
            return "the sum of the rows" if metric.endswith("_per_day") else "the mean of the rows"
        case _:
            return "one for each row"
