"""Signals from outside: a program sends them, people upload a file, a page shows them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse, Response
from sqlalchemy.orm import Session

from assistant.ground.amounts import metric_name, of_metric
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Role
from assistant.launch import ingesting
from assistant.launch.api_keys import ApiKey, Scope
from assistant.launch.ingesting import BadRows, Row
from assistant.launch.launches import Launch
from assistant.reports import figures, signal_trends
from assistant.reports.signal_trends import Series
from assistant.reports.spans import day_span, together
from web.access import Caller, LeadHere, PartsHere, Program, Writing, this_launch
from web.series import series_chart
from web.shell import LookingHere, Visit, tidy, visit, went

api = APIRouter(prefix="/api/v1", tags=["signals"])
pages = APIRouter(tags=["launches"], default_response_class=HTMLResponse)

BIGGEST = 5_000_000  # characters of a file
PREVIEW = 20  # rows
Sender = Annotated[Caller, Depends(Program(Scope.SIGNALS))]


def _leading(request: Request, parts: PartsHere, me: LeadHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Lead = Annotated[Visit, Depends(_leading)]


@api.post("/launches/{key}/signals", status_code=201)
def send_signals(
    key: str, sender: Sender, session: Writing, parts: PartsHere, body: Annotated[Any, Body()]
) -> Any:
    """Keep one row, a list of rows, or ``{"signals": [...]}``; all of them or none."""
    caller = _caller(session, sender, key)
    return _taken(session, caller, body, at=parts.clock.now())


@api.put("/launches/{key}/signals")
def correct_signals(
    key: str, sender: Sender, session: Writing, parts: PartsHere, body: Annotated[Any, Body()]
) -> Any:
    """Keep the same, in the place of what was sent before for the same moment and source."""
    caller = _caller(session, sender, key)
    return _taken(session, caller, body, at=parts.clock.now(), corrects=True)


def _caller(session: Session, sender: Caller, key: str) -> ApiKey:
    caller = session.get_one(ApiKey, sender.key_id)
    if caller.launch.key != key:
        raise NotFound(f"There is no launch “{key}”.", what_to_do="Check the key.")
    return caller


def _taken(
    session: Session, caller: ApiKey, body: Any, *, at: datetime, corrects: bool = False
) -> Any:
    try:
        rows = ingesting.read(_listed(body), at=at)
    except BadRows as refusal:
        return _bad(refusal)
    kept = ingesting.keep(session, caller.launch, rows, by=caller.actor, at=at, corrects=corrects)
    return {"kept": kept.new, "already_there": kept.same}


def _listed(body: Any) -> Sequence[Any]:
    if isinstance(body, dict) and set(body) == {"signals"}:
        body = body["signals"]
    return body if isinstance(body, list) else [body]


def _bad(refusal: BadRows) -> JSONResponse:
    problems = [
        {"row": each.row, "field": each.field, "message": each.words} for each in refusal.problems
    ]
    body = {"error": {"message": refusal.message, "what_to_do": refusal.what_to_do}}
    return JSONResponse({**body, "rows": problems}, 422)


@pages.get("/launches/{key}/signals")
def show_signals(key: str, looking: LookingHere) -> HTMLResponse:
    """Show what was measured outside beside the contacts, with what stands out."""
    launch = this_launch(looking.session, looking.by, key)
    return _page(looking, launch)


@pages.post("/launches/{key}/signals/preview")
def preview_file(key: str, lead: Lead, file: UploadFile) -> HTMLResponse:
    """Show what a file would bring, and what is wrong with it; nothing is kept yet."""
    launch = this_launch(lead.session, lead.by, key)
    text = file.file.read(BIGGEST + 1)[:BIGGEST].decode("utf-8", "replace").replace("\x00", "")
    return _page(lead, launch, preview=_preview(lead, text))


@pages.post("/launches/{key}/signals")
def keep_file(
    key: str,
    lead: Lead,
    rows: Annotated[str, Form(max_length=BIGGEST)],
    corrects: Annotated[bool, Form()] = False,
) -> Response:
    """Keep the rows that were looked at; ``corrects`` puts them in the place of others."""
    launch = this_launch(lead.session, lead.by, key)
    preview = _preview(lead, tidy(rows))
    if preview["problem"] or preview["problems"]:
        return _page(lead, launch, preview=preview)
    found: list[Row] = preview["found"]
    ingesting.keep(lead.session, launch, found, by=lead.by, at=lead.at, corrects=corrects)
    return went(f"/launches/{key}/signals", "signals-kept")


def _preview(lead: Visit, text: str) -> dict[str, Any]:
    found: list[Row] = []
    problem, problems = "", []
    try:
        found = ingesting.read(ingesting.rows_of_csv(text), at=lead.at)
    except BadRows as refusal:
        # The header is line 1, and people count from 1.
        problems = [
            {"line": each.row + 2, "field": each.field, "words": each.words}
            for each in refusal.problems
        ]
    except Refused as refusal:
        problem = f"{refusal.message} {refusal.what_to_do}"
    return {
        "text": text,
        "problem": problem,
        "problems": problems,
        "found": found,
        "count": len(found),
        "rows": [{"metric": r.metric, "at": r.at, "value": f"{r.value:,.10g}", "source": r.source}
                 for r in found[:PREVIEW]],
    }  # fmt: skip


def _page(looking: Visit, launch: Launch, *, preview: dict[str, Any] | None = None) -> HTMLResponse:
    is_wrong = preview is not None and bool(preview["problem"] or preview["problems"])
    context = {**signals_context(looking, launch), "preview": preview}
    status = 422 if is_wrong else 200
    return looking.page("launch/signals.html", "launches", launch, context, status=status)


def signals_context(looking: Visit, launch: Launch) -> dict[str, Any]:
    """Return what launch/signals.html shows."""
    session = looking.session
    series = signal_trends.of_launch(session, launch, at=looking.at)
    days = signal_trends.days_to(launch, looking.at)
    spans = [day_span(day, launch.zone) for day in days]
    contacts = figures.contacts_per_day(session, launch.id, spans)
    hesitation = signal_trends.hesitation(session, launch, together(spans))
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "series": [_series(each) for each in series],
        "attention": [
            {"metric": metric_name(each.metric), "words": each.words}
            for each in series
            if each.words
        ],
        "days": [day.isoformat() for day in days],
        "contacts": {"chart": series_chart([*map(float, contacts)]), "values": contacts},
        "hesitation": {
            "share": hesitation.from_pages / hesitation.contacts if hesitation.contacts else None,
            "from_pages": hesitation.from_pages,
            "contacts": hesitation.contacts,
            "pages": hesitation.pages,
        },
        "may": {"upload": looking.by.is_any(Role.LEAD)},
        "base": looking.parts.settings.address,
    }


def _series(series: Series) -> dict[str, Any]:
    return {
        "key": series.metric,
        "title": metric_name(series.metric),
        "chart": series_chart(series.values, series.usual, series.standing_out),
        "usual": None if series.usual is None else of_metric(series.metric, series.usual),
        "source": series.source,
        "words": series.words,
        "rows": [
            {
                "day": day.isoformat(),
                "value": of_metric(series.metric, value),
                "stands_out": place in series.standing_out,
            }
            for place, (day, value) in enumerate(zip(series.days, series.values, strict=True))
        ][::-1],
    }
