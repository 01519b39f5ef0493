"""Reliability P1: nothing that was acknowledged is lost or doubled, however often it is killed."""

import random
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.faults.server import Server
from tests.faults.speech import rows, said_to_customers
from tests.faults.traffic import Crowd, Said

SEED = 20_261_116
SOON = 1.0  # seconds after /healthz answers: half of the kills hit a server that has just begun
AT_WORK = 0.6  # seconds after an acknowledgement: the other half hit one in the middle of its work
GRACE = 20.0  # seconds in which a server that was started again acknowledges something
READY = 60.0  # seconds; the goal is 6 at the 95th percentile on a machine with nothing else to do
SWEPT = 60.0  # seconds in which the sweep has handed over what nobody came back for


@pytest.fixture(scope="module")
def survived(request: pytest.FixtureRequest) -> None:
    """A placeholder that keeps the kills of a module in one place."""


def test_a_server_killed_again_and_again_loses_and_doubles_nothing(
    data: Path, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    kills = int(request.config.getoption("--kills"))
    with Server(data, sweep_seconds="1", stranded_seconds="10") as server:
        server.start()
        crowd = Crowd(server.address, seed=SEED)
        crowd.come()
        ready = _killed(server, crowd, kills)
        crowd.go()
        _await_sweep(server, crowd)
        server.kill()  # and checked as it lies there

    record_property("figure", _figures(ready, crowd.said))
    assert crowd.troubles == []
    assert len(crowd.said) >= 5 * kills
    assert _missing_or_doubled(data, crowd.said) == []
    assert _problems(data) == {}
    assert said_to_customers(data) == []
    assert _p95(ready) <= READY
