"""How certain a launch may be: its account, the answers to check, lifting, looking at entries."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.answering import audits
from assistant.answering.account import account_of
from assistant.answering.audits import Verdict
from assistant.library import entries
from web.access import DeskHere, LeadHere, PartsHere, Reading, Writing, this_launch
from web.certainty_pages import audit_context, certainty_context
from web.shell import LookingHere, Visit, visit, went

router = APIRouter(prefix="/launches/{key}", tags=["launches"], default_response_class=HTMLResponse)


def _leading(request: Request, parts: PartsHere, me: LeadHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


def _reading(request: Request, parts: PartsHere, me: DeskHere, session: Reading) -> Visit:
    return visit(request, parts, me, session)


def _checking(request: Request, parts: PartsHere, me: DeskHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Lead = Annotated[Visit, Depends(_leading)]
AtDesk = Annotated[Visit, Depends(_reading)]
Checker = Annotated[Visit, Depends(_checking)]


@router.get("/certainty")
def show_certainty(key: str, looking: LookingHere) -> HTMLResponse:
    """Show what the launch's labels prove."""
    launch = this_launch(looking.session, looking.by, key)
    context = certainty_context(looking, launch, account_of(looking.session, launch))
    return looking.page("launch/certainty.html", "certainty", launch, context)


@router.post("/certainty/lifting")
def lift(key: str, lead: Lead) -> RedirectResponse:
    """Let the launch answer by itself again."""
    this_launch(lead.session, lead.by, key).lift(lead.session, by=lead.by, at=lead.at)
    return went(f"/launches/{key}/certainty", "lifted")


@router.post("/certainty/entries/{entry}/look")
def look_at(key: str, entry: str, lead: Lead) -> RedirectResponse:
    """Say that a lead looked at an entry that was judged wrong."""
    launch = this_launch(lead.session, lead.by, key)
    found = entries.by_key(lead.session, launch.id, entry)
    found.look_at(lead.session, by=lead.by, at=lead.at)
    return went(f"/launches/{key}/certainty#entries", "looked-at")


@router.get("/audit")
def show_audit(key: str, desk: AtDesk) -> HTMLResponse:
    """Show the answers that a person has to check."""
    launch = this_launch(desk.session, desk.by, key)
    context = audit_context(launch, audits.waiting(desk.session, launch))
    return desk.page("launch/audit.html", "certainty", launch, context)


@router.post("/audit/{question_id}")
def check(
    key: str,
    question_id: Annotated[int, Path(ge=1, le=2**31 - 1)],
    verdict: Annotated[Verdict, Form()],
    checker: Checker,
) -> RedirectResponse:
    """Keep what a person says about an answer; a wrong one becomes a ticket."""
    launch = this_launch(checker.session, checker.by, key)
    ticket = audits.judge(
        checker.session, launch, question_id, verdict, by=checker.by, at=checker.at
    )
    if ticket is not None:
        return went(f"/desk/tickets/{ticket.number}", "audit-ticket")
    return went(f"/launches/{key}/audit", "checked")
