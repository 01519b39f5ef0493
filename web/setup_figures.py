"""The figures of a launch: what was normal before, what it aims at, and when it may end."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import HTMLResponse, Response

from assistant.launch import history
from web.access import this_launch
from web.setup_forms import (
    baseline_rows,
    criterion_rows,
    figures_said,
    number_field,
    objective_rows,
    rows_of,
)
from web.setup_pages import figures_context
from web.setup_saving import Cell, Lead, Revision, page_of, saved
from web.shell import LookingHere, tidy

router = APIRouter(tags=["launches"], default_response_class=HTMLResponse)
BIGGEST = 20_000_000  # bytes of a history; about 200,000 tickets


@router.get("/launches/{key}/setup/figures")
def show_figures(key: str, looking: LookingHere) -> HTMLResponse:
    """Show baselines, objectives and exit criteria."""
    launch = this_launch(looking.session, looking.by, key)
    rows = (baseline_rows(launch), objective_rows(launch), criterion_rows(launch))
    context = figures_context(looking, launch, *rows, {}, _no_history())
    return page_of(looking, launch, "figures", context)


@router.post("/launches/{key}/setup/figures")
def set_figures(
    key: str,
    lead: Lead,
    revision: Revision,
    b_metric: Cell = None,
    b_value: Cell = None,
    b_unit: Cell = None,
    b_source: Cell = None,
    b_computed: Cell = None,
    o_metric: Cell = None,
    o_comparison: Cell = None,
    o_target: Cell = None,
    o_by: Cell = None,
    e_metric: Cell = None,
    e_comparison: Cell = None,
    e_value: Cell = None,
    e_days: Cell = None,
) -> Response:
    """Keep all three; relative aims follow the baselines that are kept with them."""
    launch = this_launch(lead.session, lead.by, key)
    before = rows_of(
        {
            "metric": b_metric or [], "value": b_value or [], "unit": b_unit or [],
            "source": b_source or [], "computed": b_computed or [],
        }
    )  # fmt: skip
    aims = rows_of(
        {
            "metric": o_metric or [], "comparison": o_comparison or [],
            "target": o_target or [], "by": o_by or [],
        }
    )  # fmt: skip
    ends = rows_of(
        {
            "metric": e_metric or [], "comparison": e_comparison or [],
            "value": e_value or [], "days": e_days or [],
        }
    )  # fmt: skip
    filled = [row for row in before if row["value"]]
    aims = [row for row in aims if row["metric"] or row["target"]]
    ends = [row for row in ends if row["metric"] or row["value"]]
    read = figures_said(filled, aims, ends, launch, lead.by.name)

    def again(problems: dict[str, str]) -> dict[str, Any]:
        rows = [*filled, *(row for row in before if not row["value"])]
        return figures_context(lead, launch, rows, aims, ends, problems, _no_history())

    return saved(lead, launch, "figures", read, revision, again)


@router.post("/launches/{key}/setup/history")
def compute_baselines(
    key: str,
    lead: Lead,
    text: Annotated[str, Form(max_length=5_000_000)] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Compute baselines from history; nothing is kept before somebody saves them."""
    launch = this_launch(lead.session, lead.by, key)
    words, unreadable = _text(text, file)
    found = history.History(problems=(unreadable,)) if unreadable else (
        history.read(words, launch.zone)
    )  # fmt: skip
    rows = baseline_rows(launch)
    for each in found.baselines:
        value = number_field(each.value)
        row = {"metric": each.metric, "value": value, "unit": each.unit}
        row |= {"source": f"Computed from history: {each.how}", "computed": value}
        rows = [old for old in rows if old["metric"] != each.metric] + [row]
    shown = {
        "text": "" if file and file.filename else tidy(text)[:100_000],
        "problems": list(found.problems), "more": found.more,
        "computed": [{"metric": c.metric, "how": c.how, "is_thin": c.is_thin}
                     for c in found.baselines],
    }  # fmt: skip
    aims = (objective_rows(launch), criterion_rows(launch))
    context = figures_context(lead, launch, rows, *aims, {}, shown)
    return page_of(lead, launch, "figures", context, 422 if found.problems else 200)


def _no_history() -> dict[str, Any]:
    return {"text": "", "problems": [], "more": 0, "computed": []}


def _text(text: str, file: UploadFile | None) -> tuple[str, str]:
    """Return what was uploaded or else pasted, and what is wrong when it cannot be read."""
    if file is None or not file.filename:
        return tidy(text), ""
    data = file.file.read(BIGGEST + 1)
    if len(data) > BIGGEST:
        return "", f"It is bigger than {BIGGEST:,} bytes. Take a shorter time."
    try:
        return tidy(data.decode("utf-8-sig")), ""
    except UnicodeDecodeError:
        return "", "It is not UTF-8. Save it as CSV in UTF-8."
