"""Who is next when a ticket goes up, and who is woken beyond its path while nobody answers a Sev 1.

A path ends with whoever is in charge. With a Sev 1, whether it has a path or not, that is not the
end: the owner of the shift, then the next one on the rotation, then every lead of the launch. Each
is told once and has as long as Sev 1 promises a first response. A reopened one begins anew.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.desk.escalation import EVERYBODY, next_step
from assistant.desk.in_charge import in_charge, who_can_take
from assistant.desk.notices import Notice
from assistant.desk.severity import Severity
from assistant.ground.audit import Event
from assistant.ground.people import Person, Role, members
from assistant.launch import shifts

if TYPE_CHECKING:
    from assistant.desk.tickets import Ticket

AHEAD = timedelta(days=14)  # how far the roster is looked through for who is next on it
# Who is next beyond a path, by how many of these turns were taken.
TURNS = (
    "whoever is in charge",
    "the next one on the rotation, or where there is none to every lead",
    "every lead who was not told yet",
)


@dataclass(frozen=True, slots=True)
class Above:
    """Who is told next, and the level of the ticket then; one alone has it from then on."""

    level: int
    people: tuple[Person, ...]
    is_for_all: bool = False  # nobody gets it: whoever is there first takes it

    @property
    def names(self) -> str:
        """Return who they are, ``Lena Ortiz and Noor Rahman``."""
        *most, last = (person.name for person in self.people)
        return f"{', '.join(most)} and {last}" if most else last


def above(session: Session, ticket: "Ticket", *, by: Person | str, at: datetime) -> Above | None:
    """Return who is next on the ticket's path, or beyond it; nothing when nobody is left.

    Somebody who asks for help (``by`` a person) always reaches who is in charge.
    """
    owner, level = ticket.owner.email if ticket.owner else "", ticket.level
    while (step := next_step(ticket.path, level, owner=owner)) is not None:
        if (person := who_can_take(session, step.to, ticket.launch_id)) is not None:
            return Above(step.level, (person,))
        level = step.level
    if ticket.severity != Severity.BLOCKED:
        return _in_charge(session, ticket, at)
    woken = _woken(session, ticket, at)
    return woken or (_in_charge(session, ticket, at) if isinstance(by, Person) else None)


def _in_charge(session: Session, ticket: "Ticket", at: datetime) -> Above | None:
    person = in_charge(session, ticket.launch_id, at)
    if person is None or person.id == ticket.owner_id:
        return None
    return Above(max(ticket.level, len(ticket.path)) + 1, (person,))


def _woken(session: Session, ticket: "Ticket", at: datetime) -> Above | None:
    """Return whose turn it is beyond the path, without whom was told or has it already."""
    known = {*_told(session, ticket), ticket.owner_id}
    first = in_charge(session, ticket.launch_id, at)
    turns = (
        [first] if first else [],
        _on_rotation(session, ticket, at, {*known, first.id if first else None}),
        members(session, ticket.launch_id, Role.LEAD),
    )
    for turn, people in enumerate(turns, start=1):
        fresh = tuple(person for person in people if person.id not in known)
        level = len(ticket.path) + turn
        if fresh and level > ticket.level:
            return Above(level, fresh, is_for_all=turn == EVERYBODY)
    return None


def _on_rotation(
    session: Session, ticket: "Ticket", at: datetime, known: set[int | None]
) -> list[Person]:
    """Return the one who is on shift beside who is in charge, or next after them."""
    for shift in shifts.between(session, ticket.launch_id, at, at + AHEAD):
        is_new = shift.person_id not in known
        if is_new and who_can_take(session, shift.person.email, ticket.launch_id):
            return [shift.person]
    return []


def _told(session: Session, ticket: "Ticket") -> list[int]:
    """Return the ids of the people whom the ticket was passed to since it was last reopened."""
    reopened = select(func.max(Event.at)).where(
        Event.ticket_id == ticket.id, Event.kind == "ticket.reopened"
    )
    query = select(Notice.person_id).where(
        Notice.ticket_id == ticket.id, Notice.kind == "escalated"
    )
    if (since := session.scalar(reopened)) is not None:
        query = query.where(Notice.at > since)
    return list(session.scalars(query))
