"""What somebody typed on the set-up pages, read by the shapes of a launch pack, field by field."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import ValidationError

from assistant.launch.launches import Launch
from assistant.launch.pack_file import REMEDIES
from assistant.launch.pack_shapes import (
    AreaShape,
    BaselineShape,
    CriterionShape,
    LaunchShape,
    ObjectiveShape,
)
from assistant.launch.relative import relative_words
from assistant.launch.shape import Shape
from assistant.reports.misnamed import problem_of
from web.entry_form import lines
from web.misread import wrong

MINUTES = "%Y-%m-%dT%H:%M"  # what a field of the type datetime-local holds
Row = dict[str, str]
Columns = dict[str, list[str]]


@dataclass(slots=True)
class Read:
    """What was understood, and what is wrong by field; ``baselines-2`` is its second row."""

    kept: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def rows_of(columns: Columns) -> list[Row]:
    """Return the rows of a form whose columns came as lists; rows that are blank are left out."""
    found = [
        dict(zip(columns, (cell.strip() for cell in cells), strict=True))
        for cells in zip_longest(*columns.values(), fillvalue="")
    ]
    return [row for row in found if any(row.values())]


def said_wrong(error: Any) -> str:
    """Return one of a shape's errors as a sentence with its remedy."""
    kind = error["type"]
    plain = "is blank" if kind == "string_too_short" else wrong(error)
    message = f"It {plain}" if plain else str(error["msg"]).rstrip(".")
    expected = (error.get("ctx") or {}).get("expected")
    remedy = f"Use one of {expected}." if expected else REMEDIES.get(kind, "Correct it.")
    return f"{message}. {remedy}"


def _shaped(read: Read, name: str, shape: type[Shape], rows: Sequence[dict[str, Any]]) -> None:
    """Read rows by their shape; keep all of them, or say what is wrong in which."""
    made = []
    for place, row in enumerate(rows, 1):
        try:
            made.append(shape.model_validate(row).model_dump(mode="json", exclude_none=True))
        except ValidationError as wrong:
            first = wrong.errors()[0]
            where = str(first["loc"][0]).replace("_", " ") if first["loc"] else "value"
            read.problems[f"{name}-{place}"] = f"{where.capitalize()}: {said_wrong(first)}"
    read.kept[name] = made


# --- scope ---


def scope_said(inside: str, outside: Sequence[Row]) -> Read:
    """Return the areas inside, one a line, and outside, each with words that give it away."""
    read = Read()
    _shaped(read, "scope", AreaShape, [{"title": line} for line in lines(inside)])
    areas = [
        {"title": row["title"], "words": [w.strip() for w in row["words"].split(",") if w.strip()]}
        for row in outside
    ]
    _shaped(read, "out_of_scope", AreaShape, areas)
    return read


def scope_rows(launch: Launch) -> list[Row]:
    """Return what is out of scope as the form shows it."""
    return [
        {"title": str(area["title"]), "words": ", ".join(area.get("words") or ())}
        for area in launch.out_of_scope
    ]


# --- figures ---


def figures_said(
    baselines: Sequence[Row], objectives: Sequence[Row], criteria: Sequence[Row], launch: Launch,
    by: str,
) -> Read:  # fmt: skip
    """Return baselines with where they come from, objectives and exit criteria."""
    read = Read()
    before = {str(b["metric"]): b for b in launch.baselines}
    _shaped(read, "baselines", BaselineShape, [_baseline(row, before, by) for row in baselines])
    _shaped(read, "objectives", ObjectiveShape, [_objective(r, launch.zone) for r in objectives])
    _shaped(read, "exit_criteria", CriterionShape, [_criterion(row) for row in criteria])
    for name in ("baselines", "exit_criteria"):
        _once(read, name)
    for name in ("baselines", "objectives", "exit_criteria"):
        _measured(read, name)
    return read


def _measured(read: Read, name: str) -> None:
    """Refuse a name that looks like one of our metrics and is none."""
    for place, row in enumerate(read.kept[name], 1):
        if wrong := problem_of(str(row.get("metric") or "")):
            read.problems.setdefault(f"{name}-{place}", wrong)


def _once(read: Read, name: str) -> None:
    """Refuse a metric that stands there twice: nobody would know which one counts."""
    seen: set[str] = set()
    for place, row in enumerate(read.kept[name], 1):
        if row["metric"] in seen:
            read.problems.setdefault(f"{name}-{place}", "It is there twice. Keep one of them.")
        seen.add(row["metric"])


def _baseline(row: Row, before: dict[str, dict[str, Any]], by: str) -> dict[str, Any]:
    """Keep how a value was computed only while it is that value."""
    metric = named(row["metric"])
    old = before.get(metric, {})
    source = f"Typed by {by}."
    if row["value"] and row["value"] == row["computed"]:
        source = row["source"]
    elif old and row["value"] == number_field(old["value"]):
        source = str(old.get("source") or "")
    return {"metric": metric, "value": row["value"], "unit": row["unit"], "source": source}


def named(metric: str) -> str:
    """Return a metric's name as it is kept: ``First response minutes`` has underscores."""
    return "_".join(metric.replace("(%)", "percent").lower().split())


