"""Reliability P16: one embedder, known bytes. What is not what it was is refused, and said."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.ground.parts import Parts
from assistant.ground.settings import Settings
from assistant.library import stocking
from assistant.worker import Worker
from knowledge.embedding import Embedder
from knowledge.minilm import TOKENIZER, WEIGHTS, find_weights
from tests import cast
from tests.cast import EXPORT, LAUNCH, PRICE
from tests.embedders import Words
from tests.web.staff import a_browser
from web.readiness import readiness
from web.starting import parts_of


def with_a_bit_flipped(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def of_another_model(file: Path) -> None:
    words = file.read_text("utf-8")
    file.write_text(words.replace('"the"', '"eht"', 1), "utf-8")


def of_other_dimensions(file: Path) -> None:
    """Weights of the same names whose vectors are shorter."""
    import numpy as np
    from safetensors.numpy import load_file, save_file

    narrow = {name: np.ascontiguousarray(rows[..., :128]) for name, rows in load_file(file).items()}
    save_file(narrow, file)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A folder with the official files, copied, so that they can be harmed."""
    folder = tmp_path / "weights"
    folder.mkdir()
    for name in (WEIGHTS, TOKENIZER):
        shutil.copy(find_weights() / name, folder / name)
    return folder


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        (WEIGHTS, with_a_bit_flipped),
        (TOKENIZER, of_another_model),
        (WEIGHTS, of_other_dimensions),
    ],
)
def test_other_bytes_are_refused_words_answer_and_everybody_on_the_staff_is_told(
    name: str, harm: Any, weights: Path, data: Path
) -> None:
    harm(weights / name)

    parts = parts_of(Settings(_env_file=None, data=data, weights=weights))

    assert parts.embedder is None
    state = readiness(parts)["embedder"]
    assert (state["status"], state["meanwhile"]) == ("degraded", "word search only")
    assert "is not the official file: its SHA-256 should be" in state["why"]
    browser = a_browser(parts, cast.LENA)
    assert "Word search only." in browser.get("/desk").text
    assert browser.get("/readyz").json()["status"] == "degraded"
    assert cast.a_customer(parts).asks(EXPORT)["answer"]["entry"] == "export-data"
    parts.close()


def test_a_server_that_gives_other_dimensions_under_the_same_name_is_not_listened_to(
    shop: Parts,
) -> None:
    shop.embedder = Words("remote:small", 24)
    stocking.warm(shop, LAUNCH)
    cast.a_customer(shop).asks(PRICE)
    shop.embedder = Words("remote:small", 32)

    found = cast.a_customer(shop).asks(EXPORT)

    assert found["answer"]["entry"] == "export-data"
    state = readiness(shop)["embedder"]
    assert state["why"] == "remote:small has other dimensions than it had: 32."
    assert "Word search only." in a_browser(shop, cast.LENA).get("/desk").text

    shop.embedder = Words("remote:small", 24)
    cast.a_customer(shop).asks(EXPORT)
    assert readiness(shop)["embedder"] == {"status": "ok"}


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Every attempt to reach anything, none of which succeeds."""
    tried: list[object] = []

    def refuse(*about: object, **more: object) -> Any:
        tried.append(about[-1])
        raise PermissionError("nothing is reached")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "create_connection", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    yield tried


def test_nothing_is_reached_from_the_start_to_an_answer(data: Path, attempts: list[object]) -> None:
    parts = parts_of(Settings(_env_file=None, data=data))
    parts.owns_index = True
    Worker(parts).round()
    cast.a_customer(parts).asks(EXPORT)
    cast.a_customer(parts).asks("I want a copy of everything I bought")

    assert parts.index is not None
    assert parts.index_missing == ""
    assert attempts == []
    parts.close()


# What lies beyond the 256th token.

STORY = (
    "We moved here eleven years ago and the house was quite empty at first, so we bought a table, "
    "two chairs, a lamp for the hall and a blue carpet that the cat liked from the first day. "
)
TENURE = (
    "I have been with you for many years and I always liked the boxes, the paper they come in and "
    "the small card with the name of the farm, which my children collect in a drawer. "
)
ENDLESS = "and then there was rain and then there was sun and we walked along the river for hours "
ABOUT_EXPORT = (
    "Last year I did export my data, all of my orders were in it, the download was quick and the "
    "file opened at once, so exporting the data is something I know well and like very much. "
)
POINTS = (
    "Why was my card charged twice?",
    "Why is my price different from last month?",
    "Where is the e-mail with my sign-in link?",
    "Please delete everything you know about me",
    "The driver threatened me at the door",
)
LEADS_TO = {
    "Why is my price different from last month?": "price-differs",
    "Where is the e-mail with my sign-in link?": "link-missing",
}


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("preamble", [STORY, TENURE, ENDLESS, ABOUT_EXPORT])
def test_a_point_beyond_what_is_read_is_split_off_or_goes_to_a_person(
    shop: Parts, embedder: Embedder, preamble: str, point: str
) -> None:
    before = preamble
    while embedder.fits(before):
        before += preamble

    found = cast.a_customer(shop).asks(before + point)

    assert len(before + point) <= 4_000
    if found["outcome"] != "handoff":
        told = [found["answer"]["entry"]] if found["answer"] else []
        told += [one["entry"] for one in (found["clarification"] or {"options": ()})["options"]]
        assert LEADS_TO.get(point) in told
    if found["outcome"] == "answer":
        assert found["answer"]["entry"] == LEADS_TO.get(point)
