"""The outlook: what will be wrong with a roster before it happens, and who was told of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.ground.database import put_unless_there
from assistant.launch import rest, roster, shifts
from assistant.launch.coverage import Span, coverage_of
from assistant.launch.launches import Launch
from assistant.launch.rest import WEEK, Breach
from assistant.launch.roster import Overlap
from assistant.launch.shifts import GapTold, Shift

AHEAD = timedelta(days=14)  # that the roster is judged for
NOTICE = timedelta(hours=24)  # before a gap at which the leads are told of it


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is wrong from now on: each in the order of time."""

    gaps: list[Span]
    doubles: list[Overlap]
    breaches: list[Breach]

    @property
    def is_calm(self) -> bool:
        """Return whether nothing is wrong."""
        return not (self.gaps or self.doubles or self.breaches)


def outlook(session: Session, launch: Launch, *, at: datetime) -> Outlook:
    """Return what is wrong with the roster of the next fourteen days.

    Shifts of the same people in other launches count for rest, and as double bookings.
    """
    mine = shifts.between(session, launch.id, at, at + AHEAD)
    people = {shift.person_id for shift in mine}
    everywhere = shifts.duties(shifts.of_people(session, people, at - WEEK, at + AHEAD))
    here = shifts.duties(mine)
    elsewhere = [
        overlap
        for overlap in roster.overlaps(everywhere)
        if overlap.is_one_person and overlap.first.launch_id != overlap.second.launch_id
    ]
    doubles = [*roster.double_bookings(here), *elsewhere]
    return Outlook(
        roster.gaps(covered(launch, at, at + AHEAD), here),
        sorted((each for each in doubles if each.span.end > at), key=lambda each: each.span),
        [each for each in rest.breaches(everywhere, launch.zone) if each.at >= at],
    )


def covered(launch: Launch, begin: datetime, end: datetime) -> list[Span]:
    """Return when the launch has to have an owner between the two: its coverage, while it lasts.

    Its end is a forecast: once that has passed and nobody closed it, coverage goes on.
    """
    if launch.closed_at is not None:
        end = min(end, launch.closed_at)
    elif launch.ends_at is not None and launch.ends_at > begin:
        end = min(end, launch.ends_at)
    begin = max(begin, launch.live_at or launch.starts_at)
    return coverage_of(launch).spans(begin, end) if begin < end else []


def gaps_between(
    launch: Launch, found: Sequence[Shift], begin: datetime, end: datetime
) -> list[Span]:
    """Return the gaps between the two, given the shifts found there."""
    return roster.gaps(covered(launch, begin, end), shifts.duties(found))


def untold_gaps(session: Session, launch: Launch, *, at: datetime) -> list[Span]:
    """Return the gaps that begin within a day and that nobody was told of yet.

    One that began within the last day counts too: a shift may have been called off just now. A
    launch without any roster has no gaps: its first lead owns it, and knows.
    """
    if not shifts.has_roster(session, launch.id):
        return []
    begin, end = at - 2 * NOTICE, at + AHEAD  # so that a gap is seen, and said, to its end
    found = gaps_between(launch, shifts.between(session, launch.id, begin, end), begin, end)
    told = set(
        session.scalars(
            select(GapTold.begins_at).where(
                GapTold.launch_id == launch.id, GapTold.begins_at > begin
            )
        )
    )
    near = [gap for gap in found if begin < gap.start <= at + NOTICE and gap.end > at]
    return [gap for gap in near if gap.start not in told]


def note_told(session: Session, launch: Launch, gap: Span, *, at: datetime) -> None:
    """Keep that the leads were told of this gap."""
    put_unless_there(
        session, GapTold, [{"launch_id": launch.id, "begins_at": gap.start, "told_at": at}]
    )
