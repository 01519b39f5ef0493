"""Conversations: everything that was said, by whom, in order. Nothing said is ever changed."""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.desk.messages import A_PERSON_PLEASE, NONE_OF_THESE, By, Message, Said
from assistant.ground.audit import ASSISTANT, CUSTOMER, happened
from assistant.ground.database import Base, canonical, sha256
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Person
from assistant.launch.launches import Launch

if TYPE_CHECKING:
    from assistant.desk.tickets import Ticket

EVERYONE = "everyone"


class Conversation(Base):
    """One customer, one launch, one channel."""

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_launch_id_channel", "launch_id", "channel"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    token_sha256: Mapped[str]
    channel: Mapped[str]
    visitor: Mapped[str] = mapped_column(index=True)
    audience: Mapped[str]
    page_url: Mapped[str]
    network: Mapped[str] = mapped_column(default="", server_default="")  # ground/networks.py
    began_at: Mapped[datetime]
    launch: Mapped[Launch] = relationship()
    messages: Mapped[list[Message]] = relationship(
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

    def behind(self, message: Message) -> Message:
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

    def ask(self, session: Session, text: str, *, key: str, at: datetime) -> Message:
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
        self, session: Session, asked: Message, entry: str | None, *, key: str, at: datetime
    ) -> Message:
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

    def call(self, session: Session, note: str, *, key: str, at: datetime) -> Message:
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
        reply_to: Message | None = None,
        person: Person | None = None,
        **facts: Any,
    ) -> Message:
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

    def _said(self, session: Session, *, at: datetime, **facts: Any) -> Message:
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


def _by_id(message: Message) -> int:
    return message.id


def body_of_call(note: str) -> str:
    """Return the hash that a repeated call for a person is known by; no question has the same."""
    return sha256(canonical([Said.CALL, note]))


def begin(
    session: Session,
    launch: Launch,
    *,
    at: datetime,
    channel: str = "widget",
    visitor: str = "",
    page_url: str = "",
    audience: str = EVERYONE,
    network: str = "",
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
        network=network,
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
