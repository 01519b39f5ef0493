"""Server-sent events: one event as it goes over the wire, and the response that writes them.

The framework's own way validates each event anew for each listener and hands it through queues of
its own; with hundreds of streams in one process that was most of what the process did.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from starlette.responses import StreamingResponse

SIGN_OF_LIFE = b": \n\n"  # a comment: no listener is told of it, and nobody on the way hangs up


@dataclass(frozen=True, slots=True)
class Sent:
    """One event of a stream; ``id`` is what a listener that was cut off comes back with."""

    kind: str
    data: Any
    id: str | None = None
    retry: int | None = None  # milliseconds until a listener comes back

    def on_the_wire(self) -> bytes:
        """Return it as bytes. JSON has no bare line ends, so it is one line of data."""
        lines = [f"event: {self.kind}", f"data: {json.dumps(self.data, separators=(',', ':'))}"]
        lines += [f"id: {self.id}"] if self.id is not None else []
        lines += [f"retry: {self.retry}"] if self.retry is not None else []
        return ("\n".join(lines) + "\n\n").encode()


class EventStream(StreamingResponse):
    """Writes events as they come; ``None`` among them is a sign of life."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[Sent | None], status_code: int = 200) -> None:
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        super().__init__(_written(events), status_code, headers)


async def _written(events: AsyncIterator[Sent | None]) -> AsyncIterator[bytes]:
    async for event in events:
        yield SIGN_OF_LIFE if event is None else event.on_the_wire()
