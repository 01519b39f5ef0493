"""``hypercare rehearse``: go or no-go on a command line, with an exit code to build on."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.cast import EXPORT, LAUNCH, PRICE, UNKNOWN
from web.cli import app
from web.rehearsal_command import NO_GO


@pytest.fixture
def feared(tmp_path: Path) -> str:
    """A table as Excel writes it, with what is expected."""
    table = tmp_path / "feared.csv"
    rows = f"Mara;{EXPORT};export-data\nBen;{PRICE};price-differs\n"
    table.write_text(f"sep=;\nwho;question;expected\n{rows}", "utf-8-sig")
    return str(table)


def rehearse(data: Path, *options: str, given: bytes | None = None) -> Result:
    command = ["rehearse", "--launch", LAUNCH, "--data", str(data), *options]
    return CliRunner().invoke(app, command, input=given)


def test_a_go_is_said_and_the_next_run_says_what_got_better(data: Path, feared: str) -> None:
    done = rehearse(data, "--file", feared)

    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("Go.\n2 answered, 0 recognised, 0 to a person.")
    assert "! Every covered hour has a hypercare owner. 1 left." in done.stdout
    again = rehearse(data, "--file", feared)
    assert "Since the last rehearsal: 0 better, 0 worse." in again.stdout


def test_a_no_go_has_an_exit_code_of_its_own_and_all_of_it_as_json(standing: Path) -> None:
    done = rehearse(standing, "--file", "-", "--json", given=f"{EXPORT}\n{UNKNOWN}\n".encode())

    told = json.loads(done.stdout)
    assert (done.exit_code, told["go"]) == (NO_GO, False)
    assert [one["outcome"] for one in told["questions"]] == ["answer", "handoff"]
    assert [rule["key"] for rule in told["rules"] if rule["stops"] and not rule["is_kept"]] == [
        "coverage"
    ]
    assert (told["better"], told["worse"]) == (None, None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (b"", "There is no question in it."),
        (b"question,expected\nWhy?,nosuch\n", "Line 2 expects “nosuch”, which is no entry."),
        (b"Wh\xffy?", "Line 1 is not UTF-8;"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_runs(
    standing: Path, words: bytes, said: str
) -> None:
    done = rehearse(standing, "--file", "-", given=words)

    assert done.exit_code == 1
    assert said in " ".join(done.stderr.split())


def test_what_is_left_out_keeps_the_rest_from_being_a_go(data: Path) -> None:
    long = "x" * 10_001

    done = rehearse(data, "--file", "-", given=f"{EXPORT}\n{long}\n{PRICE}\n".encode())

    assert done.exit_code == NO_GO, done.output
    assert "2 answered, 0 recognised, 0 to a person." in done.stdout
    assert "✗ Every line that was given was rehearsed. 1 left out" in done.stdout
    assert "Line 2 is longer than 4,000 characters." in done.stdout
