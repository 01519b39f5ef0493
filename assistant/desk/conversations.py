"""Conversations: everything that was said, by whom, in order. Nothing said is ever changed."""

import secrets
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.ground.audit import ASSISTANT, CUSTOMER, happened
from assistant.ground.database import Base, canonical, sha256
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Person
from assistant.launch.launches import Launch

if TYPE_CHECKING:
    from assistant.desk.tickets import Ticket

LONGEST = 4_000  # characters of one message
SUBJECT = 120  # characters of a subject line
EVERYONE = "everyone"


class By(StrEnum):
    """Who said it."""

    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    PERSON = "agent"


class Said(StrEnum):
    """What kind of message it is."""

    QUESTION = "question"  # a customer's words, to be decided
    CHOICE = "choice"  # a customer's tap on a "did you mean"
    CALL = "call"  # a customer's wish for a person
    ANSWER = "answer"  # one approved version, word for word
    CLARIFICATION = "clarification"  # "did you mean", with approved titles
    NOTICE = "notice"  # a fixed line of the product
    REPLY = "reply"  # a person's words
    NOTE = "note"  # a person's words for the team only


class Conversation(Base):
    """One customer, one launch, one channel."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    token_sha256: Mapped[str]
    channel: Mapped[str]
    visitor: Mapped[str] = mapped_column(index=True)
    audience: Mapped[str]
    page_url: Mapped[str]
    began_at: Mapped[datetime]
    launch: Mapped[Launch] = relationship()
    messages: Mapped[list["Message"]] = relationship(
        order_by="Message.id", back_populates="conversation"
    )
    tickets: Mapped[list["Ticket"]] = relationship(
        order_by="Ticket.id", back_populates="conversation"
    )

    def is_opened_by(self, token: str) -> bool:
        """Return whether ``token`` is this conversation's own."""
        return secrets.compare_digest(self.token_sha256, sha256(token))

    @property
    def open_ticket(self) -> "Ticket | None":
        """Return the ticket a person still has to close, if there is one."""
        return next((ticket for ticket in reversed(self.tickets) if ticket.is_open), None)

    @property
    def has_person(self) -> bool:
        """Return whether a person has taken over: then the assistant keeps silent."""
        ticket = self.open_ticket
        return ticket is not None and ticket.first_response_at is not None

    def behind(self, message: "Message") -> "Message":
        """Return the question that ``message`` is about, which may be itself.

        A choice is about the question that led to the titles; a call without words is about what
        was asked before it.
        """
        said = {one.id: one for one in self.messages}
        if message.kind == Said.CHOICE and (titles := said.get(message.reply_to_id or 0)):
            return said.get(titles.reply_to_id or 0, message)
        if message.kind == Said.CALL and message.text == A_PERSON_PLEASE:
            asked = (one for one in self.messages if one.kind == Said.QUESTION)
            return max((one for one in asked if one.id < message.id), default=message, key=_by_id)
        return message

    def ask(self, session: Session, text: str, *, key: str, at: datetime) -> "Message":
        """Write down what the customer said, to be decided. ``key`` makes a retry harmless."""
        return self._said(
            session,
            by=By.CUSTOMER,
            kind=Said.QUESTION,
            text=text,
            key=key,
            body_sha256=sha256(text),
            at=at,
        )

    def choose(
        self, session: Session, asked: "Message", entry: str | None, *, key: str, at: datetime
    ) -> "Message":
        """Write down which title the customer tapped; ``None`` is "none of these".

        Raises:
            Refused: when ``asked`` is no clarification, was answered, or did not offer ``entry``.
        """
        offered = {option["entry"]: option["title"] for option in asked.options}
        if asked.kind != Said.CLARIFICATION or (entry is not None and entry not in offered):
            raise Refused("That was not among the choices.", what_to_do="Choose one that is shown.")
        if asked.chosen is not None:
            raise Refused("You have chosen already.", what_to_do="Ask again in your own words.")
        asked.chosen = entry or NONE_OF_THESE
        return self._said(
            session,
            by=By.CUSTOMER,
            kind=Said.CHOICE,
            text=offered[entry] if entry else "None of these",
            key=key,
            body_sha256=sha256(canonical([asked.id, entry])),
            reply_to_id=asked.id,
            chosen=entry or NONE_OF_THESE,
            at=at,
        )

    def call(self, session: Session, note: str, *, key: str, at: datetime) -> "Message":
        """Write down that the customer wants a person, with their words if there are any."""
        return self._said(
            session,
            by=By.CUSTOMER,
            kind=Said.CALL,
            text=note or A_PERSON_PLEASE,
            key=key,
            body_sha256=body_of_call(note),
            at=at,
        )

    def tell(
        self,
        session: Session,
        text: str,
        *,
        kind: Said,
        at: datetime,
        reply_to: "Message | None" = None,
        person: Person | None = None,
        **facts: Any,
    ) -> "Message":
        """Write down what the customer is told: an approved version, a fixed line, a reply."""
        return self._said(
            session,
            by=By.PERSON if person else By.ASSISTANT,
            kind=kind,
            text=text,
            sha256=sha256(text),
            person_id=person.id if person else None,
            reply_to_id=reply_to.id if reply_to else None,
            at=at,
            **facts,
        )

    def _said(self, session: Session, *, at: datetime, **facts: Any) -> "Message":
        message = Message(conversation_id=self.id, at=at, **facts)
        self.messages.append(message)
        session.flush()
        by = {By.CUSTOMER: CUSTOMER, By.ASSISTANT: ASSISTANT}.get(By(message.by))
        event = happened(
            session,
            f"message.{message.kind}",
            at=at,
            by=by or "person",
            launch_id=self.launch_id,
            conversation_id=self.id,
            message=message.id,
        )
        event.person_id = message.person_id
        return message


