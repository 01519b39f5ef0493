"""Texts to unit vectors: the embedders there are, behind one small protocol.

An embedder's name says which model made a vector. Vectors are kept under that name and never
compared across names.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from knowledge.entries import Vectors
from knowledge.minilm import MiniLM, WeightsMissing, WeightsRefused, WeightsUnusable, find_weights

if TYPE_CHECKING:
    import httpx
    from openai import OpenAI

__all__ = [
    "Embedder",
    "EmbeddingFailed",
    "Remote",
    "WeightsMissing",
    "WeightsRefused",
    "WeightsUnusable",
    "local",
    "remote",
]

REMOTE = "remote:"  # how the name of a model behind an endpoint begins
PATIENCE = 10.0  # seconds for one request; longer and the lexical leg answers sooner
PORTION = 128  # texts per request; most servers take at least this many


class Embedder(Protocol):
    """Turns texts into vectors that can be compared by their dot product."""

    @property
    def name(self) -> str:
        """The model, exact enough that vectors under one name may be compared."""

    @property
    def dimensions(self) -> int:
        """The length of every vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit row per text, in the order given."""

    def fits(self, text: str) -> bool:
        """Whether `embed` reads the whole text, to its last word."""


class EmbeddingFailed(Exception):
    """The endpoint gave no usable vectors: not reached, refused, too slow or nonsense."""


def local(cache: Path, weights: Path | None = None) -> Embedder:
    """MiniLM on this machine; `cache` keeps its graph between starts.

    Raises WeightsMissing or WeightsRefused, both WeightsUnusable, saying what to do.
    """
    return MiniLM(find_weights(weights), cache)


def remote(base_url: str, api_key: str, model: str, http_client: "httpx.Client") -> Embedder:
    """A model behind an OpenAI-compatible endpoint. Nothing is sent before the first use.

    How far the client may reach, its limit on size and whether it follows redirects are the
    caller's choice: everything goes through `http_client`.
    """
    from openai import OpenAI

    client = OpenAI(
        base_url=base_url,
        api_key=api_key or "none",  # many a server of one's own asks for none; the SDK insists
        http_client=http_client,  # type: ignore[arg-type] # typed as httpx2's, takes httpx's too
        max_retries=0,
        timeout=PATIENCE,
    )
    return Remote(client, model)


class Remote:
    """The vectors of one model at one endpoint, checked and brought to unit length.

    Raises EmbeddingFailed, and nothing else, when the endpoint fails; it does not try again.
    """

    def __init__(self, client: "OpenAI", model: str) -> None:
        self.name = f"{REMOTE}{model}"
        self._client = client
        self._model = model
        self._dimensions = 0

    @property
    def dimensions(self) -> int:
        """As many as the endpoint's first vector had; asks for one if there was none yet."""
        if not self._dimensions:
            self.embed(["dimensions"])
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit row per text, in the order given."""
        portions = [texts[at : at + PORTION] for at in range(0, len(texts), PORTION)]
        vectors = [self._portion(portion) for portion in portions]
        return np.concatenate(vectors or [np.empty((0, self.dimensions), dtype=np.float32)])

    def fits(self, text: str) -> bool:
        """Whether the whole text is read; endpoints refuse what is too long, and that is seen."""
        return True

    def _portion(self, texts: Sequence[str]) -> Vectors:
        from openai import OpenAIError

        try:
            return self._checked(self._ask(texts), len(texts))
        # Beside its own errors the SDK lets through what a server sends in place of vectors:
        # text instead of an object, a missing list, cut JSON, rows of different lengths.
        except (OpenAIError, ValueError, TypeError, AttributeError) as trouble:
            raise EmbeddingFailed(f"{self.name} gave no vectors: {trouble!s:.200}") from trouble

    def _ask(self, texts: Sequence[str]) -> Vectors:
        answer = self._client.embeddings.create(
            model=self._model,
            input=list(texts),
            # The SDK asks for base64 by default, which many compatible servers do not speak.
            encoding_format="float",
        )
        in_order = sorted(answer.data, key=lambda item: item.index)
        return np.array([item.embedding for item in in_order], dtype=np.float32)

    def _checked(self, vectors: Vectors, expected: int) -> Vectors:
        if vectors.ndim != 2 or len(vectors) != expected:
            raise ValueError(f"{expected} vectors were asked for, {len(vectors)} came")
        self._dimensions = self._dimensions or vectors.shape[1]
        if vectors.shape[1] != self._dimensions:
            raise ValueError(f"{self._dimensions} dimensions became {vectors.shape[1]}")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.all(np.isfinite(lengths) & (lengths > 0)):
            raise ValueError("a vector has no direction")
        return np.asarray(vectors / lengths, dtype=np.float32)
