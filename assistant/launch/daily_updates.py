"""The daily update of the first days: by when it is due, and on which days none came in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.ground.audit import happened
from assistant.ground.database import Base
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.launch.coverage import AROUND_THE_CLOCK, Coverage, clock_words, edge
from assistant.launch.launches import Launch

MOST_DAYS = 90  # a launch in 90-day mode may want one every day


class UpdateRule(Base):
    """How a launch wants its daily update. Without a row the usual holds."""

    __tablename__ = "update_rules"

    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), primary_key=True)
    days: Mapped[int]
    by_minutes: Mapped[int]  # of the local day
    set_at: Mapped[datetime]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))


@dataclass(frozen=True, slots=True)
class Rule:
    """A daily update on the first ``days`` days, by ``by_minutes`` of the local day; 0 is none."""

    days: int = 5
    by_minutes: int = 17 * 60

    @property
    def by_words(self) -> str:
        """Return the time as people read it: ``17:00``."""
        return clock_words(self.by_minutes)

    def due(
        self,
        zone: ZoneInfo,
        live_at: datetime,
        until: datetime,
        coverage: Coverage = AROUND_THE_CLOCK,
    ) -> list[tuple[date, datetime]]:
        """Return the days that want an update and begin by ``until``, each with its deadline.

        A day whose deadline lay before the launch wants none, and neither does one without people.
        """
        first, found = live_at.astimezone(zone).date(), []
        for ordinal in range(self.days):
            day = first + timedelta(days=ordinal)
            by = edge(day, self.by_minutes, str(zone))
            if midnight(day, zone) > until:
                break
            if by > live_at and _has_people(coverage, day, zone):
                found.append((day, by))
        return found

    def missed(
        self,
        zone: ZoneInfo,
        live_at: datetime,
        told: Sequence[datetime],
        at: datetime,
        coverage: Coverage = AROUND_THE_CLOCK,
    ) -> list[tuple[date, datetime]]:
        """Return the days on which no update of ``told`` came by the deadline, oldest first."""
        return [
            (day, by)
            for day, by in self.due(zone, live_at, at, coverage)
            if by <= at and not any(midnight(day, zone) <= one <= by for one in told)
        ]


USUAL = Rule()


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a local day begins, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _has_people(coverage: Coverage, day: date, zone: ZoneInfo) -> bool:
    return bool(coverage.spans(midnight(day, zone), midnight(day + timedelta(days=1), zone)))


def rule_of(session: Session, launch_id: int) -> Rule:
    """Return how a launch wants its daily update."""
    row = session.get(UpdateRule, launch_id)
    return Rule(row.days, row.by_minutes) if row else USUAL


def set_rule(session: Session, launch: Launch, rule: Rule, *, by: Person, at: datetime) -> None:
    """Decide on how many first days an update is due, and by when; 0 days is none.

    Raises:
        NotPermitted: when ``by`` is neither change manager nor lead.
        Refused: when the days or the time make no sense.
    """
    if not by.is_any(Role.CHANGE_MANAGER, Role.LEAD):
        raise NotPermitted("A change manager or a lead decides this.", what_to_do="Ask one.")
    if not 0 <= rule.days <= MOST_DAYS or not 0 <= rule.by_minutes < 24 * 60:
        raise Refused(f"Choose 0 to {MOST_DAYS} days and a time of day.", what_to_do="Change it.")
    before = rule_of(session, launch.id)
    row = session.get(UpdateRule, launch.id) or UpdateRule(launch_id=launch.id)
    row.days, row.by_minutes, row.set_at, row.set_by_id = rule.days, rule.by_minutes, at, by.id
    session.add(row)
    both = [[each.days, each.by_words] for each in (before, rule)]
    happened(session, "launch.daily-updates", at=at, by=by, launch_id=launch.id, rule=both)
