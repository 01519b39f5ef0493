"""Reliability P1: nothing that was acknowledged is lost or doubled, however often it is killed."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import quantiles

import pytest

from tests.faults import books
from tests.faults.server import Server
from tests.faults.traffic import Crowd

SEED = 20_261_116
SOON = 1.0  # seconds after /healthz answers: half of the kills hit a server that has just begun
AT_WORK = 2.0  # seconds after an acknowledgement: the other half hit one in the middle of its work
GRACE = 30.0  # seconds in which a server that was started again acknowledges something
READY = 60.0  # seconds; the goal is 6 at the 95th percentile, on a machine that is not shared
SWEPT = 60.0  # seconds in which what nobody came back for has been handed over
LOOK = 0.5


def test_a_server_killed_again_and_again_loses_and_doubles_nothing(
    data: Path, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    kills = int(request.config.getoption("--kills"))
    with Server(data, sweep_seconds="1", stranded_seconds="15") as server:
        server.start()
        crowd = Crowd(server.address, seed=SEED)
        crowd.come()
        ready = [_killed_and_started(server, crowd, number) for number in range(kills)]
        crowd.go()
        _await_the_sweep(data, crowd)
        server.kill()  # and its files are checked as they lie there

    record_property("figure", _figures(ready, len(crowd.said)))
    assert crowd.troubles == []
    assert len(crowd.said) >= kills
    assert books.not_kept_once(data, crowd.said) == []
    assert books.broken_rules(data) == {}
    assert books.neither_approved_nor_fixed(data) == []
    assert quantiles(ready, n=20)[-1] <= READY


def _killed_and_started(server: Server, crowd: Crowd, number: int) -> float:
    """Kill it at a random moment, start it again, and return the seconds until it answered."""
    dice = random.Random(f"{SEED} {number}")
    if number % 2:
        assert crowd.await_acknowledgement(GRACE), server.said()
        crowd.pass_time(dice.uniform(0.0, AT_WORK))
    else:
        crowd.pass_time(dice.uniform(0.0, SOON))
    server.kill()
    return server.start()


def _await_the_sweep(data: Path, crowd: Crowd) -> None:
    """Wait until the words of those who left in the middle are decided too."""
    for _ in range(int(SWEPT / LOOK)):
        if not books.undecided(data):
            return
        crowd.pass_time(LOOK)


def _figures(ready: Sequence[float], acknowledged: int) -> str:
    cuts = quantiles(ready, n=20)
    return (
        f"{len(ready)} kills, {acknowledged} messages acknowledged; ready again after "
        f"{cuts[9]:.1f} s (median), {cuts[-1]:.1f} s (95th percentile)"
    )
