"""Feedback that people work with: its kind, its cause, notes, surveys, and what was done."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from assistant.desk import cause_lists, causes, feedback, said_and_did, surveys
from assistant.desk.causes import Cause
from assistant.desk.feedback import TAKES, Category, Feedback, Source
from assistant.desk.said_and_did import SaidAndDid
from assistant.desk.surveys import Moment
from assistant.ground.errors import NotFound
from assistant.ground.masking import masked
from assistant.ground.people import Role
from assistant.launch.launches import Launch
from assistant.reports.feedback import A_CUSTOMER, NAMELESS
from web.access import Me, PartsHere, Reading, RowId, Staff, Writing, this_launch
from web.reachable import LISTENS
from web.report_pages import CATEGORIES, source_words
from web.shell import Visit, Words, visit, went

router = APIRouter(tags=["feedback"], default_response_class=HTMLResponse)

SHOWN = 100  # pieces of feedback on the page
ABOUT = 10  # pieces of feedback beside a cause
NOTED = (Source.INTERVIEW, Source.FORUM)  # what people bring in for customers
Listening = Annotated[Me, Depends(Staff(*LISTENS))]


def _reading(request: Request, parts: PartsHere, me: Listening, session: Reading) -> Visit:
    return visit(request, parts, me, session)


def _writing(request: Request, parts: PartsHere, me: Listening, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Reader = Annotated[Visit, Depends(_reading)]
Writer = Annotated[Visit, Depends(_writing)]
Number = Annotated[int, Form(ge=0, le=2**31 - 1)]


@router.get("/launches/{key}/feedback")
def show_feedback(key: str, reader: Reader) -> HTMLResponse:
    """Show what people said, newest first, with what may be done about each."""
    return _page(reader, this_launch(reader.session, reader.by, key))


@router.post("/launches/{key}/feedback")
def note_feedback(
    key: str,
    writer: Writer,
    source: Annotated[Source, Form()],
    who: Words = "",
    text: Words = "",
) -> RedirectResponse:
    """Keep what somebody said in an interview or wrote in a forum."""
    launch = this_launch(writer.session, writer.by, key)
    feedback.note(
        writer.session, launch.id, source=source, user=who, text=text, by=writer.by, at=writer.at
    )
    return went(f"/launches/{key}/feedback", "feedback-noted")


@router.post("/launches/{key}/feedback/{feedback_id}/category")
def correct_category(
    key: str, feedback_id: RowId, writer: Writer, category: Annotated[Category, Form()]
) -> RedirectResponse:
    """Say what kind of feedback it is."""
    launch = this_launch(writer.session, writer.by, key)
    said = _this(writer, launch, feedback_id)
    said.correct(writer.session, category, launch_id=launch.id, by=writer.by, at=writer.at)
    return went(f"/launches/{key}/feedback#said-{said.id}", "feedback-category")


@router.post("/launches/{key}/feedback/{feedback_id}/cause")
def link_cause(key: str, feedback_id: RowId, writer: Writer, cause: Number = 0) -> RedirectResponse:
    """Say which cause is behind it; 0 is none."""
    launch = this_launch(writer.session, writer.by, key)
    said = _this(writer, launch, feedback_id)
    found = causes.cause_of(writer.session, cause, [launch.id]) if cause else None
    said.belong(
        writer.session,
        found.id if found else None,
        launch_id=launch.id,
        by=writer.by,
        at=writer.at,
    )
    return went(f"/launches/{key}/feedback#said-{said.id}", "feedback-cause")


@router.post("/launches/{key}/surveys")
def ask_customers(
    key: str, writer: Writer, moment: Annotated[Moment, Form()], customers: Words = ""
) -> HTMLResponse:
    """Make a link for each customer, shown this once."""
    launch = this_launch(writer.session, writer.by, key)
    made = surveys.make(
        writer.session, launch, customers.split("\n"), moment, by=writer.by, at=writer.at
    )
    base = writer.parts.settings.address
    links = [{"customer": name, "href": f"{base}/survey/{token}"} for name, token in made.items()]
    return _page(writer, launch, links=links)


@router.post("/launches/{key}/said-and-did")
def write_answer(
    key: str,
    writer: Writer,
    said: Words = "",
    did: Words = "",
    told_to: Words = "",
    cause: Number = 0,
) -> RedirectResponse:
    """Keep what people said and what was done."""
    launch = this_launch(writer.session, writer.by, key)
    found = causes.cause_of(writer.session, cause, [launch.id]) if cause else None
    said_and_did.write(
        writer.session,
        launch,
        said=said,
        did=did,
        told_to=told_to,
        cause=found,
        by=writer.by,
        at=writer.at,
    )
    return went(f"/launches/{key}/feedback", "said-and-did")


@router.post("/launches/{key}/said-and-did/{number}/publication")
def publish_answer(
    key: str, number: RowId, writer: Writer, public: Annotated[bool, Form()]
) -> RedirectResponse:
    """Put it on the public page of updates, or take it off."""
    launch = this_launch(writer.session, writer.by, key)
    kept = said_and_did.by_id(writer.session, launch, number)
    if public:
        kept.publish(writer.session, by=writer.by, at=writer.at)
    else:
        kept.take_back(writer.session, by=writer.by, at=writer.at)
    return went(f"/launches/{key}/feedback", "said-and-did")


def _this(writer: Visit, launch: Launch, feedback_id: int) -> Feedback:
    """Return a piece of the launch's; what named none is taken for it by whoever sorts it."""
    found = writer.session.get(Feedback, feedback_id, with_for_update=True)
    if found is None or found.launch_id not in (None, launch.id):
        raise NotFound("There is no such feedback here.", what_to_do="Load the page again.")
    found.take(writer.session, launch.id, by=writer.by, at=writer.at)
    return found


