"""What somebody still has in hand, by launch: what has to be handed over once they have left.

Counted from the records each time, so that it empties as it is handed over. What a scenario's
decider leaves is told by ``desk/vacancies``; leads are told of the rest when somebody is let go.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk.causes import Cause
from assistant.desk.checkins import CheckIn
from assistant.desk.notices import notify
from assistant.desk.tickets import Ticket
from assistant.desk.vacancies import WORDS as DECIDES
from assistant.ground.amounts import plural
from assistant.ground.leaving import deactivate
from assistant.ground.people import Person, Role, members
from assistant.launch import shifts
from assistant.launch.api_keys import ApiKey
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Decider, Scenario
from assistant.launch.shifts import Shift
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion


class What(StrEnum):
    """What kind of thing it is, in the order of its urgency."""

    TICKET = "open ticket"
    SHIFT = "shift"
    DECIDER = "decision about a scenario"
    SCENARIO = "scenario"
    STEP = "step of an escalation path"
    CAUSE = "open cause"
    CHECK_IN = "check-in"
    ENTRY = "entry"
    KEY = "API key"


MANY = {
    What.DECIDER: "decisions about scenarios",
    What.STEP: "steps of escalation paths",
    What.ENTRY: "entries",
}


@dataclass(frozen=True, slots=True)
class Left:
    """One thing that somebody has in hand, and the page where it is handed over."""

    what: What
    words: str
    href: str
    launch: Launch


Find = Callable[[Session, Person, datetime], Iterator[Left]]


def of_person(
    session: Session, person: Person, *, at: datetime, launches: Collection[int] | None = None
) -> list[Left]:
    """Return what ``person`` has in hand at ``at``, in these launches (ids; ``None``: in all)."""
    found = [left for find in FIND for left in find(session, person, at)]
    return [left for left in found if launches is None or left.launch.id in launches]


def let_go(session: Session, person: Person, *, by: Person | str, at: datetime) -> list[Left]:
    """Deactivate ``person``, tell the leads what is to be handed over, and return all of it.

    Raises what ``deactivate`` raises.
    """
    deactivate(session, person, by=by, at=at)
    left = of_person(session, person, at=at)
    for launch in {each.launch.id: each.launch for each in left}.values():
        mine = [each for each in left if each.launch.id == launch.id]
        if words := in_words([each for each in mine if each.what is not What.DECIDER]):
            _tell(session, person, launch, words, by=by, at=at)
    return left


def in_words(left: Collection[Left]) -> str:
    """Return how much it is: ``2 open tickets, 1 shift``; nothing when it is nothing."""
    counted = Counter(each.what for each in left)
    return ", ".join(
        plural(counted[what], what.value, MANY.get(what)) for what in What if counted[what]
    )


def _tell(
    session: Session, person: Person, launch: Launch, words: str, *, by: Person | str, at: datetime
) -> None:
    said = f"{person.name} was deactivated and leaves in {launch.name}: {words}."
    for lead in members(session, launch.id, Role.LEAD):
        if lead is not by:
            href = f"/people/{person.id}"
            notify(session, lead, said, kind="left", launch_id=launch.id, at=at, href=href)


def _tickets(session: Session, person: Person, at: datetime) -> Iterator[Left]:
    open_ones = (Ticket.owner_id == person.id, Ticket.resolved_at.is_(None))
    query = select(Ticket).where(*open_ones).order_by(Ticket.severity, Ticket.next_due_at)
    for each in session.scalars(query):
        words = f"{each.number}, Sev {each.severity}: {each.subject}"
        yield Left(What.TICKET, words, f"/desk/tickets/{each.number}", each.launch)


def _shifts(session: Session, person: Person, at: datetime) -> Iterator[Left]:
    query = (
        select(Shift, Launch)
        .join(Launch, Launch.id == Shift.launch_id)
        .where(Shift.person_id == person.id, Shift.ends_at > at, Shift.called_off_at.is_(None))
        .order_by(Shift.begins_at)
    )
    for shift, launch in session.execute(query):
        if person.disabled_at is not None and _is_covered(session, shift, at):
            continue
        begins, ends = (each.astimezone(launch.zone) for each in (shift.begins_at, shift.ends_at))
        words = f"{begins:%a} {begins.day} {begins:%b %H:%M} to {ends:%H:%M %Z}"
        yield Left(What.SHIFT, words, f"/launches/{launch.key}/shifts", launch)


def _is_covered(session: Session, shift: Shift, at: datetime) -> bool:
    """Return whether others own all of its time that is left: it is handed over."""
    until = max(shift.begins_at, at)
    for other in shifts.between(session, shift.launch_id, until, shift.ends_at):
        if other.begins_at <= until:
            until = max(until, other.ends_at)
    return until >= shift.ends_at


def _scenarios(session: Session, person: Person, at: datetime) -> Iterator[Left]:
    """Yield the scenarios that they own, decide about or are a step of, of launches that run."""
    query = (
        select(Scenario, Launch)
        .join(Launch, Launch.id == Scenario.launch_id)
        .where(Launch.closed_at.is_(None))
        .order_by(Launch.id, Scenario.key)
    )
    for scenario, launch in session.execute(query):
        for what, words in _parts_in(scenario, person):
            href = f"/launches/{launch.key}/setup/scenarios/{scenario.key}"
            yield Left(what, f"{words} “{scenario.title}”", href, launch)


def _parts_in(scenario: Scenario, person: Person) -> Iterator[tuple[What, str]]:
    if scenario.owner_id == person.id:
        yield What.SCENARIO, "Owns"
    for decider in Decider:
        if scenario.deciders.get(decider) == person.email:
            yield What.DECIDER, f"May {DECIDES[decider]} for"
    if any(step.get("to") == person.email for step in scenario.escalation):
        yield What.STEP, "Is told when nobody answers"


def _causes(session: Session, person: Person, at: datetime) -> Iterator[Left]:
    mine = (Cause.owner_id == person.id, Cause.fixed_at.is_(None))
    for cause, launch in _with_launch(session, Cause, *mine):
        yield Left(What.CAUSE, f"{cause.number}: {cause.title}", f"/causes/{cause.id}", launch)


def _check_ins(session: Session, person: Person, at: datetime) -> Iterator[Left]:
    mine = (CheckIn.owner_id == person.id, CheckIn.closed_at.is_(None))
    for each, launch in _with_launch(session, CheckIn, *mine, CheckIn.forgotten_at.is_(None)):
        yield Left(What.CHECK_IN, each.name, f"/launches/{launch.key}/check-ins", launch)


def _entries(session: Session, person: Person, at: datetime) -> Iterator[Left]:
    for entry, launch in _with_launch(
        session, Entry, Entry.owner_id == person.id, Entry.retired_at.is_(None)
    ):
        newest = select(EntryVersion.question).where(EntryVersion.entry_id == entry.id)
        question = session.scalar(newest.order_by(EntryVersion.number.desc()).limit(1))
        href = f"/library/{launch.key}/entries/{entry.key}"
        yield Left(What.ENTRY, question or entry.key, href, launch)


def _keys(session: Session, person: Person, at: datetime) -> Iterator[Left]:
    mine = (ApiKey.made_by_id == person.id, ApiKey.revoked_at.is_(None), ApiKey.expires_at > at)
    for key, launch in _with_launch(session, ApiKey, *mine):
        yield Left(
            What.KEY, f"{key.name} ({key.shown}…)", f"/launches/{launch.key}/api-keys", launch
        )


def _with_launch(session: Session, what: Any, *which: Any) -> Iterator[tuple[Any, Launch]]:
    query = select(what, Launch).join(Launch, Launch.id == what.launch_id).where(*which)
    for row in session.execute(query.order_by(Launch.id, what.id)):
        yield row[0], row[1]


FIND: tuple[Find, ...] = (_tickets, _shifts, _scenarios, _causes, _check_ins, _entries, _keys)
