"""The pages before and after day 0: what was "not quite", and which wordings saved follow-ups."""

import re

import pytest

from assistant.ground.parts import Parts
from tests import cast
from tests.assistant.test_learning_versions import ask, listed, new_wording, not_quite
from tests.cast import AMIR, LENA, NOOR, PRIYA
from tests.web.staff import Browser, a_browser

TO_DO = "/launches/spring-pricing/library/to-do"
WORDINGS = "/launches/spring-pricing/library/wordings"


def words_of(page: str) -> str:
    """Return what a reader of the page reads, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_not_quite_is_looked_at_closed_and_opened_again_on_its_page(shop: Parts) -> None:
    not_quite(shop)
    amir = a_browser(shop, AMIR)
    (item,) = listed(shop)

    assert "How do I export my data?" in amir.get(TO_DO).text
    done = amir.post(f"{TO_DO}/{item.id}/look", done="phrasing", note="two more", revision=1)
    assert (done.status_code, done.headers["location"]) == (303, TO_DO)
    looked_at = words_of(amir.get(TO_DO, tab="looked-at").text)
    assert "A phrasing was added or taken out: two more" in looked_at

    (item,) = listed(shop)
    amir.post(f"{TO_DO}/{item.id}/closing", revision=item.revision)
    assert "two more" in amir.get(TO_DO, tab="closed").text
    (item,) = listed(shop)
    amir.post(f"{TO_DO}/{item.id}/undoing", revision=item.revision)
    assert "two more" in amir.get(TO_DO, tab="looked-at").text


def test_of_two_who_decide_at_once_the_second_is_shown_how_it_is(shop: Parts) -> None:
    not_quite(shop)
    amir, noor = a_browser(shop, AMIR), a_browser(shop, NOOR)
    (item,) = listed(shop)
    path = f"{TO_DO}/{item.id}/look"

    amir.post(path, done="phrasing", closing="true", revision=item.revision)
    late = noor.post(path, done="wrong-match", revision=item.revision)

    assert late.status_code == 409
    assert "Now: closed, with Amir Haddad." in words_of(late.text)
    (item,) = listed(shop)
    assert item.done == "phrasing"


@pytest.mark.parametrize(
    ("fields", "status"),
    [({}, 422), ({"done": "burnt"}, 422), ({"done": "phrasing", "revision": "x"}, 422)],
)
def test_what_cannot_be_done_is_refused(shop: Parts, fields: dict[str, str], status: int) -> None:
    not_quite(shop)
    (item,) = listed(shop)

    refused = a_browser(shop, AMIR).post(f"{TO_DO}/{item.id}/look", **fields)

    assert refused.status_code == status


def test_work_is_done_by_authors_and_the_lists_are_for_the_launchs_own_people(shop: Parts) -> None:
    not_quite(shop)
    (item,) = listed(shop)
    with shop.db.writing() as session:
        cast.a_person(session, launch=None)
    priya, bo = a_browser(shop, PRIYA), a_browser(shop, "bo@example.com")

    assert priya.get(TO_DO).status_code == 200
    assert priya.post(f"{TO_DO}/{item.id}/owner").status_code == 403
    for path in (TO_DO, WORDINGS):
        assert bo.get(path).status_code == 404
    assert bo.post(f"{TO_DO}/{item.id}/owner").status_code == 404
    assert a_browser(shop, LENA).post(f"{TO_DO}/{2**40}/owner").status_code == 404


def test_one_entrys_items_are_shown_alone(shop: Parts) -> None:
    not_quite(shop)
    lena = a_browser(shop, LENA)

    assert "Nothing to look at" in lena.get(TO_DO, entry="cancel-plan").text
    assert "“Not quite”: How do I export" in words_of(lena.get(TO_DO, entry="export-data").text)
    assert lena.get(TO_DO, entry="no-such-entry").status_code == 404


def read_wordings(browser: Browser) -> str:
    return words_of(browser.get(WORDINGS).text)


def test_wordings_say_what_they_saved_or_that_it_cannot_be_told_yet(shop: Parts) -> None:
    lena = a_browser(shop, LENA)
    assert "Nobody was told anything yet" in read_wordings(lena)
    people = [f"p{number}" for number in range(20)]
    ask(shop, people)
    cast.later(shop, hours=1)
    ask(shop, people[:10])
    assert "Nothing can be compared yet." in read_wordings(lena)

    new_wording(shop, "export-data")
    ask(shop, [f"q{number}" for number in range(20)])
    cast.later(shop, hours=80)

    read = read_wordings(a_browser(shop, LENA))
    assert "Fewer came back: 0 % of 20, against 50 % of 20 of version 1." in read.replace(
        "\xa0", " "
    )
    assert re.search(r"\+10 \(\+\d to \+1\d\)", read)
