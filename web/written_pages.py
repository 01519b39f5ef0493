"""The written reports' pages from their papers: what reports/written.html and archive.html show."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from assistant.ground.amounts import amount, number
from assistant.ground.people import Role
from assistant.launch.launches import Launch
from assistant.reports import days, lessons_learned, readers, written
from assistant.reports.due import Rhythm
from assistant.reports.kinds import KINDS, Kind
from assistant.reports.papers import Chart, Number, Paper, Section, Table, table_of
from assistant.reports.spans import local_day
from assistant.reports.written import WrittenReport
from web import lesson_actions
from web.shell import Visit

WIDTH, HEIGHT, FILLED = 720.0, 132.0, 0.45  # of a chart's plot in SVG units; share of a slot
FEWEST_SLOTS = 7  # of a chart: the first day is a bar of its week and not a wall
SHORT, LONG, BROAD = 12, 40, 7  # characters of a column's longest cell; columns of a broad table
FIGURE = re.compile(r"–|[<>]?-?[\d,.]+(\s(%|min|h( \d\d)?|d|days))?")


def paper_context(
    looking: Visit,
    launch: Launch,
    kind: Kind,
    day: date,
    paper: Paper,
    kept: WrittenReport | None,
) -> dict[str, Any]:
    """Return what reports/written.html shows."""
    here = f"/launches/{launch.key}/reports/{kind.name}"
    before, after = _neighbours(looking, launch, kind, day)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "report": {
            "title": kind.title,
            "period": paper.period,
            "day": day.isoformat(),
            "day_words": f"{day:%A}, {day.day} {day:%B %Y}",
            "previous_href": f"{here}/{before}" if before else None,
            "next_href": f"{here}/{after}" if after else None,
            "csv_href": f"{here}/{day}.csv",
            "markdown_href": f"{here}/{day}.md",
            "archive_href": f"/launches/{launch.key}/reports",
            "written_at": kept.written_at if kept else None,
            "mailed_to": len(kept.mailed_to) if kept else 0,
            "is_for_now": kind.rhythm is Rhythm.ASKED,
            "words": kept.words if kept else "",
            "worded_by": kept.worded_by if kept else "",
        },
        "actions": lesson_actions.context(looking, launch)
        if kind.name == lessons_learned.KIND
        else None,
        "paper": {
            "tone": paper.tone,
            "verdict": paper.verdict,
            "text": paper.text,
            "is_corrected": paper.is_corrected,
            "numbers": [_number(looking, number) for number in paper.numbers],
            "sections": [
                _section(looking, number, section)
                for number, section in enumerate(paper.sections, 1)
            ],
        },
    }


def _neighbours(
    looking: Visit, launch: Launch, kind: Kind, day: date
) -> tuple[date | None, date | None]:
    if kind.rhythm is Rhythm.ASKED:
        return None, None
    step = timedelta(days=7 if kind.rhythm is Rhythm.WEEK else 1)
    today, first = local_day(looking.at, launch.zone), days.first_day(launch)
    before, after = day - step, day + step
    newest = today + timedelta(days=6) if kind.rhythm is Rhythm.WEEK else today
    return (before if before >= first else None), (after if after <= newest else None)


def _number(looking: Visit, number: Number) -> dict[str, str]:
    return {
        "title": number.title,
        "shown": number.shown,
        "note": number.note,
        "again": number.again,
        "href": looking.way(number.href),
    }


def _section(looking: Visit, number: int, section: Section) -> dict[str, Any]:
    return {
        "id": f"part-{number}",
        "title": section.title,
        "text": section.text,
        "lines": section.lines,
        "empty": section.empty if section.is_empty else "",
        "href": looking.way(section.href),
        "table": _table(looking, section.table) if section.table else None,
        "chart": _chart(section.chart) if section.chart else None,
    }


def _table(looking: Visit, table: Table) -> dict[str, Any]:
    links = [*table.links, *[""] * (len(table.rows) - len(table.links))]
    return {
        "header": [
            {"words": name, "fits": _fits([row[number] for row in table.rows])}
            for number, name in enumerate(table.header)
        ],
        "is_broad": len(table.header) > BROAD,
        "rows": [
            {"href": looking.way(href), "cells": [_words(cell) for cell in row]}
            for row, href in zip(table.rows, links, strict=True)
        ],
    }


def _fits(cells: Sequence[object]) -> str:
    """Return how much room a column needs: of numbers, of short words, or of sentences."""
    there = [cell for cell in cells if cell not in (None, "")]
    if there and all(_is_figure(cell) for cell in there):
        return "number"
    longest = max((len(str(cell)) for cell in there), default=0)
    return "short" if longest <= SHORT else "long" if longest > LONG else ""


def _is_figure(cell: object) -> bool:
    """Return whether it is a number, or one with its unit as people read it."""
    return isinstance(cell, int | float) or FIGURE.fullmatch(str(cell)) is not None


def _words(cell: object) -> str:
    if isinstance(cell, int | float):
        return number(cell)
    return "" if cell is None else str(cell)


def _chart(chart: Chart) -> dict[str, Any]:
    """Return the places of a chart's shapes: a bar per point, none for what was not measured."""
    room = max(0, FEWEST_SLOTS - len(chart.points))
    values = [*(value for _, value in chart.points), *[None] * room]
    known = [value for value in (*values, chart.normal) if value is not None]
    top = max(known, default=0) or 1
    slot = WIDTH / max(1, len(values))
    return {
        "title": chart.title,
        "unit": chart.unit,
        "width": WIDTH,
        "height": HEIGHT,
        "bars": [
            _bar(index * slot, slot, (value or 0) / top) for index, value in enumerate(values)
        ],
        "normal": None if chart.normal is None else amount(chart.normal, chart.unit),
        "normal_y": f"{HEIGHT * (1 - (chart.normal or 0) / top):.1f}",
        "labels": [
            {"label": label, "value": amount(value, chart.unit)} for label, value in chart.points
        ],
        "room": room,
        "header": table_of(chart).header,
    }


