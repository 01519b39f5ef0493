"""The HTTP client for one exchange that cannot run away: capped, timed, never redirected.

Imported only when a call is made, because httpx is not needed to start up.
"""

import ssl
from collections.abc import Iterator
from functools import cache
from typing import cast

import httpx

from assistant.ground.deadline import Deadline

BODY_CAP = 64 * 1024  # bytes of any response; a verdict needs a few hundred


class TooLong(httpx.ReadError):
    """The response is longer than the cap; nothing more is read of it."""


class TooLate(httpx.ReadTimeout):
    """The response was still coming when the deadline passed."""


def bounded_client(by: Deadline) -> httpx.Client:
    """A client for a single exchange that has to be over `by` then.

    A connection of its own costs a handshake and buys two things: closing the client ends
    exactly this exchange, and no call ever fails because an idle connection had gone stale.
    """
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=0)
    wire = httpx.HTTPTransport(verify=_trust(), limits=limits, retries=0)
    timeout = httpx.Timeout(max(by.left(), 0.001))
    return httpx.Client(
        transport=_Bounded(wire, by),
        timeout=timeout,
        follow_redirects=False,
        headers={"Accept-Encoding": "identity"},
    )


@cache
def _trust() -> ssl.SSLContext:
    # Reading the certificate store takes tens of milliseconds: once per process, not per call.
    return httpx.create_ssl_context()


class _Bounded(httpx.BaseTransport):
    """Puts the cap and the deadline around whatever `wire` receives, error pages included."""

    def __init__(self, wire: httpx.BaseTransport, by: Deadline) -> None:
        self._wire = wire
        self._by = by

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._wire.handle_request(request)
        body = _BoundedBody(cast(httpx.SyncByteStream, response.stream), self._by)
        return httpx.Response(
            response.status_code,
            headers=_unpacked(response.headers),
            stream=body,
            extensions=response.extensions,
        )

    def close(self) -> None:
        self._wire.close()


def _unpacked(headers: httpx.Headers) -> list[tuple[bytes, bytes]]:
    # Without this header nothing is decompressed, so a small packed body cannot become a huge
    # one. We ask for plain bytes; a server that packs them anyway is not understood.
    return [(name, value) for name, value in headers.raw if name.lower() != b"content-encoding"]


class _BoundedBody(httpx.SyncByteStream):
    def __init__(self, body: httpx.SyncByteStream, by: Deadline) -> None:
        self._body = body
        self._by = by

    def __iter__(self) -> Iterator[bytes]:
        received = 0
        for chunk in self._body:
            received += len(chunk)
            if received > BODY_CAP:
                raise TooLong(f"more than {BODY_CAP} bytes")
            if self._by.passed():
                raise TooLate("the deadline passed while the answer was coming in")
            yield chunk

    def close(self) -> None:
        self._body.close()
