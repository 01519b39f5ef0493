"""After a lead changed the hours or the promises: open tickets keep the kinder clock.

The first few tickets move with the change itself, the rest a batch at a time afterwards, so that
a launch with thousands of open tickets keeps nobody waiting who writes. A process that dies in
between has lost nothing: how far a change has come is kept with each batch.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship, selectinload

from assistant.desk import promises
from assistant.desk.policies import HYPERCARE, policies_of
from assistant.desk.tickets import Ticket
from assistant.ground.audit import ASSISTANT
from assistant.ground.database import Base
from assistant.ground.parts import Parts
from assistant.launch.coverage import coverage_of
from assistant.launch.launches import Launch

AT_ONCE = 25  # tickets of one transaction: some 0.1 s that nobody else can write in

log = structlog.get_logger()


class ClockChange(Base):
    """A change of hours or promises that open tickets still have to follow."""

    __tablename__ = "clock_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    why: Mapped[str]
    at: Mapped[datetime]
    brings_back: Mapped[bool]  # tickets in scope come under hypercare's promises again
    after_id: Mapped[int]  # the last ticket that has followed
    upto_id: Mapped[int]  # the newest ticket then: later ones were opened under it
    finished_at: Mapped[datetime | None] = mapped_column(index=True)
    launch: Mapped[Launch] = relationship()


def after_change(
    session: Session, launch: Launch, *, why: str, at: datetime, brings_back: bool = False
) -> int:
    """Move open promises of ``launch`` to the time they would have now, where that is earlier.

    ``brings_back`` puts tickets in scope under hypercare's promises first. Returns how many
    promises moved at once; where more than ``AT_ONCE`` tickets are open, ``go_on`` does the rest.
    """
    newest = session.scalar(select(func.max(Ticket.id)).where(Ticket.launch_id == launch.id))
    change = ClockChange(
        launch=launch, why=why, at=at, brings_back=brings_back, after_id=0, upto_id=newest or 0
    )
    moved = _follow(session, change, at)
    if change.finished_at is None:
        session.add(change)
    return moved


def go_on(parts: Parts) -> int:
    """Let open tickets follow what was changed, each batch in its own transaction."""
    with parts.db.reading() as session:
        query = select(ClockChange.id).where(ClockChange.finished_at.is_(None))
        unfinished = list(session.scalars(query.order_by(ClockChange.id)))
    return sum(_finished(parts, change_id) for change_id in unfinished)


def _finished(parts: Parts, change_id: int) -> int:
    moved, is_over = 0, False
    while not is_over:
        try:
            count, is_over = _batch(parts, change_id)
        except Exception:  # somebody works on one of them: the next round goes on from here
            log.exception("following changed clocks failed", change=change_id)
            return moved
        moved += count
    return moved


def _batch(parts: Parts, change_id: int) -> tuple[int, bool]:
    """Carry one batch out; return how many promises moved, and whether it was the last."""
    with parts.db.writing() as session:
        change = session.get_one(ClockChange, change_id, with_for_update=True)
        if change.finished_at is not None:  # another worker was quicker
            return 0, True
        return _follow(session, change, parts.clock.now()), change.finished_at is not None


def _follow(session: Session, change: ClockChange, at: datetime) -> int:
    """Let the next tickets follow a change; return how many promises moved."""
    tickets = _next(session, change)
    policies, coverage, moved = policies_of(change.launch), coverage_of(change.launch), 0
    for ticket in tickets:
        if change.brings_back and ticket.in_scope:
            ticket.policy = HYPERCARE.name
        policy = policies[ticket.policy]
        count = promises.keep_kinder(
            ticket, policy=policy, coverage=coverage, why=change.why, at=at
        )
        if count:
            ticket.record(session, "deadlines", by=ASSISTANT, at=at, why=change.why, moved=count)
        moved += count
    change.after_id = tickets[-1].id if tickets else change.upto_id
    if len(tickets) < AT_ONCE:
        change.finished_at = at
    return moved


def _next(session: Session, change: ClockChange) -> Sequence[Ticket]:
    query = (
        select(Ticket)
        .where(
            Ticket.launch_id == change.launch.id,
            Ticket.resolved_at.is_(None),
            Ticket.id > change.after_id,
            Ticket.id <= change.upto_id,
        )
        .options(
            selectinload(Ticket.promises),
            selectinload(Ticket.pauses),
            joinedload(Ticket.scenario),
        )
        .order_by(Ticket.id)
        .limit(AT_ONCE)
    )
    return session.scalars(query).all()
