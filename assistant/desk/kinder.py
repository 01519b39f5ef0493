"""After a lead changed the hours or the promises: open tickets keep the kinder clock."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from assistant.desk import promises
from assistant.desk.policies import policies_of
from assistant.desk.tickets import Ticket
from assistant.ground.audit import ASSISTANT
from assistant.launch.coverage import coverage_of
from assistant.launch.launches import Launch


def after_change(session: Session, launch: Launch, *, why: str, at: datetime) -> int:
    """Move open promises of ``launch`` to the time they would have now, where that is earlier.

    Returns how many moved.
    """
    query = (
        select(Ticket)
        .where(Ticket.launch_id == launch.id, Ticket.resolved_at.is_(None))
        .options(
            selectinload(Ticket.promises),
            selectinload(Ticket.pauses),
            joinedload(Ticket.scenario),
        )
    )
    policies, coverage, moved = policies_of(launch), coverage_of(launch), 0
    for ticket in session.scalars(query):
        policy = policies[ticket.policy]
        count = promises.keep_kinder(ticket, policy=policy, coverage=coverage, why=why, at=at)
        if count:
            ticket.record(session, "deadlines", by=ASSISTANT, at=at, why=why, moved=count)
        moved += count
    return moved
