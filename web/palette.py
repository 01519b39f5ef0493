"""What the command palette finds on the server: tickets, views and people to give a ticket to."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse

from assistant.desk import queue
from assistant.desk.queue import VIEW_WORDS, Filter, Order, View
from assistant.desk.tickets import Ticket
from assistant.ground.people import members
from web.access import DeskHere, PartsHere, Reading
from web.desk_pages import WORKERS, state_of
from web.shell import Visit, visit

router = APIRouter(tags=["desk"])

SHOWN = 8  # tickets of one page of the palette
SHORTEST = 2  # letters before anything is searched


def _looking(request: Request, parts: PartsHere, me: DeskHere, session: Reading) -> Visit:
    return visit(request, parts, me, session)


@router.get("/desk/palette")
def find(
    desk: Annotated[Visit, Depends(_looking)],
    q: Annotated[str, Query(max_length=200)] = "",
    page: Annotated[int, Query(ge=1, le=1_000)] = 1,
) -> JSONResponse:
    """Return what words lead to, within the launches of who asks.

    ``tickets`` [{words, note, href}], ``more`` (whether another page follows), ``views`` and
    ``people`` [{email, words}] on the first page only.
    """
    launch, words = desk.launch(), q.strip()
    if launch is None:
        return JSONResponse({"tickets": [], "more": False, "views": [], "people": []})
    found, is_more = _tickets(desk, launch.id, words, page)
    shown = {"tickets": [_ticket(each) for each in found], "more": is_more}
    if page > 1:
        return JSONResponse({**shown, "views": [], "people": []})
    people = members(desk.session, launch.id, *WORKERS)
    return JSONResponse(
        {
            **shown,
            "views": [_view(view) for view in View if _fits(VIEW_WORDS[view], words)],
            "people": [
                {"email": person.email, "words": person.name}
                for person in people
                if _fits(f"{person.name} {person.email}", words)
            ],
        }
    )


def _tickets(desk: Visit, launch_id: int, words: str, page: int) -> tuple[list[Ticket], bool]:
    if len(words) < SHORTEST:
        return [], False
    only = Filter(words=words, order=Order.NEWEST)
    found = queue.first_of(
        desk.session, launch_id, only, person=desk.by, skip=(page - 1) * SHOWN, most=SHOWN + 1
    )
    return list(found[:SHOWN]), len(found) > SHOWN


def _ticket(ticket: Ticket) -> dict[str, Any]:
    _, state = state_of(ticket)
    note = f"Sev {ticket.severity} · {state}"
    href = f"/desk/tickets/{ticket.number}"
    return {"words": f"{ticket.number} {ticket.subject}", "note": note, "href": href}


def _view(view: View) -> dict[str, str]:
    return {"words": VIEW_WORDS[view], "href": f"/desk?view={view.value}"}


def _fits(name: str, words: str) -> bool:
    spoken = name.lower().split()
    return all(any(each.startswith(word) for each in spoken) for word in words.lower().split())
