"""The questions people fear, read from what was pasted or uploaded. Pure.

One question a line, or a CSV with a column of them and, where there is one, a column ``expected``:
the entry that should answer, or ``person``. What can be taken is taken; every other line is named
with its number, its first words and why, so that nobody believes that it was asked.
"""

import csv
import io
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.desk.messages import LONGEST
from assistant.library.entry_rows import LONGEST_CELL
from knowledge.normalise import fingerprint

MOST = 2_000  # questions of one rehearsal
MOST_PROBLEMS = 20  # that are said one by one where nothing can be taken
NAMED = 200  # lines left out that are kept one by one; the rest is counted
FIRST_WORDS = 80  # characters of a line by which its author knows it again
PERSON = "person"  # as an expectation: somebody of the team answers
EXPECTED = ("expected", "expected entry", "expected_entry", "entry")
QUESTION = ("question", "questions", "text", "message", "feared", "phrasing", "q")
SEPARATORS = ",;\t|"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_NO_TEXT = (b"%PDF", b"\x89PNG", b"\xd0\xcf\x11\xe0", b"\xff\xd8\xff")  # PDF, PNG, old Excel, JPEG


@dataclass(frozen=True, slots=True)
class Fear:
    """One question, the line it began on, and the entry that should answer, "" when not said."""

    line: int
    text: str
    expected: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that is not asked: where it began, its first words, and why, as said of "line 3"."""

    line: int
    words: str
    why: str

    @property
    def says(self) -> str:
        """Return which line it is and why it is left out, as one sentence."""
        return f"Line {self.line:,} {self.why}."


@dataclass(frozen=True, slots=True)
class Fears:
    """What was read: questions in their order, how many were there before, what is left out.

    Of the lines left out the first ``NAMED`` are named, in their order, and all are counted.
    """

    questions: tuple[Fear, ...]
    doubled: int = 0
    left_out: tuple[LeftOut, ...] = ()
    left_out_count: int = 0


class NotReadable(Exception):
    """Nothing of it is a question: ``problems`` in words, and ``columns`` to choose from."""

    def __init__(self, problems: Sequence[str], columns: Sequence[str] = ()) -> None:
        super().__init__(" ".join(problems))
        self.problems, self.columns = tuple(problems), tuple(columns)


def text_of(data: bytes) -> str:
    """Return the text of an uploaded file: UTF-8 or UTF-16. ``read`` leaves out what is neither.

    Raises:
        NotReadable: when it is no text at all.
    """
    if data.startswith(b"PK\x03\x04"):
        raise NotReadable(["This is a workbook, not a text. Save it as CSV (UTF-8)."])
    if encoding := _wide(data):
        # A cut letter at the end becomes a mark; its line is left out.
        return data.decode(encoding, "replace").replace("\ufffd", "\udcfd")
    if data.startswith(_NO_TEXT) or _controls(data) > len(data) / 100:
        raise NotReadable(["This is no text. Save it as CSV (UTF-8)."])
    return data.decode("utf-8-sig", "surrogateescape")


def _wide(data: bytes) -> str:
    """Return which UTF-16 this is, "" when it is none: by its mark, or by a NUL in each letter."""
    if data.startswith(_UTF_16):
        return "utf-16"
    often = len(data) / 4
    if data[1::2].count(0) > often:
        return "utf-16-le"
    return "utf-16-be" if data[0::2].count(0) > often else ""


def _controls(data: bytes) -> int:
    return len(data) - len(data.translate(None, bytes(range(9)) + bytes(range(14, 32))))


def read(
    text: str,
    *,
    known: Collection[str],
    titles: Mapping[str, str] | None = None,
    column: str = "",
    is_csv: bool = False,
) -> Fears:
    """Return the questions of a text; ``known`` are the keys of the launch's entries.

    An entry may be expected by its title too: ``titles`` are the keys by title's fingerprint.

    Raises:
        NotReadable: when not one line of it is a question that can be asked.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    asked, out = [], []
    for one in _rows(text, column, is_csv):
        judged = _judged(one, known, titles or {}) if isinstance(one, Fear) else one
        if isinstance(judged, Fear):
            asked.append(judged)
        elif judged is not None:
            out.append(judged)
    kept, doubled, disagreed = _once(asked)
    out += [*disagreed, *(_left_out(one, _LATE) for one in kept[MOST:])]
    out.sort(key=lambda one: one.line)
    if not kept:
        raise NotReadable(_problems(out))
    return Fears(tuple(kept[:MOST]), doubled, tuple(out[:NAMED]), len(out))


_LATE = f"comes after the {MOST:,} questions that are rehearsed at once"


def _problems(out: Sequence[LeftOut]) -> list[str]:
    more = len(out) - MOST_PROBLEMS
    rest = [f"And {more:,} more."] if more > 0 else []
    said = [*(one.says for one in out[:MOST_PROBLEMS]), *rest]
    return said or ["There is no question in it. Write one on each line."]


