"""The questions people fear, read from what was pasted or uploaded. Pure.

One question a line, or a CSV with a column of them and, where there is one, a column ``expected``:
the entry that should answer, or ``person``. What cannot be read is said by line, all at once.
"""

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from assistant.desk.messages import LONGEST
from knowledge.normalise import fingerprint

MOST = 2_000  # questions of one rehearsal
MOST_PROBLEMS = 20  # that are said one by one
PERSON = "person"  # as an expectation: somebody of the team answers
EXPECTED = ("expected", "expected entry", "expected_entry", "entry")
QUESTION = ("question", "questions", "text", "message", "feared", "phrasing", "q")
SEPARATORS = ",;\t|"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Fear:
    """One question, the line it began on, and the entry that should answer, "" when not said."""

    line: int
    text: str
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Fears:
    """What was read: questions in their order, and how many were there before."""

    questions: tuple[Fear, ...]
    doubled: int = 0


class NotReadable(Exception):
    """It cannot be read as questions: ``problems`` in words, and ``columns`` to choose from."""

    def __init__(self, problems: Sequence[str], columns: Sequence[str] = ()) -> None:
        super().__init__(" ".join(problems))
        self.problems, self.columns = tuple(problems), tuple(columns)


def text_of(data: bytes) -> str:
    """Return the text of an uploaded file: UTF-8, or UTF-16 that says so.

    Raises:
        NotReadable: when it is no text, with the line that is not.
    """
    if data.startswith(b"PK\x03\x04"):
        raise NotReadable(["This is a workbook, not a text. Save it as CSV (UTF-8)."])
    try:
        if data.startswith(_UTF_16):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data[: wrong.start].count(b"\n") + 1
        raise NotReadable([f"Line {line} is not UTF-8. Save it as CSV (UTF-8)."]) from None


def read(text: str, *, known: Collection[str], column: str = "", is_csv: bool = False) -> Fears:
    """Return the questions of a text; ``known`` are the keys of the launch's entries.

    Raises:
        NotReadable: when there is none, there are too many, or lines are wrong (all of them).
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = list(_rows(text, column, is_csv))
    asked = [one for one in found if one.text.strip()]
    problems = [words for one in asked for words in _wrong(one, known)]
    if not asked:
        problems = ["There is no question in it. Write one on each line."]
    kept, doubled, disagreed = _once(asked)
    problems = [*problems, *disagreed]
    if len(kept) > MOST:
        problems = [f"There are {len(kept):,} questions; {MOST:,} can be rehearsed at once."]
    if problems:
        more = len(problems) - MOST_PROBLEMS
        rest = [f"And {more:,} more."] if more > 0 else []
        raise NotReadable([*problems[:MOST_PROBLEMS], *rest])
    return Fears(tuple(kept), doubled)


def _rows(text: str, column: str, is_csv: bool) -> Iterator[Fear]:
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:  # as Excel writes it
        yield from _table(rest, first.strip()[4], column, begins=2)
    elif separator := _separator(first, must=is_csv or bool(column)):
        yield from _table(text, separator, column, begins=1)
    else:
        for number, line in enumerate(text.split("\n"), 1):
            yield Fear(number, _clean(line))


def _separator(first: str, *, must: bool) -> str:
    """Return what parts the columns of a table, "" when these are plain lines.

    Plain text is a table only where its first line names a column of questions and another one:
    a question with a comma is no table.
    """
    for separator in SEPARATORS:
        names = _names(next(csv.reader([first], delimiter=separator), []))
        if len(names) > 1 and any(name in QUESTION for name in names):
            return separator
    if not must:
        return ""
    return max(SEPARATORS, key=first.count) if any(map(first.count, SEPARATORS)) else ","


def _table(text: str, separator: str, column: str, *, begins: int) -> Iterator[Fear]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)

    def numbered() -> Iterator[tuple[int, list[str]]]:
        line = begins  # on which the next row begins: a cell may have several lines
        for row in reader:
            yield line, row
            line = begins + reader.line_num

    try:
        yield from _read(numbered(), column)
    except csv.Error as wrong:
        line = reader.line_num + begins - 1
        raise NotReadable([f"Line {line} is no CSV: {wrong}."]) from None


def _read(rows: Iterator[tuple[int, list[str]]], column: str) -> Iterator[Fear]:
    line, header = next(rows, (1, []))
    names = _names(header)
    asked, expected = _columns(header, names, column)
    name = names[asked] if asked < len(names) else ""
    if name not in (column.strip().lower(), *QUESTION):
        yield _fear(line, header, asked, expected)  # a table without a head
    for line, row in rows:
        if any(cell.strip() for cell in row):
            yield _fear(line, row, asked, expected)


def _columns(header: Sequence[str], names: Sequence[str], column: str) -> tuple[int, int | None]:
    """Return where the questions stand, and what is expected, if that is said.

    Raises:
        NotReadable: when it is not clear which column holds the questions.
    """
    wanted = column.strip().lower()
    expected = next((at for at, name in enumerate(names) if name in EXPECTED), None)
    if wanted in names:
        return names.index(wanted), expected
    if wanted.isdecimal() and 1 <= int(wanted[:4]) <= len(names):
        return int(wanted[:4]) - 1, expected
    if wanted:
        raise NotReadable([f"There is no column “{column.strip()}”."], header)
    named = [at for at, name in enumerate(names) if name in QUESTION]
    if named:
        return named[0], expected
    if len(names) < 2:
        return 0, None
    raise NotReadable(["Which column holds the questions? Choose one."], header)


def _fear(line: int, row: Sequence[str], asked: int, expected: int | None) -> Fear:
    def cell(at: int | None) -> str:
        return _clean(row[at]) if at is not None and at < len(row) else ""

    return Fear(line, cell(asked), cell(expected))


def _names(header: Sequence[str]) -> list[str]:
    return [name.strip().lower() for name in header]


def _clean(text: str) -> str:
    # No database keeps a NUL or half of a surrogate pair.
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", "").strip()


def _wrong(one: Fear, known: Collection[str]) -> Iterator[str]:
    if len(one.text) > LONGEST:
        yield f"Line {one.line} is longer than {LONGEST:,} characters."
    if one.expected and one.expected != PERSON and one.expected not in known:
        yield f"Line {one.line}: there is no entry “{one.expected[:80]}”."


def _once(asked: Sequence[Fear]) -> tuple[list[Fear], int, list[str]]:
    """Return each question once, how many were there before, and which of them disagree."""
    kept: dict[str, Fear] = {}
    problems = []
    for one in asked:
        key = fingerprint(one.text) or one.text
        first = kept.setdefault(key, one)
        if first.expected and one.expected and first.expected != one.expected:
            problems.append(f"Line {one.line} expects another entry than line {first.line}.")
        elif one.expected and not first.expected:
            kept[key] = Fear(first.line, first.text, one.expected)
    return list(kept.values()), len(asked) - len(kept), problems
