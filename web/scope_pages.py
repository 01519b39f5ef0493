"""Scope on the desk and on a page of its own: what desk/_scope.html and launch/scope.html show."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assistant.desk import scope_proposals, scoping
from assistant.desk.scope_proposals import ScopeProposal
from assistant.desk.scoping import ScopeCorrection
from assistant.desk.tickets import Ticket
from assistant.ground.audit import Event
from assistant.ground.people import Role
from assistant.launch.launches import Launch
from assistant.launch.scope import named, says
from web.shell import Visit

SHOWN = 50  # corrections on the page
QUOTED = 5  # questions under a proposal
COUNTED = 1_000  # newest tickets by which areas are counted


def scope_of_ticket(ticket: Ticket, happened: Sequence[Event]) -> dict[str, Any]:
    """Return what desk/_scope.html shows: whether it is in, who or what says so, and the areas."""
    word = next((e for e in reversed(happened) if e.kind == "ticket.scope"), None)
    area, phrase = named(ticket.question.text, ticket.launch.out_of_scope)
    return {
        "inside": ticket.in_scope,
        "policy": ticket.policy,
        "word": {"by": word.who, "at": word.at} if word else None,
        "area": area,
        "phrase": phrase,
        "areas": [str(each["title"]) for each in ticket.launch.out_of_scope],
        "href": f"/launches/{ticket.launch.key}/scope",
    }


def scope_context(looking: Visit, launch: Launch) -> dict[str, Any]:
    """Return what launch/scope.html shows."""
    session = looking.session
    words = scoping.standing(session, launch.id)
    asked = scope_proposals.asked_lately(session, launch.id)
    proposals = scope_proposals.of_launch(session, launch.id)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "waiting": [_waiting(p, words, asked) for p in proposals if p.decided_at is None],
        "decided": [_decided(p) for p in proposals if p.decided_at is not None],
        "areas": _areas(session, launch, words),
        "corrections": [_correction(word) for word in words[:SHOWN]],
        "asked": len(asked),
        "may": {"decide": looking.by.is_any(Role.LEAD) and launch.phase != "closed"},
    }


def _waiting(
    proposal: ScopeProposal, words: Sequence[ScopeCorrection], asked: Sequence[str]
) -> dict[str, Any]:
    behind = [word for word in words if _speaks_for(word, proposal)]
    takes = sum(says(question, proposal.phrase) for question in asked)
    return {
        "id": proposal.id,
        "words": proposal.words,
        "adds": proposal.adds,
        "phrase": proposal.phrase,
        "at": proposal.raised_at,
        "questions": [_question(word) for word in behind[:QUOTED]],
        "count": len(behind),
        "people": sorted({word.person.name for word in behind}),
        "takes": takes,
    }


def _speaks_for(word: ScopeCorrection, proposal: ScopeProposal) -> bool:
    if word.inside is proposal.adds or word.area != proposal.area:
        return False
    if not proposal.adds:
        return word.phrase == proposal.phrase
    return says(word.question.text, proposal.phrase)


def _decided(proposal: ScopeProposal) -> dict[str, Any]:
    return {
        "words": proposal.words,
        "accepted": bool(proposal.accepted),
        "by": proposal.decided_by.name if proposal.decided_by else "",
        "at": proposal.decided_at,
    }


def _question(word: ScopeCorrection) -> dict[str, str]:
    return {
        "words": word.ticket.subject,
        "number": word.ticket.number,
        "href": f"/desk/tickets/{word.ticket.number}",
    }


def _correction(word: ScopeCorrection) -> dict[str, Any]:
    return {
        **_question(word),
        "inside": word.inside,
        "area": word.area,
        "phrase": word.phrase,
        "by": word.person.name,
        "at": word.at,
    }


def _areas(
    session: Session, launch: Launch, words: Sequence[ScopeCorrection]
) -> list[dict[str, Any]]:
    """Return each area with how many tickets its words took, and how many people put back."""
    query = (
        select(Ticket)
        .where(Ticket.launch_id == launch.id)
        .order_by(Ticket.id.desc())
        .limit(COUNTED)
        .options(joinedload(Ticket.question))
    )
    took = Counter(
        named(ticket.question.text, launch.out_of_scope)[0] for ticket in session.scalars(query)
    )
    back = Counter(word.area for word in words if word.inside)
    added = Counter(word.area for word in words if not word.inside)
    titles = [str(each["title"]) for each in launch.out_of_scope]
    rows = [
        {"title": each, "took": took[each], "back": back[each], "added": added[each]}
        for each in titles
    ]
    none = {"title": "No area", "took": 0, "back": back[""], "added": added[""]}
    return [*rows, none] if none["back"] or none["added"] else rows
