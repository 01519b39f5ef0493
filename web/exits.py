"""The end of a launch: what it still needs, the handover, the sponsor's signature, the way back."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.ground.errors import Refused
from assistant.ground.people import Role
from assistant.launch.launches import Launch
from assistant.library import afterwards
from assistant.library.afterwards import Becomes
from assistant.reports import declining, exits, handover
from web.access import LeadHere, Me, PartsHere, Staff, TellerHere, Writing, this_launch
from web.exit_answers import Asked, address_of
from web.exit_pages import NotTaken, exit_context, standing_words
from web.refusals import ChangedMeanwhile
from web.shell import LookingHere, Visit, Words, visit, went

router = APIRouter(tags=["launches"], default_response_class=HTMLResponse)

SponsorHere = Annotated[Me, Depends(Staff(Role.SPONSOR))]
Revision = Annotated[int, Form(ge=0, le=2**31 - 1)]
Entries = Annotated[list[int], Form(default_factory=list, max_length=1000)]
NO_REASON = "Say why it ends all the same: something is missing."
Place = Annotated[str, Form(max_length=40)]


def _leading(request: Request, parts: PartsHere, me: LeadHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


def _handing(request: Request, parts: PartsHere, me: TellerHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


def _signing(request: Request, parts: PartsHere, me: SponsorHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Lead = Annotated[Visit, Depends(_leading)]
Handing = Annotated[Visit, Depends(_handing)]
Sponsor = Annotated[Visit, Depends(_signing)]


@router.get("/launches/{key}/exit")
def show_exit(
    key: str,
    looking: LookingHere,
    answers: Annotated[str, Query(max_length=20)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    q: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """Show what the end needs, what is decided, and who signed it."""
    launch = this_launch(looking.session, looking.by, key)
    context = exit_context(looking, launch, asked=Asked(answers, page, q))
    return looking.page("launch/exit.html", "cockpit", launch, context)


@router.post("/launches/{key}/exit/handover/{item}")
def confirm_handover(
    key: str, item: str, handing: Handing, note: Words = "", taken_back: bool = Form(False)
) -> RedirectResponse:
    """Confirm an item of the handover pack, or take it back."""
    launch = this_launch(handing.session, handing.by, key)
    if taken_back:
        handover.take_back(handing.session, launch, item, by=handing.by, at=handing.at)
    else:
        handover.confirm(handing.session, launch, item, note=note, by=handing.by, at=handing.at)
    return went(f"/launches/{key}/exit#handover", "handover-pack")


@router.post("/launches/{key}/exit/answers")
def decide_answers(
    key: str,
    lead: Lead,
    becomes: Annotated[Becomes, Form()],
    entries: Entries,
    groups: Entries,
    note: Words = "",
    undecided: bool = Form(False),
    answers: Annotated[str, Form(max_length=20)] = "",
    page: Annotated[int, Form(ge=1, le=100_000)] = 1,
    q: Annotated[str, Form(max_length=200)] = "",
) -> RedirectResponse:
    """Decide what becomes of the chosen temporary answers, or of what is undecided.

    That is all of it, or what is filed under the scenarios ``groups``, 0 for none.
    """
    launch = this_launch(lead.session, lead.by, key)
    known = afterwards.decided(lead.session, launch.id)
    for version in afterwards.temporary(lead.session, launch.id, at=lead.at):
        # While a search hides some of them, only what is chosen one by one is meant.
        is_meant = not q and (undecided or (version.entry.scenario_id or 0) in groups)
        is_left = is_meant and version.entry_id not in known
        if is_left or version.entry_id in entries:
            afterwards.decide(
                lead.session, version.entry, becomes, note=note, by=lead.by, at=lead.at
            )
    return went(address_of(launch, Asked(answers, page, q)), "afterwards")


@router.post("/launches/{key}/exit/signature")
def sign_exit(key: str, sponsor: Sponsor, revision: Revision, override: Words = "") -> Response:
    """Sign the end, which ends it; past a shut gate only with a reason."""
    launch = _unchanged(sponsor, key, revision)
    try:
        exits.sign(sponsor.session, launch, override=override, by=sponsor.by, at=sponsor.at)
    except exits.Shut:
        not_taken = NotTaken("signature", NO_REASON, override)
        context = exit_context(sponsor, launch, not_taken=not_taken)
        return sponsor.page("launch/exit.html", "cockpit", launch, context, status=422)
    return went(f"/launches/{key}/exit", "signed")


@router.post("/launches/{key}/exit/refusal")
def decline_exit(key: str, sponsor: Sponsor, because: Words = "") -> Response:
    """Say why the end is not signed yet; what cannot be taken stays beside the field."""
    launch = this_launch(sponsor.session, sponsor.by, key)
    try:
        declining.decline(sponsor.session, launch, because=because, by=sponsor.by, at=sponsor.at)
    except Refused as refusal:
        if launch.phase != "active":
            raise  # the form is not there any more
        return _not_taken(sponsor, launch, "refusal", refusal, because)
    return went(f"/launches/{key}/exit", "declined")


@router.post("/launches/{key}/exit/return")
def begin_again(key: str, lead: Lead, revision: Revision, because: Words = "") -> Response:
    """Return to hypercare in full, with a reason; what cannot be taken stays beside the field."""
    launch = _unchanged(lead, key, revision)
    try:
        exits.begin_again(lead.session, launch, because=because, by=lead.by, at=lead.at)
    except Refused as refusal:
        if launch.closed_at is None:
            raise  # the form is not there any more
        return _not_taken(lead, launch, "return", refusal, because)
    return went(f"/launches/{key}/cockpit", "begun-again")


def _not_taken(
    who: Visit, launch: Launch, form: Literal["refusal", "return"], why: Refused, typed: str
) -> HTMLResponse:
    problem = f"{why.message} {why.what_to_do}"
    context = exit_context(who, launch, not_taken=NotTaken(form, problem, typed))
    return who.page("launch/exit.html", "cockpit", launch, context, status=why.status)


def _unchanged(visit: Visit, key: str, revision: int) -> Launch:
    """Return the launch when it still is as the page showed it.

    Raises:
        ChangedMeanwhile: with how it is now.
    """
    launch = this_launch(visit.session, visit.by, key)
    if launch.version != revision:
        raise ChangedMeanwhile(
            standing_words(visit.session, launch),
            what_to_do="Load the page again and decide anew.",
        )
    return launch
