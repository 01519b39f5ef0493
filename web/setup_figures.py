"""The figures of a launch: what was normal before, what it aims at, and when it may end."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import HTMLResponse, Response

from assistant.ground.amounts import metric_name
from assistant.launch import history
from web.access import this_launch
from web.setup_forms import (
    Row,
    baseline_rows,
    criterion_rows,
    figures_said,
    named,
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


@dataclass(frozen=True, slots=True)
class Typed:
    """The columns of the form, as they came."""

    b_metric: Cell = None
    b_value: Cell = None
    b_unit: Cell = None
    b_source: Cell = None
    b_computed: Cell = None
    o_metric: Cell = None
    o_comparison: Cell = None
    o_target: Cell = None
    o_by: Cell = None
    e_metric: Cell = None
    e_comparison: Cell = None
    e_value: Cell = None
    e_days: Cell = None

    @property
    def baselines(self) -> list[Row]:
        """Return what was normal before, row by row."""
        return rows_of(
            {
                "metric": self.b_metric or [], "value": self.b_value or [],
                "unit": self.b_unit or [], "source": self.b_source or [],
                "computed": self.b_computed or [],
            }
        )  # fmt: skip

    @property
    def aims(self) -> list[Row]:
        """Return the objectives, row by row; rows with a comparison alone are blank."""
        rows = rows_of(
            {
                "metric": self.o_metric or [], "comparison": self.o_comparison or [],
                "target": self.o_target or [], "by": self.o_by or [],
            }
        )  # fmt: skip
        return [row for row in rows if row["metric"] or row["target"]]

    @property
    def ends(self) -> list[Row]:
        """Return the exit criteria, row by row."""
        rows = rows_of(
            {
                "metric": self.e_metric or [], "comparison": self.e_comparison or [],
                "value": self.e_value or [], "days": self.e_days or [],
            }
        )  # fmt: skip
        return [row for row in rows if row["metric"] or row["value"]]


TypedHere = Annotated[Typed, Depends(Typed)]


@router.post("/launches/{key}/setup/figures")
def set_figures(key: str, lead: Lead, revision: Revision, typed: TypedHere) -> Response:
    """Keep all three; relative aims follow the baselines that are kept with them."""
    launch = this_launch(lead.session, lead.by, key)
    before, aims, ends = typed.baselines, typed.aims, typed.ends
    filled = [row for row in before if row["value"]]
    read = figures_said(filled, aims, ends, launch, lead.by.name)

    def again(problems: dict[str, str]) -> dict[str, Any]:
        rows = [*filled, *(row for row in before if not row["value"])]
        return figures_context(lead, launch, rows, aims, ends, problems, _no_history())

    return saved(lead, launch, "figures", read, revision, again)


@router.post("/launches/{key}/setup/history")
def compute_baselines(
    key: str,
    lead: Lead,
    typed: TypedHere,
    revision: Revision = 0,
    text: Annotated[str, Form(max_length=5_000_000)] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Compute baselines from history, beside what was typed; nothing is kept before it is saved."""
    launch = this_launch(lead.session, lead.by, key)
    words, unreadable = _text(text, file)
    found = history.History(problems=(unreadable,)) if unreadable else (
        history.read(words, launch.zone)
    )  # fmt: skip
    is_typed = typed != Typed()
    rows = typed.baselines if is_typed else baseline_rows(launch)
    for each in found.baselines:
        value = number_field(each.value)
        row = {"metric": each.metric, "value": value, "unit": each.unit}
        row |= {"source": f"Computed from history: {each.how}", "computed": value}
        rows = [old for old in rows if named(old["metric"]) != each.metric] + [row]
    shown = {
        "text": "" if file and file.filename else tidy(text)[:100_000],
        "problems": list(found.problems), "more": found.more,
        "computed": [{"title": metric_name(c.metric), "how": c.how, "is_thin": c.is_thin}
                     for c in found.baselines],
    }  # fmt: skip
    aims = (
        (typed.aims, typed.ends) if is_typed else (objective_rows(launch), criterion_rows(launch))
    )
    context = figures_context(lead, launch, rows, *aims, {}, shown)
    if is_typed:  # what others changed meanwhile is told when it is saved, not passed over here
        context["launch"] = {**context["launch"], "revision": revision}
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
