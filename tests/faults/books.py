"""What must be true of the database whatever happened to the server, as one query per rule."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from assistant.answering.lines import LINES
from tests.faults.traffic import Said

FIXED = frozenset(LINES.values())

# Each finds what breaks the rule, so each must find nothing.
RULES = {
    "a question has one decision": (
        "SELECT messages.id FROM messages LEFT JOIN decisions ON message_id = messages.id"
        " WHERE kind IN ('question', 'choice', 'call')"
        " GROUP BY messages.id HAVING count(message_id) <> 1 OR decided_at IS NULL"
    ),
    "a handed-over question has its ticket": (
        "SELECT message_id FROM decisions LEFT JOIN tickets ON tickets.id = ticket_id"
        " WHERE outcome = 'handoff' AND tickets.id IS NULL"
    ),
    "a conversation has one open ticket at most": (
        "SELECT conversation_id FROM tickets WHERE resolved_at IS NULL"
        " GROUP BY conversation_id HAVING count(*) > 1"
    ),
    "a question opens one ticket at most": (
        "SELECT question_id FROM tickets GROUP BY question_id HAVING count(*) > 1"
    ),
    "a ticket is acknowledged and has each promise once": (
        "SELECT tickets.id FROM tickets LEFT JOIN promises ON ticket_id = tickets.id"
        " WHERE kind IN ('acknowledge', 'first_response', 'resolve') OR kind IS NULL"
        " GROUP BY tickets.id HAVING count(DISTINCT kind) <> 3 OR count(*) <> 3"
        " OR acknowledged_at IS NULL"
    ),
    "a ticket was opened once, as an event": (
        "SELECT tickets.id FROM tickets"
        " LEFT JOIN events ON ticket_id = tickets.id AND kind = 'ticket.opened'"
        " GROUP BY tickets.id HAVING count(events.id) <> 1"
    ),
    "a message was said once, as an event": (
        "SELECT messages.id FROM messages"
        " LEFT JOIN events ON json_extract(details, '$.message') = messages.id"
        " AND events.kind = 'message.' || messages.kind"
        " GROUP BY messages.id HAVING count(events.id) <> 1"
    ),
    "a question is answered once": (
        "SELECT reply_to_id FROM messages WHERE kind IN ('answer', 'notice', 'clarification')"
        " GROUP BY reply_to_id, kind, entry_version_id HAVING count(*) > 1"
    ),
    "a key stands for one message": (
        'SELECT "key" FROM messages WHERE "key" IS NOT NULL'
        ' GROUP BY conversation_id, "key" HAVING count(*) > 1'
    ),
}


def rows(data: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Return what ``query`` finds in a data folder's database, past all of our own code."""
    with closing(sqlite3.connect(data / "hypercare.sqlite3")) as database:
        return database.execute(query, values).fetchall()


def broken_rules(data: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return each rule that does not hold, with what breaks it."""
    found = {rule: rows(data, query) for rule, query in RULES.items()}
    found["the file is sound"] = [
        words for words in rows(data, "PRAGMA integrity_check") if words != ("ok",)
    ]
    found["every reference leads somewhere"] = rows(data, "PRAGMA foreign_key_check")
    return {rule: wrong for rule, wrong in found.items() if wrong}


def not_kept_once(data: Path, acknowledged: Iterable[Said]) -> list[str]:
    """Return the keys of acknowledged messages that are not there exactly once."""
    kept = Counter(rows(data, 'SELECT conversation_id, "key" FROM messages'))
    return [said.key for said in acknowledged if kept[said.conversation, said.key] != 1]


def undecided(data: Path) -> int:
    """Return how many questions nobody has decided yet."""
    return len(rows(data, RULES["a question has one decision"]))


def neither_approved_nor_fixed(data: Path) -> list[str]:
    """Return every stored line of the assistant that no lead approved and that is no fixed one."""
    found = rows(
        data,
        "SELECT messages.text, entry_versions.text FROM messages"
        " LEFT JOIN entry_versions ON entry_versions.id = entry_version_id"
        " WHERE \"by\" = 'assistant'",
    )
    return [said for said, text in found if said != text and said not in FIXED]


def approved(data: Path) -> dict[str, tuple[str, str, str]]:
    """Return text, title and condition of each entry's live version, by entry key."""
    found = rows(
        data,
        "SELECT entries.key, text, question, applies_when FROM entry_versions"
        " JOIN entries ON entries.id = entry_id"
        " WHERE approved_at IS NOT NULL AND superseded_at IS NULL",
    )
    return {key: (text, title, condition) for key, text, title, condition in found}
