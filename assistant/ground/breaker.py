"""The circuit breaker: leave an endpoint alone that does not answer, and look now and then."""

import threading
from collections import deque

from assistant.ground.deadline import Monotonic

IN_A_ROW = 5  # failures; the sixth customer must not wait for a dead endpoint
WINDOW = 20  # latest calls that are looked at together
AT_LEAST = 10  # calls in the window before its share of failures means anything
SHARE = 0.30  # of the window; above it too many customers wait in vain
PROBE_EVERY = 30.0  # seconds between two looks at an endpoint that failed


class Breaker:
    """Closed it lets every call pass, open none but one probe every 30 seconds.

    A call asks `admit()` for its turn and reports `succeeded(turn)` or `failed(turn)`. What a
    call admitted before the breaker opened has to report afterwards is old news and ignored.
    Safe to use from many threads.
    """

    def __init__(self, monotonic: Monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._latest: deque[bool] = deque(maxlen=WINDOW)
        self._in_a_row = 0
        self._opened: float | None = None
        self._next_probe = 0.0
        self._turn = 0

    def admit(self) -> int | None:
        """The turn of this call, or None where it must not be made."""
        with self._lock:
            if self._opened is None:
                return self._turn
            if self._monotonic() < self._next_probe:
                return None
            self._next_probe = self._monotonic() + PROBE_EVERY
            self._turn += 1
            return self._turn

    def succeeded(self, turn: int) -> None:
        """The endpoint answered; an open breaker closes when this was its probe."""
        with self._lock:
            if turn != self._turn:
                return
            if self._opened is not None:
                self._opened = None
                self._latest.clear()
            self._in_a_row = 0
            self._latest.append(True)

    def failed(self, turn: int) -> None:
        """The endpoint did not answer in a usable way."""
        with self._lock:
            if turn != self._turn or self._opened is not None:
                return
            self._in_a_row += 1
            self._latest.append(False)
            if self._in_a_row >= IN_A_ROW or self._too_many():
                self._open()

    def is_open(self) -> bool:
        """Calls are being refused, probes aside."""
        with self._lock:
            return self._opened is not None

    def would_admit(self) -> bool:
        """`admit()` would give a turn now; takes none."""
        with self._lock:
            return self._opened is None or self._monotonic() >= self._next_probe

    def open_for(self) -> float | None:
        """Seconds since it opened; None while it is closed."""
        with self._lock:
            return None if self._opened is None else self._monotonic() - self._opened

    def _too_many(self) -> bool:
        failures = self._latest.count(False)
        return len(self._latest) >= AT_LEAST and failures / len(self._latest) >= SHARE

    def _open(self) -> None:
        self._opened = self._monotonic()
        self._next_probe = self._opened + PROBE_EVERY
        self._in_a_row = 0
        self._turn += 1
