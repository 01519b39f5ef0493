"""Who is in charge of a launch at a minute: where escalations end and warnings go."""

from datetime import datetime

from sqlalchemy.orm import Session

from assistant.ground.people import Person, Role, members
from assistant.launch import shifts


def in_charge(session: Session, launch_id: int, at: datetime) -> Person | None:
    """Return the owner of the shift; while nobody has one, the launch's first lead."""
    on_shift = shifts.owner_at(session, launch_id, at)
    return on_shift or next(iter(members(session, launch_id, Role.LEAD)), None)
