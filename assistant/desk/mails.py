"""Mails that came in: their bytes are kept before anybody reads them, so nothing is lost."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, select
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column, relationship

from assistant.desk.conversations import Conversation
from assistant.desk.messages import SUBJECT, Message
from assistant.ground.audit import happened
from assistant.ground.database import Base
from assistant.ground.errors import Refused
from assistant.ground.people import Person

DISCARDED = "discarded"


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

    def quarantine(self, why: str, *, at: datetime) -> None:
        """Put it aside for a person to look at; nothing is answered, nothing is lost."""
        self.quarantined_at, self.because = self.quarantined_at or at, why

    def let_in(self, session: Session, *, by: Person, at: datetime) -> None:
        """Let it become a ticket, on the word of a person; the assistant does not answer it.

        Raises:
            Refused: when it is not in quarantine any more.
        """
        self._must_be_aside()
        self.quarantined_at, self.tries, self.looked_at_by_id = None, 0, by.id
        happened(session, "mail.let-in", at=at, by=by, mail=self.id)

    def set_aside(self, session: Session, *, by: Person, at: datetime) -> None:
        """Leave it unanswered for good; its bytes stay.

        Raises:
            Refused: when it is not in quarantine any more.
        """
        self._must_be_aside()
        self.settled_at, self.outcome, self.looked_at_by_id = at, DISCARDED, by.id
        happened(session, "mail.set-aside", at=at, by=by, mail=self.id)

    def _must_be_aside(self) -> None:
        if self.quarantined_at is None or self.settled_at is not None:
            raise Refused("Somebody has dealt with this mail.", what_to_do="Load the list again.")


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


def waiting(session: Session, *, most: int = 50) -> list[int]:
    """Return the ids of mails that nobody has read yet, oldest first."""
    query = select(Mail.id).where(Mail.settled_at.is_(None), Mail.quarantined_at.is_(None))
    return list(session.scalars(query.order_by(Mail.id).limit(most)))


def subject_of(session: Session, message: Message) -> str:
    """Return the subject that the mail had which said ``message``; "" when it gave none to it."""
    words = message.text.partition("\n\n")[0]
    if message.conversation.channel != "email" or len(words) > SUBJECT:
        return ""
    given = session.scalar(select(Mail.subject).where(Mail.said_id == message.id).limit(1))
    return words if given and given.endswith(words) else ""


def in_quarantine(session: Session, *, most: int = 100) -> list[Mail]:
    """Return the mails that a person has to look at, newest first."""
    query = select(Mail).where(Mail.quarantined_at.is_not(None), Mail.settled_at.is_(None))
    return list(session.scalars(query.order_by(Mail.id.desc()).limit(most)))
