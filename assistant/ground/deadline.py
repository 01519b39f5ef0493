"""Waiting only so long: a moment to be done by, and work that is given up on when it passes."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

Monotonic = Callable[[], float]
"""Seconds on a clock that never goes back; its zero means nothing."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment by which something has to be over."""

    until: float
    """On `monotonic`, in seconds."""
    monotonic: Monotonic

    @classmethod
    def after(cls, seconds: float, monotonic: Monotonic) -> "Deadline":
        """The deadline `seconds` from now."""
        return cls(monotonic() + seconds, monotonic)

    def left(self) -> float:
        """Seconds that remain; never below zero."""
        return max(0.0, self.until - self.monotonic())

    def passed(self) -> bool:
        """Nothing is left."""
        return self.left() <= 0.0

    def part(self, share: float) -> "Deadline":
        """A sooner deadline that leaves 1 - `share` of the remaining time to somebody else."""
        return Deadline(self.monotonic() + self.left() * share, self.monotonic)


class TooBusy(Exception):
    """Every slot is taken, by work under way or by work that was given up on and lives on."""


class Slots:
    """Runs work in threads of its own, a bounded number at once, and stops waiting in time.

    A socket can be told to time out, a name lookup cannot, and a server that sends a byte a
    second never lets a read time out. So the caller waits on a thread and walks away from it.
    A thread that was given up on keeps its slot until it ends: lost threads cannot pile up.
    """

    def __init__(self, at_once: int) -> None:
        self._free = threading.BoundedSemaphore(at_once)

    def run(self, work: Callable[[], T], by: Deadline) -> T:
        """What `work` returns or raises. Raises TimeoutError at the deadline, TooBusy at once."""
        if not self._free.acquire(blocking=False):
            raise TooBusy
        future: Future[T] = Future()
        self._start(work, future)
        return future.result(timeout=by.left())

    def _start(self, work: Callable[[], T], future: "Future[T]") -> None:
        # Daemon threads, because a pool's threads are joined when the process ends, and one
        # hanging server would then hold up every restart.
        thread = threading.Thread(target=self._work, args=(work, future), daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the system has no thread to give
            self._free.release()
            raise TooBusy from None

    def _work(self, work: Callable[[], T], future: "Future[T]") -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # raised again where somebody waits
            future.set_exception(error)
        finally:
            self._free.release()
