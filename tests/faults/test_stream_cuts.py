"""Live pages miss nothing: streams that are cut at random bytes, and a server that is killed.

``--cuts 500`` is the long proof, with a restart for every fifty cuts; ``--connects 2000`` the one
for descriptors. A reader is a browser: whole events count, and it comes back with the last id.
"""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from assistant.ground.audit import Event, newest_id
from assistant.ground.clock import WallClock
from assistant.ground.parts import Parts
from assistant.ground.people import sign_in
from assistant.ground.settings import DATABASE_FILE
from tests import cast
from tests.faults.cutting import CuttingWire
from tests.faults.server import Server
from web.access import COOKIE

PATIENCE = 90.0  # seconds
LONGEST = 2_500  # bytes that a connection lives at most
PAUSE = 0.02  # seconds between two looks at something that comes by itself
TOLD = ("message", "ticket")  # kinds of events that a customer's stream may carry


class Reader(threading.Thread):
    """Somebody's page: reads a stream through the wire, and comes back whenever it breaks."""

    def __init__(self, address: str, headers: dict[str, str], last: int) -> None:
        super().__init__(daemon=True)
        self._address, self._headers = address, headers
        self.last = last
        self.applied: list[int] = []
        self.connects = 0
        self.is_done = False

    def run(self) -> None:
        """Read until it is done."""
        while not self.is_done:
            self.connects += 1
            try:
                self._read()
            except httpx.HTTPError:
                time.sleep(PAUSE)

    def _read(self) -> None:
        headers = {**self._headers, "Last-Event-ID": str(self.last)}
        timeout = httpx.Timeout(5, read=20)
        with httpx.stream("GET", self._address, headers=headers, timeout=timeout) as response:
            response.raise_for_status()
            rest = ""
            for text in response.iter_text():
                *whole, rest = (rest + text).split("\n\n")
                for event in whole:
                    self._take(dict(line.split(": ", 1) for line in event.split("\n") if line))
                if self.is_done:
                    return

    def _take(self, event: dict[str, str]) -> None:
        if event.get("event") == "changed":
            frame = json.loads(event["data"])
            assert not frame["refresh"], (self.last, frame["id"], self.connects)
            self.applied += [each["n"] for each in frame["events"]]
        elif event.get("event") in TOLD:
            self.applied.append(int(event["id"]))
        self.last = int(event.get("id", self.last))


def test_streams_that_are_cut_at_random_bytes_miss_nothing_and_apply_nothing_twice(
    data: Path, pytestconfig: pytest.Config, record_property: Any
) -> None:
    cuts = pytestconfig.getoption("--cuts")
    parts = cast.parts_in(data, at=WallClock().now())
    mara = cast.a_customer(parts)
    mara.calls("Before anything was cut")
    start = newest(parts)
    with Server(data) as server, CuttingWire(server.port, most=LONGEST, seed=cuts) as wire:
        server.start()
        there = f"http://127.0.0.1:{wire.port}"
        staff = Reader(f"{there}/desk/events", {"Cookie": a_cookie(parts)}, start)
        talk = f"{there}/api/v1/conversations/{mara.id}/events"
        customer = Reader(talk, {"Authorization": f"Bearer {mara.token}"}, start)
        staff.start()
        customer.start()
        restarts = happen(parts, mara, wire, server, cuts)
        wire.is_whole = True
        await_all(parts, (staff, customer))
    wanted, theirs = happened(parts, start), happened(parts, start, mara.id)
    parts.close()

    missed = len(set(wanted) - set(staff.applied)) + len(set(theirs) - set(customer.applied))
    twice = sum(len(each.applied) - len(set(each.applied)) for each in (staff, customer))
    record_property(
        "figure",
        f"{wire.cuts} cuts, {restarts} restarts, {len(wanted)} events: "
        f"{missed} missed, {twice} applied twice",
    )
    assert staff.applied == wanted
    assert [number for number in customer.applied if number in set(theirs)] == theirs
    assert twice == 0
    assert wire.cuts >= cuts


