"""Written reports: each kept once per launch, kind and day, and mailed in the same transaction.

What was written stays what it was. Whoever looks later sees beside each figure what it comes to
now, where that is something else.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.ground import outbox
from assistant.ground.database import Base
from assistant.ground.parts import Parts
from assistant.ground.settings import Settings
from assistant.launch.launches import Launch
from assistant.reports import days, papers, readers
from assistant.reports.due import BACK, Life, Rhythm, days_due, due_at, is_stale
from assistant.reports.kinds import KINDS, Kind
from assistant.reports.papers import Paper
from assistant.reports.spans import day_span, local_day

Due = tuple[int, str, date]  # a launch, a kind, a local day


class WrittenReport(Base):
    """One report as it was written. ``until`` is the instant that it is as of."""

    __tablename__ = "written_reports"
    __table_args__ = (UniqueConstraint("launch_id", "kind", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"))
    kind: Mapped[str]
    day: Mapped[date]
    until: Mapped[datetime]
    written_at: Mapped[datetime]
    paper: Mapped[dict[str, Any]]
    markdown: Mapped[str]
    mailed_to: Mapped[list[str]]
    words: Mapped[str] = mapped_column(default="")  # the model's, for the team only
    worded_by: Mapped[str] = mapped_column(default="")  # which model
    worded_at: Mapped[datetime | None]  # asked, whatever came of it


def write_due(parts: Parts) -> int:
    """Write every report that is due and not there yet; return how many this call wrote.

    Nothing is locked while one is counted. Of two workers that count the same one is kept.
    """
    at = parts.clock.now()
    with parts.db.reading() as session:
        due = missing(session, at=at)
    if due:
        days.keep_days(parts)  # so that no figure is older than what it is told beside
    return sum(_write(parts, each) for each in due)


def missing(session: Session, *, at: datetime) -> list[Due]:
    """Return the reports that should be there at ``at`` and are not, the oldest day first."""
    found: list[Due] = []
    for launch in session.scalars(_watched(at)):
        life, there = life_of(session, launch), _there(session, launch.id, at)
        found += [
            (launch.id, kind.name, day)
            for kind in KINDS.values()
            for day in days_due(life, kind.rhythm, at)
            if (kind.name, day) not in there
        ]
    return sorted(found, key=lambda due: due[2])


def _watched(at: datetime) -> Any:
    lately = or_(Launch.closed_at.is_(None), Launch.closed_at > at - days.AFTERWARDS)
    return select(Launch).where(Launch.live_at.is_not(None), lately)


def _there(session: Session, launch_id: int, at: datetime) -> set[tuple[str, date]]:
    first = at.date() - timedelta(days=2 * BACK)
    query = select(WrittenReport.kind, WrittenReport.day).where(
        WrittenReport.launch_id == launch_id, WrittenReport.day >= first
    )
    return {(kind, day) for kind, day in session.execute(query)}


def life_of(session: Session, launch: Launch) -> Life:
    """Return on which days a launch is reported, and at which hour."""
    last = local_day(launch.closed_at, launch.zone) if launch.closed_at else None
    return Life(launch.zone, days.first_day(launch), last, readers.hour_of(session, launch.id))


def as_of_for(life: Life, rhythm: Rhythm, day: date) -> datetime:
    """Return the instant that a report is as of: the end of its day, or the morning it is for."""
    if rhythm is Rhythm.MORNING:
        return due_at(life, rhythm, day)
    return day_span(day, life.zone).end


def _write(parts: Parts, due: Due) -> bool:
    launch_id, name, day = due
    kind, at = KINDS[name], parts.clock.now()
    with parts.db.reading() as session:
        launch = session.get_one(Launch, launch_id)
        life = life_of(session, launch)
        until = as_of_for(life, kind.rhythm, day)
        paper = kind.build(session, launch, day, until)
    is_news = not is_stale(life, kind.rhythm, day, at)
    with parts.db.writing() as session:
        written_id = keep(session, due, paper, until=until, at=at)
        if written_id is None:
            return False  # another worker was first
        if is_news and parts.settings.sends_mail:
            _mail(session, parts.settings, kind, session.get_one(WrittenReport, written_id), paper)
    return True


def keep(session: Session, due: Due, paper: Paper, *, until: datetime, at: datetime) -> int | None:
    """Keep one report and return its id; nothing when it is there already."""
    launch_id, kind, day = due
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if is_sqlite else postgresql.insert
    row = {
        "launch_id": launch_id,
        "kind": kind,
        "day": day,
        "until": until,
        "written_at": at,
        "paper": papers.as_json(paper),
        "markdown": papers.as_markdown(paper),
        "mailed_to": [],
        "words": "",
        "worded_by": "",
    }
    statement = insert(WrittenReport).values(row).on_conflict_do_nothing()
    return session.scalar(statement.returning(WrittenReport.id))


def _mail(
    session: Session, settings: Settings, kind: Kind, written: WrittenReport, paper: Paper
) -> None:
    launch = session.get_one(Launch, written.launch_id)
    people = readers.readers(session, launch.id, kind.name, kind.mailed_to, kind.roles)
    page = f"{settings.address}/launches/{launch.key}/reports/{kind.name}/{written.day}"
    for person in people:
        outbox.put(
            session,
            kind="mail",
            target=person.email,
            key=f"report-{written.id}",
            body={
                "to": person.email,
                "subject": f"{paper.title}: {paper.verdict}",
                "text": f"{papers.as_text(paper)}\n{page}\n",
            },
            at=written.written_at,
            launch_id=launch.id,
        )
    written.mailed_to = [person.email for person in people]


# --- to read ---


def of_day(session: Session, launch_id: int, kind: str, day: date) -> WrittenReport | None:
    """Return the report that was written; nothing when none was yet."""
    mine = (WrittenReport.launch_id == launch_id, WrittenReport.kind == kind)
    return session.scalar(select(WrittenReport).where(*mine, WrittenReport.day == day))


def of_days(
    session: Session, launch_id: int, *, first: date, last: date
) -> Sequence[WrittenReport]:
    """Return the reports of the days from ``first`` to ``last``, the newest day first."""
    query = (
        select(WrittenReport)
        .where(WrittenReport.launch_id == launch_id)
        .where(WrittenReport.day >= first, WrittenReport.day <= last)
        .order_by(WrittenReport.day.desc(), WrittenReport.id)
    )
    return session.scalars(query).all()


def newest_day(session: Session, launch_id: int, kind: str) -> date | None:
    """Return the day of the newest report of a kind."""
    mine = (WrittenReport.launch_id == launch_id, WrittenReport.kind == kind)
    query = select(WrittenReport.day).where(*mine).order_by(WrittenReport.day.desc()).limit(1)
    return session.scalar(query)


def paper_of(
    session: Session, launch: Launch, kind: Kind, day: date, *, at: datetime
) -> tuple[Paper, WrittenReport | None]:
    """Return the report of a day as it is seen at ``at``, and what was written of it.

    A written one has beside its figures what they come to now; else it is what it would be now.
    """
    written, life = of_day(session, launch.id, kind.name, day), life_of(session, launch)
    until = written.until if written else min(at, as_of_for(life, kind.rhythm, day))
    now = kind.build(session, launch, day, until)
    if written is None:
        return now, None
    return papers.counted_again(papers.of_json(written.paper), now), written
