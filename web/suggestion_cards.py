"""Suggestions as cards, and what was just done to one: library/_suggested and _undo_suggestion."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from assistant.answering import handling
from assistant.answering.already_drafted import OnItsWay, on_their_way
from assistant.answering.suggestions import Kind, Suggestion, grown
from assistant.launch.launches import Launch
from web.desk_pages import channel_words
from web.shell import Visit

KIND_WORDS = {
    Kind.MISSING: ("Write an entry", "", "Nobody has approved an answer."),
    Kind.NOT_FOUND: ("Add phrasings", "info", "Agents answer it with an entry that was not found:"),
    Kind.WEAK: ("Improve an entry", "warn", "Its answer does not do:"),
}
REASON_WORDS = {
    "changed": "agents sent other words",
    "not_my_case": "not my case",
    "already_tried": "already tried",
    "unclear": "unclear",
    "still_broken": "still broken",
    "other": "another reason",
}
UNDO_WORDS = {
    "suggestion.rejected": "Put aside until half as many people again ask.",
    "suggestion.drafted": "Drafted. Look through it and submit it: somebody else approves it.",
    "suggestion.merged": "Merged: they are one question now.",
    "suggestion.split": "Split: they are two questions now.",
}


def suggested(
    session: Session, launch: Launch, found: Sequence[Suggestion], *, at: datetime
) -> list[dict[str, Any]]:
    """Return suggestions as the cards of library/_suggested.html, in the same order."""
    pending = on_their_way(session, launch.id, found)
    return [_card(each, launch, pending, at) for each in found]


def _card(
    found: Suggestion, launch: Launch, pending: Mapping[int, OnItsWay], at: datetime
) -> dict[str, Any]:
    words, tone, why = KIND_WORDS[Kind(found.kind)]
    crowd, other = found.crowd, pending.get(found.id)
    return {
        "id": found.id,
        "mark": f"{found.id}:{found.revision}",
        "href": f"/launches/{launch.key}/suggestions/{found.id}",
        "kind_words": words,
        "tone": tone,
        "why": why,
        "question": found.question,
        "answer": found.answer,
        "people": found.people,
        "contacts": found.contacts,
        "channels": [channel_words(channel) for channel in found.channels],
        "worth": found.worth,
        "first_at": found.first_at,
        "last_at": found.last_at,
        "trend": trend(found.days, at),
        "crowd": crowd.warning if crowd else "",
        "reasons": ", ".join(
            f"{REASON_WORDS.get(why, why)} {times}" for why, times in found.reasons.items()
        ),
        "entry": _entry(found, launch),
        "on_its_way": other
        and {
            "href": f"/library/{launch.key}/entries/{other.key}",
            "question": other.question,
            "words": "waits for approval" if other.state == "review" else "is being written",
        },
        "state": found.state,
        "may_merge": found.group_id is not None and found.state == "open",
        "decided": _decided(found, launch),
    }


def _entry(found: Suggestion, launch: Launch) -> dict[str, str] | None:
    if found.entry is None:
        return None
    href = f"/library/{launch.key}/entries/{found.entry.key}"
    return {"href": href, "title": found.entry.newest.question}


def _decided(found: Suggestion, launch: Launch) -> dict[str, Any] | None:
    """Return who closed it, when, and where it went."""
    if found.drafted_at is not None and found.drafted is not None:
        who = found.drafted_by.name if found.drafted_by else "Somebody"
        href = f"/library/{launch.key}/entries/{found.drafted.key}"
        title = found.drafted.newest.question
        return {"words": f"Drafted by {who}", "at": found.drafted_at, "href": href, "title": title}
    if found.state == "answered" and found.covered_by is not None:
        return {
            "words": "An approved entry answers it by now, counted",
            "at": found.counted_at,
            "href": f"/library/{launch.key}/entries/{found.covered_by.key}",
            "title": found.covered_by.newest.question,
        }
    if found.muted_at is not None and found.is_muted and found.muted_people is not None:
        who = found.muted_by.name if found.muted_by else "Somebody"
        back = f"comes back from {grown(found.muted_people)} people on"
        return {
            "words": f"Put aside by {who}: {back}",
            "at": found.muted_at,
            "href": "",
            "title": "",
        }
    return None


def trend(days: Mapping[str, int], at: datetime) -> list[int]:
    """Return the contacts of the last seven days (UTC), oldest first."""
    week = [(at - timedelta(days=back)).date().isoformat() for back in range(6, -1, -1)]
    return [int(days.get(day, 0)) for day in week]


def undo_of(looking: Visit, launch: Launch) -> dict[str, Any] | None:
    """Return what the reader did to a suggestion within the last ten seconds."""
    event = handling.undoable(looking.session, launch.id, looking.by, at=looking.at)
    if event is None:
        return None
    left = max(1, int((event.at + handling.UNDO - looking.at).total_seconds() * 1000))
    address = f"/launches/{launch.key}/suggestions/undoing"
    return {"event": event.id, "words": UNDO_WORDS[event.kind], "left": left, "address": address}
