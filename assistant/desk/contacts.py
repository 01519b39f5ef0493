"""Who a customer is to us: how often they came before, and with what."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.desk.conversations import Conversation
from assistant.desk.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Contacts:
    """One visitor's conversations in a launch and their other tickets, newest first."""

    conversations: int
    since: datetime | None
    earlier: tuple[Ticket, ...]


def contacts(session: Session, ticket: Ticket, *, most: int = 10) -> Contacts:
    """Return what the customer of ``ticket`` brought to this launch besides it."""
    conversation = ticket.conversation
    same_person = (
        Conversation.launch_id == conversation.launch_id,
        Conversation.visitor == conversation.visitor,
    )
    count, since = session.execute(
        select(func.count(Conversation.id), func.min(Conversation.began_at)).where(*same_person)
    ).one()
    earlier = (
        select(Ticket)
        .join(Ticket.conversation)
        .where(*same_person, Ticket.id != ticket.id)
        .order_by(Ticket.id.desc())
        .limit(most)
    )
    return Contacts(count, since, tuple(session.scalars(earlier)))
