"""Who asked: an audience before anything is sent, and the words for who is left out of it.

Everybody who asked is told once, where they asked last, also who got no answer and left.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select
from sqlalchemy.orm import Session, joinedload

from assistant.answering.decisions import Decision
from assistant.answering.evidence import about
from assistant.desk.belonging import members_of
from assistant.desk.causes import Cause
from assistant.desk.conversations import Conversation
from assistant.desk.messages import By, Message
from assistant.desk.reach import Correspondent
from assistant.desk.recalled import ToldWrong
from assistant.desk.tickets import FIRST_NUMBER, PREFIX, Ticket
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Scenario
from assistant.library.entries import by_key

AT_ONCE = 500  # ids in one query; databases take some ten thousand


class Why(StrEnum):
    """Why somebody who asked is left out."""

    TOLD = "told"
    NOT_HELPED = "not-helped"
    HELPED = "helped"
    RATED = "rated"
    AUDIENCE = "audience"
    LANGUAGE = "language"
    OUT_OF_SCOPE = "out-of-scope"
    ANOTHER = "another"
    HANDLED = "handled"
    WROTE = "wrote"
    STOPPED = "stopped"
    BY_HAND = "by-hand"
    NO_MAIL = "no-mail"


WHY_WORDS = {
    Why.TOLD: "Has it already, word for word",
    Why.NOT_HELPED: "Said that exactly this did not help",
    Why.HELPED: "Said that another answer helped",
    Why.RATED: "Resolved and rated",
    Why.AUDIENCE: "It is for other customers",
    Why.LANGUAGE: "Wrote in another language",
    Why.OUT_OF_SCOPE: "Asked about something outside this launch",
    Why.ANOTHER: "Named another code or number",
    Why.HANDLED: "A colleague is on it just now",
    Why.WROTE: "Wrote meanwhile",
    Why.STOPPED: "Stopped before their turn",
    Why.BY_HAND: "Taken out by hand",
    Why.NO_MAIL: "Asked by mail, and no mail server is configured",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which questions are meant; several kinds are added up."""

    groups: tuple[int, ...] = ()  # ids of repeat groups
    cause: int = 0  # id
    tickets: tuple[str, ...] = ()  # numbers
    scenario: str = ""  # its key
    entry: str = ""  # key of the entry that the questions are about
    recall: int = 0  # id of a recall: everybody who was told what it took back

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored: only what was chosen."""
        chosen = {
            "groups": list(self.groups),
            "cause": self.cause,
            "tickets": list(self.tickets),
            "scenario": self.scenario,
            "entry": self.entry,
            "recall": self.recall,
        }
        return {name: value for name, value in chosen.items() if value}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Chosen":
        """Return what ``as_json`` stored."""
        return cls(
            groups=tuple(stored.get("groups", ())),
            cause=stored.get("cause", 0),
            tickets=tuple(stored.get("tickets", ())),
            scenario=stored.get("scenario", ""),
            entry=stored.get("entry", ""),
            recall=stored.get("recall", 0),
        )


@dataclass(frozen=True, slots=True)
class Asker:
    """One person who asked, and the place where they are told."""

    visitor: str
    conversation_id: str
    channel: str
    audience: str
    question_id: int
    question: str
    asked_at: datetime
    ticket_id: int | None = None  # the newest one there, open or not
    is_open: bool = False
    rating: int | None = None
    in_scope: bool = True
    owner_id: int | None = None
    claimed_at: datetime | None = None
    newest_message_id: int = 0  # what comes after it came meanwhile
    email: str | None = None  # where they are told too

    @property
    def ticket(self) -> str | None:
        """Return the ticket's number, if there is one."""
        return f"{PREFIX}{FIRST_NUMBER + self.ticket_id}" if self.ticket_id else None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody who asked and is not told, and why."""

    asker: Asker
    why: Why


@dataclass(frozen=True, slots=True)
class Audience:
    """Exactly who is told, in the order in which they asked, and who is not."""

    told: tuple[Asker, ...]
    left_out: tuple[LeftOut, ...]
    twins: int = 0  # further open tickets of people who are told elsewhere


def askers(session: Session, launch: Launch, chosen: Chosen) -> tuple[list[Asker], int]:
    """Return every person who asked, once, and how many more open tickets they have.

    Of several conversations of one person the one with an open ticket counts, of equals the one
    in which they asked last.
    """
    found = _asked(session, launch, chosen)
    tickets = _newest_tickets(session, {asker.conversation_id for asker in found})
    newest = _newest_messages(session, {asker.conversation_id for asker in found})
    emails = _emails(session, {asker.conversation_id for asker in found})
    people: dict[str, Asker] = {}
    open_tickets: dict[str, set[int]] = {}
    for asker in found:
        here = _with(asker, tickets.get(asker.conversation_id), newest)
        here = replace(here, email=emails.get(asker.conversation_id))
        if here.is_open and here.ticket_id:
            open_tickets.setdefault(here.visitor, set()).add(here.ticket_id)
        known = people.get(here.visitor)
        if known is None or (here.is_open, here.question_id) > (known.is_open, known.question_id):
            people[here.visitor] = here
    twins = sum(len(numbers) - 1 for numbers in open_tickets.values())
    return sorted(people.values(), key=lambda one: one.question_id), twins


def _asked(session: Session, launch: Launch, chosen: Chosen) -> list[Asker]:
    conditions = _conditions(session, launch, chosen)
    if not conditions:
        return []
    query = (
        select(
            Conversation.visitor,
            Conversation.id,
            Conversation.channel,
            Conversation.audience,
            Message.id,
            Message.text,
            Message.at,
        )
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Conversation.launch_id == launch.id, or_(*conditions), Message.by == By.CUSTOMER)
        .order_by(Message.id)
    )
    return [Asker(*row) for row in session.execute(query)]


def _conditions(session: Session, launch: Launch, chosen: Chosen) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if chosen.groups:
        found.append(Message.group_id.in_(chosen.groups))
    if chosen.cause and (cause := session.get(Cause, chosen.cause)):
        found.append(Message.id.in_([question.id for question in members_of(session, cause)]))
    numbers = [_id_of(number) for number in chosen.tickets]
    if numbers:
        found.append(Message.id.in_(select(Ticket.question_id).where(Ticket.id.in_(numbers))))
    if chosen.scenario:
        of_scenario = select(Ticket.question_id).join(Ticket.scenario)
        found.append(Message.id.in_(of_scenario.where(Scenario.key == chosen.scenario)))
    if chosen.entry:
        entry = by_key(session, launch.id, chosen.entry)
        found.append(Message.id.in_(select(Decision.message_id).where(about(entry))))
    if chosen.recall:
        found.append(Message.id.in_(_asked_by_those_told(chosen.recall)))
    return found


def _asked_by_those_told(recall_id: int) -> ScalarSelect[int]:
    """Return the newest question in each conversation in which something was taken back."""
    told_in = select(ToldWrong.conversation_id).where(ToldWrong.recall_id == recall_id)
    return (
        select(func.max(Message.id))
        .where(Message.conversation_id.in_(told_in), Message.by == By.CUSTOMER)
        .group_by(Message.conversation_id)
        .scalar_subquery()
    )


def _id_of(number: str) -> int:
    digits = number.upper().removeprefix(PREFIX)
    return int(digits) - FIRST_NUMBER if digits.isdecimal() and len(digits) <= 9 else 0


def _newest_tickets(session: Session, conversations: Iterable[str]) -> dict[str, Ticket]:
    """Return the ticket that counts in each conversation: an open one, or the newest."""
    found: dict[str, Ticket] = {}
    for some in _some(sorted(conversations)):
        query = select(Ticket).where(Ticket.conversation_id.in_(some)).order_by(Ticket.id)
        for ticket in session.scalars(query):
            known = found.get(ticket.conversation_id)
            if known is None or ticket.is_open or not known.is_open:
                found[ticket.conversation_id] = ticket
    return found


def _newest_messages(session: Session, conversations: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in _some(sorted(conversations)):
        newest = select(Message.conversation_id, func.max(Message.id))
        of_these = newest.where(Message.conversation_id.in_(some))
        found |= {row[0]: row[1] for row in session.execute(of_these.group_by("conversation_id"))}
    return found


def _emails(session: Session, conversations: Iterable[str]) -> dict[str, str]:
    """Return where each conversation's customer is told by mail, too; only where it is theirs."""
    found: dict[str, str] = {}
    for some in _some(sorted(conversations)):
        query = (
            select(Correspondent)
            .where(
                Correspondent.conversation_id.in_(some),
                Correspondent.ended_at.is_(None),
                Correspondent.confirmed_at.is_not(None),
            )
            .options(joinedload(Correspondent.address))
        )
        found |= {each.conversation_id: each.address.email for each in session.scalars(query)}
    return found


def _with(asker: Asker, ticket: Ticket | None, newest: Mapping[str, int]) -> Asker:
    asker = replace(asker, newest_message_id=newest.get(asker.conversation_id, 0))
    if ticket is None:
        return asker
    return replace(
        asker,
        ticket_id=ticket.id,
        is_open=ticket.is_open,
        rating=ticket.rating,
        in_scope=ticket.in_scope,
        owner_id=ticket.owner_id,
        claimed_at=ticket.claimed_at,
    )


def _some(ids: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while some := list(islice(rest, AT_ONCE)):
        yield some
