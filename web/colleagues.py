"""Who is meant when a ticket is given to somebody."""

from sqlalchemy.orm import Session

from assistant.desk.tickets import Ticket
from assistant.ground.errors import NotFound
from assistant.ground.people import Person, members
from web.desk_pages import WORKERS

ME = "me"  # what the button "Take it" sends in place of an address


def colleague(session: Session, ticket: Ticket, email: str, *, me: Person) -> Person:
    """Return who is meant. Raises NotFound for anybody who does not work at this launch's desk."""
    if email == ME:
        return me
    team = members(session, ticket.launch_id, *WORKERS)
    found = next((person for person in team if person.email == email.strip().lower()), None)
    if found is None:
        raise NotFound("Nobody of this launch has that address.", what_to_do="Choose a colleague.")
    return found
