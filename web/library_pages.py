"""The library's list from its nouns: what templates/library/index.html shows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from assistant.answering import not_quite_list, suggestions
from assistant.answering.evidence import asked_of_each
from assistant.desk.repeats import Asked
from assistant.ground.people import Person, Role
from assistant.launch.launches import Launch
from assistant.library.entries import Entry, of_launch
from assistant.library.versions import EntryVersion
from web.thread import verdict_of

PAGE = 25  # cards on one page
EXPIRES_SOON = timedelta(days=3)  # before its end an entry stands under Expiring
PREVIEW = 180  # characters, about two lines
NOBODY = Asked(0, 0, ())
AUTHORS = (Role.AGENT, Role.LEAD, Role.CHANGE_MANAGER)

STATE_WORDS = {
    "draft": ("Draft", ""),
    "review": ("In review", "info"),
    "rejected": ("Rejected", "bad"),
    "approved": ("Approved", "good"),
    "expired": ("Expired", "warn"),
    "recalled": ("Recalled", "bad"),
    "retired": ("Retired", "warn"),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """One list of the library: which version of an entry it shows, if any."""

    key: str
    title: str
    explanation: str
    shows: Callable[[Entry, datetime], EntryVersion | None]


def _pending(state: str) -> Callable[[Entry, datetime], EntryVersion | None]:
    def shows(entry: Entry, at: datetime) -> EntryVersion | None:
        return entry.newest if entry.state(at) == state else None

    return shows


def _approved(entry: Entry, at: datetime) -> EntryVersion | None:
    version = entry.approved
    return (
        version if version and (version.valid_until is None or version.valid_until > at) else None
    )


def _expiring(entry: Entry, at: datetime) -> EntryVersion | None:
    version = entry.approved
    until = version.valid_until if version else None
    return version if until is not None and until - at <= EXPIRES_SOON else None


TABS = (
    Tab("drafts", "Drafts", "What is being written. Nobody else sees it yet.", _pending("draft")),
    Tab("in-review", "In review", "Waits for a lead who did not write it.", _pending("review")),
    Tab("approved", "Approved", "What customers read, word for word.", _approved),
    Tab("expiring", "Expiring", "Ends within three days, or has ended.", _expiring),
    Tab(
        "recalled",
        "Recalled",
        "Found wrong, and off every page. Who was told hears what is right.",
        _pending("recalled"),
    ),
    Tab(
        "retired", "Retired", "Taken away from customers; kept for the record.", _pending("retired")
    ),
    Tab(
        "rejected",
        "Rejected",
        "Decided against, until clearly more people ask.",
        _pending("rejected"),
    ),
)


def library_page(
    session: Session,
    launch: Launch,
    *,
    tab: str,
    q: str,
    number: int,
    person: Person,
    at: datetime,
) -> dict[str, Any]:
    """Return the context of library/index.html. The number of queries does not grow with it."""
    entries, asked = of_launch(session, launch.id), asked_of_each(session, launch.id)
    counted = {each.key: _shown(each, entries, at) for each in TABS}
    current = _current(tab, counted, person)
    found = [version for version in counted[current.key] if _mentions(version, q)]
    found.sort(key=lambda v: (-asked.get(v.entry.key, NOBODY).people, -v.saved_at.timestamp()))
    page = found[(number - 1) * PAGE : number * PAGE]
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "suggested": suggestions.count(session, launch.id, suggestions.is_open()),
        "not_quite": not_quite_list.counts(session, launch.id).open,
        "tabs": [_tab(each, counted, current, launch) for each in TABS],
        "tab": {"key": current.key, "title": current.title, "explanation": current.explanation},
        "q": q,
        "cards": [card(v, asked.get(v.entry.key, NOBODY), launch, person, at) for v in page],
        "pager": _pager(len(found), number, {"launch": launch.key, "tab": current.key, "q": q}),
        "may": {"create": person.is_any(*AUTHORS)},
        "empty": _empty(current, q),
    }


def card(
    version: EntryVersion, asked: Asked, launch: Launch, person: Person, at: datetime
) -> dict[str, Any]:
    """Return one entry as a card; ``version`` is the one that its list is about."""
    entry = version.entry
    is_approved = version.approved_at is not None
    state = entry.state(at) if version is entry.newest or not is_approved else "approved"
    words, tone = STATE_WORDS[state]
    index, index_words = _index(version) if state == "approved" else ("", "")
    return {
        "href": f"/library/{launch.key}/entries/{entry.key}",
        "kind": entry.kind,
        "question": version.question,
        "preview": preview(version),
        "state": state,
        "state_words": words,
        "tone": tone,
        "version": version.number,
        "verdict": verdict_of(version),
        "scenario": entry.scenario.title if entry.scenario else None,
        "people": asked.people,
        "contacts": asked.contacts,
        "channels": len(asked.channels),
        "owner": version.author.name if version.author else None,
        "changed_at": version.saved_at,
        "valid_until": version.valid_until,
        "index": index,
        "index_words": index_words,
        "warning": f"Changes asked for: {version.changes_asked}" if version.changes_asked else None,
        "mine": version.author_id == person.id,
    }


def preview(version: EntryVersion) -> str:
    """Return about two lines of what customers read after the verdict."""
    text = " ".join((version.answer or version.why_now or version.what_to_do).split())
    return text if len(text) <= PREVIEW else f"{text[:PREVIEW].rsplit(' ', 1)[0]}…"


def has_grown(version: EntryVersion, asked: Asked) -> bool:
    """Return whether clearly more people ask than when it was rejected: twice as many."""
    return version.rejected_at is not None and asked.people >= 2 * max(version.rejected_people, 1)


def _index(version: EntryVersion) -> tuple[str, str]:
    if version.index_problem:
        return "not-live", "Not found by its own words"
    if version.proven_at is None:
        return "indexing", "Being indexed"
    return "live", "Live, proven retrievable"


def _shown(tab: Tab, entries: Sequence[Entry], at: datetime) -> list[EntryVersion]:
    versions = (tab.shows(entry, at) for entry in entries)
    return [version for version in versions if version is not None]


def _current(key: str, counted: Mapping[str, Sequence[EntryVersion]], person: Person) -> Tab:
    """Return the tab that is asked for; otherwise a lead begins with what waits for them."""
    named = {tab.key: tab for tab in TABS}
    waits = person.is_any(Role.LEAD) and counted["in-review"]
    return named.get(key) or named["in-review" if waits else "approved"]


def _mentions(version: EntryVersion, q: str) -> bool:
    words = q.casefold().split()
    text = "\n".join((version.entry.key, version.text, *version.ways())).casefold()
    return all(word in text for word in words)


def _tab(
    tab: Tab, counted: Mapping[str, Sequence[EntryVersion]], current: Tab, launch: Launch
) -> dict[str, Any]:
    return {
        "key": tab.key,
        "title": tab.title,
        "count": len(counted[tab.key]),
        "href": f"/library?{urlencode({'launch': launch.key, 'tab': tab.key})}",
        "current": tab is current,
    }


def _pager(total: int, number: int, asked: dict[str, str]) -> dict[str, Any]:
    def href(page: int) -> str:
        return f"/library?{urlencode({**asked, 'page': page})}"

    return {
        "first": (number - 1) * PAGE + 1,
        "last": min(number * PAGE, total),
        "total": total,
        "previous_href": href(number - 1) if number > 1 else None,
        "next_href": href(number + 1) if number * PAGE < total else None,
    }


def _empty(tab: Tab, q: str) -> dict[str, str]:
    if q:
        return {"title": "Nothing matches", "text": "Search for other words, or in another list."}
    text = {
        "drafts": "Write down what customers keep asking; a lead approves it.",
        "in-review": "Submitted entries wait here for a lead who did not write them.",
        "approved": "Until something is approved, a person answers every question.",
    }.get(tab.key, "There is nothing to do here.")
    return {"title": f"{tab.title}: none", "text": text}
