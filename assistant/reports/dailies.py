"""One metric over the days of a launch: judged days, shape, what was normal, its way. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from statistics import median

from assistant.launch.launches import Launch
from assistant.reports import days, exits
from assistant.reports.calm import Group, Moving, Way
from assistant.reports.metrics import METRICS
from assistant.reports.shapes import UNRESOLVED, Shape, shape_of
from assistant.reports.stability import MARGIN, Criterion, Held, Standing, judge, judge_day
from assistant.reports.steps import title_of

SUPPORT = frozenset(
    {
        "first_response_minutes",
        "time_to_resolution_hours",
        "escalations_per_day",
        "severity_1_or_2_per_day",
        "backlog",
        "in_hand_percent",
        "missed_promises_per_day",
    }
)  # what the desk does; every other figure is about customers
MOST = 100.0  # more than any share
SHAPED = (  # R68 first, then R69
    *("first_response_minutes", "time_to_resolution_hours", "backlog", "escalations_per_day"),
    *("contacts_per_day", "repeat_questions_per_day", "repeat_contact_percent"),
    "satisfied_percent",
)


@dataclass(frozen=True, slots=True)
class Daily:
    """One metric over its whole days. ``has_limit``: an exit criterion or a baseline says one."""

    standing: Standing
    has_limit: bool
    baseline: float | None
    shape: Shape
    today: Held

    @property
    def metric(self) -> str:
        """Return its name."""
        return self.standing.criterion.metric

    @property
    def title(self) -> str:
        """Return what people call it."""
        return title_of(self.metric)

    @property
    def way(self) -> Way:
        """Return where it goes: by its newest whole day and today, and by its shape."""
        newest = [day.held for day in self.standing.days if day.held is not Held.CLOSED][-1:]
        if self.has_limit and Held.WORSE in (*newest, self.today):
            return Way.WRONG
        if self.shape in UNRESOLVED:
            return Way.WRONG
        holds = self.has_limit and newest == [Held.HOLDS]
        return Way.RIGHT if holds or self.shape is Shape.SPIKE else Way.UNKNOWN

    @property
    def moving(self) -> Moving:
        """Return it as the verdict sees it."""
        group = Group.SUPPORT if self.metric in SUPPORT else Group.CUSTOMERS
        return Moving(self.title, group, self.way)


def daily(launch: Launch, metric: str, there: days.Figures, today: date) -> Daily:
    """Return one metric over the launch's whole days before ``today``, and today so far."""
    limit = limit_of(launch, metric)
    criterion = limit or _unlimited(metric, there)
    history = days.history(launch, criterion, there, until=today)
    whole = history[:-1]
    proofs = [seen.evidence for seen in whole if seen.evidence is not None and not seen.is_closed]
    return Daily(
        judge(criterion, whole),
        limit is not None,
        baseline_of(launch, metric),
        shape_of(proofs, criterion if limit else None),
        judge_day(criterion, history[-1]).held if history else Held.TOO_LITTLE,
    )


def _unlimited(metric: str, there: days.Figures) -> Criterion:
    """Return a criterion that judges nothing; waits are compared with their own median."""
    low = _is_better_low(metric)
    if not low:
        return Criterion(metric, 0, at_most=False)
    waits = [w for figures in there.values() for w in figures.get(metric, {}).get("waits", ())]
    return Criterion(metric, median(waits) if waits else MOST)


def limit_of(launch: Launch, metric: str) -> Criterion | None:
    """Return what is too much: the exit criterion, else the baseline and a margin; or nothing."""
    named = {c.metric: c for c in exits.criteria(launch)}
    if metric in named:
        return named[metric]
    normal = baseline_of(launch, metric)
    if normal is None or metric not in METRICS:
        return None
    noise = sqrt(normal) if metric.endswith("_per_day") else 0.0
    margin, low = max(MARGIN * normal, noise), _is_better_low(metric)
    return Criterion(metric, normal + margin if low else normal - margin, at_most=low)


def baseline_of(launch: Launch, metric: str) -> float | None:
    """Return what was normal before the launch, where it is known."""
    known = {str(each["metric"]): float(each["value"]) for each in launch.baselines}
    return known.get(metric)


def quiet_days(there: days.Figures, first: date, today: date) -> int | None:
    """Return on how many whole days up to yesterday no new Sev 1–2 came; today's ends it.

    Nothing when no day was measured.
    """
    metric, quiet, day = exits.GRAVE.metric, 0, today
    while day >= first:
        count = there.get(day, {}).get(metric, {}).get("count")
        if count is None and day != today:
            break
        if count:
            return quiet
        quiet, day = quiet + (day != today), day - timedelta(days=1)
    return quiet if there else None


def _is_better_low(metric: str) -> bool:
    return METRICS[metric].is_better_low if metric in METRICS else True
