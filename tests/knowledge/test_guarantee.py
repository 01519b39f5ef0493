"""What labels prove: thresholds, certificates, curves."""

import math
import random
import statistics
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.certainty import T_AUTO, T_AUTO_FLOOR
from knowledge.guarantee import (
    Bin,
    Certificate,
    Labelled,
    Step,
    curve,
    highest_wrong_share,
    lowest_wrong_share,
    missing_for,
    reliability,
    threshold_for,
    without_a_wrong_one,
)


def labels(right: int, *wrong: float) -> list[Labelled]:
    """So many right answers at 0.99, and one wrong at each of these certainties."""
    return [Labelled(0.99, right=True)] * right + [Labelled(at, right=False) for at in wrong]


@pytest.mark.parametrize(
    ("wrong_rate", "judged", "threshold"),
    [
        (0.01, labels(0), T_AUTO),
        (0.01, labels(98), T_AUTO),
        (0.01, labels(99), T_AUTO_FLOOR),
        (0.01, labels(98, 0.85), math.nextafter(0.85, 2)),
        (0.01, labels(198, 0.97, 0.91), math.nextafter(0.91, 2)),
        (0.01, labels(198, 0.97, 0.40), T_AUTO_FLOOR),
        (0.05, labels(18, 0.97), math.nextafter(0.97, 2)),
        (0.05, labels(17, 0.97), T_AUTO),
        (0.01, labels(98, 1.0), math.nextafter(1.0, 2)),
    ],
)
def test_the_lowest_threshold_that_keeps_the_bound(
    wrong_rate: float, judged: list[Labelled], threshold: float
) -> None:
    assert threshold_for(wrong_rate, judged) == threshold


@pytest.mark.parametrize(
    ("wrong", "answered", "confidence", "highest"),
    [(0, 0, 0.90, 1.0), (0, 114, 0.90, 0.02), (0, 45, 0.90, 0.05), (3, 3, 0.90, 1.0)],
)
def test_the_certificate_is_the_exact_binomial_limit(
    wrong: int, answered: int, confidence: float, highest: float
) -> None:
    assert highest_wrong_share(wrong, answered, confidence) == pytest.approx(highest, abs=2e-4)


def test_the_lower_limit_says_when_the_target_is_certainly_missed() -> None:
    assert lowest_wrong_share(0, 50) == 0.0
    assert lowest_wrong_share(5, 50) == pytest.approx(0.0494, abs=1e-4)


def test_more_wrong_than_answered_cannot_be() -> None:
    with pytest.raises(ValueError, match="3 wrong of 2 answered"):
        highest_wrong_share(3, 2)


@pytest.mark.parametrize(("share", "answered"), [(0.01, 230), (0.02, 114), (0.05, 45), (0.5, 4)])
def test_so_many_answers_without_a_wrong_one_certify_a_share(share: float, answered: int) -> None:
    assert without_a_wrong_one(share) == answered
    assert Certificate(0, answered).highest <= share < Certificate(0, answered - 1).highest


@pytest.mark.parametrize(
    ("wrong", "answered", "target", "fails"),
    [
        (0, 0, 0.01, False),
        (0, 500, 0.01, False),
        (1, 1, 0.01, True),
        (1, 10, 0.01, True),
        (1, 11, 0.01, False),
        (2, 53, 0.01, True),
        (2, 54, 0.01, False),
    ],
)
def test_a_certificate_fails_when_even_its_lower_limit_passes_the_target(
    wrong: int, answered: int, target: float, fails: bool
) -> None:
    assert Certificate(wrong, answered).fails(target) is fails


# Weights: an audited answer speaks for the nineteen that nobody looked at.


@pytest.mark.parametrize(
    ("judged", "heaviest", "threshold"),
    [
        ([Labelled(0.99, right=True, weight=20)] * 98, None, T_AUTO),
        ([Labelled(0.99, right=True, weight=20)] * 99, None, T_AUTO_FLOOR),
        (labels(99), 20.0, T_AUTO),
        (labels(1_980), 20.0, T_AUTO_FLOOR),
        (
            [*labels(3_959), Labelled(0.9, right=False, weight=20.0)],
            20.0,
            math.nextafter(0.9, 2),
        ),
        ([*labels(3_960), Labelled(0.9, right=False, weight=20.0)], 20.0, T_AUTO_FLOOR),
    ],
)
def test_a_heavier_label_counts_for_as_many_as_it_stands_for(
    judged: list[Labelled], heaviest: float | None, threshold: float
) -> None:
    assert threshold_for(0.01, judged, heaviest=heaviest) == threshold


@pytest.mark.parametrize(
    ("rate", "judged", "heaviest", "missing"),
    [
        (0.01, labels(0), None, 99),
        (0.01, labels(60, 0.5), None, 38),
        (0.01, labels(99), None, 0),
        (0.05, labels(0), None, 19),
        (0.01, labels(0), 20.0, 1_980),
        (0.01, [Labelled(0.9, right=True, weight=20.0)] * 99, None, 0),
    ],
)
def test_how_many_labels_are_missing_until_they_count(
    rate: float, judged: list[Labelled], heaviest: float | None, missing: int
) -> None:
    assert missing_for(rate, judged, heaviest=heaviest) == missing


CERTAINTIES = st.floats(0, 1)
JUDGED = st.lists(
    st.builds(Labelled, CERTAINTIES, st.booleans(), st.sampled_from([1.0, 1.0, 20.0])), max_size=400
)
RATES = st.floats(0.001, 0.1)


@given(JUDGED, RATES, RATES)
def test_a_kinder_rate_never_asks_for_more_once_there_are_enough_labels(
    judged: list[Labelled], one: float, other: float
) -> None:
    stricter, kinder = sorted((one, other))

    if missing_for(stricter, judged) == 0:
        assert threshold_for(kinder, judged) <= threshold_for(stricter, judged)


