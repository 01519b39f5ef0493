"""An entry's whole history: who wrote and decided what, what time did, how often it was sent."""

import csv
import io
from datetime import timedelta

import pytest

from assistant.library import reshaping
from tests import cast
from tests.cast import AMIR, LENA, NOOR, NOW, a_draft, the
from tests.web.staff import a_browser

PATH = "/library/spring-pricing/entries/pause-plan/history"


@pytest.fixture
def amir(shop):
    """Amir at a browser, after an entry of his had a life."""
    cast.an_entry(shop, phrasings=["skip a box"], answer="Yes, in Billing.")
    cast.a_customer(shop).asks("Can I pause my plan?")
    with shop.db.writing() as session:
        entry, at = cast.entry_of(session, "pause-plan"), cast.later(shop, minutes=5)
        amir, noor = the(session, AMIR), the(session, NOOR)
        draft = a_draft(answer="=No, <b>never</b>.", valid_until=NOW + timedelta(hours=1))
        entry.save(session, draft, by=amir, at=at)
        entry.submit(session, by=amir, at=at)
        entry.request_changes(session, reason="Say until when.", by=noor, at=at)
        entry.submit(session, by=amir, at=at)
        entry.approve(session, by=noor, at=at)
    cast.later(shop, hours=2)
    return a_browser(shop, AMIR)


def test_the_page_says_who_did_what_and_what_changed(amir):
    page = amir.get(PATH).text

    for words in ("Words saved", "Submitted for review", "Say until when.", "Its time ended"):
        assert words in page
    assert "<del>Yes, in Billing.</del>" in page
    assert "<ins>=No, &lt;b&gt;never&lt;/b&gt;.</ins>" in page


def test_it_can_be_narrowed_and_taken_away_as_an_inert_file(amir):
    by_noor = amir.get(f"{PATH}.csv", who="Noor Rahman", about="decision", version=2).text
    rows = list(csv.DictReader(io.StringIO(by_noor.removeprefix("\ufeff"))))

    assert [row["what"] for row in rows] == ["Approved", "Changes asked for"]
    assert {row["who"] for row in rows} == {"Noor Rahman"}
    assert "Yes, in Billing. → =No, <b>never</b>." in rows[0]["changed"]
    assert "Nothing of that kind" in amir.get(PATH, who="Nobody").text


def test_a_merging_stands_in_the_history_of_both(shop, amir):
    cast.an_entry(shop, key="skip-box", question="May I skip one?")
    with shop.db.writing() as session:
        source, into = cast.entry_of(session, "skip-box"), cast.entry_of(session, "export-data")
        reshaping.merge(session, source, into, by=the(session, LENA), at=NOW)

    for key, said in (("skip-box", "To be merged"), ("export-data", "Takes another entry in")):
        page = amir.get(f"/library/spring-pricing/entries/{key}/history").text
        assert said in page
        assert f"“May I skip one?” into “{cast.EXPORT}”" in page


def test_the_version_whose_time_is_over_is_called_so_where_the_entry_is(amir):
    page = amir.get(PATH.removesuffix("/history")).text

    versions = page.partition('id="versions-title"')[2]
    assert "Version 2</span>" in versions
    assert "Expired" in versions.partition("Version 1</span>")[0]


def test_how_often_each_version_was_sent_stands_beside_it(amir):
    page = amir.get(PATH).text

    assert '<th scope="row">1</th><td>1</td><td>0</td>' in page
    assert '<th scope="row">2</th><td>0</td><td>0</td>' in page


def test_nobody_of_another_launch_reads_it(shop, amir):
    with shop.db.writing() as session:
        cast.a_person(session, email="bo@example.com", launch=None)

    assert a_browser(shop, "bo@example.com").get(PATH).status_code == 404
    assert a_browser(shop, LENA).get(PATH.replace("pause", "none")).status_code == 404
