"""What the shifts of a launch pack must satisfy: people who may have them, and times with sense."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.ground.people import Person
from assistant.launch.pack_file import Lines, Problem
from assistant.launch.pack_shapes import PackShape
from assistant.launch.planning import LONGEST_PLANNED
from assistant.launch.shifts import WORKERS


def problems_of_shifts(session: Session, pack: PackShape, lines: Lines) -> Iterator[Problem]:
    """Yield shifts of people who may not own one, that end too early or late, or overlap their own.

    People of the database count too.
    """
    roles = {each.email: str(each.role) for each in pack.people}
    # Somebody who is known keeps the role they have, whatever the pack says.
    stored = session.scalars(select(Person))
    roles.update((person.email, person.role) for person in stored)
    for number, shift in enumerate(pack.shifts):
        at = ("shifts", number)
        if shift.person not in roles:
            yield lines.problem(
                (*at, "person"),
                f"Nobody here has the address {shift.person}.",
                "Add the person under “people”.",
            )
        elif roles[shift.person] not in WORKERS:
            yield lines.problem(
                (*at, "person"),
                f"{shift.person} is no agent, engineer or lead.",
                "Name somebody who works at the desk.",
            )
        if shift.ends <= shift.begins:
            yield lines.problem((*at, "ends"), "It ends before it begins.", "Change one.")
        elif shift.ends - shift.begins > LONGEST_PLANNED:
            yield lines.problem((*at, "ends"), "It is longer than 24 hours.", "Write two shifts.")
    yield from _twice(pack, lines)


def _twice(pack: PackShape, lines: Lines) -> Iterator[Problem]:
    """Yield shifts that begin while the same person has another one."""
    until: dict[str, tuple[datetime, int]] = {}
    for number, shift in sorted(enumerate(pack.shifts), key=lambda pair: pair[1].begins):
        ends, other = until.get(shift.person, (shift.begins, number))
        if shift.begins < ends:
            yield lines.problem(
                ("shifts", number, "begins"),
                f"{shift.person} is on duty then, by the shift in line "
                f"{lines.of.get(('shifts', other), 1)}.",
                "Change one, or give it to somebody else.",
            )
        until[shift.person] = max((ends, other), (shift.ends, number))
