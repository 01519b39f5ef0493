"""Written reports: the archive of a launch, each report as page and file, and who gets it."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.ground.errors import NotFound, NotPermitted
from assistant.launch.launches import Launch
from assistant.reports import papers, readers, written
from assistant.reports.kinds import KINDS, Kind
from assistant.reports.spans import local_day
from web import written_pages
from web.access import LeadHere, PartsHere, StaffHere, Writing, this_launch
from web.shell import LookingHere, Visit, visit, went

router = APIRouter(tags=["reports"], default_response_class=HTMLResponse)

LISTED = timedelta(days=13)  # before the last day of one page of the archive


def _writing(request: Request, parts: PartsHere, me: StaffHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


def _leading(request: Request, parts: PartsHere, me: LeadHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Reader = Annotated[Visit, Depends(_writing)]
Lead = Annotated[Visit, Depends(_leading)]


@router.get("/launches/{key}/reports")
def show_archive(
    key: str, looking: LookingHere, until: Annotated[date | None, Query()] = None
) -> HTMLResponse:
    """Show which reports were written, by day, and who gets which."""
    launch = this_launch(looking.session, looking.by, key)
    last = until or local_day(looking.at, launch.zone)
    context = written_pages.archive_context(looking, launch, last - LISTED, last)
    return looking.page("reports/archive.html", "reports", launch, context)


@router.post("/launches/{key}/reports/hour")
def set_hour(key: str, lead: Lead, hour: Annotated[int, Form(ge=0, le=23)]) -> RedirectResponse:
    """Decide when reports are written."""
    launch = this_launch(lead.session, lead.by, key)
    readers.set_hour(lead.session, launch, hour, by=lead.by, at=lead.at)
    return went(f"/launches/{key}/reports", "settings")


@router.post("/launches/{key}/reports/{name}/mail")
def choose_mail(
    key: str, name: str, reader: Reader, wanted: Annotated[bool, Form()]
) -> RedirectResponse:
    """Say whether one wants a report by mail."""
    launch = this_launch(reader.session, reader.by, key)
    kind = _kind(reader, name)
    readers.say(
        reader.session, launch, kind.name, wanted=wanted, by=reader.by, at=reader.at
    )  # fmt: skip
    return went(f"/launches/{key}/reports", "settings")


@router.get("/launches/{key}/reports/{name}")
def show_newest(key: str, name: str, looking: LookingHere) -> RedirectResponse:
    """Lead to the newest report of a kind."""
    launch = this_launch(looking.session, looking.by, key)
    kind = _kind(looking, name)
    day = written.newest_day(looking.session, launch.id, kind.name)
    day = day or local_day(looking.at, launch.zone)
    return RedirectResponse(f"/launches/{key}/reports/{name}/{day}", 303)


@router.get("/launches/{key}/reports/{name}/{day}.csv")
def take_csv(key: str, name: str, day: date, looking: LookingHere) -> Response:
    """Hand out a report's figures and tables."""
    launch, kind = _asked(looking, key, name, day)
    paper, _ = written.paper_of(looking.session, launch, kind, day, at=looking.at)
    return _file(launch, kind, day, "csv", "\ufeff" + papers.as_csv(paper))


@router.get("/launches/{key}/reports/{name}/{day}.md")
def take_markdown(key: str, name: str, day: date, looking: LookingHere) -> Response:
    """Hand out a report as Markdown."""
    launch, kind = _asked(looking, key, name, day)
    paper, _ = written.paper_of(looking.session, launch, kind, day, at=looking.at)
    return _file(launch, kind, day, "markdown", papers.as_markdown(paper))


@router.get("/launches/{key}/reports/{name}/{day}")
def show_report(key: str, name: str, day: date, looking: LookingHere) -> HTMLResponse:
    """Show one report: what was written, and what its figures come to now."""
    launch, kind = _asked(looking, key, name, day)
    paper, kept = written.paper_of(looking.session, launch, kind, day, at=looking.at)
    context = written_pages.paper_context(looking, launch, kind, day, paper, kept)
    return looking.page("reports/written.html", "reports", launch, context)


def _kind(reader: Visit, name: str) -> Kind:
    kind = KINDS.get(name)
    if kind is None:
        raise NotFound("There is no such report.", what_to_do="Look at the list.")
    if not reader.by.is_any(*kind.roles):
        raise NotPermitted("Your role does not include this.", what_to_do="Ask a lead.")
    return kind


def _asked(looking: Visit, key: str, name: str, day: date) -> tuple[Launch, Kind]:
    """Return the launch and the kind of report that are meant.

    Raises:
        NotFound: when one is not there, or the launch was not in hypercare on this day.
    """
    launch = this_launch(looking.session, looking.by, key)
    kind, life = _kind(looking, name), written.life_of(looking.session, launch)
    last = min(local_day(looking.at, launch.zone) + timedelta(days=6), life.last or date.max)
    if not life.first <= day <= max(last, life.first) + timedelta(days=6):
        raise NotFound("The launch has no such day.", what_to_do="Choose another day.")
    return launch, kind


def _file(launch: Launch, kind: Kind, day: date, what: str, words: str) -> Response:
    """Return a file to keep. The mark at a table's beginning tells spreadsheets it is UTF-8."""
    ending = "csv" if what == "csv" else "md"
    name = f"{launch.key}-{kind.name}-{day.isoformat()}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(words, media_type=f"text/{what}; charset=utf-8", headers=headers)
