"""Delivering the outbox: claim a row, call its deliverer with no transaction open, settle.

A claim is a lease, so what a killed process had in hand is delivered by the next one. Rows that
fail wait longer each time, and targets that fail are left alone (``interruptions``).
"""

import threading
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session, aliased

from assistant.ground import interruptions, outbox
from assistant.ground.outbox import Outgoing, Undeliverable
from assistant.ground.parts import Parts
from assistant.ground.people import Person

LEASE = timedelta(seconds=60)  # a deliverer gives up sooner, or another one sends it again
TRIED_FOR = timedelta(days=3)  # after that a row is a dead letter
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=1)  # of a row; doubles
JITTER = 0.2  # of a wait, either way, so that what failed together does not come back together
AT_ONCE = 4  # deliveries at the same time, each to another target
ROUND = 20.0  # seconds that one round claims new rows for

log = structlog.get_logger()


class Deliver(Protocol):
    """Brings one body to its target, within the lease. Raises Undeliverable when it cannot."""

    def __call__(self, parts: Parts, body: dict[str, Any], *, event_id: str) -> None:
        """Bring ``body`` there, or raise; called again with the same event id in doubt."""


Deliverers = Mapping[str, Deliver]  # by the kind of outgoing rows


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that this process may deliver until its lease ends; ``tries`` tells leases apart."""

    id: int
    kind: str
    target: str
    event_id: str
    tries: int
    body: dict[str, Any]

    @property
    def where(self) -> str:
        """Return what is delivered to by one thread at a time."""
        return f"{self.kind} {self.target}"


def deliver_due(parts: Parts, deliverers: Deliverers, *, at_once: int = AT_ONCE) -> int:
    """Deliver what is due, to several targets at a time; return how many arrived.

    A target that hangs holds one thread; the others go on as long as it does.
    """
    if not deliverers:
        return 0
    crew = Crew(parts, deliverers)
    threads = [threading.Thread(target=crew.work, daemon=True) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return crew.arrived


class Crew:
    """The threads of one round, who never deliver to the same target at the same time."""

    def __init__(self, parts: Parts, deliverers: Deliverers) -> None:
        self._parts = parts
        self._deliverers = deliverers
        self._busy: set[str] = set()
        self._changed = threading.Condition()
        self._ends = time.monotonic() + ROUND
        self.arrived = 0

    def work(self) -> None:
        """Deliver until nothing is due and nobody else is at it."""
        while time.monotonic() < self._ends:
            claimed = self._next()
            if claimed is not None:
                self._carry(claimed)
            elif not self._others_are_busy():
                return

    def _next(self) -> Claimed | None:
        with self._changed, self._parts.db.writing() as session:
            at, kinds = self._parts.clock.now(), list(self._deliverers)
            claimed = claim(session, kinds, at=at, without=frozenset(self._busy))
            if claimed is not None:
                self._busy.add(claimed.where)
            return claimed

    def _carry(self, claimed: Claimed) -> None:
        try:
            arrived = carry(self._parts, self._deliverers[claimed.kind], claimed)
        finally:
            with self._changed:
                self._busy.discard(claimed.where)
                self._changed.notify_all()
        with self._changed:
            self.arrived += arrived

    def _others_are_busy(self) -> bool:
        with self._changed:
            if self._busy:
                self._changed.wait(timeout=1.0)
                return True
            return False


def claim(
    session: Session, kinds: list[str], *, at: datetime, without: frozenset[str] = frozenset()
) -> Claimed | None:
    """Take the next row that may go: a probe whose time has come, else what waited longest.

    ``without`` names places (``kind target``) that are not to be delivered to now.
    """
    free = [
        Outgoing.kind.in_(kinds),
        Outgoing.next_try_at.is_not(None),
        Outgoing.leased_until.is_(None) | (Outgoing.leased_until <= at),
        (Outgoing.kind + " " + Outgoing.target).not_in(without),
        ~_is_behind_another(),
    ]
    row = _probe(session, free, at) or _first(
        session, [*free, Outgoing.next_try_at <= at, ~interruptions.is_left_alone()]
    )
    if row is None:
        return None
    row.tries += 1
    row.leased_until = at + LEASE
    return Claimed(row.id, row.kind, row.target, row.event_id, row.tries, row.body)


def _first(session: Session, conditions: list[ColumnElement[bool]]) -> Outgoing | None:
    query = select(Outgoing).where(*conditions).order_by(Outgoing.next_try_at, Outgoing.id)
    return session.scalar(query.limit(1).with_for_update(skip_locked=True))


def _is_behind_another() -> ColumnElement[bool]:
    earlier = aliased(Outgoing)
    return (
        select(earlier.id)
        .where(
            Outgoing.lane != "",
            earlier.kind == Outgoing.kind,
            earlier.target == Outgoing.target,
            earlier.lane == Outgoing.lane,
            earlier.id < Outgoing.id,
            earlier.next_try_at.is_not(None),
        )
        .exists()
    )


def _probe(session: Session, free: list[ColumnElement[bool]], at: datetime) -> Outgoing | None:
    """Return a row to try a target with that was left alone; nobody else probes it meanwhile."""
    for interruption in interruptions.to_probe(session, at=at):
        # What was tried before may go early; what waits to be undone may not.
        ready = [*free, (Outgoing.next_try_at <= at) | (Outgoing.tries > 0)]
        row = _first(session, [*ready, *interruption.rows])
        if row is not None:
            interruption.probed(at=at)
            return row
    return None


def carry(parts: Parts, deliverer: Deliver, claimed: Claimed) -> bool:
    """Deliver one row with no transaction open and settle it; return whether it arrived."""
    try:
        deliverer(parts, claimed.body, event_id=claimed.event_id)
    except Undeliverable as trouble:
        why = trouble
    except Exception:
        log.exception("deliverer failed", kind=claimed.kind, outgoing=claimed.id)
        why = Undeliverable("It failed on our side; the log says how.")
    else:
        with parts.db.writing() as session:
            settle_arrived(session, claimed, at=parts.clock.now())
        return True
    with parts.db.writing() as session:
        settle_failed(session, claimed, why, at=parts.clock.now())
    return False


def settle_arrived(session: Session, claimed: Claimed, *, at: datetime) -> None:
    """Keep that it arrived, also when its lease had ended; its target is well again."""
    arrived = {
        "delivered_at": at,
        "next_try_at": None,
        "leased_until": None,
        "withdrawn_at": None,
        "dead_at": None,
        "last_error": "",
    }
    first = (Outgoing.id == claimed.id, Outgoing.delivered_at.is_(None))
    session.execute(update(Outgoing).where(*first).values(arrived))
    interruptions.answered(session, claimed.kind, claimed.target, at=at)


def settle_failed(session: Session, claimed: Claimed, why: Undeliverable, *, at: datetime) -> None:
    """Keep when it is tried again, or give it up; nothing when somebody else has it by now."""
    row = session.get_one(Outgoing, claimed.id, with_for_update=True)
    if row.tries != claimed.tries or not row.is_waiting:
        return
    if why.permanent:
        interruptions.answered(session, row.kind, row.target, at=at)
        row.die(session, why.words, at=at)
        return
    missing = "" if why.everybody else row.target
    interruptions.failed(session, row.kind, missing, why.words, at=at)
    next_try_at = at + wait_after(row.tries, row.event_id)
    if next_try_at > row.trying_since + TRIED_FOR:
        row.die(session, why.words, at=at)
        return
    row.next_try_at, row.leased_until, row.last_error = next_try_at, None, why.words


def wait_after(tries: int, event_id: str) -> timedelta:
    """Return how long a row waits after its ``tries``-th failure: doubled each time, and jittered.

    The jitter comes from the row itself, so that a wait can be worked out again.
    """
    doubled: timedelta = FIRST_WAIT * int(2 ** min(tries - 1, 16))
    chance = zlib.crc32(f"{event_id} {tries}".encode()) / 2**32
    return min(doubled, LONGEST_WAIT) * (1 + JITTER * (2 * chance - 1))


def replay(session: Session, letter: Outgoing, *, by: Person, at: datetime) -> None:
    """Try a dead letter again, now, also where its target is left alone.

    Raises:
        Refused: when it is not dead.
    """
    letter.revive(session, by=by, at=at)
    interruptions.look_now(session, letter.kind, letter.target, at=at)


def forget_delivered(parts: Parts) -> int:
    """Empty what was delivered long ago; return how many rows."""
    with parts.db.writing() as session:
        return outbox.forget(session, at=parts.clock.now())
