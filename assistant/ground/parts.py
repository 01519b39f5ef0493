"""What a process is assembled from. The only injection point there is."""

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import structlog

from assistant.ground import embedders
from assistant.ground.clock import Clock, WallClock, Watch
from assistant.ground.database import Database
from assistant.ground.deadline import Slots
from assistant.ground.settings import Settings

if TYPE_CHECKING:
    from assistant.ground.llm import Model
    from knowledge.embedding import Embedder
    from knowledge.index import ChromaIndex

FAILURES, WITHIN = 3, timedelta(minutes=10)  # so many within that, and the exact scan stays

log = structlog.get_logger()
Made = TypeVar("Made")


class Revised(Generic[Made]):
    """One value per launch, made when first needed and kept until its revision moves on."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[str, Made]] = {}
        self._locks: dict[int, threading.Lock] = {}
        self._guard = threading.Lock()

    def of(
        self,
        launch_id: int,
        revision: str,
        make: Callable[[], Made],
        is_right: Callable[[Made], bool] = lambda _: True,
        *,
        meanwhile: bool = False,
    ) -> Made:
        """Return the value for ``revision``, made once however many ask at the same time.

        With ``meanwhile`` nobody waits for somebody else's making: they get the one before.
        """
        kept = self._right(launch_id, revision, is_right)
        if kept is not None:
            return kept
        lock, former = self._lock(launch_id), self.last(launch_id)
        if not lock.acquire(blocking=former is None or not meanwhile):
            assert former is not None  # noqa: S101 - or the lock had been waited for
            return former
        try:
            kept = self._right(launch_id, revision, is_right)
            if kept is None:
                kept = make()
                self._kept[launch_id] = (revision, kept)
            return kept
        finally:
            lock.release()

    def last(self, launch_id: int) -> Made | None:
        """Return the value kept last, right or not; what is made next may take over from it."""
        return self._kept.get(launch_id, ("", None))[1]

    def replaced(self, launch_id: int, kept: Made, make: Callable[[], Made]) -> Made:
        """Return what ``make`` gives in place of ``kept``; ``kept`` while somebody is at it."""
        lock = self._lock(launch_id)
        if not lock.acquire(blocking=False):
            return kept
        try:
            revision, there = self._kept[launch_id]
            if there is not kept:
                return there
            made = make()
            self._kept[launch_id] = (revision, made)
            return made
        finally:
            lock.release()

    def swap(self, launch_id: int, kept: Made, made: Made) -> bool:
        """Put ``made`` in place of ``kept``; return whether that was still there."""
        with self._lock(launch_id):
            revision, there = self._kept[launch_id]
            if there is kept:
                self._kept[launch_id] = (revision, made)
            return there is kept

    def all_kept(self) -> dict[int, Made]:
        """Return what is kept at this moment, by launch."""
        return {launch_id: made for launch_id, (_, made) in self._kept.copy().items()}

    def _right(
        self, launch_id: int, revision: str, is_right: Callable[[Made], bool]
    ) -> Made | None:
        made_for, kept = self._kept.get(launch_id, ("", None))
        return kept if kept is not None and made_for == revision and is_right(kept) else None

    def _lock(self, launch_id: int) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(launch_id, threading.Lock())


@dataclass
class Parts:
    """Database, clock, embedder, index, model. A missing one is a mode, not an error."""

    settings: Settings
    db: Database
    clock: Clock = field(default_factory=WallClock)
    watch: Watch = field(default_factory=Watch)  # whether the clock may be believed
    embedder: "Embedder | None" = None  # the one in charge: all vectors in use are its
    embedder_missing: str = ""  # why there is none, for operators
    embedder_failure: str = ""  # why it gave nothing, until it gives something again
    coming: "Embedder | None" = None  # configured, and in charge once the library is in its words
    coming_state: str = ""  # how far that is, for operators
    coming_again: datetime | None = None  # when it is tried again, after it failed
    index: "ChromaIndex | None" = None
    index_missing: str = "It is being opened."  # why an exact scan stands in; empty: it does not
    index_failures: list[datetime] = field(default_factory=list)  # those of the last minutes
    owns_index: bool = False  # whether this process was meant to
    indexing: threading.Lock = field(default_factory=threading.Lock)  # held by who changes it
    model: "Model | None" = None
    verdicts: Any = None  # answering.memory.Verdicts, where a process keeps what models said
    stocks: Revised[Any] = field(default_factory=Revised)  # library.stocking keeps Stock here
    refreshed: Revised[Any] = field(default_factory=Revised)  # library.refreshing: with lessons
    standings: Revised[Any] = field(default_factory=Revised)  # answering.guarantee keeps Standing
    replayed: dict[int, Any] = field(default_factory=dict)  # answering.replaying: what is thought
    indexed: dict[int, Any] = field(default_factory=dict)  # launch -> library.indexing.Held

    @property
    def is_index_given_up(self) -> bool:
        """Return whether the index failed so often that the exact scan stays until a restart."""
        return len(self.index_failures) >= FAILURES

    outside: Slots = field(default_factory=lambda: Slots(8))  # others' servers, waited for at once
    spoken: Revised[Any] = field(default_factory=Revised)  # answering.allowed keeps Spoken here
    drawn: Revised[Any] = field(default_factory=Revised)  # web.queue_rows keeps Drawn here

    def close(self) -> None:
        """Give back the index's lock and the database's connections."""
        if self.index is not None:
            self.index.close()
        self.db.close()


def assemble(settings: Settings) -> Parts:
    """Return the parts for one process. Nothing is fetched from a network.

    The vector index is not opened: one process may own it (``open_index``), and until it does,
    and in every other process, the stored vectors are scanned exactly.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    parts = Parts(settings=settings, db=Database(settings.sql_url))
    _open_embedder(parts)
    parts.model = _model(parts)
    return parts