def _bar(x: float, slot: float, share: float) -> dict[str, str]:
    tall = HEIGHT * share
    return {
        "x": f"{x + slot * (1 - FILLED) / 2:.1f}",
        "y": f"{HEIGHT - tall:.1f}",
        "width": f"{slot * FILLED:.1f}",
        "height": f"{tall:.1f}",
    }


def archive_context(looking: Visit, launch: Launch, first: date, last: date) -> dict[str, Any]:
    """Return what reports/archive.html shows."""
    session, begins = looking.session, days.first_day(launch)
    there = written.of_days(session, launch.id, first=first, last=last)
    mine = [kind for kind in KINDS.values() if looking.by.is_any(*kind.roles)]
    here = f"/launches/{launch.key}/reports"
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "hour": readers.hour_of(session, launch.id),
        "sends_mail": looking.parts.settings.sends_mail,
        "kinds": [_kind(looking, launch, k) for k in mine if k.rhythm is not Rhythm.ROUND],
        "days": [
            _day(here, day, list(reports), mine)
            for day, reports in groupby(there, key=lambda report: report.day)
        ],
        "older_href": f"{here}?until={first - timedelta(days=1)}" if first > begins else None,
        "may": {"set": looking.by.is_any(Role.LEAD)},
    }


def _kind(looking: Visit, launch: Launch, kind: Kind) -> dict[str, Any]:
    people = readers.readers(
        looking.session, launch.id, kind.name, kind.mailed_to, kind.roles
    )  # fmt: skip
    return {
        "name": kind.name,
        "title": kind.title,
        "text": kind.text,
        "rhythm": kind.rhythm.value,
        "href": f"/launches/{launch.key}/reports/{kind.name}",
        "readers": [person.name for person in people],
        "is_mine": looking.by.id in {person.id for person in people},
        "is_mailed": kind.rhythm is not Rhythm.ASKED,
    }


def _day(
    here: str, day: date, reports: Sequence[WrittenReport], kinds: Sequence[Kind]
) -> dict[str, Any]:
    titles = {kind.name: kind.title for kind in kinds}
    verdict = next((r.paper for r in reports if r.kind == "daily-status"), None)
    return {
        "words": f"{day:%A}, {day.day} {day:%b %Y}",
        "tone": verdict["tone"] if verdict else "",
        "verdict": verdict["verdict"] if verdict else "",
        "reports": [
            {"title": titles[r.kind], "href": f"{here}/{r.kind}/{day}"}
            for r in reports
            if r.kind in titles
        ],
    }
