"""Reports: the day of a launch, what keeps being asked, what to write next, what people said.

Each is a page, and the same report as CSV and Markdown under the page's address with an ending.
"""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import AfterValidator, BeforeValidator

from assistant.ground.errors import NotFound
from assistant.ground.people import Role
from assistant.launch.launches import Launch
from assistant.reports import daily, faq_updates, feedback, figures, repeat_questions
from assistant.reports.sheets import Sheet, as_csv, as_markdown
from assistant.reports.spans import local_day
from web import report_pages
from web.access import EVERY_ROLE, Me, PartsHere, Reading, Staff
from web.report_pages import Shown
from web.shell import Visit, visit

router = APIRouter(tags=["reports"], default_response_class=HTMLResponse)

Ending = Literal["csv", "md"]
Source = Annotated[str, Query(max_length=40)]
WHOLE = (Role.LEAD, Role.CHANGE_MANAGER, Role.SPONSOR)  # who reads what customers said, too


def _day(given: object) -> object:
    return None if given == "" else given


def _in_our_days(given: date | None) -> date | None:
    if given is not None and not FIRST_YEAR <= given.year <= LAST_YEAR:
        raise ValueError(f"choose a day from {FIRST_YEAR} to {LAST_YEAR}")
    return given


FIRST_YEAR, LAST_YEAR = 2000, 2199  # the ends of the calendar have no other zones
Day = Annotated[date | None, BeforeValidator(_day), AfterValidator(_in_our_days)]


def _reader(
    request: Request,
    parts: PartsHere,
    me: Annotated[Me, Depends(Staff(*EVERY_ROLE))],
    session: Reading,
) -> Visit:
    return visit(request, parts, me, session)


def _listener(
    request: Request, parts: PartsHere, me: Annotated[Me, Depends(Staff(*WHOLE))], session: Reading
) -> Visit:
    return visit(request, parts, me, session)


Reader = Annotated[Visit, Depends(_reader)]  # every role
Listener = Annotated[Visit, Depends(_listener)]


def _asked_by_reader(reader: Reader, launch: str = "", day: Day = None) -> Shown:
    return _shown(reader, launch, day)


def _asked_by_listener(listener: Listener, launch: str = "", day: Day = None) -> Shown:
    return _shown(listener, launch, day)


Asked = Annotated[Shown, Depends(_asked_by_reader)]
AskedWhole = Annotated[Shown, Depends(_asked_by_listener)]


@router.get("/reports")
def show_reports(asked: Asked) -> HTMLResponse:
    """Show the day in a sentence, its figures, and the way to each report."""
    session, launch = asked.visit.session, asked.launch
    day = daily.of_day(session, launch, asked.visit.at)
    repeats = repeat_questions.of_day(session, launch, asked.day)
    faq = faq_updates.of_day(session, launch, asked.day)
    heard = feedback.of_day(session, launch, asked.day) if _hears(asked.visit) else None
    context = report_pages.index_context(asked, day, repeats, faq, heard)
    return asked.visit.page("reports/index.html", "reports", launch, context)


@router.get("/reports/repeat-questions")
def show_repeat_questions(asked: Asked) -> HTMLResponse:
    """Show what keeps being asked."""
    report = repeat_questions.of_day(asked.visit.session, asked.launch, asked.day)
    context = report_pages.repeat_context(asked, report)
    return asked.visit.page("reports/repeat_questions.html", "reports", asked.launch, context)


@router.get("/reports/repeat-questions.{ending}")
def take_repeat_questions(asked: Asked, ending: Ending) -> Response:
    """Hand out what keeps being asked as a file."""
    report = repeat_questions.of_day(asked.visit.session, asked.launch, asked.day)
    return _file(asked, repeat_questions.sheet(report, asked.launch), "repeat-questions", ending)


@router.get("/reports/faq-updates")
def show_faq_updates(asked: Asked) -> HTMLResponse:
    """Show which answers are missing or weak."""
    report = faq_updates.of_day(asked.visit.session, asked.launch, asked.day)
    context = report_pages.faq_context(asked, report)
    return asked.visit.page("reports/faq_updates.html", "reports", asked.launch, context)


@router.get("/reports/faq-updates.{ending}")
def take_faq_updates(asked: Asked, ending: Ending) -> Response:
    """Hand out which answers are missing or weak as a file."""
    report = faq_updates.of_day(asked.visit.session, asked.launch, asked.day)
    return _file(asked, faq_updates.sheet(report, asked.launch), "faq-updates", ending)


@router.get("/reports/feedback")
def show_feedback(asked: AskedWhole, source: Source = "") -> HTMLResponse:
    """Show figures and quotes side by side."""
    report = feedback.of_day(asked.visit.session, asked.launch, asked.day, source)
    context = report_pages.feedback_context(asked, report)
    return asked.visit.page("reports/feedback.html", "reports", asked.launch, context)


@router.get("/reports/feedback.{ending}")
def take_feedback(asked: AskedWhole, ending: Ending, source: Source = "") -> Response:
    """Hand out what people said as a file."""
    report = feedback.of_day(asked.visit.session, asked.launch, asked.day, source)
    return _file(asked, feedback.sheet(report, asked.launch), "feedback", ending)


def _shown(reader: Visit, key: str, day: date | None) -> Shown:
    """Return which launch and which of its days are meant, by default the last that had contacts.

    Raises:
        NotFound: when the launch is not theirs, or they have none.
    """
    launch = reader.launch(key)
    if launch is None:
        raise NotFound("You work on no launch yet.", what_to_do="Ask a lead to add you to one.")
    today = local_day(reader.at, launch.zone)
    return Shown(reader, launch, day or _last_busy_day(reader, launch) or today, today)


def _last_busy_day(reader: Visit, launch: Launch) -> date | None:
    newest = figures.last_contact(reader.session, launch.id, by=reader.at)
    return local_day(newest, launch.zone) if newest else None


def _hears(reader: Visit) -> bool:
    return reader.by.is_any(*WHOLE)


def _file(asked: Shown, sheet: Sheet, name: str, ending: Ending) -> Response:
    """Return a file to keep. The mark at its beginning tells spreadsheets that it is UTF-8."""
    is_csv = ending == "csv"
    words = "\ufeff" + as_csv(sheet) if is_csv else as_markdown(sheet)
    file = f"{asked.launch.key}-{name}-{asked.day.isoformat()}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    kind = "text/csv" if is_csv else "text/markdown"
    return Response(words, media_type=f"{kind}; charset=utf-8", headers=headers)
