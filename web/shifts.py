"""Shifts: the roster of a launch, planned and passed on; rotations; notes from owner to owner."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.desk import handovers
from assistant.ground.errors import Declined, Refused
from assistant.ground.people import Person, by_email
from assistant.launch import filling, planning, shifts
from assistant.launch.launches import Launch
from assistant.launch.roster import moment_words
from assistant.launch.shifts import Shift
from web.access import DeskHere, LeadHere, PartsHere, Reading, Writing, this_launch
from web.refusals import ChangedMeanwhile
from web.roster_week import Week
from web.rotation_pages import Rota, rotation_context, turns_of
from web.shell import LookingHere, Visit, Words, visit, went
from web.shift_pages import Wish, shifts_context

router = APIRouter(prefix="/launches/{key}", tags=["launches"], default_response_class=HTMLResponse)


def _leading(request: Request, parts: PartsHere, me: LeadHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


def _looking_ahead(request: Request, parts: PartsHere, me: LeadHere, session: Reading) -> Visit:
    return visit(request, parts, me, session)


def _working(request: Request, parts: PartsHere, me: DeskHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Lead = Annotated[Visit, Depends(_leading)]
LeadLooking = Annotated[Visit, Depends(_looking_ahead)]
Worker = Annotated[Visit, Depends(_working)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Revision = Annotated[int, Form(ge=0, le=2**31 - 1)]
Field = Annotated[str, Query(max_length=40)]


def _rota(
    people: Annotated[list[str] | None, Query(max_length=40)] = None,
    first: Field = "",
    last: Field = "",
    changes: Annotated[str, Query(max_length=400)] = "",
    days: Field = "1",
) -> Rota:
    return Rota(people or [], first, last, changes, days)


Rotation = Annotated[Rota, Depends(_rota)]


@router.get("/shifts")
def show_shifts(
    key: str, looking: LookingHere, week: Field = "", begins: Field = "", ends: Field = ""
) -> HTMLResponse:
    """Show who is the owner when, what will be wrong, and how much each person has."""
    launch = this_launch(looking.session, looking.by, key)
    asked = Week.asked(week, looking.at, launch.zone)
    return _page(looking, launch, asked, Wish(begins=begins, ends=ends))


@router.post("/shifts")
def plan_shift(
    key: str, lead: Lead, person: Words = "", begins: Words = "", ends: Words = "", week: Words = ""
) -> Response:
    """Plan one shift; what was typed stays when it is refused."""
    launch = this_launch(lead.session, lead.by, key)
    try:
        shift = planning.plan(
            lead.session,
            launch,
            person=_person(lead, person),
            begins_at=_instant(begins, launch),
            ends_at=_instant(ends, launch),
            by=lead.by,
            at=lead.at,
        )
    except Refused as refusal:
        asked = Week.asked(week, lead.at, launch.zone)
        return _page(lead, launch, asked, Wish(person, begins, ends), refusal)
    return went(_address(launch, shift), "shift-planned")


@router.post("/shifts/{shift_id}/owner")
def take_over(
    key: str, shift_id: Number, worker: Worker, revision: Revision, person: Words = ""
) -> RedirectResponse:
    """Take a shift over, or what is left of it; a lead may name who does."""
    launch, shift = _unchanged(worker, key, shift_id, revision)
    to = _person(worker, person) if person.strip() else worker.by
    planning.take_over(worker.session, launch, shift, person=to, by=worker.by, at=worker.at)
    return went(_address(launch, shift), "shift-taken")


@router.post("/shifts/{shift_id}/swap")
def swap(
    key: str,
    shift_id: Number,
    lead: Lead,
    revision: Revision,
    other: Annotated[int, Form(ge=1, le=2**31 - 1)],
) -> RedirectResponse:
    """Let two people have each other's shift."""
    launch, shift = _unchanged(lead, key, shift_id, revision)
    second = shifts.this_shift(lead.session, launch.id, other)
    planning.swap(lead.session, launch, shift, second, by=lead.by, at=lead.at)
    return went(_address(launch, shift), "shift-swapped")


@router.post("/shifts/{shift_id}/calling-off")
def call_off(key: str, shift_id: Number, lead: Lead, revision: Revision) -> RedirectResponse:
    """Take a shift out of the roster before it begins."""
    launch, shift = _unchanged(lead, key, shift_id, revision)
    planning.call_off(lead.session, launch, shift, by=lead.by, at=lead.at)
    return went(_address(launch, shift), "shift-off")


