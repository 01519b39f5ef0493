"""Live pages: one watcher reads new events for the whole process and wakes the streams.

Streams hold no session. What they send comes from the database by the last id they sent, so a
stream that was cut goes on where it stopped and nothing is sent twice. A commit of this process is
looked at right away; those of others when the next look comes.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple, TypeVar

import structlog
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool

from assistant.ground.audit import Event
from assistant.ground.parts import Parts
from assistant.ground.tail import Tail
from web.sse import Sent
from web.staff_stream import StaffStreams

LOOK = 0.1  # seconds between two looks for what other processes wrote, while somebody listens
IDLE = 1.0  # seconds between two looks while nobody does
BREATH = 0.02  # seconds between two looks at least, so that a burst of commits is one look
SLOW = 15.0  # seconds after which a stream that has nothing to say gives a sign of life

log = structlog.get_logger()
Seen = TypeVar("Seen")
NOTHING: Sequence[Event] = ()


class Happened(NamedTuple):
    """What is to be sent, up to which event that is all there was, and whether it is to the end."""

    found: list[Sent]
    reached: int
    is_all: bool


Fetch = Callable[[int], Happened]


class Watch:
    """Wakes the streams of a conversation, and those of the staff, when something happened."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._tail = Tail()
        self._nudged = asyncio.Event()
        self.staff = StaffStreams(parts, self._nudged.set)
        self.is_ending = False

    @property
    def seen(self) -> int:
        """Return the id up to which everything that happened is known: streams send that far."""
        return self._tail.seen

    async def run(self) -> None:
        """Look for new events until the process ends."""
        with self._told_of_commits():
            await self._looked(self._begin, None)
            self._wake_all()
            while not self.is_ending:
                await self._until_worth_a_look()
                events = await self._looked(self._new, NOTHING)
                for conversation_id in {event.conversation_id for event in events}:
                    self._wake(conversation_id or "")
                self.staff.wake()

    @contextmanager
    def _told_of_commits(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()

        def nudge() -> None:
            with suppress(RuntimeError):  # the loop has ended meanwhile: nobody is left to be told
                loop.call_soon_threadsafe(self._nudged.set)

        self._parts.db.committed.add(nudge)
        try:
            yield
        finally:
            self._parts.db.committed.discard(nudge)

    async def _until_worth_a_look(self) -> None:
        await asyncio.sleep(BREATH)
        try:
            is_heard = self._waiting or self.staff.is_heard
            await asyncio.wait_for(self._nudged.wait(), LOOK if is_heard else IDLE)
        except TimeoutError:
            return
        self._nudged.clear()

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

    def _wake_all(self) -> None:
        for waiting in [event for events in self._waiting.values() for event in events]:
            waiting.set()
        self.staff.wake(all_of_them=True)

    def end(self) -> None:
        """Let every stream finish, so that the server can stop at once."""
        self.is_ending = self.staff.is_ending = True
        self._nudged.set()
        self._wake_all()

    async def stream(
        self, conversation_id: str, last_id: int, fetch: Fetch
    ) -> AsyncIterator[Sent | None]:
        """Yield what happens in a conversation after event ``last_id``, as it happens.

        Nothing instead of an event is a sign of life: asking the database for hundreds of quiet
        streams every few seconds would keep those who write waiting.
        """
        with self._listening(conversation_id) as waiting:
            while not self.is_ending:
                waiting.clear()
                is_all = False
                while not is_all:
                    found, last_id, is_all = await run_in_threadpool(fetch, last_id)
                    for event in found:
                        yield event
                while not (self.is_ending or await _within(SLOW, waiting)):
                    yield None

    @contextmanager
    def _listening(self, conversation_id: str) -> Iterator[asyncio.Event]:
        waiting = asyncio.Event()
        self._waiting[conversation_id].add(waiting)
        self._nudged.set()
        try:
            yield waiting
        finally:
            self._waiting[conversation_id].discard(waiting)
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id]

    def _begin(self) -> None:
        with self._parts.db.reading() as session:
            self._tail.begin(session)
            self.staff.start(self._tail.seen)

    def _new(self) -> Sequence[Event]:
        with self._parts.db.reading() as session:
            events = self._tail.new(session)
            self.staff.take_in(session, events)
        return events


async def _within(seconds: float, news: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await news.wait()
    except TimeoutError:
        return False
    return True


def sent(kind: str, event_id: int, body: Any) -> Sent:
    """Return one event of a stream."""
    return Sent(kind, body, id=str(event_id))
