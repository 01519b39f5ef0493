"""Many entries at once, from the page: out as a file, in after a look, back while possible."""

import re

import pytest
from typer.testing import CliRunner

from tests import cast
from tests.web.staff import PAGE, a_browser
from web.cli import app

IMPORTS = "/library/spring-pricing/imports"
EXPORT = "/library/spring-pricing/export"
CSV = "key,kind,question,answer\npause-plan,faq,Can I pause my plan?,Yes.\nBad Key,faq,Why?,So.\n"


def upload(browser, words: str | bytes, name: str = "entries.csv"):
    return browser.client.post(
        IMPORTS,
        data={"csrf": browser.csrf},
        files={"file": (name, words)},
        headers=PAGE,
        follow_redirects=False,
    )


def mark_of(browser, path: str) -> str:
    return re.search(r'name="mark" value="(\w+)"', browser.get(path).text)[1]


@pytest.fixture
def amir(shop):
    return a_browser(shop, cast.AMIR)


def test_a_file_is_looked_at_brought_in_and_taken_back(shop, amir):
    path = upload(amir, CSV).headers["location"]
    looked_at = amir.get(path).text
    assert "Nothing has happened yet." in looked_at
    assert "<td>3</td><td>key</td>" in looked_at
    assert "entries[" not in looked_at
    with shop.db.reading() as session, pytest.raises(cast.entries.NotFound):
        cast.entry_of(session, "pause-plan")

    amir.post(f"{path}/confirmation", mark=mark_of(amir, path))
    assert "Every entry of it waits for approval." in amir.get(path).text
    assert "In review" in amir.get("/library/spring-pricing/entries/pause-plan").text
    assert "entries.csv" in amir.get(IMPORTS).text

    amir.post(f"{path}/undoing")
    assert "Taken back." in amir.get(path).text
    assert amir.post(f"{path}/undoing").status_code == 409


def test_a_colleagues_draft_is_shown_as_such_and_gives_way_only_when_it_is_ticked(shop, amir):
    cast.an_entry(shop, key="gift-card", question="Can I give it?", answer="Yes.", approved_by=None)
    lena = a_browser(shop, cast.LENA)
    path = upload(lena, "key,question,answer\ngift-card,Can I give it?,No.\n").headers["location"]

    looked_at = lena.get(path).text
    assert re.search("Amir [A-Z][a-z]+ works on it, and that draft stays as it is.", looked_at)
    assert lena.post(f"{path}/confirmation", mark=mark_of(lena, path)).status_code == 409

    lena.post(f"{path}/confirmation", mark=mark_of(lena, path), over="gift-card")
    told = "“Can I give it?”, version 1: Lena Ortiz brought in other words in its place."
    assert told in amir.get("/notices").text
    history = lena.get("/library/spring-pricing/entries/gift-card/history").text
    assert "<del>Yes.</del>" in history
    assert "<ins>No.</ins>" in history


def test_a_plan_that_nobody_looked_at_is_not_carried_out(amir):
    path = upload(amir, CSV).headers["location"]

    assert amir.post(f"{path}/confirmation", mark="0" * 64).status_code == 409


@pytest.mark.parametrize(
    ("words", "name", "said"),
    [
        ("anything", "entries.exe", "neither CSV nor YAML"),
        (b"\xff\xfe\x00", "entries.csv", "not UTF-8"),
        ("", "<b>.csv", "It is empty"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_in_words(amir, words, name, said):
    page = upload(amir, words, name)

    assert (page.status_code, said in page.text, "<b>.csv" in page.text) == (422, True, False)


def test_a_file_larger_than_any_library_is_cut_off(amir):
    assert upload(amir, b"x" * 6_100_000).status_code == 413


def test_who_only_reads_brings_nothing_in_but_may_take_it_out(shop):
    priya = a_browser(shop, cast.PRIYA)

    assert upload(priya, CSV).status_code == 403
    assert "Bring a file in" not in priya.get(IMPORTS).text
    assert priya.get(EXPORT).status_code == 200


def test_nobody_of_another_launch_sees_or_moves_an_import(shop, amir):
    path = upload(amir, CSV).headers["location"]
    with shop.db.writing() as session:
        cast.a_person(session, email="bo@example.com", launch=None)
    bo = a_browser(shop, "bo@example.com")

    assert {bo.get(path).status_code, bo.get(EXPORT).status_code} == {404}
    assert bo.post(f"{path}/confirmation", mark="").status_code == 404


def test_an_export_holds_what_is_asked_for(amir):
    every = amir.get(EXPORT, format="csv")
    one = amir.get(EXPORT, format="csv", q="export order", kind="faq")
    pack = amir.get(EXPORT, format="yaml", scenario="new-price")

    assert every.text.count(",faq,") == 3
    assert every.text.count(",response,") == 2
    assert "export-data" in one.text
    assert "cancel-plan" not in one.text
    assert "price-differs" in pack.text
    assert "link-missing" not in pack.text
    assert every.headers["content-disposition"].endswith('library-2026-11-17.csv"')
    assert amir.get(EXPORT, format="yaml", what="all").status_code == 409


def test_the_command_writes_what_the_page_gives(shop, amir, tmp_path):
    file = tmp_path / "library.csv"
    data = ["--data", str(shop.settings.data)]

    done = CliRunner().invoke(app, ["export", "--launch", cast.LAUNCH, "--to", str(file), *data])

    assert done.exit_code == 0, done.output
    page = amir.get(EXPORT, format="csv").content.decode()
    assert file.read_bytes().decode() == page
