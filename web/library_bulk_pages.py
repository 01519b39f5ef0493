"""Pages about files of the library: what templates/library/imports.html and import.html show."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from assistant.ground.people import Person
from assistant.launch.launches import Launch
from assistant.library import imports
from assistant.library.entry_rows import COLUMNS
from assistant.library.imports import LibraryImport
from assistant.library.incoming import Plan, Row
from web.library_pages import AUTHORS

SHOWN = 200  # rows and problems on the page; the counts are of all
FIELD_WORDS = {"not_for": "not for", "why_now": "why now", "what_to_do": "what to do"}
STATE_WORDS = {
    "looked-at": ("Not brought in yet", "info"),
    "done": ("Brought in", "good"),
    "taken-back": ("Taken back", "warn"),
}


def imports_page(
    session: Session, launch: Launch, person: Person, problem: str = ""
) -> dict[str, Any]:
    """Return the context of library/imports.html."""
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "columns": [{"name": name, "words": words} for name, words in COLUMNS.items()],
        "imports": [_line(launch, each) for each in imports.newest_of(session, launch.id)],
        "may": {"import": person.is_any(*AUTHORS)},
        "problem": problem,
    }


def _line(launch: Launch, each: LibraryImport) -> dict[str, Any]:
    words, tone = STATE_WORDS[each.state]
    return {
        "href": f"/library/{launch.key}/imports/{each.id}",
        "file": each.file,
        "by": each.by.name,
        "at": each.confirmed_at,
        "count": len(each.did),
        "state_words": words,
        "tone": tone,
    }


def import_page(session: Session, kept: LibraryImport, person: Person) -> dict[str, Any]:
    """Return the context of library/import.html."""
    words, tone = STATE_WORDS[kept.state]
    plan = kept.plan(session, person) if kept.state == "looked-at" else None
    return {
        "launch": {"key": kept.launch.key, "name": kept.launch.name},
        "file": kept.file,
        "state": kept.state,
        "state_words": words,
        "tone": tone,
        "by": kept.by.name,
        "at": kept.confirmed_at or kept.at,
        "address": f"/library/{kept.launch.key}/imports/{kept.id}",
        "mark": plan.mark if plan else "",
        "counts": _counts(plan) if plan else _done(kept),
        "rows": _rows(kept, plan) if plan else _entries(kept),
        "more": max(0, (len(plan.rows) if plan else len(kept.did)) - SHOWN),
        "problems": [_problem(each) for each in plan.problems[:SHOWN]] if plan else [],
        "more_problems": max(0, len(plan.problems) - SHOWN) if plan else 0,
        "may": {
            "confirm": plan is not None
            and person.is_any(*AUTHORS)
            and bool(plan.of("new") or plan.of("changed") or plan.of("theirs")),
            "take_back": kept.state == "done" and person.is_any(*AUTHORS),
        },
    }


def _counts(plan: Plan) -> list[dict[str, Any]]:
    theirs = len(plan.of("theirs"))
    waits = {"title": "Left alone", "value": theirs, "note": "somebody else’s draft is open"}
    return [
        {"title": "New", "value": len(plan.of("new")), "note": "become drafts in review"},
        {"title": "Changed", "value": len(plan.of("changed")), "note": "become a new draft each"},
        *([waits] if theirs else []),
        {"title": "Unchanged", "value": len(plan.of("unchanged")), "note": "stay as they are"},
        {"title": "Refused", "value": plan.refused, "note": "are left out"},
    ]


def _done(kept: LibraryImport) -> list[dict[str, Any]]:
    return [
        {"title": "In review", "value": len(kept.did), "note": "came with this file"},
        {"title": "Unchanged", "value": kept.unchanged, "note": "stayed as they were"},
        {"title": "Refused", "value": kept.refused, "note": "were left out"},
    ]


def _rows(kept: LibraryImport, plan: Plan) -> list[dict[str, Any]]:
    order = {"theirs": 0, "changed": 1, "new": 2, "unchanged": 3}
    rows: Sequence[Row] = sorted(plan.rows, key=lambda row: (order[row.state], row.line))
    tones = {
        "new": ("New", "good"),
        "changed": ("Changed", "info"),
        "theirs": ("Left alone", "warn"),
        "unchanged": ("Unchanged", ""),
    }
    return [
        {
            "line": row.line,
            "key": row.shape.key,
            "question": row.shape.question,
            "words": tones[row.state][0],
            "tone": tones[row.state][1],
            "differs": ", ".join(
                FIELD_WORDS.get(name, name.replace("_", " ")) for name in row.differs
            ),
            "remark": row.remark,
            "theirs": _whose(row) if row.state == "theirs" else "",
            "href": f"/library/{kept.launch.key}/entries/{row.shape.key}" if row.entry else None,
        }
        for row in rows[: max(SHOWN, len(plan.of("theirs")))]
    ]


def _whose(row: Row) -> str:
    """Return who is at work on the entry of a row."""
    author = row.entry.newest.author if row.entry else None
    return author.name if author else "Somebody else"


def _entries(kept: LibraryImport) -> list[dict[str, Any]]:
    return [
        {
            "line": None,
            "key": each["entry"],
            "question": "",
            "words": "Draft as before" if each["before"] else f"Version {each['version']}",
            "tone": "",
            "differs": "",
            "remark": "",
            "theirs": "",
            "href": f"/library/{kept.launch.key}/entries/{each['entry']}",
        }
        for each in kept.did[:SHOWN]
    ]


def _problem(problem: Any) -> dict[str, Any]:
    place = re.fullmatch(r"entries\[\d+\]\.(\w+)(?:\[(\d+)\])?", problem.field)
    field = place[1].replace("_", " ") if place else problem.field
    return {
        "line": problem.line,
        "field": f"{field} {int(place[2]) + 1}" if place and place[2] else field,
        "words": problem.message,
        "remedy": problem.remedy,
    }
