"""Alarms about updates: the next one runs late, or a day of the first days got none.

What is due is judged purely from the updates themselves, and each alarm is claimed by a row that
can be there only once, so that several workers, a killed one and a restart do no harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.desk.notices import notify
from assistant.desk.promises import AT_RISK
from assistant.ground.audit import ASSISTANT, happened
from assistant.ground.database import Base
from assistant.ground.parts import Parts
from assistant.ground.people import Role, members
from assistant.launch import updates
from assistant.launch.coverage import coverage_of
from assistant.launch.daily_updates import Rule, midnight, rule_of
from assistant.launch.launches import Launch
from assistant.launch.updates import Update

log = structlog.get_logger()

GRACE = timedelta(minutes=1)  # as everywhere: what comes within it is in time
EARLY = timedelta(hours=1)  # before the daily deadline
NEWS = timedelta(days=2)  # older than this an alarm wakes nobody any more
TOLD = (Role.CHANGE_MANAGER, Role.LEAD)


class What(StrEnum):
    """What an alarm says."""

    RUNS_OUT = "runs-out"
    LATE = "late"
    DAILY_DUE = "daily-due"
    DAILY_MISSED = "daily-missed"


class UpdateAlarm(Base):
    """One alarm that was given. ``about`` is an update's id or a local day."""

    __tablename__ = "update_alarms"
    __table_args__ = (UniqueConstraint("launch_id", "what", "about"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"))
    what: Mapped[str]
    about: Mapped[str]
    due_at: Mapped[datetime]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Alarm:
    """What somebody should hear; ``due`` is when it was to be there, in UTC."""

    what: What
    about: str
    due: datetime
    words: str


def watch_updates(parts: Parts) -> int:
    """Give every alarm about updates that is due, each once; return how many."""
    if not parts.watch.trusts(parts.clock):
        return 0
    at, given = parts.clock.now(), 0
    with parts.db.reading() as session:
        running = (Launch.live_at.is_not(None), Launch.closed_at.is_(None))
        launches = list(session.scalars(select(Launch).where(*running)))
        found = [(each.id, alarm) for each in launches for alarm in _news(session, each, at)]
    for launch_id, alarm in found:
        try:
            with parts.db.writing() as session:
                given += _give(session, launch_id, alarm, at)
        except Exception:  # one that cannot be given must not keep the others quiet
            log.exception("alarm about updates failed", launch=launch_id, what=alarm.what)
    return given


def _news(session: Session, launch: Launch, at: datetime) -> list[Alarm]:
    """Return what is due and was not given yet."""
    given = select(UpdateAlarm.what, UpdateAlarm.about).where(UpdateAlarm.launch_id == launch.id)
    before = {(what, about) for what, about in session.execute(given)}
    due = standing(session, launch, at=at)
    return [each for each in due if (each.what, each.about) not in before and each.due > at - NEWS]


def standing(session: Session, launch: Launch, *, at: datetime) -> list[Alarm]:
    """Return what is wrong with a launch's updates at ``at``; nothing unless it is running."""
    if launch.live_at is None or launch.closed_at is not None:
        return []
    told = updates.of_launch(session, launch.id, at=at)
    return [*promised(told, launch, at), *daily(told, launch, rule_of(session, launch.id), at)]


def pressing(session: Session, launch: Launch, *, at: datetime) -> list[Alarm]:
    """Return what everybody on the team should see at this moment, until somebody tells.

    It is the broken promise of the newest update, and a day's update that is still missing.
    """
    if launch.live_at is None or launch.closed_at is not None:
        return []
    told = updates.of_launch(session, launch.id, at=at, most=1)
    late = [alarm for alarm in promised(told, launch, at) if alarm.what is What.LATE]
    today = at.astimezone(launch.zone).date()
    is_said = bool(told) and told[0].published_at >= midnight(today, launch.zone)
    days = [] if is_said else daily(told, launch, rule_of(session, launch.id), at)
    missing = [alarm for alarm in days if alarm.about == today.isoformat()]
    return late + missing


def promised(told: Sequence[Update], launch: Launch, at: datetime) -> list[Alarm]:
    """Return the promises of the next update that run out or were broken. Pure; newest first."""
    found = []
    for after, update in zip((None, *told), told, strict=False):
        due = update.next_update_at
        if due is None:
            continue
        came = after.published_at if after else None
        title, by = update.title, _time(launch, due)
        if min(came or at, at) - due >= GRACE:
            words = f"The next update is late: “{title}” promised it for {by}."
            found.append(Alarm(What.LATE, str(update.id), due, words))
        elif came is None and due - at <= (due - update.published_at) * AT_RISK and due > at:
            words = f"The next update is due at {by}, as “{title}” promised."
            found.append(Alarm(What.RUNS_OUT, str(update.id), due, words))
    return found


def daily(told: Sequence[Update], launch: Launch, rule: Rule, at: datetime) -> list[Alarm]:
    """Return the days of the first days that want an update soon, or did not get one. Pure."""
    if launch.live_at is None:
        return []
    zone, times = launch.zone, [update.published_at for update in told]
    coverage = coverage_of(launch)
    missed = [
        Alarm(What.DAILY_MISSED, day.isoformat(), by, _missed_words(launch, by))
        for day, by in rule.missed(zone, launch.live_at, times, at, coverage)
    ]
    # What would be missed at the deadline if nobody said anything until then.
    soon = rule.missed(zone, launch.live_at, times, at + EARLY, coverage)
    return missed + [
        Alarm(What.DAILY_DUE, day.isoformat(), by, f"Today’s update is due by {_time(launch, by)}.")
        for day, by in soon
        if at < by
    ]


def _missed_words(launch: Launch, by: datetime) -> str:
    return f"The daily update was missed: nothing was said by {_time(launch, by)}."


def _give(session: Session, launch_id: int, alarm: Alarm, at: datetime) -> bool:
    if not _claimed(session, launch_id, alarm, at):
        return False
    launch = session.get_one(Launch, launch_id)
    details: dict[str, Any] = {"what": alarm.what.value, "about": alarm.about}
    if at - alarm.due > GRACE:
        details["late"] = int((at - alarm.due).total_seconds())
    happened(
        session,
        f"update.{alarm.what.value}",
        at=at,
        by=ASSISTANT,
        launch_id=launch_id,
        due=alarm.due.isoformat(),
        **details,
    )
    kind = "warning" if alarm.what in (What.RUNS_OUT, What.DAILY_DUE) else "breach"
    href = f"/launches/{launch.key}/updates"
    for person in members(session, launch_id, *TOLD):
        words = f"{launch.name}: {alarm.words}"
        notify(session, person, words, kind=kind, launch_id=launch_id, at=at, href=href)
    return True


def _claimed(session: Session, launch_id: int, alarm: Alarm, at: datetime) -> bool:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if is_sqlite else postgresql.insert
    row = {"launch_id": launch_id, "what": alarm.what.value, "about": alarm.about}
    statement = insert(UpdateAlarm).values(**row, due_at=alarm.due, at=at)
    claimed = statement.on_conflict_do_nothing().returning(UpdateAlarm.id)
    return session.scalar(claimed) is not None


def _time(launch: Launch, at: datetime) -> str:
    local = at.astimezone(launch.zone)
    return f"{local:%H:%M %Z} on {local.day} {local:%B}"
