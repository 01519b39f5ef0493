"""Where a customer on a page can be reached by mail, and what they have looked at there."""

from sqlalchemy.orm import Session

from assistant.desk import reach, recalled
from assistant.desk.conversations import Conversation
from assistant.desk.reach import Source
from assistant.ground.errors import Refused
from assistant.ground.parts import Parts


def email_me(parts: Parts, session: Session, conversation: Conversation, email: str) -> bool:
    """Let what is said from now on, and not read here, come to ``email``; return if it is known.

    Raises:
        Refused: when that is no address.
    """
    at = parts.clock.now()
    to = reach.give(session, conversation, email, source=Source.WIDGET, at=at)
    if to is None:
        raise Refused("That is no e-mail address.", what_to_do="Write one, as mara@example.com.")
    return to.confirmed_at is not None


def mail_of(parts: Parts, session: Session, conversation: Conversation) -> dict[str, object] | None:
    """Return where answers go by mail and whether they arrive; None where no mail is sent.

    ``state`` is none, asked (it is not proven yet that it is them), confirmed or wrong (what went
    there came back).
    """
    if not parts.settings.sends_mail:
        return None
    to = reach.correspondent_of(session, conversation.id)
    if to is None:
        return {"email": None, "state": "none"}
    came_back = to.address.bounced_at is not None
    state = "wrong" if came_back else "confirmed" if to.confirmed_at else "asked"
    return {"email": to.address.email, "state": state}


def told_where(parts: Parts, session: Session, conversation: Conversation, words: str) -> None:
    """Keep an address that stands in "where can we reach you"; a telephone number is let be."""
    reach.give(session, conversation, words, source=Source.TICKET, at=parts.clock.now())


def has_seen(parts: Parts, session: Session, conversation: Conversation, upto: int) -> int:
    """Keep that somebody looked at what was said up to message ``upto``; return up to which.

    Nobody has looked at what was not said yet. Writes only where a mail would be due otherwise, or
    a correction is seen for the first time.
    """
    newest = min(upto, max((message.id for message in conversation.messages), default=0))
    is_unread = reach.is_unread(session, conversation.id, newest)
    if is_unread or recalled.is_unseen(session, conversation.id, newest):
        with parts.db.writing() as writing:
            reach.note_read(writing, conversation.id, newest)
            recalled.seen(writing, conversation.id, newest, at=parts.clock.now())
    return newest
