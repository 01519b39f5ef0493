"""The decision beside a ticket: what templates/desk/_ruling.html shows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from assistant.desk import rulings
from assistant.desk.rulings import DECIDER_WORDS, RULED_WORDS, Ruled, Ruling
from assistant.desk.tickets import Ticket
from assistant.ground.people import Person
from assistant.launch.scenarios import Decider

ASKABLE = tuple(DECIDER_WORDS)  # who approves messages does so in the library


def ruling_of(session: Session, ticket: Ticket, person: Person) -> dict[str, Any]:
    """Return what templates/desk/_ruling.html shows: the last decision, and who may ask or take."""
    last = rulings.of_ticket(session, ticket)
    return {
        "last": _last(last, person) if last else None,
        "may_ask": ticket.is_open and (last is None or not last.is_open),
        "askable": [
            (decider, DECIDER_WORDS[decider], _named(ticket, decider)) for decider in ASKABLE
        ],
    }


def _last(ruling: Ruling, person: Person) -> dict[str, Any]:
    choices: Sequence[Ruled] = ruling.choices(person) if ruling.is_open else ()
    return {
        "id": ruling.id,
        "question": ruling.question,
        "asked_by": ruling.asked_by.name,
        "asked_of": ruling.asked_of.name if ruling.asked_of else "a lead",
        "asked_at": ruling.asked_at,
        "ruled": ruling.ruled,
        "ruled_words": RULED_WORDS[Ruled(ruling.ruled)] if ruling.ruled else "",
        "sentence": ruling.sentence,
        "decided_by": ruling.decided_by.name if ruling.decided_by else None,
        "decided_at": ruling.decided_at,
        "choices": [(choice, RULED_WORDS[choice]) for choice in choices],
    }


def _named(ticket: Ticket, decider: Decider) -> str:
    named = ticket.scenario.deciders.get(decider) if ticket.scenario else None
    return str(named or "whoever is on shift")
