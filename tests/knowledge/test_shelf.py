"""One launch's entries, compiled: a question goes in, matches and a certainty come out."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from knowledge.entries import Entry, Neighbour, Vector
from knowledge.shelf import Shelf

PRICE = Entry(
    "price",
    "Why did my price change?",
    ("My bill is higher than last month", "Is the new price expected?"),
    not_for=("I was charged twice",),
)
EXPORT = Entry("export", "How do I export my data?", ("Where can I download my data?",))
SIGN_IN = Entry("sign-in", "I cannot sign in", ("The sign-in page shows an error",))
ENTRIES = (PRICE, EXPORT, SIGN_IN)

SUBJECTS = ("price bill", "export download data", "sign-in sign error", "charged twice")


def meaning(text: str) -> Vector:
    """A stand-in for an embedding: one dimension per subject the text names, one for the rest."""
    named = [any(word in text.lower() for word in subject.split()) for subject in SUBJECTS]
    vector = np.array([*named, 0.3, len(text) % 7 / 20], dtype=np.float32)
    return vector / np.linalg.norm(vector)


def vectors(entries: Iterable[Entry]) -> dict[str, Vector]:
    """A vector for every way and counter-phrasing."""
    return {text: meaning(text) for entry in entries for text in (*entry.ways(), *entry.not_for)}


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(ENTRIES, vectors(ENTRIES))


def test_the_entry_that_is_asked_for_comes_first(shelf: Shelf) -> None:
    question = "what about the higher price on my bill"

    found = shelf.find(question, meaning(question))

    assert found.matches[0].entry == "price"
    assert {match.entry for match in found.matches} == {"price", "export", "sign-in"}
    assert found.matches[0].nearest in PRICE.ways()
    assert found.via == "exact"
    assert not found.exact
    assert found.counter is None


def test_an_approved_phrasing_is_exact_and_certain(shelf: Shelf) -> None:
    question = "Hi! why did my PRICE change"

    found = shelf.find(question, meaning(question))

    assert found.exact
    assert found.certainty == 1.0
    assert found.matches[0].entry == "price"
    assert found.question == "why did my PRICE change"


def test_an_exact_phrasing_wins_even_when_its_vector_misleads(shelf: Shelf) -> None:
    found = shelf.find("Why did my price change?", meaning("export data"))

    assert found.matches[0].entry == "price"
    assert found.exact


def test_a_learnt_way_is_found_and_teaches_no_spelling() -> None:
    learnt = replace(EXPORT, phrasings=(*EXPORT.phrasings, "all my dwnload records"))
    shelf = Shelf((PRICE, learnt), vectors((PRICE, learnt)), approved=(PRICE, EXPORT))

    assert shelf.repaired("the dwnload fails") == "the download fails"
    assert shelf.find("ALL my dwnload records", meaning("download")).exact


def test_an_entry_that_is_not_among_the_candidates_lends_its_certainty_to_no_other() -> None:
    many = [Entry(f"e{n}", f"download data {n}", ()) for n in range(40)]
    learnt = Entry("odd", "Something else entirely", ("dwnload daata",))
    shelf = Shelf([*many, learnt], vectors([*many, learnt]), approved=many)
    proposed = [Neighbour("e1", 0, 0.9)]

    found = shelf.find("dwnload daata", meaning("download data"), proposed)

    assert "odd" not in {match.entry for match in found.matches}
    assert not found.exact
    assert found.certainty < 1.0


def test_a_phrasing_that_two_entries_share_is_not_exact() -> None:
    twins = (Entry("a", "Is this expected?", ()), Entry("b", "is this expected", ()))

    assert not Shelf(twins, {}).find("Is this expected?", None).exact


def test_a_counter_phrasing_that_is_nearer_objects(shelf: Shelf) -> None:
    question = "they charged me twice on one bill"

    found = shelf.find(question, meaning("I was charged twice") * 0.8 + meaning("bill") * 0.2)

    assert found.matches[0].entry == "price"
    assert found.counter == "I was charged twice"
    assert found.certainty <= 0.3


def test_a_counter_phrasing_word_for_word_objects_without_vectors() -> None:
    only = (PRICE,)

    found = Shelf(only, {}).find("I was charged twice!", None)

    assert found.counter == "I was charged twice"
    assert found.certainty <= 0.3


def test_neighbours_from_the_index_bring_in_their_entries(shelf: Shelf) -> None:
    question = "what about the higher price on my bill"

    found = shelf.find(question, meaning(question), [Neighbour("price", 1, 0.9)])

    assert found.via == "chroma"
    assert found.matches[0].entry == "price"


def test_neighbours_of_entries_that_are_gone_are_ignored(shelf: Shelf) -> None:
    found = shelf.find("export data", meaning("export data"), [Neighbour("recalled", 0, 0.99)])

    assert found.matches[0].entry == "export"


def test_without_a_vector_words_find(shelf: Shelf) -> None:
    found = shelf.find("where do I download the data", None)

    assert found.via == "lexical"
    assert found.matches[0].entry == "export"
    assert "dense" not in found.matches[0].features


def test_a_shelf_compiled_without_vectors_answers_by_words_alone() -> None:
    found = Shelf(ENTRIES, {}).find("download data", meaning("download data"))

    assert found.via == "lexical"
    assert found.matches[0].entry == "export"


def test_an_entry_without_a_vector_is_still_found_by_its_words() -> None:
    compiled = Shelf(ENTRIES, vectors((PRICE, EXPORT)))

    found = compiled.find("I cannot sign in on my phone", np.float32([0, 0, 1, 0, 0, 0]))

    assert found.matches[0].entry == "sign-in"


def test_an_empty_shelf_finds_nothing() -> None:
    found = Shelf((), {}).find("Why?", meaning("Why?"))

    assert found.matches == ()
    assert found.certainty == 0.0


@pytest.mark.parametrize("given", [{}, vectors((EXPORT,))])
def test_a_single_entry_with_a_single_phrasing_is_a_shelf(given: dict[str, Vector]) -> None:
    only = Shelf((Entry("export", "How do I export my data?", ()),), given)

    near = only.find("how can I export all my data", meaning("export data"))
    far = only.find("my parcel never arrived at home", meaning("parcel"))

    assert near.matches[0].entry == "export"
    assert far.certainty < near.certainty
    assert far.certainty <= far.matches[0].cosine < 0.4


@pytest.mark.parametrize("text", ["", "  ", "😡", "!!!", "\u200b"])
def test_a_text_without_words_is_never_certain(shelf: Shelf, text: str) -> None:
    assert shelf.find(text, meaning("price")).certainty == 0.0
    assert shelf.find(text, None).certainty == 0.0


@pytest.mark.parametrize(
    "text",
    ["Почему изменилась цена?", "为什么价格变了", "لماذا تغير السعر", "Warum wurde ich gesperrt?"],
)
def test_another_language_is_left_to_a_person_without_vectors(shelf: Shelf, text: str) -> None:
    assert shelf.find(text, None).certainty < 0.3


def test_typing_errors_are_mended_before_embedding(shelf: Shelf) -> None:
    assert shelf.repaired("Hello, why did my prcie chnage?") == "why did my price change?"


def test_no_more_than_ten_matches_come_back() -> None:
    many = [Entry(f"e{n}", f"Question number {n} about data", ()) for n in range(25)]

    assert len(Shelf(many, {}).find("question about data", None).matches) == 10


def test_every_feature_of_the_winner_is_a_finite_number(shelf: Shelf) -> None:
    for question in ("price", "x" * 5000, "Is it?", "12345"):
        features = shelf.find(question, meaning(question)).matches[0].features
        assert all(np.isfinite(value) for value in features.values())


def test_approved_words_that_it_is_said_not_to_answer_are_no_repeat() -> None:
    denied = replace(PRICE, not_for=("why did MY price change",))
    shelf = Shelf((denied, EXPORT), vectors((denied, EXPORT)))

    found = shelf.find(PRICE.title, meaning(PRICE.title))

    assert not found.exact
    assert (found.counter, found.certainty <= 0.30) == ("why did MY price change", True)
