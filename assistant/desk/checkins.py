"""Check-ins: which customers somebody calls on, and what came of each call.

Names, addresses and notes are the customer's own data: only the launch's people at the desk read
them, no model does, and a lead can have them forgotten while the outcome stays.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship, selectinload

from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground.audit import happened
from assistant.ground.database import Base
from assistant.ground.errors import NotFound, NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.launch.launches import Launch

LONGEST_NAME, LONGEST_NOTE = 120, 2_000  # characters
FORGOTTEN = "Forgotten customer"
MOST = 500  # check-ins of one page


class Why(StrEnum):
    """Why somebody calls on them."""

    LARGE = "large-account"
    AFFECTED = "affected"
    OTHER = "other"


class Outcome(StrEnum):
    """What came of a call."""

    FINE = "fine"
    WORRIED = "worried"
    PROBLEM = "problem"
    NOT_REACHED = "not-reached"


WHY_WORDS = {
    Why.LARGE: "Large account",
    Why.AFFECTED: "Affected by the change",
    Why.OTHER: "Added by hand",
}
OUTCOME_WORDS = {
    Outcome.FINE: "All is well",
    Outcome.WORRIED: "Worried",
    Outcome.PROBLEM: "Has a problem",
    Outcome.NOT_REACHED: "Not reached",
}


class CheckIn(Base):
    """One customer to call on. Open until somebody closes it."""

    __tablename__ = "check_ins"
    __table_args__ = (
        UniqueConstraint("launch_id", "ticket_id"),
        Index("ix_check_ins_launch_id_due_at", "launch_id", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    name: Mapped[str]
    contact: Mapped[str] = mapped_column(default="")  # as somebody wrote it down; nothing is sent
    why: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    due_at: Mapped[datetime | None]
    added_at: Mapped[datetime]
    added_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    closed_at: Mapped[datetime | None]
    forgotten_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(nullable=False)
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])
    ticket: Mapped[Ticket | None] = relationship()
    calls: Mapped[list["CheckInCall"]] = relationship(order_by="CheckInCall.id")

    __mapper_args__ = {"version_id_col": version}

    def log(
        self,
        session: Session,
        outcome: Outcome,
        note: str,
        *,
        next_at: datetime | None,
        by: Person,
        at: datetime,
    ) -> None:
        """Keep what came of a call; without a next one the check-in is closed, unless not reached.

        Raises:
            Refused: when it is closed, or the next call lies in the past.
        """
        if self.closed_at is not None:
            raise Refused("This check-in is closed.", what_to_do="Add them again.")
        if next_at is not None and next_at <= at:
            raise Refused("The next call lies in the past.", what_to_do="Choose a later time.")
        if outcome in (Outcome.WORRIED, Outcome.PROBLEM) and not note.strip():
            raise Refused("Say what worries them.", what_to_do="One sentence is enough.")
        self.calls.append(
            CheckInCall(at=at, by_id=by.id, outcome=outcome, note=note.strip()[:LONGEST_NOTE])
        )
        self.due_at, self.owner_id = next_at, by.id
        if next_at is None and outcome is not Outcome.NOT_REACHED:
            self.closed_at = at
        self.record(session, "called", by=by, at=at, outcome=outcome.value)

    def forget(self, session: Session, *, by: Person, at: datetime) -> None:
        """Take the customer's own data away for good; when and how it went stays.

        Raises:
            NotPermitted: when ``by`` is no lead.
        """
        if not by.is_any(Role.LEAD):
            raise NotPermitted("A lead lets data be forgotten.", what_to_do="Ask one.")
        self.name, self.contact, self.forgotten_at = FORGOTTEN, "", at
        self.closed_at = self.closed_at or at
        for call in self.calls:
            call.note = ""
        self.record(session, "forgotten", by=by, at=at)

    def record(
        self, session: Session, what: str, *, by: Person, at: datetime, **details: Any
    ) -> None:
        """Write down what was done; names and notes stay out of it, events are kept for ever."""
        kind, launch = f"check-in.{what}", self.launch_id
        happened(session, kind, at=at, by=by, launch_id=launch, check_in=self.id, **details)


class CheckInCall(Base):
    """One call, and what came of it."""

    __tablename__ = "check_in_calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    check_in_id: Mapped[int] = mapped_column(ForeignKey("check_ins.id"), index=True)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    outcome: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    by: Mapped[Person] = relationship()


def add(
    session: Session,
    launch: Launch,
    *,
    name: str,
    contact: str = "",
    why: Why,
    due_at: datetime | None,
    by: Person,
    at: datetime,
    ticket: Ticket | None = None,
) -> CheckIn:
    """Write down whom to call on. The same ticket twice is one check-in.

    Raises:
        Refused: without a name.
    """
    if ticket is not None:
        mine = (CheckIn.launch_id == launch.id, CheckIn.ticket_id == ticket.id)
        if (before := session.scalar(select(CheckIn).where(*mine))) is not None:
            return before
    if not name.strip():
        raise Refused("A check-in has a name.", what_to_do="Say whom to call on.")
    found = CheckIn(
        launch_id=launch.id,
        ticket=ticket,
        name=name.strip()[:LONGEST_NAME],
        contact=contact.strip()[:LONGEST_NAME],
        why=why,
        owner_id=by.id,
        due_at=due_at,
        added_at=at,
        added_by_id=by.id,
    )
    session.add(found)
    session.flush()
    found.record(session, "added", by=by, at=at, why=why.value)
    return found


def of_launch(session: Session, launch_id: int) -> Sequence[CheckIn]:
    """Return a launch's check-ins: open ones first, what is due soonest on top."""
    query = (
        select(CheckIn)
        .where(CheckIn.launch_id == launch_id)
        .options(
            selectinload(CheckIn.calls).joinedload(CheckInCall.by),
            joinedload(CheckIn.owner),
            joinedload(CheckIn.ticket),
        )
        .order_by(
            CheckIn.closed_at.is_not(None), CheckIn.due_at.is_(None), CheckIn.due_at, CheckIn.id
        )
        .limit(MOST)
    )
    return session.scalars(query).all()


def this_check_in(session: Session, launch: Launch, check_in_id: int) -> CheckIn:
    """Return one check-in of a launch. Raises NotFound for every other."""
    found = session.get(CheckIn, check_in_id, with_for_update=True)
    if found is None or found.launch_id != launch.id:
        raise NotFound("There is no such check-in.", what_to_do="Look at the list.")
    return found


def affected(session: Session, launch_id: int, *, most: int = 20) -> Sequence[Ticket]:
    """Return tickets whose customers were hit hardest and whom nobody calls on yet.

    Those are Sev 1 and what belongs to a cause, the gravest first; nothing personal is shown.
    """
    has_one = select(CheckIn.id).where(CheckIn.ticket_id == Ticket.id).exists()
    is_hit = (Ticket.severity == int(Severity.BLOCKED)) | Ticket.cause_id.is_not(None)
    query = (
        select(Ticket)
        .where(Ticket.launch_id == launch_id, is_hit, ~has_one)
        .order_by(Ticket.severity, Ticket.opened_at, Ticket.id)
        .limit(most)
    )
    return session.scalars(query).all()


def counts(session: Session, launch_id: int) -> dict[str, int]:
    """Return how many calls had which outcome."""
    query = (
        select(CheckInCall.outcome, func.count())
        .join(CheckIn, CheckIn.id == CheckInCall.check_in_id)
        .where(CheckIn.launch_id == launch_id)
        .group_by(CheckInCall.outcome)
    )
    return {outcome: int(count) for outcome, count in session.execute(query)}
