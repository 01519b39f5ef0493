"""Several questions in one message, told apart."""

import pytest

from knowledge.splitting import split_questions


@pytest.mark.parametrize(
    "message",
    [
        "My bill went up. Why?",
        "Why did my price change?",
        "Is this expected? My price doubled over night.",
        "My price doubled. Is this expected? What should I do now?",
        "I exported my data yesterday. The file is empty. How do I export it again?",
        "Can I see when and where my order was shipped?",
        "How do I know whether my plan changed and does it affect me?",
        "Error 4.1 appears when I sign in, is that normal and what should I do?",
        "Why was I charged and not told about it?",
        "My card was declined and the payment page shows error 500",
        "Do you accept Visa and Mastercard?",
    ],
)
def test_one_question_stays_whole(message: str) -> None:
    assert split_questions(message) == (message,)


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        (
            "Why did my price change and how do I export my data?",
            ("Why did my price change", "how do I export my data?"),
        ),
        (
            "Why did my price change? How do I export my data?",
            ("Why did my price change?", "How do I export my data?"),
        ),
        (
            "My bill went up. Why did my price change? I also moved house. "
            "Where do I change my billing address?",
            (
                "My bill went up. Why did my price change?",
                "I also moved house. Where do I change my billing address?",
            ),
        ),
        (
            "Hi, can I keep my old plan, and when will the new invoice arrive? Thanks!",
            ("can I keep my old plan", "when will the new invoice arrive?"),
        ),
    ],
)
def test_several_questions_are_told_apart(message: str, parts: tuple[str, ...]) -> None:
    assert split_questions(message) == parts


def test_an_empty_message_holds_no_question() -> None:
    assert split_questions(" \u200b ") == ()


def test_a_long_list_of_questions_ends_in_four_parts_and_loses_nothing() -> None:
    message = " ".join(f"How do I export report number{n}?" for n in range(7))

    parts = split_questions(message)

    assert len(parts) == 4
    assert " ".join(parts) == message
