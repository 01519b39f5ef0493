"""Promises that run out or broke and that nobody has noted: found, and claimed by one caller."""

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from assistant.desk.promises import Promise


def broken(session: Session, *, at: datetime, most: int = 200) -> list[int]:
    """Return the ids of promises that broke and that nobody has noted yet, the oldest first."""
    return _unnoted(session, Promise.due_at, at, most)


def running_out(session: Session, *, at: datetime, most: int = 200) -> list[int]:
    """Return the ids of promises to warn of, the most urgent first."""
    return _unnoted(session, Promise.warn_at, at, most, Promise.warned_at.is_(None))


def _unnoted(session: Session, due: Any, at: datetime, most: int, *also: Any) -> list[int]:
    query = select(Promise.id).where(due <= at, *also, *_running()).order_by(due).limit(most)
    return list(session.scalars(query))


def claim_broken(session: Session, promise_id: int, *, at: datetime) -> bool:
    """Note that a promise broke; true for exactly one caller, and only while it is so."""
    claimed = session.execute(
        update(Promise)
        .where(Promise.id == promise_id, *_running())
        .where(Promise.due_at <= at)
        .values(broken_at=at)
    )
    return bool(claimed.rowcount == 1)  # type: ignore[attr-defined]


def claim_warned(session: Session, promise_id: int, *, at: datetime) -> bool:
    """Note that somebody is warned of a promise; true for exactly one caller."""
    claimed = session.execute(
        update(Promise)
        .where(Promise.id == promise_id, Promise.warned_at.is_(None), *_running())
        .where(Promise.warn_at <= at)
        .values(warned_at=at)
    )
    return bool(claimed.rowcount == 1)  # type: ignore[attr-defined]


def _running() -> tuple[Any, ...]:
    # What broke and got a later time since runs again, and may break again.
    unbroken = or_(Promise.broken_at.is_(None), Promise.broken_at < Promise.due_at)
    return Promise.kept_at.is_(None), Promise.paused_at.is_(None), unbroken
