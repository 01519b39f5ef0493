"""Tiny deterministic models in the embedder's place: quick, and alike where words are shared."""

import hashlib
from collections.abc import Sequence

import numpy as np

from knowledge.embedding import EmbeddingFailed
from knowledge.entries import Vectors
from knowledge.lexical import stems


class Words:
    """A tiny deterministic model: a text means the sum of its words' directions."""

    def __init__(self, name: str, dimensions: int = 24, *, dies_after: int = 10**9) -> None:
        self.name, self.dimensions = name, dimensions
        self.asked: list[str] = []
        self.is_broken, self.dies_after = False, dies_after

    def fits(self, text: str) -> bool:
        return True

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self.is_broken:
            raise EmbeddingFailed(f"{self.name} gave no vectors: 503")
        if len(self.asked) >= self.dies_after:
            raise KeyboardInterrupt  # the process is killed here
        self.asked += texts
        rows = [self._meaning(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dimensions)

    def _meaning(self, text: str) -> Vectors:
        total = sum(
            (self._direction(word) for word in stems(text)), self._direction(f"·{text}") / 4
        )
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)

    def _direction(self, word: str) -> Vectors:
        seed = hashlib.sha256(f"{self.name} {word}".encode()).digest()
        return np.random.default_rng(list(seed)).normal(size=self.dimensions).astype(np.float32)


class Noise(Words):
    """A model that knows no likeness: every text lies anywhere."""

    def _meaning(self, text: str) -> Vectors:
        anywhere = self._direction(text)
        return np.asarray(anywhere / np.linalg.norm(anywhere), dtype=np.float32)
