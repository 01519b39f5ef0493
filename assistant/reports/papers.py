"""A report as a value: a sentence, figures, tables and charts, all made from one count.

It is kept as JSON and rendered from the same value on a page, in print, as Markdown, CSV and mail,
so no two of them can differ.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from assistant.ground.cells import Cell
from assistant.reports.sheets import Figure, Sheet, in_words, inert, plain

DASH = "–"  # a figure that nothing was counted for


@dataclass(frozen=True, slots=True)
class Number:
    """One figure. ``name`` stays the same from day to day; ``href`` leads to its rows.

    ``value`` is what was counted, ``shown`` how people read it; ``again`` says what a later count
    of the same came to, when that is something else.
    """

    name: str
    title: str
    value: float | None
    shown: str
    note: str = ""
    href: str = ""
    again: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header. ``links`` has an address per row, or ""; shorter than the rows: none."""

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """One series, oldest first, with the level of normal times where it is known."""

    title: str
    unit: str
    points: tuple[tuple[str, float | None], ...]
    normal: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a report. ``empty`` is said when there is nothing to show."""

    title: str
    text: str = ""
    lines: tuple[str, ...] = ()
    table: Table | None = None
    chart: Chart | None = None
    empty: str = ""
    href: str = ""

    @property
    def is_empty(self) -> bool:
        """Return whether it has neither lines, rows nor a chart."""
        return not (self.lines or (self.table and self.table.rows) or self.chart)


@dataclass(frozen=True, slots=True)
class Paper:
    """One report. ``tone`` is good, info, warn or bad; ``period`` says what it is about."""

    kind: str
    title: str
    period: str
    tone: str
    verdict: str
    text: str
    numbers: tuple[Number, ...]
    sections: tuple[Section, ...]

    @property
    def is_corrected(self) -> bool:
        """Return whether a later count of a figure came to something else."""
        return any(number.again for number in self.numbers)


def as_json(paper: Paper) -> dict[str, Any]:
    """Return the report as plain JSON."""
    return asdict(paper)


def of_json(kept: Mapping[str, Any]) -> Paper:
    """Return the report that ``as_json`` kept."""
    numbers = tuple(Number(**number) for number in kept["numbers"])
    sections = tuple(_section(section) for section in kept["sections"])
    return Paper(**{**kept, "numbers": numbers, "sections": sections})


def _section(kept: Mapping[str, Any]) -> Section:
    table, chart = kept["table"], kept["chart"]
    return Section(
        **{
            **kept,
            "lines": tuple(kept["lines"]),
            "table": table and Table(
                tuple(table["header"]),
                tuple(tuple(row) for row in table["rows"]),
                tuple(table["links"]),
            ),
            "chart": chart and Chart(
                **{**chart, "points": tuple((label, value) for label, value in chart["points"])}
            ),
        }
    )  # fmt: skip


def counted_again(paper: Paper, now: Paper) -> Paper:
    """Return the kept ``paper`` with, beside each figure, what it comes to in ``now``.

    The kept figure stays: what was told to somebody is not changed behind their back.
    """
    later = {number.name: number for number in now.numbers}
    numbers = tuple(_again(number, later.get(number.name)) for number in paper.numbers)
    return replace(paper, numbers=numbers)


def _again(number: Number, later: Number | None) -> Number:
    if later is None or later.shown == number.shown:
        return number
    return replace(number, again=f"counted again: was {number.shown}, is {later.shown}")


def of_sheet(
    sheet: Sheet,
    *,
    kind: str,
    period: str,
    href: str = "",
    title: str = "The whole table",
    empty: str = "Nothing of this kind.",
    before: Sequence[Section] = (),
) -> Paper:
    """Return a report that is one table as a paper of the family, after the sections ``before``."""
    numbers = tuple(_of_figure(figure, href) for figure in sheet.figures)
    rows = tuple(tuple(in_words(cell) for cell in row) for row in sheet.rows)
    section = Section(title, table=Table(sheet.header, rows), empty=empty, href=href)
    verdict = ", ".join(f"{number.title.lower()}: {number.shown}" for number in numbers[:3])
    return Paper(
        kind, sheet.title, period, "info", f"{verdict[:1].upper()}{verdict[1:]}.", sheet.text,
        numbers, (*before, section),
    )  # fmt: skip


def _of_figure(figure: Figure, href: str) -> Number:
    digits = figure.value.replace(",", "").replace("\N{NO-BREAK SPACE}%", "")
    value = float(digits) if digits.replace(".", "", 1).isdigit() else None
    name = "_".join(figure.title.lower().split())
    return Number(name, figure.title, value, figure.value, figure.note, href)


# --- to take away ---


def as_markdown(paper: Paper) -> str:
    """Return the report as Markdown; no text of a customer is markup."""
    parts = [
        f"# {plain(paper.title)}",
        f"**{plain(paper.verdict)}** {plain(paper.text)}".strip(),
        "\n".join(_bullet(number) for number in paper.numbers),
        *(_section_markdown(section) for section in paper.sections),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _bullet(number: Number) -> str:
    beside = "; ".join(part for part in (number.note, number.again) if part)
    return f"- **{plain(number.title)}:** {plain(number.shown)}" + (
        f" ({plain(beside)})" if beside else ""
    )


def _section_markdown(section: Section) -> str:
    parts = [f"## {plain(section.title)}", plain(section.text)]
    if section.is_empty:
        parts.append(plain(section.empty))
    parts.append("\n".join(f"- {plain(line)}" for line in section.lines))
    for table in _tables(section):
        rows = [table.header, ("---",) * len(table.header), *table.rows]
        parts.append("\n".join(_row(row) for row in rows))
    return "\n\n".join(part for part in parts if part)


def _row(row: Sequence[Cell]) -> str:
    is_rule = row[0] == "---"
    return f"| {' | '.join('---' if is_rule else plain(cell) for cell in row)} |"


def _tables(section: Section) -> Iterable[Table]:
    """Return the tables of a section: that of its chart, and its own."""
    if section.chart:
        yield table_of(section.chart)
    if section.table and section.table.rows:
        yield section.table


def table_of(chart: Chart) -> Table:
    """Return the table behind a chart."""
    return Table(("day", chart.title.lower()), chart.points)


def as_csv(paper: Paper) -> str:
    """Return every figure and table as CSV (RFC 4180), one below the other; no text is a formula.

    Between two tables stands an empty row, above each its name.
    """
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(("figure", "value", "note", "counted again"))
    for each in paper.numbers:
        writer.writerow([inert(c) for c in (each.title, each.shown, each.note, each.again)])
    for section in paper.sections:
        for table in _tables(section):
            writer.writerows([(), (inert(section.title),), [inert(cell) for cell in table.header]])
            writer.writerows([inert(cell) for cell in row] for row in table.rows)
        for line in section.lines:
            writer.writerow([inert(section.title), inert(line)])
    return file.getvalue()


def as_text(paper: Paper) -> str:
    """Return the report as a plain mail says it: no tables, one row a line."""
    head = [paper.verdict, paper.text, "", *(_said(number) for number in paper.numbers)]
    body = [line for section in paper.sections for line in _section_text(section)]
    return "\n".join([*head, *body]) + "\n"


def _said(number: Number) -> str:
    beside = "; ".join(part for part in (number.note, number.again) if part)
    return f"{number.title}: {number.shown}" + (f" ({beside})" if beside else "")


def _section_text(section: Section) -> list[str]:
    lines = [section.text] if section.text else []
    lines += [f"- {line}" for line in section.lines]
    if section.table:
        lines += [f"- {_cells(row)}" for row in section.table.rows]
    if section.is_empty:
        lines.append(section.empty)
    return ["", section.title.upper(), *lines] if lines else []


def _cells(row: Sequence[Cell]) -> str:
    return ", ".join(" ".join(str(cell).split()) for cell in row if cell not in (None, ""))
