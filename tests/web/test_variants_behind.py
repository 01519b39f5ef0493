"""A variant whose original says something else by now: nobody is left to find it by chance."""

import re
from dataclasses import replace

import pytest

from tests import cast
from tests.assistant.test_variants import a_german_variant, link
from tests.web.staff import a_browser

LIBRARY = f"/library/{cast.LAUNCH}/entries"
GERMAN, ENGLISH = f"{LIBRARY}/daten-exportieren", f"{LIBRARY}/export-data"
SINCE = "The original changed since (version 2, 17 Nov 2026)"
WHAT = f'href="{ENGLISH}/comparison?old=1&amp;new=2"'


def english_says(shop, **said) -> None:
    with shop.db.writing() as session:
        at = cast.later(shop, minutes=5)
        entry = cast.entry_of(session, "export-data")
        draft = replace(entry.newest.as_draft(), **said)
        amir, lena = cast.the(session, cast.AMIR), cast.the(session, cast.LENA)
        entry.save(session, draft, by=amir, at=at)
        entry.submit(session, by=amir, at=at)
        entry.approve(session, by=lena, at=at)


def revision(browser, path: str) -> int:
    return int(re.search(r'name="revision" value="(\d+)"', browser.get(path).text)[1])


@pytest.fixture
def lena(shop):
    a_german_variant(shop)
    return a_browser(shop, cast.LENA)


def test_a_variant_says_that_its_original_changed_until_a_lead_has_compared_them(shop, lena):
    assert "The original changed" not in lena.get(GERMAN).text
    english_says(shop, answer="It is not possible any more.")

    for page in (lena.get(GERMAN).text, lena.get(ENGLISH).text):
        assert SINCE in page
        assert WHAT in page
    said = {"beside": 2, "revision": revision(lena, GERMAN)}
    assert lena.post(f"{GERMAN}/still-right", **said).status_code == 303

    for page in (lena.get(GERMAN).text, lena.get(ENGLISH).text):
        assert "The original changed" not in page
    english_says(shop, answer="It is possible again.")
    assert "The original changed since (version 3" in lena.get(GERMAN).text


def test_a_new_version_of_the_variant_ends_it_and_other_phrasings_do_not_begin_it(shop, lena):
    english_says(shop, phrasings=["how do I get my data out"])
    assert "The original changed" not in lena.get(GERMAN).text

    english_says(shop, answer="It is not possible any more.")
    assert "last compared with version 2" not in lena.get(GERMAN).text
    with shop.db.writing() as session:
        at = cast.later(shop, minutes=5)
        entry = cast.entry_of(session, "daten-exportieren")
        draft = replace(entry.newest.as_draft(), answer="Das geht nicht mehr.")
        entry.save(session, draft, by=cast.the(session, cast.AMIR), at=at)
        entry.submit(session, by=cast.the(session, cast.AMIR), at=at)
        entry.approve(session, by=cast.the(session, cast.LENA), at=at)

    assert "The original changed" not in lena.get(GERMAN).text


def test_only_a_lead_says_that_it_is_still_right_and_only_of_what_they_have_seen(shop, lena):
    english_says(shop, answer="It is not possible any more.")
    amir = a_browser(shop, cast.AMIR)
    said = {"revision": revision(lena, GERMAN)}

    assert amir.post(f"{GERMAN}/still-right", **said, beside=2).status_code == 403
    assert lena.post(f"{GERMAN}/still-right", **said, beside=1).status_code == 409
    assert "say that it is still right" not in amir.get(GERMAN).text


def test_a_new_variant_is_called_by_its_original_and_shows_its_words(lena):
    page = lena.get(f"{ENGLISH}/variant?language=fr").text

    assert f"<h1>New French variant of “{cast.EXPORT}”</h1>" in page.replace("&#34;", '"')
    assert cast.EXPORT_TEXT in page
    assert '<p class="small">The German variant</p>' in lena.get(GERMAN).text


def test_a_variant_in_another_language_than_it_says_is_named_while_written_and_approved(shop):
    cast.an_entry(shop, key="pause-plan")
    words = {"question": "Can I pause my plan?", "answer": "Yes, you can pause it in Billing."}
    key = cast.an_entry(shop, key="pausieren", approved_by=None, **words, locale="de")
    with shop.db.writing() as session:
        link(shop, session, key, "pause-plan")
        cast.entry_of(session, key).submit(
            session, by=cast.the(session, cast.AMIR), at=shop.clock.now()
        )
    amir, lena = a_browser(shop, cast.AMIR), a_browser(shop, cast.LENA)
    typed = {"kind": "faq", **words}

    wrong = amir.post(f"/library/{cast.LAUNCH}/checking", **typed, locale="de").text
    right = amir.post(f"/library/{cast.LAUNCH}/checking", **typed, locale="en").text
    page = lena.get(f"{LIBRARY}/{key}").text

    hint = "This reads like English, and German is its language."
    assert (hint in wrong, hint in right) == (True, False)
    assert page.count(hint) == 3  # beside the words, in the banner and before it is approved
    assert "It is the German variant." in page
