"""``hypercare rehearse``: go or no-go on a command line, with an exit code to build on."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests import cast
from tests.cast import EXPORT, LAUNCH, PRICE, UNKNOWN
from web.cli import app
from web.rehearsal_command import NO_GO


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder with the shop in it, found by words alone."""
    folder = tmp_path / "data"
    folder.mkdir()
    parts = cast.empty_house(folder)
    cast.bring_in(parts, tmp_path)
    parts.close()
    (tmp_path / "feared.csv").write_text(
        f"sep=;\nwho;question;expected\nMara;{EXPORT};export-data\nBen;{PRICE};price-differs\n",
        "utf-8-sig",
    )
    yield folder


def rehearse(data: Path, *options: str, given: bytes | None = None) -> Result:
    command = ["rehearse", "--launch", LAUNCH, "--data", str(data), *options]
    env = {"HYPERCARE_EMBEDDER": "none"}
    return CliRunner().invoke(app, command, input=given, env=env)


def test_a_go_is_said_with_what_is_worth_doing(data: Path, tmp_path: Path) -> None:
    done = rehearse(data, "--file", str(tmp_path / "feared.csv"))

    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("Go.\n2 answered, 0 recognised, 0 to a person.")
    assert "! Every covered hour has a hypercare owner. 1 left." in done.stdout


def test_a_no_go_has_an_exit_code_of_its_own_and_all_of_it_as_json(data: Path) -> None:
    done = rehearse(data, "--file", "-", "--json", given=f"{EXPORT}\n{UNKNOWN}\n".encode())

    told = json.loads(done.stdout)
    assert (done.exit_code, told["go"]) == (NO_GO, False)
    assert [one["outcome"] for one in told["questions"]] == ["answer", "handoff"]
    assert [rule["key"] for rule in told["rules"] if rule["stops"] and not rule["is_kept"]] == [
        "coverage"
    ]
    assert (told["better"], told["worse"]) == (None, None)


def test_the_next_run_says_what_got_better(data: Path, tmp_path: Path) -> None:
    file = str(tmp_path / "feared.csv")
    rehearse(data, "--file", file)

    assert "Since the last rehearsal: 0 better, 0 worse." in rehearse(data, "--file", file).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (b"", "There is no question in it."),
        (b"question,expected\nWhy?,nosuch\n", "Line 2: there is no entry “nosuch”."),
        (b"Wh\xffy?", "Line 1 is not UTF-8."),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_runs(data: Path, words: bytes, said: str) -> None:
    done = rehearse(data, "--file", "-", given=words)

    assert done.exit_code == 1
    assert said in " ".join(done.stderr.split())
