"""What a simulated launch is measured by, and what came of it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from assistant.desk.tickets import Ticket
from assistant.ground.parts import Parts
from assistant.launch.launches import by_key
from assistant.reports import days

# What the simulated launch may end by; all of it is measured here. Twenty repeats a day are twice
# what the normal days of ``crowd.USUAL`` have.
CRITERIA: tuple[dict[str, Any], ...] = (
    {"metric": "first_response_minutes", "comparison": "at most", "value": 60, "days": 5},
    {"metric": "repeat_questions_per_day", "comparison": "at most", "value": 20, "days": 5},
    {"metric": "escalations_per_day", "comparison": "at most", "value": 3, "days": 5},
)
PER = 1_000  # customers that the two counts above are of; with more customers more is normal


def criteria_for(customers: int) -> list[dict[str, Any]]:
    """Return the exit criteria of a launch with so many customers."""
    share = max(1.0, customers / PER)
    found = [dict(each) for each in CRITERIA]
    for each in found:
        if each["metric"].endswith("_per_day"):
            each["value"] = round(each["value"] * share)
    return found


@dataclass(frozen=True, slots=True)
class Switches:
    """What of Hypercare is on."""

    messages: bool = True
    repeats: bool = True
    updates: bool = True


@dataclass(slots=True)
class Outcome:
    """What happened. Minutes are medians; ``calm_on`` is the day on which every criterion held."""

    contacts: int = 0
    answered: int = 0
    wrong: int = 0
    tickets: int = 0
    came_back: int = 0
    told_at_once: int = 0
    first_response_minutes: float | None = None
    repeats: int = 0
    stayed_away: int = 0  # did not ask, because they were told or it was fixed
    stages: list[int] = field(default_factory=list)  # at the end of each day
    calm_on: int | None = None


def added_up(parts: Parts, launch_key: str, number: int, out: Outcome) -> Outcome:
    """Return ``out`` with what the kept figures of the first ``number`` days come to."""
    with parts.db.reading() as session:
        launch = by_key(session, launch_key)
        first = days.first_day(launch)
        there = days.kept(session, launch.id, first=first, last=first + timedelta(number))
        tickets = select(func.count(Ticket.id)).where(Ticket.launch_id == launch.id)
        out.tickets = session.scalar(tickets) or 0
    for figures in there.values():
        out.contacts += figures["contacts_per_day"]["count"]
        out.answered += figures["answered_percent"]["hits"]
        out.repeats += figures["repeat_questions_per_day"]["count"]
    waits = sorted(w for each in there.values() for w in each["first_response_minutes"]["waits"])
    out.first_response_minutes = waits[len(waits) // 2] if waits else None
    return out
