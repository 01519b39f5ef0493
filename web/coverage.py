"""When people are there, and what is promised: two pages of a launch that its lead fills in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from assistant.desk.kinder import after_change
from assistant.launch.coverage import WEEKDAYS, coverage_of, read
from assistant.launch.coverage_words import Written, understood, written
from assistant.launch.launches import Launch
from web.access import LeadHere, PartsHere, Writing, this_launch
from web.coverage_pages import coverage_context, policies_context
from web.policy_form import OWN, Filled, filled, policies_said
from web.refusals import ChangedMeanwhile
from web.shell import LookingHere, Visit, Words, visit, went

router = APIRouter(tags=["launches"], default_response_class=HTMLResponse)


def _leading(request: Request, parts: PartsHere, me: LeadHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Lead = Annotated[Visit, Depends(_leading)]
Revision = Annotated[int, Form(ge=0, le=2**31 - 1)]
Line = Annotated[str, Form(max_length=500)]
COVERAGE_CHANGED = "The coverage hours of this launch changed."
POLICIES_CHANGED = "The promises of this launch changed."


@router.get("/launches/{key}/coverage")
def show_coverage(key: str, looking: LookingHere) -> HTMLResponse:
    """Show when people are there, with the next two weeks."""
    launch = this_launch(looking.session, looking.by, key)
    return _coverage_page(looking, launch, written(coverage_of(launch)))


@router.post("/launches/{key}/coverage")
def set_coverage(
    key: str,
    lead: Lead,
    revision: Revision,
    when: Annotated[str, Form(pattern="^(always|hours)$")],
    hours: Annotated[list[Line], Form(min_length=len(WEEKDAYS), max_length=len(WEEKDAYS))],
    holidays: Words = "",
    special: Words = "",
    action: Line = "save",
) -> Response:
    """Set the hours, or show what they would be; what was typed stays when it is not understood."""
    launch = this_launch(lead.session, lead.by, key)
    said = Written(when == "always", tuple(hours), holidays, special)
    kept, problems = understood(said)
    if problems or action == "preview":
        return _coverage_page(lead, launch, said, kept=kept, problems=problems)
    _unchanged(launch, revision)
    launch.set_coverage(lead.session, kept, by=lead.by, at=lead.at)
    after_change(lead.session, launch, why=COVERAGE_CHANGED, at=lead.at)
    return went(f"/launches/{key}/coverage", "settings")


@router.get("/launches/{key}/promises")
def show_promises(key: str, looking: LookingHere) -> HTMLResponse:
    """Show how much time each promise has."""
    launch = this_launch(looking.session, looking.by, key)
    return _promises_page(looking, launch, filled(launch))


@router.post("/launches/{key}/promises")
def set_promises(
    key: str,
    lead: Lead,
    revision: Revision,
    time: Annotated[list[Line], Form(min_length=24, max_length=24)],
    own_policy: Annotated[list[Line], Form(max_length=OWN)],
    own_severity: Annotated[list[Line], Form(max_length=OWN)],
    own_category: Annotated[list[Line], Form(max_length=OWN)],
    own_time: Annotated[list[Line], Form(max_length=4 * OWN)],
    around_the_clock: Annotated[list[int] | None, Form(max_length=3)] = None,
) -> Response:
    """Set how much time each promise has. Open tickets keep the kinder clock."""
    launch = this_launch(lead.session, lead.by, key)
    said = Filled(time, own_policy, own_severity, own_category, own_time, around_the_clock or [])
    kept, problem = policies_said(said)
    if problem:
        return _promises_page(lead, launch, said, problem=problem)
    _unchanged(launch, revision)
    launch.set_policies(lead.session, kept, by=lead.by, at=lead.at)
    after_change(lead.session, launch, why=POLICIES_CHANGED, at=lead.at)
    return went(f"/launches/{key}/promises", "settings")


def _coverage_page(
    looking: Visit,
    launch: Launch,
    said: Written,
    *,
    kept: dict[str, object] | None = None,
    problems: dict[str, str] | None = None,
) -> HTMLResponse:
    shown = coverage_of(launch) if kept is None or problems else read(kept, launch.time_zone)
    is_preview = kept is not None and not problems
    context = coverage_context(looking, launch, said, shown, problems or {}, is_preview=is_preview)
    status = 422 if problems else 200
    return looking.page("launch/coverage.html", "launches", launch, context, status=status)


def _promises_page(
    looking: Visit, launch: Launch, said: Filled, *, problem: str = ""
) -> HTMLResponse:
    context = policies_context(looking, launch, said, problem)
    status = 422 if problem else 200
    return looking.page("launch/promises.html", "launches", launch, context, status=status)


def _unchanged(launch: Launch, revision: int) -> None:
    """Raise ChangedMeanwhile when the launch is not as the form's page showed it."""
    if launch.version != revision:
        raise ChangedMeanwhile(
            f"{launch.name} has been changed since you looked at it.",
            what_to_do="Load the page again and decide anew.",
        )
