"""Posting: whatever a customer was told and has not read goes out as a letter, by itself.

A conversation that is held by mail is answered by mail at once. Who asked on a page, named an
address and left gets by mail what they have not read there. Nobody else needs to think of it: this
sweep looks for what was told, so a reply, a broadcast and a correction go the same way.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.orm import Session, joinedload

from assistant.desk.conversations import Conversation
from assistant.desk.letters import UNCONFIRMED, About, Letter
from assistant.desk.messages import By, Message, Said
from assistant.desk.reach import Address, Correspondent, may_ask, was_asked_today
from assistant.ground import outbox
from assistant.ground.mail import domain_of
from assistant.ground.parts import Parts
from assistant.ground.settings import Settings

EMAIL = "email"  # the channel of a conversation that is held by mail
LEFT_AFTER = timedelta(minutes=2)  # unread on the page for so long: the customer has left it
STALE = timedelta(days=3)  # what nobody could send by then is not news any more
AT_ONCE = 200  # letters of one round


def post_due(parts: Parts) -> int:
    """Put a letter into the outbox for everyone who was told something and has not read it."""
    if not parts.settings.sends_mail:
        return 0
    at = parts.clock.now()
    with parts.db.reading() as session:
        # Apart, so that a crowd of strangers keeps nobody waiting who is known.
        due = _due(session, at, is_known=True) + _due(session, at, is_known=False)
    if not due:
        return 0
    horizon = _horizon(parts)
    return sum(_posted(parts, correspondent_id, at, horizon) for correspondent_id in due)


def _horizon(parts: Parts) -> int:
    """Return the newest message's id, when everybody who writes a lower one has finished.

    On PostgreSQL numbers may become visible out of order; what was passed over would never go out.
    """
    with parts.db.writing() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("LOCK TABLE messages IN SHARE MODE"))
        return session.scalar(select(func.max(Message.id))) or 0


def _due(session: Session, at: datetime, *, is_known: bool) -> list[int]:
    unknown = and_(Correspondent.confirmed_at.is_(None), ~was_asked_today(at))
    query = (
        select(Correspondent.id)
        .join(Correspondent.address)
        .join(Conversation, Conversation.id == Correspondent.conversation_id)
        .join(Message, Message.conversation_id == Correspondent.conversation_id)
        .where(
            Correspondent.ended_at.is_(None),
            Address.bounced_at.is_(None),
            Correspondent.confirmed_at.is_not(None) if is_known else unknown,
            Message.at > at - STALE,
            Message.by != By.CUSTOMER,
            Message.kind != Said.NOTE,
            Message.id > Correspondent.mailed_id,
            or_(Conversation.channel == EMAIL, Message.id > Correspondent.seen_id),
            or_(Conversation.channel == EMAIL, Message.at <= at - LEFT_AFTER),
            or_(Correspondent.muted_at.is_(None), _is_of_a_person()),
        )
        .distinct()
        .order_by(Correspondent.id)
        .limit(AT_ONCE)
    )
    return list(session.scalars(query))


def _is_of_a_person() -> ColumnElement[bool]:
    return or_(Message.by == By.PERSON, Message.reply_to_id.is_(None))


def _by_a_person(message: Message) -> bool:
    return message.by == By.PERSON or message.reply_to_id is None


def _posted(parts: Parts, correspondent_id: int, at: datetime, horizon: int) -> bool:
    with parts.db.writing() as session:
        query = select(Correspondent).where(Correspondent.id == correspondent_id)
        to = session.scalars(
            query.options(joinedload(Correspondent.address)).with_for_update(of=Correspondent)
        ).one()
        told = _told(session, to, at, horizon)
        if not told:
            return False
        if to.confirmed_at is None:
            return _asked(session, parts.settings, to, told, at)
        to.mailed_id = told[-1].id
        by_a_person = any(message.by == By.PERSON for message in told)
        letter = Letter(
            about=About.WORDS,
            correspondent_id=to.id,
            messages=[message.id for message in told],
            is_automatic=not by_a_person,
        )
        put(session, parts.settings, letter, to.address, at=at, conversation=to.conversation)
        return True


def _told(session: Session, to: Correspondent, at: datetime, horizon: int) -> list[Message]:
    """Return what the customer was told and has neither read nor been sent, oldest first."""
    by_mail = to.conversation.channel == EMAIL
    query = (
        select(Message)
        .where(
            Message.conversation_id == to.conversation_id,
            Message.at > at - STALE,
            Message.by != By.CUSTOMER,
            Message.kind != Said.NOTE,
            Message.id > (to.mailed_id if by_mail else max(to.mailed_id, to.seen_id)),
            Message.id <= horizon,
        )
        .order_by(Message.id)
    )
    told = list(session.scalars(query))
    if to.muted_at is not None and not any(_by_a_person(message) for message in told):
        return []  # a machine answers there: it hears from persons only
    is_due = by_mail or any(message.at <= at - LEFT_AFTER for message in told)
    return told if is_due else []


def _asked(
    session: Session, settings: Settings, to: Correspondent, told: list[Message], at: datetime
) -> bool:
    """Ask whether it is them, if that mailbox may hear from us today, and we from it this minute.

    What was told stays due: it goes out once somebody has said yes.
    """
    if is_braked(session, settings, at=at) or not may_ask(session, to.address, at=at):
        return False
    letter = Letter(
        about=About.CONFIRM,
        correspondent_id=to.id,
        messages=[message.id for message in told],
        is_automatic=True,
    )
    put(session, settings, letter, to.address, at=at, conversation=to.conversation)
    return True


def is_braked(session: Session, settings: Settings, *, at: datetime) -> bool:
    """Return whether as many unconfirmed addresses were written to as one minute allows."""
    minute = at - timedelta(minutes=1)
    lately = select(func.count()).where(Letter.about.in_(UNCONFIRMED), Letter.made_at > minute)
    return (session.scalar(lately) or 0) >= settings.mail_unconfirmed_per_minute


def put(
    session: Session,
    settings: Settings,
    letter: Letter,
    address: Address,
    *,
    at: datetime,
    conversation: Conversation | None = None,
    launch_id: int | None = None,
) -> None:
    """Hand ``letter`` to the outbox. Letters about one conversation arrive in their order."""
    letter.made_at = at
    letter.message_id = f"{secrets.token_hex(16)}@{domain_of(settings)}"
    session.add(letter)
    session.flush()
    newest = conversation.tickets[-1].id if conversation and conversation.tickets else None
    outbox.put(
        session,
        kind="mail",
        target=address.email,
        body={"letter": letter.id},
        at=at,
        key=letter.key,
        lane=conversation.id if conversation else "",
        launch_id=conversation.launch_id if conversation else launch_id,
        ticket_id=newest,
    )
