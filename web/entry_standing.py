"""Where an entry stands, what comes next and who may do it: the banner and the buttons."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assistant.answering import evidence
from assistant.desk.repeats import Asked
from assistant.ground.people import Person, Role
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from web.entry_recall import recall_of, standing_recalls
from web.entry_seen import Seen
from web.library_pages import AUTHORS, NOBODY
from web.rendering import day, when

RECALLED_TEXT = (
    "It was found wrong and is sent to nobody. Write what is right as its next version, have it "
    "approved, and send it to those who were told."
)


def standing(seen: Seen) -> dict[str, Any]:
    """Return what library/_actions.html shows, and the banner above the page."""
    session, entry, person, at = seen.session, seen.entry, seen.person, seen.at
    may = _may(entry, person, at)
    asked = evidence.asked_of_each(session, seen.launch.id).get(entry.key, NOBODY)
    return {
        "status": _standing(session, entry, person, at, seen.launch.time_zone),
        "may": may,
        "effect": {"text": _effect(entry, asked)} if may["approve"] else None,
        "recall": recall_of(session, seen.launch, entry, person),
        "recalls": standing_recalls(session, entry),
    }


def may_nothing() -> dict[str, bool]:
    """Return that nobody may do anything, which is where every right begins."""
    doing = ("save", "submit", "approve", "request_changes", "reject", "retire")
    return dict.fromkeys(doing, False)


def _may(entry: Entry, person: Person, at: datetime) -> dict[str, bool]:
    is_author, leads = person.is_any(*AUTHORS), person.is_any(Role.LEAD)
    waits = entry.state(at) == "review"
    return {
        "save": is_author,
        "submit": is_author and not waits,
        "approve": waits and not entry.may_be_approved_by(person),
        "request_changes": waits and leads,
        "reject": waits and leads,
        "retire": leads and entry.approved is not None,
    }


def _effect(entry: Entry, asked: Asked) -> str:
    new, old = entry.newest, entry.approved
    replaced = f" It replaces version {old.number}." if old else ""
    people = "1 person has" if asked.people == 1 else f"{asked.people} people have"
    return (
        f"From now on the assistant may send version {new.number}, exactly as it stands."
        f"{replaced} {people} asked this so far."
    )


def banner(tone: str, title: str, text: str) -> dict[str, str]:
    """Return what ``ui.banner`` shows."""
    return {"tone": tone, "title": title, "text": text}


def _standing(
    session: Session, entry: Entry, person: Person, at: datetime, zone: str
) -> dict[str, str]:
    """Return where the entry stands and what comes next, as a banner."""
    newest, state = entry.newest, entry.state(at)
    if state == "retired":
        return banner("warn", "Retired.", _retired(session, entry, zone))
    if state == "recalled":
        return banner("bad", "Recalled.", RECALLED_TEXT)
    if state == "expired":
        return _expired(newest, at, zone)
    if state == "approved":
        return _live(newest, zone)
    live = entry.approved
    still = f" Customers read version {live.number} until then." if live else ""
    if state == "rejected":
        return banner(
            "bad", "Rejected.", f"{newest.changes_asked or 'No reason was given.'}{still}"
        )
    if state == "review":
        return _waiting(entry, person, still)
    if newest.changes_asked:
        return banner("warn", "Changes are asked for.", f"{newest.changes_asked}{still}")
    return banner("info", "A draft.", f"Submit it, and a lead who did not write it decides.{still}")


def _waiting(entry: Entry, person: Person, still: str) -> dict[str, str]:
    author = entry.newest.author.name if entry.newest.author else "The launch pack"
    if why_not := entry.may_be_approved_by(person):
        return banner("info", "Waits for approval.", f"{why_not}{still}")
    return banner("info", "Waits for you.", f"{author} submitted it.{still}")


def _live(version: EntryVersion, zone: str) -> dict[str, str]:
    by = version.approved_by.name if version.approved_by else "the team"
    on = day(version.approved_at, zone) if version.approved_at else ""
    if version.index_problem:
        text = f"{version.index_problem} An exact scan stands in until it is found."
        return banner("warn", "Approved, but the index does not find it.", text)
    if version.proven_at is None:
        return banner("info", "Approved.", "The index is being brought up to it.")
    ways = len(version.ways())
    found = f"each of its {ways} phrasings finds it" if ways > 1 else "its question finds it"
    return banner("good", "Live and proven retrievable.", f"Approved by {by} on {on}; {found}.")


def _expired(version: EntryVersion, at: datetime, zone: str) -> dict[str, str]:
    if version.valid_from and version.valid_from > at:
        begins = when(version.valid_from, zone)
        return banner("info", "Approved, not valid yet.", f"Customers get it from {begins} on.")
    ended = when(version.valid_until, zone) if version.valid_until else "its end"
    text = f"It ended {ended} and is not sent. Save it with a later end to bring it back."
    return banner("warn", "Expired.", text)


def _retired(session: Session, entry: Entry, zone: str) -> str:
    person = session.get(Person, entry.retired_by_id) if entry.retired_by_id else None
    who = person.name if person else "Somebody"
    on = day(entry.retired_at, zone) if entry.retired_at else ""
    because = f": {entry.retired_because}" if entry.retired_because else "."
    return f"{who} took it away from customers on {on}{because}"
