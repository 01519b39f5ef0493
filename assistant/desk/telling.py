"""Telling subscribers: each update once to each, and first the question whether they want any."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from assistant.desk import links
from assistant.desk.letters import About, Letter
from assistant.desk.links import Opens
from assistant.desk.posting import AT_ONCE, STALE, is_braked, put
from assistant.desk.reach import Address, may_ask, was_asked_today
from assistant.desk.subscribers import Subscriber
from assistant.ground.errors import NotFound
from assistant.ground.parts import Parts
from assistant.launch.updates import Update

UNDO = timedelta(seconds=10)  # before mails of an update leave; who takes it back stops them


def behind(session: Session, opens: Opens, token: str, *, at: datetime) -> Subscriber:
    """Return whose subscription ``token`` is about. Raises NotFound when it ended."""
    link = links.opened(session, opens, token, at=at)
    if link is None or link.subscriber is None:
        raise NotFound("This link does not work any more.", what_to_do="Ask for the updates again.")
    return link.subscriber


def tell_subscribers(parts: Parts) -> int:
    """Put into the outbox what subscribers are to hear; return how many letters."""
    if not parts.settings.sends_mail:
        return 0
    at = parts.clock.now()
    with parts.db.reading() as session:
        asked, told = _to_ask(session, at), _to_tell(session, at)
    letters = sum(_asked(parts, subscriber_id, at) for subscriber_id in asked)
    return letters + sum(_told(parts, *each, at) for each in told)


def _to_ask(session: Session, at: datetime) -> list[int]:
    """Return who said that they want it and was not asked yet, or was asked and asks again."""
    was_asked = (
        select(Letter.id)
        .where(
            Letter.subscriber_id == Subscriber.id,
            Letter.about == About.SUBSCRIBE,
            Letter.made_at >= Subscriber.wanted_at,
        )
        .exists()
    )
    query = (
        select(Subscriber.id)
        .join(Subscriber.address)
        .where(
            or_(Subscriber.confirmed_at.is_(None), Subscriber.ended_at.is_not(None)),
            or_(Subscriber.ended_at.is_(None), Subscriber.ended_at < Subscriber.wanted_at),
            Subscriber.wanted_at > at - STALE,
            Address.bounced_at.is_(None),
            ~was_asked_today(at),
            ~was_asked,
        )
        .order_by(Subscriber.id)
        .limit(AT_ONCE)
    )
    return list(session.scalars(query))


def _asked(parts: Parts, subscriber_id: int, at: datetime) -> bool:
    with parts.db.writing() as session:
        subscriber = session.get_one(Subscriber, subscriber_id, with_for_update=True)
        settings = parts.settings
        if is_braked(session, settings, at=at):
            return False
        if not may_ask(session, subscriber.address, at=at):
            return False
        letter = Letter(about=About.SUBSCRIBE, subscriber_id=subscriber.id, is_automatic=True)
        put(
            session,
            settings,
            letter,
            subscriber.address,
            at=at,
            launch_id=subscriber.launch_id,
        )
        return True


def _to_tell(session: Session, at: datetime) -> list[tuple[int, int]]:
    """Return subscribers and updates that belong together and have not met."""
    was_told = (
        select(Letter.id)
        .where(Letter.subscriber_id == Subscriber.id, Letter.update_id == Update.id)
        .exists()
    )
    query = (
        select(Subscriber.id, Update.id)
        .join(Update, Update.launch_id == Subscriber.launch_id)
        .join(Subscriber.address)
        .where(
            Subscriber.confirmed_at.is_not(None),
            Subscriber.ended_at.is_(None),
            Update.published_at >= Subscriber.confirmed_at,
            Update.published_at <= at - UNDO,
            Update.published_at > at - STALE,
            Update.taken_back_at.is_(None),
            Address.bounced_at.is_(None),
            ~was_told,
        )
        .order_by(Update.id, Subscriber.id)
        .limit(AT_ONCE)
    )
    return [(subscriber_id, update_id) for subscriber_id, update_id in session.execute(query)]


def _told(parts: Parts, subscriber_id: int, update_id: int, at: datetime) -> bool:
    with parts.db.writing() as session:
        subscriber = session.get_one(Subscriber, subscriber_id, with_for_update=True)
        mine = (Letter.subscriber_id == subscriber_id, Letter.update_id == update_id)
        if session.scalar(select(Letter.id).where(*mine)) is not None:
            return False
        letter = Letter(
            about=About.UPDATE,
            subscriber_id=subscriber_id,
            update_id=update_id,
            is_automatic=False,
        )
        put(
            session,
            parts.settings,
            letter,
            subscriber.address,
            at=at,
            launch_id=subscriber.launch_id,
        )
        return True
