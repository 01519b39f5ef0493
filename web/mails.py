"""Mail that came in, as the team reads it: the whole text of one, and what was put aside."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import undefer

from assistant.desk import mails
from assistant.desk.mails import Mail
from assistant.ground.errors import NotFound
from web.access import DeskHere, LeadHere, PartsHere, Reading, RowId, Writing, this_ticket
from web.mails_aside import aside_page, standing, whole
from web.shell import Visit, visit, went

router = APIRouter(tags=["mail"], default_response_class=HTMLResponse)


def _leading(request: Request, parts: PartsHere, me: LeadHere, session: Reading) -> Visit:
    return visit(request, parts, me, session)


def _deciding(request: Request, parts: PartsHere, me: LeadHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


def _at_desk(request: Request, parts: PartsHere, me: DeskHere, session: Reading) -> Visit:
    return visit(request, parts, me, session)


Leading = Annotated[Visit, Depends(_leading)]
Deciding = Annotated[Visit, Depends(_deciding)]
AtDesk = Annotated[Visit, Depends(_at_desk)]


@router.get("/mails")
def show_aside(
    lead: Leading,
    kind: Literal["aside", "automatic"] = "aside",
    of: Annotated[str, Query(max_length=100)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    """Show the mails that a person has to look at, or those of machines, of one launch or all."""
    context = aside_page(lead.session, lead.launches, _mine(lead), kind, of=of, number=page)
    return lead.page("desk/mails.html", "mails", lead.launch(), context)


@router.get("/mails/{mail_id}")
def show_one_aside(mail_id: RowId, lead: Leading) -> HTMLResponse:
    """Show the whole of a mail that was not answered, and what a lead may do with it."""
    mail = _aside(lead, mail_id)
    context = {"mail": {**whole(mail), **standing(mail)}, "ticket": None}
    return lead.page("desk/mail.html", "mails", mail.launch or lead.launch(), context)


@router.post("/mails/{mail_id}/conversation")
def let_in(mail_id: RowId, lead: Deciding) -> RedirectResponse:
    """Let a mail become a conversation after all."""
    _aside(lead, mail_id).let_in(lead.session, by=lead.by, at=lead.at)
    return went("/mails", "mail-let-in")


@router.post("/mails/{mail_id}/discarding")
def discard(mail_id: RowId, lead: Deciding) -> RedirectResponse:
    """Leave a mail unanswered for good."""
    _aside(lead, mail_id).set_aside(lead.session, by=lead.by, at=lead.at)
    return went("/mails", "mail-set-aside")


@router.get("/desk/tickets/{number}/mails/{mail_id}")
def show_mail(number: str, mail_id: RowId, desk: AtDesk) -> HTMLResponse:
    """Show the whole of one mail of a ticket's conversation, as text."""
    ticket = this_ticket(desk.session, desk.by, number)
    mail = desk.session.scalar(
        select(Mail)
        .where(Mail.id == mail_id, Mail.conversation_id == ticket.conversation_id)
        .options(undefer(Mail.raw))
    )
    if mail is None:
        raise NotFound("There is no such mail here.", what_to_do="Go back to the ticket.")
    context = {"mail": {**whole(mail), **standing(mail)}, "ticket": {"number": ticket.number}}
    return desk.page("desk/mail.html", "desk", ticket.launch, context)


def _mine(lead: Visit) -> list[int] | None:
    return None if lead.by.is_any() else [launch.id for launch in lead.launches]


def _aside(lead: Visit, mail_id: int) -> Mail:
    readable = mails.of_people_in(_mine(lead))
    query = select(Mail).where(Mail.id == mail_id, readable).options(undefer(Mail.raw))
    mail = lead.session.scalar(query.with_for_update(of=Mail))
    if mail is None:
        raise NotFound("There is no such mail.", what_to_do="Load the list again.")
    return mail
