"""The staff's streams: which tickets changed, and who is where. Pages fetch what they show.

The watcher's one look serves everybody: what it read is kept as small changes in memory, and each
stream takes from there what its person may see. Whoever comes back after longer than that is
served from the event table, and after much longer told to load the page again.
"""

import asyncio
import time
from bisect import bisect_right
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload
from starlette.concurrency import run_in_threadpool

from assistant.desk import notices, presence
from assistant.desk.presence import Present
from assistant.desk.tickets import FIRST_NUMBER, PREFIX, Ticket
from assistant.ground import audit
from assistant.ground.audit import Event
from assistant.ground.parts import Parts
from assistant.launch.launches import Launch
from web.sse import Sent
from web.viewers import Viewer, still_in, visible_to

BEAT = 15.0  # seconds between two signs of life
CHECKED = 2.0  # seconds between two looks whether everybody who listens still may
IN_MEMORY = 5_000  # changes
KEPT = timedelta(hours=1)  # how long ago somebody may have been cut off and still miss nothing
PIECE = 3  # changes in one event of the stream, some hundred bytes
AT_ONCE = 500  # changes; whoever missed more is better served by a new page


@dataclass(frozen=True, slots=True)
class Change:
    """One event as a page needs it."""

    id: int
    launch_id: int
    body: dict[str, Any]


