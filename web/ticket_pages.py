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
from assistant.answering.suggesting import Found, suggestion_for
from assistant.desk import drafts, presence, queue
from assistant.desk.collisions import seen_now
from assistant.desk.drafts import DraftKind, KeptDraft
from assistant.desk.playbook import playbook
from assistant.desk.tickets import FIRST_NUMBER, PREFIX, Ticket
from assistant.ground.audit import history
from assistant.ground.people import Person, members
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from web import seeking
from web import ticket_rail as rail
from web.clocks import promise_clock
from web.considered import considered
from web.desk_pages import bounces_of, channel_words, state_of
from web.drafting import model_draft
from web.handing_pages import handed
from web.holding_back import Held
from web.scope_pages import scope_of_ticket
from web.suggestion_card import suggestion_card, to_take_back, undo_of
from web.thread import cited, handoff, thread, verdict_of
from web.ticket_cause import cause_of
from web.ticket_mail import mail_of
from web.ticket_ruling import ruling_of


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the reply box, and why it was not sent."""

    text: str = ""
    kind: str = "reply"
    suggestion_entry: str = ""
    suggestion_version: str = ""
    held: Held | None = None
    news: tuple[str, ...] = ()  # what came while it was written
    beside: str = ""  # who is writing a reply too, in words


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address of a ticket asks for besides the ticket."""

    suggestion: str = ""  # key of the entry to be shown as the suggestion
    insert: bool = False  # begin the reply with its text
    drafting: str = ""  # why the model drafted nothing, as the kind of a failure
    use_draft: bool = False  # begin the reply with what the model drafted


def ticket_page(
    session: Session,
    ticket: Ticket,
    *,
    person: Person,
    at: datetime,
    wanted: Wanted | None = None,
    draft: Draft | None = None,
    has_model: bool = False,
) -> dict[str, Any]:
    """Return the context of desk/ticket.html. The number of queries does not grow with it."""
    wanted = wanted or Wanted()
    happened, team = history(session, ticket_id=ticket.id), members(session, ticket.launch_id)
    decided = decisions.of_ticket(session, ticket)
    suggested = suggestion_for(session, ticket, happened, at=at, entry=wanted.suggestion)
    cites = cited(session, ticket.conversation.messages, happened)
    best = suggested.found[0] if suggested and suggested.found else None
    verdict = verdict_of(best.version) if best else None
    shown = [promise_clock(p, at=at) for p in ticket.promises]
    kept = drafts.of(session, person, ticket)
    book = playbook(ticket, verdict=verdict, at=at)
    proposed = model_draft(session, ticket, has_model=has_model, failed=wanted.drafting)
    return {
        "ticket": _ticket(ticket, person),
        "seen": seen_now(ticket),
        "may": _may(ticket),
        "customer": rail.customer(session, ticket),
        "mail": mail_of(session, ticket, at=at),
        "messages": thread(ticket, happened, cites),
        "considered": _considered(session, ticket, decided),
        "handoff": handoff(ticket),
        "suggestion": suggestion_card(session, ticket, suggested),
        "undo": undo_of(happened, person, at),
        "draft": draft
        or _draft(best if wanted.insert else None)
        or _of_model(proposed if wanted.use_draft else None)
        or kept_draft(kept),
        "model_draft": proposed,
        "drafts": {kind.value: one.text for kind, one in kept.items()},
        "drafts_at": {kind.value: one.saved_at.isoformat() for kind, one in kept.items()},
        "there": others_at(session, ticket, person, at),
        "promises": sorted(shown, key=lambda clock: clock["due_at"]),
        "people": rail.people(team, ticket),
        "escalation": rail.escalation_of(session, ticket, happened, team),
        "repeats": rail.repeats_of(session, ticket),
        "cause": cause_of(session, ticket),
        "ruling": ruling_of(session, ticket, person),
        "scope": scope_of_ticket(ticket, happened),
        "seeking": seeking.of_ticket(session, ticket, person),
        "handed": handed(session, ticket, happened, at=at),
        "playbook": {"reassure": book.reassure, "escalate": book.escalate} if book else None,
        "history": rail.history_of(happened, to_take_back(happened)),
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
        "bounces": bounces_of(ticket),
        "is_taken": ticket.claimed_at is not None,
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


def kept_draft(kept: Mapping[DraftKind, KeptDraft]) -> Draft:
    """Return what somebody typed and did not send, the latest first; an empty box without any."""
    latest = next(iter(kept.values()), None)
    if latest is None:
        return Draft()
    entry, _, version = latest.started_from.partition(" ")
    return Draft(latest.text, latest.kind, entry, version)


def others_at(session: Session, ticket: Ticket, person: Person, at: datetime) -> list[str]:
    """Return who else has the ticket before their eyes, in words."""
    found = presence.present(session, at=at, ticket=ticket)
    return [one.words for one in found if one.person_id != person.id]


def _draft(inserted: Found | None) -> Draft | None:
    if inserted is None:
        return None
    version = inserted.version
    return Draft(
        text=version.text,
        suggestion_entry=version.entry.key,
        suggestion_version=str(version.number),
    )


def _of_model(proposed: dict[str, Any] | None) -> Draft | None:
    made = proposed["made"] if proposed else None
    return Draft(text=made["text"]) if made else None


def _neighbours(session: Session, ticket: Ticket, person: Person) -> dict[str, str | None]:
    around = queue.neighbours(session, ticket, person=person)
    return {
        "previous_href": _address(around.before),
        "next_href": _address(around.after),
        "back_href": "/desk",
    }


def _address(ticket_id: int | None) -> str | None:
    return f"/desk/tickets/{PREFIX}{FIRST_NUMBER + ticket_id}" if ticket_id else None
