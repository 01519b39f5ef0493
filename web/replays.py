"""Replays: started, looked at and stopped by people; what they show never reaches a customer."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.answering import replay
from assistant.answering.replay_runs import newest_of
from assistant.answering.second_reading import cost_of
from assistant.ground.errors import Refused
from assistant.library import entries
from assistant.library.entries import Entry
from web.access import AuthorHere, LeadHere, PartsHere, Writing, this_launch
from web.replay_pages import replay_page
from web.shell import LookingHere, Visit, Words, visit, went

router = APIRouter(tags=["library"], default_response_class=HTMLResponse)


def _author(request: Request, parts: PartsHere, me: AuthorHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


def _lead(request: Request, parts: PartsHere, me: LeadHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Author = Annotated[Visit, Depends(_author)]
Lead = Annotated[Visit, Depends(_lead)]
Seen = Annotated[int, Form(ge=0, le=2**31 - 1)]  # the replay whose breaks were shown
ADDRESS = "/launches/{launch}/library/{entry}/replay"


@router.get(ADDRESS)
def show_replay(
    staff: LookingHere,
    launch: str,
    entry: str,
    category: str = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """Show every question of one category, with what it gets and what it would get."""
    within = this_launch(staff.session, staff.by, launch)
    found = entries.by_key(staff.session, within.id, entry)
    context = replay_page(
        staff.session, within, found, category=category, number=page, person=staff.by, at=staff.at
    )
    _, run = replay.this_replay(staff.session, found)
    context["model"] = cost_of(staff.parts, staff.session, run)
    return staff.page("library/replay.html", "library", within, context)


@router.post(ADDRESS)
def start_replay(author: Author, launch: str, entry: str) -> RedirectResponse:
    """Replay the newest version; while it runs, that run is gone on with."""
    found = _this(author, launch, entry)
    replay.start(author.session, found.newest, by=author.by, at=author.at)
    return _back(launch, found)


@router.post(f"{ADDRESS}/model")
def ask_the_model(author: Author, launch: str, entry: str) -> RedirectResponse:
    """Let the model read what changes, as far as today's budget allows it."""
    found = _this(author, launch, entry)
    run = newest_of(author.session, found.newest)
    cost = cost_of(author.parts, author.session, run) if run else None
    if cost is None or not cost.questions:
        raise Refused("There is nothing to ask a model.", what_to_do="Replay it first.")
    if not cost.is_within:
        raise Refused(
            f"It takes about {cost.calls} calls, and {cost.left} are left today.",
            what_to_do="Wait until tomorrow, or approve by what retrieval says.",
        )
    replay.start(author.session, found.newest, by=author.by, at=author.at, with_model=True)
    return _back(launch, found)


@router.post(f"{ADDRESS}/without")
def start_without(lead: Lead, launch: str, entry: str) -> RedirectResponse:
    """Replay as if the entry were gone: what would be lost if it were retired."""
    found = _this(lead, launch, entry)
    replay.start_without(lead.session, found.newest, by=lead.by, at=lead.at)
    return _back(launch, found)


@router.post(f"{ADDRESS}/cancelling")
def cancel_replay(author: Author, launch: str, entry: str) -> RedirectResponse:
    """Stop the replay that runs."""
    found = _this(author, launch, entry)
    replay.cancel(author.session, found.newest, by=author.by, at=author.at)
    return _back(launch, found)


@router.post(f"{ADDRESS}/override")
def overrule_breaks(
    lead: Lead, launch: str, entry: str, reason: Words = "", seen: Seen = 0
) -> RedirectResponse:
    """Keep the lead's word that the breaks are meant: those of the replay that they saw."""
    found = _this(lead, launch, entry)
    replay.overrule(lead.session, found.newest, reason=reason, by=lead.by, at=lead.at, seen=seen)
    return _back(launch, found, "breaks-overruled")


def _this(staff: Visit, launch: str, key: str) -> Entry:
    within = this_launch(staff.session, staff.by, launch)
    return entries.by_key(staff.session, within.id, key)


def _back(launch: str, entry: Entry, toast: str = "") -> RedirectResponse:
    return went(f"/library/{launch}/entries/{entry.key}#replay", toast)
