"""Promises to a customer, each with a stored deadline. The deadline is kept, not a countdown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.desk.severity import Severity
from assistant.ground.database import Base

if TYPE_CHECKING:
    from assistant.desk.tickets import Ticket

AT_RISK = 0.2  # of the time left: the clock turns amber


class Kind(StrEnum):
    """What is promised."""

    ACKNOWLEDGE = "acknowledge"  # the customer knows that it was received, and who has it
    FIRST_RESPONSE = "first_response"  # a person answered; an automatic message never counts
    NEXT_UPDATE = "next_update"
    RESOLVE = "resolve"


KIND_WORDS = {
    Kind.ACKNOWLEDGE: "Acknowledge",
    Kind.FIRST_RESPONSE: "First response",
    Kind.NEXT_UPDATE: "Next update",
    Kind.RESOLVE: "Resolve",
}


@dataclass(frozen=True, slots=True)
class Policy:
    """How much time each promise gives, by severity."""

    name: str
    allows: dict[Severity, dict[Kind, timedelta]]

    def due(self, kind: Kind, severity: Severity, *, since: datetime) -> datetime:
        """Return when ``kind`` is due for something that happened at ``since``."""
        return since + self.allows[severity][kind]

    def explained(self, kind: Kind, severity: Severity) -> str:
        """Return the sentence behind a deadline."""
        return (
            f"{KIND_WORDS[kind]} is due {in_words(self.allows[severity][kind])} after the "
            f"question, by the {self.name} policy for {severity.label}, around the clock."
        )


def _minutes(acknowledge: int, first: int, update_: int, resolve: int) -> dict[Kind, timedelta]:
    minutes = (acknowledge, first, update_, resolve)
    return {kind: timedelta(minutes=n) for kind, n in zip(Kind, minutes, strict=True)}


# The temporary policy, for questions about the change: an acknowledgement within 10 to 15 minutes.
HYPERCARE = Policy(
    "hypercare",
    {
        Severity.BLOCKED: _minutes(10, 15, 60, 4 * 60),
        Severity.PAINFUL: _minutes(15, 2 * 60, 24 * 60, 2 * 24 * 60),
        Severity.MINOR: _minutes(15, 8 * 60, 2 * 24 * 60, 5 * 24 * 60),
    },
)
# Everything else keeps the normal one.
NORMAL = Policy(
    "normal",
    {
        Severity.BLOCKED: _minutes(15, 60, 4 * 60, 24 * 60),
        Severity.PAINFUL: _minutes(60, 8 * 60, 2 * 24 * 60, 5 * 24 * 60),
        Severity.MINOR: _minutes(60, 24 * 60, 5 * 24 * 60, 10 * 24 * 60),
    },
)
POLICIES = {policy.name: policy for policy in (HYPERCARE, NORMAL)}


class Promise(Base):
    """One deadline on one ticket: open, kept, or broken (and perhaps kept late)."""

    __tablename__ = "promises"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    kind: Mapped[str]
    made_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    kept_at: Mapped[datetime | None]
    broken_at: Mapped[datetime | None]
    because: Mapped[str]
    ticket: Mapped["Ticket"] = relationship(back_populates="promises")

    @property
    def is_open(self) -> bool:
        """Return whether it still has to be kept."""
        return self.kept_at is None

    @property
    def is_by_a_person(self) -> bool:
        """Return whether a person named the time; no policy moves such a promise."""
        return self.because == _named(Kind(self.kind))

    @property
    def words(self) -> str:
        """Return its kind as people say it."""
        return KIND_WORDS[Kind(self.kind)]

    def keep(self, *, at: datetime) -> None:
        """It is done; a second time changes nothing."""
        self.kept_at = self.kept_at or at

    def state(self, at: datetime) -> str:
        """Return ``kept``, ``late`` (kept after it was due), ``over``, ``soon`` or ``fine``."""
        if self.kept_at is not None:
            return "late" if self.kept_at > self.due_at else "kept"
        if at >= self.due_at:
            return "over"
        left, whole = self.due_at - at, self.due_at - self.made_at
        return "soon" if left <= whole * AT_RISK else "fine"


def made(
    ticket: "Ticket", kind: Kind, *, policy: Policy, since: datetime, due_at: datetime | None = None
) -> Promise:
    """Add one promise to ``ticket``: by the policy, or for the time a person named."""
    severity = Severity(ticket.severity)
    promise = Promise(
        kind=kind,
        made_at=since,
        due_at=due_at or policy.due(kind, severity, since=since),
        because=_named(kind) if due_at else policy.explained(kind, severity),
    )
    ticket.promises.append(promise)
    return promise


def _named(kind: Kind) -> str:
    return f"{KIND_WORDS[kind]} was promised for this time by a person."


def open_of(promises: Sequence[Promise], *kinds: Kind) -> list[Promise]:
    """Return those still to be kept, of ``kinds`` when given, the soonest first."""
    still = [p for p in promises if p.is_open and (not kinds or p.kind in kinds)]
    return sorted(still, key=lambda promise: promise.due_at)


def overdue(session: Session, *, at: datetime, most: int = 200) -> list[int]:
    """Return the ids of promises that broke and that nobody has noted yet, the oldest first."""
    query = (
        select(Promise.id)
        .where(Promise.due_at <= at, Promise.kept_at.is_(None), Promise.broken_at.is_(None))
        .order_by(Promise.due_at)
        .limit(most)
    )
    return list(session.scalars(query))


def claim_broken(session: Session, promise_id: int, *, at: datetime) -> bool:
    """Note that a promise broke; true for exactly one caller."""
    claimed = session.execute(
        update(Promise)
        .where(Promise.id == promise_id, Promise.broken_at.is_(None), Promise.kept_at.is_(None))
        .values(broken_at=at)
    )
    return bool(claimed.rowcount == 1)  # type: ignore[attr-defined]


def in_words(time: timedelta) -> str:
    """Return a span as people say it: ``15 minutes``, ``2 hours``, ``5 days``."""
    minutes = round(time.total_seconds() / 60)
    for size, unit in ((1440, "day"), (60, "hour")):
        if minutes >= size and minutes % size == 0:
            count = minutes // size
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return f"{minutes} minute{'s' if minutes != 1 else ''}"
