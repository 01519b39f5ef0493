"""How long it takes before an exit criterion can be proven, if things are as they were. Pure.

The answer comes from the very rule that ends a launch (``stability``): enough days in a row whose
figures together rule out anything tolerably worse. It is the shortest time, not a promise.
"""

from dataclasses import dataclass
from math import ceil, floor, sqrt

from assistant.ground.amounts import plural
from assistant.reports.metrics import METRICS
from assistant.reports.noise import Count, Evidence, Share, Waits, tolerated
from assistant.reports.stability import (
    END,
    ENOUGH_CONTACTS,
    ENOUGH_SHARE,
    MARGIN,
    Criterion,
)

MOST_DAYS = 120  # beyond, it is said to take longer than anybody waits
SPREAD = 0.7  # a wait's logarithm, when only the median is known; from a tenth to ten times it


@dataclass(frozen=True, slots=True)
class Outlook:
    """``days`` until it can be proven, nothing when it never is; what it takes, in words."""

    days: int | None
    words: str
    warns: bool


def outlook(criterion: Criterion, baseline: float | None, *, contacts: float | None) -> Outlook:
    """Return how long ``criterion`` takes when the metric is at ``baseline`` every day.

    ``contacts`` is how many come on a usual day; unknown, the smallest number that says anything
    is taken, which gives the longest time.
    """
    if baseline is None:
        return Outlook(None, "Its baseline is not known yet, so nobody can say how long.", False)
    if _is_beyond(baseline, criterion):
        return Outlook(None, "Normal days were worse than this: it would never end.", True)
    volume, kind = contacts or float(ENOUGH_CONTACTS), _kind(criterion.metric)
    if kind is None:
        words = f"{plural(criterion.days, 'day')} in a row, as measured outside."
        return Outlook(criterion.days, words, False)
    needed = _days_needed(criterion, kind, baseline, volume)
    return _said(criterion, kind, baseline, needed, volume, is_known=contacts is not None)


def _kind(metric: str) -> type[Evidence] | None:
    if metric not in METRICS:
        return None  # measured outside: taken as it stands
    if metric.endswith("_per_day"):
        return Count
    if metric.endswith("_percent"):
        return Share
    return Waits if metric.endswith(("_minutes", "_hours")) else None


def _is_beyond(baseline: float, criterion: Criterion) -> bool:
    return baseline > criterion.limit if criterion.at_most else baseline < criterion.limit


def _days_needed(
    criterion: Criterion, kind: type[Evidence], baseline: float, volume: float
) -> int | None:
    """Return the first number of days after which the rule lets go, when all go as usual."""
    at_most, limit = criterion.at_most, criterion.limit
    if kind is Count and limit == 0:
        return criterion.days
    worst = tolerated(kind, limit, at_most=at_most, margin=MARGIN)
    for days in range(criterion.days, MOST_DAYS + 1):
        evidence = _usual(kind, criterion, baseline, worst, days, volume)
        if evidence.rules_out(worst, at_most=at_most, chance=END):
            return days
    return None


def _usual(
    kind: type[Evidence],
    criterion: Criterion,
    baseline: float,
    worst: float,
    days: int,
    volume: float,
) -> Evidence:
    """Return what so many usual days look like, rounded to the side that proves less."""
    round_ = ceil if criterion.at_most else floor
    if kind is Count:
        return Count(round_(baseline * days), days)
    seen = max(1, floor(volume * days))
    if kind is Share:
        return Share(min(seen, round_(seen * baseline / 100)), seen)
    over, far = (_over(limit, baseline) for limit in (criterion.limit, worst))
    return Waits(seen, round_(seen * over), round_(seen * far), baseline)


def _over(limit: float, middle: float) -> float:
    """Return the share of waits over ``limit`` when they are lognormal around ``middle``."""
    from math import erfc, log

    if limit <= 0 or middle <= 0:
        return 1.0 if middle > limit else 0.0
    return erfc(log(limit / middle) / SPREAD / sqrt(2)) / 2


def _said(
    criterion: Criterion,
    kind: type[Evidence],
    baseline: float,
    needed: int | None,
    volume: float,
    *,
    is_known: bool,
) -> Outlook:
    least = ENOUGH_SHARE if kind is Share else ENOUGH_CONTACTS
    what = "cases" if kind is Share else "contacts"
    each = f"A day with fewer than {least} {what} proves nothing."
    of = f"{volume:,.0f} a day" if is_known else f"only {volume:,.0f} contacts a day"
    if needed is None:
        words = f"With {of} it cannot be proven in {MOST_DAYS} days: allow more, or count longer."
        return Outlook(None, f"{words} {each}", True)
    same = baseline == criterion.limit and criterion.limit != 0
    words = f"{plural(needed, 'day')} as usual prove it, with {of}."
    if same:
        words += " It equals the baseline: chance alone breaks the row, so count with weeks."
    return Outlook(needed, f"{words} {each}", same)
