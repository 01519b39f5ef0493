"""Causes: what a repeat group is fixed by. Detected, decided, fixing, fixed: each by whom and when.

A cause is triaged when somebody says whether it is a bug or a training gap, which is needed before
anything is decided about it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assistant.desk.addresses import checked_address
from assistant.desk.cause_states import (
    DECIDED_BY,
    SAY_KIND,
    STATE_WORDS,
    Decision,
    Kind,
    State,
)
from assistant.ground.audit import Event, happened
from assistant.ground.database import Base
from assistant.ground.errors import NotFound, NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.launch.scenarios import Scenario

MOST_LINKS = 20
LONGEST_TITLE = 200  # characters


class Cause(Base):
    """Why many people ask the same, and what is done about it."""

    __tablename__ = "causes"
    __table_args__ = (Index("ix_causes_launch_id_detected_at", "launch_id", "detected_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"))
    title: Mapped[str]
    kind: Mapped[str | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    scenario_id: Mapped[int | None] = mapped_column(ForeignKey("scenarios.id"), index=True)
    detected_at: Mapped[datetime]
    detected_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    decision: Mapped[str | None]
    decision_words: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    fixing_at: Mapped[datetime | None]
    fixing_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    fixed_at: Mapped[datetime | None]
    fixed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    learners: Mapped[str] = mapped_column(default="")  # of a training gap: who should learn
    lesson: Mapped[str] = mapped_column(default="")  # and what
    links: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # [{url, words}]
    version: Mapped[int] = mapped_column(nullable=False)

    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])
    scenario: Mapped[Scenario | None] = relationship()
    detected_by: Mapped[Person] = relationship(foreign_keys=[detected_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    fixing_by: Mapped[Person | None] = relationship(foreign_keys=[fixing_by_id])
    fixed_by: Mapped[Person | None] = relationship(foreign_keys=[fixed_by_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def number(self) -> str:
        """Return what people call it: ``C-12``."""
        return f"C-{self.id}"

    @property
    def state(self) -> State:
        """Return how far it is."""
        if self.fixed_at is not None:
            return State.FIXED
        if self.fixing_at is not None:
            return State.FIXING
        is_decided = self.decided_at is not None and self.decision != Decision.NEED_FACTS
        return State.DECIDED if is_decided else State.DETECTED

    def describe(
        self,
        session: Session,
        *,
        title: str,
        kind: Kind | None,
        scenario: Scenario | None,
        learners: str = "",
        lesson: str = "",
        by: Person,
        at: datetime,
    ) -> None:
        """Say anew what it is.

        Raises:
            Refused: without a title, or when its kind is taken back after a decision.
        """
        if kind is None and self.decided_at is not None:
            raise Refused("A decided cause has a kind.", what_to_do=SAY_KIND)
        before = [self.title, self.kind, self.scenario.key if self.scenario else None]
        self.title, self.kind = _titled(title), kind
        self.scenario, self.scenario_id = scenario, scenario.id if scenario else None
        self.learners, self.lesson = learners.strip(), lesson.strip()
        after = [self.title, self.kind, scenario.key if scenario else None]
        self.record(session, "described", by=by, at=at, before=before, after=after)

    def assign(self, session: Session, *, to: Person, by: Person, at: datetime) -> None:
        """Give it to ``to``, who sees that it is fixed."""
        before = self.owner.name if self.owner else None
        self.owner, self.owner_id = to, to.id
        self.record(session, "assigned", by=by, at=at, owner=[before, to.name])

    def decide(
        self,
        session: Session,
        decision: Decision,
        words: str,
        *,
        kind: Kind | None = None,
        by: Person,
        at: datetime,
    ) -> None:
        """Say what it is to customers, and why. Until ``fixed`` a decision may be changed.

        Raises:
            Refused: without its kind, without words, or when it is fixed.
            NotPermitted: when its scenario names somebody else for that.
        """
        kind = kind or (Kind(self.kind) if self.kind else None)
        if kind is None:
            raise Refused("Nobody has said what kind of cause this is.", what_to_do=SAY_KIND)
        if not words.strip():
            raise Refused("A decision needs a reason.", what_to_do="Write it for those who answer.")
        self._must_not_be_fixed("decide again")
        self._must_be_decided_by(by, decision)
        self.kind, self.decision, self.decision_words = kind, decision, words.strip()
        self.decided_at, self.decided_by = at, by
        if decision == Decision.NEED_FACTS:
            self.fixing_at = self.fixing_by = None
        self.record(session, "decided", by=by, at=at, decision=decision, words=words, of=kind)

    def begin_fix(self, session: Session, *, by: Person, at: datetime) -> None:
        """Say that it is being fixed. Raises Refused before it is decided, or twice."""
        if self.state != State.DECIDED:
            raise Refused(
                f"This cause is {STATE_WORDS[self.state]}.",
                what_to_do="A fix begins once it is decided, and once.",
            )
        self.fixing_at, self.fixing_by = at, by
        self.record(session, "fixing", by=by, at=at)

    def mark_fixed(self, session: Session, *, by: Person, at: datetime) -> None:
        """Say that it is fixed; ``fixes.record`` keeps what was changed. Raises Refused too."""
        if self.state not in (State.DECIDED, State.FIXING):
            raise Refused(
                f"This cause is {STATE_WORDS[self.state]}.",
                what_to_do="Decide it before it is fixed; reopen it when it came back.",
            )
        self.fixed_at, self.fixed_by = at, by
        self.record(session, "fixed", by=by, at=at)

    def go_back(
        self, session: Session, to: State, *, reason: str, by: Person, at: datetime
    ) -> None:
        """Return to an earlier state, because it was left too early.

        Raises:
            Refused: without a reason, or when that is not earlier.
        """
        if not reason.strip():
            raise Refused("Say why it goes back.", what_to_do="Write it for those who fix it.")
        states = list(State)
        if states.index(to) >= states.index(self.state):
            raise Refused(f"It is {STATE_WORDS[self.state]} only.", what_to_do="Go on from there.")
        before = self.state
        self.fixed_at = self.fixed_by = None
        if to in (State.DETECTED, State.DECIDED):
            self.fixing_at = self.fixing_by = None
        if to == State.DETECTED:
            self.decision = self.decided_at = self.decided_by = None
            self.decision_words = ""
        if to == State.FIXING and self.fixing_at is None:
            self.fixing_at, self.fixing_by = at, by
        self.record(session, "went-back", by=by, at=at, states=[before, to], reason=reason.strip())

    def add_link(
        self, session: Session, url: str, *, words: str = "", by: Person | str, at: datetime
    ) -> None:
        """Keep where else it is worked on: an issue, a page. A second time changes nothing.

        Raises:
            Refused: when it is no https address, or there are too many.
        """
        url = checked_address(url)
        if any(link["url"] == url for link in self.links):
            return
        if len(self.links) >= MOST_LINKS:
            raise Refused("That are enough links.", what_to_do="Take one away first.")
        self.links = [*self.links, {"url": url, "words": words.strip()[:LONGEST_TITLE]}]
        self.record(session, "linked", by=by, at=at, url=url)

    def remove_link(self, session: Session, url: str, *, by: Person, at: datetime) -> None:
        """Take a link away."""
        self.links = [link for link in self.links if link["url"] != url]
        self.record(session, "unlinked", by=by, at=at, url=url)

    def may_decide(self, person: Person, decision: Decision) -> bool:
        """Return whether ``person`` decides this: whom the scenario names, else any lead.

        Anybody may ask for facts, but not in place of what was decided by right.
        """
        decider = DECIDED_BY.get(decision) or DECIDED_BY.get(Decision(self.decision or decision))
        if decider is None:
            return True
        if self.scenario is None or not self.scenario.deciders.get(decider):
            return person.is_any(Role.LEAD)
        return self.scenario.is_decided_by(person, decider)

    def _must_be_decided_by(self, person: Person, decision: Decision) -> None:
        if self.may_decide(person, decision):
            return
        decider = DECIDED_BY.get(decision) or DECIDED_BY[Decision(self.decision or decision)]
        named = self.scenario.deciders.get(decider) if self.scenario else None
        raise NotPermitted("You do not decide this.", what_to_do=f"Ask {named or 'a lead'}.")

    def _must_not_be_fixed(self, what: str) -> None:
        if self.state == State.FIXED:
            raise Refused("This cause is fixed.", what_to_do=f"Reopen it before you {what}.")

    def record(
        self, session: Session, what: str, *, by: Person | str, at: datetime, **details: Any
    ) -> None:
        """Write down what happened to it."""
        happened(
            session,
            f"cause.{what}",
            at=at,
            by=by,
            launch_id=self.launch_id,
            cause_id=self.id,
            **details,
        )


def detect(
    session: Session,
    launch_id: int,
    *,
    title: str,
    kind: Kind | None = None,
    owner: Person | None = None,
    scenario: Scenario | None = None,
    by: Person,
    at: datetime,
) -> Cause:
    """Return a new cause. Raises Refused without a title."""
    cause = Cause(
        launch_id=launch_id,
        title=_titled(title),
        kind=kind,
        owner=owner,
        scenario=scenario,
        detected_at=at,
        detected_by=by,
        links=[],
    )
    session.add(cause)
    session.flush()
    cause.record(session, "detected", by=by, at=at, title=cause.title)
    return cause


def cause_of(session: Session, cause_id: int, launches: Sequence[int] | None) -> Cause:
    """Return a cause among ``launches`` (``None``: all). Raises NotFound for every other one."""
    found = session.get(Cause, cause_id)
    if found is None or (launches is not None and found.launch_id not in launches):
        raise NotFound(f"There is no cause C-{cause_id}.", what_to_do="Look for it in the list.")
    return found


def open_of(session: Session, launch_id: int, *, most: int) -> Sequence[Cause]:
    """Return a launch's causes that are not fixed, newest first, at most ``most``."""
    query = select(Cause).where(Cause.launch_id == launch_id, Cause.fixed_at.is_(None))
    return session.scalars(query.order_by(Cause.id.desc()).limit(most)).all()


def history(session: Session, cause_id: int) -> list[Event]:
    """Return everything that happened to a cause, oldest first."""
    query = select(Event).where(Event.cause_id == cause_id).order_by(Event.id)
    return list(session.scalars(query.options(joinedload(Event.person))))


def _titled(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise Refused("A cause has a title.", what_to_do="Say in a line what is behind it.")
    return title[:LONGEST_TITLE]
