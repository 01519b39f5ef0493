"""The linear heads: what the shelf's own phrasings teach about telling its entries apart."""

import numpy as np

from knowledge.entries import Vectors
from knowledge.head import is_slow, log_probabilities, means_of, regression_of, tally_of
from knowledge.holdings import Moves


def around(*degrees: float) -> Vectors:
    """Unit vectors in the plane."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


TEXTS, CLASSES = around(0, 10, 80, 90, 170, 180), np.array([0, 0, 1, 1, 2, 2])


def test_the_regression_tells_its_classes_apart() -> None:
    regression = regression_of(TEXTS, CLASSES, 3)

    assert regression is not None
    assert [int(regression.scores(each).argmax()) for each in around(-5, 85, 175)] == [0, 1, 2]


def test_two_classes_are_told_apart_too() -> None:
    regression = regression_of(TEXTS[:4], CLASSES[:4], 2)

    assert regression is not None
    assert [int(regression.scores(each).argmax()) for each in around(5, 85)] == [0, 1]


def test_a_class_without_texts_scores_nothing() -> None:
    regression = regression_of(TEXTS[:4], CLASSES[:4], 3)

    assert regression is not None
    assert regression.scores(around(5)[0])[2] == 0.0


def test_one_class_or_single_texts_are_too_little_to_learn_from() -> None:
    assert regression_of(TEXTS[:2], CLASSES[:2], 1) is None
    assert regression_of(TEXTS, np.arange(6), 6) is None


def test_a_large_shelf_is_slow_to_learn() -> None:
    texts, classes = around(*np.linspace(0, 180, 600)), np.arange(600) // 5

    assert is_slow(tally_of(texts, classes, 120))
    assert not is_slow(tally_of(texts[:300], classes[:300], 60))
    assert regression_of(texts, classes, 120) is not None


def test_texts_taken_out_of_the_sums_and_put_in_leave_what_new_sums_would_be() -> None:
    texts, classes = around(*np.linspace(0, 180, 600)), np.arange(600) // 5
    moves = Moves(np.array([0, -1, *range(1, 119)]), np.array([119]))
    after = np.concatenate((texts[:5], texts[10:], texts[7:10]))
    owners = np.concatenate((np.arange(595) // 5, [119, 119, 119]))

    came = tally_of(texts[7:10], np.array([119, 119, 119]), 120)
    changed = tally_of(texts, classes, 120).changed(moves, texts[5:10], came)

    fresh = tally_of(after, owners, 120)
    assert (changed.products == fresh.products).all()
    assert (changed.sums == fresh.sums).all()
    assert (changed.sizes == fresh.sizes).all()


def test_the_means_tell_their_classes_apart_and_how_unusual_a_question_is() -> None:
    means = means_of(tally_of(TEXTS, CLASSES, 3))

    usual, unusual = (means.cosines(each) for each in around(85, 130))
    assert usual.argmax() == 1
    assert usual.max() > 0.99 > unusual.max()


def test_one_text_per_class_compares_by_plain_cosine() -> None:
    means = means_of(tally_of(around(0, 60), np.array([0, 1]), 2))

    assert np.allclose(means.cosines(around(30)[0]), np.cos(np.radians(30)), atol=1e-4)


def test_probabilities_sum_to_one_and_keep_the_differences() -> None:
    found = log_probabilities(np.array([3.0, 1.0, 0.0], dtype=np.float32))

    assert np.isclose(np.exp(found).sum(), 1.0)
    assert np.isclose(found[0] - found[1], 2.0)
