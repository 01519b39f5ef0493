"""Recalled answers: taken back by one person, followed until everybody has what is right."""

from collections.abc import Sequence
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from assistant.answering import recall
from assistant.desk import recalled
from assistant.desk.recalled import Recall
from assistant.ground.errors import NotFound, Refused
from assistant.ground.parts import Parts
from assistant.ground.people import Person, launches_of
from assistant.launch.launches import Launch
from assistant.library import publishing
from assistant.library.entries import by_key
from web.access import DeskHere, LeadHere, PartsHere, Reading, RowId, Writing, this_launch
from web.recall_pages import recall_page, recalls_page
from web.shell import Visit, Words, visit, went

router = APIRouter(tags=["recalls"], default_response_class=HTMLResponse)
log = structlog.get_logger()

Numbers = Annotated[list[int] | None, Form()]
Count = Annotated[int, Form(ge=0, le=2**31 - 1)]


def _reading(request: Request, parts: PartsHere, me: DeskHere, session: Reading) -> Visit:
    return visit(request, parts, me, session)


def _writing(request: Request, parts: PartsHere, me: DeskHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Looking = Annotated[Visit, Depends(_reading)]
AtDesk = Annotated[Visit, Depends(_writing)]


@router.get("/recalls")
def show_recalls(desk: Looking, launch: str = "") -> HTMLResponse:
    """Show what was recalled, and how many still have to hear what is right."""
    shown = desk.launch(launch)
    if shown is None:
        raise NotFound("You work on no launch yet.", what_to_do="Ask a lead to add you to one.")
    context = recalls_page(desk.session, shown, at=desk.at)
    return desk.page("desk/recalls.html", "desk", shown, context)


@router.get("/recalls/{recall_id}")
def show_recall(desk: Looking, recall_id: RowId, correction: str = "") -> HTMLResponse:
    """Show who was told, who has the correction, and who has not yet."""
    found = _this(desk.session, desk.by, recall_id)
    launch = desk.session.get_one(Launch, found.launch_id)
    context = recall_page(desk, launch, found, correction=correction)
    return desk.page("desk/recall.html", "desk", launch, context)


@router.post("/library/{launch}/entries/{key}/recall")
def begin(
    parts: PartsHere,
    me: DeskHere,
    request: Request,
    launch: str,
    key: str,
    reason: Words = "",
    version: Numbers = None,
) -> RedirectResponse:
    """Take an answer off every surface now."""
    with parts.db.writing() as session:
        agent = visit(request, parts, me, session)
        entry = by_key(session, this_launch(session, agent.by, launch).id, key)
        chosen = [each for each in entry.versions if each.number in (version or ())]
        if version and len(chosen) < len(set(version)):
            raise Refused("There is no such version.", what_to_do="Load the entry again.")
        made = recall.recall(
            session, entry, reason=reason, by=agent.by, at=agent.at, versions=chosen
        )
    _publish(parts, made.launch_id)
    return went(f"/recalls/{made.id}", "recalled")


@router.post("/recalls/{recall_id}/undoing")
def undo(parts: PartsHere, me: DeskHere, request: Request, recall_id: RowId) -> RedirectResponse:
    """Take a recall back within its ten seconds."""
    with parts.db.writing() as session:
        agent = visit(request, parts, me, session)
        found = _this(session, agent.by, recall_id)
        recall.undo(session, found, by=agent.by, at=agent.at)
    _publish(parts, found.launch_id)
    return went(f"/recalls/{recall_id}", "recall-undone")


@router.post("/recalls/{recall_id}/reinstatement")
def reinstate(
    parts: PartsHere, me: LeadHere, request: Request, recall_id: RowId, reason: Words = ""
) -> RedirectResponse:
    """Say as another lead that it is right after all."""
    with parts.db.writing() as session:
        lead = visit(request, parts, me, session)
        found = _this(session, lead.by, recall_id)
        recall.reinstate(session, found, because=reason, by=lead.by, at=lead.at)
    _publish(parts, found.launch_id)
    return went(f"/recalls/{recall_id}", "reinstated-once" if found.stands else "reinstated")


@router.post("/recalls/{recall_id}/correction")
def correct(agent: AtDesk, recall_id: RowId, entry: Words, people: Count) -> RedirectResponse:
    """Send what is right to exactly those who were told what was wrong."""
    found = _this(agent.session, agent.by, recall_id)
    version = by_key(agent.session, found.launch_id, entry).approved
    if version is None:
        raise Refused("Customers do not get this answer.", what_to_do="Choose an approved one.")
    made = recall.correct(
        agent.session,
        found,
        version,
        people=people,
        by=agent.by,
        at=agent.at,
        mails=agent.parts.settings.sends_mail,
    )
    return went(f"/broadcasts/{made.id}")


def _this(session: Session, person: Person, recall_id: int) -> Recall:
    mine: Sequence[int] | None = None if person.is_any() else launches_of(session, person)
    return recalled.by_id(session, mine, recall_id)


def _publish(parts: Parts, launch_id: int) -> None:
    """Bring the index up to what was just committed; when that fails the gate still holds."""
    try:
        publishing.publish(parts, launch_id, at=parts.clock.now())
    except Exception:
        log.exception("publishing failed", launch=launch_id)
