"""In scope or out of it, by the words that a lead named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.launch.scope import Scope, scope_of

MACHINES = {"title": "Machines and repairs", "words": ["espresso machine", "spare part", "descale"]}
JOBS = {"title": "Jobs at Fernhill", "words": []}
HEALTH = {"title": "Health", "words": []}
AREAS = [MACHINES, JOBS, HEALTH]


@pytest.mark.parametrize(
    ("question", "area"),
    [
        ("My ESPRESSO MACHINE leaks", "Machines and repairs"),
        ("two espresso machines", "Machines and repairs"),
        ("Where do I get spare parts?", "Machines and repairs"),
        ("Are there jobs open at Fernhill?", "Jobs at Fernhill"),
        ("is it good for my health", "Health"),
    ],
)
def test_a_question_that_names_an_area_is_outside(question: str, area: str) -> None:
    assert scope_of(question, AREAS) == Scope(inside=False, area=area)


@pytest.mark.parametrize(
    "question",
    [
        "Why is my price different?",
        "The machine room",  # a word of a phrase is not the phrase
        "Fernhill raised its prices",  # one word of a title is not enough
        "espressomachine",
        "",
        "???",
    ],
)
def test_a_question_that_names_none_is_inside(question: str) -> None:
    assert scope_of(question, AREAS) == Scope(inside=True)


def test_where_nothing_is_named_everything_is_inside() -> None:
    assert scope_of("anything at all", []) == Scope(inside=True)
    assert scope_of("anything at all", [{"title": "of the and"}]) == Scope(inside=True)


@given(st.text(max_size=300))
def test_no_text_is_too_strange(question: str) -> None:
    assert scope_of(question, AREAS).area in {"", *(area["title"] for area in AREAS)}
