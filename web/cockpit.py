"""The cockpit of a launch, "are we calm?", and the rows behind each of its figures."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse

from assistant.ground.errors import NotFound
from assistant.reports import behind, cockpit, days
from assistant.reports.spans import local_day
from web.access import this_launch
from web.cockpit_pages import cockpit_context, figure_context
from web.shell import LookingHere

router = APIRouter(tags=["launches"], default_response_class=HTMLResponse)
Metric = Annotated[str, Path(max_length=100)]


@router.get("/launches/{key}/cockpit")
def show_cockpit(key: str, looking: LookingHere) -> HTMLResponse:
    """Show whether it is calm, and everything that says so."""
    launch = this_launch(looking.session, looking.by, key)
    found = cockpit.cockpit_of(looking.session, launch, at=looking.at)
    context = cockpit_context(looking, launch, found)
    return looking.page("launch/cockpit.html", "cockpit", launch, context)


@router.get("/launches/{key}/figures/{metric}/{day}")
def show_figure(key: str, metric: Metric, day: date, looking: LookingHere) -> HTMLResponse:
    """Show the rows that a figure of one day was computed from."""
    launch = this_launch(looking.session, looking.by, key)
    if metric not in days.metrics_of(launch):
        raise NotFound("Nothing is measured under this name.", what_to_do="Look at the cockpit.")
    if not days.first_day(launch) <= day <= local_day(looking.at, launch.zone):
        raise NotFound("The launch has no such day.", what_to_do="Choose one on the cockpit.")
    found = behind.of_day(looking.session, launch, metric, day, at=looking.at)
    context = figure_context(looking, launch, metric, day, found)
    return looking.page("launch/figure.html", "cockpit", launch, context)
