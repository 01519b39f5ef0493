"""Reliability P21: clocks survive their workers; each warning and breach once, and soon.

Three real ``hypercare worker`` processes watch the same clocks; again and again one of them, or all
three, is killed at a random moment and started again.
"""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

import pytest
from sqlalchemy.orm import Session

from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.desk.promises import HYPERCARE, Kind, Promise
from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground.clock import WallClock
from assistant.ground.people import Person
from assistant.launch.launches import Launch
from tests import cast
from tests.cast import AMIR, the
from tests.faults import books
from tests.faults.server import environment

SEED = 20_261_117
WORKERS = 3
STARTS = 60.0  # seconds until a worker that has not begun is called broken
BEFORE = 5.0  # seconds from the making of the clocks until the first is due
EACH = 1.2  # seconds of clocks per kill
ALL_DOWN = 4  # every fourth kill hits all three
PATIENCE = 90.0  # seconds after the last one is due until everything must be noted
SOON = 60.0  # seconds; the goal is 5, on a machine that is not shared


class Watcher:
    """One ``hypercare worker`` process after another."""

    def __init__(self, data: Path, number: int) -> None:
        self._data, self._said = data, data / f"worker-{number}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it has begun."""
        self._said.write_bytes(b"")
        with self._said.open("ab") as said:
            self._process = subprocess.Popen(
                [str(Path(sys.executable).with_name("hypercare")), "worker", "--data", self._data],
                cwd=self._data,
                env={**environment({"sweep_seconds": "1"}), "PYTHONUNBUFFERED": "1"},
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def await_start(self) -> None:
        """Wait until it has begun. Raises AssertionError with what it said."""
        until = time.monotonic() + STARTS
        while b"The worker runs" not in self._said.read_bytes():
            assert time.monotonic() < until, self._said.read_text("utf-8")
            time.sleep(0.02)

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@contextmanager
def watchers(data: Path) -> Iterator[list[Watcher]]:
    running = [Watcher(data, number) for number in range(WORKERS)]
    try:
        for each in running:
            each.start()
        for each in running:
            each.await_start()
        yield running
    finally:
        for each in running:
            each.kill()


def running_clocks(data: Path, number: int, first: datetime, over: timedelta) -> datetime:
    """Put tickets with one running clock each there; return when the last one is due."""
    parts = cast.parts_in(data)
    parts.clock = WallClock()
    last = first
    with parts.db.writing() as session:
        launch, amir = cast.launch_of(session), the(session, AMIR)
        for each in range(number):
            due = first + over * each / number
            kind = Kind.FIRST_RESPONSE if each % 2 else Kind.RESOLVE
            _ticket(session, launch, amir, due, kind)
            last = max(last, due)
    parts.close()
    return last


def _ticket(session: Session, launch: Launch, amir: Person, due: datetime, kind: Kind) -> None:
    made = due - timedelta(minutes=1)
    talk = Conversation(
        id=f"clock-{due.timestamp()}", launch_id=launch.id, channel="api", visitor="Mara",
        token_sha256=f"{due.timestamp()}", audience="everyone", page_url="", began_at=made,
    )  # fmt: skip
    question = Message(at=made, by="customer", kind=Said.QUESTION, text="When?", decided_at=made)
    talk.messages.append(question)
    session.add(talk)
    session.flush()
    promise = Promise(
        kind=kind, made_at=made, due_at=due, warn_at=due - timedelta(seconds=4),
        allowed_seconds=60, because=HYPERCARE.explained(kind, Severity.BLOCKED), moves=[],
    )  # fmt: skip
    talk.tickets.append(
        Ticket(
            launch_id=launch.id,
            question_id=question.id,
            subject="When?",
            severity=1,
            severity_reason="",
            handoff_reason="",
            in_scope=True,
            policy="hypercare",
            owner=amir,
            opened_at=made,
            customer_wrote_at=made,
            context={},
            promises=[promise],
        )
    )


def test_each_warning_and_each_breach_is_noted_once_however_often_workers_are_killed(
    data: Path, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    kills = int(request.config.getoption("--clock-kills"))
    number = int(request.config.getoption("--clocks"))
    dice = random.Random(SEED)
    with watchers(data) as running:
        first = datetime.now(UTC) + timedelta(seconds=BEFORE)
        last = running_clocks(data, number, first, timedelta(seconds=EACH * kills))
        back = [_killed(running, dice, number=each) for each in range(kills)]
        noted = _await_all(data, number, last)

    late = _latenesses(data, [at for at in back if at])
    record_property(
        "figure",
        f"{kills} kills, {number} clocks, {noted} notes; latest {max(late):.1f} s, "
        f"95th percentile {quantiles(late, n=20)[-1]:.1f} s after due or after a restart",
    )
    for kind in ("ticket.warned", "ticket.promise-broken"):
        found = books.rows(data, "SELECT ticket_id FROM events WHERE kind = ?", kind)
        assert set(Counter(found).values()) == {1}
        assert len(found) == number
    ups = books.rows(data, "SELECT ticket_id FROM events WHERE kind = 'ticket.escalated'")
    assert set(Counter(ups).values()) == {1}
    assert len(ups) == number // 2
    assert max(late) <= SOON
    assert books.rows(data, "PRAGMA integrity_check") == [("ok",)]


def _killed(running: list[Watcher], dice: random.Random, *, number: int) -> datetime | None:
    """Kill one at a random moment, or all; return when they were back, when all were down."""
    time.sleep(dice.uniform(0.1, EACH))
    all_down = number % ALL_DOWN == ALL_DOWN - 2
    hit = running if all_down else [dice.choice(running)]
    for each in hit:
        each.kill()
    for each in hit:
        each.start()
    if not all_down:
        return None
    for each in hit:
        each.await_start()
    return datetime.now(UTC)


def _await_all(data: Path, number: int, last: datetime) -> int:
    query = "SELECT count(*) FROM events WHERE kind IN ('ticket.warned', 'ticket.promise-broken')"
    until = last + timedelta(seconds=PATIENCE)
    while (noted := int(books.rows(data, query)[0][0])) < 2 * number:
        assert datetime.now(UTC) < until, f"{noted} of {2 * number} noted"
        time.sleep(0.2)
    return noted


def _latenesses(data: Path, back: list[datetime]) -> list[float]:
    """Return how many seconds after its time, or after the next restart, each was noted."""
    found = books.rows(
        data,
        "SELECT events.at, events.kind, promises.due_at, promises.warn_at FROM events"
        " JOIN promises ON promises.ticket_id = events.ticket_id"
        " WHERE events.kind IN ('ticket.warned', 'ticket.promise-broken')",
    )
    late = []
    for at, kind, due, warn in found:
        noted, meant = (_utc(each) for each in (at, warn if kind == "ticket.warned" else due))
        since = [each for each in back if meant < each <= noted]
        late.append((noted - max([meant, *since])).total_seconds())
    return late


def _utc(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=UTC)
