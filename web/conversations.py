"""A conversation that led to no ticket, as staff read it: what was asked, and what was answered."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.desk.messages import By, Message
from assistant.ground.errors import NotFound
from assistant.ground.people import launches_of
from web.access import DeskHere, PartsHere, Reading, RowId
from web.desk_pages import channel_words, customer_name
from web.shell import Visit, visit
from web.thread import cited, spoken

router = APIRouter(tags=["desk"], default_response_class=HTMLResponse)


def _reading(request: Request, parts: PartsHere, me: DeskHere, session: Reading) -> Visit:
    return visit(request, parts, me, session)


@router.get("/desk/questions/{message_id}", response_model=None)
def show_question(desk: Annotated[Visit, Depends(_reading)], message_id: RowId) -> Response:
    """Show the conversation in which something was asked; where there is a ticket, that."""
    question = _this(desk, message_id)
    conversation = question.conversation
    if conversation.tickets:
        number = conversation.tickets[-1].number
        return RedirectResponse(f"/desk/tickets/{number}#message-{message_id}", 303)
    said = conversation.messages
    context = {
        "customer": customer_name(conversation),
        "channel": conversation.channel,
        "channel_words": channel_words(conversation.channel),
        "messages": spoken(conversation, cited(desk.session, said, ())),
        "considered": None,
        "handoff": None,
        "mail": None,
    }
    return desk.page("desk/conversation.html", "desk", conversation.launch, context)


def _this(desk: Visit, message_id: int) -> Message:
    found = desk.session.get(Message, message_id)
    is_ours = found is not None and (
        desk.by.is_any() or found.conversation.launch_id in launches_of(desk.session, desk.by)
    )
    if found is None or not is_ours or found.by != By.CUSTOMER:
        raise NotFound("There is no such question.", what_to_do="Look for it in the library.")
    return found
