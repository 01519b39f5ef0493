"""After a lead changed the hours or the promises: open tickets keep the kinder clock."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from assistant.desk import promises
from assistant.desk.policies import policies_of
from assistant.desk.tickets import Ticket
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
    policies, coverage = policies_of(launch), coverage_of(launch)
    return sum(
        promises.keep_kinder(
            ticket, policy=policies[ticket.policy], coverage=coverage, why=why, at=at
        )
        for ticket in session.scalars(query)
    )
