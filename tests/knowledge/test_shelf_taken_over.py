"""A shelf that takes over from the one before answers exactly as one that is compiled afresh."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from random import Random

import numpy as np
import pytest

from knowledge.entries import Entry, Finding, Vector
from knowledge.shelf import Shelf
from tests.embedders import Words

SAID = """price export data invoice refund charged twice password sign-in page error card plan pause
cancel adress address change download report blue screen café Größe 4.1 😀 the my is can why"""
WORDS = SAID.split()
MODEL = Words("shelf:1", 16)


def some_text(random: Random) -> str:
    return " ".join(random.choices(WORDS, k=random.randint(1, 6)))


def an_entry(random: Random, key: str) -> Entry:
    texts = [some_text(random) for _ in range(random.randint(1, 5))]
    not_for = tuple(some_text(random) for _ in range(random.choice((0, 0, 1, 2))))
    return Entry(key, texts[0], tuple(texts[1:]), not_for)


def vectors(entries: Sequence[Entry]) -> dict[str, Vector]:
    texts = [text for entry in entries for text in (*entry.ways(), *entry.not_for)]
    return dict(zip(texts, MODEL.embed(texts), strict=True)) if texts else {}


def a_life(random: Random, steps: int) -> Iterator[list[Entry]]:
    """Yield a library after each step: approved, reworded, retired, several at once, or emptied."""
    library = {f"e{number:03}": an_entry(random, f"e{number:03}") for number in range(12)}
    for _ in range(steps):
        yield [library[key] for key in sorted(library)]
        for _ in range(random.choice((1, 1, 1, 2, 4))):
            key = f"e{random.randint(0, 25):03}"
            if key in library and random.random() < 0.5:
                del library[key]
            else:
                library[key] = an_entry(random, key)
    yield []


def questions(random: Random, entries: Sequence[Entry]) -> list[str]:
    """Ways as approved, with a slip, counter-phrasings, and what nobody approved."""
    texts = [text for entry in entries for text in (*entry.ways(), *entry.not_for)]
    asked = random.sample(texts, min(4, len(texts))) + [some_text(random) for _ in range(4)]
    return [*asked, *(text[:-2] + text[-1:] for text in asked[:3]), "", "zeppelin"]


def ask(shelf: Shelf, question: str, near: bool = False) -> Finding:
    vector = MODEL.embed([shelf.repaired(question)])[0]
    return shelf.find(question, vector, () if near else None)


def assert_equal(one: Finding, other: Finding) -> None:
    """Everything but floating numbers is the same, and those to 1e-9."""
    assert (one.question, one.exact, one.via) == (other.question, other.exact, other.via)
    assert [one.certainty, one.among] == pytest.approx([other.certainty, other.among], abs=1e-9)
    assert len(one.matches) == len(other.matches)
    for left, right in zip(one.matches, other.matches, strict=True):
        numbers, expected = dict(left.features), dict(right.features)
        assert numbers == pytest.approx(expected, abs=1e-9)
        assert (left.score, left.cosine) == pytest.approx((right.score, right.cosine), abs=1e-9)
        assert asdict(replace(left, features={}, score=0, cosine=0)) == asdict(
            replace(right, features={}, score=0, cosine=0)
        )


@pytest.mark.parametrize("has_vectors", [True, False])
@pytest.mark.parametrize("seed", range(2))
def test_through_random_changes_it_answers_as_one_compiled_afresh(
    seed: int, has_vectors: bool
) -> None:
    random, shelf, taken_over = Random(seed), Shelf((), {}), 0
    for library in a_life(random, steps=15):
        known = vectors(library) if has_vectors else {}
        shelf, fresh = Shelf(library, known, former=shelf), Shelf(library, known)
        taken_over += shelf.is_taken_over
        for question in questions(random, library):
            assert shelf.repaired(question) == fresh.repaired(question)
            for near in (False, True):
                assert_equal(ask(shelf, question, near), ask(fresh, question, near))
        asked = MODEL.embed(["why is the price blue", "export"])
        for entry in library:
            assert np.allclose(shelf.nearness(entry.id, asked), fresh.nearness(entry.id, asked))

    assert taken_over >= 10


def test_texts_that_get_their_vectors_later_mean_something_from_then_on() -> None:
    random = Random(5)
    library = next(a_life(random, 1))
    known = vectors(library)
    late = set(random.sample(sorted(known), 5))
    early = {text: vector for text, vector in known.items() if text not in late}

    shelf = Shelf(library, early, former=Shelf(library, known))
    assert_all_equal(shelf, Shelf(library, early), random)
    assert_all_equal(Shelf(library, known, former=shelf), Shelf(library, known), random)
    assert_all_equal(Shelf(library, {}, former=shelf), Shelf(library, {}), random)


def test_customers_words_are_found_and_teach_no_spelling_in_a_shelf_that_takes_over() -> None:
    random = Random(8)
    library = next(a_life(random, 1))
    learnt = [replace(library[0], phrasings=("all my dwnload recrds",)), *library[1:]]
    known = vectors([*library, *learnt])

    shelf = Shelf(learnt, known, approved=library, former=Shelf(library, known))
    assert shelf.is_taken_over
    assert_all_equal(shelf, Shelf(learnt, known, approved=library), random)
    assert shelf.repaired("recrds") == Shelf(library, known).repaired("recrds")
    assert_all_equal(Shelf(library, known, former=shelf), Shelf(library, known), random)


def test_entries_in_another_order_are_compiled_afresh() -> None:
    library = next(a_life(Random(1), 1))
    known = vectors(library)

    turned = Shelf(library[::-1], known, former=Shelf(library, known))

    assert not turned.is_taken_over
    assert_all_equal(turned, Shelf(library[::-1], known), Random(1))


def assert_all_equal(shelf: Shelf, fresh: Shelf, random: Random) -> None:
    assert shelf.entries == fresh.entries
    for question in [*questions(random, fresh.entries), *questions(random, fresh.entries)]:
        assert shelf.repaired(question) == fresh.repaired(question)
        assert_equal(ask(shelf, question), ask(fresh, question))
