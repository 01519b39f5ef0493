"""What became of one update as mail: how many subscribers have it, wait for it, or never get it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from assistant.desk.letters import Letter
from assistant.desk.posting import STALE
from assistant.desk.reach import Address
from assistant.desk.subscribers import Subscriber
from assistant.ground.outbox import Outgoing
from assistant.launch.updates import Update


@dataclass(frozen=True, slots=True)
class Counts:
    """The mails of one update."""

    sent: int
    waiting: int
    failed: int


def counts(session: Session, update: Update, *, at: datetime) -> Counts:
    """Return how many mails of an update were sent, wait or failed.

    A mail that came back failed. Who left meanwhile is not counted: nobody withheld anything.
    """
    is_dead = or_(Outgoing.dead_at.is_not(None), Letter.bounced_at.is_not(None))
    is_sent = and_(Letter.sent_at.is_not(None), Letter.bounced_at.is_(None))
    is_waiting = and_(Letter.sent_at.is_(None), ~is_dead, Letter.withheld_at.is_(None))
    columns = [
        func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
        for condition in (is_sent, is_waiting, is_dead)
    ]
    key = literal("letter-") + cast(Letter.id, String)
    query = (
        select(*columns)
        .select_from(Letter)
        .outerjoin(Outgoing, and_(Outgoing.kind == "mail", Outgoing.key == key))
        .where(Letter.update_id == update.id)
    )
    sent, waiting, failed = session.execute(query).one()
    return Counts(sent, waiting + _unwritten(session, update, at), failed)


def _unwritten(session: Session, update: Update, at: datetime) -> int:
    """Return who is to get it and for whom no letter was written yet."""
    if update.published_at <= at - STALE or update.taken_back_at is not None:
        return 0
    has_one = (
        select(Letter.id)
        .where(Letter.subscriber_id == Subscriber.id, Letter.update_id == update.id)
        .exists()
    )
    mine = (Subscriber.launch_id == update.launch_id, ~has_one)
    early = Subscriber.confirmed_at <= update.published_at
    query = select(func.count(Subscriber.id)).join(Subscriber.address).where(*mine, early)
    return session.scalar(query.where(*_reachable())) or 0


def readers(session: Session, launch_id: int) -> int:
    """Return how many would get the next update by mail."""
    query = select(func.count(Subscriber.id)).join(Subscriber.address)
    confirmed = Subscriber.confirmed_at.is_not(None)
    mine = query.where(Subscriber.launch_id == launch_id, confirmed, *_reachable())
    return session.scalar(mine) or 0


def _reachable() -> tuple[ColumnElement[bool], ...]:
    return Subscriber.ended_at.is_(None), Address.bounced_at.is_(None)
