"""Reliability P3: sending again never says it twice, and shows what was shown the first time."""

import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults import books
from tests.faults.server import Server
from tests.faults.traffic import WORDS, Line, Said

COPIES = 5  # of every message, sent at the same moment
AT_ONCE = 2  # messages under way, so ten requests


def test_copies_and_replays_say_it_once_and_show_the_same(
    data: Path, request: pytest.FixtureRequest
) -> None:
    keys = int(request.config.getoption("--keys"))
    with Server(data) as server:
        server.start()
        sent = _sent_in_copies(server, keys)
        server.kill()
        server.start()
        line, firsts = Line(server.address), [copies[0] for copies in sent]
        replayed = [line.again(said) for said in firsts]
        refused = [line.status_of(said, {"text": "Other words."}) for said in firsts]
        server.kill()

    assert [len({copy.response for copy in copies}) for copies in sent] == [1] * keys
    assert replayed == [said.response for said in firsts]
    assert refused == [409] * keys
    assert books.not_kept_once(data, firsts) == []
    assert books.rows(data, "SELECT count(*) FROM messages WHERE kind = 'question'") == [(keys,)]
    assert books.rows(data, "SELECT count(*) FROM tickets") == [(_tickets_shown(firsts),)]
    assert books.broken_rules(data) == {}


def _sent_in_copies(server: Server, keys: int) -> list[list[Said]]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda number: _copies(server, number), range(keys)))


def _copies(server: Server, number: int) -> list[Said]:
    """Send one message ``COPIES`` times at once, each over a connection of its own."""
    lines = [Line(server.address) for _ in range(COPIES)]
    conversation, token = lines[0].begin()
    together, body = threading.Barrier(COPIES), {"text": WORDS[number % len(WORDS)]}

    def send(line: Line) -> Said:
        together.wait()
        return line.say(conversation, token, "messages", f"message-{number}", body)

    with ThreadPoolExecutor(COPIES) as pool:
        said = list(pool.map(send, lines))
    for line in lines:
        line.close()
    return said


def _tickets_shown(firsts: Sequence[Said]) -> int:
    """Return how many customers were shown a ticket; each has a conversation of their own."""
    numbers = [json.loads(said.response).get("ticket", {}).get("number") for said in firsts]
    shown = [number for number in numbers if number]
    assert len(set(shown)) == len(shown) > 0
    return len(shown)
