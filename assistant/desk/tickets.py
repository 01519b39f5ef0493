"""Tickets: what a person has to answer. Each has a severity with its reason, an owner, promises."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.desk import bounces, escalation, promises, waking
from assistant.desk.conversations import Conversation
from assistant.desk.in_charge import in_charge
from assistant.desk.messages import Message, Said
from assistant.desk.notices import notify
from assistant.desk.pauses import Pause
from assistant.desk.policies import HYPERCARE, Policy, policies_of
from assistant.desk.promises import Kind, Promise
from assistant.desk.severity import Severity
from assistant.ground.audit import ASSISTANT, CUSTOMER, happened
from assistant.ground.database import Base
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Person
from assistant.ground.readable import is_visible, unturned
from assistant.launch.coverage import AROUND_THE_CLOCK, Coverage, coverage_of
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Scenario

PREFIX = "HC-"
LONGEST_NUMBER = 9  # digits; PostgreSQL's integer holds no more
NO_CLOCK = datetime(9999, 12, 31, tzinfo=UTC)  # sorts what has no running clock to the end
FIRST_NUMBER = 1000  # so that the first ticket does not look like the first ever


class SuggestionVerdict(StrEnum):
    """What a person says about a suggested answer; also the event's name."""

    WRONG = "suggestion-wrong"  # it answers another question
    NO_ANSWER = "no-answer"  # nothing approved answers this one


