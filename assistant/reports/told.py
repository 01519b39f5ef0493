"""Whether each update came when the one before had promised it, and what a day was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from assistant.desk.promises import in_words
from assistant.desk.update_alarms import What, daily, promised
from assistant.launch import updates
from assistant.launch.daily_updates import rule_of
from assistant.launch.launches import Launch
from assistant.launch.updates import Update
from assistant.reports.spans import day_span


def kept_words(told: Sequence[Update]) -> dict[int, str]:
    """Return, for each update whose successor is there, whether its promise was kept, in words.

    ``told`` is newest first. An update that named no time promised none.
    """
    pairs = zip(told[1:], told, strict=False)
    return {
        update.id: _kept(after.published_at - update.next_update_at)
        for update, after in pairs
        if update.next_update_at is not None
    }


def _kept(late: timedelta) -> str:
    is_late = late >= timedelta(minutes=1)
    return f"the next came {in_words(late)} late" if is_late else "the next came in time"


@dataclass(frozen=True, slots=True)
class Told:
    """What everybody was told on a day: how often, and what was broken of what was promised."""

    count: int
    late: int  # updates promised for this day that came late or not at all
    is_missed: bool  # the daily update was due and not there in time

    @property
    def words(self) -> str:
        """Return what there is to say about it, never nothing."""
        said = []
        if self.is_missed:
            said.append("the daily update was not there in time")
        if self.late:
            said.append(f"{self.late:,} promised for this day came late or not at all")
        return ", ".join(said) or (
            "all came when promised" if self.count else "nothing was told this day"
        )


def of_day(session: Session, launch: Launch, day: date, *, at: datetime) -> Told:
    """Return what a local day was told by ``at``, and which promise to tell was broken."""
    span = day_span(day, launch.zone)
    told = updates.of_launch(session, launch.id, at=at)
    late = [
        alarm
        for alarm in promised(told, launch, at)
        if alarm.what is What.LATE and span.start <= alarm.due < span.end
    ]
    is_missed = any(
        alarm.what is What.DAILY_MISSED and alarm.about == day.isoformat()
        for alarm in daily(told, launch, rule_of(session, launch.id), at)
    )
    count = sum(span.start <= update.published_at < span.end for update in told)
    return Told(count, len(late), is_missed)
