"""The places that tests happen in; the people and builders are in ``cast``."""

import gc
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.ground.parts import Parts
from assistant.library import stocking
from knowledge.embedding import Embedder, local
from tests import cast

NEAR = ("127.", "::1", "localhost")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options for the long proofs; without them each runs in its short form."""
    parser.addoption("--replayed", type=int, default=60, help="past questions of a replay")
    parser.addoption("--histories", type=int, default=100, help="random histories of a launch")
    parser.addoption("--clocks", type=int, default=60, help="running clocks while workers die")
    parser.addoption("--clock-kills", type=int, default=3, help="how often a worker is killed")
    parser.addoption("--report-days", type=int, default=5, help="days with reports and kills")
    parser.addoption("--slow", action="store_true", help="run the tests that are marked slow too")
    parser.addoption("--kills", type=int, default=20, help="how often the server is killed")
    parser.addoption("--keys", type=int, default=100, help="messages that are sent five times each")
    parser.addoption("--questions", type=int, default=60, help="questions to the failing model")
    parser.addoption("--ways", type=int, default=1_120, help="ways in the index that is damaged")
    parser.addoption("--questions-asked", type=int, default=16, help="of a damaged index")
    parser.addoption("--damages", action="store_true", help="every kind of damage to the index")
    parser.addoption("--steps", type=int, default=120, help="random steps in the library's life")
    parser.addoption("--sender-kills", type=int, default=3, help="kills of who sends, twice each")
    parser.addoption("--outage-speed", type=float, default=150, help="1: ten minutes as they are")
    parser.addoption("--hooks", type=int, default=40, help="events from outside, five times each")
    parser.addoption("--races", type=int, default=20, help="answers that race a withdrawal")
    parser.addoption("--claims", type=int, default=12, help="tickets that four people take at once")
    parser.addoption("--cuts", type=int, default=15, help="cuts of two live streams")
    parser.addoption("--connects", type=int, default=30, help="streams that come and go")
    parser.addoption("--minutes", type=int, default=1, help="minutes that the model is down")
    parser.addoption("--stops", type=int, default=2, help="kills in the middle of a broadcast")
    parser.addoption("--bill", type=int, default=500, help="questions beside a spent budget")
    parser.addoption("--busy-seconds", type=float, default=4, help="seconds of a busy database")
    parser.addoption("--calendars", type=int, default=240, help="calendars walked by the minute")
    parser.addoption("--forgeries", type=int, default=40, help="mails with forged senders")
    parser.addoption("--victims", type=int, default=9, help="addresses that six tickets name")
    parser.addoption("--crowd", type=int, default=40, help="scripted sessions of one network")
    parser.addoption("--poisoned", type=int, default=30, help="poisoned tickets to draft for")
    parser.addoption("--injections", type=int, default=15, help="injections of each fake model")


def pytest_configure(config: pytest.Config) -> None:
    """The tests see no settings of the machine they run on, and reach nothing but this machine."""
    for name in [name for name in os.environ if name.upper().startswith("HYPERCARE_")]:
        if not name.startswith("HYPERCARE_TEST_"):
            del os.environ[name]
    socket.socket.connect = _near_only(socket.socket.connect)  # type: ignore[method-assign]
    socket.socket.connect_ex = _near_only(socket.socket.connect_ex)  # type: ignore[method-assign]


def _near_only(connect: Any) -> Any:
    def connect_near(this: socket.socket, address: Any) -> Any:
        if this.family != socket.AF_UNIX and not str(address[0]).startswith(NEAR):
            raise PermissionError(f"A test tried to reach {address[0]}. Tests stay on loopback.")
        return connect(this, address)

    return connect_near


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked slow, unless it is asked for."""
    if config.getoption("--slow"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow: run it with --slow"))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look no more for garbage in what was imported: it stays, and each look at it takes 0.3 s."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests measured, with ``record_property("figure", …)``."""
    for report in [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]:
        for name, words in report.user_properties:
            if name == "figure":
                terminalreporter.write_line(str(words))


@pytest.fixture(autouse=True)
def _nowhere_in_particular(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test works in an empty folder, so that no ``hypercare.env`` lies there."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def calendars(request: pytest.FixtureRequest) -> int:
    """How many random calendars are compared with a walk minute by minute."""
    return int(request.config.getoption("--calendars"))


@pytest.fixture(scope="session")
def graphs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the embedder keeps its graph, which takes seconds to draw."""
    return tmp_path_factory.mktemp("embedder")


@pytest.fixture(scope="session")
def embedder(graphs: Path) -> Embedder:
    """The real local embedder; its graph is built once for all tests."""
    return local(graphs)


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A folder whose database holds the small pack, live, with every vector stored."""
    folder = tmp_path_factory.mktemp("imported")
    parts = cast.empty_house(folder, at=cast.OPENS)
    parts.embedder = embedder
    cast.bring_in(parts, folder)
    cast.go_live(parts)
    stocking.warm(parts, cast.LAUNCH)
    parts.close()
    return folder


@pytest.fixture(scope="session")
def compiled(imported: Path, embedder: Embedder) -> stocking.Stock:
    """What the small pack may say, compiled once: every shop begins with it."""
    parts = cast.parts_in(imported, embedder=embedder)
    with parts.db.reading() as session:
        launch_id = cast.launch_of(session).id
    stock = stocking.stock_of(parts, launch_id, at=cast.NOW)
    parts.close()
    return stock


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose database has every table, and nothing in it."""
    folder = tmp_path_factory.mktemp("blank")
    cast.empty_house(folder).close()
    return folder


@pytest.fixture
def house(tmp_path: Path, blank: Path) -> Iterator[Parts]:
    """A house with empty tables."""
    shutil.copy(blank / "hypercare.sqlite3", tmp_path)
    parts = cast.parts_in(tmp_path)
    yield parts
    parts.close()


@pytest.fixture
def shop(
    tmp_path: Path, imported: Path, embedder: Embedder, compiled: stocking.Stock
) -> Iterator[Parts]:
    """The shop on the second day of its launch: the small pack is live, nobody has asked yet."""
    shutil.copy(imported / "hypercare.sqlite3", tmp_path)
    parts = cast.parts_in(tmp_path, embedder=embedder)
    with parts.db.reading() as session:
        launch_id = cast.launch_of(session).id
    parts.stocks.of(launch_id, compiled.revision.rpartition(" ")[0], lambda: compiled)
    yield parts
    parts.close()


@pytest.fixture
def mara(shop: Parts) -> cast.Customer:
    """Mara, who has opened the widget and not asked yet."""
    return cast.a_customer(shop)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory, imported: Path, graphs: Path) -> Path:
    """A data folder as ``data``, for a server that stands through all tests of a module."""
    return data_in(tmp_path_factory.mktemp("standing") / "data", imported, graphs)


@pytest.fixture
def data(tmp_path: Path, imported: Path, graphs: Path) -> Path:
    """The shop's data folder for a server of its own process: live, nobody has asked yet."""
    return data_in(tmp_path / "data", imported, graphs)


def data_in(folder: Path, imported: Path, graphs: Path) -> Path:
    """Return ``folder`` filled as a server finds it after an import."""
    folder.mkdir()
    shutil.copy(imported / "hypercare.sqlite3", folder)
    (folder / "embedder").symlink_to(graphs)
    return folder
