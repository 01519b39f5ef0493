"""Launches: what each is and needs, taking it live, how it answers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.ground.people import Role
from assistant.launch import launches
from assistant.launch.launches import Launch, Mode
from assistant.reports import figures
from web.access import LeadHere, PartsHere, Writing, this_launch
from web.entry_form import lines
from web.launch_pages import launch_context, launches_context
from web.refusals import ChangedMeanwhile
from web.shell import PHASE_WORDS, LookingHere, Visit, Words, visit, went

router = APIRouter(tags=["launches"], default_response_class=HTMLResponse)


def _leading(request: Request, parts: PartsHere, me: LeadHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Lead = Annotated[Visit, Depends(_leading)]
Revision = Annotated[int, Form(ge=0, le=2**31)]


@router.get("/launches")
def show_launches(looking: LookingHere) -> HTMLResponse:
    """Show every launch the reader works on."""
    mine = launches.of_person(looking.session, looking.by)
    standings = figures.standings(looking.session, [launch.id for launch in mine])
    context = launches_context(looking.session, mine, standings, at=looking.at)
    context["may"] = {"begin": looking.by.is_any(Role.LEAD)}
    return looking.page("launch/index.html", "launches", looking.launch(), context)


@router.get("/launches/{key}")
def show_launch(key: str, looking: LookingHere) -> HTMLResponse:
    """Show one launch: facts, people, and what keeps it from going live."""
    launch = this_launch(looking.session, looking.by, key)
    context = launch_context(looking, launch)
    return looking.page("launch/launch.html", "launches", launch, context)


@router.post("/launches/{key}/settings")
def change_settings(
    key: str,
    lead: Lead,
    revision: Revision,
    mode: Annotated[Mode, Form()],
    wrong_rate: Annotated[float, Form()],
) -> RedirectResponse:
    """Decide how it answers; ``wrong_rate`` comes in per cent."""
    launch = _unchanged(lead, key, revision)
    launch.set_mode(lead.session, mode=mode, wrong_rate=wrong_rate / 100, by=lead.by, at=lead.at)
    return went(f"/launches/{key}", "settings")


@router.post("/launches/{key}/internal-words")
def keep_words_inside(
    key: str, lead: Lead, revision: Revision, internal_words: Words = ""
) -> RedirectResponse:
    """Say which words no reply should hold, one a line."""
    launch = _unchanged(lead, key, revision)
    launch.keep_inside(lead.session, lines(internal_words), by=lead.by, at=lead.at)
    return went(f"/launches/{key}", "settings")


def _unchanged(lead: Visit, key: str, revision: int) -> Launch:
    """Return the launch when it still is as the form's page showed it.

    Raises:
        ChangedMeanwhile: with how it is now.
    """
    launch = this_launch(lead.session, lead.by, key)
    if launch.version != revision:
        raise ChangedMeanwhile(
            f"{launch.name} is now: {PHASE_WORDS[launch.shown_phase].lower()}, mode {launch.mode}, "
            f"at most {launch.wrong_rate:.1%} wrong answers.",
            what_to_do="Load the page again and decide anew.",
        )
    return launch
