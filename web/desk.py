"""The desk: the queue, one ticket, and everything an agent does with it."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from assistant.answering import suggesting, undoing
from assistant.desk import drafts
from assistant.desk.severity import Severity
from assistant.desk.tickets import SuggestionVerdict, Ticket
from assistant.ground.audit import history
from assistant.ground.errors import NotFound
from assistant.library.versions import EntryVersion
from web import queue_rows
from web.access import DeskHere, PartsHere, Reading, Writing, this_ticket
from web.colleagues import colleague
from web.collisions import FormSeen, beside, must_be_free, stopped
from web.desk_pages import queue_page, state_of
from web.holding_back import Anyway, held_back, note_held_back, note_override
from web.queue_asked import asked
from web.refusals import ChangedMeanwhile
from web.shell import LongWords, Visit, Words, visit, went
from web.ticket_mail import read_where
from web.ticket_pages import Draft, Wanted, ticket_page

router = APIRouter(tags=["desk"], default_response_class=HTMLResponse)

Number = Annotated[int, Form(ge=0, le=2**31 - 1)]  # of a version


def _reading(request: Request, parts: PartsHere, me: DeskHere, session: Reading) -> Visit:
    return visit(request, parts, me, session)


def _writing(request: Request, parts: PartsHere, me: DeskHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Looking = Annotated[Visit, Depends(_reading)]
AtDesk = Annotated[Visit, Depends(_writing)]


def _ticket(number: str, agent: AtDesk) -> Ticket:
    return this_ticket(agent.session, agent.by, number)


ThisTicket = Annotated[Ticket, Depends(_ticket)]
SeenHere = Annotated[FormSeen, Depends(FormSeen)]


@router.get("/desk")
def show_queue(
    desk: Looking,
    launch: str = "",
    view: str = "",
    q: str = "",
    severity: str = "",
    channel: str = "",
    scenario: str = "",
    sort: str = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """Show one view of the queue."""
    shown = desk.launch(launch)
    if shown is None:
        raise NotFound("You work on no launch yet.", what_to_do="Ask a lead to add you to one.")
    wanted = asked(view, q, severity, channel, scenario, sort, page)
    context = queue_page(desk.session, shown, wanted, person=desk.by, at=desk.at)
    return desk.page("desk/queue.html", "desk", shown, context)


@router.get("/desk/rows")
def show_rows(
    desk: Looking,
    numbers: Annotated[str, Query(max_length=1_000)],
    launch: str = "",
    view: str = "",
    q: str = "",
    severity: str = "",
    channel: str = "",
    scenario: str = "",
) -> JSONResponse:
    """Return the rows that changed, as a page of the queue shows them now, and all counts."""
    shown = desk.launch(launch)
    if shown is None:
        raise NotFound("You work on no launch.", what_to_do="Ask a lead to add you to one.")
    wanted = asked(view, q, severity, channel, scenario, "", 1)
    return JSONResponse(queue_rows.fresh(desk, shown, wanted, numbers))


@router.get("/desk/tickets/{number}")
def show_ticket(
    desk: Looking,
    number: str,
    suggestion: str = "",
    insert: bool = False,
    drafting: str = "",
    use_draft: bool = False,
) -> HTMLResponse:
    """Show one ticket with its thread and its suggested reply."""
    ticket = this_ticket(desk.session, desk.by, number)
    return _shown(desk, ticket, wanted=Wanted(suggestion, insert, drafting, use_draft))


@dataclass(frozen=True, slots=True)
class Reply:
    """What stands in the reply box."""

    kind: Annotated[Literal["reply", "note"], Form()]
    text: LongWords = ""
    suggestion_entry: Words = ""
    suggestion_version: Words = ""


@router.post("/desk/tickets/{number}/replies")
def reply(
    ticket: ThisTicket,
    agent: AtDesk,
    said: Annotated[Reply, Depends(Reply)],
    seen: SeenHere,
    anyway: Annotated[Anyway, Depends(Anyway)],
) -> Response:
    """Answer the customer, or leave a note for the team."""
    is_reply = said.kind == "reply"
    news = stopped(agent, ticket, seen, is_reply=is_reply)
    too = beside(agent, ticket, seen) if is_reply and not news else ""
    if news or too:
        written = (said.text, said.kind, said.suggestion_entry, said.suggestion_version)
        return _shown(agent, ticket, draft=Draft(*written, news=news, beside=too), status=409)
    if said.kind == "note":
        if held := note_held_back(said.text):
            return _shown(agent, ticket, draft=Draft(said.text, "note", held=held), status=422)
        ticket.add_note(agent.session, said.text, by=agent.by, at=agent.at)
        drafts.drop(agent.session, agent.by, ticket, drafts.DraftKind.NOTE)
        return _back(ticket, "noted")
    base = _started_from(agent, ticket, said)
    if held := held_back(agent, ticket, said.text, base, anyway):
        kept = Draft(said.text, "reply", said.suggestion_entry, said.suggestion_version, held)
        return _shown(agent, ticket, draft=kept, status=422)
    note_override(agent, ticket, anyway)
    suggesting.reply(agent.session, ticket, said.text, started_from=base, by=agent.by, at=agent.at)
    drafts.drop(agent.session, agent.by, ticket, drafts.DraftKind.REPLY)
    return _back(ticket, "" if base else "replied")


@router.post("/desk/tickets/{number}/suggestion")
def judge_suggestion(
    ticket: ThisTicket,
    agent: AtDesk,
    action: Annotated[Literal["send", "wrong", "none"], Form()],
    seen: SeenHere,
    entry: Words = "",
    version: Number = 0,
) -> Response:
    """Send the suggestion word for word, or say what is wrong with it."""
    if action == "send" and (news := stopped(agent, ticket, seen)):
        return _shown(agent, ticket, draft=Draft(news=news), status=409)
    if action == "send":
        suggesting.send_suggestion(agent.session, ticket, entry, version, by=agent.by, at=agent.at)
        return _back(ticket, "")
    wrong = action == "wrong"
    verdict = SuggestionVerdict.WRONG if wrong else SuggestionVerdict.NO_ANSWER
    suggesting.judge(agent.session, ticket, verdict, entry, version, by=agent.by, at=agent.at)
    return _back(ticket, "")  # the page itself says what was noted, and how to undo it


@router.post("/desk/tickets/{number}/taken-back")
def take_back(
    ticket: ThisTicket, agent: AtDesk, event: Annotated[int, Form(ge=1, le=2**31 - 1)]
) -> RedirectResponse:
    """Undo what was said about a suggestion; it teaches nothing any more."""
    known = history(agent.session, ticket_id=ticket.id)
    undoing.take_back(agent.session, ticket, known, event, by=agent.by, at=agent.at)
    return _back(ticket, "verdict-back")


@router.post("/desk/tickets/{number}/acknowledgement")
def acknowledge(ticket: ThisTicket, agent: AtDesk) -> RedirectResponse:
    """Tell the customer that a person has it."""
    ticket.acknowledge(agent.session, by=agent.by, at=agent.at)
    return _back(ticket, "acknowledged")


@router.post("/desk/tickets/{number}/owner")
def assign(ticket: ThisTicket, agent: AtDesk, person: Words, seen: SeenHere) -> RedirectResponse:
    """Take it, or hand it to somebody else."""
    must_be_free(agent, ticket, seen)
    ticket.assign(
        agent.session,
        to=colleague(agent.session, ticket, person, me=agent.by),
        by=agent.by,
        at=agent.at,
    )
    return _back(ticket, "assigned")


@router.post("/desk/tickets/{number}/severity")
def set_severity(
    ticket: ThisTicket,
    agent: AtDesk,
    severity: Annotated[int, Form(ge=1, le=3)],
    reason: Words = "",
) -> RedirectResponse:
    """Judge it anew, with a reason."""
    ticket.set_severity(agent.session, Severity(severity), reason=reason, by=agent.by, at=agent.at)
    return _back(ticket, "severity")


@router.post("/desk/tickets/{number}/escalation")
def escalate(ticket: ThisTicket, agent: AtDesk, reason: Words = "") -> RedirectResponse:
    """Hand it one level up."""
    went_up = ticket.escalate(agent.session, reason=reason, by=agent.by, at=agent.at)
    return _back(ticket, "escalated" if went_up else "escalation-ended")


@router.post("/desk/tickets/{number}/resolution")
def resolve(
    ticket: ThisTicket, agent: AtDesk, note: Words = "", version: Number = 0
) -> RedirectResponse:
    """Close it, unless something happened to it since it was looked at."""
    _still(ticket, version)
    ticket.resolve(agent.session, by=agent.by, at=agent.at, note=note)
    return _back(ticket, "resolved")


@router.post("/desk/tickets/{number}/reopening")
def reopen(
    ticket: ThisTicket, agent: AtDesk, reason: Words = "", version: Number = 0
) -> RedirectResponse:
    """Open it again."""
    _still(ticket, version)
    ticket.reopen(agent.session, reason=reason, by=agent.by, at=agent.at)
    return _back(ticket, "reopened")


def _shown(
    desk: Visit,
    ticket: Ticket,
    *,
    wanted: Wanted | None = None,
    draft: Draft | None = None,
    status: int = 200,
) -> HTMLResponse:
    context = ticket_page(
        desk.session,
        ticket,
        person=desk.by,
        at=desk.at,
        wanted=wanted,
        draft=draft,
        has_model=desk.parts.model is not None,
    )
    mails = desk.parts.settings.sends_mail
    context["read_where"] = read_where(ticket, context["mail"], sends_mail=mails)
    return desk.page("desk/ticket.html", "desk", ticket.launch, context, status=status)


def _back(ticket: Ticket, toast: str) -> RedirectResponse:
    return went(f"/desk/tickets/{ticket.number}", toast)


def _started_from(agent: Visit, ticket: Ticket, said: Reply) -> EntryVersion | None:
    if not said.suggestion_entry or not said.suggestion_version.isdecimal():
        return None
    number = int(said.suggestion_version)
    return suggesting.version_of(agent.session, ticket.launch_id, said.suggestion_entry, number)


def _still(ticket: Ticket, version: int) -> None:
    """Raise ChangedMeanwhile when the ticket is not what the form was filled in for."""
    if ticket.version != version:
        _, now = state_of(ticket)
        owner = ticket.owner.name if ticket.owner else "nobody yet"
        raise ChangedMeanwhile(
            f"{ticket.number} has changed since you looked at it. "
            f"Now: {now.lower()}, Sev {ticket.severity}, with {owner}.",
            what_to_do="Read what is new on the ticket, then decide again.",
        )
