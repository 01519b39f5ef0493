"""What the roster and the desk asked of each person: their shifts, their tickets, their calls."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.desk.notices import Notice
from assistant.ground.audit import Event
from assistant.ground.people import Person
from assistant.launch import shifts
from assistant.launch.coverage import Span
from assistant.launch.launches import Launch
from assistant.launch.planning import workers
from assistant.launch.rest import WEEK, night_time
from assistant.launch.roster import Duty
from assistant.launch.strain import LOOKED_BACK, Load, Strain, load, strain

HANDLED = ("ticket.replied", "ticket.resolved", "ticket.acknowledged", "ticket.noted")
MINUTE = WEEK / (7 * 24 * 60)


def loads(session: Session, launch: Launch, *, at: datetime) -> list[tuple[Load, Strain]]:
    """Return what everybody who may own a shift has, most strained first, then by name.

    Shifts of other launches count: a person has one life. In a fixed number of queries.
    """
    people = workers(session, launch.id)
    found = shifts.of_people(session, [p.id for p in people], at - LOOKED_BACK, at + WEEK)
    of: dict[int, list[Duty]] = {person.id: [] for person in people}
    for duty in shifts.duties(found):
        of[duty.person_id].append(duty)
    tickets, calls = _tickets(session, launch, at), _calls(session, launch, people, at)
    average = sum(tickets[person.id] for person in people) / max(len(people), 1)
    loaded = [
        load(
            of[person.id],
            person.id,
            person.name,
            launch.zone,
            at=at,
            tickets=tickets[person.id],
            called=sum(_is_unwelcome(call, of[person.id], launch) for call in calls[person.id]),
        )
        for person in people
    ]
    judged = [(each, strain(each, average=average)) for each in loaded]
    return sorted(judged, key=lambda pair: (-len(pair[1].reasons), pair[0].name))


def _tickets(session: Session, launch: Launch, at: datetime) -> Counter[int]:
    """Return how many tickets each person acted on in the last seven days."""
    query = (
        select(Event.person_id, func.count(Event.ticket_id.distinct()))
        .where(
            Event.launch_id == launch.id,
            Event.kind.in_(HANDLED),
            Event.at > at - WEEK,
            Event.at <= at,
            Event.person_id.is_not(None),
        )
        .group_by(Event.person_id)
    )
    return Counter({person: count for person, count in session.execute(query) if person})


def _calls(
    session: Session, launch: Launch, people: Sequence[Person], at: datetime
) -> dict[int, list[datetime]]:
    """Return when a ticket was escalated to whom in the last seven days."""
    of: dict[int, list[datetime]] = {person.id: [] for person in people}
    query = select(Notice.person_id, Notice.at).where(
        Notice.launch_id == launch.id,
        Notice.kind == "escalated",
        Notice.person_id.in_(of),
        Notice.at > at - WEEK,
        Notice.at <= at,
    )
    for person_id, called_at in session.execute(query):
        of[person_id].append(called_at)
    return of


def _is_unwelcome(call: datetime, duties: Sequence[Duty], launch: Launch) -> bool:
    """Return whether somebody was called at night, or off duty though they have shifts."""
    is_off_duty = bool(duties) and not any(each.start <= call < each.end for each in duties)
    return is_off_duty or bool(night_time(Span(call, call + MINUTE), launch.zone))
