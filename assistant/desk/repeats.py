"""Repeats: the same question from many people, kept once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import ForeignKey, LargeBinary, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, subject_of
from assistant.desk.tickets import Ticket
from assistant.ground.audit import ASSISTANT, happened
from assistant.ground.database import Base
from knowledge.entities import identifiers
from knowledge.grouping import Group, merges, nearest_group

if TYPE_CHECKING:
    from knowledge.entries import Vector


class RepeatGroup(Base):
    """One question that many people asked, in the words of one of them."""

    __tablename__ = "repeat_groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    question: Mapped[str]
    embedder: Mapped[str]
    total: Mapped[bytes] = mapped_column(LargeBinary)  # sum of the members' unit vectors
    identifiers: Mapped[list[str]]
    size: Mapped[int]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]

    def as_group(self) -> Group:
        """Return it as grouping sees it: its direction, its size, the codes its members name."""
        total = np.frombuffer(self.total, dtype=np.float32)
        return Group(str(self.id), total, self.size, frozenset(self.identifiers))

    def take_in(self, grown: Group, *, at: datetime) -> None:
        """Become what grouping made of it when a question joined."""
        self.total = np.asarray(grown.total, dtype=np.float32).tobytes()
        self.identifiers = sorted(grown.identifiers)
        self.size, self.last_seen_at = grown.size, max(at, self.last_seen_at)


@dataclass(frozen=True, slots=True)
class Asked:
    """How often a question was asked: distinct people, messages, channels."""

    people: int
    contacts: int
    channels: tuple[str, ...]


def join(
    session: Session, question: Message, vector: "Vector | None", *, embedder: str, at: datetime
) -> RepeatGroup | None:
    """Put ``question`` with those that ask the same; without a vector it stays alone."""
    if vector is None:
        return None
    launch_id, named = question.conversation.launch_id, identifiers(question.text)
    query = select(RepeatGroup).where(
        RepeatGroup.launch_id == launch_id, RepeatGroup.embedder == embedder
    )
    known = {str(group.id): group for group in session.scalars(query)}
    near = nearest_group(vector, [group.as_group() for group in known.values()], named)
    if near is not None:
        group = known[near.key]
        group.take_in(near.with_member(vector, named), at=at)
    else:
        group = RepeatGroup(
            launch_id=launch_id,
            question=subject_of(question.text),
            embedder=embedder,
            total=np.asarray(vector, dtype=np.float32).tobytes(),
            identifiers=sorted(named),
            size=1,
            first_seen_at=at,
            last_seen_at=at,
        )
        session.add(group)
        session.flush()
    question.group_id = group.id
    return group


def merge_alike(session: Session, launch_id: int, *, at: datetime) -> int:
    """Merge groups that turned out to ask the same; return how many went into another."""
    query = select(RepeatGroup).where(RepeatGroup.launch_id == launch_id)
    by_embedder: dict[str, dict[str, RepeatGroup]] = {}
    for group in session.scalars(query):
        by_embedder.setdefault(group.embedder, {})[str(group.id)] = group
    pairs = [
        (known[kept], known[taken])
        for known in by_embedder.values()
        for kept, taken in merges([group.as_group() for group in known.values()])
    ]
    for kept, taken in pairs:
        _merge(session, kept, taken, at)
    return len(pairs)


def _merge(session: Session, kept: RepeatGroup, taken: RepeatGroup, at: datetime) -> None:
    kept.take_in(kept.as_group().with_group(taken.as_group()), at=taken.last_seen_at)
    kept.first_seen_at = min(kept.first_seen_at, taken.first_seen_at)
    for noun in (Message, Ticket):
        session.execute(update(noun).where(noun.group_id == taken.id).values(group_id=kept.id))
    happened(
        session,
        "repeats.merged",
        at=at,
        by=ASSISTANT,
        launch_id=kept.launch_id,
        kept=kept.id,
        taken=taken.id,
        question=taken.question,
    )
    session.flush()
    session.delete(taken)


def asked(session: Session, group_id: int) -> Asked:
    """Return how often the group's question was asked, and where."""
    people, contacts = session.execute(
        select(func.count(func.distinct(Conversation.visitor)), func.count(Message.id))
        .join(Message.conversation)
        .where(Message.group_id == group_id)
    ).one()
    channels = session.scalars(
        select(Conversation.channel)
        .join(Conversation.messages)
        .where(Message.group_id == group_id)
        .distinct()
    )
    return Asked(people, contacts, tuple(sorted(channels)))


def others(session: Session, ticket: Ticket) -> int:
    """Return how many other people asked what ``ticket`` is about."""
    return max(0, asked(session, ticket.group_id).people - 1) if ticket.group_id else 0


def people_in(session: Session, group_ids: Iterable[int | None]) -> dict[int, int]:
    """Return how many different people asked each group's question, in one query."""
    query = (
        select(Message.group_id, func.count(func.distinct(Conversation.visitor)))
        .join(Message.conversation)
        .where(Message.group_id.in_({group for group in group_ids if group is not None}))
        .group_by(Message.group_id)
    )
    return {group: people for group, people in session.execute(query) if group is not None}


def siblings(session: Session, ticket: Ticket, *, most: int = 10) -> list[Ticket]:
    """Return the other tickets about the same question, newest first, at most ``most``."""
    if ticket.group_id is None:
        return []
    query = (
        select(Ticket)
        .where(Ticket.group_id == ticket.group_id, Ticket.id != ticket.id)
        .order_by(Ticket.id.desc())
        .limit(most)
    )
    return list(session.scalars(query))
