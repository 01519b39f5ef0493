"""The way out: what must hold before hypercare ends, who signs, and what happens if it comes back.

The end is computed: every exit criterion met on whole days, nothing grave lately, every temporary
answer decided and the handover complete. Then the sponsor signs, and that ends it. A shut gate is
only passed with a reason, which is kept beside what was missing. For ``ARMED`` after the end the
warning signs stay on, and a lead may begin again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assistant.desk.causes import Cause
from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground.audit import happened
from assistant.ground.database import Base
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.launch.launches import Launch
from assistant.library import afterwards
from assistant.reports import days, handover, steps
from assistant.reports.moved_limits import moved_limits
from assistant.reports.spans import local_day
from assistant.reports.stability import Criterion, Standing, judge, may_end, stable_days

ARMED = timedelta(days=14)  # after the end, as long as the warning signs propose a return
GRAVE = Criterion("severity_1_or_2_per_day", 0, days=3)
"""Asked of every launch. One that names it chooses the days, and allows none all the same."""


class Signature(Base):
    """A sponsor's signature under the end. ``missing`` is what was open; then there is a reason."""

    __tablename__ = "exit_signatures"

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    override: Mapped[str]
    missing: Mapped[list[str]]
    figures: Mapped[list[dict[str, Any]]]  # of each criterion: {metric, limit, streak, why}
    by: Mapped[Person] = relationship()


class Shut(Refused):
    """The gate is shut, and no reason was given for ending all the same."""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that has to be there before the end. ``why`` says how it stands."""

    title: str
    is_there: bool
    why: str
    kind: str  # criterion, handover, library or desk: where it is worked on
    item: str = ""

    @property
    def words(self) -> str:
        """Return what it is called; a criterion by its metric's title and its limit."""
        if self.kind != "criterion" or not self.item:
            return self.title
        return f"{steps.title_of(self.title)} {self.item}"


@dataclass(frozen=True, slots=True)
class Gate:
    """Everything that the end needs. ``standings`` are of the criteria, in the launch's order."""

    standings: tuple[Standing, ...]
    needs: tuple[Need, ...]

    @property
    def missing(self) -> list[str]:
        """Return what is missing, in words."""
        return [f"{need.words}: {need.why}" for need in self.needs if not need.is_there]

    @property
    def is_open(self) -> bool:
        """Return whether the end may be signed without a reason."""
        return may_end(self.standings) and not self.missing

    @property
    def stable_days(self) -> int:
        """Return for how many consecutive whole days every criterion held."""
        return stable_days(self.standings)


def criteria(launch: Launch) -> list[Criterion]:
    """Return the launch's exit criteria, and that nothing grave happened, whatever it names."""
    named = days.criteria_of(launch)
    has_it = any(c.metric == GRAVE.metric and c.at_most and c.limit <= GRAVE.limit for c in named)
    return named if has_it else [*named, GRAVE]


def standings(session: Session, launch: Launch, *, at: datetime) -> list[Standing]:
    """Return how each criterion stands after the whole days before the one of ``at``."""
    if launch.live_at is None:
        return []
    today = local_day(at, launch.zone)
    there = days.kept(session, launch.id, first=days.first_day(launch), last=today)
    return standings_of(launch, there, today)


def standings_of(launch: Launch, there: days.Figures, today: date) -> list[Standing]:
    """Return how each criterion stands after the whole days before ``today``."""
    yesterday = today - timedelta(days=1)
    return [judge(c, days.history(launch, c, there, until=yesterday)) for c in criteria(launch)]


def gate_of(session: Session, launch: Launch, *, at: datetime) -> Gate:
    """Return what the end of ``launch`` needs at ``at``, and how each stands."""
    return gate_with(session, launch, standings(session, launch, at=at), at=at)


def gate_with(session: Session, launch: Launch, found: Sequence[Standing], *, at: datetime) -> Gate:
    """Return the gate for criteria that are judged already."""
    needs = [
        Need(s.criterion.metric, s.is_met, s.why, "criterion", s.criterion.words) for s in found
    ]
    if not launch.exit_criteria:
        needs.insert(0, Need("Exit criteria", False, "None is set.", "criterion"))
    needs += [*_desk(session, launch.id), _library(session, launch.id, at)]
    return Gate(tuple(found), (*needs, *_handover(session, launch.id)))


