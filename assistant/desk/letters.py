"""Letters: what goes out by mail, about what, and what became of it. The outbox carries them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.desk.reach import Correspondent
from assistant.desk.subscribers import Subscriber
from assistant.ground.database import Base
from assistant.launch.updates import Update


class About(StrEnum):
    """What a letter is about."""

    WORDS = "words"  # messages of a conversation, to a confirmed address
    CONFIRM = "confirm"  # "is this you?"; nothing that was said
    UPDATE = "update"  # an update, to a subscriber
    SUBSCRIBE = "subscribe"  # "do you want these updates?"


UNCONFIRMED = (About.CONFIRM, About.SUBSCRIBE)


class Letter(Base):
    """One mail to one address. ``message_id`` is the same at every try, so copies are known."""

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("subscriber_id", "update_id"),
        Index("ix_letters_about_made_at", "about", "made_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str]
    correspondent_id: Mapped[int | None] = mapped_column(
        ForeignKey("correspondents.id"), index=True
    )
    subscriber_id: Mapped[int | None] = mapped_column(ForeignKey("subscribers.id"))
    update_id: Mapped[int | None] = mapped_column(ForeignKey("updates.id"))
    messages: Mapped[list[int]] = mapped_column(JSON, default=list)  # their ids, in order
    is_automatic: Mapped[bool]  # no person's words in it
    message_id: Mapped[str] = mapped_column(unique=True)  # the mail's, without <>
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    withheld_at: Mapped[datetime | None]  # what it says may not be said any more
    withheld_because: Mapped[str] = mapped_column(default="")
    bounced_at: Mapped[datetime | None]
    bounced_because: Mapped[str] = mapped_column(default="")
    correspondent: Mapped[Correspondent | None] = relationship()
    subscriber: Mapped[Subscriber | None] = relationship()
    update: Mapped[Update | None] = relationship()

    @property
    def key(self) -> str:
        """Return what the outbox knows it by."""
        return f"letter-{self.id}"


def of_conversation(session: Session, conversation_id: str) -> Sequence[Letter]:
    """Return the letters about a conversation, oldest first."""
    query = (
        select(Letter)
        .join(Letter.correspondent)
        .where(Correspondent.conversation_id == conversation_id)
        .order_by(Letter.id)
    )
    return session.scalars(query).all()
