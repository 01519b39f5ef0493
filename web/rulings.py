"""Decisions that a ticket waits for: asking for one, and taking it."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.desk import rulings
from assistant.desk.rulings import Ruled
from assistant.launch.scenarios import Decider
from web.access import RowId
from web.desk import AtDesk, ThisTicket
from web.shell import Words, went

router = APIRouter(tags=["desk"], default_response_class=HTMLResponse)


@router.post("/desk/tickets/{number}/decisions")
def ask_for_decision(
    ticket: ThisTicket,
    agent: AtDesk,
    question: Words = "",
    decider: Annotated[Decider, Form()] = Decider.CONFIRMS_EXPECTED,
) -> RedirectResponse:
    """Ask whoever decides it: is this expected, or is there a way round?"""
    rulings.ask(agent.session, ticket, question, decider=decider, by=agent.by, at=agent.at)
    return went(f"/desk/tickets/{ticket.number}", "decision-asked")


@router.post("/desk/tickets/{number}/decisions/{ruling_id}")
def decide(
    ticket: ThisTicket,
    agent: AtDesk,
    ruling_id: RowId,
    ruled: Annotated[Ruled, Form()],
    sentence: Words = "",
) -> RedirectResponse:
    """Answer it with a sentence; only who decides such things may."""
    ruling = rulings.of_id(agent.session, ticket, ruling_id)
    ruling.decide(agent.session, ruled, sentence=sentence, by=agent.by, at=agent.at)
    return went(f"/desk/tickets/{ticket.number}", "decided")