def open_index(parts: Parts) -> None:
    """Open the vector index and own it; why not, if not, is kept for operators. Takes seconds."""
    from knowledge.index import ChromaIndex, IndexHeld, IndexUnavailable

    parts.owns_index = True
    if parts.embedder is None:
        parts.index_missing = "There is no embedder."
        return
    try:
        index = ChromaIndex.open(parts.settings.data / "index", parts.embedder.name)
    except IndexHeld as held:
        parts.index_missing = str(held)
    except IndexUnavailable as broken:
        index_failed(parts, None, str(broken))
    else:
        parts.index_missing = f"It is being filled: {index.reason}." if index.reason else ""
        parts.index = index


def index_failed(parts: Parts, index: "ChromaIndex | None", why: str) -> None:
    """Give up an index that failed: it is opened again, but not after too many failures.

    Of many that saw the same index fail the first one counts.
    """
    if parts.index is not index:
        return
    log.warning("index failed", why=why)
    at = parts.clock.now()
    parts.index_failures = [*(one for one in parts.index_failures if one > at - WITHIN), at]
    if parts.is_index_given_up:
        minutes = WITHIN.total_seconds() / 60
        why = f"It failed {FAILURES} times in {minutes:g} minutes and is left alone. {why}"
    close_index(parts, why, trusted=False)


def close_index(parts: Parts, why: str, *, trusted: bool = True) -> None:
    """Let the index go; an exact scan stands in from now on."""
    closing, parts.index, parts.index_missing = parts.index, None, why
    parts.indexed.clear()
    if closing is not None:
        closing.close(trusted=trusted)


def _open_embedder(parts: Parts) -> None:
    from knowledge.embedding import WeightsUnusable

    try:
        parts.embedder = embedders.configured(parts.settings)
    except WeightsUnusable as missing:
        parts.embedder_missing = str(missing)


def _model(parts: Parts) -> "Model | None":
    settings = parts.settings
    if not settings.llm_base_url:
        return None
    from assistant.ground import llm
    from assistant.ground.spending import SharedBudget

    endpoints = [
        llm.Endpoint(
            settings.llm_base_url, settings.llm_api_key.get_secret_value(), settings.llm_model
        )
    ]
    if settings.llm_fallback_model:
        endpoints.append(
            llm.Endpoint(
                settings.llm_fallback_base_url or settings.llm_base_url,
                settings.llm_fallback_api_key.get_secret_value()
                or settings.llm_api_key.get_secret_value(),
                settings.llm_fallback_model,
            )
        )
    return llm.Model(
        endpoints,
        deadline_seconds=settings.llm_deadline_seconds,
        budget=SharedBudget(parts.db, parts.clock, settings.llm_calls_per_day),
        on_call=lambda call: log.info("model called", **asdict(call)),
    )
