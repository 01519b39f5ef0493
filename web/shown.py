"""Nouns as the API shows them: plain JSON, times in UTC with their zone. No markup is made here
but of approved text, escaped.
"""

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any

from sqlalchemy.orm import Session

from assistant.answering.decisions import Outcome
from assistant.desk import recalled
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.desk.promises import Promise
from assistant.desk.recalled import ToldWrong
from assistant.desk.repeats import others
from assistant.desk.severity import Severity
from assistant.desk.taken import back_at, taken_by
from assistant.desk.tickets import Ticket
from assistant.launch.updates import Update
from assistant.library.versions import EntryVersion


def outcome(session: Session, shown: Outcome) -> dict[str, Any]:
    """Return what the customer got for one message, as the API's answer to it.

    It is built from what was written down when it was decided, so a repeat shows the same.
    """
    decision = shown.decision
    answers = [answer(message, version) for message, version in shown.answers]
    body: dict[str, Any] = {
        "message_id": decision.message_id,
        "outcome": decision.outcome,
        "text": shown.notice,
    }
    if answers:
        body["answer"], body["more_answers"] = answers[0], answers[1:]
    if shown.clarification is not None:
        body["clarification"] = clarification(shown.clarification)
    if decision.ticket_card is not None:
        body["ticket"] = decision.ticket_card
    return body


def answer(message: Message, version: EntryVersion) -> dict[str, Any]:
    """Return one approved message as it was sent, with its parts, version and hash."""
    return {
        "message_id": message.id,
        "entry": version.entry.key,
        "version": version.number,
        "sha256": version.sha256,
        "title": version.question,
        "verdict": version.verdict,
        "text": version.text,
        "html": html_of(version.text),
        "approved_at": iso(version.approved_at),
        "recalled_at": iso(version.recalled_at),
        "parts": {
            "verdict": version.verdict,
            "answer": version.answer,
            "why_now": version.why_now,
            "what_to_do": version.what_to_do,
            "safe_to_continue": version.safe_to_continue,
            "next_update": version.next_update,
            "next_update_at": iso(version.next_update_at),
        },
    }


def html_of(text: str) -> str:
    """Return approved text as paragraphs, escaped; nothing in it becomes markup."""
    paragraphs = (escape(part).replace("\n", "<br>") for part in text.split("\n\n"))
    return "".join(f"<p>{part}</p>" for part in paragraphs)


def clarification(message: Message) -> dict[str, Any]:
    """Return a "did you mean" with its titles and the condition under each."""
    return {
        "message_id": message.id,
        "options": [
            {name: option[name] for name in ("entry", "title", "applies_when")}
            for option in message.options
        ],
    }


def ticket(session: Session, shown: Ticket, *, at: datetime) -> dict[str, Any]:
    """Return the ticket card as it is at ``at``: ``taken`` only once its owner took it on."""
    return {
        "number": shown.number,
        "state": "open" if shown.is_open else "resolved",
        "severity": shown.severity,
        "severity_words": Severity(shown.severity).words,
        "acknowledged_at": iso(shown.acknowledged_at),
        "first_response_at": iso(shown.first_response_at),
        "resolved_at": iso(shown.resolved_at),
        "owner": shown.owner.first_name if shown.owner else "the team",
        "taken": taken_by(shown) is not None,
        "back_at": iso(back_at(shown, at=at)),
        "promises": [_promise(promise) for promise in shown.promises],
        "others": others(session, shown),
        "context": shown.context or None,
        "rating": shown.rating,
    }


def _promise(promise: Promise) -> dict[str, Any]:
    return {
        "kind": promise.kind,
        "due_at": iso(promise.due_at),
        "kept_at": iso(promise.kept_at),
        "paused": promise.paused_at is not None,
    }


def conversation(
    session: Session,
    shown: Conversation,
    update_: Update | None,
    *,
    at: datetime,
    after: int = 0,
) -> dict[str, Any]:
    """Return the whole conversation as its customer may see it, or what came after a message."""
    newest = shown.tickets[-1] if shown.tickets else None
    return {
        "id": shown.id,
        "launch": shown.launch.key,
        "state": _state(shown, newest),
        "messages": messages(session, shown, after=after),
        "ticket": ticket(session, newest, at=at) if newest else None,
        "update": update(update_) if update_ else None,
    }


def _state(shown: Conversation, newest: Ticket | None) -> str:
    if newest is None:
        return "open"
    return "waiting" if newest.is_open else "resolved"


def messages(session: Session, shown: Conversation, *, after: int = 0) -> list[dict[str, Any]]:
    """Return messages for the customer, in order; notes stay with the team.

    With what came after a message comes what was taken back of the messages before it.
    """
    struck = recalled.struck(session, shown.id)
    said = (m for m in shown.messages if m.is_for_customer and (m.id > after or m.id in struck))
    return [message(session, one, struck) for one in said]


def message(session: Session, said: Message, struck: Mapping[int, ToldWrong]) -> dict[str, Any]:
    """Return one message; a cited version comes along with its parts.

    ``struck`` is what was recalled in its conversation: the message says so, and which message
    corrects it.
    """
    wrong = struck.get(said.id)
    body: dict[str, Any] = {
        "id": said.id,
        "by": "system" if said.kind == Said.NOTICE else said.by,
        "kind": said.kind,
        "text": said.text,
        "at": iso(said.at),
        "author": said.person.first_name if said.person else None,
        "reply_to": said.reply_to_id,
        "recalled_at": iso(wrong.recall.at) if wrong else None,
        "corrected_by": wrong.correction_id if wrong else None,
    }
    if said.entry_version_id is not None:
        body["answer"] = answer(said, session.get_one(EntryVersion, said.entry_version_id))
        body["helpful"] = said.helpful
    if said.kind == Said.CLARIFICATION:
        body["clarification"] = clarification(said)
        body["chosen"] = said.chosen
    return body


def update(shown: Update) -> dict[str, Any]:
    """Return an update with its three answers."""
    return {
        "id": shown.id,
        "title": shown.headline,
        "expected": shown.expected,
        "what_to_do": shown.what_to_do,
        "next_update": shown.next_update,
        "next_update_at": iso(shown.next_update_at),
        "published_at": iso(shown.published_at),
    }


def iso(at: datetime | None) -> str | None:
    """Return an instant in UTC as ISO 8601, or nothing."""
    return at.isoformat().replace("+00:00", "Z") if at else None
