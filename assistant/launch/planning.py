"""Planning the roster: a shift is planned, passed on, swapped or called off, and all of it audited.

Whoever plans holds the launch's row meanwhile, so that two people cannot book somebody twice.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.ground.audit import OPERATOR, happened
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.people import Person, Role, members
from assistant.launch import shifts
from assistant.launch.coverage import Span
from assistant.launch.launches import Launch
from assistant.launch.roster import span_words
from assistant.launch.shifts import WORKERS, Shift

LONGEST_PLANNED = timedelta(hours=24)  # of one shift; what is longer is a slip of the pen
FURTHEST = timedelta(days=366)  # ahead; a launch is over by then


def workers(session: Session, launch_id: int) -> list[Person]:
    """Return who may own a shift, by name."""
    return members(session, launch_id, *WORKERS)


def plan(
    session: Session,
    launch: Launch,
    *,
    person: Person,
    begins_at: datetime,
    ends_at: datetime,
    by: Person,
    at: datetime,
) -> Shift:
    """Plan one shift.

    Raises:
        NotPermitted: when ``by`` does not lead.
        Refused: when its times make no sense, or the person may not have it or is on duty then.
    """
    must_lead(by, "plan shifts")
    if ends_at <= begins_at:
        raise Refused("A shift ends after it begins.", what_to_do="Change one of the times.")
    if ends_at - begins_at > LONGEST_PLANNED:
        raise Refused("A shift lasts 24 hours at most.", what_to_do="Plan two of them.")
    if begins_at < at.replace(second=0, microsecond=0):
        raise Refused(
            "A shift cannot begin in the past: who had it then is history.",
            what_to_do="Let it begin now or later.",
        )
    if begins_at > at + FURTHEST:
        raise Refused("That is more than a year ahead.", what_to_do="Choose an earlier day.")
    _must_be_free(session, launch, person, begins_at, ends_at)
    return planned(session, launch, person, begins_at, ends_at, by=by, at=at)


def call_off(session: Session, launch: Launch, shift: Shift, *, by: Person, at: datetime) -> None:
    """Take a shift out of the roster before it begins.

    Raises:
        NotPermitted: when ``by`` does not lead.
        Refused: when it has begun or is called off already.
    """
    must_lead(by, "call shifts off")
    _must_stand(shift)
    if shift.begins_at <= at:
        raise Refused("This shift has begun.", what_to_do="Let somebody take it over.")
    shift.called_off_at, shift.called_off_by_id = at, by.id
    _record(session, launch, "called-off", [shift], by=by, at=at)


def take_over(
    session: Session, launch: Launch, shift: Shift, *, person: Person, by: Person, at: datetime
) -> Shift:
    """Let ``person`` have a shift, or what is left of it, and return what they have then.

    Raises:
        NotPermitted: when ``by`` takes it over for somebody else and does not lead.
        Refused: when it is over, theirs already, or they are on duty then.
    """
    if by.id != person.id:
        must_lead(by, "let somebody take a shift over")
    _must_stand(shift)
    if shift.ends_at <= at:
        raise Refused("This shift is over.", what_to_do="Look at the next one.")
    if shift.person_id == person.id:
        raise Refused(f"{person.name} has this shift already.", what_to_do="Nothing is left to do.")
    _must_be_free(session, launch, person, max(shift.begins_at, at), shift.ends_at)
    before, has_begun = shift.person, shift.begins_at < at
    theirs = _rest_of(session, shift, at) if has_begun else shift
    theirs.person, theirs.person_id = person, person.id
    theirs.had_by, theirs.had_by_id, theirs.passed_at = before, before.id, at
    session.flush()
    _record(session, launch, "taken-over", [theirs], by=by, at=at, had_by=before.name)
    return theirs


def swap(
    session: Session, launch: Launch, first: Shift, second: Shift, *, by: Person, at: datetime
) -> None:
    """Let two people have each other's shift; both sides are written down.

    Raises:
        NotPermitted: when ``by`` does not lead.
        Refused: when one has begun, both are of one person, or somebody would be on duty twice.
    """
    must_lead(by, "swap shifts")
    for shift in (first, second):
        _must_stand(shift)
        if shift.begins_at <= at:
            raise Refused("A shift that has begun is not swapped.", what_to_do="Take it over.")
    if first.person_id == second.person_id:
        raise Refused("Both are shifts of the same person.", what_to_do="Choose another one.")
    both = (first.id, second.id)
    for person, theirs in ((first.person, second), (second.person, first)):
        _must_be_free(session, launch, person, theirs.begins_at, theirs.ends_at, besides=both)
    one, other = first.person, second.person
    for shift, gets, had in ((first, other, one), (second, one, other)):
        shift.person, shift.person_id = gets, gets.id
        shift.had_by, shift.had_by_id, shift.passed_at = had, had.id, at
    session.flush()
    _record(session, launch, "swapped", [first, second], by=by, at=at)


def bring_in(
    session: Session,
    launch: Launch,
    person: Person,
    begins_at: datetime,
    ends_at: datetime,
    *,
    at: datetime,
) -> Shift | None:
    """Plan a shift that a pack tells of, once: what people made of it since stays."""
    known = select(Shift.id).where(
        Shift.launch_id == launch.id,
        Shift.begins_at == begins_at,
        # One that went through several hands is known by its begin alone.
        (Shift.person_id == person.id) | Shift.had_by_id.is_not(None),
    )
    if session.scalar(known.limit(1)) is not None:
        return None
    return planned(session, launch, person, begins_at, ends_at, by=None, at=at)


def hold(session: Session, launch: Launch) -> None:
    """Let nobody else change this launch's roster until the transaction ends."""
    session.execute(select(Launch.id).where(Launch.id == launch.id).with_for_update())


