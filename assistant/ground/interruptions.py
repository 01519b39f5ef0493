"""Interruptions: the breaker of each target of the outbox, kept where every process sees it.

A target that fails three times in a row is left alone but for a probe now and then, so that it
holds up nothing else. Its first answer makes everything due that waited for it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.ground.database import Base
from assistant.ground.outbox import Outgoing

IN_A_ROW = 3  # failures; after that a target is only probed
SHORTEST, LONGEST = timedelta(seconds=15), timedelta(minutes=10)  # between two probes
SHARE = 20  # of an outage: after ten minutes a probe every 30 s, and a lease may come on top


class Interruption(Base):
    """A target (``""``: every target of this kind) that has failed since it last answered."""

    __tablename__ = "interruptions"
    __table_args__ = (UniqueConstraint("kind", "target"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    target: Mapped[str]
    since: Mapped[datetime]
    failures: Mapped[int]
    next_probe_at: Mapped[datetime]
    last_error: Mapped[str]

    @property
    def rows(self) -> list[ColumnElement[bool]]:
        """Return the conditions that choose this target's rows."""
        return _rows(self.kind, self.target)

    def probed(self, *, at: datetime) -> None:
        """Let nobody else try it before the next probe is due."""
        share = (at - self.since) / SHARE
        self.next_probe_at = at + min(max(share, SHORTEST), LONGEST)


def _rows(kind: str, target: str) -> list[ColumnElement[bool]]:
    return [Outgoing.kind == kind, *([Outgoing.target == target] if target else [])]


def is_left_alone() -> ColumnElement[bool]:
    """Return the condition that an outgoing row's target is left alone."""
    targets = Interruption.target.in_((Outgoing.target, ""))
    alone = (Interruption.kind == Outgoing.kind, targets, Interruption.failures >= IN_A_ROW)
    return select(Interruption.id).where(*alone).exists()


def to_probe(session: Session, *, at: datetime) -> Sequence[Interruption]:
    """Return the targets whose probe is due, locked until the transaction ends."""
    due = (Interruption.failures >= IN_A_ROW, Interruption.next_probe_at <= at)
    query = select(Interruption).where(*due).order_by(Interruption.next_probe_at)
    return session.scalars(query.with_for_update(skip_locked=True)).all()


def failed(session: Session, kind: str, target: str, words: str, *, at: datetime) -> None:
    """Count one failure of a target."""
    mine = (Interruption.kind == kind, Interruption.target == target)
    found = session.scalar(select(Interruption).where(*mine).with_for_update())
    if found is None:
        found = Interruption(kind=kind, target=target, since=at, failures=0)
        session.add(found)
    found.failures += 1
    found.last_error = words
    found.probed(at=at)


def answered(session: Session, kind: str, target: str, *, at: datetime) -> None:
    """A target took something, or said that it never will: what waited for it is due now."""
    for missing in (target, ""):
        mine = (Interruption.kind == kind, Interruption.target == missing)
        ended = session.execute(delete(Interruption).where(*mine).returning(Interruption.failures))
        if (ended.scalar() or 0) >= IN_A_ROW:
            waiting = (Outgoing.next_try_at > at, Outgoing.tries > 0, *_rows(kind, missing))
            session.execute(update(Outgoing).where(*waiting).values(next_try_at=at))


def look_now(session: Session, kind: str, target: str, *, at: datetime) -> None:
    """Let the next probe of a target be due at once, because a person asks for it."""
    mine = (Interruption.kind == kind, Interruption.target.in_((target, "")))
    session.execute(update(Interruption).where(*mine).values(next_probe_at=at))


def left_alone(session: Session) -> Sequence[Interruption]:
    """Return the targets that only probes go to, longest first."""
    alone = select(Interruption).where(Interruption.failures >= IN_A_ROW)
    return session.scalars(alone.order_by(Interruption.since)).all()
