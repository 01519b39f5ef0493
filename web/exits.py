"""The end of a launch: what it still needs, the handover, the sponsor's signature, the way back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.ground.people import Role
from assistant.launch.launches import Launch
from assistant.library import afterwards
from assistant.library.afterwards import Becomes
from assistant.reports import declining, exits, handover
from web.access import LeadHere, Me, PartsHere, Staff, TellerHere, Writing, this_launch
from web.exit_pages import exit_context, standing_words
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
def show_exit(key: str, looking: LookingHere) -> HTMLResponse:
    """Show what the end needs, what is decided, and who signed it."""
    launch = this_launch(looking.session, looking.by, key)
    return looking.page("launch/exit.html", "cockpit", launch, exit_context(looking, launch))


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
    note: Words = "",
    undecided: bool = Form(False),
) -> RedirectResponse:
    """Decide what becomes of the chosen temporary answers, or of all that are undecided."""
    launch = this_launch(lead.session, lead.by, key)
    known = afterwards.decided(lead.session, launch.id)
    for version in afterwards.temporary(lead.session, launch.id, at=lead.at):
        is_left = undecided and version.entry_id not in known
        if is_left or version.entry_id in entries:
            afterwards.decide(
                lead.session, version.entry, becomes, note=note, by=lead.by, at=lead.at
            )
    return went(f"/launches/{key}/exit#answers", "afterwards")


@router.post("/launches/{key}/exit/signature")
def sign_exit(key: str, sponsor: Sponsor, revision: Revision, override: Words = "") -> Response:
    """Sign the end, which ends it; past a shut gate only with a reason."""
    launch = _unchanged(sponsor, key, revision)
    try:
        exits.sign(sponsor.session, launch, override=override, by=sponsor.by, at=sponsor.at)
    except exits.Shut:
        context = exit_context(sponsor, launch, problem=NO_REASON)
        return sponsor.page("launch/exit.html", "cockpit", launch, context, status=422)
    return went(f"/launches/{key}/exit", "signed")


@router.post("/launches/{key}/exit/refusal")
def decline_exit(key: str, sponsor: Sponsor, because: Words = "") -> RedirectResponse:
    """Say why the end is not signed yet."""
    launch = this_launch(sponsor.session, sponsor.by, key)
    declining.decline(sponsor.session, launch, because=because, by=sponsor.by, at=sponsor.at)
    return went(f"/launches/{key}/exit", "declined")


@router.post("/launches/{key}/exit/return")
def begin_again(key: str, lead: Lead, revision: Revision, because: Words = "") -> RedirectResponse:
    """Return to hypercare in full, with a reason."""
    launch = _unchanged(lead, key, revision)
    exits.begin_again(lead.session, launch, because=because, by=lead.by, at=lead.at)
    return went(f"/launches/{key}/cockpit", "begun-again")


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
