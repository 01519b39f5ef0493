"""Strangers: what stands in a reply and belongs to another customer of the launch."""

import re

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from assistant.desk.conversations import Conversation
from assistant.desk.messages import Said
from assistant.desk.reach import ADDRESS, Address, Correspondent
from assistant.desk.reply_guard import Objection
from assistant.desk.tickets import FIRST_NUMBER, LONGEST_NUMBER, Ticket
from assistant.desk.visitors import name_in, plain_name
from assistant.ground.people import members

NUMBER = re.compile(rf"(?i)\bHC-(\d{{1,{LONGEST_NUMBER}}})\b")
WORD = re.compile(r"[\w'’-]+")
LONGEST_NAME = 4  # words


def strangers(session: Session, ticket: Ticket, text: str) -> tuple[Objection, ...]:
    """Return what in ``text`` is another customer's: addresses, tickets and names, in that order.

    An address stands in the way for good; a number or a name may be meant.
    """
    return (
        *_addresses(session, ticket, text),
        *_tickets(session, ticket, text),
        *_names(session, ticket, text),
    )


def _addresses(session: Session, ticket: Ticket, text: str) -> list[Objection]:
    named = set(ADDRESS.findall(text.casefold()))
    if not named:
        return []
    ours = ticket.conversation
    own = {name_in(ours.visitor).casefold(), str(ticket.context.get("reach") or "").casefold()}
    own.update(*(ADDRESS.findall(said.casefold()) for said in _said_by_customer(ours)))
    by_visitor = select(Conversation.visitor).where(
        Conversation.launch_id == ticket.launch_id, Conversation.visitor.in_(named)
    )
    by_reach = (
        select(Address.email)
        .join(Correspondent, Correspondent.address_id == Address.id)
        .where(Address.email.in_(named), Correspondent.conversation_id != ours.id)
    )
    found = {*session.scalars(by_visitor), *session.scalars(by_reach)} - own
    return [
        Objection(f"address {each}", f"“{each}” is the address of another customer.")
        for each in sorted(found)
    ]


def _said_by_customer(conversation: Conversation) -> list[str]:
    return [each.text for each in conversation.messages if each.kind == Said.QUESTION]


def _tickets(session: Session, ticket: Ticket, text: str) -> list[Objection]:
    ids = {int(digits) - FIRST_NUMBER for digits in NUMBER.findall(text)} - {ticket.id}
    if not ids:
        return []
    query = (
        select(Ticket)
        .join(Ticket.conversation)
        .where(Ticket.id.in_(ids), Conversation.visitor != ticket.conversation.visitor)
        .order_by(Ticket.id)
    )
    return [
        Objection(f"ticket {other.number}", f"{other.number} is another customer’s.", soft=True)
        for other in session.scalars(query)
        if other.launch_id == ticket.launch_id
    ]


def _names(session: Session, ticket: Ticket, text: str) -> list[Objection]:
    """A visitor is known by name only where the site gave one of two words or more."""
    named = _runs_of_words(text)
    if not named:
        return []
    query = select(Conversation.visitor).where(
        Conversation.launch_id == ticket.launch_id,
        or_(Conversation.visitor.in_(named), plain_name().in_(named)),
        Conversation.visitor != ticket.conversation.visitor,
    )
    found = {name_in(visitor) for visitor in session.scalars(query.distinct())} & set(named)
    found.discard(name_in(ticket.conversation.visitor))
    if found:
        found -= {person.name for person in members(session, ticket.launch_id)}
    return [
        Objection(f"name {each}", f"“{each}” is the name of another customer.", soft=True)
        for each in sorted(found)
    ]


def _runs_of_words(text: str) -> list[str]:
    """Return two to four words beside each other that begin with a capital, as they stand."""
    words = WORD.findall(text)
    runs = {
        " ".join(words[at : at + length])
        for at, word in enumerate(words)
        if word[:1].isupper()
        for length in range(2, LONGEST_NAME + 1)
        if at + length <= len(words)
    }
    return sorted(runs)
