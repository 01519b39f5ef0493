"""The last look at a person's own words before a customer reads them. Pure."""

import re
from collections.abc import Iterable

from assistant.desk.messages import LONGEST

PLACEHOLDER = re.compile(
    r"\{\{?\s*[A-Za-z_][\w .-]*\}?\}|\[[A-Z][A-Z _-]{2,}\]|<[A-Z][A-Z _-]{2,}>"
)  # {name}, {{ name }}, [NAME], <NAME>
INTERNAL = re.compile(r"(?i)\binternal(?: only)?\s*:|\bdo not send\b")
UNFINISHED = re.compile(r"\b(?:TODO|TBD|FIXME|XXX)\b")
SHORTEST_NOTE = 20  # characters; a shorter note ("thanks", "done") may well be said twice


def objection(text: str, notes: Iterable[str]) -> str:
    """Return what keeps ``text`` from being sent, in words; empty when nothing does.

    ``notes`` are the internal notes of the conversation: none of them is sent by mistake.
    """
    if len(text) > LONGEST:
        return f"It is longer than {LONGEST:,} characters."
    if found := PLACEHOLDER.search(text):
        return f"“{found.group()}” is still to be filled in."
    if found := UNFINISHED.search(text) or INTERNAL.search(text):
        return f"“{found.group()}” is not meant for a customer."
    if any(_is_in(note, text) for note in notes):
        return "This is the text of an internal note."
    return ""


def _is_in(note: str, text: str) -> bool:
    said, kept = " ".join(text.split()).casefold(), " ".join(note.split()).casefold()
    return said == kept or (len(kept) >= SHORTEST_NOTE and kept in said)
