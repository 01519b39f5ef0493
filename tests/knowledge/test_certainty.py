"""From scores to "sure enough"."""

import math

import pytest

from knowledge.certainty import (
    T_AUTO_LEXICAL,
    Model,
    answering_from,
    ceiling,
    shipped,
)
from knowledge.entries import Entry
from knowledge.shelf import Shelf


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


def test_words_alone_must_be_surer() -> None:
    assert answering_from(0.85, lexical=False) == 0.85
    assert answering_from(0.85, lexical=True) == T_AUTO_LEXICAL
    assert answering_from(0.99, lexical=True) == 0.99


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
