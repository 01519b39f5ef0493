"""Which entry the words of a question speak for."""

import numpy as np

from knowledge.bayes import WordBayes
from knowledge.lexical import stems

ASKED = (("turn on two-factor", "enable two-factor"), ("turn off two-factor",), ("export my data",))
WAYS = [[stems(text) for text in of_entry] for of_entry in ASKED]


def test_the_words_of_an_entry_speak_for_it() -> None:
    assert WordBayes(WAYS).log_p(stems("data export")).argmax() == 2


def test_neighbouring_words_tell_opposites_apart() -> None:
    bayes = WordBayes(WAYS)

    assert bayes.log_p(stems("how do I turn off two-factor")).argmax() == 1
    assert bayes.log_p(stems("how do I turn on two-factor")).argmax() == 0


def test_the_probabilities_sum_to_one() -> None:
    assert np.isclose(np.exp(WordBayes(WAYS).log_p(stems("turn it off"))).sum(), 1.0)


def test_words_that_nobody_uses_leave_everything_open() -> None:
    assert np.allclose(np.exp(WordBayes(WAYS).log_p(stems("refund?"))), [1 / 3, 1 / 3, 1 / 3])


def test_without_entries_there_is_nothing_to_tell() -> None:
    assert WordBayes(()).log_p(stems("refund")).shape == (0,)
