"""Taking back what somebody said about a suggestion: the label goes, and what it taught with it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from assistant.answering import labels, learning
from assistant.answering.labels import Label, Source
from assistant.desk.tickets import SuggestionVerdict, Ticket
from assistant.ground.audit import Event
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Person

TAKEN_BACK = "judgement-taken-back"
_WRONG = f"ticket.{SuggestionVerdict.WRONG}"
_NONE = f"ticket.{SuggestionVerdict.NO_ANSWER}"


def standing(history: Iterable[Event]) -> list[Event]:
    """Return the events of a ticket without what was said about suggestions and taken back."""
    happened = list(history)
    gone = {e.details["event"] for e in happened if e.kind == f"ticket.{TAKEN_BACK}"}
    return [event for event in happened if event.id not in gone]


def source_of(event: Event) -> Source | None:
    """Return what an event says about a suggestion; nothing when it says nothing."""
    if event.kind == _WRONG:
        return Source.WRONG_MATCH
    if event.kind == _NONE:
        return Source.NO_ANSWER
    if event.kind == "ticket.replied" and event.details.get("entry_version"):
        return Source.SENT
    is_changed = event.kind == "ticket.replied" and event.details.get("deviates_from")
    return Source.CHANGED if is_changed else None


def take_back(
    session: Session,
    ticket: Ticket,
    history: Iterable[Event],
    event_id: int,
    *,
    by: Person,
    at: datetime,
) -> Source:
    """Undo what an event said about a suggestion, and return what that was.

    The label goes; what its question taught is learnt anew from the labels that are left. Words
    that were sent stay sent.

    Raises:
        NotFound: when the ticket has no such event.
        Refused: when it was taken back already.
    """
    happened = list(history)
    event = next((one for one in happened if one.id == event_id), None)
    source = source_of(event) if event else None
    if event is None or source is None:
        raise NotFound("There is nothing to take back.", what_to_do="Load the ticket again.")
    if event not in standing(happened):
        raise Refused("That was taken back already.", what_to_do="Nothing is left to do.")
    if label := _label_of(session, ticket, event, source):
        question = label.message
        labels.take_back(session, label, str(event.details.get("entry") or ""))
        learning.unlearn(session, question, by=by, at=at)
        for left in labels.of_question(session, question.id):
            learning.learn_from(session, left, at=at)
    ticket.record(session, TAKEN_BACK, by=by, at=at, event=event.id, said=source)
    return source


def _label_of(session: Session, ticket: Ticket, event: Event, source: Source) -> Label | None:
    given = labels.given_by(session, ticket.conversation_id, source, event.person_id)
    return next((label for label in given if _is_of(label, event, source)), None)


def _is_of(label: Label, event: Event, source: Source) -> bool:
    if source is Source.WRONG_MATCH:
        return event.details["entry"] in label.wrong
    if source is Source.NO_ANSWER:
        return label.at <= event.at
    version = event.details.get("entry_version") or event.details.get("deviates_from")
    return label.entry_version_id == version
