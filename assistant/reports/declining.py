"""Not yet: a sponsor who does not sign the end says why it is too early, and the leads hear it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assistant.desk.notices import notify
from assistant.ground.audit import Event, happened
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.people import Person, Role, members
from assistant.launch.launches import Launch

DECLINED = "launch.end-declined"


def decline(session: Session, launch: Launch, *, because: str, by: Person, at: datetime) -> None:
    """Keep why the end is not signed, and tell the leads; nothing else changes.

    Raises:
        NotPermitted: when ``by`` is no sponsor.
        Refused: without a reason, or when it is not live.
    """
    if not by.is_any(Role.SPONSOR):
        raise NotPermitted("The sponsor decides about the end.", what_to_do="Ask the sponsor.")
    if launch.phase != "active":
        raise Refused(f"{launch.name} is not live.", what_to_do="Nothing is left to decide.")
    if not (words := because.strip()):
        raise Refused("Nothing was said.", what_to_do="Say what is missing for you.")
    happened(session, DECLINED, at=at, by=by, launch_id=launch.id, because=words)
    said = f"{by.name} does not sign the end of {launch.name} yet: {words}"
    href = f"/launches/{launch.key}/exit#signed-title"
    for lead in members(session, launch.id, Role.LEAD):
        notify(session, lead, said, kind="end-declined", launch_id=launch.id, at=at, href=href)


def declined(session: Session, launch_id: int) -> Sequence[Event]:
    """Return who did not sign and when, newest first; why is ``details["because"]``."""
    query = select(Event).where(Event.launch_id == launch_id, Event.kind == DECLINED)
    return session.scalars(query.order_by(Event.id.desc()).options(joinedload(Event.person))).all()
