"""Gathering: a group's size, times, codes and direction, counted anew from its questions."""

from functools import reduce

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk.messages import Message
from assistant.desk.repeats import QuestionTrace, RepeatGroup
from knowledge.entities import identifiers
from knowledge.entries import Vector
from knowledge.grouping import shared
from knowledge.traces import kept_in


def gather(session: Session, group: RepeatGroup, *, like: RepeatGroup | None = None) -> None:
    """Make the group what its questions are, under its lock.

    A question whose trace is gone counts with the mean of the others; where none has one, the
    direction is that of ``like``, or stays.
    """
    session.flush()
    rows = session.execute(
        select(Message.text, Message.at, QuestionTrace.trace)
        .outerjoin(QuestionTrace, QuestionTrace.message_id == Message.id)
        .where(Message.group_id == group.id)
        .order_by(Message.id)
    ).all()
    mean = _mean([row.trace for row in rows if row.trace is not None], like or group)
    group.size = len(rows)
    group.total = np.asarray(mean * len(rows), dtype=np.float32).tobytes()
    group.first_seen_at = min(row.at for row in rows)
    group.last_seen_at = max(row.at for row in rows)
    named = reduce(shared, (identifiers(row.text) for row in rows), frozenset[str]())
    group.identifiers = [] if group.ignores_codes else sorted(named)


def _mean(traces: list[bytes], like: RepeatGroup) -> Vector:
    if traces:
        return np.asarray(kept_in(traces).mean(axis=0), dtype=np.float32)
    total = np.frombuffer(like.total, dtype=np.float32)
    return np.asarray(total / max(1, like.size), dtype=np.float32)
