"""Repeats: the same question from many people, kept once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import ForeignKey, LargeBinary, delete, func, select, union_all
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.desk.conversations import Conversation
from assistant.desk.handled import GROWN, Handled
from assistant.desk.messages import Message, subject_of
from assistant.desk.tickets import Ticket
from assistant.ground.database import Base
from assistant.ground.remembered import Remembered
from knowledge.entities import identifiers, in_conflict
from knowledge.grouping import NEWEST, Group, label, nearest_group
from knowledge.traces import kept_in, stored, trace

if TYPE_CHECKING:
    from sqlalchemy import Select

    from knowledge.entries import Vector, Vectors

HEAD = 16  # bytes of a group's direction, which change when a question joins or leaves it
LABELLED_FROM = 4  # questions; a smaller group is called by the first of them


class RepeatGroup(Handled, Base):
    """One question that many people asked, in the words of one of them."""

    __tablename__ = "repeat_groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    question: Mapped[str]
    embedder: Mapped[str]  # and how its vectors became traces; only alike ones are compared
    total: Mapped[bytes] = mapped_column(LargeBinary)  # sum of the members' traces
    identifiers: Mapped[list[str]]
    size: Mapped[int]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]

    @property
    def is_dismissed(self) -> bool:
        """Return whether a person put it aside and it has not grown much since."""
        return self.dismissed_size is not None and self.size < GROWN * max(1, self.dismissed_size)

    def as_group(self) -> Group:
        """Return it as grouping sees it: its direction, its size, the codes its members share."""
        return _as_group(self.id, self.total, self.size, self.identifiers)

    def take_in(self, grown: Group, *, at: datetime) -> None:
        """Become what grouping made of it when a question or a group joined."""
        self.total = np.asarray(grown.total, dtype=np.float32).tobytes()
        self.identifiers = [] if self.ignores_codes else sorted(grown.identifiers)
        self.size, self.last_seen_at = grown.size, max(at, self.last_seen_at)

    def give_up(self, left: "Vector") -> None:
        """Go on without a question that moved away; its codes stay those of the others."""
        total = np.frombuffer(self.total, dtype=np.float32) - left
        self.total, self.size = np.asarray(total, dtype=np.float32).tobytes(), self.size - 1

    def relabel(self, session: Session) -> None:
        """Be called by the shortest of its central questions, among the newest of them.

        A group that a person handled keeps its name, and so does one with few questions.
        """
        if self.is_handled or self.size < LABELLED_FROM:
            return
        rows = session.execute(_newest_members(self.id)).all()
        if rows:
            words = label([row.text for row in rows], kept_in([row.trace for row in rows]))
            self.question = subject_of(words)


class QuestionTrace(Base):
    """What a grouped question is compared by. Never changed."""

    __tablename__ = "question_traces"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    trace: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class Asked:
    """How often a question was asked: distinct people, messages, channels."""

    people: int
    contacts: int
    channels: tuple[str, ...]


def join(
    session: Session, question: Message, vector: "Vector | None", *, embedder: str, at: datetime
) -> RepeatGroup | None:
    """Put ``question`` with those that ask the same; without a vector it stays alone.

    The group's row stays locked until the caller's transaction ends, so that of two questions
    that join at the same time none is lost.
    """
    if vector is None:
        return None
    left, named = trace(question.text, vector), identifiers(question.text)
    group = _joined(session, question, left, named, traced_by(embedder), at)
    if group is None:
        group = _opened(session, question, left, named, traced_by(embedder), at)
    session.add(QuestionTrace(message_id=question.id, trace=stored(left)))
    question.group_id = group.id
    if group.size & (group.size - 1) == 0:  # a power of two
        session.flush()
        group.relabel(session)
    return group


def traced_by(embedder: str) -> str:
    """Return the name under which traces of this embedder's vectors are kept."""
    return f"{embedder} + letters 1"


def carry_over(session: Session, former: str, name: str, vectors: "Mapping[str, Vector]") -> None:
    """Let groups go on under another embedder; one whose question has no vector stays as it was.

    A group's direction is then that of the question it is shown by, until others join: what its
    members were compared by is of another model and goes.
    """
    groups = session.scalars(
        select(RepeatGroup)
        .where(RepeatGroup.embedder == traced_by(former))
        .where(RepeatGroup.merged_into_id.is_(None))
    ).all()
    for group in groups:
        if group.question in vectors:
            left = trace(group.question, vectors[group.question])
            group.embedder = traced_by(name)
            group.total = np.asarray(left * group.size, dtype=np.float32).tobytes()
            members = select(Message.id).where(Message.group_id == group.id)
            session.execute(delete(QuestionTrace).where(QuestionTrace.message_id.in_(members)))


