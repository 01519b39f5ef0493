"""Mail that came in, as the team reads it: the whole text of one, and what was put aside."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import undefer

from assistant.desk import mails
from assistant.desk.mails import Mail
from assistant.ground.errors import NotFound
from assistant.integrations.email import Incoming, Unreadable, Vouched, read
from web.access import DeskHere, LeadHere, PartsHere, Reading, RowId, Writing, this_ticket
from web.shell import Visit, visit, went

router = APIRouter(tags=["mail"], default_response_class=HTMLResponse)

SHOWN = 20_000  # characters of a mail's text on a page


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
def show_aside(lead: Leading) -> HTMLResponse:
    """Show the mails that a person has to look at."""
    aside = [
        {**_shown(mail), "id": mail.id, "because": mail.because}
        for mail in mails.in_quarantine(lead.session)
    ]
    return lead.page("desk/mails.html", "mails", lead.launch(), {"mails": aside})


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
    context = {"mail": _shown(mail), "ticket": {"number": ticket.number}}
    return desk.page("desk/mail.html", "desk", ticket.launch, context)


def _aside(lead: Visit, mail_id: int) -> Mail:
    mail = lead.session.get(Mail, mail_id, with_for_update=True)
    if mail is None:
        raise NotFound("There is no such mail.", what_to_do="Load the list again.")
    return mail


def _shown(mail: Mail) -> dict[str, object]:
    told = _read(mail)
    text = told.text if told else mail.raw[:SHOWN].decode("latin-1")
    return {
        "sender": mail.sender or "nobody in one address",
        "subject": mail.subject or "(no subject)",
        "at": mail.received_at,
        "kilobytes": max(1, mail.size // 1000),
        "verified": mail.is_verified,
        "denied": told is not None and told.vouched is Vouched.NO,
        "attachments": list(told.attachments) if told else [],
        "text": "".join(each for each in text[:SHOWN] if each.isprintable() or each in "\n\t"),
        "cut": len(text) > SHOWN,
    }


def _read(mail: Mail) -> Incoming | None:
    try:
        return read(mail.raw)
    except Unreadable:
        return None
