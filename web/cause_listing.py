"""Lists of causes: the causes themselves, who should learn what, what was changed."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.desk import causes
from assistant.desk.cause_lists import NOT_SAID, Only
from assistant.desk.cause_states import Kind, State
from assistant.ground.errors import NotFound
from assistant.launch.launches import Launch
from assistant.reports import fix_log, training
from assistant.reports.sheets import Sheet, as_csv
from web import causes as one_cause
from web import repeats
from web.access import this_launch
from web.cause_pages import causes_page, fix_log_page, training_page
from web.causes import KindField, scenario_of
from web.desk import AtDesk, Looking
from web.shell import Visit, Words, went

router = APIRouter(tags=["causes"], default_response_class=HTMLResponse)

PageNumber = Annotated[int, Query(ge=1, le=100_000)]


@router.get("/causes")
def show_causes(
    desk: Looking,
    launch: str = "",
    state: str = "",
    kind: str = "",
    owner: str = "",
    scenario: str = "",
    page: PageNumber = 1,
) -> HTMLResponse:
    """Show the causes of a launch, undecided ones first."""
    shown = _launch(desk, launch)
    only = Only(
        state=State(state) if state in list(State) else None,
        kind=kind if kind in (*Kind, NOT_SAID) else "",
        owner=owner if owner == NOT_SAID or (owner.isdecimal() and len(owner) < 10) else "",
        scenario=scenario,
    )
    context = causes_page(desk.session, shown, only, page, at=desk.at)
    return desk.page("causes/index.html", "causes", shown, context)


@router.post("/causes")
def add_cause(
    agent: AtDesk, launch: Words, title: Words = "", kind: KindField = "", scenario: Words = ""
) -> RedirectResponse:
    """Write a cause down."""
    shown = this_launch(agent.session, agent.by, launch)
    cause = causes.detect(
        agent.session,
        shown.id,
        title=title,
        kind=Kind(kind) if kind else None,
        scenario=scenario_of(agent, shown.id, scenario),
        by=agent.by,
        at=agent.at,
    )
    return went(f"/causes/{cause.id}", "cause-new")


@router.get("/causes/training")
def show_training(desk: Looking, launch: str = "") -> HTMLResponse:
    """Show who should learn what."""
    shown = _launch(desk, launch)
    context = training_page(desk.session, shown)
    return desk.page("causes/training.html", "causes", shown, context)


@router.get("/causes/training.csv")
def take_training(desk: Looking, launch: str = "") -> Response:
    """Hand out who should learn what as a file."""
    shown = _launch(desk, launch)
    return _file(shown, training.sheet(desk.session, shown), "training")


@router.get("/causes/fixes")
def show_fix_log(desk: Looking, launch: str = "", page: PageNumber = 1) -> HTMLResponse:
    """Show what was changed, newest first."""
    shown = _launch(desk, launch)
    context = fix_log_page(desk.session, shown, page)
    return desk.page("causes/fixes.html", "causes", shown, context)


@router.get("/causes/fixes.csv")
def take_fix_log(desk: Looking, launch: str = "") -> Response:
    """Hand out what was changed as a file."""
    shown = _launch(desk, launch)
    return _file(shown, fix_log.sheet(desk.session, shown), "fix-log")


def _launch(desk: Visit, key: str) -> Launch:
    shown = desk.launch(key)
    if shown is None:
        raise NotFound("You work on no launch yet.", what_to_do="Ask a lead to add you to one.")
    return shown


def _file(launch: Launch, sheet: Sheet, name: str) -> Response:
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    headers = {"Content-Disposition": f'attachment; filename="{launch.key}-{name}.csv"'}
    return Response("\ufeff" + as_csv(sheet), media_type="text/csv; charset=utf-8", headers=headers)


# After the lists, whose addresses would else be taken for the number of a cause.
router.include_router(one_cause.router)
router.include_router(repeats.router)
