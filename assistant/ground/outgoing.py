"""The one way to somebody else's server: nothing private is reached, nothing runs away.

A name is resolved here, every address it has is checked, and the connection goes to one of those
very addresses, so that a name cannot mean something else a moment later. No redirect is followed,
an answer ends at 64 KB, and everything together ends at the deadline.
"""

import ipaddress
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING

from assistant.ground.deadline import Deadline, TooBusy
from assistant.ground.parts import Parts

if TYPE_CHECKING:
    import httpx

SECONDS = 10.0  # for one exchange, the name lookup included
LONGEST_URL = 2_000  # characters
ADDRESSES = 3  # of a name that are tried

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

_EMBEDS_V4 = tuple(  # networks whose addresses hold an IPv4 address, and how far from the right
    (ipaddress.IPv6Network(network), shift)
    for network, shift in (
        ("::/96", 0),  # IPv4-compatible
        ("::ffff:0:0/96", 0),  # IPv4-mapped
        ("::ffff:0:0:0/96", 0),  # IPv4-translated
        ("64:ff9b::/96", 0),  # NAT64
        ("2002::/16", 80),  # 6to4
    )
)
_NEVER = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.88.99.0/24",  # 6to4 relays
        "2001::/23",  # Teredo and other protocol assignments
        "2001:db8::/32",  # documentation, like the next
        "3fff::/20",
        "64:ff9b:1::/48",  # NAT64 of a local network
    )
)
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_ISATAP = 0x5EFE  # an interface id …:[0200:]5efe:a.b.c.d reaches a.b.c.d on some networks


class Unreachable(Exception):
    """No answer was had. ``is_forbidden``: the address is one that is never reached from here."""

    def __init__(self, words: str, *, is_forbidden: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.is_forbidden = is_forbidden


@dataclass(frozen=True, slots=True)
class Answered:
    """What a server answered: status and body, at most 64 KB."""

    status: int
    body: bytes

    @property
    def is_fine(self) -> bool:
        """Return whether it took what it was sent."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Place:
    """A checked URL, and the addresses that it may be reached at."""

    url: "httpx.URL"
    addresses: tuple[Address, ...]


def is_public(address: Address) -> bool:
    """Return whether an address is somebody's on the internet, embedded addresses included."""
    if any(address in network for network in _NEVER if network.version == address.version):
        return False
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    if (inner := _inner(address)) is not None:
        return is_public(inner)
    return address in _GLOBAL_V6 and address.is_global


def _inner(address: IPv6Address) -> IPv4Address | None:
    for network, shift in _EMBEDS_V4:
        if address in network:
            return IPv4Address(int(address) >> shift & 0xFFFFFFFF)
    if int(address) >> 32 & 0xFDFFFFFF == _ISATAP:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def place(url: str, *, allowed: frozenset[str], resolve: Resolve) -> Place:
    """Return where ``url`` may be reached.

    ``allowed`` names ``host:port`` pairs that an operator permits although they are private, not
    HTTPS or on another port.

    Raises:
        Unreachable: when it is no URL for us, or its name or one of its addresses is not public.
    """
    import httpx

    try:
        parsed = httpx.URL(url) if len(url) <= LONGEST_URL else None
    except (httpx.InvalidURL, ValueError, TypeError):
        parsed = None
    if parsed is None or parsed.scheme not in {"http", "https"} or not parsed.host:
        raise Unreachable("This is no address of a server.", is_forbidden=True)
    if parsed.userinfo:
        raise Unreachable("An address holds no password.", is_forbidden=True)
    port = parsed.port or (443 if parsed.scheme == "https" else 80)
    is_allowed = f"{parsed.host.lower()}:{port}" in allowed
    if not is_allowed and (parsed.scheme != "https" or port != 443):
        raise Unreachable("Only HTTPS on port 443 is reached.", is_forbidden=True)
    addresses = _addresses(parsed.host, port, resolve)
    if not is_allowed and not all(map(is_public, addresses)):
        raise Unreachable("Its address is not a public one.", is_forbidden=True)
    return Place(parsed, addresses)


def _addresses(host: str, port: int, resolve: Resolve) -> tuple[Address, ...]:
    try:
        found = [ipaddress.ip_address(each.partition("%")[0]) for each in resolve(host, port)]
    except (OSError, UnicodeError, ValueError):
        found = []
    if not found:
        raise Unreachable("Its name is not known.")
    return tuple(dict.fromkeys(found))


def looked_up(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a name, as the system knows them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def objection(parts: Parts, url: str) -> str:
    """Return what speaks against ever reaching ``url``, without asking for its name; or nothing."""
    try:
        place(url, allowed=parts.settings.allowed_hosts, resolve=_written)
    except Unreachable as refused:
        return refused.words
    return ""


def _written(host: str, port: int) -> Sequence[str]:
    try:
        numbers = socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST)
    except OSError:
        return ["1.1.1.1"]  # a name: what it means is checked when it is reached
    return [str(address[0]) for *_, address in numbers]


def ask(
    parts: Parts,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes = b"",
    resolve: Resolve = looked_up,
) -> Answered:
    """Send one request to somebody else's server and return what it answers, whatever it is.

    Raises:
        Unreachable: when there is no whole answer in time, or the address is a forbidden one.
    """
    by = Deadline.after(SECONDS, time.monotonic)
    exchange = partial(_exchange, parts.settings.allowed_hosts, resolve, by)
    try:
        # Neither a name lookup nor a server that drips lets itself be timed out: walk away.
        return parts.outside.run(partial(exchange, method, url, headers, body), by)
    except TimeoutError:
        raise Unreachable("It did not answer in time.") from None
    except TooBusy:
        raise Unreachable("Too many others are being waited for.") from None


def _exchange(
    allowed: frozenset[str],
    resolve: Resolve,
    by: Deadline,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
) -> Answered:
    import httpx

    there = place(url, allowed=allowed, resolve=resolve)
    for address in there.addresses[:ADDRESSES]:
        try:
            return _sent(there.url, address, by, method, headers, body)
        except httpx.ConnectError:
            continue
        except httpx.TimeoutException:
            raise Unreachable("It did not answer in time.") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise Unreachable("It did not answer properly.") from None
    raise Unreachable("It takes no connection.")


def _sent(
    url: "httpx.URL",
    address: Address,
    by: Deadline,
    method: str,
    headers: Mapping[str, str],
    body: bytes,
) -> Answered:
    from assistant.ground.wire import bounded_client

    pinned = url.copy_with(host=str(address))
    # The certificate is checked against the name, although the connection goes to the address.
    name = {"sni_hostname": url.host}
    host = url.netloc.decode("ascii")
    with bounded_client(by) as client:
        answer = client.request(
            method, pinned, headers={**headers, "host": host}, content=body, extensions=name
        )
        return Answered(answer.status_code, answer.content)
