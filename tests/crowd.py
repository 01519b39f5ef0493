"""A crowd that asks about a few things that nobody answers, so that there are repeat groups."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.desk.messages import Message
from assistant.desk.repeats import RepeatGroup
from assistant.desk.tickets import Ticket
from assistant.ground.parts import Parts
from tests.cast import a_customer

SHELLS = (
    "Can I pay with seashells on the moon?",
    "is paying with seashells on the moon possible",
    "Do you take seashells on the moon?",
)
SUBMARINES = (
    "Do you deliver by submarine to the sea bed?",
    "is there delivery by submarine to the sea bed",
)
DRAGONS = ("My dragon ate the parcel, will you send another dragon parcel?",)


def ask(parts: Parts, *questions: str, channel: str = "widget") -> list[int]:
    """Let as many people ask these; return their messages."""
    for words in questions:
        a_customer(parts, visitor=f"asks {words}", channel=channel).asks(words)
    return said(parts, *questions)


def said(parts: Parts, *questions: str) -> list[int]:
    """Return the messages in which these were asked, the newest of each."""
    with parts.db.reading() as session:
        found = select(Message).where(Message.text.in_(questions)).order_by(Message.id)
        by_words = {message.text: message.id for message in session.scalars(found)}
    return [by_words[words] for words in questions]


def group_behind(parts: Parts, message_id: int) -> int:
    """Return the group that a question is in."""
    with parts.db.reading() as session:
        group = session.get_one(Message, message_id).group_id
    assert group is not None
    return group


def alive(session: Session) -> list[RepeatGroup]:
    """Return the groups that were not merged into others, oldest first."""
    query = select(RepeatGroup).where(RepeatGroup.merged_into_id.is_(None))
    return list(session.scalars(query.order_by(RepeatGroup.id)))


def faults(session: Session) -> list[str]:
    """Return, in words, what does not add up between groups, questions and tickets."""
    counted = select(Message.group_id, func.count()).group_by(Message.group_id)
    sizes = {group: count for group, count in session.execute(counted) if group is not None}
    groups = {group.id: group for group in session.scalars(select(RepeatGroup))}
    found = [
        f"group {group.id} says {group.size}, holds {sizes.get(group.id, 0)}"
        for group in groups.values()
        if group.size != sizes.get(group.id, 0)
    ]
    found += [f"group {g} is merged and has questions" for g in sizes if groups[g].merged_into_id]
    found += [f"group {g.id} is empty" for g in alive(session) if not sizes.get(g.id)]
    for ticket in session.scalars(select(Ticket)):
        if ticket.group_id != ticket.question.group_id:
            found.append(f"{ticket.number} is in {ticket.group_id}, not with its question")
    return found
