"""Signals beside support, day by day, with what stands out flagged and said in words.

A day stands out when it lies further from what is usual than the usual days vary: ``FAR`` times
their median deviation, and at least ``LEAST`` of the usual level. What is usual is the stored
baseline, else the median of the days before.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.answering.decisions import Decision
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message
from assistant.ground.amounts import of_metric
from assistant.launch.launches import Launch
from assistant.launch.signals import Signal, Together, together_for
from assistant.reports.figures import is_contact, within
from assistant.reports.spans import Span, day_span, local_day, together

DAYS = 14
FAR = 4.0  # median deviations, scaled to those of a bell curve
SCALE = 1.4826
LEAST = 0.05  # of the usual level
ENOUGH = 4  # days before, without a baseline
LOW_IS_BAD = ("login", "use", "active", "adoption", "uptime", "success", "available", "satisf")


@dataclass(frozen=True, slots=True)
class Series:
    """One metric: a figure for each day, oldest first, and which days stand out and why."""

    metric: str
    days: tuple[date, ...]
    values: tuple[float | None, ...]
    usual: float | None
    source: str  # where what is usual is from
    standing_out: tuple[int, ...]  # places in ``days``
    words: str  # what needs attention now; "" when nothing does


@dataclass(frozen=True, slots=True)
class Hesitation:
    """Contacts that came from a page, where somebody hesitated, of all contacts."""

    from_pages: int
    contacts: int
    pages: tuple[tuple[str, int], ...]  # the most frequent, without query


def of_launch(session: Session, launch: Launch, *, at: datetime) -> list[Series]:
    """Return every metric of the last ``DAYS`` days, those that need attention first."""
    days = days_to(launch, at)
    span = together([day_span(day, launch.zone) for day in days])
    query = select(Signal.metric, Signal.at, Signal.value).where(
        Signal.launch_id == launch.id, within(Signal.at, span)
    )
    found: dict[str, dict[date, list[float]]] = defaultdict(lambda: defaultdict(list))
    for metric, when, value in session.execute(query):
        found[metric][local_day(when, launch.zone)].append(value)
    before = {str(each["metric"]): float(each["value"]) for each in launch.baselines}
    series = [
        judged(metric, days, _figures(metric, days, by_day), before.get(metric))
        for metric, by_day in found.items()
    ]
    return sorted(series, key=lambda each: (not each.words, each.metric))


def days_to(launch: Launch, at: datetime) -> tuple[date, ...]:
    """Return the ``DAYS`` local days up to and with today, oldest first."""
    today = local_day(at, launch.zone)
    return tuple(today - timedelta(days=back) for back in range(DAYS - 1, -1, -1))


def _figures(
    metric: str, days: Sequence[date], by_day: dict[date, list[float]]
) -> list[float | None]:
    is_sum = together_for(metric) is Together.SUM
    return [
        (sum(seen) / (1 if is_sum else len(seen))) if (seen := by_day.get(day)) else None
        for day in days
    ]


def judged(
    metric: str, days: Sequence[date], values: Sequence[float | None], baseline: float | None
) -> Series:
    """Return a series with the days that stand out. Pure. A sum of today is not whole yet."""
    places = [number for number, value in enumerate(values) if value is not None]
    if together_for(metric) is Together.SUM and places and places[-1] == len(values) - 1:
        places.pop()
    out, usual, source = [], baseline, "stored" if baseline is not None else ""
    for place in places:
        before = [value for value in values[:place] if value is not None]
        level = baseline
        if level is None and len(before) >= ENOUGH:
            level, source = median(before), "the days before"
        if level is None:
            continue
        usual = level
        if abs((values[place] or 0.0) - level) > _room(level, before):
            out.append(place)
    is_now = bool(out) and out[-1] == places[-1]
    words = _words(metric, values[out[-1]], usual) if is_now else ""
    return Series(metric, tuple(days), tuple(values), usual, source, tuple(out), words)


def _room(level: float, before: Sequence[float]) -> float:
    if len(before) < ENOUGH:
        return max(0.25 * abs(level), LEAST)
    middle = median(before)
    varies = SCALE * median(abs(value - middle) for value in before)
    return max(FAR * varies, LEAST * abs(level))


def _words(metric: str, value: float | None, usual: float | None) -> str:
    if value is None or usual is None:
        return ""
    is_low = value < usual
    side = "below" if is_low else "above"
    worse = is_low == any(part in metric for part in LOW_IS_BAD)
    what = "Needs attention" if worse else "Worth a look"
    now, then = of_metric(metric, value), of_metric(metric, usual)
    return f"{what}: {now} is {side} the usual {then}, further than days vary."


def hesitation(session: Session, launch: Launch, span: Span, *, most: int = 8) -> Hesitation:
    """Return how many contacts of ``span`` came from a page of the launch's sites, and which."""
    query = (
        select(Conversation.page_url, func.count(Message.id))
        .select_from(Message)
        .join(Message.conversation)
        .outerjoin(Decision, Decision.message_id == Message.id)
        .where(Conversation.launch_id == launch.id, is_contact(), within(Message.at, span))
        .group_by(Conversation.page_url)
    )
    pages: dict[str, int] = defaultdict(int)
    contacts = 0
    for url, count in session.execute(query):
        contacts += count
        if url:
            pages[url.partition("?")[0].partition("#")[0][:200]] += count
    ranked = sorted(pages.items(), key=lambda each: (-each[1], each[0]))
    return Hesitation(sum(pages.values()), contacts, tuple(ranked[:most]))
