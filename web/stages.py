"""The SLA stages of a launch: where they stand, what would move them, and a lead's own decision."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.ground.amounts import of_metric
from assistant.ground.people import Role
from assistant.launch import stages, staging
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Category
from assistant.reports import steps
from assistant.reports.stability import Standing, calm_days
from web.access import LeadHere, PartsHere, Writing, this_launch
from web.refusals import ChangedMeanwhile
from web.shell import LookingHere, Visit, Words, visit, went

router = APIRouter(tags=["launches"], default_response_class=HTMLResponse)


def _leading(request: Request, parts: PartsHere, me: LeadHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Lead = Annotated[Visit, Depends(_leading)]


@router.get("/launches/{key}/stages")
def show_stages(key: str, looking: LookingHere) -> HTMLResponse:
    """Show which promises hold for which category, and what the next step needs."""
    launch = this_launch(looking.session, looking.by, key)
    return looking.page("launch/stages.html", "launches", launch, stages_context(looking, launch))


@router.post("/launches/{key}/stages")
def move_to_stage(
    key: str,
    lead: Lead,
    revision: Annotated[int, Form(ge=0, le=2**31 - 1)],
    stage: Annotated[int, Form(ge=0, le=stages.LAST)],
    because: Words = "",
) -> RedirectResponse:
    """Move it by hand, with a reason; back to hypercare brings open tickets along."""
    launch = this_launch(lead.session, lead.by, key)
    if launch.version != revision:
        raise ChangedMeanwhile(
            f"{launch.name} was changed meanwhile.", what_to_do="Load the page again."
        )
    was = launch.stage
    staging.move_to(lead.session, launch, stage, because=because, by=lead.by, at=lead.at)
    if stage < was:
        steps.bring_back(lead.session, launch, why=because, at=lead.at)
    return went(f"/launches/{key}/stages", "stage")


def stages_context(looking: Visit, launch: Launch) -> dict[str, Any]:
    """Return what the page shows: categories, watched figures, what is needed, and the moves."""
    found = steps.standings(looking.session, launch, at=looking.at)
    now = steps.situation(looking.session, launch, at=looking.at)
    back = stages.restored(launch.stage)
    return {
        "launch": {
            "key": launch.key,
            "name": launch.name,
            "revision": launch.version,
            "is_live": launch.phase == "active",
        },
        "stage": launch.stage,
        "stage_words": stages.words_of(launch.stage),
        "stage_at": launch.stage_at,
        "because": launch.stage_because,
        "choices": [{"stage": n, "words": stages.words_of(n)} for n in range(stages.LAST + 1)],
        "categories": [
            {"title": category.value.replace("-", " "), "is_normal": category in back}
            for category in reversed(Category)
        ],
        "stable_days": calm_days(found),
        "needed": stages.needed_after(launch.stage),
        "worse": list(now.worse),
        "watched": [_watched(standing) for standing in found],
        "moves": [
            {"at": move.at, "who": move.who, **move.details}
            for move in staging.moves_of(looking.session, launch.id)
        ],
        "may": {"move": looking.by.is_any(Role.LEAD) and launch.phase == "active"},
    }


def _watched(standing: Standing) -> dict[str, Any]:
    newest = standing.days[-1] if standing.days else None
    return {
        "title": steps.title_of(standing.criterion.metric),
        "limit": f"{'at most' if standing.criterion.at_most else 'at least'} "
        f"{of_metric(standing.criterion.metric, standing.criterion.limit)}",
        "streak": standing.streak,
        "days": [
            {"day": day.seen.day, "held": day.held.value, "why": day.why}
            for day in standing.days[-14:]
        ],
        "yesterday": newest.why if newest else "No whole day has been measured yet.",
    }
