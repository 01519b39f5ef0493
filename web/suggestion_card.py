"""The suggested reply as the desk shows it: what templates/desk/_suggestion.html gets."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from assistant.answering.evidence import Sends, sends
from assistant.answering.explaining import Explanation, of_decision
from assistant.answering.how_sure import how_sure, percent
from assistant.answering.labels import Source
from assistant.answering.suggesting import Found, Suggestion
from assistant.answering.undoing import source_of, standing
from assistant.desk.tickets import Ticket
from assistant.ground.audit import Event
from assistant.ground.people import Person
from web.thread import entry_href, verdict_of

TO_UNDO = timedelta(seconds=10)  # for which what was just said can be undone with one click
SAID = {
    Source.SENT: "Sent word for word. It counts as the right answer to this question.",
    Source.CHANGED: "Sent with your changes. It counts as near, and not what was needed.",
    Source.WRONG_MATCH: "Noted: this answer did not match. It is suggested less for this.",
    Source.NO_ANSWER: "Noted: no approved answer exists for this question.",
}


def suggestion_card(
    session: Session, ticket: Ticket, suggested: Suggestion | None
) -> dict[str, Any] | None:
    """Return the card; nothing when nobody waits for an answer."""
    if suggested is None:
        return None
    if not suggested.found:
        new = f"/library/{ticket.launch.key}/entries/new"
        return {"withdrawn": suggested.withdrawn, "nothing": suggested.nothing, "new_href": new}
    best, thought = suggested.found[0], suggested.decision
    explained = of_decision(thought) if thought else None
    counted = sends(session, [best.version.id]).get(best.version.id, Sends())
    address = f"/desk/tickets/{ticket.number}?suggestion="
    return {
        **_best(best, counted, explained),
        "others": [_other(other, explained, address) for other in suggested.found[1:]],
        "withdrawn": "",
        "nothing": "",
        "insert_href": f"{address}{best.version.entry.key}&insert=1#reply",
    }


def _other(other: Found, explained: Explanation | None, address: str) -> dict[str, Any]:
    sure = how_sure(explained, other.version.entry.key, other.match)
    return {
        "entry": other.version.entry.key,
        "title": other.version.question,
        "likeness": percent(other.match),
        "against": sure.against,
        "answers": other.answers,
        "href": f"{address}{other.version.entry.key}#suggestion",
    }


def _best(best: Found, counted: Sends, explained: Explanation | None) -> dict[str, Any]:
    version = best.version
    sure = how_sure(explained, version.entry.key, best.match)
    return {
        "entry": version.entry.key,
        "version": version.number,
        "title": version.question,
        "verdict": verdict_of(version),
        "text": version.text,
        "href": entry_href(version.entry),
        "approver": version.approved_by.name if version.approved_by else "the team",
        "approved_at": version.approved_at,
        "valid_until": version.valid_until,
        "sure": sure,
        "sure_share": sure.certainty if sure.certainty is not None else best.match,
        "sure_number": percent(sure.certainty if sure.certainty is not None else best.match),
        "likeness": percent(best.match),
        "answers": best.answers,
        "sent": counted.sent,
        "not_quite": counted.not_quite,
    }


def undo_of(history: Sequence[Event], person: Person, at: datetime) -> dict[str, Any] | None:
    """Return what ``person`` said of a suggestion within the last ten seconds, to be undone."""
    mine = [event for event in standing(history) if event.person_id == person.id]
    last = mine[-1] if mine else None
    source = source_of(last) if last else None
    if last is None or source is None or at - last.at > TO_UNDO:
        return None
    return {"event": last.id, "words": SAID[source], "was_sent": source in _SENT}


def to_take_back(history: Sequence[Event]) -> set[int]:
    """Return the events whose judgement still counts and may be taken back."""
    return {event.id for event in standing(history) if source_of(event)}


_SENT = (Source.SENT, Source.CHANGED)
