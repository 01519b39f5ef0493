"""Entries as rows of a CSV file: the columns, and reading such a file with the line of each row.

Spreadsheets differ: the separator is a comma, a semicolon or a tab, whichever the header has; a
mark of UTF-8 at the beginning is let be; the quote that keeps a cell from being run is taken off.
"""

import csv
import io
from typing import Any

from assistant.ground.cells import as_written
from assistant.launch.pack_file import BIGGEST, Lines, PackRefused, Problem

LISTS = frozenset({"phrasings", "not_for"})  # one per line of the cell
COLUMNS = {
    "key": "Its short name: small letters, digits, hyphens. The same key is the same entry.",
    "kind": "faq or response.",
    "scenario": "Key of a scenario of this launch, or nothing.",
    "question": "What customers ask, in their words.",
    "phrasings": "Other ways of asking it, one per line of the cell.",
    "not_for": "Questions that sound like it and are not, one per line.",
    "applies_when": "Who or what it is about.",
    "verdict": "expected, known-issue, not-expected or information. A response needs one.",
    "answer": "The answer of an FAQ entry.",
    "why_now": "Response: why it appears now.",
    "what_to_do": "Response: what to do.",
    "safe_to_continue": "Response: whether one can go on meanwhile.",
    "next_update": "Response: a time with its zone, or words.",
    "valid_from": "From when it may be sent: 2026-11-16T08:00:00Z, or nothing.",
    "valid_until": "Until when, or nothing.",
    "audience": "Who may read it; nothing means everyone.",
    "owner": "Address of who is asked when its time is over. Holds for entries that are new here.",
    "variant_of": "Key of the entry that it says in another language. Holds for new entries.",
    "locale": "Language of the text, for example de, or nothing.",
}
# What an export says besides; an import reads over them, because a person decides them here.
FACTS = ("version", "state", "written_by", "approved_by", "approved_at", "sha256")
MOST_ROWS = 20_000
LONGEST_CELL = 100_000  # characters; eight phrasings and an answer have some 2,000


def rows_in(words: str, file: str) -> tuple[list[dict[str, Any]], Lines]:
    """Return the rows of a CSV file as a pack would write entries, and where each stands.

    Raises:
        PackRefused: when it is no such table: all of what is wrong with it.
    """
    lines = Lines(file, {})
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(words.removeprefix("\ufeff"), newline=""), _separated(words))
    rows: list[dict[str, Any]] = []
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check(header, file)
        begins = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                _place(lines, len(rows), begins, header)
                rows.append(_row(header, cells, lines, len(rows)))
            begins = reader.line_num + 1
            if len(rows) > MOST_ROWS:
                raise _refused(file, begins, f"It has more than {MOST_ROWS:,} rows.", "Split it.")
    except csv.Error as broken:
        line = max(reader.line_num, 1)
        raise _refused(file, line, f"It is no CSV: {broken}.", "Save it again as CSV.") from None
    return rows, lines


def text_of(data: bytes, file: str) -> str:
    """Return the words of an uploaded file. Raises PackRefused when it is too big or not UTF-8."""
    if len(data) > BIGGEST:
        raise _refused(file, 1, f"It is bigger than {BIGGEST:,} bytes.", "Split it.")
    try:
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused(file, 1, "It is not UTF-8.", "Save it as “CSV UTF-8”.") from None
    if "\0" in words:
        line = words[: words.index("\0")].count("\n") + 1
        raise _refused(file, line, "It holds a NUL character.", "Remove it, or save it as UTF-8.")
    if not words.strip():
        raise _refused(file, 1, "It is empty.", "Begin with the example file.")
    return words


def _separated(words: str) -> type[csv.Dialect]:
    first = words.lstrip("\ufeff").partition("\n")[0]

    class Separated(csv.excel):
        delimiter = max(",;\t", key=first.count)
        strict = True

    return Separated


def _check(header: list[str], file: str) -> None:
    unknown = [name for name in header if name not in COLUMNS and name not in FACTS]
    twice = sorted({name for name in header if header.count(name) > 1})
    missing = [name for name in ("key", "question") if name not in header]
    told = (
        (unknown, "This column is not known.", "Remove it, or check how it is spelt."),
        (twice, "This column is there twice.", "Keep one of them."),
        (missing, "This column is missing.", "Add it; the example file has them all."),
    )
    problems = [
        _problem(file, 1, name, message, remedy)
        for names, message, remedy in told
        for name in names
    ]
    if problems:
        raise PackRefused(problems[:20])


def _place(lines: Lines, number: int, line: int, header: list[str]) -> None:
    lines.of[("entries", number)] = line
    lines.of.update({("entries", number, name): line for name in header})


def _row(header: list[str], cells: list[str], lines: Lines, number: int) -> dict[str, Any]:
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        # Told by the row's own problem later: a field that is not known.
        cells = [*cells[: len(header)]]
        extra = {"(further cells)": "there are more cells than columns"}
    else:
        extra = {}
    written = {
        name: as_written(cell).replace("\r\n", "\n")
        for name, cell in zip(header, cells, strict=False)
        if cell.strip() and name in COLUMNS
    }
    return {name: _value(name, words) for name, words in written.items()} | extra


def _value(name: str, words: str) -> Any:
    if name in LISTS:
        return [line.strip() for line in words.split("\n") if line.strip()]
    return words.strip() if name not in ("answer", "why_now") else words


def _refused(file: str, line: int, message: str, remedy: str) -> PackRefused:
    return PackRefused([_problem(file, line, "(file)", message, remedy)])


def _problem(file: str, line: int, field: str, message: str, remedy: str) -> Problem:
    return Problem(file, line, field or "(no name)", message, remedy)
