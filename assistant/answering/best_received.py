"""Which of the agents' replies to one question was received best. Only people's words count.

A reply counts as well received when it was rated or marked as helpful, or its customer did not ask
again and the ticket was not opened again. What an agent says about one
customer's case is no answer for others: it comes last, however it was received.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, exists, func, select
from sqlalchemy.orm import Session, aliased

from assistant.answering.decisions import Decision
from assistant.answering.for_everybody import general
from assistant.answering.labels import Label, Source
from assistant.answering.proposing import GREETING
from assistant.answering.unanswered import ended_with_person
from assistant.desk.conversations import Conversation
from assistant.desk.messages import By, Message, Said
from assistant.desk.tickets import Ticket
from assistant.ground.audit import Event
from assistant.ground.people import Person
from assistant.ground.redacting import names_in, redacted
from assistant.library.versions import EntryVersion
from knowledge.normalise import fingerprint

READ = 200  # replies to one question, the newest
FAREWELL = re.compile(
    r"(?is)\s+(?:(?:best|kind|warm) regards|regards|best wishes|sincerely|cheers|"
    r"(?:mit )?(?:freundlichen|besten|viele) grüße\w*|saludos|cordialement)\b[^.!?]{0,80}\Z"
)
THANKS = re.compile(
    r"(?i)\A(?:thank you|thanks|many thanks)\b[^.!?]{0,60}[.!]\s*|"
    r"\A(?:i am|i['’]m|we are) sorry\b[^.!?]{0,80}[.!]\s*"
)


@dataclass(frozen=True, slots=True)
class Received:
    """One reply of an agent, redacted, and what came of it."""

    text: str
    message_id: int
    by: str
    ticket: str
    at: datetime
    rating: int | None = None  # of the ticket, 1 to 5
    helpful: bool | None = None
    came_back: bool = False
    reopened: bool = False

    @property
    def is_well(self) -> bool:
        """Return whether somebody said so, or the customer has been content since."""
        said = self.helpful is True or (self.rating or 0) >= 4
        return said or not (self.is_badly or self.came_back)

    @property
    def is_badly(self) -> bool:
        """Return whether somebody said that it did not do."""
        return (
            self.helpful is False or self.reopened or (self.rating is not None and self.rating < 3)
        )


@dataclass(frozen=True, slots=True)
class Wording:
    """The same words said to one or several customers, the newest first."""

    text: str
    said: tuple[Received, ...]

    @property
    def is_about_one_case(self) -> bool:
        """Return whether nothing of it would be true for another customer."""
        return not general(self.text)

    @property
    def score(self) -> float:
        """Return how much speaks for it: each time well received 1, badly −2, came back −1."""
        return sum((1 if r.is_well else 0) - 2 * r.is_badly - r.came_back for r in self.said)


def ranked(replies: Iterable[Received]) -> list[Wording]:
    """Return the different wordings, the best received first, of equals the more often said."""
    by_words: dict[str, list[Received]] = defaultdict(list)
    for reply in replies:
        by_words[fingerprint(reply.text) or reply.text].append(reply)
    wordings = [Wording(same[0].text, tuple(same)) for same in by_words.values()]
    return sorted(
        wordings, key=lambda w: (w.is_about_one_case, -w.score, -len(w.said), -w.said[0].message_id)
    )


def core(text: str) -> str:
    """Return a reply without its greeting, thanks, regret and farewell."""
    return THANKS.sub("", FAREWELL.sub("", GREETING.sub("", text.strip()))).strip()


def replies_to(
    session: Session, group_ids: Sequence[int], *, most: int = READ
) -> dict[int, list[Received]]:
    """Return each group's first replies by people after questions that they had to answer.

    Newest first, in the agents' own words, redacted; what cites an approved version is left out.
    """
    reply = aliased(Message)
    first = (
        select(Message.group_id.label("about"), func.min(reply.id).label("reply"))
        .select_from(Message)
        .join(Decision, Decision.message_id == Message.id)
        .join(reply, reply.conversation_id == Message.conversation_id)
        .where(Message.group_id.in_(group_ids), ended_with_person())
        .where(reply.kind == Said.REPLY, reply.id > Message.id)
        .group_by(Message.id)
        .subquery()
    )
    return _received(session, first, most)


def in_place_of(session: Session, version: EntryVersion, *, most: int = READ) -> list[Received]:
    """Return what agents sent who began with ``version`` and changed it; newest first."""
    reply = aliased(Message)
    first = (
        select(Label.entry_version_id.label("about"), func.min(reply.id).label("reply"))
        .select_from(Label)
        .join(Message, Message.id == Label.message_id)
        .join(reply, reply.conversation_id == Message.conversation_id)
        .where(Label.entry_version_id == version.id, Label.source == Source.CHANGED)
        .where(reply.kind == Said.REPLY, reply.id > Message.id)
        .group_by(Label.id)
        .subquery()
    )
    return _received(session, first, most).get(version.id, [])


def _received(session: Session, replies: Subquery, most: int) -> dict[int, list[Received]]:
    reply, first = aliased(Message), _newest(replies)
    ticket = (
        select(func.max(Ticket.id))
        .where(Ticket.conversation_id == reply.conversation_id, Ticket.opened_at <= reply.at)
        .correlate(reply)
        .scalar_subquery()
    )
    query = (
        select(first.c.about, reply, Person.name, Ticket, Conversation.visitor, _came_back(reply))
        .join(reply, reply.id == first.c.reply)
        .join(Person, Person.id == reply.person_id)
        .join(Conversation, Conversation.id == reply.conversation_id)
        .join(Ticket, Ticket.id == ticket)
        .where(first.c.place <= most)
        .order_by(reply.id.desc())
    )
    rows = session.execute(query).all()
    again = _reopened(session, [row.Ticket.id for row in rows])
    found: dict[int, list[Received]] = defaultdict(list)
    for about, said, by, of, visitor, came_back in rows:
        found[about].append(
            Received(
                text=redacted(core(said.text), names_in(visitor, by)),
                message_id=said.id,
                by=by,
                ticket=of.number,
                at=said.at,
                rating=of.rating,
                helpful=said.helpful,
                came_back=bool(came_back),
                reopened=of.id in again,
            )
        )
    return found


def _newest(replies: Subquery) -> Subquery:
    """Return the replies in the agents' own words, each with its place among its question's."""
    reply = aliased(Message)
    place = func.row_number().over(partition_by=replies.c.about, order_by=replies.c.reply.desc())
    return (
        select(replies.c.about, replies.c.reply, place.label("place"))
        .join(reply, reply.id == replies.c.reply)
        .where(reply.entry_version_id.is_(None))
        .subquery()
    )


def _came_back(reply: type[Message]) -> ColumnElement[bool]:
    later = aliased(Message)
    return exists().where(
        later.conversation_id == reply.conversation_id,
        later.id > reply.id,
        later.by == By.CUSTOMER,
        later.kind == Said.QUESTION,
    )


def _reopened(session: Session, tickets: Sequence[int]) -> set[int]:
    query = select(Event.ticket_id).where(
        Event.ticket_id.in_(set(tickets)), Event.kind == "ticket.reopened"
    )
    return {id_ for id_ in session.scalars(query) if id_ is not None}
