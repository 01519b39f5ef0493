"""How sure the engine is, as an agent reads it: a table of cases."""

import pytest

from assistant.answering.explaining import Explanation, ForOrAgainst, PartExplained
from assistant.answering.how_sure import how_sure, percent


def thought(
    certainty: float,
    *,
    answers_from: float = 0.96,
    asks_from: float | None = 0.3,
    against: tuple[str, ...] = (),
):
    first = ForOrAgainst("first", 0.9, 0.88, ("shares the word price",), against)
    second = ForOrAgainst("second", 0.5, 0.52)
    part = PartExplained(
        "Why?", "handoff", "", certainty, answers_from,
        asks_from=asks_from, candidates=(first, second),
    )  # fmt: skip
    return Explanation("handoff", "", parts=(part,))


@pytest.mark.parametrize(
    ("certainty", "words", "explained"),
    [
        (0.97, "Sure enough to answer by itself", "about 97 have this answer"),
        (0.93, "Very likely the answer", "about 93 have"),
        (0.72, "Likely the answer", "about 72 have"),
        (0.5, "Possibly the answer", "about 50 have"),
        (0.2, "Probably not the answer", "about 20 have"),
        (0.04, "Hardly the answer", "about 4 have"),
        (0.001, "Hardly the answer", "about 1 have"),
        (0.0, "Hardly the answer", "A rule speaks against it"),
    ],
)
def test_a_certainty_is_said_in_words_and_its_number_explained(certainty, words, explained):
    sure = how_sure(thought(certainty), "first", 0.88)

    assert (sure.words, sure.certainty) == (words, certainty)
    assert explained in sure.explained


def test_the_explanation_says_from_where_on_the_assistant_answers_by_itself():
    explained = how_sure(thought(0.5), "first", 0.88).explained

    assert explained.endswith("By itself the assistant answers from 96 % on.")


def test_a_runner_up_has_a_likeness_and_no_certainty():
    sure = how_sure(thought(0.97), "second", 0.52)

    assert (sure.words, sure.certainty, sure.likeness) == ("Another text came nearer", None, 0.52)


@pytest.mark.parametrize(
    ("certainty", "asks_from", "is_doubtful"),
    [(0.0, 0.3, True), (0.28, 0.3, True), (0.3, 0.3, False), (0.9, 0.3, False),
     (0.28, 0.2, False), (0.39, None, True), (0.4, None, False)],
)  # fmt: skip
def test_it_is_doubtful_where_the_assistant_would_not_even_ask(certainty, asks_from, is_doubtful):
    sure = how_sure(thought(certainty, asks_from=asks_from), "first", 0.88)

    assert sure.is_doubtful is is_doubtful


def test_what_speaks_against_it_is_handed_on():
    sure = how_sure(thought(0.3, against=("it says “charged twice”",)), "first", 0.88)

    assert sure.against == ("it says “charged twice”",)
    assert sure.speaks_for == ("shares the word price",)


@pytest.mark.parametrize("explanation", [None, Explanation("handoff", "")])
def test_what_the_engine_did_not_look_at_has_no_certainty(explanation):
    sure = how_sure(explanation, "elsewhere", 0.0)

    assert (sure.words, sure.certainty) == ("Not looked at by the engine", None)


@pytest.mark.parametrize(
    ("share", "said"), [(0.0, "0 %"), (0.624, "62 %"), (0.996, "99 %"), (1.0, "99 %")]
)
def test_nothing_is_said_to_be_surer_than_ninety_nine_per_cent(share, said):
    assert percent(share) == said
