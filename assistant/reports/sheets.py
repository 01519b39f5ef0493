"""A report as a table that people take away: CSV that runs nothing, Markdown that marks up nothing.

What customers wrote stands in these files, and the programs that open them obey certain first
characters. So every text is made inert here, once, for all reports.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from assistant.ground import cells
from assistant.ground.cells import inert as inert

Cell = cells.Cell | datetime
"""One value of a table; a time is aware, in the zone in which it is to be read."""

MARKS = re.compile(r"([\\`*_\[\]<>#|~&])")
BLOCK = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)")  # a list, where a line begins with it


@dataclass(frozen=True, slots=True)
class Figure:
    """One number as people read it, its name, and what it was counted from."""

    value: str
    title: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One report: what it is about, its key figures, and a table."""

    title: str
    text: str
    figures: tuple[Figure, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def as_csv(sheet: Sheet) -> str:
    """Return the table as CSV (RFC 4180). Numbers stay numbers; no text is a formula."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(sheet.header)
    writer.writerows([inert(_sorted_by(cell)) for cell in row] for row in sheet.rows)
    return file.getvalue()


def _sorted_by(cell: Cell) -> cells.Cell:
    """Return a time as every spreadsheet knows it for one and sorts it."""
    return f"{cell:%Y-%m-%d %H:%M}" if isinstance(cell, datetime) else cell


def in_words(cell: Cell) -> cells.Cell:
    """Return a time as people read it, ``16 Nov 2026, 09:00 CET``; anything else as it is."""
    return f"{cell.day} {cell:%b %Y, %H:%M %Z}" if isinstance(cell, datetime) else cell


def as_markdown(sheet: Sheet) -> str:
    """Return the report as Markdown (CommonMark with tables); no text of a customer is markup."""
    figures = [_figure_line(figure) for figure in sheet.figures]
    table = [sheet.header, ("---",) * len(sheet.header)]
    lines = [f"| {' | '.join(row)} |" for row in table]
    lines += [f"| {' | '.join(plain(cell) for cell in row)} |" for row in sheet.rows]
    parts = (f"# {plain(sheet.title)}", plain(sheet.text), _lines(figures), _lines(lines))
    return "\n\n".join(part for part in parts if part) + "\n"


def plain(cell: Cell) -> str:
    """Return the cell as Markdown on one line that shows exactly its words."""
    line = " ".join(("" if cell is None else str(in_words(cell))).split())
    return BLOCK.sub(r"\1\\\2", MARKS.sub(r"\\\1", line))


def _figure_line(figure: Figure) -> str:
    note = f" ({plain(figure.note)})" if figure.note else ""
    return f"- **{plain(figure.title)}:** {plain(figure.value)}{note}"


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(line.rstrip() for line in lines)
