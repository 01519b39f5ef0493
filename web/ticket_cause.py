"""What is behind a ticket: what templates/desk/_cause.html shows."""

from typing import Any

from sqlalchemy.orm import Session

from assistant.desk import belonging, proposals
from assistant.desk.cause_states import Kind
from assistant.desk.tickets import Ticket
from web.cause_pages import KINDS, STATES
from web.repeat_pages import as_choices, cause_chip


def cause_of(session: Session, ticket: Ticket) -> dict[str, Any]:
    """Return the cause of a ticket, else which it may belong to, and which there are."""
    cause, choices = belonging.beside(session, ticket)
    is_open_question = cause is None and bool(choices) and ticket.is_open
    near = (
        proposals.may_belong(session, ticket.launch_id, ticket=ticket) if is_open_question else []
    )
    behind = None
    if cause is not None:
        words, tone = STATES[cause.state]
        behind = {
            **(cause_chip(cause) or {}),
            "id": cause.id,
            "state_words": words,
            "tone": tone,
            "kind_words": KINDS[Kind(cause.kind)] if cause.kind else None,
            "owner": cause.owner.name if cause.owner else None,
            "direct": ticket.cause_id == cause.id,
        }
    return {
        "behind": behind,
        "choices": as_choices(choices),
        "proposed": [{"id": each.cause.id, **(cause_chip(each.cause) or {})} for each in near],
        "ticket_id": ticket.id,
        "launch_key": ticket.launch.key,
    }
