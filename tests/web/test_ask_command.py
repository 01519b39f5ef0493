"""``hypercare ask``: one result for every line, in order, whatever the line holds."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from assistant.ground.errors import Refused
from assistant.ground.settings import DATABASE_FILE, Settings
from tests.cast import EXPORT, EXPORT_TEXT, LAUNCH, PRICE, UNKNOWN
from web.cli import app
from web.questions import MOST_BYTES
from web.starting import parts_of

BAD_LINES: Sequence[bytes] = [
    b"",
    b"a",
    "🧨".encode(),
    b"x" * 4_000,
    b"x" * 4_001,
    b"x" * (3 * MOST_BYTES),
    b"\x00\x00",
    b"\x0b\x0c\x1c\x1d\x85",
    "one\u2028two\u2029three".encode(),
    b"carriage\rreturn",
    b"\x1b[31m\x07",
    b"\xff\xfe\xfd not utf-8 \xc3",
    b"\xed\xa0\x80 half a pair",
    "\u200b\u200c\ufeff".encode(),
    ("e" + "\u0301" * 3_000).encode(),
    "为什么价格涨了？".encode(),
    b"<script>alert(1)</script>",
    b"42",
    b"[bold]not markup[/bold] [/]",
    b"fuck you",
]


def ask(data: Path, *options: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(
        app, ["ask", "--launch", LAUNCH, "--data", str(data), *options], input=given
    )


def told(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.split("\n")[:-1]]


def test_every_line_gets_exactly_one_result_in_order(standing: Path, tmp_path: Path) -> None:
    lines = [PRICE.encode(), *(line for bad in BAD_LINES for line in (bad, EXPORT.encode()))]
    file = tmp_path / "questions.txt"
    file.write_bytes(b"\r\n".join(lines))

    results = told(ask(standing, "--file", str(file), "--json"))

    assert len(results) == len(lines)
    assert [one["entry"] for one in results[1::2]] == [None] * len(BAD_LINES)
    assert {one["outcome"] for one in results} == {"answer", "clarification", "handoff"}
    assert results[0]["question"] == PRICE
    assert [one["text"] for one in results[2::2]] == [EXPORT_TEXT] * len(BAD_LINES)


def test_bad_lines_print_too_when_a_person_reads_them(standing: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.txt"
    file.write_bytes(b"\n".join(BAD_LINES) + b"\n")

    result = ask(standing, "--file", str(file), "--explain")

    assert result.exit_code == 0, result.output
    assert "\x1b[31m" not in result.stdout


def test_questions_come_from_standard_input_too(standing: Path) -> None:
    results = told(ask(standing, "--file", "-", "--json", given=f"{PRICE}\n{EXPORT}".encode()))

    assert [one["entry"] for one in results] == ["price-differs", "export-data"]


def test_a_mark_at_the_beginning_of_the_file_is_no_part_of_the_question(standing: Path) -> None:
    (one,) = told(ask(standing, "--file", "-", "--json", given=b"\xef\xbb\xbf" + PRICE.encode()))

    assert one["question"] == PRICE


def test_an_empty_file_has_no_questions(standing: Path) -> None:
    assert told(ask(standing, "--file", "-", "--json", given=b"")) == []


@pytest.mark.parametrize("with_file", [True, False])
def test_what_cannot_be_read_is_said(standing: Path, tmp_path: Path, with_file: bool) -> None:
    file = tmp_path / "utf-16.txt"
    if with_file:
        file.write_text(PRICE, "utf-16")

    result = ask(standing, "--file", str(file))

    assert result.exit_code == 2
    assert ("UTF-16" if with_file else "cannot be read") in result.output


# Why.


def test_the_fields_of_json_stay_and_an_explanation_comes_beside_them(standing: Path) -> None:
    (plain,) = told(ask(standing, PRICE, "--json"))
    (why,) = told(ask(standing, PRICE, "--json", "--explain"))

    assert why.pop("explanation")["version"] == 1
    assert why == plain


def test_an_explanation_is_readable_at_eighty_columns(standing: Path) -> None:
    result = ask(standing, f"{UNKNOWN} {EXPORT}", "--explain")

    assert max(map(len, result.stdout.splitlines())) <= 80
    for words in (
        "Would be answered: In the very words of an approved phrasing.",
        "Needs a person: ",
        "it answers from 0.95; asks from 0.30",
        "+ its nearest phrasing is",
        "No model was asked.",
        "Withheld",
    ):
        assert words in result.stdout


def test_the_question_of_a_command_line_may_be_no_text_at_all(standing: Path) -> None:
    (one,) = told(ask(standing, "\udcff\udc80", "--json"))

    assert (one["question"], one["outcome"]) == ("\ufffd\ufffd", "clarification")


def test_a_folder_that_cannot_be_used_is_said_in_a_sentence(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")

    with pytest.raises(Refused, match="cannot be used"):
        parts_of(Settings(_env_file=None, data=in_the_way / "data"))


def test_a_damaged_database_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / DATABASE_FILE).write_bytes(b"not a database" * 1000)

    with pytest.raises(Refused, match="not a database"):
        parts_of(Settings(_env_file=None, data=tmp_path))
