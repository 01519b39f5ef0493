"""The queue: which tickets, in which order. Worst first, then whatever is due first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from assistant.desk import recalled, rulings
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
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
    WAITING_ON_DECISION = "waiting-on-decision"
    OUT_OF_SCOPE = "out-of-scope"
    RECALLED = "recalled"
    RESOLVED = "resolved"


VIEW_WORDS = {
    View.OPEN: "All open",
    View.MINE: "Mine",
    View.UNASSIGNED: "Unassigned",
    View.ACKNOWLEDGE: "Acknowledge due",
    View.URGENT: "Sev 1–2",
    View.WAITING_ON_US: "Waiting on us",
    View.WAITING_ON_CUSTOMER: "Waiting on customer",
    View.WAITING_ON_DECISION: "Waiting on decision",
    View.OUT_OF_SCOPE: "Out of scope",
    View.RECALLED: "Recalled answers",
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
LOADED = (
    joinedload(Ticket.owner),
    joinedload(Ticket.scenario),
    joinedload(Ticket.conversation),
    selectinload(Ticket.promises),
    selectinload(Ticket.pauses),
)


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
    return Page(session.scalars(rows.options(*LOADED)).unique().all(), total, number)


def among(
    session: Session,
    launch_id: int,
    view: View,
    ids: Iterable[int],
    *,
    person: Person,
    only: Filter = EVERYTHING,
) -> set[int]:
    """Return which of the tickets with these ids ``only`` wants of a view."""
    wanted = select(Ticket.id).where(Ticket.launch_id == launch_id, Ticket.id.in_(set(ids)))
    return set(session.scalars(wanted.where(_condition(view, person), *_narrowed(only))))


def first_of(
    session: Session, launch_id: int, only: Filter, *, person: Person, skip: int, most: int
) -> Sequence[Ticket]:
    """Return ``most`` tickets, open or not, that ``only`` wants, after the first ``skip``."""
    wanted = select(Ticket).where(Ticket.launch_id == launch_id, *_narrowed(only))
    return session.scalars(_in_order(wanted, View.OPEN, only.order).offset(skip).limit(most)).all()


def loaded(session: Session, ids: Iterable[int]) -> Sequence[Ticket]:
    """Return the tickets with these ids and everything that a row shows of them."""
    return session.scalars(select(Ticket).where(Ticket.id.in_(set(ids))).options(*LOADED)).all()


def counts(session: Session, launch_id: int, *, person: Person) -> dict[View, int]:
    """Return how many tickets each view holds, in two queries; only open tickets are looked at."""
    is_ours, is_open = Ticket.launch_id == launch_id, Ticket.resolved_at.is_(None)
    among_open = [view for view in View if view is not View.RESOLVED]
    columns = [
        func.coalesce(func.sum(case((_condition(view, person), 1), else_=0)), 0)
        for view in among_open
    ]
    row = session.execute(select(*columns).where(is_ours, is_open)).one()
    resolved = select(func.count()).where(is_ours, _condition(View.RESOLVED, person))
    counted = (*(int(count) for count in row), session.scalar(resolved) or 0)
    return dict(zip((*among_open, View.RESOLVED), counted, strict=True))


def mine(session: Session, launch_id: int, *, person: Person) -> int:
    """Return how many open tickets ``person`` owns: the one count that differs from who looks."""
    ours = select(func.count()).where(Ticket.launch_id == launch_id, _condition(View.MINE, person))
    return session.scalar(ours) or 0


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
    """Return the channels on which customers came to the launch, by name."""
    query = (
        select(Conversation.channel)
        .where(Conversation.launch_id == launch_id)
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
    if not ticket.is_open:
        return Neighbours()
    place = tuple_(Ticket.severity, Ticket.next_due_at, Ticket.id)
    here = tuple_(ticket.severity, ticket.next_due_at, ticket.id)
    ours = select(Ticket.id).where(
        Ticket.launch_id == ticket.launch_id, _condition(View.OPEN, person)
    )
    nearer = ours.where(place < here).order_by(
        Ticket.severity.desc(), Ticket.next_due_at.desc(), Ticket.id.desc()
    )
    further = ours.where(place > here).order_by(Ticket.severity, Ticket.next_due_at, Ticket.id)
    return Neighbours(session.scalar(nearer.limit(1)), session.scalar(further.limit(1)))


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
        View.WAITING_ON_DECISION: and_(is_open, rulings.is_waiting()),
        View.OUT_OF_SCOPE: and_(is_open, Ticket.in_scope.is_(False)),
        View.RECALLED: and_(is_open, recalled.is_uncorrected()),
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
    return wanted.order_by(Ticket.severity, Ticket.next_due_at, Ticket.id)
