"""Setting a launch up by its pages: from a template to live, and nothing that was typed is lost."""

import pytest
from typer.testing import CliRunner

from assistant.launch.launches import by_key
from tests import cast
from tests.web.staff import a_browser
from web.cli import app

NEW = {
    "template": "pricing",
    "name": "Autumn prices",
    "starts": "2026-11-30T09:00",
    "time_zone": "Europe/Berlin",
    "sites": "https://shop.example",
    "owner": cast.AMIR,
    "lead": cast.LENA,
    "engineer": cast.ERIC,
    "change_manager": cast.INES,
    "sponsor": cast.PRIYA,
}


@pytest.fixture
def staffed(house, tmp_path):
    cast.bring_in(house, tmp_path)
    return house


@pytest.fixture
def lena(staffed):
    return a_browser(staffed, cast.LENA)


def test_a_lead_begins_a_launch_with_one_form(staffed, lena):
    page = lena.get("/launches/new").text
    assert "High-risk or high-volume period" in page
    assert "I am charged more than last time" in page

    made = lena.post("/launches/new", **NEW)

    assert made.status_code == 303
    assert made.headers["location"].startswith("/launches/autumn-prices")
    with staffed.db.reading() as session:
        launch = by_key(session, "autumn-prices")
        assert launch.starts_at.isoformat() == "2026-11-30T08:00:00+00:00"
        assert launch.sites == ["https://shop.example"]
        assert launch.scenarios[0].owner.email == cast.AMIR


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"template": "no"}, "template", "Choose the template"),
        ({"name": "  "}, "name", "Say what the launch is called."),
        ({"starts": "soon"}, "starts", "Choose day and time"),
        ({"starts": "9999-12-31T23:59"}, "starts", "Choose day and time"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "Use a name like Europe/Berlin"),
        ({"key": "Ümlaut!"}, "key", "Lower-case letters"),
        ({"name": "秋の値段"}, "key", "Lower-case letters"),
        ({"sites": "shop"}, "sites", "https://shop.example"),
        ({"owner": "nobody@example.com"}, "People", "Nobody here has the address"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(lena, typed, field, words):
    refused = lena.post("/launches/new", **{**NEW, **typed})

    assert refused.status_code == 422
    assert words in refused.text
    assert field in refused.text
    kept = {**NEW, **typed}
    assert f'value="{kept["starts"]}"' in refused.text
    assert f'<option value="{cast.PRIYA}" selected>' in refused.text


def test_a_key_that_is_taken_is_refused_beside_what_was_typed(lena):
    assert lena.post("/launches/new", **NEW).status_code == 303

    twice = lena.post("/launches/new", **NEW)

    assert twice.status_code == 409
    assert "The key “autumn-prices” is taken." in twice.text
    assert 'value="Autumn prices"' in twice.text


def test_who_leads_nothing_begins_nothing(staffed):
    amir = a_browser(staffed, cast.AMIR)

    assert amir.get("/launches/new").status_code == 403
    assert amir.post("/launches/new", **NEW).status_code == 403


def test_the_command_writes_a_pack_that_the_import_takes(tmp_path):
    said = ["--key", "x", "--name", "X", "--starts", "2026-11-30T08:00", "--data", str(tmp_path)]
    run = CliRunner().invoke

    written = run(app, ["new-launch", "--template", "volume", *said, "--write"])
    pack = tmp_path / "x.yaml"
    pack.write_text(written.stdout, "utf-8")

    assert run(app, ["import", str(pack), "--data", str(tmp_path)]).exit_code == 0
    assert run(app, ["new-launch", "--template", "no", *said]).exit_code == 1
    assert "ninety-days" in run(app, ["templates"]).stdout
