"""What a ticket's page says about mail: where it goes, what came in, what became of each reply."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk import letters, reach
from assistant.desk.letters import About, Letter
from assistant.desk.mail_state import carried
from assistant.desk.mails import AUTOMATIC, Mail
from assistant.desk.posting import EMAIL
from assistant.desk.reach import Correspondent
from assistant.desk.tickets import Ticket
from assistant.ground.outbox import Outgoing
from web.rendering import left


def mail_of(session: Session, ticket: Ticket, *, at: datetime) -> dict[str, Any] | None:
    """Return what desk/_mail.html shows; None when mail plays no part in this conversation."""
    to = reach.correspondent_of(session, ticket.conversation_id)
    if to is None:
        return None
    sent = list(letters.of_conversation(session, ticket.conversation_id))
    outgoing = carried(session, sent) if sent else {}
    came = select(Mail).where(Mail.conversation_id == ticket.conversation_id).order_by(Mail.id)
    states = {letter.id: _state(letter, outgoing.get(letter.id), at) for letter in sent}
    return {
        "email": to.address.email,
        "confirmed": to.confirmed_at is not None,
        "confirmed_words": _proof_words(to),
        "trouble": _trouble(to),
        "asked": next((states[each.id] for each in sent if each.about == About.CONFIRM), None),
        "by_message": {
            message_id: states[letter.id]
            for letter in sent
            if letter.about == About.WORDS
            for message_id in letter.messages
        },
        "came": [_came(ticket, mail) for mail in session.scalars(came)],
    }


def read_where(ticket: Ticket, mail: dict[str, Any] | None, *, sends_mail: bool) -> dict[str, Any]:
    """Return where the customer reads a reply: ``words``, and whether it ``is_warning``.

    ``mail`` is what ``mail_of`` returned.
    """
    if ticket.conversation.channel != EMAIL:
        return {"words": "The customer reads this where they asked.", "is_warning": False}
    if not sends_mail:
        return {"words": "It reaches nobody: no mail server is configured.", "is_warning": True}
    if mail is None:
        return {"words": "It reaches nobody: no address is known.", "is_warning": True}
    way = f"It goes to {mail['email']}." if mail["confirmed"] else "They get a link to it by mail."
    return {"words": way, "is_warning": False}


def _proof_words(to: Correspondent) -> str:
    if to.confirmed_at is not None:
        how = "by a tap in a mail" if to.confirmed_by == "link" else "by an answer from it"
        return f"Confirmed {how}. What you write goes there in full."
    if to.conversation.channel == EMAIL:
        return "Nobody has proven that this is the sender. They get a link, and no words."
    return "Nobody has confirmed it. They get a link, and no words."


def _trouble(to: Correspondent) -> str:
    if to.address.bounced_at is not None:
        return f"Mail there comes back: {to.address.bounced_because or 'no reason was given'}."
    if to.muted_at is not None:
        return "A machine seems to answer there. Only what a person writes goes out."
    return ""


def _state(letter: Letter, row: Outgoing | None, at: datetime) -> dict[str, str]:
    if letter.bounced_at is not None:
        return {"tone": "bad", "words": f"Mail came back: {letter.bounced_because}".rstrip(": ")}
    if letter.withheld_at is not None:
        return {"tone": "warn", "words": f"Not mailed: {letter.withheld_because}"}
    if letter.sent_at is not None:
        return {"tone": "", "words": "Sent by mail"}
    if row is not None and row.dead_at is not None:
        return {"tone": "bad", "words": f"Mail not delivered: {row.last_error}"}
    waiting = left(at, letter.made_at).removesuffix(" left")
    why = f" ({row.last_error})" if row is not None and row.last_error else ""
    return {"tone": "warn" if why else "", "words": f"Mail queued {waiting}{why}"}


def _came(ticket: Ticket, mail: Mail) -> dict[str, Any]:
    return {
        "href": f"/desk/tickets/{ticket.number}/mails/{mail.id}",
        "subject": mail.subject or "(no subject)",
        "at": mail.received_at,
        "verified": mail.is_verified,
        "words": _came_words(mail),
    }


def _came_words(mail: Mail) -> str:
    if mail.outcome == AUTOMATIC:
        return "Of a machine, not answered"
    if mail.is_aside:
        return "Put aside, not answered"
    return "Whole mail" if mail.is_verified else "Whole mail, unverified"
