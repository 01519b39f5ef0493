"""The queue's page from its nouns: what templates/desk/queue.html shows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assistant.desk import causes, drafts, presence, queue, recalled, repeats
from assistant.desk.bounces import FLAGGED_AT
from assistant.desk.conversations import Conversation
from assistant.desk.messages import By, Message, subject_of
from assistant.desk.queue import EVERYTHING, PAGE, VIEW_WORDS, Page, View
from assistant.desk.tickets import Ticket
from assistant.desk.visitors import mark_in, name_in
from assistant.ground.people import Person, Role, members
from assistant.launch import shifts, updates
from assistant.launch.launches import Launch
from web.clocks import promise_clock, update_clock
from web.handover_pages import waiting_handover
from web.queue_asked import Asked

CHANNEL_WORDS = {
    "widget": "Widget",
    "page": "Help page",
    "email": "E-mail",
    "api": "API",
    "forum": "Forum",
    "phone": "Phone",
    "survey": "Survey",
}
STAGE_WORDS = {
    "preparing": "In preparation",
    "active": "Hypercare promises",
    "stabilising": "Stabilising: some normal promises",
    "closed": "Closed: normal promises",
}
TONES = {View.ACKNOWLEDGE: "bad", View.URGENT: "warn"}
WORKERS = (Role.AGENT, Role.ENGINEER, Role.LEAD)


def queue_page(
    session: Session, launch: Launch, asked: Asked, *, person: Person, at: datetime
) -> dict[str, Any]:
    """Return the context of desk/queue.html. The number of queries does not grow with the rows."""
    found = queue.page(
        session, launch.id, asked.view, person=person, only=asked.only, number=asked.number
    )
    return {
        "situation": situation(session, launch, at),
        "handover": waiting_handover(session, launch, person, at=at),
        "views": _views(session, launch, asked, person),
        "scenarios": _scenarios(session, launch, asked),
        "filters": _filters(session, launch, asked),
        "rows": rows(session, found.tickets, person=person, at=at),
        "there": there(session, found.tickets, person, at),
        "pager": pager(found, asked),
        "people": _people(session, launch),
        "causes": _causes(session, launch),
        "empty": _empty(asked),
    }


def rows(
    session: Session, tickets: Sequence[Ticket], *, person: Person, at: datetime
) -> list[dict[str, Any]]:
    """Return tickets as lines of the queue, as ``person`` sees them, in four queries for all."""
    drawn = common_rows(session, tickets, at=at)
    typed = drafts.among(session, person, (ticket.id for ticket in tickets))
    shown = zip(tickets, drawn, strict=True)
    return [{**each, "draft": subject_of(typed.get(ticket.id, ""))} for ticket, each in shown]


def common_rows(
    session: Session, tickets: Sequence[Ticket], *, at: datetime
) -> list[dict[str, Any]]:
    """Return tickets as lines of the queue, as everybody sees them."""
    said = queue.last_lines(session, tickets)
    gone = recalled.taken_back(session, [message.id for message in said.values()])
    people = repeats.people_in(session, (ticket.group_id for ticket in tickets))
    return [row(ticket, said, people, gone, at=at) for ticket in tickets]


def there(
    session: Session, tickets: Sequence[Ticket], person: Person, at: datetime
) -> dict[str, str]:
    """Return who else is at which of ``tickets``, in words, by the ticket's number."""
    numbers = {ticket.id: ticket.number for ticket in tickets}
    found = [one for one in presence.present(session, at=at) if one.person_id != person.id]
    return {numbers[one.ticket_id]: one.words for one in found if one.ticket_id in numbers}


def order_of(ticket: Ticket) -> str:
    """Return a text that sorts as the queue does where what is due first comes first."""
    due = ticket.next_due_at.isoformat() if ticket.next_due_at else ""
    return f"{ticket.severity} {due} {ticket.id:012}"


def situation(session: Session, launch: Launch, at: datetime) -> dict[str, Any]:
    """Return what stands above the queue: day, stage, who answers for it, the next update.

    Whoever has the shift owns it; while nobody has one, the launch's first lead does.
    """
    newest = updates.newest(session, launch.id, at=at)
    shift = shifts.shift_at(session, launch.id, at)
    lead = None if shift else next(iter(members(session, launch.id, Role.LEAD)), None)
    owner = shift.person if shift else lead
    return {
        "launch_name": launch.name,
        "day": launch.day(at) if launch.phase == "active" else None,
        "stage_words": STAGE_WORDS[launch.shown_phase],
        "owner": owner.name if owner else None,
        "owner_until": shift.ends_at if shift else None,
        "update_clock": update_clock(newest, at=at, zone=launch.time_zone),
        "update_href": f"/launches/{launch.key}/updates",
        "shifts_href": f"/launches/{launch.key}/shifts",
    }


