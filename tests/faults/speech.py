"""What the assistant may say: live approved versions and fixed lines, to the last character."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from assistant.answering.lines import LINES

FIXED = frozenset(LINES.values())


def rows(data: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Return what ``query`` finds in a data folder's database, past all of our own code."""
    with closing(sqlite3.connect(data / "hypercare.sqlite3")) as database:
        return database.execute(query, values).fetchall()


def approved(data: Path) -> Mapping[str, tuple[str, str, str]]:
    """Return text, title and condition of each entry's live version, by entry key."""
    found = rows(
        data,
        "SELECT entries.key, text, question, applies_when FROM entry_versions"
        " JOIN entries ON entries.id = entry_id"
        " WHERE approved_at IS NOT NULL AND superseded_at IS NULL",
    )
    return {key: (text, title, condition) for key, text, title, condition in found}


def foreign(outcome: Mapping[str, Any], texts: Mapping[str, tuple[str, str, str]]) -> list[str]:
    """Return everything in a response that nobody approved and no fixed line says."""
    return list(_foreign(outcome, texts))


def _foreign(outcome: Mapping[str, Any], texts: Mapping[str, tuple[str, str, str]]) -> Iterator[str]:
    if outcome["text"] not in FIXED | {""}:
        yield str(outcome["text"])
    answers = [outcome["answer"], *outcome["more_answers"]] if "answer" in outcome else []
    for answer in answers:
        if (answer["text"], answer["title"]) != texts[answer["entry"]][:2]:
            yield str(answer["text"])
    for option in outcome.get("clarification", {}).get("options", []):
        if (option["title"], option["applies_when"]) != texts[option["entry"]][1:]:
            yield str(option["title"])


def said_to_customers(data: Path) -> list[str]:
    """Return every stored line of the assistant that is neither approved nor fixed."""
    found = rows(
        data,
        "SELECT messages.text, entry_versions.text FROM messages"
        " LEFT JOIN entry_versions ON entry_versions.id = entry_version_id"
        " WHERE \"by\" = 'assistant'",
    )
    return [said for said, text in found if said != text and said not in FIXED]


def is_settled(outcome: Mapping[str, Any]) -> bool:
    """Return whether the customer has an answer, a question back, or a ticket with promises."""
    if outcome["outcome"] == "answer":
        return bool(outcome["answer"]["text"])
    if outcome["outcome"] == "clarification":
        return bool(outcome["text"])
    ticket = outcome["ticket"]
    return bool(ticket["number"] and ticket["acknowledged_at"] and ticket["promises"])
