"""A launch moves to another SLA stage, by itself or by its lead, and it is written down why."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assistant.ground.audit import Event, happened
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.launch import stages
from assistant.launch.launches import Launch

MOVED = "launch.stage"


def move_to(
    session: Session, launch: Launch, stage: int, *, because: str, by: Person | str, at: datetime
) -> None:
    """Let the normal promises hold for as many categories as ``stage`` says, from ``at`` on.

    Raises:
        NotPermitted: when a person who does not lead it decides.
        Refused: without a reason, when there is no such stage, it is there, or it is not live.
    """
    if isinstance(by, Person) and not by.is_any(Role.LEAD):
        raise NotPermitted("Only a lead decides the stage.", what_to_do="Ask a lead.")
    if not because.strip():
        raise Refused("A new stage needs a reason.", what_to_do="Say what changed.")
    if not 0 <= stage <= stages.LAST:
        raise Refused(f"There are stages 0 to {stages.LAST}.", what_to_do="Choose one of them.")
    if launch.phase != "active":
        raise Refused(f"{launch.name} is not live.", what_to_do="Take it live first.")
    if stage == launch.stage:
        raise Refused("It is in this stage already.", what_to_do="Load the page again.")
    both, reason = [launch.stage, stage], because.strip()
    happened(session, MOVED, at=at, by=by, launch_id=launch.id, stage=both, because=reason)
    launch.stage, launch.stage_at, launch.stage_because = stage, at, reason


def moves_of(session: Session, launch_id: int, *, most: int = 50) -> list[Event]:
    """Return the moves from stage to stage, newest first, each with who moved it."""
    query = (
        select(Event)
        .where(Event.launch_id == launch_id, Event.kind == MOVED)
        .order_by(Event.id.desc())
        .limit(most)
    )
    return list(session.scalars(query.options(joinedload(Event.person))))
