"""Who listens to the staff's stream, and what each of them may see."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.ground.people import Person, SignIn, launches_of


@dataclass(eq=False, slots=True)
class Viewer:
    """One signed-in browser that listens. What it may see is looked at again and again."""

    sign_in_id: int
    person_id: int
    role: str
    launches: frozenset[int] | None  # None: all of them
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False

    def may_see(self, launch_id: int) -> bool:
        """Return whether something of that launch is theirs to know."""
        return self.launches is None or launch_id in self.launches


def viewer_of(session: Session, sign_in: SignIn) -> Viewer:
    """Return the browser of this sign-in as somebody who listens."""
    person = sign_in.person
    return Viewer(sign_in.id, person.id, person.role, visible_to(session, person))


def visible_to(session: Session, person: Person) -> frozenset[int] | None:
    """Return the launches whose changes a person may see; ``None`` for all of them."""
    return None if person.is_any() else frozenset(launches_of(session, person))


def still_in(session: Session, ids: Sequence[int], *, at: datetime) -> dict[int, Person]:
    """Return who of these sign-ins may still listen, by its id; one query."""
    query = (
        select(SignIn.id, Person)
        .join(Person, Person.id == SignIn.person_id)
        .where(
            SignIn.id.in_(ids),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > at,
            Person.disabled_at.is_(None),
        )
    )
    return {row[0]: row[1] for row in session.execute(query)}
