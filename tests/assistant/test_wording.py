"""How the parts of an entry become one text: in one order, and the same bytes every time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.library.wording import Parts, Verdict, composed, time_in_words

WORDS = st.text(max_size=60)
PARTS = st.builds(
    Parts,
    kind=st.sampled_from(["response", "faq"]),
    verdict=st.sampled_from(list(Verdict)),
    why_now=WORDS,
    what_to_do=WORDS,
    safe_to_continue=WORDS,
    next_update=WORDS,
    answer=WORDS,
)


@pytest.mark.parametrize(
    ("verdict", "heading"),
    [
        ("expected", "Yes, this is expected."),
        ("known-issue", "This is a known issue."),
        ("not-expected", "This is not expected."),
    ],
)
def test_a_response_says_verdict_why_what_to_do_and_when_we_write_again(
    verdict: str, heading: str
) -> None:
    text = composed(
        Parts(
            kind="response",
            verdict=verdict,
            why_now=" It began on Monday. ",
            what_to_do="Do nothing.",
            safe_to_continue="You can go on.",
            next_update="tomorrow by 16:00",
        )
    )

    assert text == (
        f"{heading}\n\nIt began on Monday.\n\nDo nothing.\n\nYou can go on.\n\n"
        "Next update: tomorrow by 16:00"
    )


def test_information_has_no_heading_and_what_is_blank_leaves_no_gap() -> None:
    parts = Parts(kind="faq", verdict="information", answer="Open Billing.", next_update=" ")

    assert composed(parts) == "Open Billing."


@given(PARTS)
def test_the_same_parts_are_the_same_text(parts: Parts) -> None:
    text = composed(parts)

    assert text == composed(parts)
    assert all(part.strip() in text for part in (parts.answer, parts.why_now, parts.what_to_do))


def test_a_response_needs_three_parts_and_a_question_with_an_answer_one() -> None:
    assert Parts(kind="response", verdict="expected", why_now=" \n").missing() == [
        "why it appears now",
        "what to do",
        "when the next update comes",
    ]
    assert Parts(kind="faq", verdict="information").missing() == ["the answer"]
    assert Parts(kind="faq", verdict="information", answer="So.").missing() == []


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "23 November 2026, 10:00 CET"),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "29 March 2026, 01:59 CET"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "29 March 2026, 03:00 CEST"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "1 January 2027, 00:30 CET"),
    ],
)
def test_a_time_is_told_as_its_readers_know_it(at: datetime, words: str) -> None:
    assert time_in_words(at, ZoneInfo("Europe/Berlin")) == words
