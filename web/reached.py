"""Where a customer on a page can be reached by mail, and what they have read there already."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.desk import reach, recalled
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message
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


def told_where(parts: Parts, session: Session, conversation: Conversation, words: str) -> None:
    """Keep an address that stands in "where can we reach you"; a telephone number is let be."""
    reach.give(session, conversation, words, source=Source.TICKET, at=parts.clock.now())


def has_read(parts: Parts, session: Session, conversation_id: str, newest: int) -> None:
    """Keep that a page shows what was said up to message ``newest``.

    Writes only where a mail would be due otherwise, or a correction is seen for the first time.
    """
    is_unread = reach.is_unread(session, conversation_id, newest)
    if is_unread or recalled.is_unseen(session, conversation_id, newest):
        with parts.db.writing() as writing:
            reach.note_read(writing, conversation_id, newest)
            recalled.seen(writing, conversation_id, newest, at=parts.clock.now())


def has_read_reply(parts: Parts, session: Session, message: Message) -> None:
    """Keep that the page shows what was said in reply to ``message``."""
    replies = select(func.max(Message.id)).where(Message.reply_to_id == message.id)
    has_read(parts, session, message.conversation_id, session.scalar(replies) or message.id)
