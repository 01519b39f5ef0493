"""The reports there are: who reads each, who gets it by mail unasked, and how it is built."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from assistant.ground.people import Role
from assistant.launch.launches import Launch
from assistant.reports import (
    daily_status,
    exit_pack,
    faq_updates,
    feedback,
    lessons_learned,
    repeat_questions,
    standup,
    triage_rounds,
    weekly_digest,
)
from assistant.reports.due import Rhythm
from assistant.reports.papers import Paper, of_sheet

EVERYBODY = tuple(Role)
LISTENERS = (Role.LEAD, Role.CHANGE_MANAGER, Role.SPONSOR)  # who reads what customers said, too
WEEK = "Seven days up to this one"
Build = Callable[[Session, Launch, date, datetime], Paper]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of report. ``build`` gets the local day and the instant (UTC) it is as of."""

    name: str
    title: str
    text: str
    rhythm: Rhythm
    roles: tuple[Role, ...]
    mailed_to: tuple[Role, ...]
    build: Build


def _repeats(session: Session, launch: Launch, day: date, until: datetime) -> Paper:
    report = repeat_questions.of_day(session, launch, day)
    sheet = repeat_questions.sheet(report, launch)
    return of_sheet(
        sheet, kind="repeat-questions", period=WEEK, href=_page(launch, "repeat-questions", day),
        empty="Nothing was asked by more than one person.",
    )  # fmt: skip


def _faq(session: Session, launch: Launch, day: date, until: datetime) -> Paper:
    sheet = faq_updates.sheet(faq_updates.of_day(session, launch, day), launch)
    return of_sheet(
        sheet, kind="faq-updates", period=WEEK, href=_page(launch, "faq-updates", day),
        empty="No answer is missing or weak.",
    )  # fmt: skip


def _feedback(session: Session, launch: Launch, day: date, until: datetime) -> Paper:
    report = feedback.of_day(session, launch, day)
    return of_sheet(
        feedback.sheet(report, launch), kind="feedback", period=WEEK,
        href=_page(launch, "feedback", day), title="In their own words",
        empty="Nobody wrote words of their own.", before=feedback.sections(report),
    )  # fmt: skip


def _page(launch: Launch, name: str, day: date) -> str:
    return f"/reports/{name}?launch={launch.key}&day={day.isoformat()}"


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            daily_status.KIND, "Daily status", "One page for the sponsor: calm or not, and why.",
            Rhythm.DAY, EVERYBODY, (Role.SPONSOR,), daily_status.of_day,
        ),
        Kind(
            weekly_digest.KIND, "Weekly digest", "For leadership: this week beside the last one.",
            Rhythm.WEEK, EVERYBODY, (Role.SPONSOR, Role.CHANGE_MANAGER), weekly_digest.of_week,
        ),
        Kind(
            standup.KIND, "Standup agenda", "What changed, who owns what, what nobody decided.",
            Rhythm.MORNING, EVERYBODY, (), standup.of_morning,
        ),
        Kind(
            triage_rounds.KIND, "Triage", "What nobody has taken note of, the worst first.",
            Rhythm.ASKED, EVERYBODY, (), triage_rounds.of_round,
        ),
        *(
            Kind(
                triage_rounds.kind_of(hour), f"Triage, {hour}:00", "A round of the day.",
                Rhythm.ROUND, EVERYBODY, (), triage_rounds.of_round,
            )
            for hour in triage_rounds.HOURS
        ),
        Kind(
            lessons_learned.KIND, "Lessons learned", "What the records show, and what follows.",
            Rhythm.ASKED, EVERYBODY, (), lessons_learned.of_launch,
        ),
        Kind(
            exit_pack.KIND, "Exit pack", "What goes over to the steady-state team.",
            Rhythm.ASKED, EVERYBODY, (), exit_pack.of_launch,
        ),
        Kind(
            "repeat-questions", "Repeat questions", "What keeps being asked, once per question.",
            Rhythm.DAY, EVERYBODY, (), _repeats,
        ),
        Kind(
            "faq-updates", "FAQ updates", "Which answers are missing or weak.",
            Rhythm.DAY, EVERYBODY, (), _faq,
        ),
        Kind(
            "feedback", "Feedback", "What people said, in figures and in their own words.",
            Rhythm.DAY, LISTENERS, (), _feedback,
        ),
    )
}  # fmt: skip
