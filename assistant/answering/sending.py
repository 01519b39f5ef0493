"""Sending broadcasts: the worker tells one person after the other, each exactly once.

A person is claimed, told and written down in one transaction, so that a process that dies in the
middle has told nobody twice and forgets nobody. The gate looks at every single one. Who cannot be
told is left to ``missed``.
"""

import math
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from assistant.answering import missed, recalled_words
from assistant.answering.audience import Why
from assistant.answering.broadcast import Broadcast, Recipient
from assistant.answering.leaving_out import Words, is_exactly
from assistant.answering.to_everyone import not_live
from assistant.desk import recalled
from assistant.desk.conversations import Conversation
from assistant.desk.messages import By, Message, Said
from assistant.ground.audit import ASSISTANT
from assistant.ground.parts import Parts
from assistant.library import gate

log = structlog.get_logger()

A_MINUTE = timedelta(minutes=1)


def send_broadcasts(parts: Parts) -> int:
    """Tell those whose turn has come, as many as the rate allows; return how many were told."""
    at = parts.clock.now()
    with parts.db.reading() as session:
        due = _due(session, at, most=_allowed(parts, session, at))
    return sum(_sent(parts, recipient_id) for recipient_id in due)


def _allowed(parts: Parts, session: Session, at: datetime) -> int:
    """Return how many may be told in this round: an even share of a minute's, never more."""
    rate = parts.settings.broadcasts_per_minute
    told = select(func.count(Recipient.id)).where(Recipient.sent_at > at - A_MINUTE)
    share = math.ceil(rate * parts.settings.sweep_seconds / A_MINUTE.total_seconds())
    return max(0, min(share, rate - (session.scalar(told) or 0)))


def _due(session: Session, at: datetime, *, most: int) -> list[int]:
    query = (
        select(Recipient.id)
        .join(Recipient.broadcast)
        .where(
            Recipient.sent_at.is_(None),
            Recipient.left_out_at.is_(None),
            Recipient.failed_at.is_(None),
            or_(Recipient.next_try_at.is_(None), Recipient.next_try_at <= at),
            Broadcast.starts_at <= at,
            Broadcast.undone_at.is_(None),
            Broadcast.stopped_at.is_(None),
        )
        .order_by(Recipient.tries, Recipient.id)  # who failed comes after everybody else
        .limit(most)
    )
    return list(session.scalars(query))


def _sent(parts: Parts, recipient_id: int) -> bool:
    try:
        with parts.db.writing() as session:
            return _told(session, recipient_id, at=parts.clock.now())
    except Exception as trouble:  # one that cannot be told must not keep the others waiting
        if not isinstance(trouble, missed.CONFLICTS):
            log.exception("telling failed", recipient=recipient_id)
        missed.note(parts, recipient_id, trouble)
        return False


def _told(session: Session, recipient_id: int, *, at: datetime) -> bool:
    """Tell one person, or write down why not; true when they were told."""
    recipient = session.get_one(Recipient, recipient_id)
    broadcast = _still_on_its_way(session, recipient.broadcast_id, at)
    if broadcast is None or not _claimed(session, recipient_id, at):
        return False
    session.refresh(recipient)
    if why := _may_not_be_said(session, broadcast, at):
        recipient.sent_at = None
        session.flush()
        broadcast.stop(session, because=why, by=ASSISTANT, at=at)
        return False
    broadcast.begun_at = broadcast.begun_at or at
    reason = _why_not_now(session, broadcast, recipient, at)
    if reason is not None:
        recipient.sent_at, recipient.left_out_at = None, at
        recipient.why, recipient.once = reason, None
    else:
        recipient.message_id = _tell(session, broadcast, recipient, at).id
    session.flush()
    broadcast.finish(session, at=at)
    return reason is None


def _may_not_be_said(session: Session, broadcast: Broadcast, at: datetime) -> str:
    """Return why nobody may be told this any more; empty when they may."""
    if broadcast.entry_version_id is not None:
        return not_live(session, broadcast.entry_version_id, at=at)
    return recalled_words.is_recalled(session, broadcast.launch_id, broadcast.text)


