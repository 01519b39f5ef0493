"""What a mail's links open, and where raw mail comes in. Following a link changes nothing."""

import secrets
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Cookie, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from assistant.desk import recalled, subscribers, telling
from assistant.desk.links import Opens
from assistant.desk.mails import Mail
from assistant.desk.messages import LONGEST
from assistant.ground.errors import NotFound
from assistant.ground.parts import Parts
from assistant.integrations import receiving, visiting
from assistant.library import help_page
from web import mail_pages
from web.access import PartsHere, Reading, Relay, RowId, Writing, anyone, parts_of
from web.guarding import limited_by_address
from web.public import Handler, from_our_page
from web.rendering import page
from web.shell import Words

# Cookie: the visit that a tap on a mail's link began. Each stands under its own conversation's
# address, so that two links in one browser keep apart.
VISIT = "hypercare_visit"
VISIT_LASTS = 12 * 3_600  # seconds; no longer than the link behind it
# A link's secret stands in the address: no other site is told where somebody came from. With
# "no-referrer" browsers would hide from our own forms, too, which page they came from.
PRIVATE = {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex"}


class MailRoute(APIRoute):
    """Says in the public's words that a link does not work any more."""

    def get_route_handler(self) -> Handler:
        """Return the handler that answers NotFound with a page of its own."""
        handle = super().get_route_handler()

        async def found_or_not(request: Request) -> Response:
            try:
                return await handle(request)
            except NotFound as gone:
                context = mail_pages.said(gone.message, gone.what_to_do)
                return await run_in_threadpool(_page, parts_of(request), context, 404)

        return found_or_not


router = APIRouter(tags=["mail"], route_class=MailRoute, default_response_class=HTMLResponse)
api_router = APIRouter(prefix="/api/v1", tags=["mail"])
routers = (api_router, router)
Visit = Annotated[str, Cookie(alias=VISIT, max_length=80)]


@api_router.post("/mail", status_code=202)
async def receive(request: Request, _: Annotated[None, Depends(Relay())]) -> JSONResponse:
    """Take in one raw mail (RFC 822). A copy of it, known by its Message-ID, changes nothing."""
    parts, raw = parts_of(request), await request.body()
    return JSONResponse(await run_in_threadpool(_received, parts, raw), 202)


def _received(parts: Parts, raw: bytes) -> dict[str, Any]:
    mail_id = receiving.take_in(parts, raw, came_by="api")
    receiving.settle(parts, mail_id)
    with parts.db.reading() as session:
        mail = session.get_one(Mail, mail_id)
        aside = mail.quarantined_at is not None and mail.settled_at is None
        return {"id": mail.id, "outcome": "quarantine" if aside else mail.outcome or "kept"}


@router.get("/mail/conversations/{conversation_id}", dependencies=[anyone])
def show(
    conversation_id: str, session: Reading, parts: PartsHere, visit: Visit = ""
) -> HTMLResponse:
    """Show the conversation of this visit."""
    at = parts.clock.now()
    to = visiting.visited(session, visit, conversation_id, at=at)
    struck, key = recalled.struck(session, to.conversation_id), secrets.token_urlsafe(16)
    context = mail_pages.conversation_page(to.conversation, struck=struck, key=key, at=at)
    context["action"] = _address(to.conversation_id)
    return _page(parts, context, template="public/conversation.html")


@router.post(
    "/mail/conversations/{conversation_id}",
    dependencies=[anyone, from_our_page, limited_by_address],
)
def say(
    conversation_id: str, parts: PartsHere, words: Words, key: Words, visit: Visit = ""
) -> RedirectResponse:
    """Write more in the conversation of this visit."""
    if words.strip():
        said = words.strip()[:LONGEST]
        visiting.say(parts, visit, conversation_id, said, key=f"page-{key[:60]}")
    return RedirectResponse(_address(conversation_id), 303)


def _address(conversation_id: str) -> str:
    return f"/mail/conversations/{quote(conversation_id, safe='')}"


@router.get("/mail/{token}", dependencies=[anyone, limited_by_address])
def ask_to_enter(token: str, session: Reading, parts: PartsHere) -> HTMLResponse:
    """Ask for the tap that opens the conversation; nothing happens before it."""
    to = visiting.correspondent(session, Opens.CONVERSATION, token, at=parts.clock.now())
    return _page(parts, mail_pages.entering(token, is_known=to.confirmed_at is not None))


@router.post("/mail/{token}", dependencies=[anyone, from_our_page, limited_by_address])
def enter(token: str, session: Writing, parts: PartsHere) -> RedirectResponse:
    """Confirm the address and open the conversation."""
    to, visit = visiting.enter(session, token, at=parts.clock.now())
    visiting.read(session, to)
    return _entered(parts, to.conversation_id, visit)


@router.get("/mail/{token}/choices/{message_id}/{number}", dependencies=[anyone])
def ask_to_choose(
    token: str, message_id: RowId, number: RowId, session: Reading, parts: PartsHere
) -> HTMLResponse:
    """Show which title the link means; nothing is chosen before the tap."""
    to = visiting.correspondent(session, Opens.CONVERSATION, token, at=parts.clock.now())
    title = visiting.offered(to.conversation, message_id, number)
    return _page(parts, mail_pages.choosing(token, message_id, number, title))


@router.post(
    "/mail/{token}/choices/{message_id}/{number}",
    dependencies=[anyone, from_our_page, limited_by_address],
)
def choose(token: str, message_id: RowId, number: RowId, parts: PartsHere) -> RedirectResponse:
    """Choose the title, and show what comes of it."""
    visiting.choose(parts, token, message_id, number)
    with parts.db.writing() as session:
        to, visit = visiting.enter(session, token, at=parts.clock.now())
        conversation_id = to.conversation_id
    return _entered(parts, conversation_id, visit)


def _entered(parts: Parts, conversation_id: str, visit: str) -> RedirectResponse:
    response = RedirectResponse(_address(conversation_id), 303, PRIVATE)
    response.set_cookie(
        VISIT,
        visit,
        VISIT_LASTS,
        path=_address(conversation_id),
        httponly=True,
        samesite="lax",
        secure=parts.settings.cookie_secure,
    )
    return response


@router.post(
    "/updates/{key}/subscription", dependencies=[anyone, from_our_page, limited_by_address]
)
def subscribe(key: str, session: Writing, parts: PartsHere, email: Words) -> HTMLResponse:
    """Ask an address whether it wants the updates; the answer is the same for every address."""
    launch = help_page.published(session, key)
    subscribers.want(session, launch, email, at=parts.clock.now())
    return _page(parts, mail_pages.asked_for(launch.key))


@router.get("/updates/confirmation/{token}", dependencies=[anyone])
def ask_to_confirm(token: str, session: Reading, parts: PartsHere) -> HTMLResponse:
    """Ask for the tap that confirms a subscription."""
    wanted = telling.behind(session, Opens.SUBSCRIPTION, token, at=parts.clock.now())
    return _page(parts, mail_pages.confirming(token, wanted.launch.name))


@router.post("/updates/confirmation/{token}", dependencies=[anyone, from_our_page])
def confirm(token: str, session: Writing, parts: PartsHere) -> HTMLResponse:
    """Let the updates come to this address from now on."""
    at = parts.clock.now()
    wanted = telling.behind(session, Opens.SUBSCRIPTION, token, at=at)
    wanted.confirm(session, at=at)
    return _page(parts, mail_pages.subscribed(wanted.launch.key, wanted.launch.name))


@router.get("/updates/unsubscription/{token}", dependencies=[anyone])
def ask_to_leave(token: str, session: Reading, parts: PartsHere) -> HTMLResponse:
    """Ask for the tap that ends a subscription."""
    ours = telling.behind(session, Opens.UNSUBSCRIPTION, token, at=parts.clock.now())
    return _page(parts, mail_pages.leaving(token, ours.launch.name))


@router.post("/updates/unsubscription/{token}", dependencies=[anyone])
def leave(token: str, session: Writing, parts: PartsHere) -> HTMLResponse:
    """End a subscription at once; mail programs send this form by themselves (RFC 8058)."""
    at = parts.clock.now()
    ours = telling.behind(session, Opens.UNSUBSCRIPTION, token, at=at)
    ours.leave(session, at=at)
    return _page(parts, mail_pages.left(ours.launch.key))


def _page(
    parts: Parts,
    context: dict[str, Any],
    status: int = 200,
    *,
    template: str = "public/mail.html",
) -> HTMLResponse:
    public = {"launch": None, "section": ""}
    common = {"now": parts.clock.now(), "zone": "UTC", "csrf": "", "public": public}
    return HTMLResponse(page(template, {**common, **context}), status, PRIVATE)
