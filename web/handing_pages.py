"""A hand-over in words: chips on the ticket, and what each target would get."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assistant.desk import engineering
from assistant.desk.engineering import Handed, Parcel
from assistant.desk.tickets import Ticket
from assistant.ground.audit import Event
from assistant.launch.connections import Channel
from web.connection_pages import CHANNEL_WORDS

MINUTE, HOUR, DAY = 60, 3_600, 86_400  # seconds


def handed(
    session: Session, ticket: Ticket, happened: Sequence[Event], *, at: datetime
) -> list[dict[str, Any]]:
    """Return a chip for each target that a ticket was handed to, as its events ``happened``."""
    if not any(event.kind == "ticket.handed-over" for event in happened):
        return []  # nothing is asked of the database for most tickets
    return [chip(each, at) for each in engineering.handed_over(session, ticket)]


def chip(handed: Handed, at: datetime) -> dict[str, Any]:
    """Return how one hand-over stands, as desk/_handed.html shows it."""
    row, issue = handed.outgoing, handed.issue
    words, tone = _state(handed, at)
    return {
        "id": row.id,
        "name": handed.name,
        "channel_words": CHANNEL_WORDS.get(handed.channel, handed.channel),
        "words": words,
        "tone": tone,
        "href": issue.href if issue and issue.key else "",
        "key": issue.key if issue else None,
        "why": row.last_error,
        "is_dead": row.dead_at is not None,
        "since": row.enqueued_at,
    }


def _state(handed: Handed, at: datetime) -> tuple[str, str]:
    """Return how it stands in words, and the tone of the badge."""
    row, issue = handed.outgoing, handed.issue
    if issue is not None and issue.key:
        return issue.status or "Created", "good" if issue.is_done else "info"
    if row.dead_at is not None:
        return "Dead letter", "bad"
    if row.withdrawn_at is not None:
        return "Let rest", ""
    if row.delivered_at is not None:
        return "Arrived", "good"
    return f"Pending {_since((at - row.enqueued_at).total_seconds())}", "warn"


def _since(seconds: float) -> str:
    for size, words in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {words}"
    return "now"


def previews(parcels: Sequence[Parcel]) -> list[dict[str, Any]]:
    """Return what each target would get, as text to be read; nothing is left out."""
    return [_preview(parcel) for parcel in parcels]


def _preview(parcel: Parcel) -> dict[str, Any]:
    connection, body = parcel.connection, parcel.body
    shown = {"id": connection.id, "name": connection.name, "channel": connection.channel}
    if connection.channel == Channel.JIRA:
        fields, settings = body["fields"], connection.settings
        facts = [
            ("Project", settings["project"]),
            ("Type", settings.get("issue_type") or "Task"),
            ("Labels", ", ".join(fields["labels"])),
        ]
        blocks = [_block(node) for node in fields["description"]["content"]]
        return {**shown, "title": fields["summary"], "facts": facts, "blocks": blocks}
    if connection.channel == Channel.SLACK:
        block = {"kind": "text", "text": body["text"]}
    else:
        code = json.dumps(body["payload"], ensure_ascii=False, indent=2)
        block = {"kind": "code", "text": code}
    return {**shown, "title": "", "facts": [], "blocks": [block]}


def _block(node: Mapping[str, Any]) -> dict[str, Any]:
    kinds = {"heading": "heading", "blockquote": "quote", "bulletList": "list"}
    kind = kinds.get(str(node["type"]), "text")
    if kind == "list":
        return {"kind": kind, "lines": [_words(item) for item in node["content"]]}
    return {"kind": kind, "text": _words(node)}


def _words(node: Mapping[str, Any]) -> str:
    if node["type"] == "hardBreak":
        return "\n"
    inner: Sequence[Mapping[str, Any]] = node.get("content", ())
    return str(node["text"]) if node["type"] == "text" else "".join(map(_words, inner))
