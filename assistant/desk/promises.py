"""Promises to a customer, each with a stored deadline. The deadline is kept, not a countdown.

What a deadline is made of is kept beside it: when the clock began, how much time it has, whether
only covered time counts, and the ticket's pauses. Whenever one of them changes it is reckoned anew.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assistant.desk import pauses
from assistant.desk.pauses import Pause
from assistant.desk.policies import HYPERCARE as HYPERCARE
from assistant.desk.policies import KIND_WORDS as KIND_WORDS
from assistant.desk.policies import NORMAL as NORMAL
from assistant.desk.policies import POLICIES as POLICIES
from assistant.desk.policies import Kind as Kind
from assistant.desk.policies import Policy as Policy
from assistant.desk.policies import in_words as in_words
from assistant.desk.severity import Severity
from assistant.ground.database import Base
from assistant.launch.coverage import AROUND_THE_CLOCK, Coverage
from assistant.launch.scenarios import Category

if TYPE_CHECKING:
    from assistant.desk.tickets import Ticket

AT_RISK = 0.2  # of the time left: the clock turns amber, and its owner is warned
Terms = tuple[int | None, bool, str, datetime, datetime | None]
STAYS = "The customer was promised an earlier time before, so that time stays."
PAUSES = (Kind.NEXT_UPDATE, Kind.RESOLVE)  # what waits for the customer; a first word never does


class Promise(Base):
    """One deadline on one ticket: open, kept, or broken (and perhaps kept late)."""

    __tablename__ = "promises"
    __table_args__ = (
        Index("ix_promises_running", "kept_at", "broken_at", "due_at"),
        Index("ix_promises_unwarned", "kept_at", "warned_at", "warn_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    kind: Mapped[str]
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    warn_at: Mapped[datetime | None]  # when a fifth of the time is left
    allowed_seconds: Mapped[int | None]  # nothing: a person named the time
    follows_calendar: Mapped[bool] = mapped_column(default=False)
    kept_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    broken_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]  # its clock stands still since then
    because: Mapped[str]
    moves: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # {at, why, due}, in order
    ticket: Mapped["Ticket"] = relationship(back_populates="promises")

    @property
    def is_open(self) -> bool:
        """Return whether it still has to be kept."""
        return self.kept_at is None

    @property
    def is_broken(self) -> bool:
        """Return whether it was noted that the time it has now was missed, not an earlier one."""
        return self.broken_at is not None and self.broken_at >= self.due_at

    @property
    def is_by_a_person(self) -> bool:
        """Return whether a person named the time; no policy moves such a promise."""
        return self.because == _named(Kind(self.kind))

    @property
    def words(self) -> str:
        """Return its kind as people say it."""
        return KIND_WORDS[Kind(self.kind)]

    @property
    def allowed(self) -> timedelta:
        """Return how much time it has."""
        if self.allowed_seconds is None:
            return self.due_at - self.made_at
        return timedelta(seconds=self.allowed_seconds)

    @property
    def terms(self) -> Terms:
        """Return what it was made of, to be taken again."""
        given = (self.allowed_seconds, self.follows_calendar, self.because)
        return *given, self.due_at, self.warn_at

    def take(self, terms: Terms) -> None:
        """Be again what it was."""
        self.allowed_seconds, self.follows_calendar, self.because = terms[:3]
        self.due_at, self.warn_at = terms[3:]

    def keep(self, *, at: datetime) -> None:
        """It is done; a second time changes nothing."""
        self.kept_at = self.kept_at or at
        self.paused_at = None

    def state(self, at: datetime) -> str:
        """Return ``kept``, ``late`` (kept after it was due), ``paused``, ``over``, ``soon`` or
        ``fine``."""
        if self.kept_at is not None:
            return "late" if self.kept_at > self.due_at else "kept"
        if self.paused_at is not None:
            return "paused"
        if at >= self.due_at:
            return "over"
        warn_at = self.warn_at or self.due_at - (self.due_at - self.made_at) * AT_RISK
        return "soon" if at >= warn_at else "fine"

    def reckon(self, coverage: Coverage, stood_still: Sequence[Pause] = ()) -> None:
        """Work out anew when it is due and when to warn; a time that a person named stays."""
        if self.allowed_seconds is None or self.is_by_a_person:
            self.warn_at = self.due_at - (self.due_at - self.made_at) * AT_RISK
            return
        counts, stood = self._counts(coverage), stood_still if self.kind in PAUSES else ()
        self.due_at = pauses.runs_out(self.made_at, self.allowed, counts, stood)
        self.warn_at = pauses.runs_out(self.made_at, self.allowed * (1 - AT_RISK), counts, stood)

    def go_on(self, coverage: Coverage, stood_still: Sequence[Pause], *, at: datetime) -> None:
        """Run again with the time it had left, no more than that where the hours changed since."""
        counts, since = self._counts(coverage), self.paused_at or at
        left = [counts.worked(since, each) for each in (self.due_at, self.warn_at or self.due_at)]
        self.paused_at = None
        self.reckon(coverage, stood_still)
        due, warn = (counts.add(at, each) for each in left)
        self.due_at, self.warn_at = min(self.due_at, due), min(self.warn_at or warn, warn)

    def _counts(self, coverage: Coverage) -> Coverage:
        return coverage if self.follows_calendar else AROUND_THE_CLOCK

    def move(self, why: str, *, due_before: datetime, at: datetime) -> None:
        """Note why it is due at another time now than before."""
        if self.due_at == due_before:
            return
        if self.warn_at is not None and self.warn_at > at:
            self.warned_at = None  # another deadline, another warning
        moved = {"at": at.isoformat(), "why": why, "due": due_before.isoformat()}
        self.moves = [*(self.moves or []), moved]


def made(
    ticket: "Ticket",
    kind: Kind,
    *,
    policy: Policy,
    since: datetime,
    due_at: datetime | None = None,
    coverage: Coverage = AROUND_THE_CLOCK,
) -> Promise:
    """Add one promise to ``ticket``: by the policy, or for the time a person named."""
    promise = Promise(kind=kind, made_at=since, moves=[], follows_calendar=False)
    if due_at is None:
        _give(promise, policy, Severity(ticket.severity), category_of(ticket), coverage)
    else:
        promise.due_at, promise.because = due_at, _named(kind)
    promise.reckon(coverage)
    ticket.promises.append(promise)
    return promise


def _give(
    promise: Promise,
    policy: Policy,
    severity: Severity,
    category: Category | None,
    coverage: Coverage,
) -> None:
    """Give it the time that a policy allows."""
    kind = Kind(promise.kind)
    allowed = policy.allowed(kind, severity, category)
    promise.allowed_seconds = int(allowed.total_seconds())
    promise.follows_calendar = policy.follows_calendar(kind, severity)
    promise.because = policy.explained(kind, severity, category, coverage=coverage)


def category_of(ticket: "Ticket") -> Category | None:
    """Return the category of the ticket's scenario."""
    return Category(ticket.scenario.category) if ticket.scenario else None


