"""Hints about plain language."""

import pytest

from assistant.library.plain_language import average_words, hints, sentences
from assistant.library.wording import Kind, Parts, Verdict


def faq(answer: str) -> Parts:
    return Parts(kind=Kind.FAQ, verdict=Verdict.INFORMATION, answer=answer)


def said(answer: str) -> list[tuple[bool, str]]:
    return [(hint.ok, hint.words) for hint in hints(faq(answer))]


def test_a_plain_answer_is_praised():
    assert said("Open Settings and choose Export. The file comes by e-mail.") == [
        (True, "Short sentences: 5 words on average."),
        (True, "It says what to do."),
    ]


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (" ".join(["Open"] + ["word"] * 20), "“Open word word word word …” has 21 words. "),
        ("Open the reauthentication page.", "Would a customer say “reauthentication”?"),
        ("It was changed. It was moved. Open it.", "“was changed”: say who does it."),
        ("The prices are higher now.", "It does not say what to do."),
        (f"{'word ' * 16}.", "16 words a sentence on average; 15 read easily."),
    ],
)
def test_what_is_hard_to_read_is_said_once(answer, hint):
    assert [words for ok, words in said(answer) if not ok and words.startswith(hint)] != []


def test_the_verdict_expected_is_no_passive():
    assert said("This is expected. That is expected. Open it.")[1:] == [
        (True, "It says what to do.")
    ]


def test_nothing_is_said_while_there_is_no_text():
    assert said("  ") == []


def test_an_average_is_over_sentences_that_hold_words():
    found = sentences("One two three. Four!\n\n… Five six")

    assert found == ["One two three.", "Four!", "… Five six"]
    assert average_words(found) == 2