def _still_on_its_way(session: Session, broadcast_id: int, at: datetime) -> Broadcast | None:
    """Return the broadcast, locked, unless somebody undid or stopped it."""
    query = select(Broadcast).where(
        Broadcast.id == broadcast_id,
        Broadcast.starts_at <= at,
        Broadcast.undone_at.is_(None),
        Broadcast.stopped_at.is_(None),
    )
    return session.scalar(query.with_for_update(of=Broadcast))


def _claimed(session: Session, recipient_id: int, at: datetime) -> bool:
    claimed = session.execute(
        update(Recipient)
        .where(
            Recipient.id == recipient_id,
            Recipient.sent_at.is_(None),
            Recipient.left_out_at.is_(None),
            Recipient.failed_at.is_(None),
        )
        .values(sent_at=at)
    )
    return bool(claimed.rowcount == 1)  # type: ignore[attr-defined]


def _why_not_now(
    session: Session, broadcast: Broadcast, recipient: Recipient, at: datetime
) -> Why | None:
    """Return what changed for this person since it was confirmed, if it keeps them from it."""
    conversation = session.scalars(
        select(Conversation)
        .where(Conversation.id == recipient.conversation_id)
        .with_for_update(of=Conversation)
    ).one()
    words = Words(broadcast.text, broadcast.entry_version)
    if told := _have_it(session, conversation, words):
        return Why.NOT_HELPED if any(each.helpful is False for each in told) else Why.TOLD
    if broadcast.entry_version_id and not _passes(session, broadcast, conversation, at):
        return Why.AUDIENCE
    if broadcast.recall_id is not None:
        return None
    later = [said for said in conversation.messages if said.id > recipient.newest_message_id]
    if any(said.by == By.CUSTOMER for said in later):
        return Why.WROTE
    if any(said.by == By.PERSON for said in later) or _is_taken(broadcast, conversation):
        return Why.HANDLED
    return None


def _have_it(session: Session, conversation: Conversation, words: Words) -> list[Message]:
    query = (
        select(Message)
        .join(Message.conversation)
        .where(
            Conversation.launch_id == conversation.launch_id,
            Conversation.visitor == conversation.visitor,
            Message.by != By.CUSTOMER,
            is_exactly(words),
        )
    )
    return list(session.scalars(query))


def _passes(
    session: Session, broadcast: Broadcast, conversation: Conversation, at: datetime
) -> bool:
    passed = gate.passed(
        session,
        broadcast.entry_version_id or 0,
        launch_id=broadcast.launch_id,
        audience=conversation.audience,
        at=at,
    )
    return passed is not None and passed.text == broadcast.text


def _is_taken(broadcast: Broadcast, conversation: Conversation) -> bool:
    """Return whether a colleague took the case on after the broadcast was decided."""
    ticket = conversation.open_ticket
    if ticket is None or ticket.claimed_at is None or ticket.owner_id == broadcast.by_id:
        return False
    return ticket.claimed_at > broadcast.at


def _tell(session: Session, broadcast: Broadcast, recipient: Recipient, at: datetime) -> Message:
    """Say it in the name of who decided it: on the open ticket, or where they asked."""
    conversation, person = recipient.conversation, broadcast.by
    ticket, version = conversation.open_ticket, broadcast.entry_version_id
    if ticket is None:
        question = session.get_one(Message, recipient.question_id)
        message = conversation.tell(
            session,
            broadcast.text,
            kind=Said.REPLY,
            at=at,
            reply_to=question,
            person=person,
            entry_version_id=version,
        )
    else:
        text = broadcast.text
        message = ticket.reply(session, text, by=person, at=at, entry_version_id=version)
        if broadcast.resolves:
            note = f"Told together with everyone who asked (broadcast {broadcast.id})."
            ticket.resolve(session, by=person, at=at, note=note)
    if broadcast.recall_id is not None:
        recalled.corrected(session, broadcast.recall_id, conversation, message, at=at)
    return message
