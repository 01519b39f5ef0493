"""What was handed over to engineering, of a whole launch: the list that engineers work from."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, String, and_, case, cast, func, select
from sqlalchemy.orm import Session, joinedload

from assistant.desk.engineering import Handed, Issue
from assistant.desk.tickets import Ticket
from assistant.ground.outbox import Outgoing
from assistant.launch.connections import Channel, Connection

PAGE = 50  # hand-overs on one page
# Every key that begins with "handover/": a range, so that the index of keys is used.
FIRST_KEY, AFTER_KEYS = "handover/", "handover0"


class Standing(StrEnum):
    """How far a hand-over is, what needs somebody first."""

    DEAD = "dead"  # it did not arrive, and nothing more is tried
    WAITING = "waiting"  # it is on its way
    THERE = "there"  # it arrived, and is not done there
    DONE = "done"  # its issue is done there
    RESTED = "rested"  # a person let it rest


STANDING = case(
    (Issue.is_done.is_(True), Standing.DONE.value),
    (Issue.key.is_not(None), Standing.THERE.value),
    (Outgoing.dead_at.is_not(None), Standing.DEAD.value),
    (Outgoing.withdrawn_at.is_not(None), Standing.RESTED.value),
    (Outgoing.delivered_at.is_not(None), Standing.THERE.value),
    else_=Standing.WAITING.value,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket at one target."""

    ticket: Ticket
    handed: Handed


def page_of(
    session: Session, launch_id: int, *, standing: Standing | None = None, number: int = 1
) -> list[Row]:
    """Return one page of a launch's hand-overs, newest first; of one standing when given."""
    names = _names(session, launch_id)
    query = (
        select(Outgoing, Ticket, Issue)
        .join(Ticket, Ticket.id == Outgoing.ticket_id)
        .outerjoin(Issue, _stands_for())
        .where(*_of(names), *(() if standing is None else (standing.value == STANDING,)))
        .options(joinedload(Ticket.owner))
        .order_by(Outgoing.id.desc())
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )
    return [
        Row(ticket, Handed(row, names[row.target], row.kind, issue))
        for row, ticket, issue in session.execute(query)
    ]


def counts(session: Session, launch_id: int) -> dict[Standing, int]:
    """Return how many hand-overs of a launch stand how; each standing is there."""
    query = (
        select(STANDING, func.count())
        .select_from(Outgoing)
        .outerjoin(Issue, _stands_for())
        .where(*_of(_names(session, launch_id)))
        .group_by(STANDING)
    )
    counted = {str(standing): int(count) for standing, count in session.execute(query)}
    return {each: counted.get(each.value, 0) for each in Standing}


def _names(session: Session, launch_id: int) -> dict[str, str]:
    """Return the names of a launch's connections, of those that were removed too, by target."""
    query = select(Connection).where(Connection.launch_id == launch_id)
    return {each.target: each.name for each in session.scalars(query)}


def _of(targets: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return (
        Outgoing.kind.in_([channel.value for channel in Channel]),
        Outgoing.target.in_(targets),
        Outgoing.key >= FIRST_KEY,
        Outgoing.key < AFTER_KEYS,
    )


def _stands_for() -> ColumnElement[bool]:
    same_target = cast(Issue.connection_id, String) == Outgoing.target
    return and_(Issue.ticket_id == Outgoing.ticket_id, same_target)
