"""Watching: each hour's look at the warning signs of every launch, and the alarm when one comes on.

Launches in preparation are watched like live ones, and closed ones as long as they are armed: what
an alarm proposes depends on where the launch is (`proposal_for`). A look belongs to a whole hour
and is kept once, whoever takes it; the alarm comes with the look that brought it on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Select, UniqueConstraint, func, or_, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assistant.desk.notices import notify
from assistant.ground.amounts import amount
from assistant.ground.audit import ASSISTANT, happened
from assistant.ground.database import Base
from assistant.ground.parts import Parts
from assistant.ground.people import Person, Role, members
from assistant.launch.launches import Launch
from assistant.reports import warning_signs
from assistant.reports.exits import ARMED
from assistant.reports.sign_evidence import Seen, seen_at
from assistant.reports.warning_signs import TITLE, UNIT, Look, Normal, Sign, State

RAISED, CLEARED = "launch.warning-sign", "launch.warning-sign-gone"


class WarningLook(Base):
    """One look at one sign of one launch, for the 24 hours before a whole hour."""

    __tablename__ = "warning_looks"
    __table_args__ = (UniqueConstraint("launch_id", "sign", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"))
    sign: Mapped[str]
    at: Mapped[datetime]
    value: Mapped[float | None]
    normal: Mapped[float | None]
    look: Mapped[str]


class WarningAlarm(Base):
    """A sign that came on: when, with which figures, what it proposed, and what became of it."""

    __tablename__ = "warning_alarms"

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    sign: Mapped[str]
    raised_at: Mapped[datetime]
    value: Mapped[float | None]
    normal: Mapped[float | None]
    proposal: Mapped[str]
    cleared_at: Mapped[datetime | None]  # the figure is normal again
    settled_at: Mapped[datetime | None]  # a lead decided
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    settled_words: Mapped[str] = mapped_column(default="")
    settled_by: Mapped[Person | None] = relationship()


@dataclass(frozen=True, slots=True)
class Live:
    """One sign now: its figure of the last 24 hours, what is normal, and whether it is on."""

    sign: Sign
    value: float | None
    volume: int | None
    normal: Normal | None
    look: Look
    is_on: bool


def proposal_for(launch: Launch) -> str:
    """Return what an alarm proposes: entry, return, or to stay."""
    if launch.phase == "preparing":
        return "Activate hypercare with the trigger “warning sign”."
    if launch.phase == "closed":
        return "Begin hypercare again."
    if launch.stage > 0:
        return "Bring hypercare back in full."
    return "Stay in hypercare in full, and find the cause."


def watch(parts: Parts) -> int:
    """Take the due looks at every watched launch, and return how many signs came on."""
    at, raised = parts.clock.now(), 0
    with parts.db.reading() as session:
        keys = list(session.scalars(_watched(at)))
    for key in keys:
        with parts.db.reading() as session:
            due = warning_signs.due_looks(_last(session, key), at)
        for hour in due:
            raised += _take(parts, key, hour)
    return raised


def is_watched(launch: Launch, *, at: datetime) -> bool:
    """Return whether it is looked at: until its end, and as long after it as signs are armed."""
    return launch.closed_at is None or launch.closed_at > at - ARMED


def _watched(at: datetime) -> Select[int]:
    is_armed = or_(Launch.closed_at.is_(None), Launch.closed_at > at - ARMED)
    return select(Launch.id).where(is_armed).order_by(Launch.id)


def _last(session: Session, launch_id: int) -> datetime | None:
    query = select(func.max(WarningLook.at)).where(WarningLook.launch_id == launch_id)
    found: datetime | None = session.scalar(query)
    return found


def _take(parts: Parts, key: int, hour: datetime) -> int:
    """Look without a lock, then keep it; whoever comes second finds that it is kept."""
    with parts.db.reading() as session:
        launch = session.get_one(Launch, key)
        found = {sign: seen_at(session, launch, sign, hour) for sign in Sign}
    with parts.db.writing() as session:
        launch = session.get_one(Launch, key, with_for_update=True)
        if (last := _last(session, key)) is not None and last >= hour:
            return 0
        return sum(_keep(session, launch, sign, found[sign], hour) for sign in Sign)


def _keep(session: Session, launch: Launch, sign: Sign, seen: Seen, hour: datetime) -> bool:
    look = warning_signs.look_at(sign, seen.windows, seen.normal)
    before, alarm = state_of(session, launch.id, sign)
    kept = WarningLook(launch_id=launch.id, sign=sign, at=hour, look=look)
    kept.value = seen.day.value if seen.day else None
    kept.normal = seen.normal.value if seen.normal else None
    session.add(kept)
    now = warning_signs.after(before, look)
    if now.is_on and not before.is_on:
        _raise(session, launch, kept)
    elif alarm is not None and not now.is_on:
        alarm.cleared_at = hour
        happened(session, CLEARED, at=hour, by=ASSISTANT, launch_id=launch.id, sign=sign)
    session.flush()
    return now.is_on and not before.is_on


def _raise(session: Session, launch: Launch, look: WarningLook) -> None:
    """Write the alarm, the event and a line for each lead, in one transaction."""
    sign, proposal = Sign(look.sign), proposal_for(launch)
    session.add(
        WarningAlarm(
            launch_id=launch.id,
            sign=sign,
            raised_at=look.at,
            value=look.value,
            normal=look.normal,
            proposal=proposal,
        )
    )
    happened(
        session,
        RAISED,
        at=look.at,
        by=ASSISTANT,
        launch_id=launch.id,
        sign=sign.value,
        value=look.value,
        normal=look.normal,
        proposal=proposal,
    )
    now, normal = amount(look.value, UNIT[sign]), amount(look.normal, UNIT[sign])
    words = f"{launch.name}: {TITLE[sign].lower()} ({now}, normal is {normal})."
    for lead in members(session, launch.id, Role.LEAD):
        notify(
            session,
            lead,
            f"{words} Proposed: {proposal}",
            kind="warning-sign",
            launch_id=launch.id,
            at=look.at,
            href=f"/launches/{launch.key}/warnings",
        )


def state_of(session: Session, launch_id: int, sign: Sign) -> tuple[State, WarningAlarm | None]:
    """Return the sign's state after the looks that are kept, and its open alarm."""
    query = select(WarningAlarm).where(
        WarningAlarm.launch_id == launch_id, WarningAlarm.sign == sign
    )
    newest = session.scalars(query.order_by(WarningAlarm.id.desc()).limit(1)).first()
    is_on = newest is not None and newest.cleared_at is None
    since = (newest.raised_at if is_on else newest.cleared_at) if newest else None
    looks = select(WarningLook.look).where(
        WarningLook.launch_id == launch_id, WarningLook.sign == sign
    )
    if since is not None:
        looks = looks.where(WarningLook.at > since)
    recent = session.scalars(looks.order_by(WarningLook.at.desc()).limit(100)).all()
    state = warning_signs.after_all(map(Look, reversed(recent)), State(is_on))
    return state, newest if is_on else None


