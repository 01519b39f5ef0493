"""Setting a launch up: the checklist, and the pages on which it is described.

What was typed stays when something is wrong with it, and when somebody else was quicker.
"""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.ground.errors import Refused
from assistant.ground.people import by_email, join
from assistant.launch.launches import Launch
from assistant.launch.scope import scope_of
from assistant.reports.going_live import NotReady, take_live
from assistant.reports.points import points
from web.access import this_launch
from web.setup_forms import (
    Row,
    basics_row,
    basics_said,
    rows_of,
    scope_rows,
    scope_said,
)
from web.setup_pages import basics_context, points_context, scope_context
from web.setup_saving import Cell, Crossed, Lead, Line, Revision, must_be, page_of, saved
from web.shell import LookingHere, Visit, Words, went

router = APIRouter(tags=["launches"], default_response_class=HTMLResponse)


@router.get("/launches/{key}/setup")
def show_points(key: str, looking: LookingHere) -> HTMLResponse:
    """Show the fifteen points, ticked from data."""
    return _points_page(looking, this_launch(looking.session, looking.by, key))


@router.post("/launches/{key}/live")
def go_live(
    key: str,
    lead: Lead,
    revision: Revision,
    trigger: Line = "",
    because: Words = "",
    reason: Words = "",
) -> Response:
    """Begin hypercare; what is required must be there, what is advised needs a reason."""
    launch = this_launch(lead.session, lead.by, key)
    typed = {"trigger": trigger, "because": because, "reason": reason}
    try:
        must_be(launch, revision)
        take_live(
            lead.session, launch, trigger=trigger, because=because, reason=reason,
            by=lead.by, at=lead.at,
        )  # fmt: skip
    except (NotReady, Crossed) as refusal:
        return _points_page(lead, launch, typed, refusal)
    return went(f"/launches/{key}", "launch-live")


@router.get("/launches/{key}/setup/scope")
def show_scope(key: str, looking: LookingHere) -> HTMLResponse:
    """Show what is in scope and what is not."""
    launch = this_launch(looking.session, looking.by, key)
    inside = "\n".join(str(area["title"]) for area in launch.scope)
    context = scope_context(looking, launch, inside, scope_rows(launch), {})
    return page_of(looking, launch, "scope", context)


@router.post("/launches/{key}/setup/scope")
def set_scope(
    key: str,
    lead: Lead,
    revision: Revision,
    inside: Words = "",
    title: Cell = None,
    words: Cell = None,
    question: Line = "",
    action: Line = "save",
) -> Response:
    """Keep the scope, or only say whether a question would be in it as typed."""
    launch = this_launch(lead.session, lead.by, key)
    outside = rows_of({"title": title or [], "words": words or []})
    read = scope_said(inside, outside)

    def again(problems: dict[str, str], tried: dict[str, Any] | None = None) -> dict[str, Any]:
        return scope_context(lead, launch, inside, outside, problems, tried)

    if action == "try" and not read.problems:
        found = scope_of(question, read.kept["out_of_scope"])
        tried = {"question": question, "inside": found.inside, "area": found.area}
        return page_of(lead, launch, "scope", again({}, tried))
    kept_words = {str(area["title"]): area.get("words", []) for area in launch.scope}
    for area in read.kept.get("scope", ()):
        area["words"] = kept_words.get(area["title"], [])
    return saved(lead, launch, "scope", read, revision, again)


@router.get("/launches/{key}/setup/basics")
def show_basics(key: str, looking: LookingHere) -> HTMLResponse:
    """Show name, dates, sites, languages and people."""
    launch = this_launch(looking.session, looking.by, key)
    context = basics_context(looking, launch, basics_row(launch), {})
    return page_of(looking, launch, "basics", context)


@router.post("/launches/{key}/setup/basics")
def set_basics(
    key: str,
    lead: Lead,
    revision: Revision,
    name: Line = "",
    trigger: Line = "",
    starts: Line = "",
    ends: Line = "",
    time_zone: Line = "",
    sites: Words = "",
    languages: Line = "",
) -> Response:
    """Keep the basics."""
    launch = this_launch(lead.session, lead.by, key)
    typed: Row = {
        "name": name, "trigger": trigger, "starts": starts, "ends": ends,
        "time_zone": time_zone.strip(), "sites": sites, "languages": languages,
    }  # fmt: skip
    read = basics_said(typed, launch)

    def again(problems: dict[str, str]) -> dict[str, Any]:
        return basics_context(lead, launch, typed, problems)

    return saved(lead, launch, "basics", read, revision, again)


@router.post("/launches/{key}/setup/people")
def add_member(key: str, lead: Lead, email: Line) -> RedirectResponse:
    """Let somebody who is known here work on the launch."""
    launch = this_launch(lead.session, lead.by, key)
    person = by_email(lead.session, email)
    if person is None or person.disabled_at is not None:
        raise Refused("Nobody here has that address.", what_to_do="Choose somebody of the list.")
    join(lead.session, person, launch.id)
    return went(f"/launches/{key}/setup/basics", "set-up")


def _points_page(
    looking: Visit, launch: Launch, typed: Row | None = None, refusal: Refused | None = None
) -> HTMLResponse:
    found = points(looking.session, launch, at=looking.at)
    typed = typed or {"trigger": launch.trigger, "because": "", "reason": ""}
    problem = f"{refusal.message} {refusal.what_to_do}" if refusal else ""
    context = points_context(looking, launch, found, typed, problem)
    status = refusal.status if refusal else 200
    return looking.page("launch/setup.html", "launches", launch, context, status=status)
