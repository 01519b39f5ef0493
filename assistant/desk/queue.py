"""The queue: which tickets, in which order. Worst first, then whatever is due first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.desk.promises import Promise
from assistant.desk.severity import Severity
from assistant.desk.tickets import FIRST_NUMBER, LONGEST_NUMBER, PREFIX, Ticket
from assistant.ground.people import Person
from assistant.launch.scenarios import Scenario

PAGE = 50  # tickets on one page


class View(StrEnum):
    """The lists an agent works from."""

    OPEN = "open"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    ACKNOWLEDGE = "acknowledge"
    URGENT = "urgent"
    WAITING_ON_US = "waiting-on-us"
    WAITING_ON_CUSTOMER = "waiting-on-customer"
    RESOLVED = "resolved"


VIEW_WORDS = {
    View.OPEN: "All open",
    View.MINE: "Mine",
    View.UNASSIGNED: "Unassigned",
    View.ACKNOWLEDGE: "Acknowledge due",
    View.URGENT: "Sev 1–2",
    View.WAITING_ON_US: "Waiting on us",
    View.WAITING_ON_CUSTOMER: "Waiting on customer",
    View.RESOLVED: "Resolved",
}


class Order(StrEnum):
    """How a view is sorted."""

    DUE = "due"  # worst first, then what is due first
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a view is wanted; an empty one wants all of it, due first."""

    words: str = ""  # in the subject, the customer's name, or the ticket's number
    severity: int | None = None
    channel: str = ""
    scenario: str = ""  # its key
    order: Order = Order.DUE


EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of tickets and how many there are in all."""

    tickets: Sequence[Ticket]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


def page(
    session: Session,
    launch_id: int,
    view: View,
    *,
    person: Person,
    only: Filter = EVERYTHING,
    number: int = 1,
) -> Page:
    """Return page ``number`` (from 1) of what ``only`` wants of a view."""
    wanted = select(Ticket).where(Ticket.launch_id == launch_id, _condition(view, person))
    wanted = wanted.where(*_narrowed(only))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = _in_order(wanted, view, only.order).offset((number - 1) * PAGE).limit(PAGE)
    loaded = rows.options(
        joinedload(Ticket.owner),
        joinedload(Ticket.scenario),
        joinedload(Ticket.conversation),
        selectinload(Ticket.promises),
        selectinload(Ticket.pauses),
    )
    return Page(session.scalars(loaded).unique().all(), total, number)


def counts(session: Session, launch_id: int, *, person: Person) -> dict[View, int]:
    """Return how many tickets each view holds, in one query."""
    columns = [
        func.coalesce(func.sum(case((_condition(view, person), 1), else_=0)), 0) for view in View
    ]
    row = session.execute(select(*columns).where(Ticket.launch_id == launch_id)).one()
    return dict(zip(View, (int(count) for count in row), strict=True))


def scenario_counts(session: Session, launch_id: int) -> list[tuple[Scenario, int]]:
    """Return the scenarios that have open tickets with how many, most first."""
    tickets = func.count(Ticket.id)
    query = (
        select(Scenario, tickets)
        .join(Ticket, Ticket.scenario_id == Scenario.id)
        .where(Ticket.launch_id == launch_id, Ticket.resolved_at.is_(None))
        .group_by(Scenario.id)
        .order_by(tickets.desc(), Scenario.key)
    )
    return [(scenario, count) for scenario, count in session.execute(query)]


def channels(session: Session, launch_id: int) -> list[str]:
    """Return the channels on which the launch's tickets came in, by name."""
    query = (
        select(Conversation.channel)
        .join(Conversation.tickets)
        .where(Ticket.launch_id == launch_id)
        .distinct()
        .order_by(Conversation.channel)
    )
    return list(session.scalars(query))


SPOKEN = (Said.QUESTION, Said.CHOICE, Said.CALL, Said.ANSWER, Said.CLARIFICATION, Said.REPLY)