@given(JUDGED, RATES)
def test_from_the_threshold_on_the_labels_themselves_keep_the_rate(
    judged: list[Labelled], rate: float
) -> None:
    threshold = threshold_for(rate, judged)
    heaviest = max([1.0, *(label.weight for label in judged)])
    wrong = sum(x.weight for x in judged if not x.right and x.certainty >= threshold)
    whole = sum(x.weight for x in judged)

    assert threshold >= T_AUTO_FLOOR
    if missing_for(rate, judged) == 0:
        assert (wrong + heaviest) / (whole + heaviest) <= rate + 1e-9
    else:
        assert threshold == T_AUTO


@given(st.lists(st.tuples(CERTAINTIES, st.booleans()), max_size=400), RATES)
def test_with_all_weights_one_it_is_the_plain_formula(
    pairs: list[tuple[float, bool]], rate: float
) -> None:
    judged = [Labelled(certainty, right) for certainty, right in pairs]
    allowed = math.floor(rate * (len(judged) + 1) - 1 + 1e-9)
    wrong = sorted((c for c, right in pairs if not right), reverse=True)
    expected = T_AUTO_FLOOR
    if allowed < 0:
        expected = T_AUTO
    elif allowed < len(wrong):
        expected = max(T_AUTO_FLOOR, math.nextafter(wrong[allowed], 2.0))

    assert threshold_for(rate, judged) == expected


def asked(draw: random.Random, count: int, audited: float) -> list[Labelled]:
    """Questions to an overconfident engine; sure answers are looked at only now and then."""
    found = []
    for _ in range(count):
        certainty = draw.random() ** 0.25
        right = draw.random() < certainty - 0.05
        chance = audited if certainty >= T_AUTO else 1.0
        if draw.random() < chance:
            found.append(Labelled(certainty, right, 1 / chance))
    return found


def risk_from(threshold: float) -> float:
    """What answering that engine's questions from ``threshold`` on does: its risk, in closed form.

    The integral of 4 c³ (1.05 - c) from the threshold to 1.
    """
    return 0.25 - 1.05 * threshold**4 + 0.8 * threshold**5 if threshold < 1 else 0.0


@pytest.mark.parametrize(
    ("rate", "count", "audited"), [(0.05, 200, 1.0), (0.02, 200, 1.0), (0.05, 2_000, 0.05)]
)
def test_the_realised_rate_stays_under_the_promised_one_on_average(
    record_property, rate: float, count: int, audited: float
) -> None:
    draw = random.Random(7)
    risks = [
        risk_from(threshold_for(rate, asked(draw, count, audited), heaviest=1 / audited))
        for _ in range(500)
    ]
    mean, chance = statistics.mean(risks), statistics.stdev(risks) / len(risks) ** 0.5
    record_property(
        "figure",
        f"conformal risk control at {rate:.0%}, {count} questions, {audited:.0%} of the sure ones "
        f"judged: realised {mean:.2%} ± {chance:.2%} (mean of 500 draws)",
    )

    assert rate / 2 < mean <= rate + 2 * chance


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_limits_stand_on_either_side_of_what_was_seen(wrong: int, right: int) -> None:
    certificate = Certificate(wrong, wrong + right)
    seen = wrong / (wrong + right) if wrong + right else 0.0

    assert 0 <= certificate.lowest <= seen <= certificate.highest <= 1


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3])
def test_the_limits_hold_as_often_as_they_say(share: float) -> None:
    draw, held = random.Random(3), 0
    for _ in range(1_000):
        wrong = sum(draw.random() < share for _ in range(80))
        held += highest_wrong_share(wrong, 80) >= share

    assert held >= 880  # at least 90 in 100, less what chance takes


# Two pictures.


def test_the_curve_says_what_each_threshold_costs() -> None:
    judged = [
        Labelled(0.9, right=True),
        Labelled(0.7, right=False),
        Labelled(0.9, right=True),
        Labelled(0.2, right=False, weight=2),
    ]

    assert curve(judged) == [Step(0.9, 0.4, 0.0), Step(0.7, 0.6, 0.2), Step(0.2, 1.0, 0.6)]
    assert curve([]) == []


@given(JUDGED)
def test_answering_more_is_never_wrong_less_often(judged: list[Labelled]) -> None:
    steps = curve(judged)

    assert all(0 <= step.risk <= step.coverage <= 1 for step in steps)
    for earlier, later in pairwise(steps):
        assert later.threshold < earlier.threshold
        assert later.coverage >= earlier.coverage
        assert later.risk >= earlier.risk


def test_a_bin_says_how_sure_we_were_and_how_right() -> None:
    judged = [*labels(9, 0.95), Labelled(0.31, right=False), Labelled(1.0, right=True)]

    low, high = reliability(judged)

    assert (low.lower, low.upper, low.count, low.right, low.at_least) == (0.3, 0.4, 1, 0.0, 0.0)
    assert (high.lower, high.upper, high.count) == (0.9, 1.0, 11)
    assert high.right == pytest.approx(10 / 11)
    assert high.certainty == pytest.approx((9 * 0.99 + 0.95 + 1.0) / 11)
    assert high.at_least == pytest.approx(1 - highest_wrong_share(1, 11))
    assert high.at_most == pytest.approx(1 - lowest_wrong_share(1, 11))


@given(JUDGED)
def test_every_label_is_in_one_bin(judged: list[Labelled]) -> None:
    bins: list[Bin] = reliability(judged)

    assert sum(each.count for each in bins) == len(judged)
    assert all(each.at_least <= each.at_most for each in bins)
    assert all(each.lower <= each.certainty + 1e-9 for each in bins)
