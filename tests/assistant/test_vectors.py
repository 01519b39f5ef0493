"""Stored embeddings: made once for each text and embedder, with no transaction open."""

from collections.abc import Sequence

import numpy as np
import pytest
from sqlalchemy import func, select

from assistant.ground.parts import Parts
from assistant.library.vectors import TextVector, vectors_of
from knowledge.embedding import Embedder, EmbeddingFailed
from knowledge.entries import Vectors


class Counting:
    """A model that counts what it is asked, and can be out of order."""

    dimensions = 2

    def __init__(self, parts: Parts, name: str = "counting") -> None:
        self.name, self.is_broken = name, False
        self._parts = parts
        self.asked: list[str] = []

    def fits(self, text: str) -> bool:
        return True

    def embed(self, texts: Sequence[str]) -> Vectors:
        assert self._parts.db.connections_in_use() == 0, "it waits inside a transaction"
        if self.is_broken:
            raise EmbeddingFailed("out of order")
        self.asked += texts
        return np.array([[1, 0]] * len(texts), dtype=np.float32)


def stored(parts: Parts) -> int:
    with parts.db.reading() as session:
        return session.scalar(select(func.count()).select_from(TextVector)) or 0


def test_each_text_is_embedded_once_and_kept(house: Parts) -> None:
    model = Counting(house)

    first = vectors_of(house.db, model, ["a", "b", "a"])
    second = vectors_of(house.db, model, ["b", "c"])

    assert (sorted(first), sorted(second)) == (["a", "b"], ["b", "c"])
    assert model.asked == ["a", "b", "c"]
    assert stored(house) == 3


def test_another_embedder_has_vectors_of_its_own(house: Parts) -> None:
    vectors_of(house.db, Counting(house, "one"), ["a"])
    vectors_of(house.db, Counting(house, "other"), ["a"])

    assert stored(house) == 2


def test_without_an_embedder_there_are_none(house: Parts) -> None:
    assert vectors_of(house.db, None, ["a"]) == {}


def test_while_the_embedder_fails_what_is_stored_is_used(house: Parts) -> None:
    model = Counting(house)
    vectors_of(house.db, model, ["a"])
    model.is_broken = True

    assert sorted(vectors_of(house.db, model, ["a", "new"])) == ["a"]
    model.is_broken = False
    assert sorted(vectors_of(house.db, model, ["a", "new"])) == ["a", "new"]


@pytest.mark.parametrize("text", ["", "\u200b", "🧨" * 500, "x" * 4_000, "\u202eabc", "ä" * 600])
def test_a_vector_comes_back_as_it_was_made(house: Parts, embedder: Embedder, text: str) -> None:
    (made,) = vectors_of(house.db, embedder, [text]).values()
    (again,) = vectors_of(house.db, embedder, [text]).values()

    assert again.dtype == np.float32
    assert np.array_equal(made, again)
    assert np.linalg.norm(again) == pytest.approx(1.0, abs=1e-5)


def test_more_texts_than_one_query_takes_are_all_found(house: Parts) -> None:
    model = Counting(house)
    texts = [f"text {number}" for number in range(1_201)]
    vectors_of(house.db, model, texts)

    assert len(vectors_of(house.db, model, texts)) == 1_201
    assert len(model.asked) == 1_201
