"""Several tickets at once: each is done or not by itself, and each says which it was and why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from assistant.desk import belonging, causes, collisions
from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground.errors import Declined, Refused
from assistant.ground.parts import Parts
from assistant.ground.people import Person, launches_of
from web.access import DeskHere, Me, PartsHere, this_ticket
from web.colleagues import colleague
from web.refusals import ChangedMeanwhile
from web.shell import Words, visit, went

router = APIRouter(tags=["desk"], default_response_class=HTMLResponse)

MOST = 200  # tickets in one go
LONGEST = 18  # digits of a message's number


class Action(StrEnum):
    """What is done to each of them."""

    ASSIGN = "assign"
    SEVERITY = "severity"
    RESOLVE = "resolve"
    DISMISS = "dismiss"
    CAUSE = "cause"


DONE = {
    Action.ASSIGN: "Assigned",
    Action.SEVERITY: "Severity changed",
    Action.RESOLVE: "Resolved",
    Action.DISMISS: "Closed without an answer",
    Action.CAUSE: "Linked to the cause",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the bar above the queue sends: which tickets, and what is to be done with them."""

    action: Annotated[Action, Form()]
    numbers: Annotated[list[str], Form(max_length=MOST)]
    person: Words = ""
    severity: Annotated[Severity | None, Form()] = None
    reason: Words = ""
    cause: Annotated[int | None, Form(ge=1, le=2**31 - 1)] = None
    seen: Annotated[list[str] | None, Form(max_length=MOST)] = None  # ``HC-1001:57``: a message

    def newest_seen(self, ticket: Ticket) -> int | None:
        """Return the newest message of ``ticket`` that its row showed; nothing: it was not said."""
        pairs = dict(each.rpartition(":")[::2] for each in self.seen or ())
        said = pairs.get(ticket.number, "")
        return int(said) if said.isascii() and said.isdecimal() and len(said) < LONGEST else None


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one ticket."""

    number: str
    is_done: bool
    words: str


@router.post("/desk/bulk")
def act_on_several(
    request: Request, parts: PartsHere, me: DeskHere, asked: Annotated[Asked, Depends(Asked)]
) -> Response:
    """Do it to each ticket in a transaction of its own; say of each what became of it."""
    told = [_told(parts, me, number, asked) for number in dict.fromkeys(asked.numbers)]
    if all(one.is_done for one in told):
        return went("/desk", f"bulk-{asked.action.value}")
    failed = [one for one in told if not one.is_done]
    with parts.db.reading() as session:
        desk = visit(request, parts, me, session)
        context = {"told": told, "failed": failed, "done_words": DONE[asked.action]}
        return desk.page("desk/bulk.html", "desk", desk.launch(), context, status=409)


def _told(parts: Parts, me: Me, number: str, asked: Asked) -> Told:
    try:
        with parts.db.writing() as session:
            by = session.get_one(Person, me.person_id)
            DO[asked.action](session, this_ticket(session, by, number), asked, by, parts)
    except Declined as no:
        return Told(number, False, f"{no.message} {no.what_to_do}".strip())
    except StaleDataError:
        return Told(number, False, "Somebody changed it at the same moment. Try it again.")
    return Told(number, True, DONE[asked.action])


Do = Callable[[Session, Ticket, Asked, Person, Parts], None]


def _assign(session: Session, ticket: Ticket, asked: Asked, by: Person, parts: Parts) -> None:
    to = colleague(session, ticket, asked.person, me=by)
    ticket.assign(session, to=to, by=by, at=parts.clock.now())


def _judge(session: Session, ticket: Ticket, asked: Asked, by: Person, parts: Parts) -> None:
    if asked.severity is None:
        raise Refused("No severity was chosen.", what_to_do="Choose one.")
    at = parts.clock.now()
    ticket.set_severity(session, asked.severity, reason=asked.reason, by=by, at=at)


def _must_be_read(session: Session, ticket: Ticket, asked: Asked, by: Person) -> None:
    """Raise ChangedMeanwhile when something was said since the row was drawn: it is not closed."""
    seen = asked.newest_seen(ticket)
    if seen is not None and (news := collisions.words_since(session, ticket, seen, by=by)):
        raise ChangedMeanwhile(
            f"It was left open. {' '.join(news)}", what_to_do="Read it before you close it."
        )


def _resolve(session: Session, ticket: Ticket, asked: Asked, by: Person, parts: Parts) -> None:
    _must_be_read(session, ticket, asked, by)
    ticket.resolve(session, by=by, at=parts.clock.now(), note=asked.reason)


def _dismiss(session: Session, ticket: Ticket, asked: Asked, by: Person, parts: Parts) -> None:
    _must_be_read(session, ticket, asked, by)
    ticket.dismiss(session, reason=asked.reason or "Spam", by=by, at=parts.clock.now())


def _link(session: Session, ticket: Ticket, asked: Asked, by: Person, parts: Parts) -> None:
    mine = None if by.is_any() else launches_of(session, by)
    cause = causes.cause_of(session, asked.cause or 0, mine)
    if cause.launch_id != ticket.launch_id:
        raise Refused("That cause is of another launch.", what_to_do="Choose one of this launch.")
    belonging.link_ticket(session, ticket, cause, by=by, at=parts.clock.now())


DO: Mapping[Action, Do] = {
    Action.ASSIGN: _assign,
    Action.SEVERITY: _judge,
    Action.RESOLVE: _resolve,
    Action.DISMISS: _dismiss,
    Action.CAUSE: _link,
}
