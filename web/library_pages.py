"""The library's list from its nouns: what templates/library/index.html shows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assistant.answering import not_quite_list, suggestions
from assistant.answering.evidence import NOBODY, asked_of_each, people_of_each
from assistant.desk.repeats import Asked
from assistant.ground.people import Person, Role
from assistant.launch.launches import Launch
from assistant.library import facets, listing
from assistant.library.versions import EntryVersion
from web.library_filters import Narrowed, Place, menus, orders
from web.thread import verdict_of

PAGE = 25  # cards on one page
PREVIEW = 180  # characters, about two lines
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
    """One list of the library; ``key`` is its name in ``listing.LISTS``."""

    key: str
    title: str
    explanation: str


TABS = (
    Tab("drafts", "Drafts", "What is being written. No customer sees it yet."),
    Tab("in-review", "In review", "Waits for a lead who did not write it."),
    Tab("approved", "Approved", "What customers read, word for word."),
    Tab("expiring", "Expiring", "Ends within three days, or has ended."),
    Tab(
        "recalled",
        "Recalled",
        "Found wrong, and off every page. Who was told hears what is right.",
    ),
    Tab("retired", "Retired", "Taken away from customers; kept for the record."),
    Tab("rejected", "Rejected", "Decided against, until clearly more people ask."),
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
    narrowed: Narrowed,
) -> dict[str, Any]:
    """Return the context of library/index.html. The number of queries does not grow with it."""
    filters, is_narrowed = narrowed.filters(q), bool(q) or narrowed.is_any
    cells = facets.cells(session, launch.id, q=q, at=at)
    counted = facets.counts(cells, filters)
    current = _current(tab, counted, person)
    place, usual = Place(launch.key, current.key, q, narrowed), _usual(current)
    order = narrowed.order(usual)
    left = counted[current.key]
    number = min(number, max(1, -(-left // PAGE)))  # beyond the last page the last one is shown
    found = listing.listed(
        session,
        launch.id,
        current.key,
        at=at,
        filters=filters,
        sort=order,
        asked=people_of_each(session, launch.id) if order == "asked" else None,
        first=(number - 1) * PAGE,
        most=PAGE,
        total=left,
    )
    page, total = found.versions, found.total
    asked = asked_of_each(session, launch.id, [version.entry.key for version in page])
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "suggested": suggestions.count(session, launch.id, suggestions.is_open()),
        "not_quite": not_quite_list.counts(session, launch.id).open,
        "tabs": [_tab(each, counted, current, place) for each in TABS],
        "tab": {"key": current.key, "title": current.title, "explanation": current.explanation},
        "q": q,
        "menus": menus(session, launch, place, facets.of_list(cells, current.key), person),
        "orders": orders(place, usual),
        "narrowed": narrowed.given(),
        "is_narrowed": is_narrowed,
        "all_href": Place(launch.key, current.key, "", Narrowed(sort=narrowed.sort)).href(),
        "cards": [card(v, asked.get(v.entry.key, NOBODY), launch, person, at) for v in page],
        "pager": _pager(total, number, place),
        "may": {"create": person.is_any(*AUTHORS)},
        "empty": _empty(current, is_narrowed),
    }


def _usual(tab: Tab) -> str:
    return "expiry" if tab.key == "expiring" else "asked"


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
        "author": version.author.name if version.author else None,
        "owner": _owner(version, person),
        "changed_at": version.saved_at,
        "valid_until": version.valid_until,
        "index": index,
        "index_words": index_words,
        "warning": _warning(version, asked, at),
        "mine": version.author_id == person.id,
    }


def _owner(version: EntryVersion, reader: Person) -> str | None:
    """Return who is asked about it, as ``listing.owner_of`` says; None where that is its author."""
    entry = version.entry
    owner = entry.owner or (entry.scenario.owner if entry.scenario else None)
    if owner is None or owner.id == version.author_id:
        return None
    return "you" if owner.id == reader.id else owner.name


def _warning(version: EntryVersion, asked: Asked, at: datetime) -> str | None:
    """Return what somebody should know before they open it."""
    if version.rejected_at is not None:
        grown = f"{asked.people} people ask now, {version.rejected_people} did then. "
        return (
            f"{grown if has_grown(version, asked) else ''}{version.changes_asked}".strip() or None
        )
    if version.changes_asked:
        return f"Changes asked for: {version.changes_asked}"
    if version.approved_at is None and version.standing_approvals:
        return "Approved once; a second person approves it too."
    if version.valid_until is not None and version.valid_until <= at:
        return "Its time is over: nobody is sent it. Decide what becomes of it."
    return None


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


def _current(key: str, counted: Mapping[str, int], person: Person) -> Tab:
    """Return the tab that is asked for; otherwise a lead begins with what waits for them."""
    named = {tab.key: tab for tab in TABS}
    waits = person.is_any(Role.LEAD) and counted["in-review"]
    return named.get(key) or named["in-review" if waits else "approved"]


def _tab(tab: Tab, counted: Mapping[str, int], current: Tab, place: Place) -> dict[str, Any]:
    return {
        "key": tab.key,
        "title": tab.title,
        "count": counted[tab.key],
        "href": replace(place, tab=tab.key).href(),
        "current": tab is current,
    }


def _pager(total: int, number: int, place: Place) -> dict[str, Any]:
    def href(page: int) -> str:
        return f"{place.href()}&page={page}"

    return {
        "first": (number - 1) * PAGE + 1,
        "last": min(number * PAGE, total),
        "total": total,
        "previous_href": href(number - 1) if number > 1 else None,
        "next_href": href(number + 1) if number * PAGE < total else None,
    }


def _empty(tab: Tab, is_narrowed: bool) -> dict[str, str]:
    if is_narrowed:
        return {"title": "Nothing matches", "text": "Let a filter go, or look in another list."}
    text = {
        "drafts": "Write down what customers keep asking; a lead approves it.",
        "in-review": "Submitted entries wait here for a lead who did not write them.",
        "approved": "Until something is approved, a person answers every question.",
    }.get(tab.key, "There is nothing to do here.")
    return {"title": f"{tab.title}: none", "text": text}
