"""Several cheap scores per entry, and the order they agree on."""

import numpy as np

from knowledge.ranking import ByMeaning, Scores, best_first, best_of_segments, side_by_side


def scores(**legs: list[float]) -> Scores:
    """Three candidates of which nothing is known but these scores."""
    zeros = [0.0, 0.0, 0.0]
    leg = {
        name: np.array(legs.get(name, zeros)) for name in ("char", "char_top3", "coverage", "words")
    }
    meaning = {name: np.array(legs.get(name, zeros)) for name in ("dense", "top3", "log_p", "fit")}
    return Scores(np.arange(3), np.arange(3), **leg, by_meaning=ByMeaning(**meaning))


def test_the_best_and_the_mean_of_the_three_best_are_taken_per_entry() -> None:
    values = np.array([0.1, 0.9, 0.5, 0.3, 0.7, 0.2, 0.6])

    found = best_of_segments(values, np.array([4, 1, 2]))

    assert found.best.tolist() == [0.9, 0.7, 0.6]
    assert found.top3.round(6).tolist() == [0.566667, 0.7, 0.4]
    assert found.place.tolist() == [1, 4, 6]


def test_segments_side_by_side_have_the_same_bests_to_the_last_bit() -> None:
    random = np.random.default_rng(1)
    for _ in range(200):
        counts = random.integers(1, 9, size=random.integers(1, 30))
        # Few different values, so that many tie.
        values = random.choice([-1.0, 0.0, 0.1, 0.7, 1 / 3], size=counts.sum())

        apart, beside = (
            best_of_segments(values, counts, places) for places in (None, side_by_side(counts))
        )

        assert apart.best.tolist() == beside.best.tolist()
        assert apart.top3.tolist() == beside.top3.tolist()
        assert apart.place.tolist() == beside.place.tolist()


def test_one_entry_of_very_many_ways_does_not_make_room_for_all_others() -> None:
    assert side_by_side(np.array([1] * 100 + [500])) is None
    assert side_by_side(np.array([3, 1])).tolist() == [[0, 1, 2], [3, 4, 4]]


def test_no_entries_have_no_best() -> None:
    assert best_of_segments(np.zeros(0), np.zeros(0, np.int64)).best.shape == (0,)


def test_the_fixed_weights_rank() -> None:
    found = scores(
        dense=[0.6, 0.5, 0.5],
        top3=[0.2, 0.5, 0.5],
        char=[0.0, 0.0, 0.2],
        log_p=[-1.0, -2.0, -2.0],
    )

    assert found.total().round(6).tolist() == [0.55, 0.45, 0.50]
    assert best_first(found, 10) == [0, 2, 1]


def test_coverage_and_fit_speak_for_certainty_not_for_rank() -> None:
    found = scores(coverage=[0, 1, 0], fit=[0, 0, 1], dense=[0.3, 0.2, 0.1])

    assert best_first(found, 10) == [0, 1, 2]


def test_a_certain_entry_comes_first_whatever_the_scores_say() -> None:
    assert best_first(scores(dense=[0.9, 0.5, 0.7]), 2, certain={1}) == [1, 0]


def test_without_vectors_letters_and_words_rank() -> None:
    lexical = Scores(
        entries=np.arange(2),
        nearest=np.arange(2),
        char=np.array([0.4, 0.3]),
        char_top3=np.array([0.2, 0.2]),
        coverage=np.array([0.1, 0.9]),
        words=np.array([-1.0, -2.0]),
    )

    assert lexical.total().round(6).tolist() == [0.53, 0.81]
    assert lexical.similarity.tolist() == [0.4, 0.3]
    assert set(lexical.legs()) == {"char", "char_top3", "coverage", "words"}
