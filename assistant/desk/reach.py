"""Where a customer can be reached by e-mail, and whether we know that it is them.

Somebody names an address; that proves nothing. An address in a conversation is *confirmed* when
whoever reads its mail has clicked a link that only this mail held, or has answered it in a way that
our own relay vouches for. Until then it hears once a day at most, and nothing that was said.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message
from assistant.ground.audit import CUSTOMER, happened
from assistant.ground.database import Base, put_unless_there

LONGEST = 254  # characters of an address; RFC 5321 4.5.3.1
ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+"
)
ONE_A = timedelta(hours=24)  # within which an unconfirmed address hears from us once at most


class Source(StrEnum):
    """Where an address comes from."""

    TICKET = "ticket"  # "where can we reach you", told once with the case
    WIDGET = "widget"  # "e-mail me" on the page
    MAIL = "mail"  # a mail came from it
    UPDATES = "updates"  # somebody wants the updates there


class Proof(StrEnum):
    """How we know that an address is the customer's."""

    LINK = "link"
    REPLY = "reply"


class Address(Base):
    """One e-mail address that somebody named, in lower case."""

    __tablename__ = "customer_addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    mailbox: Mapped[str] = mapped_column(index=True)  # without "+tag": one person reads them all
    added_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]  # when it last heard from us unconfirmed
    confirmed_at: Mapped[datetime | None]  # first, in whatever conversation
    bounced_at: Mapped[datetime | None]
    bounced_because: Mapped[str] = mapped_column(default="")


class Correspondent(Base):
    """One address in one conversation: what it was told, and whether it was confirmed there."""

    __tablename__ = "correspondents"
    __table_args__ = (UniqueConstraint("conversation_id", "address_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("customer_addresses.id"), index=True)
    source: Mapped[str]
    since: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]  # another address took its place
    seen_id: Mapped[int] = mapped_column(default=0)  # the newest message read on the page
    mailed_id: Mapped[int] = mapped_column(default=0)  # the newest message put into a letter
    muted_at: Mapped[datetime | None]  # a machine answers there: nothing automatic goes out
    address: Mapped[Address] = relationship()
    conversation: Mapped[Conversation] = relationship()

    def confirm(self, session: Session, proof: Proof, *, at: datetime) -> None:
        """Know from now on that this is the customer; a second time changes nothing."""
        if self.confirmed_at is not None:
            return
        self.confirmed_at, self.confirmed_by = at, proof
        self.address.confirmed_at = self.address.confirmed_at or at
        happened(
            session,
            "mail.confirmed",
            at=at,
            by=CUSTOMER,
            launch_id=self.conversation.launch_id,
            conversation_id=self.conversation_id,
            proof=proof,
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """Where the customer of a conversation can be reached; an unverified one is told nothing."""

    email: str | None
    is_verified: bool


def address_in(words: str) -> str | None:
    """Return the e-mail address that ``words`` are, in lower case; None for anything else."""
    email = words.strip().lower()
    local = email.partition("@")[0]
    is_one = len(email) <= LONGEST and len(local) <= 64 and ADDRESS.fullmatch(email)
    return email if is_one else None


def reach_of(session: Session, conversation: Conversation) -> Reach:
    """Return where the customer of ``conversation`` is told what they are told by mail."""
    found = correspondent_of(session, conversation.id)
    if found is None:
        return Reach(None, False)
    return Reach(found.address.email, found.confirmed_at is not None)


def correspondent_of(session: Session, conversation_id: str) -> Correspondent | None:
    """Return the address that a conversation's mail goes to; None when nobody named one."""
    query = (
        select(Correspondent)
        .where(Correspondent.conversation_id == conversation_id, Correspondent.ended_at.is_(None))
        .order_by(Correspondent.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def give(
    session: Session, conversation: Conversation, words: str, *, source: Source, at: datetime
) -> Correspondent | None:
    """Write down that the customer can be reached at ``words``; None when that is no address.

    It takes the place of another one: nobody is added beside it. What was said until now was read
    where it was said, unless it came by mail.
    """
    email = address_in(words)
    if email is None:
        return None
    address = known(session, email, at=at)
    former = correspondent_of(session, conversation.id)
    if former is not None and former.address_id == address.id:
        return former
    if former is not None:
        former.ended_at = at
    mine = (
        Correspondent.conversation_id == conversation.id,
        Correspondent.address_id == address.id,
    )
    found = session.scalar(select(Correspondent).where(*mine))
    if found is None:
        found = Correspondent(
            conversation_id=conversation.id, address=address, source=source, since=at
        )
        session.add(found)
    found.ended_at = None
    newest = 0 if source == Source.MAIL else _newest(session, conversation.id)
    found.seen_id = max(found.seen_id or 0, newest)
    session.flush()
    _recorded(session, conversation, source, at)
    return found


def known(session: Session, email: str, *, at: datetime) -> Address:
    """Return the row of an address in lower case, made when there is none yet."""
    row = {"email": email, "mailbox": mailbox_of(email), "added_at": at, "bounced_because": ""}
    put_unless_there(session, Address, [row])
    return session.scalars(select(Address).where(Address.email == email)).one()


def mailbox_of(email: str) -> str:
    """Return the mailbox behind an address: ``mara+shop@example.com`` is ``mara@example.com``."""
    local, _, domain = email.partition("@")
    return f"{local.partition('+')[0]}@{domain}"


def was_asked_today(at: datetime) -> ColumnElement[bool]:
    """Return the condition that an address's mailbox had its one mail of the day already."""
    mate = aliased(Address)
    asked = select(mate.id).where(mate.mailbox == Address.mailbox, mate.asked_at > at - ONE_A)
    return asked.exists()


def may_ask(session: Session, address: Address, *, at: datetime) -> bool:
    """Take the one mail a day that an unconfirmed mailbox may get; false when it had it."""
    last = select(func.max(Address.asked_at)).where(Address.mailbox == address.mailbox)
    asked_at = session.scalar(last)
    if asked_at is not None and asked_at > at - ONE_A:
        return False
    address.asked_at = at
    session.flush()
    return True


def note_read(session: Session, conversation_id: str, message_id: int) -> None:
    """Keep that everything up to ``message_id`` was read on a page: no mail repeats it."""
    session.execute(
        update(Correspondent)
        .where(Correspondent.conversation_id == conversation_id, Correspondent.seen_id < message_id)
        .values(seen_id=message_id)
        .execution_options(synchronize_session=False)
    )


def is_unread(session: Session, conversation_id: str, message_id: int) -> bool:
    """Return whether a mail may still be due about what was said up to ``message_id``."""
    query = select(Correspondent.id).where(
        Correspondent.conversation_id == conversation_id, Correspondent.seen_id < message_id
    )
    return session.scalar(query.limit(1)) is not None


def _newest(session: Session, conversation_id: str) -> int:
    newest = select(func.max(Message.id)).where(Message.conversation_id == conversation_id)
    return session.scalar(newest) or 0


def _recorded(session: Session, conversation: Conversation, source: Source, at: datetime) -> None:
    happened(
        session,
        "mail.address-given",
        at=at,
        by=CUSTOMER,
        launch_id=conversation.launch_id,
        conversation_id=conversation.id,
        source=source,
    )
