"""Which questions are the same question."""

import numpy as np
import pytest

from knowledge.entities import identifiers
from knowledge.entries import Vector
from knowledge.grouping import Group, label, merges, nearest_group


def direction(degrees: float) -> Vector:
    """A unit vector in the plane."""
    angle = np.radians(degrees)
    return np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)


def group(key: str, *degrees: float, identifiers: frozenset[str] = frozenset()) -> Group:
    """A group of questions in these directions."""
    return Group(key, np.sum([direction(at) for at in degrees], axis=0), len(degrees), identifiers)


def test_a_question_joins_the_nearest_group() -> None:
    found = nearest_group(direction(20), [group("a", 0, 10), group("b", 60, 80)])

    assert found is not None
    assert found.key == "a"


def test_a_question_that_is_like_none_opens_its_own() -> None:
    assert nearest_group(direction(120), [group("a", 0, 10)]) is None
    assert nearest_group(direction(0), []) is None


def test_another_error_code_is_another_question() -> None:
    groups = [group("a", 0, identifiers=frozenset({"e-1042"}))]

    assert nearest_group(direction(0), groups, frozenset({"e-2001"})) is None
    assert nearest_group(direction(0), groups, frozenset({"e-1042"})) == groups[0]
    assert nearest_group(direction(0), groups) == groups[0]


def test_a_group_moves_towards_its_members() -> None:
    grown = group("a", 0).with_member(direction(60), frozenset({"v2.1"}))

    assert grown.size == 2
    assert grown.identifiers == {"v2.1"}
    assert grown.total / np.linalg.norm(grown.total) == pytest.approx(direction(30), abs=1e-6)


def test_groups_that_turn_out_to_be_one_are_merged_into_the_larger() -> None:
    groups = [group("a", 0), group("b", 5, 15), group("c", 150, 160)]

    assert merges(groups) == (("b", "a"),)


def test_merging_goes_on_while_groups_are_alike_and_never_across_identifiers() -> None:
    code, other = frozenset({"e-1"}), frozenset({"e-2"})

    assert merges([group("a", 0), group("b", 5), group("c", 10)]) == (("a", "b"), ("a", "c"))
    assert merges([group("a", 0, identifiers=code), group("b", 0, identifiers=other)]) == ()
    assert merges([group("a", 0)]) == ()


def test_a_group_is_called_by_the_shortest_of_its_central_questions() -> None:
    questions = ["Why on earth did the price change?", "Price up?", "Why did the price change?"]
    vectors = np.stack([direction(1), direction(60), direction(2)])

    assert label(questions, vectors) == "Why did the price change?"


def test_a_long_label_is_cut() -> None:
    assert (
        label([" ".join(["why"] * 25)], np.stack([direction(0)])) == " ".join(["why"] * 20) + " …"
    )


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Error E-1042 since v2.1", {"e-1042", "v2.1"}),
        ("order 40021 cost $19.99 for 3 days", {"40021"}),
        ("on the 3rd at 5pm, 20% off, 300 EUR", set()),
        ("version 2.10.1", {"2.10.1"}),
        ("no code at all", set()),
    ],
)
def test_identifiers_are_codes_versions_and_long_numbers(question: str, named: set[str]) -> None:
    assert identifiers(question) == named
