"""A broadcast whose worker is killed again and again tells everybody, and nobody twice."""

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from assistant.answering import sending
from assistant.answering.audience import Chosen
from assistant.answering.broadcast import Broadcast, Recipient, State
from assistant.answering.leaving_out import Words
from assistant.answering.to_everyone import send_to_all
from assistant.desk.messages import Message
from assistant.ground.parts import Parts
from tests import cast
from tests.cast import AMIR, the
from tests.faults.server import REPO

SEED = 20_261_127
PEOPLE = 24
ANSWER = "Open Settings and choose Export."
LOOK = 0.05  # seconds
PATIENCE = 120.0  # seconds for a worker of its own to start and tell somebody, on a busy machine
SETTINGS = {"HYPERCARE_SWEEP_SECONDS": "0.05", "HYPERCARE_BROADCASTS_PER_MINUTE": "1200"}


def decided(parts: Parts, people: int = PEOPLE) -> int:
    """Let so many people wait for an answer, and Amir tell all of them; return the broadcast."""
    for number in range(people):
        cast.a_customer(parts, visitor=f"asker-{number}").calls("How do I get my data out?")
    with parts.db.writing() as session:
        version = cast.version_of(session, "export-data")
        numbers = tuple(ticket.number for ticket in cast.tickets_of(session))
        return send_to_all(
            session,
            cast.launch_of(session),
            Chosen(tickets=numbers),
            Words(version.text, version),
            people=people,
            by=the(session, AMIR),
            at=parts.clock.now(),
            resolves=True,
        ).id


def told(parts: Parts) -> Counter[str]:
    """Return how often each conversation was told."""
    with parts.db.reading() as session:
        said = select(Message.conversation_id).where(Message.text == ANSWER)
        return Counter(session.scalars(said))


def test_nobody_is_forgotten_and_nobody_told_twice(
    data: Path, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    stops, dice = int(request.config.getoption("--stops")), random.Random(SEED)
    parts = cast.parts_in(data, at=datetime.now(UTC) - timedelta(minutes=1))
    broadcast_id = decided(parts)
    killed_at = []

    for _ in range(stops):
        wanted = min(PEOPLE - 1, sum(told(parts).values()) + dice.randint(1, 5))
        with a_worker(data) as worker:
            killed_at.append(await_told(parts, wanted, worker))
            worker.kill()
    with a_worker(data) as worker:
        await_told(parts, PEOPLE, worker)
        worker.kill()

    assert sorted(told(parts).values()) == [1] * PEOPLE
    with parts.db.reading() as session:
        broadcast = session.get_one(Broadcast, broadcast_id)
        assert broadcast.state(datetime.now(UTC)) is State.SENT
        assert session.scalar(select(func.count(Recipient.message_id))) == PEOPLE
        assert [ticket for ticket in cast.tickets_of(session) if ticket.is_open] == []
    parts.close()
    record_property(
        "figure", f"broadcast to {PEOPLE}, worker killed after {killed_at}: each told once"
    )


def test_several_workers_at_once_tell_nobody_twice(shop: Parts) -> None:
    decided(shop, 12)
    cast.later(shop, seconds=10)
    others = [cast.parts_in(shop.settings.data, at=shop.clock.now()) for _ in range(3)]
    begin = threading.Barrier(len(others))

    def work(parts: Parts) -> int:
        begin.wait()
        return sending.send_broadcasts(parts)

    with ThreadPoolExecutor(len(others)) as pool:
        sent = list(pool.map(work, others))
    for parts in others:
        parts.close()

    assert sum(sent) == 12
    assert sorted(told(shop).values()) == [1] * 12


def a_worker(data: Path) -> "subprocess.Popen[bytes]":
    """Start the real ``hypercare worker`` in a process of its own."""
    kept = {name: words for name, words in os.environ.items() if "HYPERCARE" not in name}
    command = [str(Path(sys.executable).with_name("hypercare")), "worker", "--data", str(data)]
    return subprocess.Popen(
        command,
        cwd=data,
        env={**kept, **SETTINGS, "PYTHONPATH": str(REPO)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def await_told(parts: Parts, wanted: int, worker: "subprocess.Popen[bytes]") -> int:
    """Wait until so many were told, and return how many were."""
    until = time.monotonic() + PATIENCE
    while (count := sum(told(parts).values())) < wanted:
        assert time.monotonic() < until, f"only {count} of {wanted} were told"
        try:
            worker.wait(LOOK)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError("the worker ended by itself")
    return count