def locked(session: Session, *ids: int) -> dict[int, RepeatGroup]:
    """Return the groups that are still there, as they are now, locked in the order of their ids.

    One that was merged into another is not there any more. SQLite has one writer at a time and
    needs no lock.
    """
    query = (
        select(RepeatGroup)
        .where(RepeatGroup.id.in_(ids), RepeatGroup.merged_into_id.is_(None))
        .order_by(RepeatGroup.id)
        .with_for_update(of=RepeatGroup)
        .execution_options(populate_existing=True)
    )
    return {group.id: group for group in session.scalars(query)}


def groups_of(
    session: Session, launch_id: int, embedder: str, *, handled: bool = True
) -> list[Group]:
    """Return the launch's groups as grouping sees them, oldest first.

    Without ``handled``, those that a person handled are left out.
    """
    # Each question is compared with all of them while it holds the writer's turn.
    head = func.substr(RepeatGroup.total, 1, HEAD, type_=LargeBinary)
    query = (
        select(RepeatGroup.id, RepeatGroup.size, RepeatGroup.revision, head)
        .where(RepeatGroup.launch_id == launch_id, RepeatGroup.embedder == embedder)
        .where(RepeatGroup.merged_into_id.is_(None))
    )
    if not handled:
        query = query.where(RepeatGroup.handled_at.is_(None))
    rows = session.execute(query.order_by(RepeatGroup.id))
    states = {row.id: tuple(row[1:]) for row in rows}
    return _GROUPS.get(session, (launch_id, embedder, handled), states)


def _read(session: Session, ids: Sequence[int]) -> dict[int, Group]:
    columns = RepeatGroup.id, RepeatGroup.total, RepeatGroup.size, RepeatGroup.identifiers
    found = session.execute(select(*columns).where(RepeatGroup.id.in_(ids)))
    return {row.id: _as_group(*row) for row in found}


_GROUPS = Remembered(_read)


def _joined(
    session: Session,
    question: Message,
    left: "Vector",
    named: frozenset[str],
    embedder: str,
    at: datetime,
) -> RepeatGroup | None:
    known = groups_of(session, question.conversation.launch_id, embedder)
    while near := nearest_group(left, known, partial(_newest, session), named):
        group = locked(session, int(near.key)).get(int(near.key))
        if group is not None and _may_be_joined(group, named, embedder):
            group.take_in(group.as_group().with_member(left, named), at=at)
            return group
        known.remove(near)
    return None


def _may_be_joined(group: RepeatGroup, named: frozenset[str], embedder: str) -> bool:
    # Looked at again under its lock: meanwhile a question with another code may have joined it, or
    # another embedder come into charge, whose traces cannot be added to ours.
    return group.embedder == embedder and not in_conflict(frozenset(group.identifiers), named)


def _opened(
    session: Session,
    question: Message,
    left: "Vector",
    named: frozenset[str],
    embedder: str,
    at: datetime,
) -> RepeatGroup:
    group = RepeatGroup(
        launch_id=question.conversation.launch_id,
        question=subject_of(question.text),
        embedder=embedder,
        total=left.tobytes(),
        identifiers=sorted(named),
        size=1,
        first_seen_at=at,
        last_seen_at=at,
    )
    session.add(group)
    session.flush()
    return group


def _newest(session: Session, keys: Sequence[str]) -> "Mapping[str, Vectors]":
    each = [select(_newest_members(int(key)).subquery()) for key in keys]
    kept: dict[str, list[bytes]] = {}
    for group, _, one in session.execute(union_all(*each)):
        kept.setdefault(str(group), []).append(one)
    return {key: kept_in(columns) for key, columns in kept.items()}


def _newest_members(group_id: int) -> "Select[int | None, str, bytes]":
    return (
        select(Message.group_id, Message.text, QuestionTrace.trace)
        .join(QuestionTrace, QuestionTrace.message_id == Message.id)
        .where(Message.group_id == group_id)
        .order_by(Message.id.desc())
        .limit(NEWEST)
    )


def _as_group(id_: int, total: bytes, size: int, named: Sequence[str]) -> Group:
    return Group(str(id_), np.frombuffer(total, dtype=np.float32), size, frozenset(named))


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
    same = Ticket.group_id == ticket.group_id, Ticket.id != ticket.id
    return list(session.scalars(select(Ticket).where(*same).order_by(Ticket.id.desc()).limit(most)))
