"""Who gets which report by mail, and at which hour reports are written."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assistant.ground.audit import happened
from assistant.ground.database import Base
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.people import Person, Role, members
from assistant.launch.launches import Launch
from assistant.reports.due import HOUR


class ReportHour(Base):
    """At which hour, local to the launch, its reports are written."""

    __tablename__ = "report_hours"

    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), primary_key=True)
    hour: Mapped[int]
    set_at: Mapped[datetime]


class ReportReader(Base):
    """What one person said about one report: they want it by mail, or they do not."""

    __tablename__ = "report_readers"
    __table_args__ = (UniqueConstraint("launch_id", "kind", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    kind: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    wanted: Mapped[bool]
    said_at: Mapped[datetime]
    person: Mapped[Person] = relationship()


def hour_of(session: Session, launch_id: int) -> int:
    """Return the local hour at which reports of a launch are written, 0 to 23."""
    found = session.get(ReportHour, launch_id)
    return HOUR if found is None else found.hour


def set_hour(session: Session, launch: Launch, hour: int, *, by: Person, at: datetime) -> None:
    """Decide at which hour reports are written from now on.

    Raises:
        NotPermitted: when ``by`` does not lead it.
        Refused: when there is no such hour.
    """
    if not by.is_any(Role.LEAD):
        raise NotPermitted("Only a lead sets the hour.", what_to_do="Ask a lead.")
    if not 0 <= hour <= 23:
        raise Refused("There are hours 0 to 23.", what_to_do="Choose one of them.")
    before, found = hour_of(session, launch.id), session.get(ReportHour, launch.id)
    if found is None:
        session.add(ReportHour(launch_id=launch.id, hour=hour, set_at=at))
    else:
        found.hour, found.set_at = hour, at
    happened(
        session, "reports.hour", at=at, by=by, launch_id=launch.id, hour=[before, hour]
    )  # fmt: skip


def say(
    session: Session, launch: Launch, kind: str, *, wanted: bool, by: Person, at: datetime
) -> None:
    """Write down whether ``by`` wants this report by mail; again replaces it."""
    mine = (ReportReader.launch_id == launch.id, ReportReader.kind == kind)
    query = select(ReportReader).where(*mine, ReportReader.person_id == by.id)
    found = session.scalar(query) or ReportReader(
        launch_id=launch.id, kind=kind, person_id=by.id
    )  # fmt: skip
    found.wanted, found.said_at = wanted, at
    session.add(found)


def readers(
    session: Session, launch_id: int, kind: str, usual: Collection[Role], may: Collection[Role]
) -> list[Person]:
    """Return who gets the report by mail: the ``usual`` roles and who wants it, less who does not.

    Nobody whose role may not read it, who left the launch or may not sign in.
    """
    said = {each.person_id: each.wanted for each in _said(session, launch_id, kind)}
    return [
        person
        for person in members(session, launch_id)
        if person.is_any(*may) and said.get(person.id, person.role in usual)
    ]


def _said(session: Session, launch_id: int, kind: str) -> Sequence[ReportReader]:
    query = select(ReportReader).where(
        ReportReader.launch_id == launch_id, ReportReader.kind == kind
    )
    return session.scalars(query.options(joinedload(ReportReader.person))).all()
