"""The queue: which tickets, in which order. Worst first, then whatever is due first."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from assistant.desk.promises import Promise
from assistant.desk.severity import Severity
from assistant.desk.tickets import FIRST_NUMBER, PREFIX, Ticket
from assistant.ground.people import Person

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
    words: str = "",
    number: int = 1,
) -> Page:
    """Return page ``number`` (from 1) of a view, searched for ``words`` in subject and number."""
    wanted = select(Ticket).where(Ticket.launch_id == launch_id, _condition(view, person))
    if words.strip():
        wanted = wanted.where(_mentions(words.strip()))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = _in_order(wanted, view).offset((number - 1) * PAGE).limit(PAGE)
    loaded = rows.options(
        joinedload(Ticket.owner),
        joinedload(Ticket.scenario),
        joinedload(Ticket.conversation),
        selectinload(Ticket.promises),
    )
    return Page(session.scalars(loaded).unique().all(), total, number)


def counts(session: Session, launch_id: int, *, person: Person) -> dict[View, int]:
    """Return how many tickets each view holds, in one query."""
    columns = [
        func.coalesce(func.sum(case((_condition(view, person), 1), else_=0)), 0) for view in View
    ]
    row = session.execute(select(*columns).where(Ticket.launch_id == launch_id)).one()
    return dict(zip(View, (int(count) for count in row), strict=True))


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


def _mentions(words: str) -> ColumnElement[bool]:
    digits = words.upper().removeprefix(PREFIX)
    by_words = Ticket.subject.icontains(words, autoescape=True)
    return or_(by_words, Ticket.id == int(digits) - FIRST_NUMBER) if digits.isdigit() else by_words


def _in_order(wanted: Select[tuple[Ticket]], view: View) -> Select[tuple[Ticket]]:
    if view is View.RESOLVED:
        return wanted.order_by(Ticket.resolved_at.desc())
    due = (
        select(func.min(Promise.due_at))
        .where(Promise.ticket_id == Ticket.id, Promise.kept_at.is_(None))
        .correlate(Ticket)
        .scalar_subquery()
    )
    return wanted.order_by(Ticket.severity, due, Ticket.id)
