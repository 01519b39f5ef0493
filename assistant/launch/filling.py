"""A rotation put into the roster: what it would plan, and planning it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import product

from sqlalchemy.orm import Session

from assistant.ground.errors import Refused
from assistant.ground.people import Person
from assistant.launch import roster, shifts
from assistant.launch.coverage import Span, coverage_of, edge
from assistant.launch.launches import Launch
from assistant.launch.planning import must_lead, planned, workers
from assistant.launch.rotation import Piece, Turns, pieces
from assistant.launch.shifts import Shift

MOST_DAYS = 100  # of one rotation
MOST_PEOPLE = 12  # in one rotation


def proposal(
    session: Session, launch: Launch, turns: Turns, *, first: date, last: date, at: datetime
) -> list[Piece]:
    """Return the shifts with which a rotation would fill what nobody owns from ``first`` to
    ``last`` (local days, both within), from now on.

    Raises:
        Refused: when there are no people, no times, too many days, or somebody is on duty then.
    """
    if not turns.people or len(turns.people) > MOST_PEOPLE:
        raise Refused(f"A rotation has 1 to {MOST_PEOPLE} people.", what_to_do="Choose them.")
    if not turns.changes:
        raise Refused("Say when the day changes hands.", what_to_do="For example 06:00, 14:00.")
    if not 0 <= (last - first).days < MOST_DAYS:
        raise Refused(
            f"A rotation lasts 1 to {MOST_DAYS} days.", what_to_do="Choose another last day."
        )
    begin = max(edge(first, 0, launch.time_zone), at.replace(second=0, microsecond=0))
    end = edge(last + timedelta(days=1), 0, launch.time_zone)
    if begin >= end:
        raise Refused("Those days are over.", what_to_do="Choose later ones.")
    known = shifts.duties(shifts.between(session, launch.id, begin, end))
    free = roster.gaps(coverage_of(launch).spans(begin, end), known)
    found = pieces(turns, free, first, launch.zone)
    _must_be_free(session, launch, found)
    return found


def _must_be_free(session: Session, launch: Launch, found: Sequence[Piece]) -> None:
    """Raise Refused when somebody would have a shift while they have another, anywhere."""
    if not found:
        return
    people = {piece.person_id for piece in found}
    theirs = shifts.of_people(session, people, found[0].span.start, found[-1].span.end)
    for piece, other in product(found, theirs):
        is_both = other.begins_at < piece.span.end and piece.span.start < other.ends_at
        if piece.person_id == other.person_id and is_both:
            raise Refused(
                f"{other.person.name} is on duty then: "
                f"{roster.span_words(Span(other.begins_at, other.ends_at), launch.zone)}.",
                what_to_do="Choose other people or days, or let somebody take that shift over.",
            )


def fill(
    session: Session, launch: Launch, proposed: Sequence[Piece], *, by: Person, at: datetime
) -> list[Shift]:
    """Plan what a rotation proposed in the same transaction.

    Raises:
        NotPermitted: when ``by`` does not lead.
        Refused: when there is nothing to plan, or somebody in it may not own a shift.
    """
    must_lead(by, "plan shifts")
    if not proposed:
        raise Refused("Nothing is left to plan in those days.", what_to_do="Choose other days.")
    able = {person.id: person for person in workers(session, launch.id)}
    if strangers := {piece.person_id for piece in proposed} - set(able):
        raise Refused(
            f"{len(strangers)} of these people cannot own a shift here.",
            what_to_do="Choose people who work on this launch.",
        )
    return [
        planned(session, launch, able[each.person_id], each.span.start, each.span.end, by=by, at=at)
        for each in proposed
    ]