@router.get("/rotation")
def show_rotation(key: str, lead: LeadLooking, rota: Rotation) -> HTMLResponse:
    """Show the form for a rotation and, once it is filled in, what it would plan."""
    launch = this_launch(lead.session, lead.by, key)
    return lead.page("launch/rotation.html", "shifts", launch, rotation_context(lead, launch, rota))


@router.post("/rotation")
def plan_rotation(
    key: str,
    lead: Lead,
    first: Words,
    last: Words,
    changes: Words,
    people: Annotated[list[str], Form(max_length=40)],
    days: Words = "1",
) -> RedirectResponse:
    """Plan what the page showed, as far as nobody has planned it meanwhile."""
    launch = this_launch(lead.session, lead.by, key)
    rota = Rota(people, first, last, changes, days)
    planning.hold(lead.session, launch)
    turns, begin, end = turns_of(lead.session, launch, rota)
    found = filling.proposal(lead.session, launch, turns, first=begin, last=end, at=lead.at)
    planned = filling.fill(lead.session, launch, found, by=lead.by, at=lead.at)
    return went(_address(launch, planned[0]), "rotation-planned")


@router.post("/handovers")
def hand_over(key: str, worker: Worker, text: Words = "") -> RedirectResponse:
    """Leave a note for the next owner."""
    launch = this_launch(worker.session, worker.by, key)
    handovers.write(worker.session, launch, text, by=worker.by, at=worker.at)
    return went(f"/launches/{key}/shifts", "handed-over")


@router.post("/handovers/{handover_id}")
def read_handover(key: str, handover_id: Number, worker: Worker) -> RedirectResponse:
    """Say that the note was read."""
    launch = this_launch(worker.session, worker.by, key)
    found = handovers.this_handover(worker.session, launch.id, handover_id)
    handovers.read(worker.session, found, by=worker.by, at=worker.at)
    return went("/desk", "handover-read")


def _page(
    looking: Visit, launch: Launch, week: Week, wish: Wish, refusal: Declined | None = None
) -> HTMLResponse:
    problem = f"{refusal.message} {refusal.what_to_do}" if refusal else ""
    context = shifts_context(looking, launch, week, wish, problem)
    status = refusal.status if refusal else 200
    return looking.page("launch/shifts.html", "shifts", launch, context, status=status)


def _unchanged(looking: Visit, key: str, shift_id: int, revision: int) -> tuple[Launch, Shift]:
    """Return the launch and its shift when that is as the form's page showed it.

    Raises:
        ChangedMeanwhile: with how it is now.
    """
    launch = this_launch(looking.session, looking.by, key)
    planning.hold(looking.session, launch)
    shift = shifts.this_shift(looking.session, launch.id, shift_id)
    if shift.version != revision:
        state = "called off" if shift.called_off_at else f"with {shift.person.name}"
        raise ChangedMeanwhile(
            f"The shift of {moment_words(shift.begins_at, launch.zone)} is now {state}.",
            what_to_do="Load the page again and decide anew.",
        )
    return launch, shift


def _person(looking: Visit, email: str) -> Person:
    person = by_email(looking.session, email)
    if person is None:
        raise Refused("Say who has the shift.", what_to_do="Choose somebody from the list.")
    return person


def _instant(typed: str, launch: Launch) -> datetime:
    """Return the instant that a field means in the launch's zone.

    Raises:
        Refused: when it is no time, or one that the clocks skip on that day.
    """
    try:
        local = datetime.fromisoformat(typed.strip()).replace(tzinfo=launch.zone)
        instant = local.astimezone(UTC)
        shown = instant.astimezone(launch.zone)
    except (ValueError, OverflowError):
        raise Refused("The time is not readable.", what_to_do="Choose day and time.") from None
    if shown.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Refused(
            f"The clocks skip {local:%H:%M} on that day.", what_to_do=f"Choose {shown:%H:%M}."
        )
    return instant


def _address(launch: Launch, shift: Shift) -> str:
    week = Week.of(shift.begins_at, launch.zone)
    return f"/launches/{launch.key}/shifts?week={week.address}"
