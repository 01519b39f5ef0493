"""Mails that came in: their bytes are kept before anybody reads them, so nothing is lost."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from assistant.desk.conversations import Conversation
from assistant.ground.database import Base
from assistant.ground.people import Person


class Mail(Base):
    """One mail as it came. ``key`` is its Message-ID: a second copy is the same mail."""

    __tablename__ = "mails"
    __table_args__ = (Index("ix_mails_waiting", "settled_at", "quarantined_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    came_by: Mapped[str]  # imap or api
    received_at: Mapped[datetime] = mapped_column(index=True)
    raw: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    size: Mapped[int]  # bytes
    sender: Mapped[str]  # what From says, which proves nothing
    subject: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")  # what became of it, in a word
    because: Mapped[str] = mapped_column(default="")
    is_verified: Mapped[bool] = mapped_column(default=False)  # our relay vouched for the sender
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    said_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    quarantined_at: Mapped[datetime | None] = mapped_column(index=True)
    looked_at_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    conversation: Mapped[Conversation | None] = relationship()
    looked_at_by: Mapped[Person | None] = relationship()


class Mailbox(Base):
    """How far an IMAP folder has been read, and whether reading works."""

    __tablename__ = "mailboxes"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    uid_validity: Mapped[int] = mapped_column(BigInteger, default=0)
    last_uid: Mapped[int] = mapped_column(BigInteger, default=0)  # 32 bits without a sign
    read_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
