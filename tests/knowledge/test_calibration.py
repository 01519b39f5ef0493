"""A launch's own labels correct the shipped certainty: a little when they are few."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.calibration import (
    AS_SHIPPED,
    LEAST,
    PLENTY,
    PRIOR,
    Recalibration,
    recalibrated,
)
from knowledge.guarantee import Labelled

CERTAINTIES = (0.0, 0.001, 0.2, 0.3, 0.5, 0.8, 0.9, 0.95, 0.99, 0.9999, 1.0)


def judged(certainty: float, right: int, wrong: int) -> list[Labelled]:
    return [Labelled(certainty, right=True)] * right + [Labelled(certainty, right=False)] * wrong


def log_odds(certainty: float) -> float:
    return math.log(certainty / (1 - certainty))


@pytest.mark.parametrize(
    "labels",
    [
        [],
        judged(0.9, right=40, wrong=LEAST - 41),  # one too few
        judged(0.9, right=500, wrong=4),  # hardly any that were wrong
        judged(0.3, right=4, wrong=500),
        judged(1.0, right=90, wrong=30) + judged(0.0, right=90, wrong=30),  # nothing was estimated
    ],
)
def test_without_enough_of_both_kinds_it_stays_as_shipped(labels: list[Labelled]) -> None:
    assert recalibrated(labels) == AS_SHIPPED
    assert [AS_SHIPPED.of(each) for each in CERTAINTIES] == list(CERTAINTIES)
    assert [AS_SHIPPED.shipped_for(each) for each in CERTAINTIES] == list(CERTAINTIES)


def test_what_was_too_sure_of_itself_is_worth_less() -> None:
    labels = judged(0.95, right=30, wrong=20)

    assert recalibrated(labels).of(0.95) < 0.90
    assert recalibrated(labels * 10).of(0.95) < 0.70


def test_only_plenty_of_labels_make_it_surer() -> None:
    modest = judged(0.6, right=45, wrong=5) + judged(0.3, right=20, wrong=20)

    assert recalibrated(modest).of(0.6) == 0.6
    assert recalibrated(modest * 10).of(0.6) > 0.8


def test_the_threshold_moves_where_the_certainty_would() -> None:
    too_sure = recalibrated(judged(0.95, right=300, wrong=50) + judged(0.5, right=60, wrong=90))

    needed = too_sure.shipped_for(0.95)

    assert needed > 0.96
    assert too_sure.of(needed) == pytest.approx(0.95)


def test_labels_that_agree_with_what_was_shipped_change_next_to_nothing() -> None:
    labels = judged(0.9, right=90, wrong=10) + judged(0.3, right=30, wrong=70)

    assert recalibrated(labels * 5).of(0.9) == pytest.approx(0.9, abs=0.005)


def test_a_checked_answer_speaks_for_all_that_were_not_checked() -> None:
    known_wrong = judged(0.95, right=0, wrong=20)
    checked = [Labelled(0.95, right=True, weight=20.0)] * 40

    assert recalibrated([*known_wrong, *checked]).of(0.95) == pytest.approx(0.95, abs=0.005)


LABELS = st.lists(
    st.builds(Labelled, st.floats(0.0, 1.0), st.booleans(), st.sampled_from([1.0, 20.0])),
    min_size=LEAST,
    max_size=PLENTY + 50,
)


@given(labels=LABELS, one=st.floats(0.0, 1.0), other=st.floats(0.0, 1.0))
def test_it_keeps_the_order_and_stays_a_probability(
    labels: list[Labelled], one: float, other: float
) -> None:
    found = recalibrated(labels)
    low, high = sorted((one, other))

    assert 0.0 <= found.of(low) <= found.of(high) <= 1.0
    assert found.shipped_for(low) <= found.shipped_for(high)


@given(labels=LABELS)
def test_few_labels_move_the_middle_by_no_more_than_they_weigh(labels: list[Labelled]) -> None:
    found = recalibrated(labels)

    assert abs(log_odds(found.of(0.5))) <= len(labels) / PRIOR + 1e-9


@given(labels=LABELS, certainty=st.floats(0.0, 1.0))
def test_few_labels_never_make_it_surer(labels: list[Labelled], certainty: float) -> None:
    thin = recalibrated(labels[: PLENTY - 1])

    assert thin.of(certainty) <= certainty
    assert thin.shipped_for(certainty) >= certainty


@given(slope=st.floats(0.5, 2.0), shift=st.floats(-3, 3), certainty=st.floats(0.01, 0.99))
def test_a_threshold_for_a_certainty_is_worth_that_certainty(
    slope: float, shift: float, certainty: float
) -> None:
    found = Recalibration(slope, shift, PLENTY)
    needed = found.shipped_for(certainty)

    if 1e-5 < needed < 1 - 1e-5:
        assert found.of(needed) == pytest.approx(certainty, abs=1e-6)


def test_a_known_distortion_is_found_again() -> None:
    random = Random(3)
    labels = []
    for _ in range(4000):
        said = random.uniform(0.05, 0.99)
        true = 1 / (1 + math.exp(-(0.8 * log_odds(said) - 0.7)))
        labels.append(Labelled(said, random.random() < true))

    found = recalibrated(labels)

    assert (found.slope, found.shift) == (pytest.approx(0.8, abs=0.1), pytest.approx(-0.7, abs=0.1))
