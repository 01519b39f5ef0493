"""One entry's page from its nouns: what templates/library/entry.html shows.

Left stands the editor, right what people really asked, below what the text would have answered and
its versions. Each of these parts has a module and a template of its own.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assistant.ground.people import Person
from assistant.launch import scenarios
from assistant.launch.launches import Launch
from assistant.library.entries import Entry
from assistant.library.plain_language import hints
from assistant.library.wording import Kind, Parts, Verdict
from web.entry_evidence import evidence_beside
from web.entry_form import EntryForm, typed_before, typed_parts
from web.entry_replay import replay_below
from web.entry_seen import Seen
from web.entry_standing import banner, may_nothing, standing
from web.entry_versions import every_version
from web.library_pages import STATE_WORDS

NEW_TITLES = {Kind.FAQ: "New FAQ entry", Kind.RESPONSE: "New response"}

PARTS: tuple[Callable[[Seen], dict[str, Any]], ...] = (
    standing,
    evidence_beside,
    replay_below,
    every_version,
)
"""Each returns what its own templates show of an entry that exists; no two the same name."""


def new_page(
    session: Session,
    launch: Launch,
    kind: Kind,
    typed: EntryForm,
    problems: dict[str, str],
) -> dict[str, Any]:
    """Return the context of library/entry.html for an entry that does not exist yet."""
    fields = typed.as_typed()
    return {
        **_around(session, launch, kind, fields, problems),
        "entry": {
            "key": "",
            "kind": kind.value,
            "version": None,
            "revision": 0,
            "state": "new",
            "state_words": "New",
            "tone": "",
            "title": NEW_TITLES[kind],
            "author": None,
        },
        "status": banner("info", "A new entry.", "Nobody sees it before a lead approves it."),
        "may": may_nothing() | {"save": True, "submit": True},
        "recall": None,
        "recalls": [],
    }


def entry_page(
    session: Session,
    launch: Launch,
    entry: Entry,
    *,
    person: Person,
    at: datetime,
    typed: EntryForm | None = None,
    problems: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Return the context of library/entry.html; ``typed`` are words that were not saved."""
    kind, newest = Kind(entry.kind), entry.newest
    fields = typed.as_typed() if typed else typed_before(newest, launch.zone)
    context = {
        **_around(session, launch, kind, fields, problems or {}),
        "entry": _entry(entry, at),
    }
    seen = Seen(session, launch, entry, person, at)
    for part in PARTS:
        context |= part(seen)
    return context


def _around(
    session: Session,
    launch: Launch,
    kind: Kind,
    fields: dict[str, str],
    problems: dict[str, str],
) -> dict[str, Any]:
    preview = typed_parts(fields, kind)
    parts = Parts(
        kind=kind,
        verdict=Verdict.INFORMATION,
        **{name: preview[name] or "" for name in ("why_now", "what_to_do", "answer")},
        safe_to_continue=preview["safe_to_continue"] or "",
    )
    known = scenarios.of_launch(session, launch.id).values()
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "fields": fields,
        "problems": problems,
        "scenarios": [{"key": each.key, "title": each.title} for each in known],
        "preview": preview,
        "reading": [{"ok": hint.ok, "words": hint.words} for hint in hints(parts)],
    }


def _entry(entry: Entry, at: datetime) -> dict[str, Any]:
    newest, state = entry.newest, entry.state(at)
    words, tone = STATE_WORDS[state]
    return {
        "key": entry.key,
        "kind": entry.kind,
        "version": newest.number,
        "revision": entry.version,
        "state": "in-review" if state == "review" else state,
        "state_words": words,
        "tone": tone,
        "title": newest.question,
        "author": newest.author.name if newest.author else None,
    }
