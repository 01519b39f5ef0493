"""Which questions are the same question."""

import numpy as np
import pytest

from knowledge.entities import identifiers
from knowledge.entries import Vector, Vectors
from knowledge.grouping import Group, Member, Move, label, merges, moves, nearest_group

NONE: frozenset[str] = frozenset()


def direction(degrees: float) -> Vector:
    """A unit vector in the plane."""
    angle = np.radians(degrees)
    return np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)


def group(key: str, *degrees: float, identifiers: frozenset[str] = frozenset()) -> Group:
    """A group of questions in these directions."""
    return Group(key, np.sum([direction(at) for at in degrees], axis=0), len(degrees), identifiers)


def joined(degrees: float, groups: list[Group], named: frozenset[str] = NONE) -> Group | None:
    """The group that a question in this direction joins, with no member looked at one by one."""
    return nearest_group(direction(degrees), groups, lambda _: {}, named)


def test_a_question_joins_the_nearest_group() -> None:
    found = joined(20, [group("a", 0, 10), group("b", 60, 80)])

    assert found is not None
    assert found.key == "a"


def test_a_question_that_is_like_none_opens_its_own() -> None:
    assert joined(120, [group("a", 0, 10)]) is None
    assert joined(0, []) is None


def test_another_error_code_is_another_question() -> None:
    groups = [group("a", 0, identifiers=frozenset({"e-1042"}))]

    assert joined(0, groups, frozenset({"e-2001"})) is None
    assert joined(0, groups, frozenset({"e-1042"})) == groups[0]
    assert joined(0, groups) == groups[0]


def test_no_two_members_of_a_group_name_different_codes() -> None:
    both = group("a", 0).with_member(direction(0), frozenset({"e-1", "e-2"}))

    first = both.with_member(direction(0), frozenset({"e-1"}))

    assert first.identifiers == {"e-1"}
    assert joined(0, [first], frozenset({"e-2"})) is None


def test_the_newest_members_speak_beside_the_average() -> None:
    """A group whose average is too far away is joined when some of its members are near."""
    wide = [group("a", 0, 0, 0, 0, 120, 120)]
    newest: dict[str, Vectors] = {"a": np.stack([direction(120)] * 2)}

    assert joined(120, wide) is None
    assert nearest_group(direction(120), wide, lambda _: newest) == wide[0]


def test_where_every_question_sounds_alike_it_takes_more_to_be_the_same() -> None:
    """At 60 degrees two questions are alike by half; among many such that is nothing special."""
    one, many = [group("0", 0)], [group(str(at), at / 100) for at in range(100)]

    assert joined(60, one) == one[0]
    assert joined(60, many) is None


def test_a_question_that_half_of_all_people_ask_does_not_become_usual() -> None:
    """Counted by questions, 0.7 would be usual here and 0.77 nothing special."""
    others = [group(f"{at}", at) for at in (110, 160, 210, 250)] * 50
    often = Group("often", 100_000 * direction(0), 100_000)

    found = joined(40, [*others, often])

    assert found is not None
    assert found.key == "often"


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


def test_groups_that_took_others_in_are_compared_by_all_their_members() -> None:
    """The average over all members counts, not the nearest pair: 0 and 60 merge, 150 is far."""
    found = merges([group("a", 0, 0, 0), group("b", 10), group("c", 62), group("d", 150)])

    assert found == (("a", "b"), ("a", "c"))


def test_a_code_learnt_by_merging_keeps_the_other_code_out() -> None:
    one, other = frozenset({"e-1"}), frozenset({"e-2"})
    plain = group("plain", 0, 0)

    found = merges([plain, group("b", 2, identifiers=one), group("c", 3, identifiers=other)])

    assert found == (("plain", "b"),)


def members(*of: tuple[str, float], named: frozenset[str] = NONE) -> list[Member]:
    """Questions in these groups and directions, called by their number."""
    return [Member(str(n), key, direction(at), named) for n, (key, at) in enumerate(of)]


def test_a_question_moves_to_the_group_that_it_fits_better() -> None:
    groups = [group("a", 0, 5, 60), group("b", 65, 70)]
    asked = members(("a", 0), ("a", 5), ("a", 60), ("b", 65), ("b", 70))

    assert moves(groups, asked) == (Move("2", "a", "b"),)


def test_a_question_stays_where_the_other_group_is_no_clear_gain() -> None:
    """It is 10 degrees from both, then 12 from its own and 2 from the other."""
    assert moves([group("a", 0, 0, 10), group("b", 20, 20)], members(("a", 10))) == ()
    assert moves([group("a", 0, 0, 12), group("b", 14, 14)], members(("a", 12))) != ()


def test_a_question_that_is_alone_is_left_to_merging() -> None:
    assert moves([group("a", 0), group("b", 1, 2)], members(("a", 0))) == ()
    assert moves([], []) == ()


def test_a_small_group_draws_nothing_from_one_much_larger() -> None:
    """Both fit better by the same; only the size of the group that it would leave differs."""
    some, many = group("a", 0, 0, 60), group("a", *[0] * 8, 60)
    near = group("b", 65, 70)

    assert moves([some, near], members(("a", 60))) == (Move("0", "a", "b"),)
    assert moves([many, near], members(("a", 60))) == ()


def test_no_question_moves_to_a_group_with_another_code() -> None:
    code, other = frozenset({"e-1"}), frozenset({"e-2"})
    groups = [group("a", 0, 5, 60, identifiers=code), group("b", 65, 70, identifiers=other)]

    assert moves(groups, members(("a", 60), named=code)) == ()


def test_two_questions_with_different_codes_do_not_move_to_one_group() -> None:
    groups = [group("a", 0, 0, 60), group("b", 0, 0, 60), group("c", 65, 70)]
    first, second = (
        Member(code, key, direction(60), frozenset({code}))
        for code, key in (("e-1", "a"), ("e-2", "b"))
    )

    assert moves(groups, [first, second]) == (Move("e-1", "a", "c"),)


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