def live(session: Session, launch: Launch, *, at: datetime) -> list[Live]:
    """Return each sign as it is at this moment; whether it is on is what the looks say."""
    found = []
    for sign in Sign:
        seen = seen_at(session, launch, sign, at)
        look = warning_signs.look_at(sign, seen.windows, seen.normal)
        state, _ = state_of(session, launch.id, sign)
        value, volume = (seen.day.value, seen.day.volume) if seen.day else (None, None)
        found.append(Live(sign, value, volume, seen.normal, look, state.is_on))
    return found


def looks(
    session: Session, launch_id: int, *, since: datetime
) -> dict[Sign, Sequence[WarningLook]]:
    """Return the kept looks at each sign from ``since`` on, oldest first."""
    query = select(WarningLook).where(WarningLook.launch_id == launch_id, WarningLook.at >= since)
    found = session.scalars(query.order_by(WarningLook.at)).all()
    return {sign: [look for look in found if look.sign == sign] for sign in Sign}


def alarms(session: Session, launch_id: int, *, most: int = 50) -> Sequence[WarningAlarm]:
    """Return the launch's alarms with who settled them, newest first."""
    query = select(WarningAlarm).where(WarningAlarm.launch_id == launch_id)
    query = query.options(joinedload(WarningAlarm.settled_by))
    return session.scalars(query.order_by(WarningAlarm.id.desc()).limit(most)).all()
