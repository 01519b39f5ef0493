"""What cannot be decided about an entry is said on its page, with what was typed still there."""

import re
from datetime import timedelta

import pytest

from tests import cast
from tests.web.staff import a_browser

ENTRY = "/library/spring-pricing/entries/export-data"
WAITING = "/library/spring-pricing/entries/pause-plan"


@pytest.fixture
def lena(shop):
    return a_browser(shop, cast.LENA)


def revision(browser, path: str) -> str:
    return re.search(r'name="revision" value="(\d+)"', browser.get(path).text)[1]


def decided(browser, path: str, what: str, **typed: str):
    return browser.post(f"{path}/{what}", revision=revision(browser, path), **typed)


@pytest.mark.parametrize(
    ("what", "typed", "said"),
    [
        ("retirement", {"reason": " "}, "Say why"),
        ("splitting", {"question": "Is it other?"}, "Tick"),
        ("rejection", {"reason": "Mine to say."}, "nobody has submitted it"),
    ],
)
def test_the_entry_stays_on_the_screen_with_the_reason_and_the_form(lena, what, typed, said):
    page = decided(lena, ENTRY, what, **typed)

    assert page.status_code == 409
    assert 'id="entry-form"' in page.text
    assert "Nothing was changed" in page.text
    assert all(words.strip() in page.text for words in typed.values())


def test_an_end_that_has_passed_is_said_beside_its_field_and_stays_typed(shop, lena):
    cast.an_entry(shop, valid_until=cast.NOW + timedelta(days=1))

    page = decided(lena, WAITING, "extension", until="2020-01-01T10:00")

    assert page.status_code == 409
    assert 'value="2020-01-01T10:00"' in page.text
    assert 'class="field-problem" id="extend-until-problem"' in page.text


def test_who_approves_what_changed_meanwhile_sees_what_is_otherwise_now(shop, lena):
    cast.an_entry(shop, approved_by=None, answer="Yes, for a month.")
    with shop.db.writing() as session:
        entry, amir = cast.entry_of(session, "pause-plan"), cast.the(session, cast.AMIR)
        entry.submit(session, by=amir, at=cast.NOW)
    page = lena.get(WAITING).text
    seen = re.search(r'name="read" hidden>(.*?)</textarea>', page, re.S)[1]
    before = revision(lena, WAITING)
    with shop.db.writing() as session:
        entry, amir = cast.entry_of(session, "pause-plan"), cast.the(session, cast.AMIR)
        entry.save(session, cast.a_draft(answer="No, never."), by=amir, at=cast.NOW)
        entry.submit(session, by=amir, at=cast.NOW)

    late = lena.post(f"{WAITING}/approval", revision=before, read=seen)

    assert late.status_code == 409
    assert "Somebody was quicker." in late.text
    pair = re.search(r"There now</p>(.*?)</section>", late.text, re.S)[1]
    assert "No, never." in pair
    assert "Yes, for a month." in pair.partition("What you looked at")[2]
