"""A launch: time-bound, with what it covers, what it aims at, and when it may go live."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.ground.audit import ASSISTANT, happened
from assistant.ground.database import Base
from assistant.ground.errors import NotFound, NotPermitted, Refused
from assistant.ground.people import Membership, Person, Role
from assistant.launch.relative import unsettled
from assistant.launch.scenarios import Scenario

WRONG_RATE = (
    0.01  # wrong answers per question asked that a launch accepts unless its lead says more
)


class Trigger(StrEnum):
    """Why hypercare begins."""

    MIGRATION = "platform-system-migration"
    FEATURE = "new-product-feature-service"
    PRICING = "policy-pricing-process-change"
    VENDOR = "vendor-infrastructure-transition"
    VOLUME = "high-risk-high-volume-period"
    REBRANDING = "rebranding"
    WARNING = "warning-sign"


class Mode(StrEnum):
    """How much the assistant may do by itself."""

    SUGGEST = "suggest"  # people answer, with suggestions
    CLARIFY = "clarify"  # it may ask "did you mean"
    AUTO = "auto"  # it may answer when sure enough


class Launch(Base):
    """The period of heightened support after one change."""

    __tablename__ = "launches"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    trigger: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    time_zone: Mapped[str]
    scope: Mapped[list[dict[str, Any]]]
    out_of_scope: Mapped[list[dict[str, Any]]]
    objectives: Mapped[list[dict[str, Any]]]
    baselines: Mapped[list[dict[str, Any]]]
    exit_criteria: Mapped[list[dict[str, Any]]]
    sites: Mapped[list[str]]
    coverage: Mapped[dict[str, Any]] = mapped_column(default=dict)  # none: around the clock
    coverage_set_at: Mapped[datetime | None]  # by a lead; until then the pack says it
    policies: Mapped[dict[str, Any]] = mapped_column(default=dict)  # none: the usual promises
    policies_set_at: Mapped[datetime | None]  # by a lead; until then the pack says it
    languages: Mapped[list[str]] = mapped_column(default=list)  # none: those of its approved texts
    internal_words: Mapped[list[str]] = mapped_column(default=list)  # none of them to a customer
    mode: Mapped[str]
    wrong_rate: Mapped[float]
    mode_set_at: Mapped[datetime | None]  # by a lead; until then the pack says it
    fell_back_at: Mapped[datetime | None]  # too much was wrong: it asks before it answers
    fell_back_because: Mapped[str] = mapped_column(default="")
    lifted_at: Mapped[datetime | None]  # a lead looked, and let it answer again
    stage: Mapped[int] = mapped_column(default=0)  # of the promises; 0 is hypercare in full
    stage_at: Mapped[datetime | None]
    stage_because: Mapped[str] = mapped_column(default="")
    prepared_at: Mapped[datetime]
    live_at: Mapped[datetime | None]
    live_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    closed_at: Mapped[datetime | None]
    library_revision: Mapped[int] = mapped_column(default=0)
    labels_revision: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(nullable=False)
    scenarios: Mapped[list[Scenario]] = relationship(order_by=Scenario.key)

    __mapper_args__ = {"version_id_col": version}

    @property
    def phase(self) -> str:
        """Return where the launch is: preparing, active or closed."""
        if self.closed_at is not None:
            return "closed"
        return "active" if self.live_at is not None else "preparing"

    @property
    def shown_phase(self) -> str:
        """Return the phase as people are told it: active is stabilising once a stage is down."""
        return "stabilising" if self.phase == "active" and self.stage > 0 else self.phase

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which the launch's people and customers read the clock."""
        return ZoneInfo(self.time_zone)

    def day(self, at: datetime) -> int:
        """Return which day of hypercare ``at`` is, 1 on the first, counted in local days."""
        began = (self.live_at or self.starts_at).astimezone(self.zone).date()
        return (at.astimezone(self.zone).date() - began).days + 1

    @property
    def has_fallen_back(self) -> bool:
        """Return whether too much was wrong, and no lead has lifted that since."""
        if self.fell_back_at is None:
            return False
        return self.lifted_at is None or self.lifted_at < self.fell_back_at

    @property
    def acting_mode(self) -> Mode:
        """Return what the assistant may do now: what was decided, less what it lost by itself."""
        mode = Mode(self.mode)
        return Mode.CLARIFY if mode is Mode.AUTO and self.has_fallen_back else mode

    def missing(self) -> list[str]:
        """Return what is still required before the launch may go live, in words."""
        required = {
            "what is in scope": self.scope,
            "what is out of scope": self.out_of_scope,
            "two or three objectives": self.objectives,
            "baselines to compare with": self.baselines,
            "exit criteria": self.exit_criteria,
            "at least one scenario": self.scenarios,
        }
        gaps = [words for words, present in required.items() if not present]
        waiting = unsettled(self.exit_criteria, "value") + unsettled(self.objectives, "target")
        gaps.extend(f"the baseline of {name}" for name in dict.fromkeys(waiting))
        for scenario in self.scenarios:
            gaps.extend(f"{words} for “{scenario.title}”" for words in scenario.missing())
        return gaps

    def go_live(self, session: Session, *, by: Person, at: datetime) -> None:
        """Begin hypercare.

        Raises:
            NotPermitted: when ``by`` does not lead it.
            Refused: when it is live already, or something required is missing (with the list).
        """
        if not by.is_any(Role.LEAD):
            raise NotPermitted("Only a lead takes a launch live.", what_to_do="Ask a lead.")
        if self.live_at is not None:
            raise Refused(f"{self.name} is live already.", what_to_do="Nothing is left to do.")
        if gaps := self.missing():
            raise Refused(f"Before it goes live it needs {_listed(gaps)}.", what_to_do="Add them.")
        self.live_at, self.live_by_id = at, by.id
        happened(session, "launch.live", at=at, by=by, launch_id=self.id, trigger=self.trigger)

    def set_mode(
        self, session: Session, *, mode: Mode, wrong_rate: float, by: Person, at: datetime
    ) -> None:
        """Decide how much the assistant may do, and which share of wrong answers is accepted.

        Raises:
            NotPermitted: when ``by`` does not lead it.
            Refused: when the rate is not between 0.1 % and 10 %.
        """
        if not by.is_any(Role.LEAD):
            raise NotPermitted("Only a lead decides the mode.", what_to_do="Ask a lead.")
        if not 0.001 <= wrong_rate <= 0.1:
            raise Refused("The accepted rate is between 0.1 % and 10 %.", what_to_do="Change it.")
        happened(
            session,
            "launch.mode",
            at=at,
            by=by,
            launch_id=self.id,
            mode=[self.mode, mode],
            wrong_rate=[self.wrong_rate, wrong_rate],
        )
        self.mode, self.wrong_rate, self.mode_set_at = mode, wrong_rate, at

    def keep_inside(self, session: Session, words: list[str], *, by: Person, at: datetime) -> None:
        """Say which words and names of systems no customer should read from a colleague.

        Raises:
            NotPermitted: when ``by`` does not lead it.
        """
        if not by.is_any(Role.LEAD):
            raise NotPermitted("Only a lead decides which words stay inside.", what_to_do="Ask.")
        happened(
            session,
            "launch.internal-words",
            at=at,
            by=by,
            launch_id=self.id,
            words=[self.internal_words, words],
        )
        self.internal_words = words

    def set_coverage(
        self, session: Session, kept: dict[str, Any], *, by: Person, at: datetime
    ) -> None:
        """Decide when people are there; ``kept`` is a checked calendar, {} is around the clock.

        Raises:
            NotPermitted: when ``by`` does not lead it.
        """
        if not by.is_any(Role.LEAD):
            raise NotPermitted("Only a lead sets the hours.", what_to_do="Ask a lead.")
        both = [self.coverage, kept]
        happened(session, "launch.coverage", at=at, by=by, launch_id=self.id, coverage=both)
        self.coverage, self.coverage_set_at = kept, at

    def set_policies(
        self, session: Session, kept: dict[str, Any], *, by: Person, at: datetime
    ) -> None:
        """Decide how much time each promise has; ``kept`` is checked, {} is the usual.

        Raises:
            NotPermitted: when ``by`` does not lead it.
        """
        if not by.is_any(Role.LEAD):
            raise NotPermitted("Only a lead sets the promises.", what_to_do="Ask a lead.")
        both = [self.policies, kept]
        happened(session, "launch.policies", at=at, by=by, launch_id=self.id, policies=both)
        self.policies, self.policies_set_at = kept, at

    def fall_back(self, session: Session, *, because: str, at: datetime) -> None:
        """Ask before answering, from now until a lead lifts it; the same again changes nothing."""
        if self.has_fallen_back:
            return
        self.fell_back_at, self.fell_back_because = at, because
        happened(
            session, "launch.fell-back", at=at, by=ASSISTANT, launch_id=self.id, because=because
        )

    def lift(self, session: Session, *, by: Person, at: datetime) -> None:
        """Let it answer by itself again. Only what it answers from then on may stop it anew.

        Raises:
            NotPermitted: when ``by`` does not lead it.
            Refused: when it has not fallen back.
        """
        if not by.is_any(Role.LEAD):
            raise NotPermitted("Only a lead lets it answer again.", what_to_do="Ask a lead.")
        if not self.has_fallen_back:
            raise Refused("It answers already.", what_to_do="Nothing is left to do.")
        self.lifted_at = at
        happened(
            session,
            "launch.lifted",
            at=at,
            by=by,
            launch_id=self.id,
            because=self.fell_back_because,
        )


