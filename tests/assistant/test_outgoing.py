"""The one outgoing client: sixty ways to name an address that is not public, and none gets through.

Names are resolved by a table here, so that nothing is asked of the network; the connections that
may be made go to real servers on loopback.
"""

import ipaddress
import socket
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from assistant.ground.outgoing import Unreachable, ask, is_public, place
from assistant.ground.parts import Parts

NAMES = {
    "hooks.example": ["93.184.215.14"],
    "six.example": ["2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
    "both.example": ["93.184.215.14", "10.0.0.7"],
    "rebind.example": ["127.0.0.1"],
    "metadata.example": ["169.254.169.254"],
    "mapped.example": ["::ffff:10.0.0.1"],
    "sixtofour.example": ["2002:7f00:1::"],
    "empty.example": [],
}


def resolve(host: str, port: int) -> Sequence[str]:
    """Return what the table says; numbers, however written, as the system reads them."""
    if host in NAMES:
        return NAMES[host]
    flags = socket.AI_NUMERICHOST
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, flags=flags)]


FORBIDDEN = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.255.255.254/",
    "https://0/",
    "https://0.0.0.0/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://100.127.255.254/",
    "https://169.254.169.254/latest/meta-data/",
    "https://192.0.0.1/",
    "https://192.0.2.1/",
    "https://192.88.99.1/",
    "https://198.18.0.1/",
    "https://198.51.100.1/",
    "https://203.0.113.1/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://[::]/",
    "https://[::1]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[::ffff:100.64.0.1]/",
    "https://[64:ff9b::127.0.0.1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[64:ff9b:1::5db8:d70e]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:a00:1::1]/",
    "https://[2002:6440:1::1]/",
    "https://[2001:0:7f00:1::]/",
    "https://[2001:db8::1]/",
    "https://[3fff::1]/",
    "https://[fc00::1]/",
    "https://[fd12:3456:789a::1]/",
    "https://[fe80::1]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[2606:4700::5efe:127.0.0.1]/",
    "https://both.example/",
    "https://rebind.example/",
    "https://metadata.example/",
    "https://mapped.example/",
    "https://sixtofour.example/",
    "http://hooks.example/",
    "https://hooks.example:8443/",
    "https://hooks.example:22/",
    "https://user:secret@hooks.example/",
    "https://hooks.example@127.0.0.1/",
    "ftp://hooks.example/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:25/",
    "//hooks.example/",
    "hooks.example",
    "https://",
    "",
    "https://hooks.example/" + "a" * 2_000,
    "https://hooks.example\x00.evil.example/",
]


@pytest.mark.parametrize("url", FORBIDDEN)
def test_what_is_not_a_public_https_address_is_never_connected_to(url: str) -> None:
    with pytest.raises(Unreachable) as refused:
        place(url, allowed=frozenset(), resolve=resolve)

    assert refused.value.is_forbidden


def test_the_table_has_more_than_sixty_ways() -> None:
    assert len(set(FORBIDDEN)) >= 60


@pytest.mark.parametrize("host", ["hooks.example", "six.example", "93.184.215.14"])
def test_a_public_https_address_may_be_reached_at_the_address_that_was_checked(host: str) -> None:
    there = place(f"https://{host}/x", allowed=frozenset(), resolve=resolve)

    assert [str(each) for each in there.addresses] == NAMES.get(host, [host])


@pytest.mark.parametrize("address", ["::ffff:93.184.215.14", "64:ff9b::5db8:d70e", "1.1.1.1"])
def test_a_public_address_within_another_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_a_name_that_nobody_knows_may_be_known_later() -> None:
    with pytest.raises(Unreachable) as unknown:
        place("https://empty.example/", allowed=frozenset(), resolve=resolve)

    assert not unknown.value.is_forbidden


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://127.0.0.1:9000/", "127.0.0.1:9000"),
        ("http://hooks.example/", "hooks.example:80"),
        ("https://RebinD.example/", "rebind.example:443"),
        ("http://[::1]:9000/", "::1:9000"),
    ],
)
def test_an_operator_may_allow_one_host_at_one_port(url: str, allowed: str) -> None:
    place(url, allowed=frozenset({allowed}), resolve=resolve)

    with pytest.raises(Unreachable):
        place(url, allowed=frozenset({allowed + "1"}), resolve=resolve)


# --- a real server ---


class Answers(BaseHTTPRequestHandler):
    """A server on loopback that can redirect, flood, drip, or say who it was asked as."""

    def do_GET(self) -> None:
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
        elif self.path == "/flood":
            self.send_response(200)
            self.send_header("Content-Length", str(10_000_000))
            self.end_headers()
            self.wfile.write(b"x" * 10_000_000)
        else:
            self.server.seen.append(self.path)  # type: ignore[attr-defined]
            self.send_response(200)
            self.end_headers()
            self.wfile.write((self.headers["Host"] + self.path).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.seen = []  # type: ignore[attr-defined]
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_connection_goes_to_the_checked_address_under_the_name(
    house: Parts, server: ThreadingHTTPServer
) -> None:
    port = server.server_address[1]
    house.settings.outgoing_allowed = f"jira.corp.example:{port}"
    asked: list[str] = []

    def once(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    answer = ask(house, "GET", f"http://jira.corp.example:{port}/a", headers={}, resolve=once)

    assert (answer.status, answer.body) == (200, f"jira.corp.example:{port}/a".encode())
    assert asked == ["jira.corp.example"]


def test_a_redirect_is_an_answer_and_is_not_followed(
    house: Parts, server: ThreadingHTTPServer
) -> None:
    port = server.server_address[1]
    house.settings.outgoing_allowed = f"127.0.0.1:{port}"

    answer = ask(house, "GET", f"http://127.0.0.1:{port}/redirect", headers={})

    assert (answer.status, answer.is_fine) == (302, False)
    assert server.seen == []  # type: ignore[attr-defined]


def test_an_answer_without_end_is_cut(house: Parts, server: ThreadingHTTPServer) -> None:
    port = server.server_address[1]
    house.settings.outgoing_allowed = f"127.0.0.1:{port}"

    with pytest.raises(Unreachable, match="properly"):
        ask(house, "GET", f"http://127.0.0.1:{port}/flood", headers={})


def test_without_leave_no_byte_reaches_a_server_here(
    house: Parts, server: ThreadingHTTPServer
) -> None:
    port = server.server_address[1]

    with pytest.raises(Unreachable):
        ask(house, "GET", f"http://127.0.0.1:{port}/a", headers={})
    assert server.seen == []  # type: ignore[attr-defined]


def test_nobody_who_listens_is_said_so(house: Parts) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        house.settings.outgoing_allowed = f"127.0.0.1:{port}"

        with pytest.raises(Unreachable, match="no connection"):
            ask(house, "GET", f"http://127.0.0.1:{port}/", headers={})