def planned(
    session: Session,
    launch: Launch,
    person: Person,
    begins_at: datetime,
    ends_at: datetime,
    *,
    by: Person | None,
    at: datetime,
) -> Shift:
    """Put a shift into the roster whose times and person are right."""
    shift = Shift(
        launch_id=launch.id,
        person=person,
        person_id=person.id,
        begins_at=begins_at,
        ends_at=ends_at,
        planned_at=at,
        planned_by_id=by.id if by else None,
    )
    session.add(shift)
    session.flush()
    _record(session, launch, "planned", [shift], by=by, at=at)
    return shift


def _rest_of(session: Session, shift: Shift, at: datetime) -> Shift:
    """End a shift that is under way, and return what is left of it as one of its own."""
    rest = Shift(
        launch_id=shift.launch_id,
        person_id=shift.person_id,
        begins_at=at,
        ends_at=shift.ends_at,
        planned_at=at,
    )
    shift.ends_at = at
    session.add(rest)
    return rest


def must_lead(by: Person, what: str) -> None:
    """Raise NotPermitted unless ``by`` leads."""
    if not by.is_any(Role.LEAD):
        raise NotPermitted(f"Only a lead may {what}.", what_to_do="Ask a lead.")


def _must_stand(shift: Shift) -> None:
    if shift.called_off_at is not None:
        raise Refused("This shift was called off.", what_to_do="Plan a new one.")


def _must_be_free(
    session: Session,
    launch: Launch,
    person: Person,
    begins_at: datetime,
    ends_at: datetime,
    *,
    besides: Iterable[int] = (),
) -> None:
    hold(session, launch)
    if person.id not in {each.id for each in workers(session, launch.id)}:
        raise Refused(
            f"{person.name} cannot own a shift here.",
            what_to_do="Choose an agent, engineer or lead of this launch.",
        )
    for other in shifts.of_people(session, [person.id], begins_at, ends_at):
        if other.id not in besides and other.begins_at < ends_at:
            raise Refused(
                f"{person.name} is on duty then: "
                f"{span_words(Span(other.begins_at, other.ends_at), launch.zone)}.",
                what_to_do="Choose somebody else or another time.",
            )


def _record(
    session: Session,
    launch: Launch,
    what: str,
    changed: Sequence[Shift],
    *,
    by: Person | None,
    at: datetime,
    **details: Any,
) -> None:
    happened(
        session,
        f"shift.{what}",
        at=at,
        by=by or OPERATOR,
        launch_id=launch.id,
        shifts=[
            {
                "shift": shift.id,
                "person": shift.person.name,
                "begins": shift.begins_at.isoformat(),
                "ends": shift.ends_at.isoformat(),
            }
            for shift in changed
        ],
        **details,
    )
