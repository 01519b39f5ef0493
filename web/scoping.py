"""In scope or out: put right on a ticket with one action, and what a lead makes of it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.desk import scope_proposals, scoping
from web.access import RowId, this_launch
from web.desk import AtDesk, Looking, ThisTicket
from web.scope_pages import scope_context
from web.setup_saving import Lead
from web.shell import Words, went

router = APIRouter(tags=["desk"], default_response_class=HTMLResponse)


@router.post("/desk/tickets/{number}/scope")
def correct(
    ticket: ThisTicket,
    agent: AtDesk,
    scope: Annotated[Literal["in", "out"], Form()],
    area: Words = "",
    phrase: Words = "",
) -> RedirectResponse:
    """Say that it is in scope after all, or out of it; its promises follow."""
    known = {str(each["title"]) for each in ticket.launch.out_of_scope}
    scoping.correct(
        agent.session,
        ticket,
        inside=scope == "in",
        area=area if area in known else "",
        phrase=phrase,
        by=agent.by,
        at=agent.at,
    )
    scope_proposals.raise_proposals(agent.session, ticket.launch, at=agent.at)
    return went(f"/desk/tickets/{ticket.number}", f"scope-{scope}")


@router.get("/launches/{key}/scope")
def show_scope(key: str, looking: Looking) -> HTMLResponse:
    """Show what people put right, how the words do, and what is proposed."""
    launch = this_launch(looking.session, looking.by, key)
    context = scope_context(looking, launch)
    return looking.page("launch/scope.html", "launches", launch, context)


@router.post("/launches/{key}/scope/{proposal_id}")
def decide(
    key: str,
    proposal_id: RowId,
    lead: Lead,
    decision: Annotated[Literal["accept", "leave"], Form()],
) -> RedirectResponse:
    """Change the words of the scope as proposed, or leave them as they are."""
    launch = this_launch(lead.session, lead.by, key)
    proposal = scope_proposals.this_proposal(lead.session, launch, proposal_id)
    scope_proposals.decide(
        lead.session, launch, proposal, accepts=decision == "accept", by=lead.by, at=lead.at
    )
    return went(f"/launches/{launch.key}/scope", f"scope-{decision}")
