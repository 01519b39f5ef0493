"""Through approvals, edits, retirements and recalls a launch's shelf is what a fresh one would be.

It takes over from the one before; a process that has just begun compiles it afresh, and both must
answer alike. What was withdrawn is found by none of its words, what was approved by all of them.
"""

from random import Random

from assistant.ground.errors import NotFound
from assistant.ground.parts import Parts
from assistant.library import entries, stocking
from assistant.library.liveness import live
from assistant.library.stocking import Stock
from knowledge.shelf import Shelf
from tests.cast import LENA, a_draft, later, launch_of, the
from tests.knowledge.test_shelf_taken_over import assert_equal

COLOURS = ("red", "green", "blue", "grey", "pink")
KEYS = [f"thing-{number}" for number in range(6)]


def stock(parts: Parts) -> Stock:
    return stocking.stock_of(parts, 1, at=parts.clock.now())


def approve(parts: Parts, key: str, random: Random) -> None:
    """A new entry, or a new wording of one; one that was retired is brought back."""
    at, colours = parts.clock.now(), random.sample(COLOURS, random.randint(1, 3))
    ways = [f"My {colour} {key} is lost, what now?" for colour in colours]
    draft = a_draft(question=f"Where is {key}?", phrasings=ways, answer=f"Shelf {random.random()}.")
    with parts.db.writing() as session:
        try:
            entry = entries.by_key(session, 1, key)
            entry.save(session, draft, by=None, at=at)
        except NotFound:
            entry = entries.create(
                session, launch_of(session), key=key, kind="faq", draft=draft, by=None, at=at
            )
        entry.approve_as_imported(session, by=the(session, LENA), at=at)


def withdraw(parts: Parts, key: str, random: Random) -> None:
    """Retire it, or recall what is wrong."""
    with parts.db.writing() as session:
        entry, lena, at = entries.by_key(session, 1, key), the(session, LENA), parts.clock.now()
        if random.random() < 0.5:
            entry.retire(session, reason="It is over.", by=lena, at=at)
        else:
            versions = [version for version in entry.versions if version.is_current]
            entry.recall(session, versions, reason="It is wrong.", by=lena, at=at)


def test_a_random_life_of_a_library_is_answered_as_by_a_process_that_has_just_begun(
    shop: Parts,
) -> None:
    random, taken_over = Random(3), 0
    gone: set[str] = set()
    for _ in range(25):
        key = random.choice(KEYS)
        standing = stock(shop).live.get(key)
        if standing and random.random() < 0.5:
            withdraw(shop, key, random)
            gone |= set(standing.entry.ways())
        else:
            approve(shop, key, random)
        later(shop, seconds=2)
        now = stock(shop)
        taken_over += now.shelf.is_taken_over
        assert_as_afresh(shop, now, sorted(gone))

    assert taken_over >= 20


def assert_as_afresh(parts: Parts, now: Stock, gone: list[str]) -> None:
    with parts.db.reading() as session:
        expected = {
            one.entry.key: stocking._live(one) for one in live(session, 1, at=parts.clock.now())
        }
    assert dict(now.live) == expected
    fresh = Shelf(now.entries, now.vectors)
    for key, one in now.live.items():
        for way in one.entry.ways()[-2:]:
            found = now.shelf.find(way, now.vectors[way])
            assert_equal(found, fresh.find(way, now.vectors[way]))
            assert found.exact
            assert found.matches[0].entry == key
    for way in gone[-3:]:
        assert_equal(now.shelf.find(way, None), fresh.find(way, None))
