"""HTTP/1.1 over plain sockets: what asking costs is taken from the server beside it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

Socket = tuple[asyncio.StreamReader, asyncio.StreamWriter]
LONGEST = 2**22  # bytes of one line
PATIENCE = 30.0  # seconds
KEPT = 3.0  # seconds; the server hangs up on who is silent for five


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: its status and its body."""

    status: int
    body: bytes


class Line:
    """One address; connections are kept and used again. For one event loop."""

    def __init__(self, address: str) -> None:
        host, port = address.removeprefix("http://").split(":")
        self._host, self._port = host, int(port)
        self._free: list[tuple[Socket, float]] = []  # and when each was used last

    async def asks(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Answered:
        """Send one request and return the answer. Raises OSError or TimeoutError."""
        async with asyncio.timeout(PATIENCE):
            reader, writer = self._kept() or await self._opened()
            sized = {"Content-Type": "application/json", "Content-Length": str(len(body))}
            writer.write(self._head(method, path, {**sized, **headers}) + body)
            answer, stays = await _answer(reader)
        if stays:
            self._free.append(((reader, writer), time.monotonic()))
        else:
            writer.close()
        return answer

    async def events(self, path: str, headers: Mapping[str, str]) -> AsyncIterator[Any]:
        """Yield what a stream says, read as JSON."""
        reader, writer = await self._opened()
        writer.write(self._head("GET", path, headers))
        try:
            while line := await reader.readline():
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])
        finally:
            writer.close()

    def _kept(self) -> Socket | None:
        while self._free:
            (reader, writer), used_at = self._free.pop()
            if time.monotonic() - used_at < KEPT and not reader.at_eof():
                return reader, writer
            writer.close()
        return None

    async def _opened(self) -> Socket:
        return await asyncio.open_connection(self._host, self._port, limit=LONGEST)

    def _head(self, method: str, path: str, headers: Mapping[str, str]) -> bytes:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\n{lines}\r\n".encode()


async def _answer(reader: asyncio.StreamReader) -> tuple[Answered, bool]:
    """Return one answer, and whether the connection may be used again."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *rest = head.split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    stays = headers.get("connection", "").lower() != "close"
    return Answered(int(first.split()[1]), body), stays