def row(
    ticket: Ticket,
    said: Mapping[str, Message],
    people: Mapping[int, int],
    gone: Collection[int] = (),
    *,
    at: datetime,
) -> dict[str, Any]:
    """Return one ticket as a line of the queue; ``gone`` are messages that were recalled."""
    last, due = said.get(ticket.conversation_id), ticket.next_due
    state, state_words = state_of(ticket)
    return {
        "number": ticket.number,
        "href": f"/desk/tickets/{ticket.number}",
        "subject": ticket.subject,
        "severity": ticket.severity,
        "channel": ticket.conversation.channel,
        "channel_words": channel_words(ticket.conversation.channel),
        "last_by": author_of(last, ticket.conversation) if last else "",
        "last_line": subject_of(last.text) if last else "",
        "is_recalled": last is not None and last.id in gone,
        "draft": "",
        "order": order_of(ticket),
        "seen": last.id if last else 0,
        "at": last.at if last else ticket.opened_at,
        "unread": ticket.is_waiting_on_us,
        "clock": promise_clock(due, at=at) if due else None,
        "scenario": ticket.scenario.title if ticket.scenario else None,
        "bounces": bounces_of(ticket),
        "in_scope": ticket.in_scope,
        "repeats": people.get(ticket.group_id or 0, 1),
        "owner": ticket.owner.name if ticket.owner else None,
        "is_taken": ticket.claimed_at is not None,
        "state": state,
        "state_words": state_words,
    }


def state_of(ticket: Ticket) -> tuple[str, str]:
    """Return whether a ticket is open, waiting or resolved, and that in words."""
    if not ticket.is_open:
        return "resolved", "Resolved"
    if ticket.is_waiting_on_us:
        return "open", "Waiting on us"
    return "waiting", "Waiting on customer"


def bounces_of(ticket: Ticket) -> int:
    """Return how often it came back, from where that is flagged on; else 0."""
    return ticket.bounces if ticket.bounces >= FLAGGED_AT else 0


def channel_words(channel: str) -> str:
    """Return a channel as people say it."""
    return CHANNEL_WORDS.get(channel, channel.replace("-", " ").capitalize())


def author_of(message: Message, conversation: Conversation) -> str:
    """Return who said something, as the desk names them."""
    if message.by == By.CUSTOMER:
        return customer_name(conversation)
    return message.person.name if message.person else "Assistant"


def customer_name(conversation: Conversation) -> str:
    """Return the name a site gave us for its visitor, or a short mark for an unknown one.

    The end tells marks apart where a site begins them all alike.
    """
    name = " ".join(name_in(conversation.visitor).split())
    mark = mark_in(conversation.visitor)
    if " " in name or "@" in name:
        return f"{name} ({mark})" if mark and "@" not in name else name
    return f"Visitor {mark or name[-5:]}"


def pager(found: Page, asked: Asked) -> dict[str, Any]:
    """Return ``ui.pager`` for a page of the queue."""
    first, last = (found.number - 1) * PAGE + 1, min(found.number * PAGE, found.total)
    return {
        "first": first,
        "last": last,
        "total": found.total,
        "previous_href": asked.href(page=found.number - 1) if found.number > 1 else None,
        "next_href": asked.href(page=found.number + 1) if found.number < found.pages else None,
    }


def _views(session: Session, launch: Launch, asked: Asked, person: Person) -> list[dict[str, Any]]:
    counts = queue.counts(session, launch.id, person=person)
    return [
        {
            "key": view.value,
            "title": VIEW_WORDS[view],
            "count": counts[view],
            "href": f"/desk?view={view.value}",
            "current": view is asked.view,
            "tone": TONES.get(view, ""),
        }
        for view in View
    ]


def _scenarios(session: Session, launch: Launch, asked: Asked) -> list[dict[str, Any]]:
    of_view = replace(asked, view=View.OPEN, only=EVERYTHING)
    return [
        {
            "key": scenario.key,
            "title": scenario.title,
            "count": count,
            "href": of_view.href(scenario=scenario.key),
            "current": asked.only.scenario == scenario.key,
        }
        for scenario, count in queue.scenario_counts(session, launch.id)
    ]


def _filters(session: Session, launch: Launch, asked: Asked) -> dict[str, Any]:
    return {
        "q": asked.only.words,
        "severity": str(asked.only.severity or ""),
        "channel": asked.only.channel,
        "sort": asked.only.order.value,
        "view": asked.view.value,
        "page": asked.number,
        "channels": [
            {"key": channel, "words": channel_words(channel)}
            for channel in queue.channels(session, launch.id)
        ],
    }


def _causes(session: Session, launch: Launch) -> list[dict[str, Any]]:
    return [
        {"id": cause.id, "number": cause.number, "title": cause.title}
        for cause in causes.open_of(session, launch.id, most=PAGE)
    ]


def _people(session: Session, launch: Launch) -> list[dict[str, str]]:
    found = members(session, launch.id, *WORKERS)
    return [{"email": person.email, "name": person.name} for person in found]


def _empty(asked: Asked) -> dict[str, str]:
    if asked.only != EVERYTHING:
        return {
            "title": "Nothing matches",
            "text": "Take a filter away, or search for another word or a ticket’s number.",
        }
    if asked.view is View.RESOLVED:
        return {"title": "Nothing is resolved yet", "text": "Resolved tickets are kept here."}
    return {
        "title": "Nothing waits here",
        "text": "New tickets appear by themselves. “All open” shows what colleagues work on.",
    }