def pieces(frame: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a frame in pieces, each with the id of its last change; nothing for an empty one.

    Where connections break all the time, whoever comes back has got on by the pieces that came
    through, and does not ask for one long frame again and again.
    """
    events = frame["events"]
    for first in range(0, len(events) - PIECE, PIECE):
        piece = events[first : first + PIECE]
        yield {"id": piece[-1]["n"], "events": piece, "refresh": False}
    if events or frame["refresh"]:
        yield {**frame, "events": events[(len(events) - 1) // PIECE * PIECE :]}


class StaffStreams:
    """What the watcher read, and everybody who is to be told."""

    def __init__(self, parts: Parts, nudge: Callable[[], None]) -> None:
        self._parts = parts
        self._nudge = nudge
        self._viewers: set[Viewer] = set()
        self._changes: deque[Change] = deque(maxlen=IN_MEMORY)
        self._from = 0  # every change after this id is in memory
        self.seen = 0  # up to this id
        self._present: list[Present] = []
        self._unread: dict[int, int] = {}  # notices, of each person who listens
        self._is_news = False
        self._checked_at = 0.0
        self.is_ending = False

    @property
    def is_heard(self) -> bool:
        """Return whether anybody listens."""
        return bool(self._viewers)

    def take_in(self, session: Session, events: Sequence[Event]) -> None:
        """Keep what the watcher has read, and look who is where; in the watcher's thread."""
        if events:
            self._keep(changes_of(session, events), events[-1].id)
        if not self.is_heard:
            return
        there = presence.present(session, at=self._parts.clock.now())
        if there != self._present:
            self._present, self._is_news = there, True
        if self._check(session) or events:
            self._count_notices(session)

    def start(self, seen: int) -> None:
        """Begin after ``seen``: what came before is in the table only."""
        self.seen = self._from = seen

    def _keep(self, changes: Sequence[Change], upto: int) -> None:
        if len(self._changes) + len(changes) > IN_MEMORY and self._changes:
            self._from = self._changes[min(len(changes), len(self._changes)) - 1].id
        self._changes.extend(changes)
        self.seen, self._is_news = upto, True

    def _count_notices(self, session: Session) -> None:
        unread = notices.unread_of(session, {viewer.person_id for viewer in self._viewers.copy()})
        if unread != self._unread:
            self._unread, self._is_news = unread, True

    def _check(self, session: Session) -> bool:
        """End the streams of those who signed out, were shut out or have another role now.

        Returns whether it was time for that.
        """
        now = time.monotonic()
        if now - self._checked_at < CHECKED:
            return False
        self._checked_at = now
        viewers = list(self._viewers)
        ids = [viewer.sign_in_id for viewer in viewers]
        still = still_in(session, ids, at=self._parts.clock.now())
        for viewer in viewers:
            person = still.get(viewer.sign_in_id)
            if person is None or person.role != viewer.role:
                viewer.is_over = self._is_news = True
            else:
                viewer.launches = visible_to(session, person)
        return True

    def wake(self, *, all_of_them: bool = False) -> None:
        """Let the streams send, when there is something."""
        if not (self._is_news or all_of_them):
            return
        self._is_news = False
        for viewer in self._viewers:
            viewer.waiting.set()

    async def stream(self, viewer: Viewer, last_id: int | None) -> AsyncIterator[Sent]:
        """Yield what changes for ``viewer``: after ``last_id``, or from now on."""
        with self._listening(viewer):
            last = self.seen if last_id is None else last_id
            yield Sent("hello", {"id": last}, retry=1_000)
            shown: list[dict[str, str]] | None = None
            unread: int | None = None
            while not (self.is_ending or viewer.is_over):
                frame = await self.after(viewer, last)
                last = frame["id"]
                for piece in pieces(frame):
                    yield Sent("changed", piece, id=str(piece["id"]))
                if shown != (there := self.presence_for(viewer)):
                    shown = there
                    yield Sent("presence", there)
                if unread != (count := self._unread.get(viewer.person_id)):
                    unread = count
                    yield Sent("notices", {"unread": count})
                try:
                    await asyncio.wait_for(viewer.waiting.wait(), BEAT)
                except TimeoutError:
                    yield Sent("beat", {"id": last})
                viewer.waiting.clear()
            if viewer.is_over:
                yield Sent("over", {})

    @contextmanager
    def _listening(self, viewer: Viewer) -> Iterator[None]:
        self._viewers.add(viewer)
        self._nudge()
        try:
            yield
        finally:
            self._viewers.discard(viewer)

    async def after(self, viewer: Viewer, last: int) -> dict[str, Any]:
        """Return what changed for ``viewer`` after ``last``: ``id``, ``events``, ``refresh``.

        ``refresh`` says that too much was missed, or that ``last`` is of another database.
        """
        upto = self.seen
        found: Sequence[Change] | None
        if last == upto:
            found = ()
        elif self._from <= last < upto:
            kept = list(self._changes)  # the watcher's thread may add to them meanwhile
            first = bisect_right(kept, last, key=lambda change: change.id)
            found = [change for change in kept[first:] if change.id <= upto]
        else:
            found = await run_in_threadpool(self._missed, last, upto)
        mine = [change.body for change in found or () if viewer.may_see(change.launch_id)]
        return {"id": max(last, upto) if found is not None else upto, "events": mine} | {
            "refresh": found is None
        }

    def _missed(self, last: int, upto: int) -> Sequence[Change] | None:
        """Return the changes after ``last`` from the table; nothing when that is too much."""
        query = select(Event).where(Event.id > last, Event.id <= upto).order_by(Event.id)
        with self._parts.db.reading() as session:
            if last > audit.newest_id(session):
                return None
            found = query.limit(AT_ONCE + 1).options(joinedload(Event.person))
            events = session.scalars(found).all()
            is_long_ago = events and events[0].at < self._parts.clock.now() - KEPT
            if len(events) > AT_ONCE or is_long_ago:
                return None
            return changes_of(session, events)

    async def now(self, viewer: Viewer) -> dict[str, Any]:
        """Return who else is where and the viewer's unread notices, for who holds no stream."""
        there, unread = await run_in_threadpool(self._looked_at, viewer)
        if not self.is_heard:  # else the streams must hear of it first
            self._present = there
        return {"presence": self.presence_for(viewer), "notices": {"unread": unread}}

    def _looked_at(self, viewer: Viewer) -> tuple[list[Present], int]:
        with self._parts.db.reading() as session:
            there = presence.present(session, at=self._parts.clock.now())
            return there, notices.unread_of(session, {viewer.person_id})[viewer.person_id]

    def presence_for(self, viewer: Viewer) -> list[dict[str, str]]:
        """Return who else is where, as a page shows it."""
        return [
            {
                "ticket": number_of(one.ticket_id),
                "name": one.name,
                "doing": one.doing.value,
                "words": one.words,
            }
            for one in self._present
            if one.person_id != viewer.person_id and viewer.may_see(one.launch_id)
        ]


def changes_of(session: Session, events: Sequence[Event]) -> list[Change]:
    """Return events as pages need them, with the ticket each is about; two queries at most."""
    wanted = [event for event in events if event.launch_id is not None]
    tickets, keys = _tickets_of(session, wanted), _launch_keys(session, wanted)
    changes = []
    for event in wanted:
        launch_id = event.launch_id or 0
        ticket = tickets.get(event.ticket_id or event.conversation_id or "")
        changes.append(Change(event.id, launch_id, _body(event, ticket, keys.get(launch_id, ""))))
    return changes


def _body(event: Event, ticket: Any, launch: str) -> dict[str, Any]:
    body = {"n": event.id, "kind": event.kind, "launch": launch, "person": event.person_id or 0}
    if ticket is None:
        return body
    about = {"ticket": number_of(ticket.id), "subject": ticket.subject}
    return {**body, **about, "severity": ticket.severity}


def _tickets_of(session: Session, events: Sequence[Event]) -> dict[int | str, Any]:
    ids = {event.ticket_id for event in events if event.ticket_id}
    talks = {event.conversation_id for event in events if event.conversation_id}
    if not ids and not talks:
        return {}
    query = (
        select(Ticket.id, Ticket.conversation_id, Ticket.subject, Ticket.severity)
        .where(or_(Ticket.id.in_(ids), Ticket.conversation_id.in_(talks)))
        .order_by(Ticket.id)
    )
    found: dict[int | str, Any] = {}
    for row in session.execute(query):
        found[row.id] = found[row.conversation_id] = row
    return found


def _launch_keys(session: Session, events: Sequence[Event]) -> dict[int, str]:
    ids = {event.launch_id for event in events}
    if not ids:
        return {}
    rows = session.execute(select(Launch.id, Launch.key).where(Launch.id.in_(ids)))
    return {row.id: row.key for row in rows}


def number_of(ticket_id: int) -> str:
    """Return what people call the ticket with this id."""
    return f"{PREFIX}{FIRST_NUMBER + ticket_id}"