class Ticket(Base):
    """One customer's case, from the question to the end."""

    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_queue", "launch_id", "resolved_at", "severity"),
        Index("ix_tickets_launch_id_opened_at", "launch_id", "opened_at"),
        Index(
            "ix_tickets_open",
            *("launch_id", "severity", "next_due_at", "id"),
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    subject: Mapped[str]
    severity: Mapped[int]
    severity_reason: Mapped[str]
    handoff_reason: Mapped[str]
    in_scope: Mapped[bool]
    policy: Mapped[str]
    scenario_id: Mapped[int | None] = mapped_column(ForeignKey("scenarios.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("repeat_groups.id"), index=True)
    cause_id: Mapped[int | None] = mapped_column(ForeignKey("causes.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    level: Mapped[int] = mapped_column(default=0)
    escalated_at: Mapped[datetime | None]
    escalates_at: Mapped[datetime | None] = mapped_column(index=True)  # unless somebody moves
    bounces: Mapped[int] = mapped_column(default=0)
    held_by: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # {person, team}, in order
    opened_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    first_response_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]
    customer_wrote_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    # When the first open promise is due, kept by ``record``: the queue is sorted by it.
    next_due_at: Mapped[datetime | None] = mapped_column(default=NO_CLOCK)
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    context: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rating: Mapped[int | None]
    version: Mapped[int] = mapped_column(nullable=False)

    launch: Mapped[Launch] = relationship()
    conversation: Mapped[Conversation] = relationship(back_populates="tickets")
    question: Mapped[Message] = relationship(foreign_keys=[question_id])
    scenario: Mapped[Scenario | None] = relationship()
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])
    promises: Mapped[list[Promise]] = relationship(
        order_by="Promise.id", back_populates="ticket", cascade="all, delete-orphan"
    )
    pauses: Mapped[list[Pause]] = relationship(
        order_by="Pause.id", back_populates="ticket", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def number(self) -> str:
        """Return what people call it: ``HC-1042``."""
        return f"{PREFIX}{FIRST_NUMBER + self.id}"

    @property
    def is_open(self) -> bool:
        """Return whether somebody still has to do something."""
        return self.resolved_at is None

    @property
    def is_waiting_on_us(self) -> bool:
        """Return whether the customer spoke last."""
        return self.is_open and (
            self.replied_at is None or self.customer_wrote_at > self.replied_at
        )

    @property
    def _is_untouched(self) -> bool:
        return self.claimed_at is None and self.first_response_at is None

    @property
    def next_due(self) -> Promise | None:
        """Return the open promise that is due first; one that stands still when no other is."""
        return next(iter(promises.open_of(self.promises)), None)

    @property
    def terms(self) -> Policy:
        """Return the policy of its promises, as its launch has it now."""
        return policies_of(self.launch)[self.policy]

    @property
    def path(self) -> Sequence[dict[str, Any]]:
        """Return the steps upwards of its scenario, as ``{after_minutes, to}``."""
        return self.scenario.escalation if self.scenario else []

    @property
    def coverage(self) -> Coverage:
        """Return when people are there for it."""
        return coverage_of(self.launch)

    def acknowledge(self, session: Session, *, by: Person | None, at: datetime) -> None:
        """Tell the customer that it was received: by a person, or by the assistant (``None``).

        It keeps the acknowledge promise and no other: an automatic word is no human response.
        """
        self._must_be_open("acknowledge it")
        self.acknowledged_at = self.acknowledged_at or at
        self._keep(Kind.ACKNOWLEDGE, at=at)
        if by is not None:
            self.escalates_at = None
        self.record(session, "acknowledged", by=by or ASSISTANT, at=at)

    def claim(self, session: Session, *, by: Person, at: datetime) -> None:
        """Take it on."""
        self.assign(session, to=by, by=by, at=at)

    def assign(self, session: Session, *, to: Person, by: Person, at: datetime) -> None:
        """Give it to ``to``, who owns it from now on.

        Raises:
            Refused: when it is resolved.
        """
        self._must_be_open("assign it")
        before = self.owner.name if self.owner else None
        is_back = bounces.comes_back(self, to)
        self.owner, self.owner_id, self.claimed_at = to, to.id, at
        self.escalates_at = None
        self.record(session, "assigned", by=by, at=at, owner=[before, to.name])
        if is_back:
            self._bounced(session, by=by, at=at)

    def set_severity(
        self, session: Session, severity: Severity, *, reason: str, by: Person | str, at: datetime
    ) -> None:
        """Judge it anew; open promises move to what the policy gives from the question on.

        The pauses do not count. A time that a person promised stays.

        Raises:
            Refused: without a reason.
        """
        if not reason.strip():
            raise Refused("A new severity needs a reason.", what_to_do="Say what changed.")
        before, self.severity = self.severity, int(severity)
        self.severity_reason = reason.strip()
        if self.in_scope and severity is Severity.BLOCKED:
            self.policy = HYPERCARE.name  # whatever stage its category is in
        promises.judged_anew(
            self, policy=self.terms, coverage=self.coverage, before=Severity(before), at=at
        )
        if self.escalates_at is not None or (severity is Severity.BLOCKED and self._is_untouched):
            self.escalates_at = self.moves_at()
        self.record(
            session, "severity", by=by, at=at, severity=[before, int(severity)], reason=reason
        )

    def escalate(self, session: Session, *, reason: str, by: Person | str, at: datetime) -> bool:
        """Hand it one level up; return false when nobody is above. Who is above: ``waking``."""
        self._must_be_open("escalate it")
        _must_say(reason, "why it is escalated")
        above = waking.above(session, self, by=by, at=at)
        if above is None:
            self.escalates_at = None
            self.record(session, "escalation-ended", by=by, at=at, reason=reason)
            return False
        is_back = not above.is_for_all and bounces.comes_back(self, above.people[0])
        if not above.is_for_all:
            self.owner, self.owner_id = above.people[0], above.people[0].id
        self.level, self.escalated_at = above.level, at
        self.escalates_at = self.moves_at()
        self.record(
            session, "escalated", by=by, at=at, reason=reason, to=above.names, level=self.level
        )
        whose = "waits for whoever is there first" if above.is_for_all else "is yours now"
        for person in above.people:
            self.tell(session, person, f"{whose}: {reason}", kind="escalated", at=at)
        if is_back:
            self._bounced(session, by=by, at=at)
        return True

    def moves_at(self) -> datetime | None:
        """Return when it goes one level up unless somebody takes it or answers."""
        severity, terms = Severity(self.severity), self.terms
        follows = terms.follows_calendar(Kind.FIRST_RESPONSE, severity)
        first_words = (each for each in self.promises if each.kind == Kind.FIRST_RESPONSE)
        promised = terms.allowed(Kind.FIRST_RESPONSE, severity, promises.category_of(self))
        return escalation.moves_at(
            self.path,
            self.level,
            since=max(self.opened_at, *(each.made_at for each in first_words)),
            moved_at=self.escalated_at,
            counts=self.coverage if follows else AROUND_THE_CLOCK,
            each=promised if severity is Severity.BLOCKED else None,
        )

    def tell(
        self, session: Session, person: Person | None, words: str, *, kind: str, at: datetime
    ) -> None:
        """Write a line about it for one person; for nobody it is not written."""
        if person is not None:
            said = f"{self.number} “{self.subject}” {words}"
            notify(session, person, said, kind=kind, launch_id=self.launch_id, at=at, ticket=self)

    def _bounced(self, session: Session, *, by: Person | str, at: datetime) -> None:
        self.record(session, "bounced", by=by, at=at, bounces=self.bounces)
        if self.bounces == bounces.FLAGGED_AT:
            said = f"has come back {self.bounces} times. Decide whose it is."
            self.tell(session, in_charge(session, self.launch_id, at), said, kind="bounces", at=at)

    def reply(
        self,
        session: Session,
        text: str,
        *,
        by: Person,
        at: datetime,
        entry_version_id: int | None = None,
        deviates_from: int | None = None,
    ) -> Message:
        """Answer the customer as a person. ``entry_version_id`` cites an approved version;
        ``deviates_from`` is the version that somebody started from and changed.

        Raises:
            Refused: when there is nothing to send, or the ticket is resolved.
        """
        self._must_be_open("reply")
        if entry_version_id is None:
            text = unturned(text)
        if not is_visible(text):
            raise Refused("There is nothing to send.", what_to_do="Write a reply first.")
        if (said := self.conversation.messages) and said[-1].is_reply_of(text):
            raise Refused(
                "The customer has exactly this as the last reply.", what_to_do="Load it again."
            )
        message = self.conversation.tell(
            session,
            text.strip() if entry_version_id is None else text,
            kind=Said.REPLY,
            at=at,
            person=by,
            entry_version_id=entry_version_id,
        )
        self._answered(by=by, at=at)
        self.record(
            session,
            "replied",
            by=by,
            at=at,
            message=message.id,
            entry_version=entry_version_id,
            deviates_from=deviates_from,
        )
        return message

    def judge_suggestion(
        self,
        session: Session,
        verdict: SuggestionVerdict,
        *,
        entry: str,
        version: int,
        by: Person,
        at: datetime,
    ) -> None:
        """Keep what a person said about a suggested answer: a labelled case to learn from."""
        details = {"question": self.question_id, "entry": entry, "version": version}
        self.record(session, verdict, by=by, at=at, **details)

    def add_note(self, session: Session, text: str, *, by: Person, at: datetime) -> Message:
        """Write something down for the team only.

        Raises:
            Refused: when there is nothing to keep.
        """
        if not text.strip():
            raise Refused("There is nothing to keep.", what_to_do="Write the note first.")
        note = self.conversation.tell(session, text.strip(), kind=Said.NOTE, at=at, person=by)
        self.record(session, "noted", by=by, at=at, message=note.id)
        return note

    def withhold_reply(self, session: Session, *, because: str, at: datetime) -> None:
        """The reply did not leave the house: it waits on us again; again changes nothing."""
        if self.is_open and self.replied_at is None:
            return
        self.reopen(session, reason=because, by=ASSISTANT, at=at)
        self.replied_at = None
        promises.go_on(self, coverage=self.coverage, at=at)
        if not promises.open_of(self.promises, Kind.NEXT_UPDATE):
            self._promise(Kind.NEXT_UPDATE, since=at)
        self.record(session, "reply-withheld", by=ASSISTANT, at=at, reason=because)
        self.tell(session, self.owner, f"waits again: {because}", kind="withheld", at=at)

    def promise_update(
        self, session: Session, *, due_at: datetime, by: Person, at: datetime
    ) -> None:
        """Promise the customer when they hear next.

        Raises:
            Refused: when the time has passed.
        """
        self._must_be_open("promise an update")
        if due_at <= at:
            raise Refused("That time has passed.", what_to_do="Promise a later time.")
        self._keep(Kind.NEXT_UPDATE, at=at)
        # Whoever promises an update owes it: nobody waits for the customer any more.
        promises.go_on(self, coverage=self.coverage, at=at)
        promises.made(self, Kind.NEXT_UPDATE, policy=self.terms, since=at, due_at=due_at)
        self.record(session, "promised", by=by, at=at, due=due_at.isoformat())

    def customer_wrote(self, session: Session, *, at: datetime) -> None:
        """The customer added something: it waits on us again, and they hear by the next update."""
        was_waiting_on_us = self.is_waiting_on_us
        self.customer_wrote_at = max(self.customer_wrote_at, at)
        promises.go_on(self, coverage=self.coverage, at=at)
        if not was_waiting_on_us and not promises.open_of(self.promises, Kind.NEXT_UPDATE):
            self._promise(Kind.NEXT_UPDATE, since=at)
        self.record(session, "customer-wrote", by=CUSTOMER, at=at)

    def add_context(self, session: Session, context: dict[str, Any], *, at: datetime) -> None:
        """Keep what the customer told once, so that nobody asks again."""
        self.context = {**self.context, **{k: v for k, v in context.items() if v}}
        self.record(session, "context", by=CUSTOMER, at=at, fields=sorted(self.context))

    def resolve(self, session: Session, *, by: Person, at: datetime, note: str = "") -> None:
        """Close it. ``note`` says what settled it, for the team only.

        Raises:
            Refused: when it is resolved already, or no person has answered the customer.
        """
        self._must_be_open("resolve it")
        if self.first_response_at is None:
            raise Refused(
                "Nobody has answered this customer yet.", what_to_do="Reply first, then resolve."
            )
        self.resolved_at, self.resolved_by_id = at, by.id
        self.escalates_at = None
        for promise in promises.open_of(self.promises):
            promise.keep(at=at)
        promises.go_on(self, coverage=self.coverage, at=at)
        if note.strip():
            self.add_note(session, note, by=by, at=at)
        self.record(session, "resolved", by=by, at=at)

    def dismiss(self, session: Session, *, reason: str, by: Person, at: datetime) -> None:
        """Close it without an answer, because none is due: spam, a test, the same thing twice.

        Raises:
            Refused: when it is resolved already, or without a reason.
        """
        self._must_be_open("close it")
        _must_say(reason, "why it needs no answer")
        self.resolved_at, self.resolved_by_id = at, by.id
        self.escalates_at = None
        for promise in promises.open_of(self.promises):
            promise.keep(at=at)
        promises.go_on(self, coverage=self.coverage, at=at)
        self.record(session, "dismissed", by=by, at=at, reason=reason.strip())

    def rate(self, session: Session, score: int, *, at: datetime) -> None:
        """Keep how satisfied the customer is with how it went, 1 to 5."""
        self.rating = score
        self.record(session, "rated", by=CUSTOMER, at=at, score=score)

    def reopen(self, session: Session, *, reason: str, by: Person | str, at: datetime) -> None:
        """Open it again, with new promises from now on; a second time changes nothing.

        What was closed before any person answered still waits for a first response. Whoever was
        told before may be told again: it goes up from the beginning.
        """
        if self.is_open:
            return
        _must_say(reason, "why it is opened again")
        self.resolved_at = self.resolved_by_id = None
        is_answered = self.first_response_at is not None
        for kind in (Kind.NEXT_UPDATE if is_answered else Kind.FIRST_RESPONSE, Kind.RESOLVE):
            self._promise(kind, since=at)
        self.level, self.escalated_at = 0, None
        self.escalates_at = self.moves_at() if self._is_untouched else None
        self.record(session, "reopened", by=by, at=at, reason=reason)

    def _answered(self, *, by: Person, at: datetime) -> None:
        if self.claimed_at is None:
            self.owner, self.owner_id, self.claimed_at = by, by.id, at
        self.acknowledged_at = self.acknowledged_at or at
        self.first_response_at = self.first_response_at or at
        self.replied_at, self.escalates_at = at, None
        for kind in (Kind.ACKNOWLEDGE, Kind.FIRST_RESPONSE, Kind.NEXT_UPDATE):
            self._keep(kind, at=at)
        promises.stand_still(self, at=at)

    def _promise(self, kind: Kind, *, since: datetime) -> None:
        promises.made(self, kind, policy=self.terms, coverage=self.coverage, since=since)

    def _keep(self, kind: Kind, *, at: datetime) -> None:
        for promise in promises.open_of(self.promises, kind):
            promise.keep(at=at)

    def _must_be_open(self, what: str) -> None:
        if not self.is_open:
            raise Refused("This ticket is resolved.", what_to_do=f"Reopen it before you {what}.")

    def record(
        self, session: Session, what: str, *, by: Person | str, at: datetime, **details: Any
    ) -> None:
        """Write down what was done to the ticket; every verb ends here."""
        due = self.next_due
        self.next_due_at = due.due_at if due and due.paused_at is None else NO_CLOCK
        happened(
            session,
            f"ticket.{what}",
            at=at,
            by=by,
            launch_id=self.launch_id,
            conversation_id=self.conversation_id,
            ticket_id=self.id,
            **details,
        )


def _must_say(reason: str, what: str) -> None:
    if not reason.strip():
        raise Refused(f"Say {what}.", what_to_do="Write it for those who read the history.")


def by_number(session: Session, number: str, launches: list[int] | None) -> Ticket:
    """Return the ticket called ``number`` among ``launches`` (``None``: all).

    Raises:
        NotFound: when there is none, or it belongs to a launch that is not among them.
    """
    digits = number.upper().removeprefix(PREFIX)
    is_number = digits.isdecimal() and len(digits) <= LONGEST_NUMBER
    ticket = session.get(Ticket, int(digits) - FIRST_NUMBER) if is_number else None
    if ticket is None or (launches is not None and ticket.launch_id not in launches):
        raise NotFound(f"There is no ticket {number}.", what_to_do="Look for it in the queue.")
    return ticket
