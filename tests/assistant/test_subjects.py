"""The subject of a mail: the sender's own words where it says something, and no words of ours."""

import pytest

from assistant.integrations.subjects import adds, without_marks


@pytest.mark.parametrize(
    ("subject", "plain"),
    [
        ("Re: Fwd: AW: Refund", "Refund"),
        ("RE[2]: Refund: where is it?", "Refund: where is it?"),
        ("[support] [external] Refund", "Refund"),
        ("Refund", "Refund"),
        ("Reduced price: why?", "Reduced price: why?"),
        ("回复: Refund", "回复: Refund"),
        ("(no subject)", ""),
        ("Re:", ""),
        ("", ""),
    ],
)
def test_marks_of_mail_programs_are_no_words_of_the_sender(subject: str, plain: str) -> None:
    assert without_marks(subject) == plain


@pytest.mark.parametrize(
    ("subject", "words", "added"),
    [
        ("A question", "Why is my price different?", ""),
        ("Please help!", "Why is my price different?", ""),
        ("Price different", "Why is my price different?", ""),
        ("Not received", "Where is my invoice, received or not?", ""),
        ("Not received", "Where is my invoice?", "Not received"),
        ("Order 4711", "Where is my order?", "Order 4711"),
        ("No invoice", "Where is my invoice?", "No invoice"),
        ("Rechnung fehlt", "Wo finde ich meine Rechnung?", "Rechnung fehlt"),
        ("請求書", "Where is it?", "請求書"),
    ],
)
def test_a_subject_is_added_whole_where_it_says_something_more(
    subject: str, words: str, added: str
) -> None:
    assert adds(subject, words) == added


def test_a_hostile_subject_is_read_in_time_that_grows_with_its_length() -> None:
    assert without_marks("Re: " * 50_000).startswith("Re:")
    assert adds("[" * 50_000, "words") == ""
