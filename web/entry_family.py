"""The same answer in other languages, as links, and which of them their original left behind."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from assistant.answering.tongues import NAMES
from assistant.launch.launches import Launch
from assistant.library import entries, variants
from assistant.library.entries import Entry
from assistant.library.outdated import Outdated, outdated
from web.rendering import day


def family_beside(session: Session, launch: Launch, entry: Entry) -> dict[str, Any]:
    """Return what library/_variants.html and library/_outdated.html show of an entry."""
    others = variants.family(session, entry)
    behind = outdated(session, [entry, *others])
    own = next((one for one in behind if one.variant is entry), None)
    return {
        "family": [family_link(launch, one, behind) for one in others],
        "outdated": _outdated(launch, own) if own else None,
        "language": _language(entry) if entry.variant_of_id else "",
        "original": None,
    }


def beginning_beside(session: Session, launch: Launch, key: str, language: str) -> dict[str, Any]:
    """Return the same for a new variant of the entry ``key``; nothing for another new entry."""
    context: dict[str, Any] = {"family": [], "outdated": None, "language": "", "original": None}
    if not key:
        return context
    of = entries.by_key(session, launch.id, key)
    others = [of, *variants.family(session, of)]
    return context | {
        "family": [family_link(launch, one, ()) for one in others],
        "language": NAMES.get(language, ""),
        "original": _words(launch, of),
    }


def family_link(launch: Launch, entry: Entry, behind: Sequence[Outdated]) -> dict[str, Any]:
    """Return one variant as a link that says its language and whether customers get it."""
    own = next((one for one in behind if one.variant is entry), None)
    return {
        "href": f"/library/{launch.key}/entries/{entry.key}",
        "question": entry.newest.question,
        "language": _language(entry) or "No language said",
        "is_live": entry.approved is not None,
        "outdated": _outdated(launch, own) if own else None,
    }


def _language(entry: Entry) -> str:
    language = variants.language(entry.newest.locale)
    return NAMES.get(language, "") or language


def _outdated(launch: Launch, found: Outdated) -> dict[str, Any]:
    address = f"/library/{launch.key}/entries/{found.original.key}"
    since = found.new.approved_at
    return {
        "question": found.new.question,
        "href": address,
        "old": found.old.number,
        "new": found.new.number,
        "on": day(since, launch.time_zone) if since else "",
        "difference_href": f"{address}/comparison?old={found.old.number}&new={found.new.number}",
    }


def _words(launch: Launch, of: Entry) -> dict[str, Any]:
    """Return what the original says, part by part, for whoever writes it in another language."""
    said = of.approved or of.newest
    parts = {
        "Question": said.question,
        "Other ways people ask it": "\n".join(said.phrasings),
        "Applies when": said.applies_when,
        "Answer": said.answer,
        "Why it appears now": said.why_now,
        "What to do": said.what_to_do,
        "Can they continue safely": said.safe_to_continue,
        "Next update": said.next_update,
    }
    return {
        "question": said.question,
        "version": said.number,
        "href": f"/library/{launch.key}/entries/{of.key}",
        "parts": [(title, words) for title, words in parts.items() if words.strip()],
    }
