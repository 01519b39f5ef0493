"""Who is there for a launch at a minute: where escalations go and end, and warnings go."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.ground.people import Person, Role, by_email, launches_of, members
from assistant.launch import shifts


def in_charge(session: Session, launch_id: int, at: datetime) -> Person | None:
    """Return the owner of the shift; while nobody has one, the launch's first lead.

    Without either the first administrator, so that an alarm wakes somebody.
    """
    on_shift = shifts.owner_at(session, launch_id, at)
    first_lead = on_shift or next(iter(members(session, launch_id, Role.LEAD)), None)
    return first_lead or _administrator(session)


def who_can_take(session: Session, email: str, launch_id: int) -> Person | None:
    """Return who has this address, if they may sign in and see the tickets of the launch."""
    person = by_email(session, email)
    if person is None or person.disabled_at is not None:
        return None
    return person if person.is_any() or launch_id in launches_of(session, person) else None


def _administrator(session: Session) -> Person | None:
    able = (Person.role == Role.ADMINISTRATOR, Person.disabled_at.is_(None))
    return session.scalar(select(Person).where(*able).order_by(Person.name).limit(1))
