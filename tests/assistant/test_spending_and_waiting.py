"""Beneath every model call: the breaker, the budget, and work that is given up on."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from assistant.ground.breaker import Breaker
from assistant.ground.budget import Budget, Spent
from assistant.ground.clock import SetClock
from assistant.ground.deadline import Deadline, Slots, TooBusy

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Ticking:
    """A monotonic clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_three_failures_in_ten_calls_open_the_breaker() -> None:
    breaker = Breaker(Ticking())
    for worked in [True, True, False, True, True, False, True, True, True]:
        (breaker.succeeded if worked else breaker.failed)(breaker.admit() or 0)
        assert not breaker.is_open()
    breaker.failed(breaker.admit() or 0)
    assert breaker.is_open()


def test_old_news_does_not_close_an_open_breaker() -> None:
    breaker = Breaker(Ticking())
    early = breaker.admit()
    assert early is not None
    for _ in range(5):
        breaker.failed(early)
    breaker.succeeded(early)
    assert breaker.is_open()
    assert breaker.admit() is None


def test_only_one_of_many_threads_gets_to_probe() -> None:
    clock = Ticking()
    breaker = Breaker(clock)
    for _ in range(5):
        breaker.failed(0)
    clock.now += 30
    turns: list[int | None] = []
    threads = [threading.Thread(target=lambda: turns.append(breaker.admit())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(turn is not None for turn in turns) == 1


def test_tokens_are_reserved_before_and_settled_after() -> None:
    cap = Budget(10, 1000, clock=SetClock(NOON))
    hold = cap.reserve(800)
    assert hold is not None
    assert cap.reserve(300) is None
    cap.settle(hold, 150)
    assert cap.reserve(800) is not None
    assert cap.spent() == Spent(calls=2, tokens=950)


def test_a_new_day_is_a_new_budget_and_yesterday_is_not_settled_against_it() -> None:
    clock = SetClock(NOON)
    cap = Budget(1, 1000, clock=clock)
    hold = cap.reserve(1000)
    assert hold is not None
    assert cap.exhausted()
    clock.forward(timedelta(days=1))
    assert not cap.exhausted()
    cap.settle(hold, 10)
    assert cap.spent() == Spent(calls=0, tokens=0)


def test_what_was_used_before_a_restart_counts() -> None:
    cap = Budget(5, 1000, clock=SetClock(NOON), spent=Spent(calls=5, tokens=10))
    assert cap.reserve(1) is None


def test_lost_work_keeps_its_slot_until_it_ends() -> None:
    slots, release, ended = Slots(at_once=1), threading.Event(), threading.Event()

    def stuck() -> None:
        release.wait(5)
        ended.set()

    with pytest.raises(TimeoutError):
        slots.run(stuck, Deadline.after(0.02, time.monotonic))
    with pytest.raises(TooBusy):
        slots.run(lambda: None, Deadline.after(1, time.monotonic))
    release.set()
    assert ended.wait(5)


def test_an_error_in_the_work_reaches_who_waits_for_it() -> None:
    def broken() -> None:
        raise LookupError("here")

    with pytest.raises(LookupError, match="here"):
        Slots(at_once=1).run(broken, Deadline.after(1, time.monotonic))
