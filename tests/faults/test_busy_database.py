"""Reliability P5: writers, readers and an online backup never meet a locked database.

How long a write takes is printed, not asserted: the promise's 150 ms need a machine of their own.
"""

import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from statistics import quantiles

import httpx
import pytest

from tests.faults.server import Server
from tests.faults.traffic import LAUNCH, NO_TLS, WORDS

WRITES, READS = 20, 50  # a second, as promised
READERS = 6
WRITERS = 8
LOCKED = ("database is locked", "database away", "SQLITE_BUSY")
BACKUP_EVERY = 0.5  # seconds


class Pace:
    """Lets its callers through so often a second, all of them together, until the end."""

    def __init__(self, per_second: float, until: float) -> None:
        self._gap, self._until = 1 / per_second, until
        self._next, self._lock = time.monotonic(), threading.Lock()
        self._never = threading.Event()

    def turn(self) -> bool:
        """Wait for the next turn; false when there is none left."""
        with self._lock:
            mine = self._next = max(self._next + self._gap, time.monotonic())
        if mine >= self._until:
            return False
        self._never.wait(max(0.0, mine - time.monotonic()))
        return True


def test_a_busy_database_is_never_locked(
    data: Path, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    seconds = float(request.config.getoption("--busy-seconds"))
    with Server(data) as server, ThreadPoolExecutor(WRITERS + READERS + 1) as pool:
        server.start()
        _await_its_index(server.address)
        until = time.monotonic() + seconds
        writes, reads = Pace(WRITES, until), Pace(READS, until)
        backups = pool.submit(_back_up_again_and_again, data, until)
        written = [pool.submit(_write, server.address, writes, n) for n in range(WRITERS)]
        read = [pool.submit(_read, server.address, reads) for _ in range(READERS)]
        took = [took for each in written for took in each.result()]
        statuses = [status for each in read for status in each.result()]
        whole = backups.result()
        said = server.said()

    assert took and statuses and whole
    # What stays is spared from collection, else every thread stands still again and again.
    assert "memory spared from collection" in (data / "server.log").read_text("utf-8")
    slowest = quantiles(took, n=100)[-1]
    record_property(
        "figure",
        f"{seconds:g} s: {len(took)} writes (p99 {slowest * 1000:.0f} ms), {len(statuses)} reads, "
        f"{len(whole)} backups, 0 locked",
    )
    assert not [words for words in LOCKED if words in said]
    assert set(statuses) == {200}
    assert set(whole) == {"ok"}


def _write(address: str, pace: Pace, number: int) -> list[float]:
    """Say things in one conversation after another, and return the seconds each took."""
    took: list[float] = []
    with httpx.Client(base_url=f"{address}/api/v1", timeout=30.0, verify=NO_TLS) as line:
        while pace.turn():
            begun = (
                line.post(f"/launches/{LAUNCH}/conversations", json={}).raise_for_status().json()
            )
            headers = {
                "Authorization": f"Bearer {begun['token']}",
                "Idempotency-Key": f"busy-{number}-{len(took)}",
            }
            words = {"text": WORDS[len(took) % len(WORDS)]}
            began = time.monotonic()
            path = f"/conversations/{begun['id']}/messages"
            line.post(path, headers=headers, json=words).raise_for_status()
            took.append(time.monotonic() - began)
    return took


def _await_its_index(address: str) -> None:
    """Wait until everything that a start does behind the first answers is done."""
    pace = Pace(10.0, time.monotonic() + 60.0)
    while pace.turn():
        if httpx.get(f"{address}/readyz", verify=NO_TLS).json()["status"] == "ok":
            return


def _begun(line: httpx.Client) -> dict[str, str]:
    begun: dict[str, str] = (
        line.post(f"/launches/{LAUNCH}/conversations", json={}).raise_for_status().json()
    )
    return begun


def _read(address: str, pace: Pace) -> list[int]:
    paths = (f"/api/v1/launches/{LAUNCH}/widget", f"/help/{LAUNCH}", f"/updates/{LAUNCH}")
    statuses: list[int] = []
    with httpx.Client(base_url=address, timeout=30.0, verify=NO_TLS) as line:
        while pace.turn():
            statuses.append(line.get(paths[len(statuses) % len(paths)]).status_code)
    return statuses


def _back_up_again_and_again(data: Path, until: float) -> list[str]:
    """Copy the database while it is written, and return what each copy's own check says."""
    found: list[str] = []
    pace = Pace(1 / BACKUP_EVERY, max(until, time.monotonic() + 1))
    while pace.turn():
        copy = data / "copy.sqlite3"
        copy.unlink(missing_ok=True)
        with (
            closing(sqlite3.connect(data / "hypercare.sqlite3")) as there,
            closing(sqlite3.connect(copy)) as here,
        ):
            there.backup(here, pages=100, sleep=0.005)
            found.append(str(here.execute("PRAGMA integrity_check").fetchone()[0]))
    return found
