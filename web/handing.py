"""Handing a ticket to engineering: what would be sent where, and sending exactly that."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.answering import decisions
from assistant.desk import engineering
from assistant.desk.engineering import Parcel
from assistant.desk.tickets import Ticket
from assistant.ground import outbox
from assistant.ground.audit import history
from assistant.ground.delivery import replay
from assistant.ground.errors import NotFound
from assistant.integrations.handing import parcels, seal_of
from assistant.launch import connections
from web.access import DeskHere, PartsHere, Reading, RowId, Writing, this_ticket
from web.handing_pages import handed, previews
from web.shell import Visit, Words, visit, went

router = APIRouter(tags=["desk"], default_response_class=HTMLResponse)
NEAREST = 3  # entries considered for each question that engineering is told of


def _working(request: Request, parts: PartsHere, me: DeskHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


def _looking(request: Request, parts: PartsHere, me: DeskHere, session: Reading) -> Visit:
    return visit(request, parts, me, session)


Working = Annotated[Visit, Depends(_working)]
Looking = Annotated[Visit, Depends(_looking)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to hand over, and to whom; no target: to all there are."""

    wish: str = ""
    notes: bool = False
    to: tuple[int, ...] | None = None


@router.get("/desk/tickets/{number}/engineering")
def show_hand_over(
    desk: Looking,
    number: str,
    wish: Annotated[str, Query(max_length=4_000)] = "",
    notes: bool = False,
    to: Annotated[tuple[int, ...] | None, Query()] = None,
) -> HTMLResponse:
    """Show exactly what would be sent where."""
    ticket = this_ticket(desk.session, desk.by, number)
    return _page(desk, ticket, Wanted(wish, notes, to))


@router.post("/desk/tickets/{number}/engineering")
def hand_over(
    desk: Working,
    number: str,
    seal: Words = "",
    wish: Annotated[Words, Form(max_length=4_000)] = "",
    notes: Annotated[bool, Form()] = False,
    to: Annotated[tuple[int, ...], Form()] = (),
) -> Response:
    """Send what was shown; what is another thing by now is shown again first."""
    ticket = this_ticket(desk.session, desk.by, number)
    wanted = Wanted(wish, notes, to)
    sent = _parcels(desk, ticket, wanted)
    if seal != seal_of(sent):
        return _page(desk, ticket, wanted, is_changed=True, status=409)
    engineering.hand_over(desk.session, ticket, sent, by=desk.by, at=desk.at)
    return went(f"/desk/tickets/{ticket.number}", "handed-on")


@router.post("/desk/tickets/{number}/engineering/{outgoing_id}/replay")
def replay_hand_over(desk: Working, number: str, outgoing_id: RowId) -> RedirectResponse:
    """Try again what did not arrive."""
    ticket = this_ticket(desk.session, desk.by, number)
    letter = outbox.this_letter(desk.session, outgoing_id, ticket.launch_id)
    if letter.ticket_id != ticket.id:
        raise NotFound("There is no such delivery.", what_to_do="Look at the ticket again.")
    replay(desk.session, letter, by=desk.by, at=desk.at)
    return went(f"/desk/tickets/{ticket.number}", "replayed")


def _parcels(desk: Visit, ticket: Ticket, wanted: Wanted) -> list[Parcel]:
    every = connections.of_launch(desk.session, ticket.launch_id)
    chosen = [each for each in every if wanted.to is None or each.id in wanted.to]
    brief = engineering.brief(
        desk.session,
        ticket,
        wish=wanted.wish,
        with_notes=wanted.notes,
        considered=_considered(desk, ticket),
        address=desk.parts.settings.address,
    )
    return parcels(ticket, brief, chosen)


def _considered(desk: Visit, ticket: Ticket) -> list[str]:
    decided = decisions.of_ticket(desk.session, ticket)
    named = [str(each["entry"]) for one in decided for each in one.candidates[:NEAREST]]
    return list(dict.fromkeys(named))


def _page(
    desk: Visit, ticket: Ticket, wanted: Wanted, *, is_changed: bool = False, status: int = 200
) -> HTMLResponse:
    every = connections.of_launch(desk.session, ticket.launch_id)
    sent = _parcels(desk, ticket, wanted)
    context: dict[str, Any] = {
        "ticket": {"number": ticket.number, "subject": ticket.subject, "is_open": ticket.is_open},
        "wanted": wanted,
        "targets": [
            {
                "id": each.id,
                "name": each.name,
                "channel": each.channel,
                "chosen": wanted.to is None or each.id in wanted.to,
            }
            for each in every
        ],
        "previews": previews(sent),
        "seal": seal_of(sent),
        "is_changed": is_changed,
        "handed": handed(
            desk.session, ticket, history(desk.session, ticket_id=ticket.id), at=desk.at
        ),
        "connections_href": f"/launches/{ticket.launch.key}/connections",
    }
    return desk.page("desk/engineering.html", "desk", ticket.launch, context, status=status)
