"""The model's draft beside a ticket: asking for it, and what desk/_model_draft.html shows."""

from typing import Any, get_args

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from assistant.answering import drafting
from assistant.desk.tickets import Ticket
from assistant.ground.calls import Kind
from assistant.ground.llm import Failure
from assistant.ground.people import Person
from web.access import DeskHere, PartsHere, this_ticket

router = APIRouter(tags=["desk"], default_response_class=HTMLResponse)


@router.post("/desk/tickets/{number}/drafting")
def draft(parts: PartsHere, me: DeskHere, number: str) -> RedirectResponse:
    """Let the model draft a reply; no transaction is open while it thinks."""
    with parts.db.reading() as session:
        by = session.get_one(Person, me.person_id)
        ticket = this_ticket(session, by, number)
        found, number = ticket.id, ticket.number
    failure = drafting.draft(parts, found, by=by)
    why = f"?drafting={failure.kind}" if failure else ""
    return RedirectResponse(f"/desk/tickets/{number}{why}#model-draft", 303)


def model_draft(
    session: Session, ticket: Ticket, *, has_model: bool, failed: str = ""
) -> dict[str, Any] | None:
    """Return the draft for the thread as it is now; ``failed`` is the kind of a failure."""
    if not has_model:
        return None
    made = drafting.of_thread(session, ticket)
    kind: Kind | None = next((each for each in get_args(Kind) if each == failed), None)
    shown = made and {
        "id": made.id,
        "model": made.model,
        "made_at": made.made_at,
        "draft": made.draft,
        "summary": made.summary,
        "text": made.text,
        "use_href": f"/desk/tickets/{ticket.number}?use_draft=1#reply",
    }
    return {"why_none": Failure(kind).words if kind and not made else "", "made": shown}
