"""What stands beside a ticket's thread: what templates/desk/_rail.html shows."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from assistant.desk import escalation, repeats
from assistant.desk.contacts import contacts
from assistant.desk.repeats import RepeatGroup
from assistant.desk.tickets import Ticket
from assistant.desk.visitors import name_in
from assistant.desk.waking import TURNS
from assistant.ground.audit import Event
from assistant.ground.people import Person, by_email
from web.desk_pages import WORKERS, channel_words, customer_name
from web.happenings import sentence, who


def customer(session: Session, ticket: Ticket) -> dict[str, Any]:
    """Return who asks, and what they asked before."""
    known, reach = contacts(session, ticket), str(ticket.context.get("reach") or "")
    visitor = name_in(ticket.conversation.visitor)
    return {
        "name": customer_name(ticket.conversation),
        "email": next((each for each in (reach, visitor) if "@" in each), None),
        "since": known.since,
        "conversations": known.conversations,
        "page_url": ticket.conversation.page_url or None,
        "earlier": [{**_link(each), "at": each.opened_at} for each in known.earlier],
    }


def people(team: Sequence[Person], ticket: Ticket) -> list[dict[str, Any]]:
    """Return the colleagues who may own it."""
    return [
        {"email": person.email, "name": person.name, "current": person.id == ticket.owner_id}
        for person in team
        if person.role in WORKERS
    ]


def escalation_of(
    session: Session, ticket: Ticket, happened: Sequence[Event], team: Sequence[Person]
) -> dict[str, Any]:
    """Return the path upwards, and what makes it go there."""
    path = ticket.scenario.escalation if ticket.scenario else []
    names = {person.email: person.name for person in team}
    went = {e.details.get("level"): e.at for e in happened if e.kind == "ticket.escalated"}
    steps = [escalation.next_step(path, level) for level in range(len(path))]
    following = escalation.next_step(path, ticket.level)
    beyond = [
        {"words": e.details["to"], "done": True, "at": e.at}
        for e in happened
        if e.kind == "ticket.escalated" and e.details.get("level", 0) > len(path)
    ]
    return {
        "steps": [
            {
                "words": _named(session, step.to, names),
                "done": step.level <= ticket.level,
                "at": went.get(step.level),
            }
            for step in steps
            if step is not None
        ]
        + beyond,
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
    if ticket.first_response_at is not None and ticket.escalates_at is None:
        return None
    if not following and (beyond := ticket.level - len(ticket.path)) > 0:
        if beyond >= escalation.EVERYBODY:
            return "Nobody has answered, and everybody above was told."
        if ticket.escalates_at is not None:
            return f"Goes to {TURNS[beyond]}{_at(ticket)} when nobody has taken it or answered."
    following = following or "whoever is in charge"
    missed = f"Goes to {following} when the acknowledgement or the first response is missed"
    if ticket.escalates_at is None:
        return f"{missed}."
    return f"{missed}, and{_at(ticket)} when nobody has taken it or answered."


def _at(ticket: Ticket) -> str:
    local = ticket.escalates_at.astimezone(ticket.launch.zone) if ticket.escalates_at else None
    return f" at {local:%H:%M %Z}" if local else ""


def repeats_of(session: Session, ticket: Ticket) -> dict[str, Any] | None:
    """Return who else asks this; nothing when nobody does."""
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
        "href": f"/repeats/{group.id}",
        "tell_href": f"/broadcasts/new?group={group.id}&launch={ticket.launch.key}",
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


def history_of(happened: Sequence[Event], undoable: Container[int]) -> list[dict[str, Any]]:
    """Return what happened, newest first; ``undo`` is the event's id where it can be taken back."""
    return [
        {
            "words": sentence(event),
            "by": who(event),
            "at": event.at,
            "undo": event.id if event.id in undoable else None,
        }
        for event in reversed(happened)
    ]
