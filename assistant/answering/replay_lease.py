"""Who carries out a replay: one process at a time, as long as it says that it is at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, Update, insert, or_, select, update
from sqlalchemy.orm import Session

from assistant.answering.replay_records import Replay, ReplayCase
from assistant.ground.parts import Parts

LEASE = timedelta(seconds=60)  # renewed with every step; afterwards its process is taken for dead
MOST_ATTEMPTS = 3  # one that ends its process again and again is given up
TELL_EVERY = 0.5  # seconds between two times that the progress is written down
GIVEN_UP = "It was interrupted three times. Start it again; if it stops again, tell an operator."


class Stopped(Exception):
    """The replay was cancelled, or another process has it now."""


def claimed(parts: Parts) -> int | None:
    """Take the oldest replay that nobody is at; those tried too often are given up."""
    at = parts.clock.now()
    free = or_(Replay.leased_until.is_(None), Replay.leased_until <= at)
    with parts.db.reading() as session:  # most looks find nothing and need no writer's turn
        if session.scalar(select(Replay.id).where(Replay.running.is_not(None), free)) is None:
            return None
    with parts.db.writing() as session:
        waiting = select(Replay).where(Replay.running.is_not(None), free).order_by(Replay.id)
        for replay in session.scalars(waiting.with_for_update(skip_locked=True)):
            if replay.attempts < MOST_ATTEMPTS:
                replay.attempts += 1
                replay.leased_until = at + LEASE
                return replay.id
            replay.running, replay.finished_at, replay.failed_because = None, at, GIVEN_UP
    return None


@dataclass(slots=True)
class Progress:
    """Writes down how far a replay is, and learns whether it is still wanted."""

    parts: Parts
    replay_id: int
    total: int
    done: int = 0
    told_at: float | None = None

    def told(self, more: int) -> None:
        """So many more are done. Raises Stopped when nobody wants the rest."""
        self.done += more
        now = self.parts.clock.steady()
        if self.told_at is not None and now - self.told_at < TELL_EVERY:
            return
        self.told_at = now
        _renew(self.parts, self.replay_id, done=min(self.done, self.total), total=self.total)


def _renew(parts: Parts, replay_id: int, **facts: Any) -> None:
    until = parts.clock.now() + LEASE
    with parts.db.writing() as session:
        still = update(Replay).where(Replay.id == replay_id, Replay.running.is_not(None))
        _only_if_wanted(session, still.values(leased_until=until, **facts))


def end(
    parts: Parts, replay_id: int, *, rows: Sequence[Mapping[str, Any]] = (), **facts: Any
) -> None:
    """Write down how a replay ended. Raises Stopped when nobody wants it any more."""
    at = parts.clock.now()
    with parts.db.writing() as session:
        still = update(Replay).where(Replay.id == replay_id, Replay.running.is_not(None))
        ended = still.values(running=None, leased_until=None, finished_at=at, **facts)
        _only_if_wanted(session, ended)
        if rows:
            session.execute(insert(ReplayCase), list(rows))


def _only_if_wanted(session: Session, change: Update) -> None:
    """Carry out a change of a replay that runs. Raises Stopped when it does not any more."""
    result: CursorResult[Any] = session.execute(change)  # type: ignore[assignment]
    if not result.rowcount:
        raise Stopped
