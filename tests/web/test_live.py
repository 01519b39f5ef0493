"""Live pages: what happened comes at once, in order, once, and only to whom it belongs."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import aclosing
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from assistant.ground.parts import Parts
from tests import cast
from tests.cast import AMIR, NOW, UNKNOWN, Customer, a_customer, the
from web.app import create_app
from web.live import Happened, Watch, sent
from web.serving import Server

PATIENCE = 10.0  # seconds that an event may take before the test gives up


# The watch by itself.


def collected(
    parts: Parts,
    wanted: int,
    *,
    last_id: int,
    fetch: Callable[[int], Happened],
    meanwhile: Callable[[Watch], None],
) -> list[str]:
    """Return the ids of the first ``wanted`` events of a stream while something happens."""

    async def listen() -> list[str]:
        watch = Watch(parts)
        looking = asyncio.create_task(watch.run())
        found: list[str] = []
        async with aclosing(watch.stream("c", last_id, fetch)) as stream:  # type: ignore[type-var]
            async for event in stream:
                found.append(event.id or "")
                if len(found) == wanted:
                    break
                if len(found) == 1:
                    meanwhile(watch)
        watch.end()
        await looking
        return found

    return asyncio.run(asyncio.wait_for(listen(), PATIENCE))


def test_a_stream_begins_after_the_last_event_that_was_seen(shop: Parts) -> None:
    def fetch(last: int) -> Happened:
        return Happened([sent("message", at, {}) for at in (1, 2, 3) if at > last], 3, True)

    found = collected(shop, 2, last_id=1, fetch=fetch, meanwhile=lambda watch: None)

    assert found == ["2", "3"]


def test_a_stream_that_is_far_behind_goes_on_until_it_has_all(shop: Parts) -> None:
    def fetch(last: int) -> Happened:
        # Two events at a time, of which only each fifth is for the customer.
        read = range(last + 1, min(last + 3, 18))
        told = [sent("message", at, {}) for at in read if at % 5 == 0]
        return Happened(told, read[-1] if read else last, last >= 17)

    found = collected(shop, 3, last_id=0, fetch=fetch, meanwhile=lambda watch: None)

    assert found == ["5", "10", "15"]


def test_an_end_lets_every_stream_finish(shop: Parts) -> None:
    def fetch(last: int) -> Happened:
        return Happened([sent("message", 1, {})] if last < 1 else [], 1, True)

    assert collected(shop, 9, last_id=0, fetch=fetch, meanwhile=Watch.end) == ["1"]


def test_nobody_is_left_listening_when_a_stream_ends(shop: Parts) -> None:
    async def listen() -> int:
        watch = Watch(shop)
        one = Happened([sent("message", 1, {})], 1, True)
        async with aclosing(watch.stream("c", 0, lambda _: one)) as stream:  # type: ignore[type-var]
            async for _ in stream:
                break
        return len(watch._waiting)

    assert asyncio.run(listen()) == 0


# Over HTTP, from a server on loopback.


@pytest.fixture
def address(shop: Parts) -> Iterator[str]:
    app = create_app(shop)
    listening = socket.create_server(("127.0.0.1", 0))
    server = Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    _end(app)
    server.should_exit = True
    thread.join(PATIENCE)
    listening.close()
    assert not thread.is_alive()


def _end(app: FastAPI) -> None:
    watch: Watch | None = getattr(app.state, "watch", None)
    if watch is not None:
        watch.is_ending = True
        watch.end()


class Stream:
    """A customer's open stream."""

    def __init__(self, address: str, customer: Customer, **headers: str) -> None:
        self._url = f"{address}/api/v1/conversations/{customer.id}/events"
        self._headers = {"Authorization": f"Bearer {customer.token}", **headers}

    def events(
        self, wanted: int, then: Callable[[], None] | None = None
    ) -> list[tuple[int, str, Any]]:
        """Return the first ``wanted`` events; once the first has come, ``then`` is done."""
        found: list[tuple[int, str, Any]] = []
        with httpx.stream("GET", self._url, headers=self._headers, timeout=PATIENCE) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            told: dict[str, str] = {}
            for line in response.iter_lines():
                if line:
                    name, _, value = line.partition(":")
                    told[name] = value.strip()
                    continue
                if "data" in told:
                    found.append((int(told["id"]), told["event"], json.loads(told["data"])))
                    if len(found) == 1 and then:
                        then()
                told = {}
                if len(found) >= wanted:
                    return found
        return found


def test_what_a_person_writes_arrives_while_the_customer_listens(
    address: str, shop: Parts, mara: Customer
) -> None:
    mara.asks(UNKNOWN)

    found = Stream(address, mara).events(6, then=lambda: cast.amir_replies(shop, "No knees."))

    kinds = [(kind, body.get("text", body.get("state"))) for _, kind, body in found]
    assert kinds[0] == ("message", UNKNOWN)
    assert ("message", "No knees.") in kinds
    ids = [number for number, _, _ in found]
    assert ids == sorted(set(ids))


def test_a_stream_that_was_cut_goes_on_where_it_stopped(
    address: str, shop: Parts, mara: Customer
) -> None:
    mara.asks(UNKNOWN)
    cast.amir_replies(shop, "No knees.")
    everything = Stream(address, mara).events(6)
    seen = str(everything[2][0])

    rest = Stream(address, mara, **{"Last-Event-ID": seen}).events(3)

    assert [number for number, _, _ in rest] == [number for number, _, _ in everything[3:]]


def test_a_note_and_another_conversation_are_never_streamed(
    address: str, shop: Parts, mara: Customer
) -> None:
    tom = a_customer(shop, visitor="tom")
    tom.asks("hi")
    mara.asks("hi")
    tom.asks(UNKNOWN)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.add_note(session, "Odd fellow.", by=the(session, AMIR), at=NOW)
    mara.asks("thanks")

    found = Stream(address, mara).events(4)

    assert [body["text"] for _, kind, body in found if kind == "message"] == [
        "hi",
        "Hello! What would you like to know? Ask in your own words.",
        "thanks",
        "You’re welcome. If anything else comes up, just ask.",
    ]
    told = str(Stream(address, tom).events(7))
    assert UNKNOWN in told
    assert "Odd fellow" not in told


def test_only_its_own_token_opens_a_stream(address: str, shop: Parts, mara: Customer) -> None:
    tom = a_customer(shop, visitor="tom")
    tom.asks(UNKNOWN)
    url = f"{address}/api/v1/conversations/{tom.id}/events"

    for token, status in ((mara.token, 404), ("x", 404), ("x y", 404)):
        headers = {"Authorization": f"Bearer {token}"}
        response = httpx.get(url, headers=headers, timeout=PATIENCE)
        assert response.status_code == status
        assert UNKNOWN not in response.text


@pytest.mark.parametrize("last", ["-1", "x", "9" * 40])
def test_a_last_event_is_a_number(address: str, mara: Customer, last: str) -> None:
    headers = {"Authorization": f"Bearer {mara.token}", "Last-Event-ID": last}

    url = f"{address}/api/v1/conversations/{mara.id}/events"
    assert httpx.get(url, headers=headers, timeout=PATIENCE).status_code == 422


def test_a_stream_carries_the_browser_s_defences_and_is_not_kept(
    address: str, mara: Customer
) -> None:
    mara.asks("hi")
    url = f"{address}/api/v1/conversations/{mara.id}/events"
    headers = {"Authorization": f"Bearer {mara.token}"}

    with httpx.stream("GET", url, headers=headers, timeout=PATIENCE) as response:
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "no-" in response.headers["cache-control"]
        assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
