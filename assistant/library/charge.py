"""Which embedder is in charge: a stored fact, because vectors of two models are never compared.

When another one is configured, the former stays in charge until the whole library is in the words
of the new one (``reembedding``). Every process follows the newest row.
"""

from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.ground import embedders
from assistant.ground.database import Base
from assistant.ground.parts import Parts
from knowledge.embedding import WeightsUnusable

log = structlog.get_logger()


class InCharge(Base):
    """One embedder coming into charge. The newest row is the one whose vectors are in use."""

    __tablename__ = "embedders_in_charge"

    id: Mapped[int] = mapped_column(primary_key=True)
    embedder: Mapped[str]
    endpoint: Mapped[str]  # where it answers; "" for the local one, and where nobody knows
    since: Mapped[datetime]


def in_charge(session: Session) -> InCharge | None:
    """Return who is in charge; nobody before the first start."""
    return session.scalar(select(InCharge).order_by(InCharge.id.desc()).limit(1))


def take_up(parts: Parts) -> None:
    """Decide, at the start of a process, who answers: the configured embedder, if it is in charge.

    If another one is, that one goes on where it can still be made, and words alone where it
    cannot; the configured one is ``parts.coming`` then. The very first one comes into charge.
    """
    configured = parts.embedder
    if configured is None:
        return
    with parts.db.reading() as session:
        now = in_charge(session)
    if now is None:
        _begin(parts)
    elif now.embedder != configured.name:
        parts.coming = configured
        parts.coming_state = "It has not begun."
        _make(parts, now)


def follow(parts: Parts, now: InCharge | None) -> None:
    """Let this process use who is in charge by now; nothing happens when it does already.

    Called with no transaction open, because another model may have to be made, and by any number
    of threads at the same time.
    """
    coming = parts.coming  # read first: another thread that gets here may take it away
    if now is None or (parts.embedder and parts.embedder.name == now.embedder):
        return
    if coming is not None and coming.name == now.embedder:
        parts.embedder = coming  # before it stops to be the coming one: there always is one
        parts.coming = None
        parts.embedder_missing = parts.embedder_failure = parts.coming_state = ""
        log.info("embedder in charge", embedder=now.embedder)
    elif parts.embedder is not None:
        # Somebody else put another one in charge. Embedding anew towards what is configured here
        # begins with a start only: two processes with two settings would take turns for ever.
        _make(parts, now)


def _begin(parts: Parts) -> None:
    with parts.db.writing() as session:
        if parts.embedder is not None and in_charge(session) is None:
            put_in_charge(session, parts, parts.embedder.name, at=parts.clock.now())


def put_in_charge(session: Session, parts: Parts, name: str, *, at: datetime) -> InCharge:
    """Write down that the embedder configured here is in charge from now on."""
    now = InCharge(embedder=name, endpoint=embedders.endpoint_of(parts.settings), since=at)
    session.add(now)
    return now


def _make(parts: Parts, now: InCharge) -> None:
    try:
        parts.embedder = embedders.named(parts.settings, now.embedder, now.endpoint)
        parts.embedder_missing = ""
    except WeightsUnusable as gone:
        parts.embedder = None
        parts.embedder_missing = str(gone)