def _desk(session: Session, launch_id: int) -> list[Need]:
    blocked = session.scalar(
        select(func.count(Ticket.id)).where(
            Ticket.launch_id == launch_id,
            Ticket.resolved_at.is_(None),
            Ticket.severity == int(Severity.BLOCKED),
        )
    )
    ownerless = session.scalar(
        select(func.count(Cause.id)).where(
            Cause.launch_id == launch_id, Cause.fixed_at.is_(None), Cause.owner_id.is_(None)
        )
    )
    return [
        _none("No Sev 1 ticket is open", blocked or 0, "is open", "are open"),
        _none("Every open cause has an owner", ownerless or 0, "has none", "have none"),
    ]


def _library(session: Session, launch_id: int, at: datetime) -> Need:
    left = len(afterwards.undecided(session, launch_id, at=at))
    title = "Every temporary answer is decided"
    return Need(title, not left, f"{left} undecided." if left else "None is left.", "library")


def _none(title: str, count: int, one: str, many: str) -> Need:
    why = f"{count} {one if count == 1 else many}." if count else "None is left."
    return Need(title, not count, why, "desk")


def _handover(session: Session, launch_id: int) -> list[Need]:
    there = handover.confirmed(session, launch_id)
    needs = []
    for item, title in handover.ITEMS.items():
        said = there.get(item)
        why = f"{said.by.name} confirmed it." if said else "Nobody has confirmed it."
        needs.append(Need(title, said is not None, why, "handover", item))
    return needs


def sign(
    session: Session, launch: Launch, *, override: str = "", by: Person, at: datetime
) -> Signature:
    """Sign the end of hypercare, which ends it.

    Raises:
        NotPermitted: when ``by`` is no sponsor.
        Refused: when it is not live.
        Shut: when something is missing and ``override`` gives no reason.
    """
    if not by.is_any(Role.SPONSOR):
        raise NotPermitted("The sponsor signs the end.", what_to_do="Ask the sponsor.")
    if launch.phase != "active":
        raise Refused(f"{launch.name} is not live.", what_to_do="Nothing is left to sign.")
    gate = gate_of(session, launch, at=at)
    if not gate.is_open and not override.strip():
        listed = " ".join(gate.missing)
        raise Shut(f"It may not end yet. {listed}", what_to_do="Or say why it ends all the same.")
    signature = Signature(
        launch_id=launch.id,
        at=at,
        by_id=by.id,
        override="" if gate.is_open else override.strip(),
        missing=gate.missing,
        figures=[_kept(standing) for standing in gate.standings],
    )
    session.add(signature)
    launch.closed_at = at
    happened(
        session,
        "launch.ended",
        at=at,
        by=by,
        launch_id=launch.id,
        override=signature.override,
        missing=signature.missing,
        moved=len(moved_limits(session, launch)),
    )
    return signature


def _kept(standing: Standing) -> dict[str, Any]:
    criterion = standing.criterion
    return {
        "metric": criterion.metric,
        "limit": criterion.words,
        "streak": standing.streak,
        "why": standing.why,
    }


def signatures(session: Session, launch_id: int) -> Sequence[Signature]:
    """Return who signed the end when, newest first; more than one when it was begun again."""
    query = select(Signature).where(Signature.launch_id == launch_id).order_by(Signature.id.desc())
    return session.scalars(query.options(joinedload(Signature.by))).all()


def is_armed(launch: Launch, *, at: datetime) -> bool:
    """Return whether the launch ended so lately that warning signs may propose a return."""
    return launch.closed_at is not None and at < launch.closed_at + ARMED


def begin_again(
    session: Session, launch: Launch, *, because: str, by: Person, at: datetime
) -> None:
    """Return to hypercare in full after it had ended.

    Raises:
        NotPermitted: when ``by`` does not lead it.
        Refused: without a reason, or when it has not ended.
    """
    if not by.is_any(Role.LEAD):
        raise NotPermitted("Only a lead begins again.", what_to_do="Ask a lead.")
    if launch.closed_at is None:
        raise Refused(f"{launch.name} has not ended.", what_to_do="Nothing is left to do.")
    if not because.strip():
        raise Refused("A return needs a reason.", what_to_do="Say what came back.")
    happened(
        session,
        "launch.begun-again",
        at=at,
        by=by,
        launch_id=launch.id,
        because=because.strip(),
        ended=launch.closed_at.isoformat(),
    )
    launch.closed_at = None
    launch.stage, launch.stage_at, launch.stage_because = 0, at, because.strip()
    steps.bring_back(session, launch, why=because.strip(), at=at)
