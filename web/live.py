"""Live pages: one watcher reads new events for the whole process and wakes the streams.

Streams hold no session. What they send comes from the database by the last id they sent, so a
stream that was cut goes on where it stopped and nothing is sent twice.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import structlog
from fastapi.sse import ServerSentEvent
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool

from assistant.ground import audit
from assistant.ground.parts import Parts

LOOK = 0.25  # seconds between two looks for new events, while somebody listens
SLOW = 15.0  # seconds after which a stream looks by itself, and so notices a client that has gone

log = structlog.get_logger()
Seen = TypeVar("Seen")
NOBODY: set[str] = set()
Fetch = Callable[[int], list[ServerSentEvent]]


class Watch:
    """Wakes the streams of a conversation when something happened in it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._seen = 0
        self.is_ending = False

    async def run(self) -> None:
        """Look for new events until the process ends."""
        self._seen = await self._looked(self._newest, 0)
        while not self.is_ending:
            await asyncio.sleep(LOOK)
            if self._waiting:
                for conversation_id in await self._looked(self._touched, NOBODY):
                    self._wake(conversation_id)

    async def _looked(self, look: Callable[[], Seen], otherwise: Seen) -> Seen:
        """Return what ``look`` saw; a database that is away for a moment is looked at again."""
        try:
            return await run_in_threadpool(look)
        except OperationalError as away:
            log.warning("live pages wait for the database", reason=str(away.orig))
            return otherwise

    def _wake(self, conversation_id: str) -> None:
        for waiting in self._waiting.get(conversation_id, ()):
            waiting.set()

    def end(self) -> None:
        """Let every stream finish, so that the server can stop at once."""
        self.is_ending = True
        for waiting in [event for events in self._waiting.values() for event in events]:
            waiting.set()

    async def stream(
        self, conversation_id: str, last_id: int, fetch: Fetch
    ) -> AsyncIterator[ServerSentEvent]:
        """Yield what happens in a conversation after event ``last_id``, as it happens."""
        with self._listening(conversation_id) as waiting:
            while not self.is_ending:
                for event in await run_in_threadpool(fetch, last_id):
                    last_id = int(event.id or last_id)
                    yield event
                try:
                    await asyncio.wait_for(waiting.wait(), SLOW)
                except TimeoutError:
                    continue
                waiting.clear()

    @contextmanager
    def _listening(self, conversation_id: str) -> Iterator[asyncio.Event]:
        waiting = asyncio.Event()
        self._waiting[conversation_id].add(waiting)
        try:
            yield waiting
        finally:
            self._waiting[conversation_id].discard(waiting)
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id]

    def _newest(self) -> int:
        with self._parts.db.reading() as session:
            return audit.newest_id(session)

    def _touched(self) -> set[str]:
        try:
            with self._parts.db.reading() as session:
                events = audit.after(session, self._seen)
        except OperationalError:  # the database is away; the next look catches up
            return set()
        self._seen = max([self._seen, *(event.id for event in events)])
        return {event.conversation_id for event in events if event.conversation_id}


def sent(kind: str, event_id: int, body: Any) -> ServerSentEvent:
    """Return one event of a stream."""
    return ServerSentEvent(event=kind, id=str(event_id), data=body)
