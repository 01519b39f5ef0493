"""What somebody does behind a link of a mail: open the conversation, choose a title, write more.

Following a link shows what it would do and does nothing, because mail servers follow links too. A
tap does it, and is the proof that somebody reads the mail of this address.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from assistant.answering import judging
from assistant.answering.answer import answer
from assistant.desk import links, reach
from assistant.desk.conversations import Conversation
from assistant.desk.links import Opens
from assistant.desk.messages import Message, Said, said_before
from assistant.desk.reach import Correspondent, Proof
from assistant.ground.database import sha256
from assistant.ground.errors import NotFound
from assistant.ground.parts import Parts

NONE = 0  # the number of "none of these"


def correspondent(session: Session, opens: Opens, token: str, *, at: datetime) -> Correspondent:
    """Return whose conversation ``token`` opens. Raises NotFound when it opens none any more."""
    link = links.opened(session, opens, token, at=at)
    if link is None or link.correspondent is None or link.correspondent.ended_at is not None:
        raise NotFound("This link does not work any more.", what_to_do="Use that of a newer mail.")
    return link.correspondent


def visited(session: Session, visit: str, conversation_id: str, *, at: datetime) -> Correspondent:
    """Return whose conversation a visit opened. Raises NotFound when that is another one."""
    to = correspondent(session, Opens.VISIT, visit, at=at)
    if to.conversation_id != conversation_id:
        raise NotFound("This link does not work any more.", what_to_do="Use that of a newer mail.")
    return to


def enter(session: Session, token: str, *, at: datetime) -> tuple[Correspondent, str]:
    """Tap on a mail's link: the address is confirmed. Return whose, and the secret of this visit.

    Raises:
        NotFound: when the link does not work any more.
    """
    to = correspondent(session, Opens.CONVERSATION, token, at=at)
    to.confirm(session, Proof.LINK, at=at)
    return to, links.make(session, Opens.VISIT, to, at=at)


def read(session: Session, to: Correspondent) -> None:
    """Keep that everything said so far was read here."""
    if to.conversation.messages:
        reach.note_read(session, to.conversation_id, to.conversation.messages[-1].id)


def say(parts: Parts, visit: str, conversation_id: str, words: str, *, key: str) -> None:
    """Write down what the visitor says, once for its key, and decide it.

    Raises:
        NotFound: when the visit has ended, or opened another conversation.
        Refused: when ``key`` was used for other words.
    """
    with parts.db.writing() as session:
        at = parts.clock.now()
        conversation = visited(session, visit, conversation_id, at=at).conversation
        said = said_before(session, conversation.id, key, sha256(words))
        said = said or conversation.ask(session, words, key=key, at=at)
    answer(parts, said.id)


def offered(conversation: Conversation, message_id: int, number: int) -> str | None:
    """Return the title with this number of a "did you mean"; None for none of these.

    Raises:
        NotFound: when nothing with this number was offered there.
    """
    asked = _asked(conversation, message_id)
    if number == NONE:
        return None
    if not 1 <= number <= len(asked.options):
        raise NotFound("There is no such choice.", what_to_do="Open the mail again.")
    return str(asked.options[number - 1]["title"])


def choose(parts: Parts, token: str, message_id: int, number: int) -> None:
    """Choose a title by its number, once, and carry it out; a second tap changes nothing.

    Raises:
        NotFound: when the link does not work any more, or nothing like it was offered.
        Refused: when another title was chosen before.
    """
    with parts.db.writing() as session:
        at = parts.clock.now()
        conversation = correspondent(session, Opens.CONVERSATION, token, at=at).conversation
        offered(conversation, message_id, number)
        asked = _asked(conversation, message_id)
        entry = None if number == NONE else str(asked.options[number - 1]["entry"])
        said = _said_so(conversation, asked, entry)
        if said is None:
            key = f"mail-choice-{asked.id}"
            said = conversation.choose(session, asked, entry, key=key, at=at)
            judging.chose(session, said, asked, entry, at=at)
    answer(parts, said.id)


def _asked(conversation: Conversation, message_id: int) -> Message:
    for message in conversation.messages:
        if message.id == message_id and message.kind == Said.CLARIFICATION:
            return message
    raise NotFound("There is no such choice.", what_to_do="Open the mail again.")


def _said_so(conversation: Conversation, asked: Message, entry: str | None) -> Message | None:
    return next(
        (
            message
            for message in conversation.messages
            if message.reply_to_id == asked.id and message.chosen == (entry or "none")
        ),
        None,
    )
