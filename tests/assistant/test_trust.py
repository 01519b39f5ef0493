"""How much of the model's word is enough: a prior, and what labels make of it."""

import pytest

from assistant.answering.trust import UNPROVEN, Judged, Trust, judged, learnt
from assistant.answering.verdicts import Chosen, NoneOfThem, NoVerdict, Torn, Verdict, as_facts

SHIPPED = 0.95  # the threshold of a launch that has no labels
AGREED = Chosen("price", 3, "billing", looks=1)
CONFIRMED = Chosen("price", 3, "billing", looks=2)


def labels(right: int, wrong: int, *, model: str = "a-model", **about: object) -> list[Judged]:
    facts = {"behind": 0.0, "looks": 1, "certainty": 0.6, **about}
    return [Judged(model, right=n < right, **facts) for n in range(right + wrong)]  # type: ignore[arg-type]


def worth(
    trust: Trust, chosen: Chosen = AGREED, *, behind: float = 0.0, sure: float = 0.6
) -> float:
    return trust.in_choice(chosen, behind=behind, certainty=sure)


@pytest.mark.parametrize("certainty", [0.0, 0.02, 0.5, 0.95, 1.0])
def test_before_any_label_a_choice_that_was_confirmed_or_expected_is_enough(
    certainty: float,
) -> None:
    assert SHIPPED < worth(UNPROVEN, sure=certainty) < 0.99
    assert worth(UNPROVEN, CONFIRMED, behind=0.01, sure=certainty) < 0.99


@pytest.mark.parametrize(
    ("behind", "certainty", "is_enough"),
    [(0.05, 0.1, True), (0.28, 0.15, True), (0.2, 0.3, True), (0.5, 0.1, False),
     (0.4, 0.5, False), (0.1, 0.97, False)],
)  # fmt: skip
def test_a_surprise_that_was_confirmed_is_enough_where_it_is_close_behind(
    behind: float, certainty: float, is_enough: bool
) -> None:
    assert (worth(UNPROVEN, CONFIRMED, behind=behind, sure=certainty) >= SHIPPED) is is_enough


@pytest.mark.parametrize("certainty", [0.0, 0.02, 0.5, 0.95, 1.0])
def test_a_surprise_that_was_looked_at_once_is_never_enough(certainty: float) -> None:
    assert worth(UNPROVEN, behind=0.01, sure=certainty) < SHIPPED


def test_what_makes_the_ranking_sure_speaks_for_its_first_and_against_the_others() -> None:
    assert worth(UNPROVEN, sure=0.9) > worth(UNPROVEN, sure=0.2)
    assert worth(UNPROVEN, CONFIRMED, behind=0.1, sure=0.9) < worth(
        UNPROVEN, CONFIRMED, behind=0.1, sure=0.2
    )


@pytest.mark.parametrize(
    ("right", "wrong", "is_enough"),
    [(0, 0, True), (0, 1, True), (0, 2, False), (20, 0, True), (16, 4, False), (96, 4, True),
     (90, 10, False), (400, 0, True)],
)  # fmt: skip
def test_a_weak_model_shows_after_a_few_labels(right: int, wrong: int, is_enough: bool) -> None:
    trusts = learnt(labels(right, wrong))

    assert (worth(trusts.get("a-model", UNPROVEN)) >= SHIPPED) is is_enough


@pytest.mark.parametrize(("right", "wrong"), [(980, 20), (900, 100), (600, 400)])
def test_with_many_labels_it_is_the_share_that_was_right(right: int, wrong: int) -> None:
    trust = learnt(labels(right, wrong))["a-model"]

    assert worth(trust) == pytest.approx(right / (right + wrong), abs=0.01)
    assert trust.labels == right + wrong


def test_a_strict_launch_answers_once_the_model_has_proven_itself() -> None:
    strict = 0.985

    assert worth(UNPROVEN, sure=0.6) < strict
    assert worth(learnt(labels(150, 0))["a-model"]) >= strict


def test_one_model_s_faults_are_not_another_s() -> None:
    trusts = learnt([*labels(10, 10, model="weak"), *labels(20, 0, model="good")])

    assert worth(trusts["weak"]) < SHIPPED < worth(trusts["good"])
    assert worth(trusts["good"]) > worth(UNPROVEN)


def test_a_model_that_errs_where_it_surprises_is_believed_where_it_does_not() -> None:
    surprising = {"behind": 0.1, "looks": 2, "certainty": 0.5}
    trust = learnt([*labels(200, 2), *labels(20, 20, **surprising)])["a-model"]

    assert worth(trust) >= SHIPPED
    assert worth(trust, CONFIRMED, behind=0.1, sure=0.5) < 0.85


def test_without_labels_nothing_is_learnt() -> None:
    assert learnt([]) == {}


@pytest.mark.parametrize(
    "said",
    [None, NoneOfThem(3, None, "m"), Torn(("price",), "m"), NoVerdict("late"), Chosen("x", 3, "")],
    ids=str,
)
def test_a_label_about_what_the_model_did_not_choose_says_nothing_about_it(
    said: Verdict | None,
) -> None:
    facts = as_facts(said)

    assert judged(facts, entry="price", behind=0.0, certainty=0.4, right=True) is None


def test_a_label_about_what_the_model_chose_is_learnt_from() -> None:
    facts = as_facts(Chosen("price", 3, "billing", looks=2, model="a-model"))

    label = judged(facts, entry="price", behind=0.2, certainty=0.4, right=False)

    assert label == Judged("a-model", behind=0.2, looks=2, certainty=0.4, right=False)
