"""From scores to "sure enough"."""

import math

import pytest

from knowledge.certainty import (
    T_AUTO,
    T_AUTO_FLOOR,
    T_AUTO_LEXICAL,
    Labelled,
    Model,
    answering_from,
    ceiling,
    highest_wrong_share,
    lowest_wrong_share,
    shipped,
    threshold_for,
)
from knowledge.entries import Entry
from knowledge.shelf import Shelf


def labels(right: int, *wrong: float) -> list[Labelled]:
    """So many right answers at 0.99, and one wrong at each of these certainties."""
    return [Labelled(0.99, right=True)] * right + [Labelled(at, right=False) for at in wrong]


def test_the_model_is_a_logistic_sum_of_standardised_features() -> None:
    model = Model(mean={"a": 0.5}, scale={"a": 0.25}, weight={"a": 2.0}, offset=-1.0)

    assert model.probability({"a": 0.5, "other": 9.0}) == pytest.approx(1 / (1 + math.e))
    assert model.probability({"a": 0.625}) == pytest.approx(0.5)


def test_a_missing_feature_is_an_error_not_a_guess() -> None:
    model = Model(mean={"a": 0.5}, scale={"a": 0.25}, weight={"a": 2.0}, offset=-1.0)

    with pytest.raises(KeyError):
        model.probability({})


def test_the_shipped_file_holds_a_model_with_and_one_without_meaning() -> None:
    models = shipped()

    assert set(models) == {"dense", "lexical", "dense among", "lexical among"}
    assert {"log_p_margin", "fit"} <= set(models["dense"].weight)
    assert {"dense", "top3", "log_p", "fit", "entropy"}.isdisjoint(models["lexical"].weight)
    assert all(scale > 0 for model in models.values() for scale in model.scale.values())


@pytest.mark.parametrize(
    ("question", "most"),
    [
        ("", 0.0),
        ("😡 !!", 0.0),
        ("payment", 0.5),
        ("price change", 0.9),
        ("can't pay", 0.9),
        ("why now price", 1.0),
    ],
)
def test_a_text_too_short_to_be_a_case_is_never_certain(question: str, most: float) -> None:
    assert ceiling(question) == most


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


def test_words_alone_must_be_surer() -> None:
    assert answering_from(0.85, lexical=False) == 0.85
    assert answering_from(0.85, lexical=True) == T_AUTO_LEXICAL
    assert answering_from(0.99, lexical=True) == 0.99


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


def test_that_one_of_three_is_right_is_never_less_certain_than_that_the_first_is() -> None:
    shelf = Shelf(
        [
            Entry("export", "How do I export my data?", ("download my orders", "copy of my data")),
            Entry("cancel", "How do I cancel my plan?", ("end my subscription", "stop my plan")),
            Entry("pause", "How do I pause my plan?", ("a break from my plan", "skip two months")),
        ],
        {},
    )
    for question in ("stop", "how do I stop it", "export everything", "penguins", "plan data"):
        found = shelf.find(question, None)
        assert 0 <= found.certainty <= found.among <= 1
