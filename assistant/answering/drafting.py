"""Drafting: what the model proposes to an agent: a draft reply and a summary, line by line.

It is for the agent's eyes and nobody else's. Every line names the messages it rests on, under
names that are drawn anew for each call; a line that names none, or holds what could become a link,
is not shown. Nothing here sends anything: words reach a customer when a person sends them.
"""

import json
import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.answering.select import UNGUESSABLE, flat, words_for
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message
from assistant.desk.tickets import Ticket
from assistant.desk.visitors import name_in
from assistant.ground.database import Base
from assistant.ground.deadline import Deadline
from assistant.ground.llm import Failure
from assistant.ground.parts import Parts
from assistant.ground.people import Person

SECONDS = 20.0  # an agent waits longer than a customer, and goes on by hand meanwhile
OUTPUT_TOKENS = 900  # eight lines of a draft and five of a summary
LOOKED_AT = 30  # messages of a thread, the newest
CUT_AT = 1_500  # characters of one message
MOST_LINES = 12
LONGEST_LINE = 600  # characters
NAMED = re.compile(r"^\s*\[([a-z]{8}(?:\s*[,;]\s*[a-z]{8})*)\]\s*(.+)$", re.DOTALL)
# What some reader of mail or chat would turn into a link, a picture or markup; full stops of other
# scripts are turned into dots by browsers.
ACTIVE = re.compile(
    r"(?i)[a-z][a-z0-9+.-]*:/|\b(?:mailto|javascript|data|tel|sms):|\bwww[.。．｡]|@"
    r"|\]\s*\(|!\[|\[\[|[<>`]|&#?\w+;|[\w-][.。．｡]\w{2,}"
)


class Proposal(BaseModel):
    """What the model returns: lines, each with the names of its messages in front."""

    model_config = ConfigDict(extra="ignore", strict=True)

    draft: list[str]
    summary: list[str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of plain text and the messages it rests on, at least one."""

    text: str
    sources: tuple[int, ...]


class ModelDraft(Base):
    """What the model made of a ticket's thread up to one message."""

    __tablename__ = "model_drafts"
    __table_args__ = (UniqueConstraint("ticket_id", "message_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))  # the newest it has seen
    draft: Mapped[list[dict[str, Any]]]  # [{text, sources: [message id]}]
    summary: Mapped[list[dict[str, Any]]]
    model: Mapped[str]
    made_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))

    @property
    def text(self) -> str:
        """Return the draft as it would stand in the reply box: plain text."""
        return "\n\n".join(str(line["text"]) for line in self.draft)


def draft(parts: Parts, ticket_id: int, *, by: Person) -> Failure | None:
    """Let the model draft a reply to a ticket, once for each state of its thread.

    Nothing when there is a draft now, else why there is none. Waits for the model without a
    transaction, ``SECONDS`` at the longest.
    """
    if parts.model is None:
        return Failure("off")
    with parts.db.reading() as session:
        ticket = session.get_one(Ticket, ticket_id)
        if of_thread(session, ticket):
            return None
        launch_id, said = ticket.launch_id, shown_to_model(ticket.conversation)
        named = dict(zip(words_for(len(said), UNGUESSABLE), said, strict=True))
        told = material(named, ticket.conversation, UNGUESSABLE)
        sources = {name: message.id for name, message in named.items()}
    reply = parts.model.ask(
        instruction(),
        told,
        Proposal,
        by=Deadline.after(SECONDS, time.monotonic),
        launch_id=launch_id,
        output_tokens=OUTPUT_TOKENS,
    )
    if isinstance(reply, Failure):
        return reply
    found = reply.parsed
    with parts.db.writing() as session:
        ticket = session.get_one(Ticket, ticket_id)
        if of_thread(session, ticket, up_to=max(sources.values())):
            return None  # somebody else asked at the same moment
        kept = ModelDraft(
            ticket_id=ticket_id,
            message_id=max(sources.values()),
            draft=_kept(lines(found.draft, sources)),
            summary=_kept(lines(found.summary, sources)),
            model=reply.model,
            made_at=parts.clock.now(),
            asked_by_id=by.id,
        )
        session.add(kept)
        session.flush()
        ticket.record(session, "model-drafted", by=by, at=kept.made_at, draft=kept.id)
    return None


def of_thread(session: Session, ticket: Ticket, *, up_to: int = 0) -> ModelDraft | None:
    """Return the draft for the thread as it is now; nothing when something was said since."""
    newest = up_to or max((each.id for each in shown_to_model(ticket.conversation)), default=0)
    query = select(ModelDraft).where(
        ModelDraft.ticket_id == ticket.id, ModelDraft.message_id == newest
    )
    return session.scalar(query)


def shown_to_model(conversation: Conversation) -> list[Message]:
    """Return what the model reads of a conversation: what its customer may read, and no note."""
    return [each for each in conversation.messages if each.is_for_customer][-LOOKED_AT:]


def lines(said: Sequence[str], sources: dict[str, int]) -> list[Line]:
    """Return the lines that may be shown: plain, short, and resting on messages we showed."""
    found = (_line(each, sources) for each in said[:MOST_LINES])
    return [line for line in found if line]


def _line(said: str, sources: dict[str, int]) -> Line | None:
    match = NAMED.match(said)
    if match is None:
        return None
    names = re.split(r"\s*[,;]\s*", match[1])
    known = tuple(dict.fromkeys(sources[name] for name in names if name in sources))
    text = flat(match[2])
    if not known or not text or len(text) > LONGEST_LINE or ACTIVE.search(text):
        return None
    return Line(text, known)


def _kept(found: Sequence[Line]) -> list[dict[str, Any]]:
    return [{"text": line.text, "sources": list(line.sources)} for line in found]


@cache
def instruction() -> str:
    """The instruction, from ``prompts/draft.md``."""
    return (resources.files(__package__) / "prompts" / "draft.md").read_text(encoding="utf-8")


def material(named: dict[str, Message], about: Conversation, rng: random.Random) -> str:
    """The thread as marked lines that no content can leave; the customer's name stays here."""
    mark = words_for(1, rng)[0]
    said = [
        json.dumps({"id": name, "by": each.by, "text": _nameless(each, about)}, ensure_ascii=False)
        for name, each in named.items()
    ]
    return "\n".join([f"THREAD {mark}", *said, f"END {mark}"])


def _nameless(message: Message, about: Conversation) -> str:
    text = flat(message.text)[:CUT_AT]
    name = name_in(about.visitor).strip()
    names = [name, *name.split()] if " " in name else []
    for name in (each for each in names if len(each) > 1):
        text = re.sub(rf"(?i)(?<!\w){re.escape(name)}(?!\w)", "[name]", text)
    return text
