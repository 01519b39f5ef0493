"""What is in the outbox arrives, although its target is down and its sender is killed.

The sender is a process of its own that is killed with SIGKILL at any moment; the target's port is
closed. In the short run its clock runs fast; ``--outage-speed 1 --sender-kills 20`` takes the ten
minutes as they are.
"""

import json
import multiprocessing
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlalchemy import func, select

from assistant.ground import outbox
from assistant.ground.outbox import Outgoing
from assistant.ground.parts import Parts
from assistant.launch.connections import Channel
from tests import cast
from tests.faults.sender import Hurried, send
from tests.others import Outside, connected

DOWN = timedelta(minutes=10)
AT_MOST = timedelta(minutes=2)  # from its return until the last has arrived
LANES, EACH = 6, 5  # tickets, and what happens to each
PATIENCE = 30.0  # seconds of the wall clock; a machine may be busy

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.faults.sender", "assistant.ground.delivery"])

Heard = list[tuple[str, str, int]]


@contextmanager
def receiver(port: int, heard: Heard) -> Iterator[None]:
    """Take webhooks at ``port``; every seventh is kept and answered with a failure."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            heard.append((self.headers["webhook-id"], body["lane"], body["n"]))
            self.send_response(503 if len(heard) % 7 == 0 else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def test_a_target_that_was_down_gets_everything_in_order_from_a_sender_that_is_killed(
    shop: Parts, pytestconfig: pytest.Config, record_property: Any
) -> None:
    kills = int(pytestconfig.getoption("--sender-kills"))
    speed = float(pytestconfig.getoption("--outage-speed"))
    chance, heard = random.Random(18), list[tuple[str, str, int]]()
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        hook = connected(shop, Outside(port), Channel.WEBHOOK)
        began = time.monotonic()
        shop.clock = Hurried(cast.NOW, began, speed)
        given = (str(shop.settings.data), f"127.0.0.1:{port}", cast.NOW, began, speed)
        sender = _started(given)
        span = DOWN.total_seconds() / speed / (kills + 1)
        for n in range(kills):  # killed while nobody listens, and more comes in meanwhile
            _put(shop, hook.id, n, kills)
            time.sleep(span * chance.uniform(0.5, 1.5))
            sender = _killed(sender, given)
        _put(shop, hook.id, kills, kills)
        time.sleep(max(0.0, began + DOWN.total_seconds() / speed - time.monotonic()))
    with receiver(port, heard):
        returned = shop.clock.now()
        for _ in range(kills):  # and killed while it delivers
            time.sleep(chance.uniform(0.0, 0.2))
            sender = _killed(sender, given)
        last = _all_arrived(shop, AT_MOST.total_seconds() / speed)
        sender.kill()
        sender.join()

    took = (last - returned).total_seconds()
    _must_be_whole(shop, heard)
    record_property(
        "figure",
        f"outbox: down {DOWN}, {2 * kills} kills, clock ×{speed:g}: {LANES * EACH} of "
        f"{LANES * EACH} arrived within {took:.0f} s of its clock, {len(heard) - LANES * EACH} "
        "repeats, each under the same id, order kept",
    )
    if speed <= 1:
        assert took <= AT_MOST.total_seconds()


def _started(given: tuple[Any, ...]) -> Any:
    process = processes.Process(target=send, args=given, daemon=True)
    process.start()
    return process


def _killed(process: Any, given: tuple[Any, ...]) -> Any:
    process.kill()
    process.join()
    return _started(given)


def _put(parts: Parts, connection: int, round_: int, rounds: int) -> None:
    """Put this round's share of what happens, a transaction each."""
    for n in range(EACH):
        if n * (rounds + 1) // EACH != round_:
            continue
        for lane in range(LANES):
            payload = {"lane": f"ticket {lane}", "n": n}
            with parts.db.writing() as session:
                outbox.put(
                    session,
                    kind="webhook",
                    target=str(connection),
                    body={"connection": connection, "payload": payload},
                    at=parts.clock.now(),
                    key=f"{lane}/{n}",
                    lane=f"ticket {lane}",
                )


def _all_arrived(parts: Parts, waited: float) -> Any:
    until = time.monotonic() + PATIENCE + waited
    while time.monotonic() < until:
        with parts.db.reading() as session:
            arrived = select(func.count(Outgoing.delivered_at), func.max(Outgoing.delivered_at))
            many, last = session.execute(arrived).one()
        if many == LANES * EACH:
            return last
        time.sleep(0.05)
    raise AssertionError(f"only {many} of {LANES * EACH} arrived")


def _must_be_whole(parts: Parts, heard: Heard) -> None:
    with parts.db.reading() as session:
        rows = session.scalars(select(Outgoing).order_by(Outgoing.id)).all()
    ids = {row.key: row.event_id for row in rows}
    assert {(lane, n) for _, lane, n in heard} == {
        (f"ticket {lane}", n) for lane in range(LANES) for n in range(EACH)
    }
    for event_id, lane, n in heard:
        assert ids[f"{lane.removeprefix('ticket ')}/{n}"] == event_id
    for lane in {lane for _, lane, _ in heard}:
        order = [n for _, each, n in heard if each == lane]
        assert order == sorted(order), f"{lane} out of order: {order}"
