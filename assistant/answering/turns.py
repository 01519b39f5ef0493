"""What earlier turns of a conversation mean for a question: what came just before, what failed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from assistant.answering.triage import triage
from assistant.desk.messages import NONE_OF_THESE, TO_DECIDE, Message, Said

IN_A_ROW = timedelta(minutes=2)  # messages this close together may be one thought
A_PERSON_HAS_IT = "A person has this conversation."  # why the assistant keeps silent


class Turn(NamedTuple):
    """One thing that was said, as far as later questions hang on it: columns of a message."""

    id: int
    at: datetime
    kind: str
    text: str
    reply_to_id: int | None
    chosen: str | None
    helpful: bool | None
    decided_at: datetime | None


def turns_before(messages: Sequence[Message], message: Message) -> list[Turn]:
    """Return what was said before ``message``, oldest first."""
    names = Turn._fields
    earlier = (said for said in messages if said.id < message.id)
    return [Turn(*(getattr(said, name) for name in names)) for said in earlier]


def said_just_before(earlier: Sequence[Turn], at: datetime) -> str:
    """Return the customer's previous words when they came just now and led to no answer."""
    answered = {said.reply_to_id for said in earlier if said.kind == Said.ANSWER}
    asked = [said for said in earlier if said.kind == Said.QUESTION]
    if not asked or asked[-1].id in answered or at - asked[-1].at > IN_A_ROW:
        return ""
    return "" if triage(asked[-1].text).small_talk else asked[-1].text


def unhelpful(earlier: Sequence[Turn]) -> int:
    """Return how many turns did not help the customer."""
    return sum(
        said.helpful is False or said.chosen == NONE_OF_THESE or _was_passed_over(said)
        for said in earlier
        if said.kind not in TO_DECIDE
    )


def _was_passed_over(said: Turn) -> bool:
    """Return whether titles were offered and the customer wrote on without choosing."""
    return said.kind == Said.CLARIFICATION and said.chosen is None