def last_lines(session: Session, tickets: Iterable[Ticket]) -> dict[str, Message]:
    """Return the last thing said in each ticket's conversation: no notes, no fixed lines."""
    newest = (
        select(func.max(Message.id))
        .where(
            Message.conversation_id.in_({ticket.conversation_id for ticket in tickets}),
            Message.kind.in_(SPOKEN),
        )
        .group_by(Message.conversation_id)
    )
    query = select(Message).where(Message.id.in_(newest)).options(joinedload(Message.person))
    return {message.conversation_id: message for message in session.scalars(query)}


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The numbers' ids before and after a ticket in the queue, where there are any."""

    before: int | None = None
    after: int | None = None


def neighbours(session: Session, ticket: Ticket, *, person: Person) -> Neighbours:
    """Return which open tickets stand around ``ticket``; nothing when it is resolved."""
    ours = select(Ticket).where(Ticket.launch_id == ticket.launch_id, _condition(View.OPEN, person))
    ids = list(session.scalars(_in_order(ours, View.OPEN, Order.DUE).with_only_columns(Ticket.id)))
    if ticket.id not in ids:
        return Neighbours()
    here = ids.index(ticket.id)
    return Neighbours(ids[here - 1] if here else None, next(iter(ids[here + 1 : here + 2]), None))


def _condition(view: View, person: Person) -> ColumnElement[bool]:
    is_open = Ticket.resolved_at.is_(None)
    on_us = or_(Ticket.replied_at.is_(None), Ticket.customer_wrote_at > Ticket.replied_at)
    conditions: dict[View, ColumnElement[bool]] = {
        View.OPEN: is_open,
        View.MINE: and_(is_open, Ticket.owner_id == person.id),
        View.UNASSIGNED: and_(is_open, Ticket.claimed_at.is_(None)),
        View.ACKNOWLEDGE: and_(is_open, Ticket.acknowledged_at.is_(None)),
        View.URGENT: and_(is_open, Ticket.severity <= int(Severity.PAINFUL)),
        View.WAITING_ON_US: and_(is_open, on_us),
        View.WAITING_ON_CUSTOMER: and_(is_open, ~on_us),
        View.RESOLVED: Ticket.resolved_at.is_not(None),
    }
    return conditions[view]


def _narrowed(only: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if only.words.strip():
        conditions.append(_mentions(only.words.strip()))
    if only.severity is not None:
        conditions.append(Ticket.severity == only.severity)
    if only.channel:
        conditions.append(Ticket.conversation.has(Conversation.channel == only.channel))
    if only.scenario:
        conditions.append(Ticket.scenario.has(Scenario.key == only.scenario))
    return conditions


def _mentions(words: str) -> ColumnElement[bool]:
    digits = words.upper().removeprefix(PREFIX)
    found = or_(
        Ticket.subject.icontains(words, autoescape=True),
        Ticket.conversation.has(Conversation.visitor.icontains(words, autoescape=True)),
    )
    is_number = digits.isdecimal() and len(digits) <= LONGEST_NUMBER
    return or_(found, Ticket.id == int(digits) - FIRST_NUMBER) if is_number else found


def _in_order(wanted: Select[Ticket], view: View, order: Order) -> Select[Ticket]:
    if order is not Order.DUE:
        opened = Ticket.opened_at
        return wanted.order_by(opened.desc() if order is Order.NEWEST else opened, Ticket.id)
    if view is View.RESOLVED:
        return wanted.order_by(Ticket.resolved_at.desc(), Ticket.id)
    due = (
        select(func.min(Promise.due_at))
        .where(Promise.ticket_id == Ticket.id, Promise.kept_at.is_(None))
        .where(Promise.paused_at.is_(None))
        .correlate(Ticket)
        .scalar_subquery()
    )
    return wanted.order_by(Ticket.severity, due, Ticket.id)
