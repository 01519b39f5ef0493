"""One entry's page from its nouns: what templates/library/entry.html shows.

Left stands the editor, right what people really asked, below what the text would have answered and
its versions. Each of these parts has a module and a template of its own.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assistant.answering.neighbours import Near
from assistant.answering.tongues import NAMES
from assistant.ground.people import Person
from assistant.launch import scenarios
from assistant.launch.launches import Launch
from assistant.library import entries, unsaved
from assistant.library.entries import Entry
from assistant.library.unsaved import Unsaved
from assistant.library.wording import Kind
from web.entry_beside import beside
from web.entry_evidence import evidence_beside
from web.entry_family import beginning_beside, family_beside
from web.entry_form import EntryForm, typed_before
from web.entry_owner import team
from web.entry_replay import replay_below
from web.entry_seen import Seen
from web.entry_standing import banner, may_nothing, standing
from web.entry_versions import every_version
from web.learning_pages import learning_beside
from web.library_pages import STATE_WORDS
from web.shell import Visit

NEW_TITLES = {Kind.FAQ: "New FAQ entry", Kind.RESPONSE: "New response"}

PARTS: tuple[Callable[[Seen], dict[str, Any]], ...] = (
    standing,
    evidence_beside,
    replay_below,
    every_version,
    learning_beside,
)
"""Each returns what its own templates show of an entry that exists; no two the same name."""


def new_page(
    session: Session,
    launch: Launch,
    kind: Kind,
    typed: EntryForm,
    problems: dict[str, str],
    *,
    at: datetime,
    person: Person | None = None,
    near: Sequence[Near] | None = None,
) -> dict[str, Any]:
    """Return the context of library/entry.html for an entry that does not exist yet.

    ``typed`` begins it, unless ``person`` is given and has typed something before.
    """
    is_blank = person is not None and not any(typed.as_typed().values())
    about = unsaved.about_new(kind)
    kept = unsaved.of(session, person, launch, about) if is_blank and person else None
    fields = typed.as_typed() | (kept.fields if kept else {})
    family = beginning_beside(session, launch, fields["variant_of"], fields["locale"])
    return {
        **_around(session, launch, kind, fields, problems, kept=kept, at=at, near=near),
        **family,
        "entry": {
            "key": "",
            "kind": kind.value,
            "version": None,
            "revision": 0,
            "state": "new",
            "state_words": "New",
            "tone": "",
            "title": _title(kind, family),
            "author": None,
        },
        "status": banner("info", "A new entry.", "Nobody sees it before a lead approves it."),
        "may": may_nothing() | {"save": True, "submit": True, "own": True},
        "recall": None,
        "recalls": [],
        "meanwhile": [],
    }


def entry_page(
    staff: Visit,
    launch: Launch,
    entry: Entry,
    *,
    typed: EntryForm | None = None,
    problems: dict[str, str] | None = None,
    near: Sequence[Near] | None = None,
) -> dict[str, Any]:
    """Return the context of library/entry.html; ``typed`` are words that were not saved."""
    session, person, at = staff.session, staff.by, staff.at
    kind, newest = Kind(entry.kind), entry.newest
    there = unsaved.of(session, person, launch, entry.key)
    kept = None if typed else there
    fields = typed.as_typed() if typed else typed_before(newest, launch.zone)
    fields |= kept.fields if kept else {}
    around = _around(session, launch, kind, fields, problems or {}, kept=kept, at=at, near=near)
    context = {
        **around,
        "entry": _entry(entry, at, kept),
        "holds_words": there is not None or typed is not None,
        **family_beside(session, launch, entry),
    }
    seen = Seen(session, launch, entry, person, at, staff.parts.settings.sends_mail)
    for part in PARTS:
        context |= part(seen)
    return context


def _around(
    session: Session,
    launch: Launch,
    kind: Kind,
    fields: dict[str, str],
    problems: dict[str, str],
    *,
    kept: Unsaved | None,
    at: datetime,
    near: Sequence[Near] | None,
) -> dict[str, Any]:
    known = scenarios.of_launch(session, launch.id)
    audiences = entries.audiences(session, launch.id)
    scenario = known.get(fields["scenario"])
    shown = beside(session, launch, kind, fields, scenario=scenario, at=at, near=near)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "fields": fields,
        "problems": problems,
        "scenarios": [
            {"key": each.key, "title": each.title, "owner": each.owner.name if each.owner else None}
            for each in known.values()
        ],
        "owners": [{"email": each.email, "name": each.name} for each in team(session, launch)],
        "languages": sorted(NAMES.items(), key=lambda each: each[1]),
        "audiences": audiences,
        "kept_at": kept.saved_at if kept else None,
        **shown,
    }


def _title(kind: Kind, family: dict[str, Any]) -> str:
    of = family["original"]
    if of is None:
        return NEW_TITLES[kind]
    return f"New {family['language']} variant of “{of['question']}”".replace("  ", " ")


def _entry(entry: Entry, at: datetime, kept: Unsaved | None) -> dict[str, Any]:
    newest, state = entry.newest, entry.state(at)
    words, tone = STATE_WORDS[state]
    return {
        "key": entry.key,
        "kind": entry.kind,
        "version": newest.number,
        # Words that were typed for an older state do not silently go over a newer one.
        "revision": kept.revision if kept else entry.version,
        "state": "in-review" if state == "review" else state,
        "state_words": words,
        "tone": tone,
        "title": newest.question,
        "author": newest.author.name if newest.author else None,
    }
