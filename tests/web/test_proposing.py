"""What an agent changed is shown, and may begin an entry without whom it was written to."""

import re

import pytest

from assistant.answering.proposing import changes
from assistant.launch.launches import Mode
from tests import cast
from tests.web.staff import a_browser

TICKET = "/desk/tickets/HC-1001"
NEAR = "why is the renewal so much more expensive now? I am Lea Roth, lea.roth@example.org"
FIRST = "The new prices apply from your first renewal after 16 November."
REPLY = (
    "Hello Lea,\n\n"
    "Yes, this is expected.\n\n"
    f"{FIRST}\n\n"
    "Lea Roth, your discount ends too. Write to lea.roth@example.org if it does not."
)


@pytest.fixture
def amir(shop):
    """Amir, who has sent Lea the approved text with changes."""
    cast.in_mode(shop, Mode.SUGGEST)
    cast.a_customer(shop, visitor="Lea Roth").asks(NEAR)
    browser = a_browser(shop, cast.AMIR)
    sent = browser.post(
        f"{TICKET}/replies",
        kind="reply",
        text=REPLY,
        suggestion_entry="price-differs",
        suggestion_version="1",
    )
    assert sent.status_code == 303
    return browser


def link(browser, words: str) -> str:
    page = browser.get(TICKET).text
    return re.search(rf'href="([^"]+)">{words}<', page)[1]


def field(page: str, name: str) -> str:
    return re.search(rf'name="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)[1]


def test_what_was_changed_is_shown_word_by_word(amir):
    page = amir.get(TICKET).text

    assert re.search(r"<ins>[^<]*discount", page)
    assert re.search(r"<del>[^<]*You need to do nothing", page.replace("\n", " ")) or (
        "<del>" in page
    )


def test_a_new_entry_begins_with_the_reply_and_without_the_person(shop, amir):
    page = amir.get(link(amir, "Propose as a new entry")).text

    answer = field(page, "answer")
    assert "your discount ends too" in answer
    assert "Yes, this is expected." in answer
    for personal in ("Lea", "Roth", "lea.roth@example.org", "Hello"):
        assert personal not in answer, personal
        assert personal not in page.partition('name="question"')[2][:300], personal


def test_a_new_version_keeps_what_was_left_and_takes_the_rest_as_what_to_do(amir):
    page = amir.get(link(amir, "Propose as a new version")).text

    assert field(page, "why_now") == FIRST
    assert field(page, "what_to_do").startswith("[name], your discount ends too.")


def test_a_proposal_publishes_and_keeps_nothing_by_itself(shop, amir):
    amir.get(link(amir, "Propose as a new version"))
    amir.get(link(amir, "Propose as a new entry"))

    with shop.db.reading() as session:
        entry = cast.entry_of(session, "price-differs")
        assert [version.text for version in entry.versions] == [cast.PRICE_TEXT]


@pytest.mark.parametrize("message", [1, 99_999, -1, 2**40])
def test_only_a_persons_reply_can_be_proposed(amir, message):
    page = amir.get(f"/library/{cast.LAUNCH}/entries/new", reply=message)

    assert page.status_code == 404


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        ("a b", "a b", [("same", "a b")]),
        ("a b", "a c", [("same", "a "), ("gone", "b"), ("new", "c")]),
        ("", "a", [("new", "a")]),
        ("a", "", [("gone", "a")]),
    ],
)
def test_the_way_from_one_text_to_another_can_be_read_both_ways(before, after, way):
    found = changes(before, after)

    assert [(each.kind, each.text) for each in found] == way
    assert "".join(each.text for each in found if each.kind != "new") == before
    assert "".join(each.text for each in found if each.kind != "gone") == after