def _rows(text: str, column: str, is_csv: bool) -> Iterator[Fear | LeftOut]:
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:  # as Excel writes it
        yield from _table(rest, first.strip()[4], column, begins=2)
    elif separator := _separator(first, must=is_csv or bool(column)):
        yield from _table(text, separator, column, begins=1)
    else:
        for number, line in enumerate(text.split("\n"), 1):
            yield Fear(number, line)


def _separator(first: str, *, must: bool) -> str:
    """Return what parts the columns of a table, "" when these are plain lines.

    Plain text is a table only where its first line names a column of questions and another one:
    a question with a comma is no table.
    """
    head = first[:LONGEST]  # no head is longer, and no reader takes a cell that is much longer
    for separator in SEPARATORS:
        names = _names(next(csv.reader([head], delimiter=separator), []))
        if len(names) > 1 and any(name in QUESTION for name in names):
            return separator
    if not must:
        return ""
    return max(SEPARATORS, key=first.count) if any(map(first.count, SEPARATORS)) else ","


def _table(text: str, separator: str, column: str, *, begins: int) -> Iterator[Fear | LeftOut]:
    csv.field_size_limit(LONGEST_CELL)  # the same for all that this process reads
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    ends = text.count("\n") + (not text.endswith("\n"))
    line = begins  # on which the next row begins: a cell may have several lines

    def numbered() -> Iterator[tuple[int, list[str]]]:
        nonlocal line
        for row in reader:
            yield line, row
            line = begins + reader.line_num

    try:
        for one in _read(numbered(), column):
            below = reader.line_num - (one.line - begins)
            is_open = reader.line_num == ends and below > 1 and _is_odd(text, below)
            yield _left_out(one, _OPEN) if is_open else one
    except csv.Error as wrong:
        words = "\n".join(text.split("\n")[line - begins :][:1])
        yield LeftOut(line, first_words(words), f"and all below it is no CSV: {wrong}")


_OPEN = "opens a quotation mark that is never closed, so all below it is one cell"


def _is_odd(text: str, lines: int) -> bool:
    """Return whether the last lines of a text hold a quotation mark that nothing closes."""
    last = text.removesuffix("\n").rsplit("\n", lines)[-lines:]
    return "".join(last).count('"') % 2 == 1


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
        return row[at] if at is not None and at < len(row) else ""

    return Fear(line, cell(asked), _clean(cell(expected)))


def _names(header: Sequence[str]) -> list[str]:
    return [name.strip().lower() for name in header]


def storable(text: str) -> str:
    """Return a text as any database keeps it: without NUL, and without halves of letters."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", "")


def _clean(text: str) -> str:
    """Return a text without control characters: nobody types them, and no reader sees them."""
    whole = storable(text)
    return "".join(c for c in whole if c in "\n\t" or unicodedata.category(c) != "Cc").strip()


def first_words(text: str) -> str:
    """Return how a line begins, on one line."""
    return " ".join(_clean(text[: 4 * FIRST_WORDS]).split())[:FIRST_WORDS]


def _left_out(one: Fear, why: str) -> LeftOut:
    return LeftOut(one.line, first_words(one.text), why)


def _judged(one: Fear, known: Collection[str], titles: Mapping[str, str]) -> Fear | LeftOut | None:
    """Return a question as it is asked, or why it is not; nothing for a line that is blank."""
    text = _clean(one.text)
    # What is kept of such a line to be put right has marks in their place.
    if any(letter == "\ufffd" or "\udc80" <= letter <= "\udcff" for letter in one.text):
        return _left_out(one, "is not UTF-8; save the file as CSV (UTF-8)")
    if not text:
        return _left_out(one, "holds control characters only") if one.text.strip() else None
    if len(text) > LONGEST:
        return _left_out(one, f"is longer than {LONGEST:,} characters")
    expected = one.expected
    if expected and expected != PERSON and expected not in known:
        expected = titles.get(fingerprint(expected), "")
        if not expected:
            return _left_out(one, f"expects “{one.expected[:80]}”, which is no entry")
    return Fear(one.line, text, expected)


def _once(asked: Sequence[Fear]) -> tuple[list[Fear], int, list[LeftOut]]:
    """Return each question once, how many were there before, and which of them disagree."""
    kept: dict[str, Fear] = {}
    disagreed = []
    for one in asked:
        key = fingerprint(one.text) or one.text
        first = kept.setdefault(key, one)
        if first.expected and one.expected and first.expected != one.expected:
            disagreed.append(_left_out(one, f"expects another entry than line {first.line:,}"))
        elif one.expected and not first.expected:
            kept[key] = Fear(first.line, first.text, one.expected)
    return list(kept.values()), len(asked) - len(kept) - len(disagreed), disagreed
