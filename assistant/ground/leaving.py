"""Somebody leaves the team, and comes back: their account is shut and opened, their name stays.

Nothing of what they did is taken away. What they still had in hand is ``reports/left_behind``.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assistant.ground.audit import Event, happened
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.people import Person, Role, SignIn, launches_of

MANAGERS = (Role.LEAD, Role.ADMINISTRATOR)  # who may shut an account and open it again
SHUT, OPENED = "person.deactivated", "person.reactivated"


def deactivate(session: Session, person: Person, *, by: Person | str, at: datetime) -> None:
    """Shut the account: every sign-in ends with the transaction, and no new one is let in.

    ``by`` is a person or ``OPERATOR``. Until the transaction ends nobody else shuts one, so the
    last two who may do it cannot shut out each other.

    Raises:
        NotPermitted: when ``by`` may not manage this person.
        Refused: when it is shut already, or nobody would be left who could open one.
    """
    managers = _managers(session)
    _must_manage(session, by, person)
    if person.disabled_at is not None:
        raise Refused(f"{person.name} is deactivated already.", what_to_do="Nothing is left to do.")
    if person in managers and len(managers) == 1:
        raise Refused(
            f"Nobody but {person.name} may manage people here.",
            what_to_do="Add somebody as a lead or an administrator first, then do this again.",
        )
    person.disabled_at = at
    open_ones = (SignIn.person_id == person.id, SignIn.ended_at.is_(None))
    session.execute(update(SignIn).where(*open_ones).values(ended_at=at))
    happened(session, SHUT, at=at, by=by, person=person.email)


def reactivate(session: Session, person: Person, *, by: Person | str, at: datetime) -> None:
    """Open the account again; they sign in anew, with the password they had.

    Raises:
        NotPermitted: when ``by`` may not manage this person.
        Refused: when it is open already.
    """
    _managers(session)
    _must_manage(session, by, person)
    if person.disabled_at is None:
        raise Refused(f"{person.name} may sign in already.", what_to_do="Nothing is left to do.")
    person.disabled_at = None
    happened(session, OPENED, at=at, by=by, person=person.email)


def may_manage(session: Session, by: Person, person: Person) -> bool:
    """Return whether ``by`` may shut this account: an administrator any, a lead their colleagues'.

    A lead may not shut an administrator's, nor that of somebody with whom they share no launch.
    """
    if by.disabled_at is not None or not by.is_any(Role.LEAD):
        return False
    if by.is_any() or by.id == person.id:
        return True
    shares = set(launches_of(session, by)) & set(launches_of(session, person))
    return not person.is_any() and bool(shares)


def shut_and_opened(session: Session) -> Sequence[Event]:
    """Return who shut and opened whose account, oldest first; ``details["person"]`` is whose."""
    query = select(Event).where(Event.launch_id.is_(None), Event.kind.in_((SHUT, OPENED)))
    return session.scalars(query.order_by(Event.id)).all()


def _managers(session: Session) -> list[Person]:
    """Return who may manage people, as it is now; their rows are ours until the end."""
    able = (Person.role.in_(MANAGERS), Person.disabled_at.is_(None))
    query = select(Person).where(*able).order_by(Person.id).with_for_update()
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _must_manage(session: Session, by: Person | str, person: Person) -> None:
    session.refresh(person, with_for_update=True)
    if isinstance(by, str):
        return
    session.refresh(by)
    if not may_manage(session, by, person):
        raise NotPermitted(
            f"You may not manage the account of {person.name}.",
            what_to_do="Ask an administrator.",
        )
