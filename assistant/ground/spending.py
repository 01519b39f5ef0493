"""What the model cost: one cap a day for all processes together, and each launch's share of it.

A process takes a few calls at a time out of the day, in a short transaction of its own, by an
update that only happens while the cap allows it. So nothing that runs at the same time passes the
cap and no restart forgets what was used; what a process that died had taken and not used is lost
for the day, which is the side to err on.
"""

import threading
from collections import deque
from datetime import date
from typing import Any

import structlog
from sqlalchemy import CursorResult, ForeignKey, Update, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.ground.budget import TOKENS_PER_DAY, Hold, Spent
from assistant.ground.clock import Clock
from assistant.ground.database import Base, Database, put_unless_there

log = structlog.get_logger()

MOST_AT_A_TIME = 20  # calls that a process takes out of the day at once, of a cap of 2,000 or more


class ModelDay(Base):
    """What all processes together took out of one UTC day."""

    __tablename__ = "model_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    calls: Mapped[int]
    tokens: Mapped[int]


class LaunchModelDay(Base):
    """What one launch used on one UTC day, calls that are over."""

    __tablename__ = "launch_model_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), primary_key=True)
    calls: Mapped[int]
    tokens: Mapped[int]


class SharedBudget:
    """Caps per UTC day that are never passed, by any number of threads and processes."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        calls_per_day: int,
        tokens_per_day: int = TOKENS_PER_DAY,
    ) -> None:
        self._db = db
        self._clock = clock
        self._caps = Spent(calls_per_day, tokens_per_day)
        # So that fifty threads do not queue for the database's lock, and little is lost at an end.
        self._at_a_time = max(1, min(MOST_AT_A_TIME, calls_per_day // 100))
        self._day: date | None = None
        self._taken = Spent()  # out of the day and not used yet
        self._is_over = False  # no call is left today: no reason to ask the database again
        self._lock = threading.Lock()
        self._charges: deque[tuple[Hold, int]] = deque()
        self._charging = threading.Lock()

    def reserve(self, tokens: int, launch_id: int | None = None) -> Hold | None:
        """Sets aside one call of at most `tokens`; None where a cap would be passed.

        None too while the database cannot say whether it would be.
        """
        with self._lock:
            self._turn_the_page()
            if not self._has(1, tokens) and not self._is_over:
                several = self._at_a_time
                try:
                    _ = self._take(several, several * tokens) or self._take(1, tokens)
                except SQLAlchemyError as trouble:
                    log.warning("no model call: the cap cannot be read", why=type(trouble).__name__)
                    return None
            if not self._has(1, tokens):
                return None
            self._taken = Spent(self._taken.calls - 1, self._taken.tokens - tokens)
            return Hold(self._today(), tokens, launch_id)

    def settle(self, hold: Hold, tokens: int) -> None:
        """Replaces what was held by what the call really used, also on its launch's account."""
        with self._lock:
            self._turn_the_page()
            if hold.day == self._day:
                unused = hold.tokens - tokens
                self._taken = Spent(self._taken.calls, self._taken.tokens + unused)
        if hold.launch_id is not None:
            self._charges.append((hold, tokens))
            self._write_charges()

    def spent(self) -> Spent:
        """Used and reserved today, by all processes; what others took in advance is included."""
        with self._lock:
            self._turn_the_page()
            with self._db.reading() as session:
                today = session.get(ModelDay, self._today())
                all_taken = Spent(today.calls, today.tokens) if today else Spent()
            mine = self._taken
            return Spent(all_taken.calls - mine.calls, all_taken.tokens - mine.tokens)

    def _today(self) -> date:
        return self._clock.now().date()

    def _turn_the_page(self) -> None:
        if (today := self._today()) != self._day:
            self._day, self._taken, self._is_over = today, Spent(), False

    def _has(self, calls: int, tokens: int) -> bool:
        return self._taken.calls >= calls and self._taken.tokens >= tokens

    def _take(self, calls: int, tokens: int) -> bool:
        """Fill up to so many calls and tokens, out of the day, if the caps leave as much."""
        more = max(0, calls - self._taken.calls)
        more_tokens = max(0, tokens - self._taken.tokens)
        day = self._today()
        with self._db.writing() as session:
            put_unless_there(session, ModelDay, [{"day": day, "calls": 0, "tokens": 0}])
            is_left = _changed(session, _taking(day, more, more_tokens, self._caps))
            self._is_over = session.get_one(ModelDay, day).calls >= self._caps.calls
        if is_left:
            self._taken = Spent(self._taken.calls + more, self._taken.tokens + more_tokens)
        return is_left

    def _write_charges(self) -> None:
        # Whoever comes first writes for all that come meanwhile; nobody else waits.
        while self._charges and self._charging.acquire(blocking=False):
            try:
                due = list(self._charges)
                with self._db.writing() as session:
                    for charge in due:
                        _charge(session, *charge)
                for _ in due:
                    self._charges.popleft()
            except SQLAlchemyError as trouble:
                # They wait for the next call; a launch's account is for reading, the cap is safe.
                log.warning("what a call cost is written later", why=type(trouble).__name__)
                return
            finally:
                self._charging.release()


def _taking(day: date, calls: int, tokens: int, caps: Spent) -> Update:
    return (
        update(ModelDay)
        .where(ModelDay.day == day)
        .where(ModelDay.calls + calls <= caps.calls)
        .where(ModelDay.tokens + tokens <= caps.tokens)
        .values(calls=ModelDay.calls + calls, tokens=ModelDay.tokens + tokens)
    )


def _charge(session: Session, hold: Hold, tokens: int) -> None:
    account = {"day": hold.day, "launch_id": hold.launch_id}
    put_unless_there(session, LaunchModelDay, [{**account, "calls": 0, "tokens": 0}])
    session.execute(
        update(LaunchModelDay)
        .filter_by(**account)
        .values(calls=LaunchModelDay.calls + 1, tokens=LaunchModelDay.tokens + tokens)
    )


def _changed(session: Session, change: Update) -> bool:
    result: CursorResult[Any] = session.execute(change)  # type: ignore[assignment]
    return result.rowcount > 0


def of_launch(session: Session, launch_id: int, *, on: date | None = None) -> Spent:
    """What a launch used, on one UTC day or since it began."""
    query = select(func.sum(LaunchModelDay.calls), func.sum(LaunchModelDay.tokens))
    query = query.where(LaunchModelDay.launch_id == launch_id)
    if on is not None:
        query = query.where(LaunchModelDay.day == on)
    calls, tokens = session.execute(query).one()
    return Spent(calls or 0, tokens or 0)
