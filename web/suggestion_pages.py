"""The pages of suggestions from their nouns: what library/suggestions and suggestion show."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from assistant.answering import ghostwriting, handling, suggestions
from assistant.answering.best_received import Received, Wording
from assistant.answering.suggestions import Kind, Suggestion
from assistant.desk.messages import Message
from assistant.desk.tickets import FIRST_NUMBER, PREFIX, Ticket
from assistant.ground.people import Role
from assistant.ground.redacting import names_in, redacted
from assistant.launch.launches import Launch
from assistant.library.versions import EntryVersion
from web.desk_pages import channel_words
from web.repeat_pages import pager
from web.shell import Visit
from web.suggestion_cards import suggested, undo_of

PAGE = 25
QUESTIONS = 50  # listed with one suggestion, the newest
WORDINGS = 5
PART_WORDS = {
    "answer": "Answer",
    "why_now": "Why it appears now",
    "what_to_do": "What to do",
    "safe_to_continue": "Can I continue safely?",
    "next_update": "Next update",
}


class Tab(StrEnum):
    """One list of suggestions."""

    OPEN = "open"
    REJECTED = "rejected"
    DRAFTED = "drafted"
    ANSWERED = "answered"


TABS = {
    Tab.OPEN: ("Suggested", suggestions.is_open()),
    Tab.REJECTED: ("Put aside", suggestions.is_rejected()),
    Tab.DRAFTED: ("Drafted", suggestions.is_drafted()),
    Tab.ANSWERED: ("Answered", suggestions.is_answered()),
}
EMPTY = {
    Tab.OPEN: (
        "Nothing is missing",
        "What two people or more had to ask a person is listed here, as soon as it is asked.",
    ),
    Tab.REJECTED: ("Nothing is put aside", "It comes back when half as many people again ask."),
    Tab.DRAFTED: ("Nothing was drafted from here yet", "Begin with the first suggestion."),
    Tab.ANSWERED: (
        "Nothing here is answered by an entry yet",
        "What an approved entry answers by now is listed here, with that entry.",
    ),
}


def suggestions_page(looking: Visit, launch: Launch, tab: Tab, number: int) -> dict[str, Any]:
    """Return what library/suggestions.html shows. The number of queries does not grow with it."""
    session = looking.session
    counts = {t: suggestions.count(session, launch.id, which) for t, (_, which) in TABS.items()}
    found = suggestions.listed(
        session, launch.id, TABS[tab][1], most=PAGE, skip=(number - 1) * PAGE
    )
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "tab": tab.value,
        "tabs": [
            {
                "title": TABS[each][0],
                "count": counts[each],
                "href": _href(launch, each),
                "current": each is tab,
            }
            for each in Tab
        ],
        "cards": suggested(session, launch, found, at=looking.at),
        "pager": pager(number, counts[tab], lambda page: _href(launch, tab, page), PAGE),
        "may": {"lead": looking.by.is_any(Role.LEAD)},
        "undo": undo_of(looking, launch),
        "empty": dict(zip(("title", "text"), EMPTY[tab], strict=True)),
    }


def suggestion_page(
    looking: Visit, launch: Launch, found: Suggestion, *, why_none: str
) -> dict[str, Any]:
    """Return what library/suggestion.html shows."""
    session = looking.session
    (card,) = suggested(session, launch, [found], at=looking.at)
    is_lead = looking.by.is_any(Role.LEAD)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "suggestion": card,
        "estimate": _estimate(found),
        "questions": _questions(session, found),
        "wordings": [_wording(each) for each in _wordings(session, found)[:WORDINGS]],
        "begins": _begins(session, found) if found.state == "open" else None,
        "model": _model(found, looking, why_none),
        "may": {"lead": is_lead, "work": is_lead and found.state == "open"},
        "undo": undo_of(looking, launch),
    }


def _estimate(found: Suggestion) -> str:
    crowd = found.crowd
    if crowd is not None and crowd.is_suspicious:
        return (
            f"Most came from {crowd.warning}: it may be one person with a script. Each network is "
            "counted once in the ranking."
        )
    if found.kind == Kind.WEAK:
        return "Counted: the contacts that called the current version “not quite”, or got others."
    return (
        "Estimated: as many contacts of this question had to ask a person. The replay of the draft "
        "says how many it answers."
    )


def _questions(session: Session, found: Suggestion) -> list[dict[str, Any]]:
    """Return the real questions, redacted, newest first, each with the way to its ticket."""
    if found.group_id is None:
        return []
    query = (
        select(Message, func.max(Ticket.id))
        .outerjoin(Ticket, Ticket.question_id == Message.id)
        .where(Message.group_id == found.group_id)
        .group_by(Message.id)
        .order_by(Message.id.desc())
        .limit(QUESTIONS)
        .options(joinedload(Message.conversation))
    )
    return [_question(message, ticket) for message, ticket in session.execute(query)]


def _question(message: Message, ticket_id: int | None) -> dict[str, Any]:
    return {
        "id": message.id,
        "text": redacted(message.text, names_in(message.conversation.visitor)),
        "at": message.at,
        "channel": channel_words(message.conversation.channel),
        "ticket": _link(ticket_id) if ticket_id else None,
    }


def _wordings(session: Session, found: Suggestion) -> list[Wording]:
    if found.kind != Kind.WEAK:
        return handling.wordings_of(session, found)
    approved: EntryVersion | None = found.entry.approved if found.entry else None
    return handling.edits_of(session, approved) if approved else []


def _wording(wording: Wording) -> dict[str, Any]:
    return {
        "text": wording.text,
        "one_case": wording.is_about_one_case,
        "said": [_said(each) for each in wording.said[:WORDINGS]],
        "times": len(wording.said),
    }


def _said(said: Received) -> dict[str, Any]:
    marks = []
    if said.rating is not None:
        marks.append(f"rated {said.rating} of 5")
    if said.helpful is not None:
        marks.append("it answered" if said.helpful else "not quite")
    marks.append("asked again" if said.came_back else "no question since")
    if said.reopened:
        marks.append("opened again")
    return {
        "by": said.by,
        "ticket": said.ticket,
        "href": f"/desk/tickets/{said.ticket}",
        "at": said.at,
        "marks": ", ".join(marks),
    }


def _begins(session: Session, found: Suggestion) -> dict[str, Any] | None:
    if found.kind != Kind.MISSING or found.group_id is None:
        return None
    start = handling.begun(session, found)
    parts = [(words, getattr(start.draft, part)) for part, words in PART_WORDS.items()]
    return {
        "question": start.draft.question,
        "phrasings": start.draft.phrasings,
        "parts": [{"title": title, "text": text} for title, text in parts if text],
        "note": start.note,
    }


def _model(found: Suggestion, looking: Visit, why_none: str) -> dict[str, Any] | None:
    """Return the model's draft, each sentence with the tickets it rests on; nothing without one."""
    if looking.parts.model is None or found.kind != Kind.MISSING:
        return None
    told = found.model_draft
    if not told:
        return {"why_none": why_none, "made": None}
    lines = ghostwriting.words_of(told)
    tickets = _tickets_of(looking.session, lines)
    return {
        "why_none": "",
        "made": {
            "title": told["title"],
            "phrasings": told["phrasings"],
            "parts": [
                {
                    "title": PART_WORDS[part],
                    "lines": [
                        {
                            "text": line["text"],
                            "sources": [tickets[s] for s in line["sources"] if s in tickets],
                        }
                        for line in said
                    ],
                }
                for part, said in lines
            ],
            "left_out": told["left_out"],
            "model": told["model"],
            "made_at": datetime.fromisoformat(told["made_at"]),
        },
    }


def _tickets_of(session: Session, lines: Sequence[tuple[str, Any]]) -> dict[int, dict[str, str]]:
    ids = {source for _, said in lines for line in said for source in line["sources"]}
    query = (
        select(Message.id, func.max(Ticket.id))
        .join(Ticket, Ticket.conversation_id == Message.conversation_id)
        .where(Message.id.in_(ids))
        .group_by(Message.id)
    )
    return {message: _link(ticket) for message, ticket in session.execute(query)}


def _link(ticket_id: int) -> dict[str, str]:
    number = f"{PREFIX}{FIRST_NUMBER + ticket_id}"
    return {"number": number, "href": f"/desk/tickets/{number}"}


def _href(launch: Launch, tab: Tab, page: int = 1) -> str:
    asked = {"tab": "" if tab is Tab.OPEN else tab.value, "page": page if page > 1 else ""}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/launches/{launch.key}/suggestions{f'?{query}' if query else ''}"
