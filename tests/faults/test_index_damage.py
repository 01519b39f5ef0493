"""Reliability P14: a broken index is found at the start and built anew, and nobody notices.

Every kind of damage goes through the product's door: a data folder, the index opened as a server
opens it, a round of the worker. ``--ways N`` for a library of N ways (10,000 is the promise's).
"""

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant import migrations
from assistant.answering import trying
from assistant.ground.parts import Parts
from assistant.library import charge, publishing, stocking
from assistant.library.stocking import Stock
from assistant.worker import Worker
from knowledge import custody
from knowledge.index import ChromaIndex
from tests import cast, library_of_many
from tests.damages import HARM, cut, scrambled
from tests.embedders import Words
from tests.faults.server import Server
from tests.faults.traffic import Line

MODEL, OTHER = "words:1", "words:2"
QUICKLY = 90.0  # seconds in which a served index is whole again; about 5 where nothing else runs
LOOK = 0.25

Damage = Callable[[Path], None]


def a_file(name: str) -> Callable[[Path], Path]:
    return lambda index: next((index / "store").rglob(name))


NAMES = ("chroma.sqlite3", "data_level0.bin", "header.bin", "length.bin", "link_lists.bin")


def to_file(name: str, harm: Callable[[Path], None]) -> Damage:
    return lambda index: harm(a_file(name)(index))


def no_store(index: Path) -> None:
    shutil.rmtree(index / "store")


def no_graph(index: Path) -> None:
    shutil.rmtree(a_file("header.bin")(index).parent)


def no_seal(index: Path) -> None:
    (index / "seal.json").unlink()


def half_a_seal(index: Path) -> None:
    cut(index / "seal.json")


def older_format(index: Path) -> None:
    seal = json.loads((index / "seal.json").read_text("utf-8"))
    (index / "seal.json").write_text(json.dumps(seal | {"format": 0}), "utf-8")


def a_stranger(index: Path) -> None:
    (index / "store" / "stranger.bin").write_bytes(b"?")


def other_dimensions(index: Path) -> None:
    """Vectors of another length, properly sealed under the right name."""
    _resealed(index, [cast.PRICE], np.ones((1, 7), dtype=np.float32) / np.sqrt(7), MODEL)


def a_stale_model(index: Path) -> None:
    """The index of a model that was in charge before."""
    seal = json.loads((index / "seal.json").read_text("utf-8"))
    (index / "seal.json").write_text(json.dumps(seal | {"model": OTHER}), "utf-8")


def vectors_of_another_model(index: Path) -> None:
    """The right length, the right name, and another model's meanings: only a proof finds that."""
    texts = [cast.PRICE, cast.EXPORT]
    _resealed(index, texts, Words(OTHER, 24).embed(texts), MODEL)


def ways_missing_behind_the_seal(index: Path) -> None:
    shelves = custody.sealed_shelves(index)
    shelves["launch-1"]["ways"] += 3
    custody.seal(index, MODEL, shelves)


def cut_behind_the_seal(index: Path) -> None:
    shelves = custody.sealed_shelves(index)
    cut(a_file("data_level0.bin")(index))
    custody.seal(index, MODEL, shelves)


def scrambled_behind_the_seal(index: Path) -> None:
    shelves = custody.sealed_shelves(index)
    scrambled(a_file("chroma.sqlite3")(index))
    custody.seal(index, MODEL, shelves)


def _resealed(index: Path, texts: list[str], vectors: Any, model: str) -> None:
    from knowledge.entries import Entry

    shutil.rmtree(index)
    made = ChromaIndex.open(index, model)
    entries = [Entry(f"e{number}", text, ()) for number, text in enumerate(texts)]
    made.rebuild("launch-1", entries, dict(zip(texts, vectors, strict=True)))
    made.close()


DAMAGES: dict[str, Damage] = {
    f"{name} {harm.__name__}": to_file(name, harm) for name in NAMES for harm in HARM
} | {
    harm.__name__.replace("_", " "): harm
    for harm in (
        no_store,
        no_graph,
        no_seal,
        half_a_seal,
        older_format,
        a_stranger,
        other_dimensions,
        a_stale_model,
        vectors_of_another_model,
        ways_missing_behind_the_seal,
        cut_behind_the_seal,
        scrambled_behind_the_seal,
    )
}
EVERY_TIME = (
    "chroma.sqlite3 scrambled",
    "data_level0.bin cut",
    "other dimensions",
    "a stale model",
    "vectors of another model",
    "cut behind the seal",
)  # in the normal run; --damages for all of them


