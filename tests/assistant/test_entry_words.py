"""Keys, promised times and differences: the small words around an entry."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from assistant.library.differences import Difference, differences
from assistant.library.keys import free_key, slug
from assistant.library.versions import EntryVersion
from assistant.library.wording import promised
from tests import cast

BERLIN = ZoneInfo("Europe/Berlin")
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Why is my price different?", "why-is-my-price-different"),
        ("Can’t I pay in a café?", "cant-i-pay-in-a-cafe"),
        ("为什么?", "entry"),
        ("a" * 70, "a" * 60),
    ],
)
def test_a_key_is_the_question_in_small_plain_words(words, key):
    assert slug(words) == key


def test_a_key_is_free_and_never_a_word_that_addresses_use(shop):
    with shop.db.reading() as session:
        launch_id = cast.launch_of(session).id

        assert free_key(session, launch_id, "Export data") == "export-data-2"
        assert free_key(session, launch_id, "New!") == "new-2"
        assert free_key(session, launch_id, "Submission") == "submission-2"


@pytest.mark.parametrize(
    "words",
    ["2026-11-23T10:00", "2026-11-23 10:00", "23 November 2026, 10:00 CET", "2026-11-23 10:00 CET"],
)
def test_a_time_is_promised_as_customers_read_it(words):
    assert promised(words, BERLIN) == ("23 November 2026, 10:00 CET", NINE)


@pytest.mark.parametrize("words", ["", "when the banks have answered", "on Monday, 10:00"])
def test_words_promise_no_instant(words):
    assert promised(f" {words} ", BERLIN) == (words, None)


def a_version(**said) -> EntryVersion:
    plain = ("question", "verdict", "why_now", "what_to_do", "safe_to_continue", "answer")
    rest = ("next_update", "applies_when", "audience", "locale")
    blank = dict.fromkeys((*plain, *rest), "") | {"phrasings": [], "not_for": []}
    return EntryVersion(**blank | said)


def test_of_two_versions_only_what_changed_is_shown():
    before = a_version(answer="Open Settings.", phrasings=["get my data", "export"])
    after = a_version(answer="Open Account.", phrasings=["get my data", "download"])

    assert differences(before, after) == [
        Difference("Answer", "Open Settings.", "Open Account."),
        Difference("Other ways people ask it", "export", "download"),
    ]


def test_the_same_words_are_no_difference():
    assert differences(a_version(answer="Yes."), a_version(answer="Yes.")) == []
