"""The form for a rotation, and what it would plan: what templates/launch/rotation.html shows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from assistant.ground.errors import Refused
from assistant.launch import filling, rest, shifts
from assistant.launch.coverage import coverage_of, minutes_of
from assistant.launch.launches import Launch
from assistant.launch.planning import workers
from assistant.launch.rest import WEEK
from assistant.launch.roster import Duty, hours_words, span_words
from assistant.launch.rotation import Piece, Turns
from web.shell import Visit

TURNS = {"1": "every day", "2": "every second day", "7": "every week"}
PLACES = 8  # people that the form has room for
USUAL = {True: "06:00, 14:00, 22:00", False: "00:00"}  # by whether it is around the clock
MOST_LISTED = 42  # shifts in the preview: two weeks of three a day


@dataclass(frozen=True, slots=True)
class Rota:
    """What somebody typed into the form, as they typed it; people by address, in their order."""

    people: list[str] = field(default_factory=list)
    first: str = ""
    last: str = ""
    changes: str = ""
    days: str = "1"

    @property
    def chosen(self) -> list[str]:
        """Return the people, without the places that were left free."""
        return [each for each in self.people if each.strip()]


def turns_of(session: Session, launch: Launch, rota: Rota) -> tuple[Turns, date, date]:
    """Return the turns that the form means, with their first and last day.

    Raises:
        Refused: when a day, a time or a person in it is none.
    """
    known = {person.email: person.id for person in workers(session, launch.id)}
    if strangers := [each for each in rota.chosen if each not in known]:
        raise Refused(
            f"{strangers[0][:80]} cannot own a shift here.", what_to_do="Choose from the list."
        )
    if rota.days not in TURNS:
        raise Refused("Say how long a turn is.", what_to_do="Choose from the list.")
    people = tuple(known[each] for each in rota.chosen)
    turns = Turns(people, _changes(rota.changes), int(rota.days))
    return turns, _day(rota.first), _day(rota.last)


def rotation_context(looking: Visit, launch: Launch, rota: Rota) -> dict[str, Any]:
    """Return what launch/rotation.html shows: the form, and what it would plan once filled in."""
    people = workers(looking.session, launch.id)
    shown, problem = None, ""
    if rota.chosen or rota.first:
        try:
            shown = _preview(looking, launch, rota, {each.id: each.name for each in people})
        except Refused as refusal:
            problem = f"{refusal.message} {refusal.what_to_do}"
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "people": [{"email": each.email, "name": each.name} for each in people],
        "form": _form(looking, launch, rota),
        "turns": TURNS,
        "problem": problem,
        "preview": shown,
    }


def _form(looking: Visit, launch: Launch, rota: Rota) -> dict[str, Any]:
    today = looking.at.astimezone(launch.zone).date()
    return {
        "people": [*rota.people[:PLACES], *[""] * (PLACES - len(rota.people))],
        "first": rota.first or today.isoformat(),
        "last": rota.last or (today + timedelta(days=13)).isoformat(),
        "changes": rota.changes or USUAL[coverage_of(launch).is_around_the_clock],
        "days": rota.days,
    }


def _preview(
    looking: Visit, launch: Launch, rota: Rota, names: Mapping[int, str]
) -> dict[str, Any]:
    turns, first, last = turns_of(looking.session, launch, rota)
    found = filling.proposal(looking.session, launch, turns, first=first, last=last, at=looking.at)
    duties = _duties(found, names)
    broken = rest.breaches([*_known(looking, found), *duties], launch.zone)
    return {
        "count": len(found),
        "people": [
            _share(duties, person, names[person], launch) for person in dict.fromkeys(turns.people)
        ],
        "breaches": [
            {"words": each.words, "rule": each.rule.words, "source": each.rule.source}
            for each in broken[:12]
        ],
        "breach_count": len(broken),
        "shifts": [
            {"name": each.name, "words": span_words(each.span, launch.zone)}
            for each in duties[:MOST_LISTED]
        ],
    }


def _duties(found: Sequence[Piece], names: Mapping[int, str]) -> list[Duty]:
    return [
        Duty(each.span.start, each.span.end, -1 - number, each.person_id, names[each.person_id])
        for number, each in enumerate(found)
    ]


def _known(looking: Visit, found: Sequence[Piece]) -> list[Duty]:
    """Return what these people have already, a week around what is proposed."""
    if not found:
        return []
    begin, end = found[0].span.start - WEEK, found[-1].span.end + WEEK
    people = {each.person_id for each in found}
    return shifts.duties(shifts.of_people(looking.session, people, begin, end))


def _share(duties: Sequence[Duty], person: int, name: str, launch: Launch) -> dict[str, Any]:
    mine = [each for each in duties if each.person_id == person]
    return {
        "name": name,
        "shifts": len(mine),
        "hours": hours_words(sum((each.length for each in mine), timedelta())),
        "nights": sum(rest.is_night(each.span, launch.zone) for each in mine),
    }


def _changes(typed: str) -> tuple[int, ...]:
    try:
        return tuple(minutes_of(each) for each in re.split(r"[\s,;]+", typed.strip()) if each)
    except ValueError as wrong:
        raise Refused(f"{wrong}.", what_to_do="Write times like 06:00, 14:00, 22:00.") from None


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise Refused("The day is not readable.", what_to_do="Choose a day.") from None