def _objective(row: Row, zone: ZoneInfo) -> dict[str, Any]:
    kept = {"metric": named(row["metric"]), "comparison": row["comparison"], "by": row["by"]}
    try:
        local = datetime.fromisoformat(row["by"])
        kept["by"] = (local if local.tzinfo else local.replace(tzinfo=zone)).isoformat()
    except ValueError:
        pass  # the shape keeps words as words
    if not row["metric"]:
        return {"title": row["target"]}
    return {**kept, "target": row["target"]}


def _criterion(row: Row) -> dict[str, Any]:
    kept: dict[str, Any] = {"metric": named(row["metric"]), "comparison": row["comparison"]}
    return kept | {"value": row["value"] or None, "days": row["days"] or 5}


def number_field(value: object) -> str:
    """Return a number as a form holds it: no thousands, no digits that say nothing."""
    return f"{value:.10g}" if isinstance(value, int | float) else str(value or "")


def baseline_rows(launch: Launch) -> list[Row]:
    """Return the stored baselines, then the metrics that aims name and that have none."""
    known = [
        {"metric": str(b["metric"]), "value": number_field(b["value"]),
         "unit": str(b.get("unit") or ""), "source": str(b.get("source") or ""), "computed": ""}
        for b in launch.baselines
    ]  # fmt: skip
    there = {row["metric"] for row in known}
    named_ = (*launch.exit_criteria, *launch.objectives)
    asked = dict.fromkeys(str(aim["metric"]) for aim in named_ if aim.get("metric"))
    blank = [
        {"metric": metric, "value": "", "unit": "", "source": "", "computed": ""}
        for metric in asked
        if metric not in there
    ]
    return known + blank


def objective_rows(launch: Launch) -> list[Row]:
    """Return the objectives as the form shows them; relative aims by their factor."""
    return [
        {
            "metric": str(o.get("metric") or ""),
            "comparison": str(o.get("comparison") or ""),
            "target": relative_words(o) or number_field(o.get("target") or o.get("title")),
            "by": local_field(str(o.get("by") or ""), launch.zone),
        }
        for o in launch.objectives
    ]


def criterion_rows(launch: Launch) -> list[Row]:
    """Return the exit criteria as the form shows them; relative limits by their factor."""
    return [
        {
            "metric": str(c["metric"]),
            "comparison": str(c["comparison"]),
            "value": relative_words(c) or number_field(c.get("value")),
            "days": str(c.get("days") or 5),
        }
        for c in launch.exit_criteria
    ]


def local_field(words: str, zone: ZoneInfo) -> str:
    """Return an instant as a field of day and time holds it; words stay words."""
    try:
        at = datetime.fromisoformat(words)
    except ValueError:
        return words
    return at.astimezone(zone).strftime(MINUTES) if at.tzinfo else words


# --- basics ---


def basics_said(typed: Row, launch: Launch) -> Read:
    """Return name, trigger, dates, zone, sites and languages."""
    read = Read()
    if typed["time_zone"] not in available_timezones():
        read.problems["time_zone"] = "Use a name like Europe/Berlin or UTC."
        return read
    zone = ZoneInfo(typed["time_zone"])
    said: dict[str, object] = {
        "key": launch.key, "name": typed["name"], "trigger": typed["trigger"],
        "time_zone": typed["time_zone"], "sites": lines(typed["sites"]),
        "languages": typed["languages"].replace(",", " ").split(),
    }  # fmt: skip
    for name in ("starts", "ends"):
        said[name] = _instant(typed[name], zone)
    try:
        shape = LaunchShape.model_validate(said)
    except ValidationError as wrong:
        for error in wrong.errors():
            read.problems.setdefault(str(error["loc"][0]), said_wrong(error))
        return read
    if not shape.name:
        read.problems["name"] = "It is blank. Say what the launch is called."
    if shape.starts is None:
        read.problems["starts"] = "Choose day and time."
    elif shape.ends and shape.ends <= shape.starts:
        read.problems["ends"] = "It ends before it starts. Change one of them."
    read.kept = {
        "name": shape.name, "trigger": str(shape.trigger), "time_zone": shape.time_zone,
        "starts_at": shape.starts and shape.starts.astimezone(UTC),
        "ends_at": shape.ends and shape.ends.astimezone(UTC),
        "sites": shape.sites, "languages": shape.languages,
    }  # fmt: skip
    return read


def _instant(words: str, zone: ZoneInfo) -> object:
    """Return an aware instant, nothing for nothing, and what is no time as it is."""
    try:
        at = datetime.fromisoformat(words)
    except ValueError:
        return words or None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def basics_row(launch: Launch) -> Row:
    """Return the basics as the form shows them."""
    ends = launch.ends_at.astimezone(launch.zone).strftime(MINUTES) if launch.ends_at else ""
    return {
        "name": launch.name,
        "trigger": launch.trigger,
        "starts": launch.starts_at.astimezone(launch.zone).strftime(MINUTES),
        "ends": ends,
        "time_zone": launch.time_zone,
        "sites": "\n".join(launch.sites),
        "languages": " ".join(launch.languages),
    }
