"""Suggestions for tests: counted, listed, and tickets answered by Amir."""

from typing import Any

from sqlalchemy import select

from assistant.answering import counting, suggestions
from assistant.answering.suggestions import Suggestion
from assistant.desk.tickets import Ticket
from assistant.ground.parts import Parts
from tests.cast import AMIR, launch_of, the

PENGUINS = ("Do penguins have knees?", "have penguins got any knees")
REPLY = "Hello Mara,\nNo, we take cards and bank transfers only. Please choose one under Billing."
CORE = "No, we take cards and bank transfers only. Please choose one under Billing."


def counted(parts: Parts) -> list[Suggestion]:
    """Count what is new and return the open suggestions, the most worth first."""
    counting.count_anew(parts)
    return opened(parts)


def opened(parts: Parts) -> list[Suggestion]:
    """Return the open suggestions, the most worth first."""
    with parts.db.reading() as session:
        return suggestions.listed(session, launch_of(session).id, suggestions.is_open())


def reply_to_all(parts: Parts, words: str = REPLY, **facts: Any) -> None:
    """Let Amir answer every open ticket in these words."""
    with parts.db.writing() as session:
        for ticket in session.scalars(select(Ticket).where(Ticket.first_response_at.is_(None))):
            ticket.reply(session, words, by=the(session, AMIR), at=parts.clock.now())
            for fact, value in facts.items():
                setattr(ticket, fact, value)
