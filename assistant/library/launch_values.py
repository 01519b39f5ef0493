"""What placeholders stand for in a launch. A changed value is proposed, never sent by itself."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.ground.audit import happened
from assistant.ground.database import Base, put_unless_there
from assistant.ground.errors import NotPermitted
from assistant.ground.people import Person, Role
from assistant.launch.launches import Launch
from assistant.library import entries
from assistant.library.entries import Entry
from assistant.library.placeholders import PLACEHOLDERS, filled


class LaunchValue(Base):
    """What one placeholder stands for in every text of a launch that has no value of its own."""

    __tablename__ = "launch_values"

    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    given_at: Mapped[datetime]
    given_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))


def of_launch(session: Session, launch_id: int) -> dict[str, str]:
    """Return the values by name, as ``placeholders.kept`` stores them."""
    query = select(LaunchValue).where(LaunchValue.launch_id == launch_id)
    return {row.name: row.value for row in session.scalars(query) if row.name in PLACEHOLDERS}


def give(
    session: Session, launch: Launch, values: Mapping[str, str], *, by: Person, at: datetime
) -> list[Entry]:
    """Keep the launch's values, and return the entries that have a new version because of it.

    ``values`` are as stored; an empty one takes the value away. Approved texts stay as they are:
    of each that uses a changed value, a version with the new one waits for somebody's approval,
    but of none that was retired, or recalled as wrong.

    Raises:
        NotPermitted: when ``by`` is no lead.
    """
    if not by.is_any(Role.LEAD):
        raise NotPermitted("Only a lead gives a launch its values.", what_to_do="Ask a lead.")
    before = of_launch(session, launch.id)
    changed = [name for name in PLACEHOLDERS if values.get(name, "") != before.get(name, "")]
    for name in changed:
        _put(session, launch, name, values.get(name, ""), by=by, at=at)
        happened(
            session,
            "launch.value-given",
            at=at,
            by=by,
            launch_id=launch.id,
            name=name,
            value=values.get(name, ""),
        )
    return _proposed(session, launch, by=by, at=at) if changed else []


def _put(
    session: Session, launch: Launch, name: str, value: str, *, by: Person, at: datetime
) -> None:
    if not value:
        same = (LaunchValue.launch_id == launch.id, LaunchValue.name == name)
        session.execute(delete(LaunchValue).where(*same))
        return
    row = {"launch_id": launch.id, "name": name, "value": value}
    put_unless_there(session, LaunchValue, [{**row, "given_at": at, "given_by_id": by.id}])
    kept = session.get_one(LaunchValue, (launch.id, name))
    kept.value, kept.given_at, kept.given_by_id = value, at, by.id


def _proposed(session: Session, launch: Launch, *, by: Person, at: datetime) -> list[Entry]:
    values, proposed = of_launch(session, launch.id), []
    for entry in entries.of_launch(session, launch.id):
        newest = entry.newest
        is_wrong = newest.recalled_at is not None
        if not newest.written or entry.retired_at is not None or is_wrong:
            continue
        draft = filled(newest.as_draft(), values, launch.zone)
        if newest.is_as(draft):
            continue
        waits = newest.submitted_at is not None or newest.approved_at is not None
        entry.save(session, draft, by=by, at=at)
        if waits and not entry.newest.unfilled():
            entry.submit(session, by=by, at=at)
        proposed.append(entry)
    return proposed
