"""What the assistant learnt of an entry stands on its page, and a person may take it back."""

import re

import pytest

from tests import cast
from tests.assistant.test_lessons import all_lessons, teach
from tests.web.staff import a_browser

PAGE = "/library/spring-pricing/entries/export-data"
WORDS = "I want my things in a <b>spreadsheet</b> please"


@pytest.fixture
def amir(shop):
    return a_browser(shop, cast.AMIR)


def words(page) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def test_an_entry_shows_what_was_learnt_by_whom_and_what_does_not_count(shop, amir):
    assert "Learnt from what people said" not in amir.get(PAGE).text
    teach(shop, "export-data", WORDS)
    teach(shop, "export-data", "I want to stop my plan")  # approved for another entry

    page = amir.get(PAGE)

    assert "I want my things in a &lt;b&gt;spreadsheet&lt;/b&gt; please" in page.text
    assert "This answers it, said Amir Haddad" in words(page)
    assert "Does not count: It is an approved phrasing of cancel-plan." in words(page)


def test_a_person_takes_it_back_once(shop, amir):
    lesson = teach(shop, "export-data", WORDS)

    back = amir.post(f"{PAGE}/lesson-removal", lesson=lesson)
    again = amir.post(f"{PAGE}/lesson-removal", lesson=lesson)

    assert (back.status_code, back.headers["location"]) == (303, PAGE)
    assert again.status_code == 409
    assert all_lessons(shop) == []
    assert "Learnt from what people said" not in amir.get(PAGE).text


def test_a_lesson_of_another_entry_is_not_there(shop, amir):
    lesson = teach(shop, "cancel-plan", WORDS)

    assert amir.post(f"{PAGE}/lesson-removal", lesson=lesson).status_code == 404
    assert len(all_lessons(shop)) == 1


def test_who_only_reads_takes_nothing_back(shop):
    lesson = teach(shop, "export-data", WORDS)
    priya = a_browser(shop, cast.PRIYA)

    assert "lesson-removal" not in priya.get(PAGE).text
    assert priya.post(f"{PAGE}/lesson-removal", lesson=lesson).status_code == 403
