"""Writers of one process go one after the other, in the order they came."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from assistant.ground.parts import Parts
from assistant.ground.turns import Turn, Turns

PATIENCE = 10.0  # seconds; nobody in these tests should need them


def test_those_who_wait_are_let_in_in_the_order_they_came() -> None:
    turns, order = Turns(), list[int]()
    turns.take(PATIENCE)

    def come(number: int) -> None:
        turns.take(PATIENCE)
        order.append(number)
        turns.give_back()

    threads = [threading.Thread(target=come, args=(number,)) for number in range(5)]
    for waiting, thread in enumerate(threads, start=1):
        thread.start()
        while len(turns._waiting) < waiting:
            thread.join(0.001)
    turns.give_back()
    for thread in threads:
        thread.join(PATIENCE)

    assert order == [0, 1, 2, 3, 4]


def test_who_waits_in_vain_leaves_the_line_and_does_not_hold_it_up() -> None:
    turns = Turns()
    assert turns.take(PATIENCE)

    assert not turns.take(0.01)
    turns.give_back()

    assert turns.take(0.01)


def test_a_turn_is_taken_once_and_given_back_once() -> None:
    turns = Turns()
    mine, other = Turn(turns), Turn(turns)
    mine.take(PATIENCE)
    mine.take(0.01)

    other.take(0.01)
    other.give_back()
    mine.give_back()
    mine.give_back()

    assert turns.take(0.01)
    assert not turns.take(0.01)


def test_a_writer_that_fails_lets_the_next_one_in(house: Parts) -> None:
    with pytest.raises(ZeroDivisionError), house.db.writing() as session:
        session.execute(text("SELECT 1"))
        raise ZeroDivisionError

    with house.db.writing() as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1


def test_many_writers_at_once_lose_nothing(house: Parts) -> None:
    with house.db.writing() as session:
        session.execute(text("CREATE TABLE tally (n INTEGER)"))
        session.execute(text("INSERT INTO tally VALUES (0)"))

    def add(_: int) -> None:
        with house.db.writing() as session:
            n = session.execute(text("SELECT n FROM tally")).scalar_one()
            session.execute(text("UPDATE tally SET n = :n"), {"n": n + 1})

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(add, range(200)))

    with house.db.reading() as session:
        assert session.execute(text("SELECT n FROM tally")).scalar_one() == 200