def happen(parts: Parts, mara: cast.Customer, wire: CuttingWire, server: Server, cuts: int) -> int:
    """Let customers talk until enough was cut; kill the server now and then meanwhile."""
    restarts, next_kill, number = 0, max(1, min(cuts, 50) // 2), 0
    until = time.monotonic() + PATIENCE + cuts
    while wire.cuts < cuts and time.monotonic() < until:
        number += 1
        with cast.the_ticket(parts, "HC-1001") as (session, ticket):
            amir = cast.the(session, cast.AMIR)
            ticket.reply(session, f"Reply {number}", by=amir, at=parts.clock.now())
        if wire.cuts >= next_kill:
            server.kill()
            cast.a_customer(parts, visitor=f"v{number}").calls("While it was away")
            server.start()
            restarts, next_kill = restarts + 1, next_kill + 50
        time.sleep(PAUSE)
    return restarts


def await_all(parts: Parts, readers: tuple[Reader, ...]) -> None:
    until = time.monotonic() + PATIENCE
    last = newest(parts)
    while any(reader.last < last for reader in readers) and time.monotonic() < until:
        with cast.the_ticket(parts, "HC-1001") as (session, ticket):
            # The customer's own stream ends at their own last event, whatever happens elsewhere.
            own = session.scalars(
                select(Event.id)
                .where(Event.conversation_id == ticket.conversation_id)
                .order_by(Event.id.desc())
            ).first()
        if readers[0].last >= last and readers[1].last >= (own or 0):
            break
        time.sleep(PAUSE)
    for reader in readers:
        reader.is_done = True


def newest(parts: Parts) -> int:
    with parts.db.reading() as session:
        return newest_id(session)


def happened(parts: Parts, start: int, conversation_id: str | None = None) -> list[int]:
    query = select(Event.id).where(Event.id > start, Event.launch_id.is_not(None))
    if conversation_id:
        query = query.where(Event.conversation_id == conversation_id)
    with parts.db.reading() as session:
        return list(session.scalars(query.order_by(Event.id)))


def a_cookie(parts: Parts) -> str:
    with parts.db.writing() as session:
        _, token = sign_in(session, cast.the(session, cast.LENA), at=WallClock().now())
    return f"{COOKIE}={token}"


def test_browsers_that_come_and_go_leave_no_descriptor_behind(
    data: Path, pytestconfig: pytest.Config, record_property: Any
) -> None:
    connects = pytestconfig.getoption("--connects")
    parts = cast.parts_in(data)
    with Server(data) as server:
        server.start()
        headers = {"Cookie": a_cookie(parts)}
        parts.close()
        address = f"{server.address}/desk/events"
        come_and_go(address, headers, 10)
        await_index(server.address)  # what is opened once for all is open by then
        before = settled(server.pid, 0)
        come_and_go(address, headers, connects)
        after = settled(server.pid, before)

    record_property("figure", f"{connects} connects: {after - before} descriptors left behind")
    assert after <= before


def await_index(address: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if httpx.get(f"{address}/readyz", timeout=20).json()["parts"]["index"]["status"] == "ok":
            return
        time.sleep(0.2)


def come_and_go(address: str, headers: dict[str, str], times: int) -> None:
    for _ in range(times):
        with httpx.stream("GET", address, headers=headers, timeout=20) as response:
            next(response.iter_raw())


def descriptors(pid: int) -> Iterator[str]:
    """Yield what each descriptor of a process leads to."""
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):  # closed meanwhile
            yield str(entry.readlink())


def settled(pid: int, wanted: int) -> int:
    """Return how many descriptors the process holds once that is no more than ``wanted``.

    Not those of the database's file: its pool opens as many as are needed at once, and keeps them.
    """
    until, held = time.monotonic() + 20, -1
    while time.monotonic() < until:
        now = sum(DATABASE_FILE not in link for link in descriptors(pid))
        if now <= wanted or (not wanted and now == held):
            return now
        held = now
        time.sleep(0.2)
    return held
