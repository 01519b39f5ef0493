"""Mails that came in: their bytes are kept before anybody reads them, so nothing is lost."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, Session, deferred, joinedload, mapped_column, relationship

from assistant.desk.conversations import Conversation
from assistant.desk.messages import SUBJECT, Message
from assistant.ground.audit import happened
from assistant.ground.database import Base
from assistant.ground.errors import Refused
from assistant.ground.people import Person
from assistant.launch.launches import Launch

PAGE = 50  # mails on one page
DISCARDED = "discarded"
AUTOMATIC = "automatic"  # the outcome of a machine's mail: kept, and not answered


class Mail(Base):
    """One mail as it came. ``key`` is its Message-ID: a second copy is the same mail."""

    __tablename__ = "mails"
    __table_args__ = (
        Index("ix_mails_waiting", "settled_at", "quarantined_at", "id"),
        Index("ix_mails_outcome_id", "outcome", "id"),
    )

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
    launch_id: Mapped[int | None] = mapped_column(ForeignKey("launches.id"), index=True)
    # What it belongs to; of a mail that was not answered, what it names, which proves nothing.
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    said_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    quarantined_at: Mapped[datetime | None] = mapped_column(index=True)
    looked_at_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    launch: Mapped[Launch | None] = relationship()
    conversation: Mapped[Conversation | None] = relationship()
    looked_at_by: Mapped[Person | None] = relationship()

    @property
    def is_aside(self) -> bool:
        """Return whether a person has to look at it."""
        return self.quarantined_at is not None and self.settled_at is None

    def quarantine(self, why: str, *, at: datetime) -> None:
        """Put it aside for a person to look at; nothing is answered, nothing is lost."""
        self.quarantined_at, self.because = self.quarantined_at or at, why

    def let_in(self, session: Session, *, by: Person, at: datetime) -> None:
        """Let it become a ticket, on the word of a person; the assistant does not answer it.

        Raises:
            Refused: when it is neither put aside nor a machine's any more.
        """
        if not self.is_aside and self.outcome != AUTOMATIC:
            raise _dealt_with()
        self.quarantined_at, self.tries, self.looked_at_by_id = None, 0, by.id
        self.settled_at, self.outcome = None, ""
        happened(session, "mail.let-in", at=at, by=by, mail=self.id)

    def set_aside(self, session: Session, *, by: Person, at: datetime) -> None:
        """Leave it unanswered for good; its bytes stay.

        Raises:
            Refused: when it is not in quarantine any more.
        """
        if not self.is_aside:
            raise _dealt_with()
        self.settled_at, self.outcome, self.looked_at_by_id = at, DISCARDED, by.id
        happened(session, "mail.set-aside", at=at, by=by, mail=self.id)


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


def _dealt_with() -> Refused:
    return Refused("Somebody has dealt with this mail.", what_to_do="Load the list again.")


def aside(kind: str) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for what waits for a person, or with ``AUTOMATIC`` for machines'."""
    if kind == AUTOMATIC:
        return (Mail.outcome == AUTOMATIC,)
    return (Mail.quarantined_at.is_not(None), Mail.settled_at.is_(None))


def of_people_in(launches: Collection[int] | None) -> ColumnElement[bool]:
    """Return the condition that a mail may be read by who works on ``launches`` (None: on all).

    What could be of any launch is everybody's, so that nothing stays unseen.
    """
    if launches is None:
        return true()
    return or_(Mail.launch_id.is_(None), Mail.launch_id.in_(launches))


def count_of(session: Session, *conditions: ColumnElement[bool]) -> int:
    """Return how many mails there are of these conditions."""
    return session.scalar(select(func.count(Mail.id)).where(*conditions)) or 0


def page_of(
    session: Session, *conditions: ColumnElement[bool], number: int = 1
) -> tuple[list[Mail], int]:
    """Return one page of mails without their bytes, newest first, and how many there are."""
    total = count_of(session, *conditions)
    query = (
        select(Mail).where(*conditions).options(joinedload(Mail.launch)).order_by(Mail.id.desc())
    )
    return list(session.scalars(query.limit(PAGE).offset((number - 1) * PAGE))), total
