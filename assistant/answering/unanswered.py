"""Which questions the library did not answer: what people had to answer instead.

One condition, for the suggestions that leads work on and for the reports about them. A decision
has to be joined to its message.
"""

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from assistant.answering.decisions import Decision
from assistant.desk.messages import NONE_OF_THESE, Message, Said

BY_NOBODY = "none"  # ``Decision.via`` of what was handed over without being looked up


def ended_with_person() -> ColumnElement[bool]:
    """A question that was looked up and handed over, or answered "none of these"."""
    offered, choice = aliased(Message), aliased(Message)
    none_fits = exists().where(
        offered.reply_to_id == Message.id,
        choice.reply_to_id == offered.id,
        choice.chosen == NONE_OF_THESE,
        choice.kind == Said.CHOICE,
    )
    handed_over = and_(Decision.outcome == "handoff", Decision.via != BY_NOBODY)
    return and_(Message.kind == Said.QUESTION, or_(handed_over, none_fits))
