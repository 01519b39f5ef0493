"""The keyword leg: words, pieces of words, and how much of a question they cover."""

import numpy as np
import pytest

from knowledge.lexical import AT_ONCE, CharIndex, Postings, WordIndex, stem, stems, tokens


def test_words_are_lower_case_without_apostrophes_and_versions_stay_whole() -> None:
    assert tokens("I can't use Version 4.1, E-1042!") == [
        "i",
        "cant",
        "use",
        "version",
        "4.1",
        "e-1042",
    ]


@pytest.mark.parametrize(
    ("word", "stemmed"),
    [
        ("invoices", "invoic"),
        ("invoice", "invoic"),
        ("charged", "charg"),
        ("charges", "charg"),
        ("charging", "charg"),
        ("countries", "country"),
        ("shipped", "ship"),
        ("billing", "bill"),
        ("status", "status"),
        ("access", "access"),
        ("does", "does"),
        ("v2s", "v2s"),
    ],
)
def test_common_endings_come_off(word: str, stemmed: str) -> None:
    assert stem(word) == stemmed


def test_a_text_is_nearest_to_itself_and_nothing_is_near_nonsense() -> None:
    index = CharIndex(["Why did my price change?", "How do I export my data?", "?"])

    assert index.cosines("why did my price change").round(6).tolist()[0] == 1.0
    assert index.cosines("why did my price change").argmax() == 0
    assert index.cosines("qqq").tolist() == [0.0, 0.0, 0.0]
    assert index.cosines("").tolist() == [0.0, 0.0, 0.0]


def test_a_typing_error_costs_little() -> None:
    index = CharIndex(["Why did my price change?", "How do I export my data?"])

    cosines = index.cosines("why did my prise chnage")

    assert cosines[0] > 0.4
    assert cosines[0] > 4 * cosines[1]


def test_an_index_without_texts_answers_with_nothing() -> None:
    assert CharIndex([]).cosines("why").shape == (0,)


def test_grams_never_reach_from_one_text_into_the_next() -> None:
    index = CharIndex(["ab", "cd"])

    assert index.cosines("bc").tolist() == [0.0, 0.0]


def test_coverage_is_the_weighted_share_of_the_words_an_entry_uses() -> None:
    index = WordIndex([stems("price change invoice"), stems("export data")])

    coverage = index.coverage(stems("why did the price change"))

    assert coverage[0] > 0.6
    assert coverage[1] == 0.0
    assert index.coverage([]).tolist() == [0.0, 0.0]


def test_words_nobody_uses_weigh_most_and_are_reported() -> None:
    index = WordIndex([stems("price change"), stems("price data")])

    assert index.weight("refund") > index.weight("data") > index.weight("pric")
    assert index.unknown_share(["refund"]) == 1.0
    assert index.unknown_share(["pric"]) == 0.0
    assert 0.5 < index.unknown_share(["pric", "refund"]) < 1.0
    assert index.unknown_share([]) == 1.0


def test_cosines_agree_with_the_textbook_formula() -> None:
    # Given two one-word texts with the grams {" a", "ab", "b "," ab","ab "," ab "} and so on,
    # of which the first shares none with the second.
    index = CharIndex(["ab", "cd"])

    assert np.allclose(index.cosines("ab cd"), [2**-0.5, 2**-0.5])


@pytest.mark.parametrize("rows", [3, AT_ONCE])
def test_few_and_many_holders_are_summed_alike_to_the_last_bit(rows: int) -> None:
    # Two terms that every row holds, and a third that nobody asks for.
    weights = np.random.default_rng(7).random(3 * rows)
    starts, held = np.arange(4) * rows, np.tile(np.arange(rows), 3)
    postings = Postings(np.array([10, 20, 30]), starts, held, weights, rows)

    found = postings.scores(np.array([10, 15, 30]), np.array([0.3, 9.0, 0.7]))

    expected = 0.3 * weights[:rows] + 0.7 * weights[2 * rows :]
    assert np.array_equal(found, expected)
