"""Suggestions: what a lead does with what the library should say next."""

from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.answering import counting, ghostwriting, handling, suggestions
from assistant.answering.suggestions import Suggestion
from assistant.ground.calls import Kind as WhyNot
from assistant.ground.errors import Refused
from assistant.ground.llm import Failure
from assistant.ground.people import Person
from web.access import LeadHere, PartsHere, RowId, Writing, this_launch
from web.refusals import ChangedMeanwhile
from web.shell import LookingHere, Visit, visit, went
from web.suggestion_pages import Tab, suggestion_page, suggestions_page

router = APIRouter(
    prefix="/launches/{key}/suggestions",
    tags=["library"],
    default_response_class=HTMLResponse,
)

Mark = Annotated[str, Form(pattern=r"^\d{1,9}:\d{1,9}$")]  # a suggestion and the revision seen
Marks = Annotated[list[Mark], Form(max_length=100)]
Id = Annotated[int, Form(ge=1, le=2**31 - 1)]
PageNumber = Annotated[int, Query(ge=1, le=100_000)]


def _leading(request: Request, parts: PartsHere, me: LeadHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Lead = Annotated[Visit, Depends(_leading)]


@router.get("")
def show_suggestions(
    key: str, looking: LookingHere, tab: str = "", page: PageNumber = 1
) -> HTMLResponse:
    """Show what is missing, the most worth first."""
    launch = this_launch(looking.session, looking.by, key)
    wanted = Tab(tab) if tab in list(Tab) else Tab.OPEN
    context = suggestions_page(looking, launch, wanted, page)
    return looking.page("library/suggestions.html", "suggestions", launch, context)


@router.get("/{suggestion_id}")
def show_suggestion(
    key: str, suggestion_id: RowId, looking: LookingHere, ghostwriting: str = ""
) -> HTMLResponse:
    """Show one suggestion: the real questions, the answers used, and what a draft begins with."""
    launch = this_launch(looking.session, looking.by, key)
    found = suggestions.suggestion(looking.session, launch.id, suggestion_id)
    failed: WhyNot | None = next((k for k in get_args(WhyNot) if k == ghostwriting), None)
    why_none = Failure(failed).words if failed else ""
    context = suggestion_page(looking, launch, found, why_none=why_none)
    return looking.page("library/suggestion.html", "suggestions", launch, context)


@router.post("/draft")
def draft(key: str, lead: Lead, suggestion: Mark) -> RedirectResponse:
    """Make a draft of it, in the lead's name."""
    entry = handling.draft(lead.session, _seen(lead, key, suggestion), by=lead.by, at=lead.at)
    return went(f"/library/{key}/entries/{entry.key}")


@router.post("/rejection")
def reject(key: str, lead: Lead, suggestion: Mark) -> RedirectResponse:
    """Put it aside until half as many people again have asked."""
    _seen(lead, key, suggestion).reject(lead.session, by=lead.by, at=lead.at)
    return went(f"/launches/{key}/suggestions")


@router.post("/return")
def take_up(key: str, lead: Lead, suggestion: Mark) -> RedirectResponse:
    """Suggest it again although it has not grown."""
    found = _seen(lead, key, suggestion)
    found.take_up(lead.session, by=lead.by, at=lead.at)
    return went(f"/launches/{key}/suggestions/{found.id}", "suggestion-returned")


@router.post("/merging")
def merge(key: str, lead: Lead, suggestions: Marks = []) -> RedirectResponse:  # noqa: B006
    """Make one of several: the first that was listed takes the rest."""
    seen = [_seen(lead, key, mark) for mark in suggestions]
    if len(seen) < 2:
        raise Refused("There is nothing to merge.", what_to_do="Choose two suggestions or more.")
    handling.merge(lead.session, seen[0], seen[1:], by=lead.by, at=lead.at)
    return went(f"/launches/{key}/suggestions")


@router.post("/split")
def split(
    key: str,
    lead: Lead,
    suggestion: Mark,
    questions: Annotated[list[Id], Form(max_length=500)] = [],  # noqa: B006
) -> RedirectResponse:
    """Take questions out into a suggestion of their own."""
    found = _seen(lead, key, suggestion)
    handling.split(lead.session, found, questions, by=lead.by, at=lead.at)
    return went(f"/launches/{key}/suggestions")


@router.post("/undoing")
def undo(key: str, lead: Lead, event: Id) -> RedirectResponse:
    """Take back what the lead did within the last ten seconds."""
    launch = this_launch(lead.session, lead.by, key)
    handling.undo(lead.session, launch.id, event, by=lead.by, at=lead.at)
    return went(f"/launches/{key}/suggestions", "suggestion-undone")


@router.post("/counting")
def count(key: str, me: LeadHere, parts: PartsHere) -> RedirectResponse:
    """Count now what was asked since the last time."""
    with parts.db.reading() as session:
        launch_id = this_launch(session, session.get_one(Person, me.person_id), key).id
    counting.count_launch(parts, launch_id)
    return went(f"/launches/{key}/suggestions")


@router.post("/ghostwriting")
def ghostwrite(key: str, parts: PartsHere, me: LeadHere, suggestion: Mark) -> RedirectResponse:
    """Let the model draft it; no transaction is open while it thinks."""
    with parts.db.reading() as session:
        by = session.get_one(Person, me.person_id)
        number = int(suggestion.partition(":")[0])
        found = suggestions.suggestion(session, this_launch(session, by, key).id, number).id
    failure = ghostwriting.ghostwrite(parts, found, by=by)
    why = f"?ghostwriting={failure.kind}" if failure else ""
    return RedirectResponse(f"/launches/{key}/suggestions/{found}{why}#model", 303)


def _seen(lead: Visit, key: str, mark: str) -> Suggestion:
    """Return a suggestion as the form was filled in for.

    Raises:
        NotFound: when it is not theirs.
        ChangedMeanwhile: when somebody has done something to it since.
    """
    number, _, revision = mark.partition(":")
    launch = this_launch(lead.session, lead.by, key)
    found = suggestions.suggestion(lead.session, launch.id, int(number))
    if found.revision != int(revision):
        raise ChangedMeanwhile(
            f"Somebody was quicker: “{found.question}” is {STATE_WORDS[found.state]} now.",
            what_to_do="Load the list again.",
        )
    return found


STATE_WORDS: dict[str, Any] = {
    "open": "open",
    "drafted": "drafted",
    "rejected": "put aside",
    "answered": "answered by an entry",
    "quiet": "too small to be suggested",
}
