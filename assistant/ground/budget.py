"""The spend cap: what a call may cost is reserved before it is made, and settled after."""

import threading
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from assistant.ground.clock import Clock, WallClock

TOKENS_PER_DAY = 40_000_000  # 20,000 calls of about 2,000 tokens: a four-figure day is a mistake


@dataclass(frozen=True, slots=True)
class Spent:
    """What was used on one day: calls sent, tokens in and out together."""

    calls: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Hold:
    """Tokens set aside for one call on one day; give it back to `Budget.settle`."""

    day: date
    tokens: int
    launch_id: int | None = None
    """Whose question it is; None where it is nobody's in particular."""


class Purse(Protocol):
    """Whatever keeps count of a cap: reserve before a call, settle after it."""

    def reserve(self, tokens: int, launch_id: int | None = None) -> Hold | None:
        """Counts one call of at most `tokens`; None where a cap would be passed."""

    def settle(self, hold: Hold, tokens: int) -> None:
        """Replaces what was held by what the call really used; the call itself stays counted."""

    def spent(self) -> Spent:
        """Used and reserved today."""


class Budget:
    """One process's caps per UTC day, never passed, also when many threads ask at once.

    Forgotten at its end; `spending.SharedBudget` is the one that lasts.

    Checking first and adding afterwards lets every thread in between through; here the check
    and the reservation are one step under a lock.
    """

    def __init__(
        self,
        calls_per_day: int,
        tokens_per_day: int = TOKENS_PER_DAY,
        *,
        clock: Clock | None = None,
        spent: Spent | None = None,
    ) -> None:
        """`spent` carries over what was already used today, for instance before a restart."""
        self._caps = Spent(calls_per_day, tokens_per_day)
        self._clock = clock or WallClock()
        self._day = self._today()
        self._spent = spent or Spent()
        self._lock = threading.Lock()

    def reserve(self, tokens: int, launch_id: int | None = None) -> Hold | None:
        """Sets aside one call of at most `tokens`; None where a cap would be passed."""
        with self._lock:
            self._turn_the_page()
            after = Spent(self._spent.calls + 1, self._spent.tokens + tokens)
            if after.calls > self._caps.calls or after.tokens > self._caps.tokens:
                return None
            self._spent = after
            return Hold(self._day, tokens, launch_id)

    def settle(self, hold: Hold, tokens: int) -> None:
        """Replaces what was held by what the call really used; the call itself stays counted."""
        with self._lock:
            self._turn_the_page()
            if hold.day == self._day:
                used = self._spent.tokens - hold.tokens + tokens
                self._spent = Spent(self._spent.calls, used)

    def spent(self) -> Spent:
        """Used and reserved today."""
        with self._lock:
            self._turn_the_page()
            return self._spent

    def exhausted(self) -> bool:
        """Not one more call of any size fits into today."""
        spent = self.spent()
        return spent.calls >= self._caps.calls or spent.tokens >= self._caps.tokens

    def _today(self) -> date:
        return self._clock.now().date()

    def _turn_the_page(self) -> None:
        if (today := self._today()) != self._day:
            self._day, self._spent = today, Spent()
