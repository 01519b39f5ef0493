"""The tripwire after the end: for ``ARMED`` the same figures are watched, and a second wave told.

A figure that is surely worse for two days in a row, or on one day beyond all doubt, is a wave. It
is proposed once; a wave is over when all figures held for a whole day, and the next is a new one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk.notices import notify
from assistant.ground.audit import ASSISTANT, Event, happened
from assistant.ground.parts import Parts
from assistant.ground.people import Role, members
from assistant.launch.launches import Launch
from assistant.reports import days, exits, steps
from assistant.reports.spans import local_day
from assistant.reports.stability import Criterion, Held, Judged, Seen, judge_day

SURE = 0.0005  # chance with which one day at the limit passes for a wave; two days in a row: 0.005²
PROPOSED = "launch.second-wave"


@dataclass(frozen=True, slots=True)
class Wave:
    """A wave: the day on which it showed, and which figures were worse."""

    day: date
    metrics: tuple[str, ...]

    @property
    def words(self) -> str:
        """Return it in a sentence."""
        titles = ", ".join(steps.title_of(metric) for metric in self.metrics)
        return f"{titles}: worse again since {self.day.day} {self.day:%B}, and not by chance."


def waves(figures: Sequence[tuple[Criterion, Sequence[Seen]]]) -> list[Wave]:
    """Return the waves in these days of each figure, oldest first. Pure."""
    found: list[Wave] = []
    is_on, judged = False, [(c, [judge_day(c, seen) for seen in history]) for c, history in figures]
    for number in range(min((len(history) for _, history in judged), default=0)):
        worse = tuple(c.metric for c, history in judged if _is_wave(c, history, number))
        if worse and not is_on:
            found.append(Wave(judged[0][1][number].seen.day, worse))
            is_on = True
        elif is_on and _all_hold([history[number] for _, history in judged]):
            is_on = False
    return found


def _is_wave(criterion: Criterion, days: Sequence[Judged], number: int) -> bool:
    day = days[number]
    if day.held is not Held.WORSE or day.seen.evidence is None:
        return False
    before = [each.held for each in days[:number] if each.held is not Held.CLOSED]
    if before[-1:] == [Held.WORSE]:
        return True
    evidence, limit = day.seen.evidence, criterion.limit
    return evidence.is_worse(limit, at_most=criterion.at_most, chance=SURE)


def _all_hold(days: Sequence[Judged]) -> bool:
    told = [day.held for day in days if day.held is not Held.CLOSED]
    return bool(told) and all(held is not Held.WORSE for held in told) and Held.HOLDS in told


def latest(session: Session, launch: Launch, *, at: datetime) -> Wave | None:
    """Return the newest wave since the launch ended, today as far as it has come; or nothing."""
    if launch.closed_at is None or not exits.is_armed(launch, at=at):
        return None
    ended, today = (local_day(each, launch.zone) for each in (launch.closed_at, at))
    there = days.kept(session, launch.id, first=ended, last=today)
    after = ended + timedelta(days=1)  # the day of the end itself belongs to hypercare
    figures = [
        (c, [seen for seen in days.history(launch, c, there, until=today) if seen.day >= after])
        for c in steps.watched(launch)
    ]
    return next(reversed(waves(figures)), None)


def watch(parts: Parts) -> int:
    """Tell the leads of each launch that ended lately of a wave, once; return how many there were.

    Of two workers the second finds it told.
    """
    at, told = parts.clock.now(), 0
    with parts.db.reading() as session:
        lately = select(Launch.id).where(Launch.closed_at > at - exits.ARMED)
        keys = list(session.scalars(lately))
    for key in keys:
        with parts.db.reading() as session:
            is_new = _untold(session, session.get_one(Launch, key), at) is not None
        if is_new:
            told += _tell(parts, key, at)
    return told


def _tell(parts: Parts, key: int, at: datetime) -> int:
    with parts.db.writing() as session:
        launch = session.get_one(Launch, key, with_for_update=True)
        wave = _untold(session, launch, at)
        if wave is None:
            return 0
        words = f"{launch.name} may be coming back. {wave.words} Begin again?"
        href = f"/launches/{launch.key}/exit#return"
        for lead in members(session, launch.id, Role.LEAD):
            notify(session, lead, words, kind="second-wave", launch_id=launch.id, at=at, href=href)
        happened(
            session,
            PROPOSED,
            at=at,
            by=ASSISTANT,
            launch_id=launch.id,
            day=wave.day.isoformat(),
            metrics=list(wave.metrics),
        )
        return 1


def _untold(session: Session, launch: Launch, at: datetime) -> Wave | None:
    wave = latest(session, launch, at=at)
    if wave is None or launch.closed_at is None:
        return None
    query = select(Event).where(
        Event.launch_id == launch.id, Event.kind == PROPOSED, Event.at >= launch.closed_at
    )
    told = {str(event.details.get("day")) for event in session.scalars(query)}
    return None if wave.day.isoformat() in told else wave
