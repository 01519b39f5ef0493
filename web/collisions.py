"""Sending is stopped where the ticket is not any more what the writer had before their eyes."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form

from assistant.desk import collisions, presence
from assistant.desk.collisions import Seen
from assistant.desk.tickets import Ticket
from web.refusals import ChangedMeanwhile
from web.shell import Visit

Id = Annotated[int | None, Form(ge=0, le=2**31 - 1)]


@dataclass(frozen=True, slots=True)
class FormSeen:
    """What a form says its writer saw. Programs that saw nothing leave it out."""

    seen: Id = None
    holder: Id = None
    both: Annotated[bool, Form()] = False  # although a colleague is writing too


def stopped(
    visit: Visit, ticket: Ticket, form: FormSeen, *, is_reply: bool = True
) -> tuple[str, ...]:
    """Return what came meanwhile and has to be read first; empty when it may be sent."""
    if form.seen is None:
        return ()
    seen = Seen(form.seen, form.holder or collisions.NOBODY)
    return tuple(collisions.news(visit.session, ticket, seen, by=visit.by, is_reply=is_reply))


def beside(visit: Visit, ticket: Ticket, form: FormSeen) -> str:
    """Return who is writing a reply at this moment too, in words; empty when it may be sent."""
    if form.seen is None or form.both:
        return ""
    found = presence.present(visit.session, at=visit.at, ticket=ticket)
    return " and ".join(one.words for one in presence.writing_beside(found, visit.by))


def must_be_free(visit: Visit, ticket: Ticket, form: FormSeen) -> None:
    """Raise ChangedMeanwhile when a colleague has taken the ticket since the form was drawn."""
    if form.holder is None or not collisions.held_by_another(ticket, form.holder, by=visit.by):
        return
    owner = ticket.owner.name if ticket.owner else "somebody else"
    raise ChangedMeanwhile(
        f"{owner} has taken {ticket.number} at the same moment.",
        what_to_do="Look at what they do with it, or choose another ticket.",
    )
