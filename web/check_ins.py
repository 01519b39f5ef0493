"""Check-ins of a launch: whom to call on, and what came of each call."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.desk import checkins
from assistant.desk.checkins import OUTCOME_WORDS, WHY_WORDS, CheckIn, Outcome, Why
from assistant.desk.tickets import Ticket
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Role
from assistant.launch.launches import Launch
from web.access import Me, PartsHere, Reading, RowId, Staff, Writing, this_launch, this_ticket
from web.reachable import CALLS
from web.shell import Visit, Words, visit, went
from web.updates import moment

router = APIRouter(tags=["launches"], default_response_class=HTMLResponse)

NOTHING = {
    "id": 0,
    "name": "",
    "contact": "",
    "due_at": "",
    "note": "",
    "next_at": "",
    "outcome": "",
}

# A sponsor reads the outcomes in the reports.
CallerHere = Annotated[Me, Depends(Staff(*CALLS))]


def _reading(request: Request, parts: PartsHere, me: CallerHere, session: Reading) -> Visit:
    return visit(request, parts, me, session)


def _calling(request: Request, parts: PartsHere, me: CallerHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Reader = Annotated[Visit, Depends(_reading)]
Caller = Annotated[Visit, Depends(_calling)]


@router.get("/launches/{key}/check-ins")
def show_check_ins(key: str, reader: Reader) -> HTMLResponse:
    """Show whom to call on, the soonest first, and what came of the calls."""
    return _page(reader, this_launch(reader.session, reader.by, key))


@router.post("/launches/{key}/check-ins")
def add_check_in(
    key: str,
    caller: Caller,
    name: Words = "",
    contact: Words = "",
    why: Annotated[Why, Form()] = Why.OTHER,
    due_at: Words = "",
    ticket: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Write down whom to call on."""
    launch = this_launch(caller.session, caller.by, key)
    try:
        found = _ticket(caller, launch, ticket) if ticket else None
        checkins.add(
            caller.session,
            launch,
            name=f"Customer of {found.number}" if found and not name.strip() else name,
            contact=contact,
            why=why,
            due_at=moment(due_at, launch.zone),
            by=caller.by,
            at=caller.at,
            ticket=found,
        )
    except Refused as refusal:
        return _page(caller, launch, {"name": name, "contact": contact, "due_at": due_at}, refusal)
    return went(f"/launches/{key}/check-ins", "check-in-added")


@router.post("/launches/{key}/check-ins/{check_in_id}/calls")
def log_call(
    key: str,
    check_in_id: RowId,
    caller: Caller,
    outcome: Annotated[Outcome, Form()],
    note: Words = "",
    next_at: Words = "",
) -> Response:
    """Keep what came of a call."""
    launch = this_launch(caller.session, caller.by, key)
    found = checkins.this_check_in(caller.session, launch, check_in_id)
    try:
        due = moment(next_at, launch.zone)
        found.log(caller.session, outcome, note, next_at=due, by=caller.by, at=caller.at)
    except Refused as refusal:
        tried = {"id": found.id, "note": note, "next_at": next_at, "outcome": outcome.value}
        return _page(caller, launch, tried, refusal)
    return went(f"/launches/{key}/check-ins", "check-in-called")


@router.post("/launches/{key}/check-ins/{check_in_id}/forgetting")
def forget(key: str, check_in_id: RowId, caller: Caller) -> RedirectResponse:
    """Take a customer's own data away for good."""
    launch = this_launch(caller.session, caller.by, key)
    found = checkins.this_check_in(caller.session, launch, check_in_id)
    found.forget(caller.session, by=caller.by, at=caller.at)
    return went(f"/launches/{key}/check-ins", "check-in-forgotten")


def _ticket(caller: Visit, launch: Launch, number: str) -> Ticket:
    found = this_ticket(caller.session, caller.by, number)
    if found.launch_id != launch.id:
        raise NotFound("There is no such ticket in this launch.", what_to_do="Look at the desk.")
    return found


def _page(
    reader: Visit,
    launch: Launch,
    tried: dict[str, Any] | None = None,
    refusal: Refused | None = None,
) -> HTMLResponse:
    counts = checkins.counts(reader.session, launch.id)
    context = {
        "launch": {"key": launch.key, "name": launch.name},
        "rows": [_row(each, reader) for each in checkins.of_launch(reader.session, launch.id)],
        "affected": [
            {"number": one.number, "severity": one.severity, "opened_at": one.opened_at}
            for one in checkins.affected(reader.session, launch.id)
        ],
        "outcomes": [{"key": each.value, "words": OUTCOME_WORDS[each]} for each in Outcome],
        "whys": [{"key": each.value, "words": WHY_WORDS[each]} for each in Why],
        "counts": [
            {"words": OUTCOME_WORDS[each], "count": counts.get(each, 0)} for each in Outcome
        ],
        "tried": {**NOTHING, **(tried or {})},
        "problem": f"{refusal.message} {refusal.what_to_do}" if refusal else "",
        "may": {"forget": reader.by.is_any(Role.LEAD)},
    }
    status = refusal.status if refusal else 200
    return reader.page("launch/check_ins.html", "launches", launch, context, status=status)


def _row(each: CheckIn, reader: Visit) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name,
        "contact": each.contact,
        "why_words": WHY_WORDS[Why(each.why)],
        "ticket": each.ticket.number if each.ticket else "",
        "owner": each.owner.name if each.owner else None,
        "due_at": each.due_at,
        "is_due": each.due_at is not None and each.due_at <= reader.at,
        "is_open": each.closed_at is None,
        "is_forgotten": each.forgotten_at is not None,
        "calls": [
            {
                "at": call.at,
                "by": call.by.name,
                "outcome_words": OUTCOME_WORDS[Outcome(call.outcome)],
                "note": call.note,
            }
            for call in reversed(each.calls)
        ],
    }
