"""What keeps being asked: each question once, however many people asked it.

The report of a day lists the questions that were asked on this day and that two or more people
asked within the seven days up to it. People, contacts and channels are those of the seven days,
so that they agree with the trend beside them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from assistant.ground.redacting import redacted
from assistant.launch.launches import Launch
from assistant.reports import asked
from assistant.reports.asked import Asked, Case, Cited
from assistant.reports.sheets import Cell, Figure, Sheet
from assistant.reports.spans import DAYS, together, week_to

LATEST = 3  # days that are compared with those before
CHANGED = 1.5  # times as often (or as seldom), from which on a trend is no accident
DAYS_BEFORE = tuple(f"{back} before" for back in range(DAYS - 1, 0, -1))


@dataclass(frozen=True, slots=True)
class Repeat:
    """One question that many people asked. Texts are without personal data."""

    id: int
    question: str
    people: int
    contacts: int
    channels: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    trend: tuple[int, ...]  # contacts per day, oldest first; they add up to ``contacts``
    answer: Cited | None
    wordings: tuple[str, ...]
    tickets: tuple[Case, ...]  # open ones first
    open_tickets: int

    @property
    def on_the_day(self) -> int:
        """Return the contacts on the day of the report."""
        return self.trend[-1]

    @property
    def owner(self) -> str | None:
        """Return who has the newest ticket behind it that is still open."""
        return next((case.owner for case in self.tickets if case.is_open and case.owner), None)


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside each question, by its id."""

    channels: dict[int, tuple[str, ...]]
    answers: dict[int, Cited]
    wordings: dict[int, tuple[str, ...]]
    tickets: dict[int, tuple[Case, ...]]
    open_tickets: dict[int, int]

    def of(self, row: Asked) -> Repeat:
        """Return the whole of one question."""
        cases = self.tickets.get(row.id, ())
        return Repeat(
            id=row.id,
            question=redacted(row.question),
            people=row.people,
            contacts=sum(row.trend),
            channels=self.channels.get(row.id, ()),
            first_at=row.first_at,
            last_at=row.last_at,
            trend=row.trend,
            answer=self.answers.get(row.id),
            wordings=_others(self.wordings.get(row.id, ()), row.question),
            tickets=tuple(case._replace(subject=redacted(case.subject)) for case in cases),
            open_tickets=self.open_tickets.get(row.id, 0),
        )


@dataclass(frozen=True, slots=True)
class RepeatQuestions:
    """The report of one day, most people first."""

    day: date
    repeats: tuple[Repeat, ...]

    @property
    def contacts(self) -> int:
        """Return the contacts of all its questions together."""
        return sum(repeat.contacts for repeat in self.repeats)

    @property
    def unanswered(self) -> int:
        """Return how many of its questions got no approved answer."""
        return sum(repeat.answer is None for repeat in self.repeats)

    def figures(self) -> tuple[Figure, ...]:
        """Return the key figures."""
        tickets = sum(repeat.open_tickets for repeat in self.repeats)
        return (
            Figure(
                f"{len(self.repeats):,}",
                "Questions that repeat",
                "asked on this day, by two or more people in seven days",
            ),
            Figure(f"{self.contacts:,}", "Contacts behind them", "in the seven days to this day"),
            Figure(f"{self.unanswered:,}", "Without an answer", "nothing approved was sent"),
            Figure(f"{tickets:,}", "Open tickets behind them", "open at this moment"),
        )


def of_day(session: Session, launch: Launch, day: date) -> RepeatQuestions:
    """Return the report of a local day of the launch, in six queries however long it is."""
    week = week_to(day, launch.zone)
    rows, span = asked.repeats(session, launch.id, week), together(week)
    ids = [row.id for row in rows]
    beside = Beside(
        channels=asked.channels(session, ids, span),
        answers=asked.answers(session, ids, span),
        wordings=asked.wordings(session, ids, span),
        tickets=asked.tickets(session, ids, span),
        open_tickets=asked.open_tickets(session, ids, span),
    )
    return RepeatQuestions(day, tuple(beside.of(row) for row in rows))


def trend_words(trend: Sequence[int]) -> str:
    """Return a trend of contacts per day in words: ``rising, 1 to 7 a day``, ``new today``.

    The mean of the latest three days is compared with that of the days before. Half as many
    again is a change, and at least one contact a day: less is how single people come and go.
    """
    if not any(trend[:-1]):
        return "new today"
    earlier, later = trend[:-LATEST], trend[-LATEST:]
    before, after = sum(earlier) / len(earlier), sum(later) / len(later)
    if after >= max(before * CHANGED, before + 1):
        return f"rising, {min(earlier)} to {max(later)} a day"
    if before >= max(after * CHANGED, after + 1):
        return f"falling, {max(earlier)} to {min(later)} a day"
    return f"steady, {sum(trend)} in {len(trend)} days"


def sheet(report: RepeatQuestions, launch: Launch) -> Sheet:
    """Return the report as a table; times in the launch's zone."""
    return Sheet(
        title=f"Repeat questions, {launch.name}, {report.day.isoformat()}",
        text="Each question once. Figures are of the seven days up to this day.",
        figures=report.figures(),
        header=(
            *("question", "people", "contacts", "on this day", *DAYS_BEFORE, "trend", "channels"),
            *("first asked", "last asked", "answered by", "version", "sent", "not quite"),
            "open tickets",
        ),
        rows=tuple(_row(repeat, launch.zone) for repeat in report.repeats),
    )


def _row(repeat: Repeat, zone: ZoneInfo) -> tuple[Cell, ...]:
    answer = repeat.answer or Cited("", "", 0, 0, 0)
    asked_when = (at.astimezone(zone) for at in (repeat.first_at, repeat.last_at))
    cells: list[Cell] = [repeat.question, repeat.people, repeat.contacts, repeat.on_the_day]
    cells += [*repeat.trend[:-1], trend_words(repeat.trend), ", ".join(repeat.channels)]
    cells += [*asked_when, answer.title, answer.version or None, answer.sent, answer.not_quite]
    return (*cells, repeat.open_tickets)


def _others(wordings: Sequence[str], question: str) -> tuple[str, ...]:
    """Return other ways of asking than the one that stands for the question."""
    others = (redacted(words) for words in wordings if words != question)
    return tuple(others)[: asked.SHOWN]
