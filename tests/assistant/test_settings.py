"""Settings come from the environment or the file, and are printed without their secrets."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.ground.settings import MASK, Printed, Settings, printed


def row(settings: Settings, name: str) -> Printed:
    return next(row for row in printed(settings) if row.name == name)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_anything_said_it_listens_on_this_machine_only() -> None:
    settings = Settings()

    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.address == "http://127.0.0.1:8000"


def test_the_environment_wins_over_the_file(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (elsewhere / "hypercare.env").write_text("HYPERCARE_PORT=9001\nHYPERCARE_HOST=0.0.0.0\n")
    monkeypatch.setenv("HYPERCARE_PORT", "9002")

    settings = Settings()

    assert (settings.port, settings.host) == (9002, "0.0.0.0")  # noqa: S104
    assert row(settings, "HYPERCARE_PORT").source == "environment"
    assert row(settings, "HYPERCARE_HOST").source == "hypercare.env"


def test_what_the_command_line_says_is_shown_as_such(tmp_path: Path) -> None:
    assert row(Settings(data=tmp_path / "here"), "HYPERCARE_DATA").source == "command line"
    assert row(Settings(), "HYPERCARE_SWEEP_SECONDS").source == "default"


def test_keys_are_masked_and_absent_keys_are_not() -> None:
    settings = Settings(llm_api_key="sk-very-secret")

    assert row(settings, "HYPERCARE_LLM_API_KEY").value == MASK
    assert row(settings, "HYPERCARE_EMBEDDING_API_KEY").value == ""
    assert "very-secret" not in repr(settings)


def test_the_password_inside_the_database_address_is_masked() -> None:
    settings = Settings(database_url="postgresql+psycopg://care:p4ss@db.example/care")

    shown = row(settings, "HYPERCARE_DATABASE_URL").value

    assert shown == f"postgresql+psycopg://care:{MASK}@db.example/care"
    assert settings.sql_url == "postgresql+psycopg://care:p4ss@db.example/care"


def test_every_setting_says_what_it_means() -> None:
    assert [row.name for row in printed(Settings()) if not row.meaning.endswith(".")] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 65536),
        ("port", "eighty"),
        ("questions_per_minute", 0),
        ("llm_deadline_seconds", 0),
        ("llm_deadline_seconds", 5.1),
        ("sweep_seconds", -1),
        ("stranded_seconds", 0),
        ("llm_calls_per_day", -1),
        ("llm_base_url", "ftp://models.example"),
        ("embedding_base_url", "models.example/v1"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**{name: value})

    assert [error["loc"] for error in refused.value.errors()] == [(name,)]


def test_the_public_address_never_ends_in_a_slash() -> None:
    assert Settings(public_url="https://care.example/").address == "https://care.example"


def test_the_data_folder_stays_where_it_was_meant(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data=Path("here"))
    monkeypatch.chdir("/")

    assert settings.data == elsewhere / "here"
    assert settings.sql_url == f"sqlite:///{elsewhere / 'here' / 'hypercare.sqlite3'}"