def _named(kind: Kind) -> str:
    return f"{KIND_WORDS[kind]} was promised for this time by a person."


def judged_anew(
    ticket: "Ticket", *, policy: Policy, coverage: Coverage, before: Severity, at: datetime
) -> None:
    """Give open promises the time of the ticket's new severity, from their beginning on.

    What has passed since counts, the pauses do not. Only a less grave severity gives more time,
    whatever became of hours and promises since.
    """
    now = Severity(ticket.severity)
    for promise in open_of(ticket.promises):
        if promise.is_by_a_person:
            continue
        former, due_before = promise.terms, promise.due_at
        _give(promise, policy, now, category_of(ticket), coverage)
        promise.reckon(coverage, ticket.pauses)
        if promise.due_at > due_before and not before.is_worse_than(now):
            promise.take(former)
        promise.move(f"{before.label} became {now.label}.", due_before=due_before, at=at)


def by_the_right_policy(
    ticket: "Ticket", *, policy: Policy, coverage: Coverage, why: str, at: datetime
) -> None:
    """Give open promises the time of the policy that should have held from their beginning.

    What has passed since counts, the pauses do not. What was promised for an earlier time stays,
    and says why; a time that a person named stays too.
    """
    for promise in open_of(ticket.promises):
        if promise.is_by_a_person:
            continue
        former, due_before = promise.terms, promise.due_at
        _give(promise, policy, Severity(ticket.severity), category_of(ticket), coverage)
        promise.reckon(coverage, ticket.pauses)
        if promise.due_at > due_before:
            promise.take(former)
            promise.because = f"{promise.because} {why} {STAYS}"
        promise.move(why, due_before=due_before, at=at)


def keep_kinder(
    ticket: "Ticket", *, policy: Policy, coverage: Coverage, why: str, at: datetime
) -> int:
    """After a policy or a calendar changed: let open promises be due at the kinder time.

    That is the earlier one, for the customer. What would be overdue at once, or stands still,
    stays as promised. Returns how many moved.
    """
    moved = 0
    for promise in open_of(ticket.promises):
        if promise.is_by_a_person or promise.paused_at is not None:
            continue
        former, due_before = promise.terms, promise.due_at
        _give(promise, policy, Severity(ticket.severity), category_of(ticket), coverage)
        promise.reckon(coverage, ticket.pauses)
        if at < promise.due_at < due_before:
            promise.move(why, due_before=due_before, at=at)
            moved += 1
            continue
        promise.take(former)
    return moved


def stand_still(ticket: "Ticket", *, at: datetime) -> None:
    """Pause what waits for the customer, from now on; again changes nothing."""
    if pauses.current(ticket.pauses) is not None:
        return
    waiting = [p for p in open_of(ticket.promises, *PAUSES) if _may_stand(p, at)]
    if waiting:
        ticket.pauses.append(Pause(began_at=at, ended_at=None))
    for promise in waiting:
        promise.paused_at = at


def _may_stand(promise: Promise, at: datetime) -> bool:
    return not promise.is_by_a_person and promise.due_at > at


def go_on(ticket: "Ticket", *, coverage: Coverage, at: datetime) -> None:
    """End the pause: each clock goes on with the time it had left."""
    pause = pauses.current(ticket.pauses)
    if pause is None:
        return
    pause.ended_at = max(pause.began_at, at)
    for promise in open_of(ticket.promises, *PAUSES):
        if promise.paused_at is not None:
            promise.go_on(coverage, ticket.pauses, at=pause.ended_at)


def open_of(promises: Sequence[Promise], *kinds: Kind) -> list[Promise]:
    """Return those still to be kept, of ``kinds`` when given, soonest first, paused ones last."""
    still = [p for p in promises if p.is_open and (not kinds or p.kind in kinds)]
    return sorted(still, key=lambda promise: (promise.paused_at is not None, promise.due_at))
