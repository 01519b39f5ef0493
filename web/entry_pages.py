"""One entry's page from its nouns: what templates/library/entry.html shows."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assistant.answering import evidence
from assistant.desk.repeats import Asked
from assistant.ground.people import Person, Role
from assistant.launch import scenarios
from assistant.launch.launches import Launch
from assistant.library.differences import differences
from assistant.library.entries import Entry
from assistant.library.plain_language import hints
from assistant.library.versions import EntryVersion
from assistant.library.wording import HEADINGS, Kind, Parts, Verdict
from web.desk_pages import channel_words
from web.entry_form import EntryForm, typed_before, typed_parts
from web.entry_recall import recall_of, standing_recalls
from web.lesson_pages import learnt_of
from web.library_pages import AUTHORS, NOBODY, STATE_WORDS
from web.rendering import day, when

VERSIONS = 20  # of an entry, the newest
NEW_TITLES = {Kind.FAQ: "New FAQ entry", Kind.RESPONSE: "New response"}
VERDICT_PART = "Verdict"
RECALLED_TEXT = (
    "It was found wrong and is sent to nobody. Write what is right as its next version, have it "
    "approved, and send it to those who were told."
)


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
        "status": _status("info", "A new entry.", "Nobody sees it before a lead approves it."),
        "may": _may_nothing() | {"save": True, "submit": True},
        "effect": None,
        "evidence": _evidence(NOBODY, [], []),
        "lessons": [],
        "recall": None,
        "recalls": [],
        "versions": [],
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
    asked = evidence.asked_of_each(session, launch.id).get(entry.key, NOBODY)
    questions = evidence.questions_of(session, entry)
    replies = evidence.replies_of(session, entry)
    may = _may(entry, person, at)
    return {
        **_around(session, launch, kind, fields, problems or {}),
        "entry": _entry(entry, at),
        "status": _standing(session, entry, person, at, launch.time_zone),
        "may": may,
        "effect": {"text": _effect(entry, asked)} if may["approve"] else None,
        "evidence": _evidence(asked, questions, replies),
        "lessons": learnt_of(session, entry, at=at),
        "recall": recall_of(session, launch, entry, person),
        "recalls": standing_recalls(session, entry),
        "versions": _versions(entry, at),
    }


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


def _may_nothing() -> dict[str, bool]:
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


def _status(tone: str, title: str, text: str) -> dict[str, str]:
    return {"tone": tone, "title": title, "text": text}


def _standing(
    session: Session, entry: Entry, person: Person, at: datetime, zone: str
) -> dict[str, str]:
    """Return where the entry stands and what comes next, as a banner."""
    newest, state = entry.newest, entry.state(at)
    if state == "retired":
        return _status("warn", "Retired.", _retired(session, entry, zone))
    if state == "recalled":
        return _status("bad", "Recalled.", RECALLED_TEXT)
    if state == "expired":
        return _expired(newest, at, zone)
    if state == "approved":
        return _live(newest, zone)
    live = entry.approved
    still = f" Customers read version {live.number} until then." if live else ""
    if state == "rejected":
        return _status(
            "bad", "Rejected.", f"{newest.changes_asked or 'No reason was given.'}{still}"
        )
    if state == "review":
        return _waiting(entry, person, still)
    if newest.changes_asked:
        return _status("warn", "Changes are asked for.", f"{newest.changes_asked}{still}")
    return _status(
        "info", "A draft.", f"Submit it, and a lead who did not write it decides.{still}"
    )


def _waiting(entry: Entry, person: Person, still: str) -> dict[str, str]:
    author = entry.newest.author.name if entry.newest.author else "The launch pack"
    if why_not := entry.may_be_approved_by(person):
        return _status("info", "Waits for approval.", f"{why_not}{still}")
    return _status("info", "Waits for you.", f"{author} submitted it.{still}")


def _live(version: EntryVersion, zone: str) -> dict[str, str]:
    by = version.approved_by.name if version.approved_by else "the team"
    on = day(version.approved_at, zone) if version.approved_at else ""
    if version.index_problem:
        text = f"{version.index_problem} An exact scan stands in until it is found."
        return _status("warn", "Approved, but the index does not find it.", text)
    if version.proven_at is None:
        return _status("info", "Approved.", "The index is being brought up to it.")
    ways = len(version.ways())
    found = f"each of its {ways} phrasings finds it" if ways > 1 else "its question finds it"
    return _status("good", "Live and proven retrievable.", f"Approved by {by} on {on}; {found}.")


def _expired(version: EntryVersion, at: datetime, zone: str) -> dict[str, str]:
    if version.valid_from and version.valid_from > at:
        begins = when(version.valid_from, zone)
        return _status("info", "Approved, not valid yet.", f"Customers get it from {begins} on.")
    ended = when(version.valid_until, zone) if version.valid_until else "its end"
    text = f"It ended {ended} and is not sent. Save it with a later end to bring it back."
    return _status("warn", "Expired.", text)


def _retired(session: Session, entry: Entry, zone: str) -> str:
    person = session.get(Person, entry.retired_by_id) if entry.retired_by_id else None
    who = person.name if person else "Somebody"
    on = day(entry.retired_at, zone) if entry.retired_at else ""
    because = f": {entry.retired_because}" if entry.retired_because else "."
    return f"{who} took it away from customers on {on}{because}"


def _evidence(
    asked: Asked, questions: list[evidence.Question], replies: list[evidence.Reply]
) -> dict[str, Any]:
    return {
        "people": asked.people,
        "contacts": asked.contacts,
        "channels": len(asked.channels),
        "questions": [
            {
                "text": question.text,
                "channel": question.channel,
                "channel_words": channel_words(question.channel),
                "at": question.at,
                "href": f"/desk/tickets/{question.ticket}" if question.ticket else None,
            }
            for question in questions
        ],
        "replies": [
            {"text": reply.text, "by": reply.by, "href": f"/desk/tickets/{reply.ticket}"}
            for reply in replies
        ],
    }


def _versions(entry: Entry, at: datetime) -> list[dict[str, Any]]:
    pairs = zip([None, *entry.versions], entry.versions, strict=False)
    shown = [_version(before, version, entry, at) for before, version in pairs]
    return shown[::-1][:VERSIONS]


def _version(
    before: EntryVersion | None, version: EntryVersion, entry: Entry, at: datetime
) -> dict[str, Any]:
    is_current = version is entry.approved
    words, tone = STATE_WORDS[version.state]
    if version.recalled_at is not None:
        words, tone = STATE_WORDS["recalled"]
    elif version.superseded_at is not None:
        words, tone = "Replaced", ""
    return {
        "version": version.number,
        "state_words": words,
        "tone": tone,
        "by": version.author.name if version.author else "The launch pack",
        "at": version.saved_at,
        "approved_by": version.approved_by.name if version.approved_by else None,
        "sha256": version.sha256 if version.approved_at else None,
        "current": is_current and version.is_valid(at),
        "differences": _differences(before, version) if before else [],
    }


def _differences(before: EntryVersion, version: EntryVersion) -> list[dict[str, str]]:
    return [
        {
            "field": each.part,
            "before": _verdict_words(each.part, each.before),
            "after": _verdict_words(each.part, each.after),
        }
        for each in differences(before, version)
    ]


def _verdict_words(part: str, value: str) -> str:
    return HEADINGS[Verdict(value)] or "Information" if part == VERDICT_PART else value
