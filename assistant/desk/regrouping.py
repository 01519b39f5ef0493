"""Regrouping: repeats that turn out to ask the same are merged, a question that fits better moves.

What is planned on a reading session is carried out one change at a time, each under the locks of
its two groups, and each may find that it no longer applies. Groups that a person handled are left
alone. Every change is an event.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assistant.desk.messages import Message
from assistant.desk.repeats import QuestionTrace, RepeatGroup, groups_of, locked
from assistant.desk.tickets import Ticket
from assistant.ground.audit import ASSISTANT, happened
from assistant.ground.people import Person
from knowledge.entities import identifiers, in_conflict
from knowledge.grouping import Member, Move, merges, moves
from knowledge.traces import kept_in


def alike(session: Session, launch_id: int) -> list[tuple[int, int]]:
    """Return pairs (kept, taken in) of groups that ask the same, in the order to be merged."""
    return [
        (int(kept), int(taken))
        for embedder in _embedders(session, launch_id)
        for kept, taken in merges(groups_of(session, launch_id, embedder, handled=False))
    ]


def merge(session: Session, kept_id: int, taken_id: int, *, at: datetime) -> bool:
    """Let one group take the other in; false when one is gone, handled, or names another code."""
    groups = locked(session, kept_id, taken_id)
    if len(groups) < 2 or any(group.is_handled for group in groups.values()):
        return False
    kept, taken = groups[kept_id], groups[taken_id]
    if kept.embedder != taken.embedder:  # one of them was carried over to another since
        return False
    if in_conflict(frozenset(kept.identifiers), frozenset(taken.identifiers)):
        return False
    kept.take_in(kept.as_group().with_group(taken.as_group()), at=taken.last_seen_at)
    kept.first_seen_at = min(kept.first_seen_at, taken.first_seen_at)
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
    close(session, taken, into=kept, by=None, at=at)
    return True


def better_placed(session: Session, launch_id: int) -> list[Move]:
    """Return the questions that fit another group clearly better than the rest of their own."""
    found: list[Move] = []
    for embedder in _embedders(session, launch_id):
        groups = groups_of(session, launch_id, embedder, handled=False)
        found += moves(groups, _members(session, launch_id, embedder))
    return found


def move(session: Session, planned: Move, *, at: datetime) -> bool:
    """Carry out one move, with the ticket that the question opened; false when it cannot be."""
    groups = locked(session, int(planned.source), int(planned.target))
    question = session.get_one(Message, int(planned.member), populate_existing=True)
    if (
        len(groups) < 2
        or any(group.is_handled for group in groups.values())
        or question.group_id != int(planned.source)
    ):
        return False
    source, target = groups[int(planned.source)], groups[int(planned.target)]
    named, there = identifiers(question.text), session.get(QuestionTrace, question.id)
    # Of what was carried over to another embedder since, the former one's traces are gone.
    if there is None or source.embedder != target.embedder:
        return False
    if in_conflict(frozenset(target.identifiers), named):
        return False
    (left,) = kept_in([there.trace])
    source.give_up(left)
    target.take_in(target.as_group().with_member(left, named), at=question.at)
    target.first_seen_at = min(target.first_seen_at, question.at)
    question.group_id = target.id
    its_ticket = update(Ticket).where(Ticket.question_id == question.id)
    session.execute(its_ticket.values(group_id=target.id))
    happened(
        session,
        "repeats.moved",
        at=at,
        by=ASSISTANT,
        launch_id=target.launch_id,
        conversation_id=question.conversation_id,
        message=question.id,
        source=source.id,
        target=target.id,
    )
    if source.size == 0:
        close(session, source, into=target, by=None, at=at)
    else:
        session.flush()
        source.relabel(session)
    return True


def merge_alike(session: Session, launch_id: int, *, at: datetime) -> int:
    """Merge groups that turned out to ask the same; return how many went into another."""
    return sum(merge(session, *pair, at=at) for pair in alike(session, launch_id))


def close(
    session: Session, empty: RepeatGroup, *, into: RepeatGroup, by: Person | None, at: datetime
) -> None:
    """Give all questions and tickets of a group to another, under both locks."""
    session.flush()
    given = list(session.scalars(select(Message.id).where(Message.group_id == empty.id)))
    for noun in (Message, Ticket):
        session.execute(update(noun).where(noun.group_id == empty.id).values(group_id=into.id))
    empty.size = 0
    empty.end_in(into.id, given, by=by, at=at)
    session.flush()
    into.relabel(session)


def follow(session: Session, launch_id: int) -> int:
    """Bring tickets back to where their question is; return how many had stayed behind.

    A ticket that was opened for an old question while that was moved may have missed it.
    """
    there = select(Message.group_id).where(Message.id == Ticket.question_id).scalar_subquery()
    behind = update(Ticket).where(Ticket.launch_id == launch_id, Ticket.group_id != there)
    moved = behind.values(group_id=there).returning(Ticket.id)
    return len(session.scalars(moved.execution_options(synchronize_session=False)).all())


def _embedders(session: Session, launch_id: int) -> list[str]:
    query = select(RepeatGroup.embedder).where(RepeatGroup.launch_id == launch_id)
    alive = query.where(RepeatGroup.merged_into_id.is_(None))
    return sorted(session.scalars(alive.distinct()))


def _members(session: Session, launch_id: int, embedder: str) -> list[Member]:
    query = (
        select(Message.id, Message.group_id, Message.text, QuestionTrace.trace)
        .join(QuestionTrace, QuestionTrace.message_id == Message.id)
        .join(RepeatGroup, RepeatGroup.id == Message.group_id)
        .where(RepeatGroup.launch_id == launch_id, RepeatGroup.embedder == embedder)
        .where(RepeatGroup.handled_at.is_(None))
        .order_by(Message.id)
    )
    rows = session.execute(query).all()
    if not rows:
        return []
    traces = kept_in([row.trace for row in rows])
    return [
        Member(str(row.id), str(row.group_id), left, identifiers(row.text))
        for row, left in zip(rows, traces, strict=True)
    ]
