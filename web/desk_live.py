"""The desk while it is open: its stream, the same by polling, who is where, and drafts."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Header, Query, Request, Response

from assistant.desk import drafts, presence
from assistant.desk.drafts import DraftKind
from assistant.desk.presence import Doing
from assistant.desk.tickets import Ticket
from assistant.ground.people import SignIn
from web.access import DeskHere, PartsHere, Reading, Writing, this_ticket
from web.live import Watch
from web.shell import Visit, Words, visit
from web.sse import EventStream
from web.viewers import Viewer, viewer_of

router = APIRouter(tags=["desk"])
Past = Annotated[int | None, Query(ge=0, le=2**62)]


def _viewer(me: DeskHere, session: Reading) -> Viewer:
    return viewer_of(session, session.get_one(SignIn, me.sign_in_id))


ViewerHere = Annotated[Viewer, Depends(_viewer)]


@router.get("/desk/events", response_class=EventStream)
async def events(
    viewer: ViewerHere,
    request: Request,
    after: Past = None,
    last_event_id: Annotated[int | None, Header(alias="Last-Event-ID", ge=0, le=2**62)] = None,
) -> EventStream:
    """Stream what changes at the desk; a browser that comes back is sent what it missed."""
    watch: Watch = request.app.state.watch
    last = last_event_id if last_event_id is not None else after
    return EventStream(watch.staff.stream(viewer, last))


@router.get("/desk/changes")
async def changes(viewer: ViewerHere, request: Request, after: Past = None) -> dict[str, Any]:
    """Return what changed after an event, for browsers that no stream reaches."""
    watch: Watch = request.app.state.watch
    last = watch.staff.seen if after is None else after
    frame = await watch.staff.after(viewer, last)
    return {**frame, **await watch.staff.now(viewer)}


def _visit(request: Request, parts: PartsHere, me: DeskHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


AtDesk = Annotated[Visit, Depends(_visit)]


def _ticket(number: str, agent: AtDesk) -> Ticket:
    return this_ticket(agent.session, agent.by, number)


ThisTicket = Annotated[Ticket, Depends(_ticket)]


@router.post("/desk/tickets/{number}/presence", status_code=204)
def be_there(
    ticket: ThisTicket, agent: AtDesk, doing: Annotated[Doing | None, Form()] = None
) -> Response:
    """Say that one looks at a ticket or writes on it; without ``doing``: that one has left."""
    if doing is None:
        presence.left(agent.session, agent.by, ticket)
    else:
        presence.came(agent.session, agent.by, ticket, doing, at=agent.at)
    return Response(status_code=204)


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the box."""

    kind: Annotated[DraftKind, Form()]
    text: Words = ""
    suggestion_entry: Words = ""
    suggestion_version: Words = ""


@router.post("/desk/tickets/{number}/draft", status_code=204)
def keep_draft(
    ticket: ThisTicket, agent: AtDesk, typed: Annotated[Typed, Depends(Typed)]
) -> Response:
    """Keep what is typed, so that a reload, a crash or another device brings it back."""
    began = f"{typed.suggestion_entry} {typed.suggestion_version}".strip()
    drafts.keep(
        agent.session,
        agent.by,
        ticket,
        typed.kind,
        typed.text,
        at=agent.at,
        started_from=began,
    )
    return Response(status_code=204)
