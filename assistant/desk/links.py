"""Links: secrets that go out in one mail and open one thing. Only their hashes are kept."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.desk.reach import Correspondent
from assistant.desk.subscribers import Subscriber
from assistant.ground.database import Base, sha256

BYTES = 20  # of a secret: 160 bits; in hex, because mail servers fold the case of local parts


class Opens(StrEnum):
    """What a link is for; it opens nothing else."""

    CONVERSATION = "conversation"  # shows it, after a tap
    REPLY = "reply"  # threads an answer: it stands in Reply-To
    VISIT = "visit"  # the browser that tapped: a cookie
    SUBSCRIPTION = "subscription"  # confirms that somebody wants the updates
    UNSUBSCRIPTION = "unsubscription"


LASTS = {
    Opens.CONVERSATION: timedelta(days=14),
    Opens.REPLY: timedelta(days=90),
    Opens.VISIT: timedelta(hours=12),
    Opens.SUBSCRIPTION: timedelta(days=3),
    Opens.UNSUBSCRIPTION: timedelta(days=365),
}


class Link(Base):
    """One secret, by its hash."""

    __tablename__ = "mail_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    opens: Mapped[str]
    correspondent_id: Mapped[int | None] = mapped_column(ForeignKey("correspondents.id"))
    subscriber_id: Mapped[int | None] = mapped_column(ForeignKey("subscribers.id"))
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    correspondent: Mapped[Correspondent | None] = relationship()
    subscriber: Mapped[Subscriber | None] = relationship()


def make(session: Session, opens: Opens, about: Correspondent | Subscriber, *, at: datetime) -> str:
    """Return a new secret that ``opens`` something about ``about``; it is stored nowhere."""
    token = secrets.token_hex(BYTES)
    is_one = isinstance(about, Correspondent)
    link = Link(
        token_sha256=sha256(token),
        opens=opens,
        correspondent_id=about.id if is_one else None,
        subscriber_id=None if is_one else about.id,
        made_at=at,
        ends_at=at + LASTS[opens],
    )
    session.add(link)
    return token


def opened(session: Session, opens: Opens, token: str, *, at: datetime) -> Link | None:
    """Return the link that ``token`` is, when it opens that and has not ended."""
    if not token or len(token) > 2 * BYTES:
        return None
    query = select(Link).where(
        Link.token_sha256 == sha256(token.lower()), Link.opens == opens, Link.ends_at > at
    )
    return session.scalar(query)
