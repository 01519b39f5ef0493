"""What contacts seek: the reassurance index by scenario and hour, and people's corrections."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from assistant.desk import seeking
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.desk.seeking import Seeking, Seeks
from assistant.desk.tickets import FIRST_NUMBER, PREFIX, Ticket
from assistant.ground.errors import NotFound
from assistant.ground.masking import masked
from assistant.ground.people import Person, Role
from assistant.launch.launches import Launch
from assistant.reports import reassurance
from assistant.reports.reassurance import ENOUGH, HOUR, Asked, Index
from assistant.reports.spans import Span
from web.access import DeskHere, PartsHere, RowId, Writing, this_launch, this_ticket
from web.series import series_chart
from web.shell import LookingHere, Visit, visit, went

router = APIRouter(tags=["launches"], default_response_class=HTMLResponse)

DAYS = (1, 2, 7)  # that the page looks back
SEEKS_WORDS = {
    Seeks.REASSURANCE: "Reassurance",
    Seeks.INFORMATION: "Information",
    Seeks.PROBLEM: "Help with a problem",
}


def _working(request: Request, parts: PartsHere, me: DeskHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


AtDesk = Annotated[Visit, Depends(_working)]
What = Annotated[Seeks, Form()]


@router.get("/launches/{key}/reassurance")
def show_reassurance(
    key: str, looking: LookingHere, days: Annotated[int, Query(ge=1, le=7)] = 1
) -> HTMLResponse:
    """Show which share of those who ask seeks reassurance, by hour and scenario."""
    launch = this_launch(looking.session, looking.by, key)
    context = reassurance_context(looking, launch, days)
    return looking.page("launch/reassurance.html", "launches", launch, context)


@router.post("/launches/{key}/reassurance/{message_id}")
def correct_contact(key: str, message_id: RowId, desk: AtDesk, seeks: What) -> RedirectResponse:
    """Say what a question really seeks."""
    launch = this_launch(desk.session, desk.by, key)
    message = _question(desk.session, launch, message_id)
    seeking.correct(desk.session, message, seeks, by=desk.by, at=desk.at)
    return went(f"/launches/{key}/reassurance", "seeking-corrected")


@router.post("/desk/tickets/{number}/seeking")
def correct_ticket(number: str, desk: AtDesk, seeks: What) -> RedirectResponse:
    """Say what the question of a ticket really seeks."""
    ticket = this_ticket(desk.session, desk.by, number)
    message = desk.session.get_one(Message, ticket.question_id)
    seeking.correct(desk.session, message, seeks, by=desk.by, at=desk.at)
    return went(f"/desk/tickets/{number}", "seeking-corrected")


def _question(session: Session, launch: Launch, message_id: int) -> Message:
    message = session.get(Message, message_id)
    if message is None or session.get_one(Conversation, message.conversation_id).launch_id != (
        launch.id
    ):
        raise NotFound("There is no such question here.", what_to_do="Load the page again.")
    return message


def of_ticket(session: Session, ticket: Ticket, person: Person) -> dict[str, Any] | None:
    """Return what desk/_seeking.html shows; nothing of a call for a person."""
    message = session.get_one(Message, ticket.question_id)
    if message.kind != Said.QUESTION:
        return None
    kept = session.get(Seeking, message.id)
    read = seeking.read(message.text)
    seeks = Seeks(kept.seeks) if kept else read.seeks
    return {
        "seeks": seeks.value,
        "words": SEEKS_WORDS[seeks],
        "because": kept.because if kept else read.because,
        "by": kept.corrected_by.name if kept and kept.corrected_by else "",
        "choices": CHOICES,
        "may_correct": person.is_any(Role.AGENT, Role.ENGINEER, Role.LEAD),
    }


CHOICES = [{"key": key.value, "words": words} for key, words in SEEKS_WORDS.items()]


def reassurance_context(looking: Visit, launch: Launch, days: int) -> dict[str, Any]:
    """Return what launch/reassurance.html shows of the last ``days`` days."""
    session, hours = looking.session, 24 * days
    first = looking.at.replace(minute=0, second=0, microsecond=0) - (hours - 1) * HOUR
    span = Span(first, looking.at + timedelta(microseconds=1))
    by_hour = reassurance.by_hour(session, launch.id, first=first, hours=hours)
    whole = sum(by_hour, Index())
    at_desk = looking.by.is_any(Role.AGENT, Role.ENGINEER, Role.LEAD)
    asked = reassurance.newest(session, launch.id, span) if at_desk else []
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "days": days,
        "choices_of_days": DAYS,
        "enough": ENOUGH,
        "whole": _index(whole),
        "chart": series_chart([_percent(each) for each in by_hour], 50.0),
        "hours": [
            {"at": first + number * HOUR, **_index(each)}
            for number, each in enumerate(by_hour)
            if each.asked + each.problem
        ][::-1],
        "scenarios": [
            {"title": each.title, **_index(each.counts)}
            for each in reassurance.by_scenario(session, launch.id, span)
        ],
        "right": [
            {"words": SEEKS_WORDS[each.seeks], **each._asdict()}
            for each in reassurance.how_right(session, launch.id)
        ],
        "asked": [_asked(each) for each in asked],
        "choices": CHOICES,
        "may": {"correct": at_desk},
    }


def _percent(index: Index) -> float | None:
    return None if index.share is None else 100 * index.share


def _index(index: Index) -> dict[str, Any]:
    low, high = index.interval or (None, None)
    return {
        "share": index.share,
        "low": low,
        "high": high,
        "reassurance": index.reassurance,
        "information": index.information,
        "problem": index.problem,
    }


def _asked(asked: Asked) -> dict[str, Any]:
    kept = asked.seeking
    number = f"{PREFIX}{FIRST_NUMBER + asked.ticket_id}" if asked.ticket_id else None
    return {
        "id": asked.message.id,
        "text": masked(asked.message.text),
        "at": asked.message.at,
        "seeks": kept.seeks,
        "words": SEEKS_WORDS[Seeks(kept.seeks)],
        "because": kept.because,
        "is_corrected": kept.corrected_at is not None,
        "scenario": asked.scenario,
        "href": f"/desk/tickets/{number}" if number else None,
    }
