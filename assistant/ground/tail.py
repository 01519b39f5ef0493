"""The end of the event table, read in order by one reader: nothing is skipped, nothing comes twice.

SQLite gives out ids one transaction after another. PostgreSQL gives them out before the commit, so
a later id may be there while an earlier one is still to come: what stands behind such a gap is held
back until everybody who was at work when it was seen has ended, committed or rolled back.
"""

from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session, joinedload

from assistant.ground import audit
from assistant.ground.audit import Event

SEEN = "pg_snapshot_xmax(pg_current_snapshot())"  # the first transaction that has not begun yet
ENDED = "pg_snapshot_xmin(pg_current_snapshot())"  # all transactions before it have ended


class Tail:
    """Reads what is new each time it is asked. For one thread at a time."""

    def __init__(self) -> None:
        self.seen = 0  # everything up to this id has been handed out, and nothing after it
        self._waits_for: int | None = None  # transactions before this one may fill the gap
        self._gap = 0  # the first id that is missing

    def begin(self, session: Session) -> None:
        """Begin at the newest event; those before it are history."""
        self.seen = audit.newest_id(session)

    def new(self, session: Session, *, most: int = 500) -> Sequence[Event]:
        """Return the events since the last time, oldest first, with their people."""
        may_pass = self._is_filled_or_never_will(session)
        query = (
            select(Event)
            .where(Event.id > self.seen)
            .order_by(Event.id)
            .limit(most)
            .options(joinedload(Event.person))
        )
        events = session.scalars(query).all()
        if session.get_bind().dialect.name != "sqlite":
            events = self._without_gaps(session, events, may_pass)
        self.seen = events[-1].id if events else self.seen
        return events

    def _is_filled_or_never_will(self, session: Session) -> bool:
        if self._waits_for is None:
            return False
        return _number(session, ENDED) >= self._waits_for

    def _without_gaps(
        self, session: Session, events: Sequence[Event], may_pass: bool
    ) -> Sequence[Event]:
        expected = self.seen + 1
        for index, event in enumerate(events):
            if event.id != expected and not (may_pass and expected == self._gap):
                if self._gap != expected or self._waits_for is None:
                    self._gap, self._waits_for = expected, _number(session, SEEN)
                return events[:index]
            expected = event.id + 1
        self._waits_for = None
        return events


def known_upto(session: Session, seen: int) -> int:
    """Return up to which event a page that is drawn now knows everything.

    ``seen`` is how far this process's reader has come, 0 when it has not begun. Where a lower id
    may still be on its way, the reader alone knows that nothing before is missing.
    """
    newest = audit.newest_id(session)
    is_in_order = session.get_bind().dialect.name == "sqlite"
    return newest if is_in_order else min(newest, seen or newest)


def _number(session: Session, what: str) -> int:
    return int(session.execute(text(f"SELECT {what}::text")).scalar_one())
