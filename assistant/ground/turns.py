"""Turns: writers of one process go one after the other, in the order they came.

SQLite lets a writer that finds the lock taken sleep and look again, for longer each time. With ten
at once most of them sleep while nobody writes, and the unlucky one sleeps for seconds. So the
threads of a process wait here, where the next is woken at once, and at most one of them ever looks
at SQLite's own lock.
"""

import threading
from collections import deque


class Turns:
    """One turn at a time. Safe to share between threads; taken in one, given back in any."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._is_taken = False
        self._waiting: deque[threading.Lock] = deque()

    def take(self, patience: float) -> bool:
        """Wait for a turn; false when ``patience`` seconds were not enough."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=patience):
            return True
        with self._guard:
            if mine not in self._waiting:
                return True  # it was handed over at the last moment
            self._waiting.remove(mine)
            return False

    def give_back(self) -> None:
        """Let the next one in."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


class Turn:
    """One writer's turn, taken when its transaction begins and given back when it has ended."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._is_mine = False

    def take(self, patience: float) -> None:
        """Wait for it; who waited in vain goes on, to be refused by the database itself."""
        self._is_mine = self._is_mine or self._turns.take(patience)

    def give_back(self) -> None:
        """Let the next writer in, if it was taken; a second time changes nothing."""
        if self._is_mine:
            self._is_mine = False
            self._turns.give_back()
