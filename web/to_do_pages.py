"""The list of what was "not quite": what templates/library/to_do.html shows."""

from typing import Any

from sqlalchemy.orm import Session

from assistant.answering import not_quite_list
from assistant.answering.not_quite import DONE_WORDS, State
from assistant.answering.not_quite_list import Item
from assistant.desk.tickets import FIRST_NUMBER, PREFIX
from assistant.ground.people import Person
from assistant.launch.launches import Launch
from assistant.library import entries
from assistant.reports.faq_updates import REASONS
from web.library_pages import AUTHORS

PAGE = 25  # items on one page
TABS = (
    ("open", "Open", "Nobody has looked yet."),
    ("looked-at", "Looked at", "Something was done; close it when nothing is left to do."),
    ("closed", "Closed", "Done, or about a wording that was replaced since."),
)
SHOWS = {
    "open": (State.OPEN,),
    "looked-at": (State.LOOKED_AT,),
    "closed": (State.CLOSED, State.REPLACED),
}


def to_do_page(
    session: Session, launch: Launch, *, tab: str, entry: str, number: int, person: Person
) -> dict[str, Any]:
    """Return the context of library/to_do.html; an entry that is not there is not found."""
    about = entries.by_key(session, launch.id, entry) if entry else None
    counts = not_quite_list.counts(session, launch.id, entry)
    of_each = {
        "open": counts.open,
        "looked-at": counts.looked_at,
        "closed": counts.closed + counts.replaced,
    }
    current = tab if tab in SHOWS else "open"
    address = f"/launches/{launch.key}/library/to-do"
    also = f"&entry={entry}" if entry else ""
    pages = max(1, -(-of_each[current] // PAGE))
    number = min(number, pages)
    found = not_quite_list.items(
        session, launch.id, states=SHOWS[current], entry=entry, skip=(number - 1) * PAGE, most=PAGE
    )
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "about": about and {"key": about.key, "title": about.newest.question, "all": address},
        "tabs": [
            {
                "title": title,
                "count": of_each[key],
                "href": f"{address}?tab={key}{also}",
                "current": key == current,
                "explanation": explanation,
            }
            for key, title, explanation in TABS
        ],
        "tab": current,
        "items": [_shown(launch, item) for item in found],
        "pager": pager_of(f"{address}?tab={current}{also}", number, pages, of_each[current]),
        "done_words": [{"key": done.value, "words": words} for done, words in DONE_WORDS.items()],
        "may": {"work": person.is_any(*AUTHORS)},
    }


def pager_of(address: str, number: int, pages: int, total: int) -> dict[str, Any]:
    """Return what ``ui.pager`` shows."""
    return {
        "total": total,
        "first": (number - 1) * PAGE + 1,
        "last": min(number * PAGE, total),
        "previous_href": f"{address}&page={number - 1}" if number > 1 else None,
        "next_href": f"{address}&page={number + 1}" if number < pages else None,
    }


def _shown(launch: Launch, item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "revision": item.revision,
        "state": item.state.value,
        "at": item.at,
        "title": item.title,
        "version": item.version,
        "href": f"/library/{launch.key}/entries/{item.entry}",
        "question": item.question,
        "reason": REASONS.get(item.reason, item.reason) if item.reason else None,
        "words": item.words,
        "owner": item.owner,
        "is_taken": item.is_taken,
        "ticket": f"{PREFIX}{item.ticket + FIRST_NUMBER}" if item.ticket else None,
        "done": item.done.value if item.done else None,
        "done_words": DONE_WORDS[item.done] if item.done else None,
        "note": item.note,
        "looked_at": item.looked_at,
        "looked_by": item.looked_by,
        "replaced_by": item.replaced_by,
        "helped_since": item.helped_since,
        "said_again": item.said_again,
    }
