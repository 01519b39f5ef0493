"""The handover pack: what the project team confirms to the steady-state team before the end (R18).

Only what nobody can count stands here; what can be counted is counted in ``exits``.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assistant.ground.audit import happened
from assistant.ground.database import Base
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.launch.launches import Launch

ITEMS = {  # by key
    "team": "The steady-state team is named and briefed",
    "issues": "Known issues and their workarounds are explained to it",
    "access": "It has access to tools, dashboards and the library",
    "routine": "It knows the escalation path and who decides what",
}


class Confirmed(Base):
    """One item of the handover pack that somebody confirmed."""

    __tablename__ = "handover_confirmed"

    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    note: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    by: Mapped[Person] = relationship()


def confirmed(session: Session, launch_id: int) -> dict[str, Confirmed]:
    """Return what of the handover was confirmed, by item."""
    query = select(Confirmed).where(Confirmed.launch_id == launch_id)
    return {each.item: each for each in session.scalars(query.options(joinedload(Confirmed.by)))}


def confirm(
    session: Session, launch: Launch, item: str, *, note: str = "", by: Person, at: datetime
) -> None:
    """Say that an item of the handover pack is done; said again, the first stays.

    Raises:
        NotPermitted: when ``by`` neither leads nor manages the change.
        Refused: when there is no such item.
    """
    if not by.is_any(Role.LEAD, Role.CHANGE_MANAGER):
        raise NotPermitted("The project team hands over.", what_to_do="Ask a lead.")
    if item not in ITEMS:
        raise Refused("There is no such item.", what_to_do=f"Choose one of {', '.join(ITEMS)}.")
    if session.get(Confirmed, (launch.id, item)) is not None:
        return
    session.add(Confirmed(launch_id=launch.id, item=item, note=note.strip(), at=at, by_id=by.id))
    happened(session, "handover.confirmed", at=at, by=by, launch_id=launch.id, item=item, note=note)


def take_back(session: Session, launch: Launch, item: str, *, by: Person, at: datetime) -> None:
    """Say that an item is not done after all.

    Raises:
        NotPermitted: when ``by`` neither leads nor manages the change.
    """
    if not by.is_any(Role.LEAD, Role.CHANGE_MANAGER):
        raise NotPermitted("The project team hands over.", what_to_do="Ask a lead.")
    if (said := session.get(Confirmed, (launch.id, item))) is not None:
        session.delete(said)
        happened(session, "handover.taken-back", at=at, by=by, launch_id=launch.id, item=item)
