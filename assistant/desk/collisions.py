"""Collisions: what came to a ticket while somebody was still writing on what they had seen of it.

A form carries what its writer saw: the newest message and who held the ticket. Sending compares
that with how it is now, inside the transaction that would send.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assistant.desk.messages import By, Message, Said, subject_of
from assistant.desk.tickets import Ticket
from assistant.ground.people import Person

NOBODY = 0  # stands for the holder of a ticket that nobody has taken


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody saw of a ticket: the id of its newest message, and who held it."""

    message: int
    holder: int


def seen_now(ticket: Ticket) -> Seen:
    """Return what is to be seen of a ticket at this moment; colleagues' notes count too."""
    newest = max((message.id for message in ticket.conversation.messages), default=0)
    return Seen(newest, holder_of(ticket))


def holder_of(ticket: Ticket) -> int:
    """Return the id of who has taken the ticket, ``NOBODY`` while it is only proposed to them."""
    return ticket.owner_id if ticket.owner_id and ticket.claimed_at else NOBODY


def held_by_another(ticket: Ticket, holder: int, *, by: Person) -> bool:
    """Return whether somebody other than ``by`` has taken it since ``holder`` had it."""
    return holder_of(ticket) not in (NOBODY, holder, by.id)


def news(
    session: Session, ticket: Ticket, seen: Seen, *, by: Person, is_reply: bool = True
) -> list[str]:
    """Return what happened to ``ticket`` since ``seen``, a sentence each; nothing: go ahead.

    What ``by`` did is no news to them, except that they replied already, from another tab: a
    second reply (``is_reply``) waits until they have read their first. Until the transaction ends
    nobody else writes to the ticket, so what is sent after an empty answer crosses nothing.
    """
    session.refresh(ticket, with_for_update=True)
    said = ticket.conversation.messages
    told = [_told(message) for message in _since(said, seen, by)]
    told += [_told_back(message) for message in _own_replies(said, seen, by) if is_reply]
    if held_by_another(ticket, seen.holder, by=by) and ticket.owner:
        told.append(f"{ticket.owner.name} has taken this ticket.")
    if not ticket.is_open:
        told.append("This ticket was resolved.")
    return told


def words_since(session: Session, ticket: Ticket, newest: int, *, by: Person) -> list[str]:
    """Return what was written to ``ticket`` after message ``newest``, a sentence each.

    Notes are let be: rows do not show them. As with ``news``, nothing follows unseen.
    """
    session.refresh(ticket, with_for_update=True)
    found = _since(ticket.conversation.messages, Seen(newest, NOBODY), by)
    return [_told(message) for message in found if message.kind != Said.NOTE]


def _since(messages: Sequence[Message], seen: Seen, by: Person) -> list[Message]:
    return [
        message
        for message in messages
        if message.id > seen.message
        and message.person_id != by.id
        and message.by in (By.CUSTOMER, By.PERSON)
    ]


def _own_replies(messages: Sequence[Message], seen: Seen, by: Person) -> list[Message]:
    return [
        message
        for message in messages
        if message.id > seen.message and message.person_id == by.id and message.kind == Said.REPLY
    ]


def _told(message: Message) -> str:
    who = message.person.name if message.person else "The customer"
    what = "left a note" if message.kind == Said.NOTE else "wrote"
    return f"{who} {what}: “{subject_of(message.text)}”"


def _told_back(message: Message) -> str:
    return f"You have replied already, in another tab: “{subject_of(message.text)}”"
