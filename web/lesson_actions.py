"""What follows from lessons learned: saying it, and saying that it is done."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BeforeValidator

from assistant.ground.errors import NotFound
from assistant.ground.people import members
from assistant.launch.launches import Launch
from assistant.reports import actions, lessons_learned
from assistant.reports.actions import AUTHORS, Action
from web.access import PartsHere, RowId, StaffHere, Writing, this_launch
from web.refusals import ChangedMeanwhile
from web.shell import Visit, Words, visit, went

router = APIRouter(tags=["reports"], default_response_class=HTMLResponse)


def _writing(request: Request, parts: PartsHere, me: StaffHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Reader = Annotated[Visit, Depends(_writing)]
Day = Annotated[date | None, BeforeValidator(lambda given: given or None), Form()]


@router.post("/launches/{key}/lessons/actions")
def act_on(
    key: str,
    reader: Reader,
    finding: Annotated[str, Form(max_length=500)],
    owner: Annotated[int, Form(ge=0, le=2**31 - 1)] = 0,
    what: Words = "",
    due: Day = None,
) -> RedirectResponse:
    """Say what follows from a finding, who does it and by when."""
    launch = this_launch(reader.session, reader.by, key)
    found = lessons_learned.findings(reader.session, launch, reader.at)
    words = next((each.words for each in found if each.name == finding), None)
    if words is None:
        raise NotFound("There is no such finding any more.", what_to_do="Load the page again.")
    if actions.of_finding(reader.session, launch.id, finding) is not None:
        raise ChangedMeanwhile("Somebody has said what follows.", what_to_do="Load it again.")
    actions.act_on(
        reader.session, launch, finding, found=words, what=what, owner_id=owner, due=due,
        by=reader.by, at=reader.at,
    )  # fmt: skip
    return went(_page(launch), "action")


@router.post("/launches/{key}/lessons/actions/{action_id}/done")
def finish(key: str, action_id: RowId, reader: Reader) -> RedirectResponse:
    """Say that an action is done."""
    launch = this_launch(reader.session, reader.by, key)
    action = actions.this_action(reader.session, launch, action_id)
    action.finish(reader.session, by=reader.by, at=reader.at)
    return went(_page(launch), "action-done")


def _page(launch: Launch) -> str:
    return f"/launches/{launch.key}/reports/{lessons_learned.KIND}"


def context(looking: Visit, launch: Launch) -> dict[str, Any]:
    """Return what reports/_actions.html shows: each finding, and what follows from it."""
    acted = {each.finding: each for each in actions.of_launch(looking.session, launch.id)}
    found = lessons_learned.findings(looking.session, launch, looking.at)
    return {
        "findings": [
            {
                "name": each.name,
                "words": each.words,
                "action": _action(looking, acted.get(each.name)),
            }
            for each in found
        ],
        "people": [
            {"id": person.id, "name": person.name}
            for person in members(looking.session, launch.id)
        ],
        "may_act": looking.by.is_any(*AUTHORS),
    }  # fmt: skip


def _action(looking: Visit, action: Action | None) -> dict[str, Any] | None:
    if action is None:
        return None
    may = action.owner_id == looking.by.id or looking.by.is_any(*AUTHORS)
    return {
        "id": action.id,
        "what": action.what,
        "owner": action.owner.name,
        "due": action.due.isoformat() if action.due else "",
        "done_at": action.done_at,
        "may_finish": may and action.done_at is None,
    }