def _by_id(message: "Message") -> int:
    return message.id


def body_of_call(note: str) -> str:
    """Return the hash that a repeated call for a person is known by; no question has the same."""
    return sha256(canonical([Said.CALL, note]))


NONE_OF_THESE = "none"
A_PERSON_PLEASE = "I would like to talk to a person."
TO_DECIDE = (Said.QUESTION, Said.CHOICE, Said.CALL)


class Message(Base):
    """One thing that was said."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "key"),
        Index("ix_messages_undecided", "kind", "decided_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    by: Mapped[str]
    kind: Mapped[str]
    text: Mapped[str]
    sha256: Mapped[str | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    entry_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("entry_versions.id"), index=True
    )
    options: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    chosen: Mapped[str | None]
    helpful: Mapped[bool | None]
    key: Mapped[str | None]
    body_sha256: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("repeat_groups.id"), index=True)
    conversation: Mapped[Conversation] = relationship(back_populates="messages")
    person: Mapped[Person | None] = relationship()

    @property
    def is_for_customer(self) -> bool:
        """Return whether the customer may see it. A note never leaves the team."""
        return self.kind != Said.NOTE

    @property
    def is_question(self) -> bool:
        """Return whether it is the customer's and wants a decision."""
        return self.kind in TO_DECIDE


def begin(
    session: Session,
    launch: Launch,
    *,
    at: datetime,
    channel: str = "widget",
    visitor: str = "",
    page_url: str = "",
    audience: str = EVERYONE,
) -> tuple[Conversation, str]:
    """Return a new conversation and its secret token, which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    conversation = Conversation(
        id=secrets.token_urlsafe(16),
        launch_id=launch.id,
        token_sha256=sha256(token),
        channel=channel,
        visitor=visitor or secrets.token_urlsafe(12),
        audience=audience,
        page_url=page_url,
        began_at=at,
    )
    session.add(conversation)
    session.flush()
    return conversation, token


def opened(session: Session, conversation_id: str, token: str) -> Conversation:
    """Return the conversation that ``token`` opens.

    Raises:
        NotFound: when there is none, or it is somebody else's: the two look alike.
    """
    found = session.get(Conversation, conversation_id)
    if found is None or not found.is_opened_by(token):
        raise NotFound("There is no such conversation.", what_to_do="Begin a new one.")
    return found


def said_before(
    session: Session, conversation_id: str, key: str, body_sha256: str
) -> Message | None:
    """Return the message that was already received under ``key``, or nothing.

    Raises:
        Refused: when the same key came with another body.
    """
    found = session.scalar(
        select(Message).where(Message.conversation_id == conversation_id, Message.key == key)
    )
    if found is not None and found.body_sha256 != body_sha256:
        raise Refused(
            "This Idempotency-Key was used for another message.",
            what_to_do="Use a new key for a new message.",
        )
    return found


def undecided(session: Session, *, before: datetime, most: int = 100) -> list[int]:
    """Return the ids of questions said before ``before`` that nobody has decided, oldest first."""
    query = (
        select(Message.id)
        .where(
            Message.kind.in_(TO_DECIDE),
            Message.decided_at.is_(None),
            Message.at <= before,
        )
        .order_by(Message.at)
        .limit(most)
    )
    return list(session.scalars(query))


def subject_of(text: str) -> str:
    """Return the first line of ``text``, cut at a word to ``SUBJECT`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= SUBJECT else f"{line[:SUBJECT].rsplit(' ', 1)[0][: SUBJECT - 1]}…"
