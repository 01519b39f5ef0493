"""What every integration does: find its connection with the secret open, and read an answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.ground import outgoing
from assistant.ground.masking import masked
from assistant.ground.outbox import Undeliverable
from assistant.ground.outgoing import Answered, Unreachable
from assistant.ground.parts import Parts
from assistant.ground.sealing import Unsealable, unseal
from assistant.launch.connections import Connection

REFUSED = (400, 410, 413, 422)  # what a server says that will say the same tomorrow
LONGEST_WORDS = 200  # characters of what a server says about an error


@dataclass(frozen=True, slots=True)
class Reached:
    """A connection that may be spoken to now. Not to be logged: its secret is open."""

    id: int
    settings: Mapping[str, Any]
    secret: str


def reached(parts: Parts, connection_id: int) -> Reached:
    """Return the connection. Raises Undeliverable when it was removed or its secret is sealed."""
    with parts.db.reading() as session:
        found = session.get(Connection, connection_id)
    if found is None or found.removed_at is not None:
        raise Undeliverable("The connection was removed.", permanent=True)
    try:
        return Reached(found.id, found.settings, unseal(parts.settings, found.secret))
    except Unsealable:
        raise Undeliverable("Its secret was kept under another key. Enter it again.") from None


def exchanged(
    parts: Parts, method: str, url: str, *, headers: Mapping[str, str], body: Any = None
) -> Answered:
    """Return what a server answers to ``body`` as JSON. Raises Undeliverable without an answer."""
    content = b"" if body is None else as_json(body)
    sent = {"content-type": "application/json", "user-agent": "Hypercare", **headers}
    try:
        return outgoing.ask(parts, method, url, headers=sent, body=content)
    except Unreachable as unreachable:
        raise Undeliverable(unreachable.words, permanent=unreachable.is_forbidden) from None


def as_json(body: Any) -> bytes:
    """Return ``body`` as the bytes that are sent and signed."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def not_taken(who: str, answer: Answered, words: str = "") -> Undeliverable:
    """Return why something did not arrive, in words a lead can act on."""
    said = f" {masked(words)[:LONGEST_WORDS]}" if words else ""
    if answer.status in (401, 403):
        return Undeliverable(f"{who} does not accept the secret ({answer.status}).{said}")
    if 300 <= answer.status < 400:
        return Undeliverable(f"{who} sends us elsewhere ({answer.status}). Correct the address.")
    is_final = answer.status in REFUSED
    return Undeliverable(f"{who} answered {answer.status}.{said}", permanent=is_final)


def parsed(answer: Answered) -> dict[str, Any]:
    """Return an answer's JSON object; an empty one where it is none."""
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
