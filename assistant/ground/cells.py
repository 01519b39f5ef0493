"""Cells of a spreadsheet: what the programs that open one would run is made inert, and back."""

import unicodedata

Cell = str | int | float | None

RUNS = frozenset("=+-@\t\r\n")  # a spreadsheet takes a cell that begins like this for a formula


def inert(cell: Cell) -> Cell:
    """Return the cell so that no spreadsheet runs it: a text like a formula gets a quote first.

    Full-width forms count too, because some spreadsheets read them as the plain ones.
    """
    if not isinstance(cell, str) or not cell:
        return cell
    first = unicodedata.normalize("NFKC", cell[0])[:1]
    return f"'{cell}" if first in RUNS or cell[0] in RUNS else cell


def as_written(cell: str) -> str:
    """Return what somebody wrote from its inert cell: without the quote that was put first."""
    return cell[1:] if cell.startswith("'") and _runs(cell.lstrip("'")) else cell


def kept_apart(cell: str) -> str:
    """Return the cell so that ``as_written`` gives it back even where it begins with a quote."""
    return f"'{cell}" if as_written(cell) != cell else cell


def _runs(cell: str) -> bool:
    return inert(cell) != cell
