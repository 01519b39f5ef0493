"""From what a customer typed to what is compared."""

import pytest

from knowledge.normalise import fingerprint, is_same, normalised


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Why  did\nmy price   change?", "Why did my price change?"),
        ("Hi there, why did my price change?", "why did my price change?"),
        ("Good morning support team! My bill went up. Why?", "My bill went up. Why?"),
        ("Why did my price change? Many thanks in advance!", "Why did my price change?"),
        ("I cannot sign in, please help me. Thanks", "I cannot sign in"),
        ("Ｗｈｙ ﬁrst?", "Why first?"),
        ("pass\u200bword re\u00adset", "password reset"),
        ("Is it\U000e0049\U000e0067 ok?", "Is it ok?"),
        ("Is it ok?\nSent from my iPhone", "Is it ok?"),
        ("Is it ok?\n\nBest regards,\nMara Ruiz\nAcme", "Is it ok?"),
        ("Is it ok?\n\nOn Mon, 3 Nov 2026, Acme wrote:\n> Dear Mara", "Is it ok?"),
        ("> You wrote this\nIs it ok?", "Is it ok?"),
        ("Is it ok?\n-----Original Message-----\nFrom: a@b.example", "Is it ok?"),
        ("Error E-1042 in v2.1, $5.00!", "Error E-1042 in v2.1, $5.00!"),
        ("History of my plan", "History of my plan"),
        ("I said thanks to support", "I said thanks to support"),
    ],
)
def test_noise_goes_and_the_question_stays(typed: str, kept: str) -> None:
    assert normalised(typed) == kept


@pytest.mark.parametrize("text", ["Hello!", "Thanks a lot!", "Thank you"])
def test_a_text_that_is_only_a_pleasantry_is_kept(text: str) -> None:
    assert normalised(text) == text


@pytest.mark.parametrize("text", ["", "  \n\t ", "\u200b\u200d\ufeff"])
def test_nothing_readable_is_an_empty_question(text: str) -> None:
    assert normalised(text) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Why did my price change?", "why did my price change"),
        ("I can't sign in.", "I cant sign in"),
        ("I can’t sign in", "I can't sign in!!"),
        ("Is this expected? 😡", "is this expected"),
        ("Hi, is this expected?", "Is this expected? Thanks!"),
        ("STRASSE gesperrt", "Straße gesperrt"),
    ],
)
def test_the_same_words_are_the_same_question(one: str, other: str) -> None:
    assert is_same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("error 4.1", "error 41"),
        ("I was charged $5", "I was charged 5"),
        ("Can I sign in?", "Can't I sign in?"),
        ("turn on two-factor", "turn off two-factor"),
        ("C# client", "C client"),
        ("ब", "बा"),
        ("", ""),
        ("😡", "🎉"),
    ],
)
def test_other_words_are_another_question(one: str, other: str) -> None:
    assert not is_same(one, other)


def test_a_fingerprint_does_not_change_when_taken_again() -> None:
    first = fingerprint("Hi! Why's error 4.1 back?")

    assert fingerprint(first) == first == "whys error 4.1 back"
