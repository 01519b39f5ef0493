"""What a question says beyond its nearest phrasing."""

import pytest

from assistant.answering.unexplained import NEAR, clauses, denies_otherwise, left_over
from assistant.ground.parts import Parts
from tests import cast


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("How do I export my data?", ("How do I export my data?",)),
        (
            "I chose filter under plan, and it jumps back to whole beans",
            ("I chose filter under plan", "it jumps back to whole beans"),
        ),
        (
            "You gave back both debits, the right one as well",
            ("You gave back both debits", "the right one as well"),
        ),
        ("Hello, where is my box?", ("Hello, where is my box?",)),
        (
            "Why is it, and the courier has lost my parcel",
            ("Why is it, and the courier has lost my parcel", "the courier has lost my parcel"),
        ),
        ("", ("",)),
        ("🙂, 🙂", ("🙂, 🙂",)),
    ],
)
def test_a_clause_says_something_of_its_own(question: str, parts: tuple[str, ...]) -> None:
    assert clauses(question) == parts


def test_the_clause_that_is_farthest_away_is_left_over() -> None:
    said = ("the rent went out late", "the landlord sent it back")

    objection = left_over(said, [0.9, NEAR - 0.01])

    assert objection is not None
    assert objection.words == "it also says “the landlord sent it back”"


@pytest.mark.parametrize("nearness", [[NEAR, 0.9], [1.0, 1.0]])
def test_nothing_is_left_over_where_every_clause_is_near(nearness: list[float]) -> None:
    assert left_over(("one", "other"), nearness) is None


def test_a_question_of_one_clause_leaves_nothing_over_however_far_it_is() -> None:
    assert left_over(("whatever it says",), [0.1]) is None


@pytest.mark.parametrize(
    ("question", "nearest", "otherwise"),
    [
        ("the pause is not listed", "the pause is listed", True),
        ("neither of them lets me in", "one of them was signed out", True),
        ("Why don't you ask for my password?", "Why can't I use it?", False),
        ("where is my box", "where is my parcel", False),
        ("my bill went up", "my bill went up, nobody told me", False),
        ("pause my plan", "un-pause my plan", True),
        ("unlock my card", "lock my card", True),
    ],
)
def test_a_not_on_one_side_alone_says_something_else(
    question: str, nearest: str, otherwise: bool
) -> None:
    assert (denies_otherwise(question, nearest) is not None) is otherwise


def test_a_customer_who_says_more_than_the_entry_covers_is_asked_and_not_answered(
    shop: Parts,
) -> None:
    cast.confirm(shop, "export-data", times=3)

    plain = cast.a_customer(shop).asks("How do I export all my data?")
    more = cast.a_customer(shop).asks("How do I export all my data, and the dog ate my old file")

    assert plain["outcome"] == "answer"
    assert more["outcome"] != "answer"
