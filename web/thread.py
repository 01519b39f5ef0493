"""A ticket's conversation as the desk shows it: its messages, and the handover."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assistant.answering.proposing import changes
from assistant.desk import recalled
from assistant.desk.conversations import Conversation
from assistant.desk.feedback import Feedback
from assistant.desk.messages import NONE_OF_THESE, By, Message, Said
from assistant.desk.recalled import ToldWrong
from assistant.desk.tickets import Ticket
from assistant.ground.audit import Event
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from assistant.library.wording import Kind
from web.desk_pages import author_of
from web.happenings import IN_THREAD, sentence

REASON_WORDS = {
    "not_my_case": "It is not my case",
    "already_tried": "I tried that already",
    "unclear": "I do not understand it",
    "still_broken": "It is still broken",
    "other": "Another reason",
}
FIGURES = re.compile(r": \d\.\d\d(?: [<≥] \d\.\d\d)?")  # they stand with what was considered
GO_ON_WORDS = {"yes": "Yes", "no": "No", "partly": "Partly"}


@dataclass(frozen=True, slots=True)
class Cited:
    """The approved versions behind a thread's messages, and what customers said about them."""

    versions: Mapping[int, EntryVersion]  # by their id
    deviations: Mapping[int, int]  # message -> the version it started from
    reasons: Mapping[int, str]  # message -> why it was not quite it
    struck: Mapping[int, ToldWrong]  # message -> that it was recalled


def cited(session: Session, messages: Iterable[Message], history: Iterable[Event]) -> Cited:
    """Return what the messages of a thread cite, in three queries."""
    said = list(messages)
    deviations = {
        event.details["message"]: event.details["deviates_from"]
        for event in history
        if event.kind == "ticket.replied" and event.details.get("deviates_from")
    }
    wanted = {message.entry_version_id for message in said} | set(deviations.values())
    versions = session.scalars(
        select(EntryVersion)
        .where(EntryVersion.id.in_(wanted - {None}))
        .options(joinedload(EntryVersion.entry).joinedload(Entry.launch))
    )
    feedback = session.scalars(
        select(Feedback)
        .where(Feedback.message_id.in_([m.id for m in said if m.helpful is False]))
        .order_by(Feedback.id)
    )
    reasons = {f.message_id: reason_words(f) for f in feedback if f.message_id is not None}
    struck = recalled.struck(session, said[0].conversation_id) if said else {}
    return Cited({version.id: version for version in versions}, deviations, reasons, struck)


def reason_words(feedback: Feedback) -> str:
    """Return why an answer was not quite it: the chosen reason, and the customer's own words."""
    chosen = REASON_WORDS.get(feedback.reason or "", "")
    return ": ".join(words for words in (chosen, feedback.text) if words)


def thread(ticket: Ticket, history: Sequence[Event], cites: Cited) -> list[dict[str, Any]]:
    """Return messages and the events between them, in the order in which they happened."""
    said = spoken(ticket.conversation, cites, new=_first_new(ticket))
    happened = [_event(event) for event in history if event.kind in IN_THREAD]
    return sorted([*said, *happened], key=lambda each: each["at"])


def spoken(
    conversation: Conversation, cites: Cited, *, new: int | None = None
) -> list[dict[str, Any]]:
    """Return what was said in a conversation, in its order; ``new`` begins what is not read yet."""
    return [_message(conversation, message, cites, new) for message in conversation.messages]


def _first_new(ticket: Ticket) -> int | None:
    """Return the customer's first message since a person last answered: the line goes there."""
    replied = ticket.replied_at
    later = (
        message.id
        for message in ticket.conversation.messages
        if replied is not None and message.by == By.CUSTOMER and message.at > replied
    )
    return next(later, None)


def _message(
    conversation: Conversation, message: Message, cites: Cited, new: int | None
) -> dict[str, Any]:
    return {
        "id": message.id,
        "kind": "note" if message.kind == Said.NOTE else message.by,
        "author": author_of(message, conversation),
        "text": message.text,
        "at": message.at,
        "new": message.id == new,
        "answer": _answer(message, cites),
        "clarification": _clarification(message),
        "recalled": _recalled(cites.struck.get(message.id)),
    }


def _recalled(wrong: ToldWrong | None) -> dict[str, Any] | None:
    if wrong is None:
        return None
    return {"reason": wrong.recall.reason, "href": f"/recalls/{wrong.recall_id}"}


def _answer(message: Message, cites: Cited) -> dict[str, Any] | None:
    started_from = cites.deviations.get(message.id)
    version = cites.versions.get(message.entry_version_id or started_from or 0)
    if version is None:
        return None
    return {
        "entry": version.entry.key,
        "href": entry_href(version.entry),
        "version": version.number,
        "verdict": verdict_of(version),
        "title": version.question,
        "deviates": started_from is not None,
        "changes": changes(version.text, message.text) if started_from else [],
        "propose_entry": f"{_library(version)}/new?reply={message.id}",
        "propose_version": f"{entry_href(version.entry)}?reply={message.id}",
        "helpful": message.helpful,
        "reason": cites.reasons.get(message.id, ""),
    }


def _clarification(message: Message) -> dict[str, Any] | None:
    if message.kind != Said.CLARIFICATION:
        return None
    titles = {option["entry"]: option["title"] for option in message.options}
    chosen = message.chosen
    return {
        "options": list(titles.values()),
        "chosen": NONE_OF_THESE if chosen == NONE_OF_THESE else titles.get(chosen or ""),
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": f"event-{event.id}",
        "kind": "system",
        "author": "",
        "text": sentence(event),
        "at": event.at,
        "new": False,
        "answer": None,
        "clarification": None,
        "recalled": None,
    }


def handoff(ticket: Ticket) -> dict[str, Any]:
    """Return why a person has it, and what the customer told once."""
    told = ticket.context
    return {
        "reason": FIGURES.sub("", ticket.handoff_reason),
        "at": ticket.opened_at,
        "doing": told.get("doing"),
        "can_continue": GO_ON_WORDS.get(told.get("can_continue", "")),
        "reach": told.get("reach")
        or ("By e-mail" if ticket.conversation.channel == "email" else None),
    }


def _library(version: EntryVersion) -> str:
    return f"/library/{version.entry.launch.key}/entries"


def entry_href(entry: Entry) -> str:
    """Return the library's page of an entry."""
    return f"/library/{entry.launch.key}/entries/{entry.key}"


def verdict_of(version: EntryVersion) -> str | None:
    """Return the verdict that a version gives; a FAQ entry gives none."""
    return None if version.entry.kind == Kind.FAQ else version.verdict
