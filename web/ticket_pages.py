"""One ticket's page from its nouns: what templates/desk/ticket.html shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering import decisions
from assistant.answering.decisions import Decision
from assistant.answering.explaining import of_decision
from assistant.answering.suggesting import Found, Sends, Suggestion, sends, suggestion_for
from assistant.desk import escalation, queue, repeats
from assistant.desk.contacts import contacts
from assistant.desk.playbook import playbook
from assistant.desk.repeats import RepeatGroup
from assistant.desk.tickets import FIRST_NUMBER, PREFIX, Ticket
from assistant.ground.audit import Event, history
from assistant.ground.people import Person, by_email, members
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from web.clocks import promise_clock
from web.considered import considered
from web.desk_pages import WORKERS, channel_words, customer_name, state_of
from web.happenings import sentence, who
from web.thread import cited, entry_href, handoff, thread, verdict_of

MATCH_WORDS = ((0.8, "Strong match"), (0.6, "Likely match"), (0.4, "Possible match"))


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the reply box, and why it was not sent."""

    text: str = ""
    kind: str = "reply"
    suggestion_entry: str = ""
    suggestion_version: str = ""
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address of a ticket asks for besides the ticket."""

    suggestion: str = ""  # key of the entry to be shown as the suggestion
    insert: bool = False  # begin the reply with its text


def ticket_page(
    session: Session,
    ticket: Ticket,
    *,
    person: Person,
    at: datetime,
    wanted: Wanted | None = None,
    draft: Draft | None = None,
) -> dict[str, Any]:
    """Return the context of desk/ticket.html. The number of queries does not grow with it."""
    wanted = wanted or Wanted()
    happened, team = history(session, ticket_id=ticket.id), members(session, ticket.launch_id)
    decided = decisions.of_ticket(session, ticket)
    suggested = suggestion_for(session, ticket, happened, at=at, entry=wanted.suggestion)
    cites = cited(session, ticket.conversation.messages, happened)
    best = suggested.found[0] if suggested and suggested.found else None
    verdict = verdict_of(best.version) if best else None
    zone = ticket.launch.time_zone
    shown = [promise_clock(p, at=at, zone=zone) for p in ticket.promises]
    book = playbook(ticket, verdict=verdict, at=at)
    return {
        "ticket": _ticket(ticket, person),
        "may": _may(ticket),
        "customer": _customer(session, ticket),
        "messages": thread(ticket, happened, cites),
        "considered": _considered(session, ticket, decided),
        "handoff": handoff(ticket),
        "suggestion": _suggestion(session, ticket, suggested),
        "draft": draft or _draft(best if wanted.insert else None),
        "promises": sorted(shown, key=lambda clock: clock["due_at"]),
        "people": _people(team, ticket),
        "escalation": _escalation(session, ticket, happened, team),
        "repeats": _repeats(session, ticket),
        "playbook": {"reassure": book.reassure, "escalate": book.escalate} if book else None,
        "history": [_happening(event) for event in reversed(happened)],
        "neighbours": _neighbours(session, ticket, person),
    }


def _ticket(ticket: Ticket, person: Person) -> dict[str, Any]:
    state, state_words = state_of(ticket)
    channel = ticket.conversation.channel
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "state": state,
        "state_words": state_words,
        "severity": ticket.severity,
        "severity_reason": ticket.severity_reason,
        "channel": channel,
        "channel_words": channel_words(channel),
        "scenario": ticket.scenario.title if ticket.scenario else None,
        "owner": ticket.owner.name if ticket.owner else None,
        "owner_is_me": ticket.owner_id == person.id and ticket.claimed_at is not None,
        "opened_at": ticket.opened_at,
        "acknowledged_at": ticket.acknowledged_at,
        "resolved_at": ticket.resolved_at,
        "version": ticket.version,
    }


def _may(ticket: Ticket) -> dict[str, bool]:
    doing = ("assign", "reply", "suggest", "severity", "escalate")
    return {
        **dict.fromkeys(doing, ticket.is_open),
        "acknowledge": ticket.is_open and ticket.acknowledged_at is None,
        "resolve": ticket.is_open and ticket.first_response_at is not None,
        "reopen": not ticket.is_open,
    }


def _customer(session: Session, ticket: Ticket) -> dict[str, Any]:
    known, reach = contacts(session, ticket), str(ticket.context.get("reach") or "")
    visitor = ticket.conversation.visitor
    return {
        "name": customer_name(ticket.conversation),
        "email": next((each for each in (reach, visitor) if "@" in each), None),
        "since": known.since,
        "conversations": known.conversations,
        "page_url": ticket.conversation.page_url or None,
        "earlier": [{**_link(each), "at": each.opened_at} for each in known.earlier],
    }


def _considered(session: Session, ticket: Ticket, decided: Sequence[Decision]) -> Any:
    thought = [decision for decision in decided if decision.candidates] or list(decided)
    if not thought:
        return None
    keys = {each["entry"] for each in thought[-1].candidates} | of_decision(thought[-1]).entries
    rows = session.execute(
        select(Entry.key, EntryVersion.question)
        .join(EntryVersion, EntryVersion.entry_id == Entry.id)
        .where(Entry.launch_id == ticket.launch_id, Entry.key.in_(keys))
        .order_by(EntryVersion.number)
    )
    titles = {row.key: row.question for row in rows}  # the newest version's comes last
    return considered(thought[-1], titles, ticket.launch.key)


def _suggestion(
    session: Session, ticket: Ticket, suggested: Suggestion | None
) -> dict[str, Any] | None:
    if suggested is None:
        return None
    if not suggested.found:
        return {"withdrawn": suggested.withdrawn}
    best = suggested.found[0]
    counted = sends(session, [best.version.id]).get(best.version.id, Sends())
    address = f"/desk/tickets/{ticket.number}?suggestion="
    others = [
        {
            "entry": other.version.entry.key,
            "title": other.version.question,
            "match": other.match,
            "answers": other.answers,
            "href": f"{address}{other.version.entry.key}",
        }
        for other in suggested.found[1:]
    ]
    insert = f"{address}{best.version.entry.key}&insert=1"
    return {**_best(best, counted), "others": others, "withdrawn": None, "insert_href": insert}


def _best(best: Found, counted: Sends) -> dict[str, Any]:
    version = best.version
    words = (words for floor, words in MATCH_WORDS if best.match >= floor)
    return {
        "entry": version.entry.key,
        "version": version.number,
        "title": version.question,
        "verdict": verdict_of(version),
        "text": version.text,
        "href": entry_href(version.entry),
        "approver": version.approved_by.name if version.approved_by else "the team",
        "approved_at": version.approved_at,
        "valid_until": version.valid_until,
        "match": best.match,
        "match_words": next(words, "Weak match"),
        "answers": best.answers,
        "sent": counted.sent,
        "not_quite": counted.not_quite,
    }


def _draft(inserted: Found | None) -> Draft:
    if inserted is None:
        return Draft()
    version = inserted.version
    return Draft(
        text=version.text,
        suggestion_entry=version.entry.key,
        suggestion_version=str(version.number),
    )


def _people(team: Sequence[Person], ticket: Ticket) -> list[dict[str, Any]]:
    return [
        {"email": person.email, "name": person.name, "current": person.id == ticket.owner_id}
        for person in team
        if person.role in WORKERS
    ]


def _escalation(
    session: Session, ticket: Ticket, happened: Sequence[Event], team: Sequence[Person]
) -> dict[str, Any]:
    path = ticket.scenario.escalation if ticket.scenario else []
    names = {person.email: person.name for person in team}
    went = {e.details.get("level"): e.at for e in happened if e.kind == "ticket.escalated"}
    steps = [escalation.next_step(path, level) for level in range(len(path))]
    following = escalation.next_step(path, ticket.level)
    return {
        "steps": [
            {
                "words": _named(session, step.to, names),
                "done": step.level <= ticket.level,
                "at": went.get(step.level),
            }
            for step in steps
            if step is not None
        ],
        "next_words": _next_words(
            ticket, _named(session, following.to, names) if following else ""
        ),
    }


def _named(session: Session, email: str, names: Mapping[str, str]) -> str:
    if email in names:
        return names[email]
    elsewhere = by_email(session, email)
    return elsewhere.name if elsewhere else email


def _next_words(ticket: Ticket, following: str) -> str | None:
    if not ticket.is_open:
        return None
    if following:
        return f"Goes to {following} when the acknowledgement or the first response is missed."
    return "Goes to a lead when the acknowledgement or the first response is missed."


def _repeats(session: Session, ticket: Ticket) -> dict[str, Any] | None:
    group = session.get(RepeatGroup, ticket.group_id) if ticket.group_id else None
    if group is None:
        return None
    asked = repeats.asked(session, group.id)
    if asked.people < 2:
        return None
    return {
        "question": group.question,
        "people": asked.people,
        "contacts": asked.contacts,
        "channels": [channel_words(channel).lower() for channel in asked.channels],
        "first_at": group.first_seen_at,
        "last_at": group.last_seen_at,
        "href": f"/reports/repeat-questions?launch={ticket.launch.key}",
        "siblings": [_link(sibling) for sibling in repeats.siblings(session, ticket)],
    }


def _link(ticket: Ticket) -> dict[str, Any]:
    # Not "waiting on us": that needs more than a list of links should cost the reader.
    return {
        "number": ticket.number,
        "href": f"/desk/tickets/{ticket.number}",
        "subject": ticket.subject,
        "state_words": "Open" if ticket.is_open else "Resolved",
    }


def _happening(event: Event) -> dict[str, Any]:
    return {"words": sentence(event), "by": who(event), "at": event.at}


def _neighbours(session: Session, ticket: Ticket, person: Person) -> dict[str, str | None]:
    around = queue.neighbours(session, ticket, person=person)
    return {
        "previous_href": _address(around.before),
        "next_href": _address(around.after),
        "back_href": "/desk",
    }


def _address(ticket_id: int | None) -> str | None:
    return f"/desk/tickets/{PREFIX}{FIRST_NUMBER + ticket_id}" if ticket_id else None