def _page(
    reader: Visit, launch: Launch, *, links: list[dict[str, str]] | None = None
) -> HTMLResponse:
    context = {**feedback_context(reader, launch), "links": links or []}
    return reader.page("launch/feedback.html", "launches", launch, context)


def feedback_context(reader: Visit, launch: Launch) -> dict[str, Any]:
    """Return what launch/feedback.html shows; quotes are without personal data."""
    session = reader.session
    query = (
        select(Feedback)
        .where(or_(Feedback.launch_id == launch.id, Feedback.launch_id.is_(None)))
        .where(Feedback.text != "")
        .options(joinedload(Feedback.cause), joinedload(Feedback.categorised_by))
        .order_by(Feedback.id.desc())
        .limit(SHOWN)
    )
    asked, scores = surveys.asked(session, launch.id), surveys.scores(session, launch.id)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "said": [_said(each, launch, reader) for each in session.scalars(query)],
        "categories": [{"key": key.value, "title": words[1]} for key, words in CATEGORIES.items()],
        "causes": [
            {"id": each.id, "title": f"{each.number} {each.title}"}
            for each in cause_lists.open_causes(session, launch.id)
        ],
        "sources": [{"key": key.value, "title": source_words(key)} for key in NOTED],
        "surveys": [
            {
                "moment": moment.value,
                "asked": asked[moment],
                "answered": len(scores[moment]),
                "mean": sum(scores[moment]) / len(scores[moment]) if scores[moment] else None,
            }
            for moment in Moment
        ],
        "answers": [_answer(each) for each in said_and_did.of_launch(session, launch.id)],
        "may": {
            "publish": reader.by.is_any(Role.LEAD),
            "ask": reader.by.is_any(Role.LEAD, Role.CHANGE_MANAGER),
        },
    }


def voices_about(session: Session, cause_id: int, launch_key: str) -> list[dict[str, str]]:
    """Return the newest feedback about a cause, for its page."""
    of_its_launch = or_(Feedback.launch_id.is_(None), Feedback.launch_id == Cause.launch_id)
    query = select(Feedback).join(Feedback.cause).where(of_its_launch)
    query = query.where(Cause.id == cause_id, Feedback.text != "")
    found = session.scalars(query.order_by(Feedback.id.desc()).limit(ABOUT))
    return [
        {"text": masked(each.text), "href": f"/launches/{launch_key}/feedback#said-{each.id}"}
        for each in found
    ]


def _said(each: Feedback, launch: Launch, reader: Visit) -> dict[str, Any]:
    _, title, tone = CATEGORIES[Category(each.category)]
    return {
        "id": each.id,
        "text": masked(each.text),
        "by": A_CUSTOMER if each.source in NAMELESS else masked(each.user),
        "source": source_words(each.source),
        "at": each.given_at,
        "category": each.category,
        "title": title,
        "tone": tone,
        "corrected_by": each.categorised_by.name if each.categorised_by else "",
        "cause": _cause(each.cause, launch.id),
        "is_ours": each.launch_id is not None,
        "may_sort": each.launch_id is not None or reader.by.is_any(*TAKES),
    }


def _cause(cause: Cause | None, launch_id: int) -> dict[str, Any] | None:
    # What another launch found out is for its own people.
    if cause is None or cause.launch_id != launch_id:
        return None
    title = f"{cause.number} {cause.title}"
    return {"id": cause.id, "title": title, "href": f"/causes/{cause.id}"}


def _answer(each: SaidAndDid) -> dict[str, Any]:
    return {
        "id": each.id,
        "said": each.said,
        "did": each.did,
        "told_to": each.told_to,
        "by": each.made_by.name,
        "at": each.made_at,
        "is_public": each.published_at is not None,
        "cause": _cause(each.cause, each.launch_id),
    }
