"""The exact scan that stands in for Chroma."""

import threading

import numpy as np

from knowledge.entries import Entry, Neighbour, Vector
from knowledge.exact import ExactIndex


def unit(*numbers: float) -> Vector:
    vector = np.array(numbers, dtype=np.float32)
    return vector / np.linalg.norm(vector)


VECTORS = {
    "Where is my refund?": unit(1, 0, 0),
    "When do I get my money back?": unit(0.8, 0.6, 0),
    "How do I sign in?": unit(0, 1, 0),
    "I cannot sign in": unit(0, 0.8, 0.6),
}
REFUND = Entry("refund", "Where is my refund?", ("When do I get my money back?",))
SIGN_IN = Entry("sign-in", "How do I sign in?", ("I cannot sign in",))


def filled() -> ExactIndex:
    index = ExactIndex()
    index.rebuild("spring", [REFUND, SIGN_IN], VECTORS)
    return index


def found(index: ExactIndex, vector: Vector, k: int = 50) -> list[tuple[str, int, float]]:
    return [
        (near.entry, near.way, round(near.cosine, 3)) for near in index.search("spring", vector, k)
    ]


def test_the_nearest_way_comes_first_and_every_way_has_its_place() -> None:
    assert found(filled(), unit(1, 0, 0)) == [
        ("refund", 0, 1.0),
        ("refund", 1, 0.8),
        ("sign-in", 0, 0.0),
        ("sign-in", 1, 0.0),
    ]


def test_no_more_than_asked_for_are_found() -> None:
    assert found(filled(), unit(0, 1, 0), k=2) == [("sign-in", 0, 1.0), ("sign-in", 1, 0.8)]


def test_a_shelf_nobody_filled_has_nothing_to_find() -> None:
    assert ExactIndex().search("spring", unit(1, 0, 0)) == []


def test_the_shelves_of_two_launches_do_not_see_each_other() -> None:
    index = filled()

    index.put("autumn", [SIGN_IN], VECTORS)

    assert [near.entry for near in index.search("autumn", unit(1, 0, 0))] == ["sign-in", "sign-in"]


def test_putting_an_entry_again_forgets_the_ways_it_had_before() -> None:
    index = filled()

    index.put("spring", [Entry("refund", "When do I get my money back?", ())], VECTORS)

    assert found(index, unit(1, 0, 0)) == [
        ("refund", 0, 0.8),
        ("sign-in", 0, 0.0),
        ("sign-in", 1, 0.0),
    ]


def test_a_removed_entry_is_not_found_any_more_and_removing_it_twice_does_no_harm() -> None:
    index = filled()

    index.remove("spring", "refund")
    index.remove("spring", "refund")

    assert found(index, unit(1, 0, 0), k=1) == [("sign-in", 0, 0.0)]


def test_rebuilding_leaves_only_what_it_was_given() -> None:
    index = filled()

    index.rebuild("spring", [SIGN_IN], VECTORS)

    assert {near.entry for near in index.search("spring", unit(1, 0, 0))} == {"sign-in"}


def test_the_same_words_in_two_entries_are_found_in_both_and_always_in_the_same_order() -> None:
    index = ExactIndex()
    index.put("spring", [Entry("b", "How do I sign in?", ())], VECTORS)
    index.put("spring", [Entry("a", "How do I sign in?", ())], VECTORS)

    assert index.search("spring", unit(0, 1, 0)) == [Neighbour("a", 0, 1.0), Neighbour("b", 0, 1.0)]


def test_a_proof_finds_nothing_wrong_with_what_was_just_built() -> None:
    assert filled().prove("spring", [REFUND, SIGN_IN], VECTORS) == []


def test_a_proof_names_the_ways_that_are_missing() -> None:
    index = filled()

    index.remove("spring", "refund")

    assert index.prove("spring", [REFUND, SIGN_IN], VECTORS) == [
        "Way 0 of entry refund is not in the index.",
        "Way 1 of entry refund is not in the index.",
    ]


def test_a_proof_names_the_ways_that_should_not_be_there() -> None:
    assert filled().prove("spring", [REFUND], VECTORS) == [
        "Way 0 of entry sign-in is in the index and should not be.",
        "Way 1 of entry sign-in is in the index and should not be.",
    ]


def test_a_proof_names_a_way_whose_vector_is_not_the_one_it_should_be() -> None:
    index = filled()
    reworded = VECTORS | {"Where is my refund?": unit(1, 0, 1)}

    assert index.prove("spring", [REFUND, SIGN_IN], reworded) == [
        "Way 0 of entry refund is not found as itself but as way 0 of entry refund, "
        "at cosine 0.707."
    ]


def test_a_proof_accepts_either_of_two_entries_that_are_asked_in_the_same_words() -> None:
    index = ExactIndex()
    twins = [Entry("a", "How do I sign in?", ()), Entry("b", "How do I sign in?", ())]

    index.rebuild("spring", twins, VECTORS)

    assert index.prove("spring", twins, VECTORS) == []


def test_a_search_sees_an_entry_wholly_or_not_at_all_while_it_is_put_and_removed() -> None:
    index = filled()
    seen: set[int] = set()

    def look() -> None:
        for _ in range(300):
            ways = [
                near for near in index.search("spring", unit(1, 0, 0)) if near.entry == "refund"
            ]
            seen.add(len(ways))

    looking = threading.Thread(target=look)
    looking.start()
    for _ in range(300):
        index.remove("spring", "refund")
        index.put("spring", [REFUND], VECTORS)
    looking.join()

    assert seen <= {0, 2}
