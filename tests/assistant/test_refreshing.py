"""The shelf follows what people teach: at once, but no more often than it must."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

from assistant.ground.parts import Parts, Revised
from assistant.library import refreshing, stocking
from assistant.worker import Worker, long_jobs
from knowledge.embedding import EmbeddingFailed
from tests import cast
from tests.assistant.test_lessons import KEPT, MOVED, found, stock, take_back, teach
from tests.cast import NOW, an_entry, later


def kept(parts: Parts) -> refreshing.Refreshed:
    stock(parts)
    (known,) = parts.refreshed.all_kept().values()
    return known  # type: ignore[no-any-return]


def in_a_hurry(parts: Parts) -> refreshing.Refreshed:
    """Put a shelf in place whose head has not learnt properly, as it is on a large one."""
    known = kept(parts)
    (launch_id,) = parts.refreshed.all_kept()
    hurried = replace(known, is_proper=False)
    assert parts.refreshed.swap(launch_id, known, hurried)
    return hurried


def test_without_lessons_nothing_is_compiled_twice(shop: Parts) -> None:
    assert kept(shop).stock is kept(shop).approved
    assert stock(shop) is stock(shop)


def test_a_hundred_confirmations_in_a_second_compile_one_shelf(shop: Parts) -> None:
    shelves = {id(stock(shop).shelf): stock(shop).shelf}
    later(shop, seconds=2)
    for number in range(100):
        teach(shop, "export-data", f"May I take piece {number} of my data away with me")
        later(shop, milliseconds=10)
        shelf = stock(shop).shelf
        shelves[id(shelf)] = shelf

    assert len(shelves) == 2  # as approved, and with the first of them
    later(shop, seconds=1)
    assert found(shop, "May I take piece 99 of my data away with me").exact


def test_a_clock_that_is_set_back_does_not_keep_the_old_shelf(shop: Parts) -> None:
    stock(shop)
    cast.clock_of(shop).set(NOW - timedelta(hours=2))

    teach(shop, "change-address", MOVED)

    assert found(shop, MOVED).exact


def test_the_library_moving_on_keeps_what_was_learnt(shop: Parts) -> None:
    teach(shop, "change-address", MOVED)
    an_entry(shop)

    assert found(shop, MOVED).exact
    assert "pause-plan" in stock(shop).live


def test_a_head_learns_properly_in_the_background(shop: Parts) -> None:
    teach(shop, "change-address", MOVED)
    hurried = in_a_hurry(shop)

    Worker(shop, long_jobs).round()

    assert kept(shop).is_proper
    assert kept(shop).stock.shelf is not hurried.stock.shelf
    assert found(shop, MOVED).exact
    assert refreshing.learn_properly(shop) == 0


def test_what_changed_meanwhile_wins_over_a_head_that_was_learnt_for_something_older(
    shop: Parts,
) -> None:
    hurried = in_a_hurry(shop)
    (launch_id,) = shop.refreshed.all_kept()
    an_entry(shop)
    newest = kept(shop)

    assert not shop.refreshed.swap(launch_id, hurried, replace(hurried, is_proper=True))
    assert kept(shop) is newest


def test_a_question_never_waits_for_another_that_compiles(shop: Parts) -> None:
    values: Revised[str] = Revised()
    values.of(1, "r", lambda: "old")
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        assert go_on.wait(10)
        return "new"

    compiling = threading.Thread(target=values.replaced, args=(1, "old", slow))
    compiling.start()
    assert begun.wait(10)

    assert values.replaced(1, "old", lambda: "never") == "old"
    go_on.set()
    compiling.join()
    assert values.of(1, "r", lambda: "never") == "new"


class Away:
    """An embedder that gives nothing for a while."""

    dimensions = 384

    def __init__(self, parts: Parts) -> None:
        assert parts.embedder is not None
        self.name, self.is_away, self._real = parts.embedder.name, True, parts.embedder

    def fits(self, text: str) -> bool:
        return True

    def embed(self, texts: Any) -> Any:
        if self.is_away:
            raise EmbeddingFailed("no route to host")
        return self._real.embed(texts)


def test_a_lesson_without_a_vector_is_found_by_its_words_until_it_has_one(shop: Parts) -> None:
    stock(shop)
    away = Away(shop)
    shop.embedder = away
    teach(shop, "change-address", MOVED)
    later(shop, seconds=1)
    assert not kept(shop).is_whole
    assert stock(shop).shelf.find(MOVED, None).exact

    away.is_away = False
    later(shop, seconds=59)
    assert not kept(shop).is_whole
    later(shop, seconds=1)
    assert kept(shop).is_whole


def test_without_an_embedder_lessons_are_words(house: Parts, tmp_path: Any) -> None:
    cast.bring_in(house, tmp_path)
    cast.go_live(house)
    lesson_id = teach(house, "export-data", KEPT)
    assert lesson_id is not None

    assert stock(house).shelf.find(KEPT, None).exact
    take_back(house, lesson_id)
    later(house, seconds=1)
    assert not stock(house).shelf.find(KEPT, None).exact


def test_two_launches_learn_apart(shop: Parts) -> None:
    teach(shop, "change-address", MOVED)
    with shop.db.reading() as session:
        launch_id = cast.launch_of(session).id
    other = stocking.stock_of(shop, launch_id + 1, at=NOW)

    assert other.entries == ()
    assert found(shop, MOVED).exact


def test_who_asks_while_a_value_is_made_anew_gets_the_one_before() -> None:
    values: Revised[str] = Revised()
    values.of(1, "first", lambda: "old")
    begun, go_on = threading.Event(), threading.Event()

    def make() -> str:
        begun.set()
        assert go_on.wait(10)
        return "new"

    maker = threading.Thread(target=lambda: values.of(1, "second", make, meanwhile=True))
    maker.start()
    assert begun.wait(10)

    assert values.of(1, "second", lambda: "made twice", meanwhile=True) == "old"
    go_on.set()
    maker.join()
    assert values.of(1, "second", lambda: "made twice", meanwhile=True) == "new"