def _listed(gaps: list[str]) -> str:
    return gaps[0] if len(gaps) == 1 else f"{', '.join(gaps[:-1])} and {gaps[-1]}"


def by_key(session: Session, key: str) -> Launch:
    """Return the launch with this key.

    Raises:
        NotFound: when there is none.
    """
    launch = session.scalar(select(Launch).where(Launch.key == key))
    if launch is None:
        raise NotFound(f"There is no launch “{key}”.", what_to_do="Check the key.")
    return launch


def of_person(session: Session, person: Person) -> list[Launch]:
    """Return the launches ``person`` works on, newest first; an administrator's are all."""
    query = select(Launch).order_by(Launch.starts_at.desc())
    if not person.is_any():
        mine = select(Membership.launch_id).where(Membership.person_id == person.id)
        query = query.where(Launch.id.in_(mine))
    return list(session.scalars(query))


def library_changed(session: Session, launch_id: int) -> None:
    """Move the library's revision on, so that every process compiles its shelf anew."""
    session.execute(
        update(Launch)
        .where(Launch.id == launch_id)
        .values(library_revision=Launch.library_revision + 1)
        .execution_options(synchronize_session=False)
    )


def labels_changed(session: Session, launch_id: int) -> None:
    """Move the labels' revision on, so that every process judges the launch's standing anew."""
    session.execute(
        update(Launch)
        .where(Launch.id == launch_id)
        .values(labels_revision=Launch.labels_revision + 1)
        .execution_options(synchronize_session=False)
    )
