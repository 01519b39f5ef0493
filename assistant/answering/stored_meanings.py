"""Vectors of past questions, from what is stored: what was embedded once is not embedded again."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from assistant.ground.database import Database
from assistant.library.vectors import vectors_of
from knowledge.embedding import EmbeddingFailed

if TYPE_CHECKING:
    from knowledge.embedding import Embedder
    from knowledge.entries import Vector, Vectors


class StoredMeanings:
    """An embedder that looks into the stored vectors first, and stores what is new.

    One for each replay and both its worlds; what it has seen stays in memory as long as it does.
    """

    def __init__(self, db: Database, embedder: "Embedder") -> None:
        self._db = db
        self._embedder = embedder
        self._known: dict[str, Vector] = {}

    @property
    def name(self) -> str:
        """Return whose vectors these are."""
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        """Return the length of every vector."""
        return self._embedder.dimensions

    def fits(self, text: str) -> bool:
        """Return whether the embedder reads the whole text."""
        return self._embedder.fits(text)

    def embed(self, texts: Sequence[str]) -> "Vectors":
        """Return one unit row per text, in order. Raises EmbeddingFailed when one has none."""
        known = self.of(texts)
        if any(text not in known for text in texts):
            raise EmbeddingFailed(f"{self.name} gave no vector for a question.")
        return np.stack([known[text] for text in texts])

    def of(self, texts: Sequence[str]) -> "Mapping[str, Vector]":
        """Return the vector of each text that has one."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known |= vectors_of(self._db, self._embedder, new)
        return {text: self._known[text] for text in texts if text in self._known}
