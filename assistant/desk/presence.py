"""Who has a ticket before their eyes, and who is writing on it. A row lives for seconds.

Kept in a table, so that it works over several processes; it is nobody's history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.desk.tickets import Ticket
from assistant.ground.database import Base, put_unless_there
from assistant.ground.people import Person

STAYS = timedelta(seconds=25)  # a browser says every ten seconds that somebody is still there
WRITES = timedelta(seconds=8)  # after the last key


class Doing(StrEnum):
    """What somebody does with a ticket."""

    LOOKING = "looking"
    REPLYING = "replying"
    NOTING = "noting"


WORDS = {
    Doing.LOOKING: "is looking",
    Doing.REPLYING: "is typing a reply",
    Doing.NOTING: "is typing a note",
}


class Presence(Base):
    """One person at one ticket."""

    __tablename__ = "presences"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)
    doing: Mapped[str]  # besides looking, and only until ``does_until``
    does_until: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody at a ticket at one moment."""

    person_id: int
    name: str
    ticket_id: int
    launch_id: int
    doing: Doing

    @property
    def words(self) -> str:
        """Return it as people say it: ``Lena is typing a reply``."""
        return f"{self.name.split()[0]} {WORDS[self.doing]}"


def came(session: Session, person: Person, ticket: Ticket, doing: Doing, *, at: datetime) -> None:
    """Note that ``person`` has ``ticket`` before their eyes, or writes on it.

    Where they were before is forgotten by then, so that rows do not pile up.
    """
    session.execute(delete(Presence).where(Presence.person_id == person.id, Presence.until < at))
    ids = {"person_id": person.id, "ticket_id": ticket.id}
    now = {"until": at + STAYS, "doing": doing.value, "does_until": at + WRITES}
    put_unless_there(session, Presence, [{**ids, **now}])
    session.execute(
        update(Presence)
        .where(Presence.person_id == person.id, Presence.ticket_id == ticket.id)
        .values(**now)
    )


def left(session: Session, person: Person, ticket: Ticket) -> None:
    """Forget that ``person`` was there."""
    session.execute(
        delete(Presence).where(Presence.person_id == person.id, Presence.ticket_id == ticket.id)
    )


def present(session: Session, *, at: datetime, ticket: Ticket | None = None) -> list[Present]:
    """Return who is where at ``at``, by ticket and name; one query."""
    query = (
        select(Presence, Person.name, Ticket.launch_id)
        .join(Person, Person.id == Presence.person_id)
        .join(Ticket, Ticket.id == Presence.ticket_id)
        .where(Presence.until > at)
        .order_by(Presence.ticket_id, Person.name)
    )
    if ticket is not None:
        query = query.where(Presence.ticket_id == ticket.id)
    return [
        Present(
            row.person_id,
            name,
            row.ticket_id,
            launch_id,
            Doing(row.doing) if row.does_until > at else Doing.LOOKING,
        )
        for row, name, launch_id in session.execute(query)
    ]


def writing_beside(found: Sequence[Present], person: Person) -> list[Present]:
    """Return who else is writing a reply to the customer."""
    return [one for one in found if one.doing is Doing.REPLYING and one.person_id != person.id]
