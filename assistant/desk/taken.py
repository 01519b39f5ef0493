"""Whether somebody has a ticket in hand, as its customer is told: to be given it is not enough."""

from datetime import datetime

from assistant.desk.policies import Kind
from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground.people import Person


def taken_by(ticket: Ticket) -> Person | None:
    """Return who has it in hand; nobody while it only waits for the one it was given to.

    Whoever it goes up to takes it anew, or answers.
    """
    acts = [at for at in (ticket.claimed_at, ticket.replied_at) if at is not None]
    went_up = ticket.escalated_at
    if ticket.claimed_at is None or (went_up is not None and max(acts) < went_up):
        return None
    return ticket.owner


def back_at(ticket: Ticket, *, at: datetime) -> datetime | None:
    """Return when people are back for an open ticket that nobody took (UTC).

    Nothing while they are there, and for what counts around the clock.
    """
    if not ticket.is_open or taken_by(ticket) is not None:
        return None
    waits = ticket.terms.follows_calendar(Kind.FIRST_RESPONSE, Severity(ticket.severity))
    coverage = ticket.coverage
    return coverage.opens_next(at) if waits and not coverage.is_open(at) else None
