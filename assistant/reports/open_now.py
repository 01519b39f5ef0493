"""What is open at this moment, for the cockpit: backlog by scenario and owner, top questions."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.desk.repeats import RepeatGroup
from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground.masking import masked
from assistant.ground.people import Person
from assistant.launch.scenarios import Scenario
from assistant.reports.days import TOP, Figures
from assistant.reports.figures import counted


@dataclass(frozen=True, slots=True)
class Pile:
    """Open tickets of one scenario and owner; empty names where there is none."""

    scenario: str
    scenario_key: str
    owner: str
    tickets: int
    urgent: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that several people asked on one day. Without personal data."""

    group_id: int
    question: str
    people: int
    times: int


def piles(session: Session, launch_id: int) -> list[Pile]:
    """Return the open tickets in scope by scenario and owner, the most first (R39)."""
    urgent = counted(Ticket.severity <= int(Severity.PAINFUL))
    query = (
        select(
            func.coalesce(Scenario.title, ""),
            func.coalesce(Scenario.key, ""),
            func.coalesce(Person.name, ""),
            func.count(Ticket.id),
            urgent,
            func.min(Ticket.opened_at),
        )
        .select_from(Ticket)
        .outerjoin(Scenario, Scenario.id == Ticket.scenario_id)
        .outerjoin(Person, Person.id == Ticket.owner_id)
        .where(Ticket.launch_id == launch_id, Ticket.resolved_at.is_(None))
        .group_by(Scenario.title, Scenario.key, Person.name)
        .order_by(func.count(Ticket.id).desc(), func.min(Ticket.opened_at))
    )
    return [Pile(*row) for row in session.execute(query)]


def blocked(session: Session, launch_id: int) -> int:
    """Return how many Sev 1 tickets are open."""
    query = select(func.count(Ticket.id)).where(
        Ticket.launch_id == launch_id,
        Ticket.resolved_at.is_(None),
        Ticket.severity == int(Severity.BLOCKED),
    )
    return session.scalar(query) or 0


def top(session: Session, there: Figures, today: date) -> tuple[date | None, list[Asked]]:
    """Return what most people asked on the newest measured day with repeats, and which day."""
    for day in sorted((day for day in there if day <= today), reverse=True)[:2]:
        rows = there[day].get(TOP, {}).get("groups", [])
        if rows:
            return day, _asked(session, rows)
    return None, []


def _asked(session: Session, rows: list[list[int]]) -> list[Asked]:
    wanted = select(RepeatGroup.id, RepeatGroup.question).where(
        RepeatGroup.id.in_([group for group, *_ in rows])
    )
    words = dict(session.execute(wanted).all())
    return [
        Asked(group, masked(words[group]), people, times)
        for group, people, times in rows
        if group in words
    ]
