"""The decision register of a launch: what waits, deciding it, reminding, and where it stalls."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.desk import chasing
from assistant.desk.rulings import Ruled, Ruling
from assistant.ground.errors import NotFound, Refused
from assistant.launch.launches import Launch
from assistant.library import decided, replacing
from web.access import PartsHere, RowId, StaffHere, Writing, this_launch
from web.decision_pages import Tried, register_context
from web.shell import LookingHere, Visit, Words, visit, went

router = APIRouter(tags=["launches"], default_response_class=HTMLResponse)


def _acting(request: Request, parts: PartsHere, me: StaffHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Acting = Annotated[Visit, Depends(_acting)]  # who may decide is the scenario's to say
Seen = Annotated[str, Form(max_length=2_000)]


@router.get("/launches/{key}/decisions")
def show_register(key: str, looking: LookingHere) -> HTMLResponse:
    """Show what waits for a decision, by age, and what became of those that were taken."""
    launch = this_launch(looking.session, looking.by, key)
    context = register_context(looking, launch)
    return looking.page("launch/decisions.html", "launches", launch, context)


@router.post("/launches/{key}/decisions/{scenario}")
def decide(
    key: str,
    scenario: str,
    acting: Acting,
    ruled: Annotated[Ruled, Form()],
    sentence: Words = "",
    seen: Seen = "",
) -> Response:
    """Decide on a scenario. The decision is drafted as its message; somebody else approves it."""
    launch = this_launch(acting.session, acting.by, key)
    ids = [int(each) for each in seen.split(",") if each.isdecimal() and len(each) < 10]
    try:
        with acting.session.begin_nested():
            version = decided.decide(
                acting.session,
                launch,
                scenario,
                ruled,
                sentence=sentence,
                seen=ids,
                by=acting.by,
                at=acting.at,
            )
    except Refused as refusal:
        context = register_context(acting, launch, Tried(scenario, sentence, refusal))
        return acting.page(
            "launch/decisions.html", "launches", launch, context, status=refusal.status
        )
    if version is None:
        return went(f"/launches/{key}/decisions", "facts-needed")
    return went(f"/library/{launch.key}/entries/{version.entry.key}", "decision-drafted")


@router.post("/launches/{key}/rulings/{ruling_id}/replacement")
def replace(
    key: str,
    ruling_id: RowId,
    acting: Acting,
    ruled: Annotated[Ruled, Form()],
    sentence: Words = "",
    reason: Words = "",
) -> RedirectResponse:
    """Decide anew what was decided in error; the old decision stays, with why."""
    launch = this_launch(acting.session, acting.by, key)
    version = replacing.replace(
        acting.session, launch, _ruling(acting, launch, ruling_id), ruled,
        sentence=sentence, reason=reason, by=acting.by, at=acting.at,
    )  # fmt: skip
    if version is None:
        return went(f"/launches/{key}/decisions", "decision-replaced")
    return went(f"/library/{launch.key}/entries/{version.entry.key}", "decision-redrafted")


@router.post("/launches/{key}/decisions/{scenario}/question")
def ask(key: str, scenario: str, acting: Acting) -> RedirectResponse:
    """Ask whoever decides it."""
    launch = this_launch(acting.session, acting.by, key)
    decided.ask(acting.session, launch, scenario, by=acting.by, at=acting.at)
    return went(f"/launches/{key}/decisions", "decision-asked")


@router.post("/launches/{key}/rulings/{ruling_id}/reminder")
def remind(key: str, ruling_id: RowId, acting: Acting) -> RedirectResponse:
    """Remind who decides, at most once in a period."""
    launch = this_launch(acting.session, acting.by, key)
    ruling = _ruling(acting, launch, ruling_id)
    chasing.remind(acting.session, ruling, by=acting.by, at=acting.at)
    return went(f"/launches/{key}/decisions", "reminded")


def _ruling(acting: Visit, launch: Launch, ruling_id: int) -> Ruling:
    ruling = acting.session.get(Ruling, ruling_id)
    if ruling is None or ruling.launch_id != launch.id:
        raise NotFound("There is no such decision.", what_to_do="Load the page again.")
    return ruling