@dataclass(frozen=True, slots=True)
class Whole:
    """A data folder whose index was closed properly, what it may say, and what it answers."""

    data: Path
    stock: Stock
    asked: tuple[str, ...]
    answers: list[tuple[object, ...]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Whole:
    data, ways = tmp_path_factory.mktemp("whole"), int(request.config.getoption("--ways"))
    parts = cast.parts_in(data, embedder=Words(MODEL), at=cast.OPENS)
    migrations.upgrade(parts.db)
    charge.take_up(parts)
    cast.bring_in(parts, data)
    library_of_many.fill(parts, ways // 8)
    cast.go_live(parts)
    cast.clock_of(parts).set(cast.NOW)
    stock = stocking.stock_of(parts, 1, at=cast.NOW)
    count = int(request.config.getoption("--questions-asked"))
    asked = (*cast_questions(), *library_of_many.questions(count))
    exact = told(parts, asked)  # no index is open yet
    parts.owns_index = True
    Worker(parts).round()
    assert parts.index_missing == ""
    parts.close()
    return Whole(data, stock, asked, exact)


def cast_questions() -> tuple[str, ...]:
    return cast.PRICE, cast.EXPORT, cast.UNKNOWN, "my bill went up", "stop my plan please"


def told(parts: Parts, asked: tuple[str, ...]) -> list[tuple[object, ...]]:
    """Return what would be done with each question, and why as far as customers can tell."""
    return [
        (one["outcome"], one["entry"], one["sha256"], [c["entry"] for c in one["candidates"][:3]])
        for one in trying.tries(parts, cast.LAUNCH, asked)
    ]


@pytest.fixture
def opened(whole: Whole, tmp_path: Path) -> Iterator[Parts]:
    """A process that has begun on a copy of the folder, before it opens the index."""
    shutil.copytree(whole.data, tmp_path / "data")
    parts = cast.parts_in(tmp_path / "data", embedder=Words(MODEL))
    charge.take_up(parts)
    revision = whole.stock.revision.rpartition(" ")[0]
    parts.stocks.of(1, revision, lambda: whole.stock)
    parts.owns_index = True
    yield parts
    parts.close()


def test_there_are_more_kinds_of_damage_than_promised() -> None:
    assert len(DAMAGES) >= 26 + 2
    assert set(EVERY_TIME) <= set(DAMAGES)


def test_an_undamaged_index_is_trusted_and_built_by_nobody(opened: Parts, whole: Whole) -> None:
    Worker(opened).round()

    assert opened.index is not None
    assert (opened.index.opened_fresh, opened.index_missing) == (False, "")
    assert told(opened, whole.asked) == whole.answers


@pytest.mark.parametrize("damage", DAMAGES)
def test_any_damage_is_found_at_the_start_and_built_anew_while_an_exact_scan_answers(
    damage: str,
    opened: Parts,
    whole: Whole,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    if damage not in EVERY_TIME and not request.config.getoption("--damages"):
        pytest.skip("one of many: all of them with --damages")
    DAMAGES[damage](opened.settings.data / "index")

    meanwhile = told(opened, whole.asked)
    began = time.monotonic()
    publishing.reconcile(opened, at=cast.NOW)
    seconds = time.monotonic() - began

    assert opened.index is not None
    assert opened.index.opened_fresh or found_by_proof(damage)
    assert (opened.index_missing, opened.is_index_given_up) == ("", False)
    assert opened.index.prove("launch-1", whole.stock.entries, whole.stock.vectors) == []
    assert via(opened, whole) == "chroma"
    assert meanwhile == told(opened, whole.asked) == whole.answers
    record_property("figure", f"{damage}: found, whole again after {seconds:.1f} s")


def found_by_proof(damage: str) -> bool:
    """Return whether its bytes and its seal are all right, so that only its answers tell."""
    return damage in ("other dimensions", "vectors of another model")


def via(parts: Parts, whole: Whole) -> str:
    stock = stocking.stock_of(parts, 1, at=cast.NOW)
    vector = stocking.vector_of(parts, stock, whole.asked[-1])
    assert vector is not None
    neighbours = stocking.near(parts, 1, stock, vector)
    return stock.shelf.find(whole.asked[-1], vector, neighbours).via


# The same in a process of its own, which would be ended by what Chroma does with such files.


def test_a_server_whose_index_is_broken_stays_up_answers_and_is_whole_again(data: Path) -> None:
    index, model = data / "index", "minilm-l6-v2:53aa5117"
    with Server(data) as server:
        server.start()
        assert await_index(server)
        server.close()
        assert custody.doubt(index, model) == ""  # a proper end leaves a seal
        shelves = custody.sealed_shelves(index)
        scrambled(index / "store" / "chroma.sqlite3")
        custody.seal(index, model, shelves)

        server.start()
        pid, meanwhile = server.pid, answer_of(server, "a-question")

        assert await_index(server)
        assert (server.pid, answer_of(server, "another-question")) == (pid, meanwhile)
        assert meanwhile == cast.EXPORT_TEXT
        assert (data / "index" / "set-aside").is_dir()


def answer_of(server: Server, key: str) -> str:
    line = Line(server.address)
    conversation, token = line.begin()
    said = line.say(conversation, token, "messages", key, {"text": cast.EXPORT})
    text: str = json.loads(said.response)["answer"]["text"]
    return text


def await_index(server: Server) -> bool:
    """Return whether the index came to be in use in time."""
    waiting, until = threading.Event(), time.monotonic() + QUICKLY
    while time.monotonic() < until:
        line = HTTPConnection("127.0.0.1", server.port, timeout=10.0)
        line.request("GET", "/readyz")
        state = json.loads(line.getresponse().read())
        line.close()
        if state["parts"]["index"]["status"] == "ok":
            return True
        waiting.wait(LOOK)
    return False
