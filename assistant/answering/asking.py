"""What a customer does in a conversation: ask, choose, call a person, say whether it helped.

Asking is record, think, settle. The question and its key are committed before anybody thinks; the
same key again finds the first and decides it if that has not happened yet.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assistant.answering import judging
from assistant.answering.answer import answer
from assistant.desk import conversations, feedback
from assistant.desk.conversations import Conversation, body_of_call
from assistant.desk.feedback import Source
from assistant.desk.messages import Message, Said, said_before
from assistant.desk.tickets import Ticket
from assistant.ground.audit import CUSTOMER
from assistant.ground.database import canonical, sha256
from assistant.ground.errors import NotFound, Refused
from assistant.ground.parts import Parts


def ask(parts: Parts, conversation_id: str, token: str, text: str, *, key: str) -> int:
    """Write down a question and decide it; return its message id.

    Raises:
        NotFound: when the token does not open the conversation.
        Refused: when ``key`` was used for other words.
    """

    def say(session: Session, conversation: Conversation) -> Message:
        return conversation.ask(session, text, key=key, at=parts.clock.now())

    return _decided(parts, conversation_id, token, key, sha256(text), say)


def choose(
    parts: Parts, conversation_id: str, token: str, asked_id: int, entry: str | None, *, key: str
) -> int:
    """Write down which title the customer recognised and carry it out; return the message id.

    Raises:
        NotFound: when the token does not open the conversation, or nothing was asked there.
        Refused: when ``key`` was used before for another choice, or it was not offered.
    """

    def say(session: Session, conversation: Conversation) -> Message:
        asked, at = _message(session, conversation, asked_id), parts.clock.now()
        choice = conversation.choose(session, asked, entry, key=key, at=at)
        judging.chose(session, choice, asked, entry, at=at)
        return choice

    body = sha256(canonical([asked_id, entry]))
    return _decided(parts, conversation_id, token, key, body, say)


def ask_for_person(parts: Parts, conversation_id: str, token: str, note: str, *, key: str) -> int:
    """Write down that the customer wants a person, and open the ticket; return the message id.

    Raises as ``ask``.
    """

    def say(session: Session, conversation: Conversation) -> Message:
        return conversation.call(session, note, key=key, at=parts.clock.now())

    return _decided(parts, conversation_id, token, key, body_of_call(note), say)


Say = Callable[[Session, Conversation], Message]


def _decided(
    parts: Parts, conversation_id: str, token: str, key: str, body_sha256: str, say: Say
) -> int:
    """Record what is said, once for its key, then decide it."""

    def record() -> int:
        with parts.db.writing() as session:
            conversation = conversations.opened(session, conversation_id, token)
            known = said_before(session, conversation_id, key, body_sha256)
            return (known or say(session, conversation)).id

    try:
        message_id = record()
    except IntegrityError:  # the same key at the same moment: the other one has it now
        message_id = record()
    answer(parts, message_id)
    return message_id


def judge(
    session: Session,
    conversation: Conversation,
    message_id: int,
    *,
    helpful: bool,
    reason: str | None,
    note: str,
    at: datetime,
) -> None:
    """Keep whether an answer helped, as feedback on exactly the version that was sent.

    The same verdict again changes nothing; another one replaces the first.

    Raises:
        NotFound: when there is no such message.
        Refused: when the message is no answer.
    """
    message = _message(session, conversation, message_id)
    if message.entry_version_id is None:
        raise Refused("Only an answer can be judged.", what_to_do="Choose an answer.")
    if message.helpful is helpful and not note and not reason:
        return
    message.helpful = helpful
    judging.helped(session, message, helpful=helpful, at=at)
    if not helpful and message.kind == Said.REPLY:
        _wait_on_us_again(session, conversation, at=at)
    feedback.give(
        session,
        user=conversation.visitor,
        text=note,
        source=Source.WIDGET,
        given_at=at,
        at=at,
        launch_id=conversation.launch_id,
        message_id=message.id,
        entry_version_id=message.entry_version_id,
        helpful=helpful,
        reason=reason,
    )


def _wait_on_us_again(session: Session, conversation: Conversation, *, at: datetime) -> None:
    """Let a person look again whose reply was "not quite": a resolved ticket is opened."""
    ticket = conversation.tickets[-1] if conversation.tickets else None
    if ticket is None:
        return
    ticket.reopen(session, reason="The customer said “not quite”.", by=CUSTOMER, at=at)
    ticket.customer_wrote(session, at=at)


def newest_ticket(conversation: Conversation) -> Ticket:
    """Return the conversation's newest ticket. Raises Refused when it has none."""
    if not conversation.tickets:
        raise Refused("There is no ticket yet.", what_to_do="Ask something first.")
    return conversation.tickets[-1]


def rate(
    session: Session, conversation: Conversation, score: int, *, note: str, at: datetime
) -> None:
    """Keep how satisfied the customer was with a resolved ticket, 1 to 5.

    Raises:
        Refused: when nothing is resolved yet.
    """
    ticket = newest_ticket(conversation)
    if ticket.is_open:
        raise Refused("Your ticket is still open.", what_to_do="Rate it once it is resolved.")
    ticket.rate(session, score, at=at)
    if note:
        feedback.give(
            session,
            user=conversation.visitor,
            text=note,
            source=Source.TICKET,
            given_at=at,
            at=at,
            launch_id=conversation.launch_id,
            message_id=ticket.question_id,
        )


def _message(session: Session, conversation: Conversation, message_id: int) -> Message:
    message = session.get(Message, message_id)
    if message is None or message.conversation_id != conversation.id:
        raise NotFound("There is no such message here.", what_to_do="Load the conversation again.")
    return message
