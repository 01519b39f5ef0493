"""Every number on a report, as small queries over what was recorded. Nothing is kept or cached.

A *contact* is one time a customer turned to us: a question, or the wish for a person. What got
only a fixed line ("hello", "thanks") is none. *People* are distinct visitors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, distinct, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from assistant.answering.decisions import Decision
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground.people import Membership, Person, Role
from assistant.library.entries import Entry
from assistant.library.liveness import is_live
from assistant.library.versions import EntryVersion
from assistant.reports.spans import Span


@dataclass(frozen=True, slots=True)
class Contacts:
    """What became of the contacts of a span."""

    contacts: int
    people: int
    answered: int
    asked_back: int
    handed_over: int

    @property
    def answered_share(self) -> float | None:
        """Return the share that got an approved answer at once, 0..1; nothing without contacts."""
        return self.answered / self.contacts if self.contacts else None


@dataclass(frozen=True, slots=True)
class Tickets:
    """The tickets of a launch: those opened in a span, and what is open now."""

    opened: int
    opened_urgent: int
    open_now: int
    open_urgent_now: int


@dataclass(frozen=True, slots=True)
class Standing:
    """One line about a launch since its beginning."""

    open_tickets: int = 0
    open_urgent: int = 0
    answered_share: float | None = None
    lead: str | None = None


def within(column: InstrumentedAttribute[Any], span: Span) -> ColumnElement[bool]:
    """Return the SQL condition that a time lies in ``span``."""
    return and_(column >= span.start, column < span.end)


def counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Return the SQL count of rows for which ``condition`` holds."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def is_contact() -> ColumnElement[bool]:
    """Return the SQL condition of a contact, for messages outer-joined to their decisions."""
    reply = aliased(Message)
    was_asked = exists().where(reply.reply_to_id == Message.id, reply.kind == Said.CLARIFICATION)
    only_a_line = and_(func.coalesce(Decision.outcome, "") == "clarification", ~was_asked)
    return and_(Message.kind.in_((Said.QUESTION, Said.CALL)), ~only_a_line)


def contacts(session: Session, launch_id: int, span: Span) -> Contacts:
    """Return what became of the contacts of ``span``."""
    outcomes = ("answer", "clarification", "handoff")
    query = _contacts(
        launch_id,
        func.count(Message.id),
        func.count(distinct(Conversation.visitor)),
        *(counted(Decision.outcome == outcome) for outcome in outcomes),
    )
    return Contacts(*session.execute(query.where(within(Message.at, span))).one())


def contacts_per_day(session: Session, launch_id: int, days: Sequence[Span]) -> list[int]:
    """Return the contacts of each of ``days``, in their order, in one query."""
    query = _contacts(launch_id, *(counted(within(Message.at, day)) for day in days))
    whole = Span(min(day.start for day in days), max(day.end for day in days))
    return [int(count) for count in session.execute(query.where(within(Message.at, whole))).one()]


def last_contact(session: Session, launch_id: int, *, by: datetime) -> datetime | None:
    """Return when somebody last turned to us by ``by``, or nothing."""
    query = _contacts(launch_id, func.max(Message.at)).where(Message.at <= by)
    newest: datetime | None = session.scalar(query)
    return newest


def _contacts(launch_id: int, *columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Message)
        .join(Message.conversation)
        .outerjoin(Decision, Decision.message_id == Message.id)
        .where(Conversation.launch_id == launch_id, is_contact())
    )


def tickets(session: Session, launch_id: int, span: Span) -> Tickets:
    """Return how many tickets ``span`` opened, and how many are open at this moment."""
    opened, is_open = within(Ticket.opened_at, span), Ticket.resolved_at.is_(None)
    urgent = Ticket.severity <= int(Severity.PAINFUL)
    columns = [counted(c) for c in (opened, opened & urgent, is_open, is_open & urgent)]
    opened_and_open: Any = session.execute(
        select(*columns).where(Ticket.launch_id == launch_id)
    ).one()
    return Tickets(*opened_and_open)


def ratings(session: Session, launch_id: int, span: Span) -> tuple[float | None, int]:
    """Return the mean rating (1 to 5) of the tickets resolved in ``span``, and how many rated."""
    query = select(func.avg(Ticket.rating), func.count(Ticket.rating)).where(
        Ticket.launch_id == launch_id, within(Ticket.resolved_at, span)
    )
    mean, count = session.execute(query).one()
    return (None if mean is None else float(mean), count)


def standings(session: Session, launch_ids: Sequence[int]) -> dict[int, Standing]:
    """Return one line for each launch, in three queries for all of them."""
    is_open = Ticket.resolved_at.is_(None)
    urgent = is_open & (Ticket.severity <= int(Severity.PAINFUL))
    open_tickets = (
        select(Ticket.launch_id, counted(is_open), counted(urgent))
        .where(Ticket.launch_id.in_(launch_ids))
        .group_by(Ticket.launch_id)
    )
    answered = (
        select(
            Conversation.launch_id,
            func.count(Message.id),
            counted(Decision.outcome == "answer"),
        )
        .select_from(Message)
        .join(Message.conversation)
        .outerjoin(Decision, Decision.message_id == Message.id)
        .where(Conversation.launch_id.in_(launch_ids), is_contact())
        .group_by(Conversation.launch_id)
    )
    shares = {launch: right / all_ for launch, all_, right in session.execute(answered) if all_}
    counts = {launch: (now, bad) for launch, now, bad in session.execute(open_tickets)}
    leads = _leads(session, launch_ids)
    return {
        launch: Standing(*counts.get(launch, (0, 0)), shares.get(launch), leads.get(launch))
        for launch in launch_ids
    }


def _leads(session: Session, launch_ids: Sequence[int]) -> dict[int, str]:
    """Return who leads each launch: of several leads the first by name."""
    query = (
        select(Membership.launch_id, func.min(Person.name))
        .join(Membership.person)
        .where(Membership.launch_id.in_(launch_ids), Person.role == Role.LEAD)
        .group_by(Membership.launch_id)
    )
    return dict(session.execute(query).all())


def contacts_by_scenario(session: Session, launch_id: int) -> dict[int, int]:
    """Return the contacts of each scenario: those its answers or its tickets took."""
    scenario = func.coalesce(Ticket.scenario_id, Entry.scenario_id)
    query = (
        select(scenario, func.count(Decision.message_id))
        .select_from(Decision)
        .join(Message, Message.id == Decision.message_id)
        .outerjoin(Ticket, Ticket.id == Decision.ticket_id)
        .outerjoin(EntryVersion, EntryVersion.id == Decision.entry_version_id)
        .outerjoin(Entry, Entry.id == EntryVersion.entry_id)
        .where(Decision.launch_id == launch_id, is_contact(), scenario.is_not(None))
        .group_by(scenario)
    )
    return {int(found): count for found, count in session.execute(query)}


def entries_by_scenario(session: Session, launch_id: int, *, at: datetime) -> dict[int | None, int]:
    """Return how many answers customers get at ``at`` for each scenario; ``None``: for none."""
    query = (
        select(Entry.scenario_id, func.count(EntryVersion.id))
        .join(EntryVersion.entry)
        .where(Entry.launch_id == launch_id, is_live(at))
        .group_by(Entry.scenario_id)
    )
    return dict(session.execute(query).all())


def sent(session: Session, version_ids: Sequence[int], span: Span) -> dict[int, tuple[int, int]]:
    """Return, for each version, how often it was sent in ``span`` and to how many people."""
    query = (
        select(
            Message.entry_version_id,
            func.count(Message.id),
            func.count(distinct(Conversation.visitor)),
        )
        .join(Message.conversation)
        .where(Message.entry_version_id.in_(version_ids), within(Message.at, span))
        .group_by(Message.entry_version_id)
    )
    return {
        version: (times, people) for version, times, people in session.execute(query) if version
    }
