"""What an update did: contacts in the hours before and after it, with an honest interval.

Contacts come at random, so two equal stretches never hold the same number. Given both together,
how they fall on the two is a throw of coins, which gives the ratio an exact interval (Clopper and
Pearson, conditional on the sum). The time of day is told apart by the same hours of earlier days:
Fisher's exact test compares the two ratios. Where neither is sure, it says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from assistant.answering.decisions import Decision
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message
from assistant.desk.tickets import Ticket
from assistant.launch.launches import Launch
from assistant.launch.updates import Update
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from assistant.reports.figures import counted, is_contact, within
from assistant.reports.spans import Span

MOST = timedelta(hours=4)  # before and after
LEAST = timedelta(minutes=30)  # shorter stretches say nothing
ENOUGH = 10  # contacts before and after together
CHANCE = 0.05  # of a change that is none, in all scenarios of one update together
EARLIER = 7  # days that the time of day is learned from


class Seen(StrEnum):
    """What can be said of one update and one scenario."""

    FEWER = "fewer"
    MORE = "more"
    CHANCE = "chance"
    TIME_OF_DAY = "time-of-day"
    TOO_FEW = "too-few"


SEEN_WORDS = {
    Seen.FEWER: "Fewer contacts after it",
    Seen.MORE: "More contacts after it",
    Seen.CHANCE: "Could be chance",
    Seen.TIME_OF_DAY: "Could be the time of day",
    Seen.TOO_FEW: f"Too few to say: fewer than {ENOUGH}",
}


@dataclass(frozen=True, slots=True)
class Counts:
    """Contacts in two equal stretches, and in the same hours of earlier days."""

    before: int
    after: int
    usual_before: int = 0
    usual_after: int = 0

    @property
    def together(self) -> int:
        """Return the contacts of both stretches."""
        return self.before + self.after

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.before + other.before,
            self.after + other.after,
            self.usual_before + other.usual_before,
            self.usual_after + other.usual_after,
        )


@dataclass(frozen=True, slots=True)
class Effect:
    """After over before, with its interval; ``high`` is nothing where there is no upper limit."""

    counts: Counts
    ratio: float | None
    low: float
    high: float | None
    seen: Seen


@dataclass(frozen=True, slots=True)
class Row:
    """One scenario of one update; without a title it is the whole launch."""

    title: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class OfUpdate:
    """What one update did. ``each`` is the length of either stretch; no rows: too short yet."""

    update_id: int
    each: timedelta
    days: int  # earlier days that the time of day is learned from
    rows: tuple[Row, ...] = ()
    quiet: int = 0  # scenarios with contacts, too few to say anything of


def judged(counts: Counts, *, compared: int = 1) -> Effect:
    """Return what two counts say when ``compared`` of them are looked at together. Pure."""
    chance = CHANCE / max(1, compared)
    ratio = counts.after / counts.before if counts.before else None
    low, high = _interval(counts.before, counts.after, chance)
    seen = Seen.TOO_FEW if counts.together < ENOUGH else _seen(counts, low, high, chance)
    return Effect(counts, ratio, low, high, seen)


def _seen(counts: Counts, low: float, high: float | None, chance: float) -> Seen:
    is_fewer, is_more = high is not None and high < 1, low > 1
    if not (is_fewer or is_more):
        return Seen.CHANCE
    if counts.usual_before + counts.usual_after >= ENOUGH:
        by_day = _beside_usual(counts, fewer=is_fewer)
        if by_day >= chance / 2:
            return Seen.TIME_OF_DAY
    return Seen.FEWER if is_fewer else Seen.MORE


def _interval(before: int, after: int, chance: float) -> tuple[float, float | None]:
    """Return the exact limits of the ratio of two rates with equal exposure."""
    from scipy.special import betaincinv

    if before + after == 0:
        return 0.0, None
    low = float(betaincinv(after, before + 1, chance / 2)) if after else 0.0
    high = float(betaincinv(after + 1, before, 1 - chance / 2)) if before else 1.0
    return low / (1 - low), (high / (1 - high) if high < 1 else None)


def _beside_usual(counts: Counts, *, fewer: bool) -> float:
    """Return the chance of such a change, or a larger one, if it were only the time of day."""
    from scipy.stats import hypergeom

    of = counts.before + counts.after
    all_after = counts.after + counts.usual_after
    everything = of + counts.usual_before + counts.usual_after
    if fewer:
        return float(hypergeom.cdf(counts.after, everything, all_after, of))
    return float(hypergeom.sf(counts.after - 1, everything, all_after, of))


def stretch(
    update: datetime, previous: datetime | None, following: datetime | None, *, at: datetime
) -> timedelta:
    """Return how long both stretches may be: no other update lies in them, and both are over."""
    bounds = [MOST, (following or at) - update]
    if previous is not None:
        bounds.append(update - previous)
    return min(bounds)


def of_updates(
    session: Session, launch: Launch, told: Sequence[Update], *, at: datetime, most: int = 5
) -> dict[int, OfUpdate]:
    """Return what the newest updates did, by their id. ``told`` is newest first.

    One query for each; the first update is compared with the time since the launch went live.
    """
    found = {}
    for position, update in enumerate(told[:most]):
        following = told[position - 1].published_at if position else None
        earlier = told[position + 1].published_at if position + 1 < len(told) else launch.live_at
        each = stretch(update.published_at, earlier, following, at=at)
        found[update.id] = _of_update(session, launch, update, each)
    return found


def _of_update(session: Session, launch: Launch, update: Update, each: timedelta) -> OfUpdate:
    if each < LEAST or launch.live_at is None:
        return OfUpdate(update.id, each, 0)
    moments = _same_hour(update.published_at, launch.zone, since=launch.live_at + each)
    counts = _counts(session, launch.id, update.published_at, moments, each)
    titles = {scenario.id: scenario.title for scenario in launch.scenarios}
    known = [(titles[key], count) for key, count in counts.items() if key in titles]
    known.sort(key=lambda pair: (-pair[1].together, pair[0]))
    # Which are looked at goes by the sums alone, and given those every interval stays exact.
    busy = [(title, count) for title, count in known if count.together >= ENOUGH]
    quiet = sum(0 < count.together < ENOUGH for _, count in known)
    whole = ("", sum(counts.values(), Counts(0, 0)))
    rows = [Row(title, judged(count, compared=len(busy) + 1)) for title, count in (whole, *busy)]
    return OfUpdate(update.id, each, len(moments), tuple(rows), quiet)


def _same_hour(update: datetime, zone: ZoneInfo, *, since: datetime) -> list[datetime]:
    """Return the same time on the wall of up to ``EARLIER`` earlier days, none before ``since``."""
    local = update.astimezone(zone)
    earlier = [local - timedelta(days=back) for back in range(1, EARLIER + 1)]
    return [moment.astimezone(update.tzinfo) for moment in earlier if moment >= since]


def _counts(
    session: Session,
    launch_id: int,
    update: datetime,
    usual: Sequence[datetime],
    each: timedelta,
) -> dict[int | None, Counts]:
    """Return the contacts by scenario; under ``None`` those that belong to none."""
    scenario = func.coalesce(Ticket.scenario_id, Entry.scenario_id)
    before = within(Message.at, Span(update - each, update))
    after = within(Message.at, Span(update, update + each))
    early = [within(Message.at, Span(one - each, one)) for one in usual]
    late = [within(Message.at, Span(one, one + each)) for one in usual]
    columns = [counted(or_(False, *conditions)) for conditions in ([before], [after], early, late)]
    first = min([update, *usual]) - each
    query = (
        select(scenario, *columns)
        .select_from(Message)
        .join(Message.conversation)
        .outerjoin(Decision, Decision.message_id == Message.id)
        .outerjoin(Ticket, Ticket.id == Decision.ticket_id)
        .outerjoin(EntryVersion, EntryVersion.id == Decision.entry_version_id)
        .outerjoin(Entry, Entry.id == EntryVersion.entry_id)
        .where(Conversation.launch_id == launch_id, is_contact())
        .where(within(Message.at, Span(first, update + each)))
        .group_by(scenario)
    )
    return {key: Counts(*map(int, numbers)) for key, *numbers in session.execute(query)}
