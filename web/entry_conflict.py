"""Two people wrote at once: what the slower one typed stays, beside what is there now."""

from typing import Any

from fastapi.responses import HTMLResponse

from assistant.launch import scenarios
from assistant.launch.launches import Launch
from assistant.library.entries import Entry
from assistant.library.wording import Kind
from web.entry_form import EntryForm, typed_before
from web.entry_owner import team
from web.entry_pages import entry_page
from web.library_filters import VERDICTS
from web.library_pages import STATE_WORDS
from web.shell import Visit

FIELD_WORDS = {
    "question": "Question",
    "phrasings": "Other ways people ask it",
    "not_for": "Not answered by it",
    "scenario": "Scenario",
    "owner": "Owner",
    "applies_when": "Applies when",
    "verdict": "Verdict",
    "why_now": "Why it appears now",
    "what_to_do": "What to do",
    "safe_to_continue": "Can they continue safely",
    "next_update": "Next update",
    "answer": "Answer",
    "valid_from": "Valid from",
    "valid_until": "Valid until",
    "audience": "Audience",
    "locale": "Language",
}


def both_shown(author: Visit, launch: Launch, entry: Entry, typed: EntryForm) -> HTMLResponse:
    """Return the entry's page with the words that were not saved and where they differ (409).

    Saved again from there, they are meant for what is there now.
    """
    context = entry_page(author, launch, entry, typed=typed)
    context["conflict"] = _conflict(author, launch, entry, typed)
    return author.page("library/entry.html", "library", launch, context, status=409)


def _conflict(author: Visit, launch: Launch, entry: Entry, typed: EntryForm) -> dict[str, Any]:
    newest, mine = entry.newest, typed.as_typed()
    there, words = typed_before(newest, launch.zone), _words(author, launch)
    # The form of an FAQ entry asks for no verdict.
    asked = [name for name in FIELD_WORDS if entry.kind == Kind.RESPONSE or name != "verdict"]
    return {
        "words": now_there(entry, author),
        "by": newest.author.name if newest.author else "The launch pack",
        "at": newest.saved_at,
        "differences": [
            {
                "field": FIELD_WORDS[name],
                "mine": words.get(name, {}).get(mine[name], mine[name]),
                "theirs": words.get(name, {}).get(there[name], there[name]),
            }
            for name in asked
            if name in mine and _lines(mine[name]) != _lines(there.get(name, ""))
        ],
    }


def _words(author: Visit, launch: Launch) -> dict[str, dict[str, str]]:
    """Return what the values of the fields that are chosen from a list are called."""
    there = scenarios.of_launch(author.session, launch.id)
    return {
        "scenario": {key: scenario.title for key, scenario in there.items()},
        "owner": {person.email: person.name for person in team(author.session, launch)},
        "verdict": VERDICTS,
    }


def now_there(entry: Entry, staff: Visit) -> str:
    """Return in a sentence or two what has become of an entry since somebody looked at it."""
    newest = entry.newest
    words, _ = STATE_WORDS[entry.state(staff.at)]
    by = newest.author.name if newest.author else "the launch pack"
    return (
        f"“{newest.question}” has changed since you looked at it. "
        f"Now: version {newest.number} by {by}, {words.lower()}."
    )


def _lines(typed: str) -> list[str]:
    return [line.strip() for line in typed.strip().splitlines() if line.strip()]
