"""The outbox: put once beside a fact, delivered in order and until it arrives, or a dead letter."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from assistant.ground import audit, interruptions, outbox
from assistant.ground.delivery import (
    LEASE,
    TRIED_FOR,
    claim,
    deliver_due,
    forget_delivered,
    replay,
    wait_after,
)
from assistant.ground.errors import NotFound, Refused
from assistant.ground.outbox import Outgoing, Undeliverable
from assistant.ground.parts import Parts
from tests import cast
from tests.cast import LENA, NOW, later, the


@dataclass
class Target:
    """Somebody outside who notes what arrives, and is down when told so."""

    down: set[str] = field(default_factory=set)
    everybody_is_down: bool = False
    refuses: set[str] = field(default_factory=set)
    heard: list[tuple[str, str]] = field(default_factory=list)
    asked: int = 0
    transactions: int = 0

    def __call__(self, parts: Parts, body: dict[str, Any], *, event_id: str) -> None:
        self.asked += 1
        self.transactions += parts.db.connections_in_use()
        if body["to"] in self.down or self.everybody_is_down:
            raise Undeliverable("It is down.", everybody=self.everybody_is_down)
        if body["words"] in self.refuses:
            raise Undeliverable("It takes no such thing.", permanent=True)
        self.heard.append((body["words"], event_id))

    @property
    def words(self) -> list[str]:
        return [words for words, _ in self.heard]


def put(parts: Parts, words: str, *, to: str = "a", **more: Any) -> Outgoing | None:
    with parts.db.writing() as session:
        given: dict[str, Any] = {"key": words, "at": parts.clock.now(), **more}
        return outbox.put(session, kind="note", target=to, body={"words": words, "to": to}, **given)


def deliver(parts: Parts, target: Target, *, at_once: int = 1) -> int:
    return deliver_due(parts, {"note": target}, at_once=at_once)


def row_of(parts: Parts, words: str) -> Outgoing:
    with parts.db.reading() as session:
        return session.scalars(select(Outgoing).where(Outgoing.key == words)).one()


# --- put ---


def test_what_was_put_arrives_once_with_no_transaction_open(house: Parts) -> None:
    target = Target()
    put(house, "hello")

    assert [deliver(house, target), deliver(house, target)] == [1, 0]
    assert (target.words, target.transactions) == (["hello"], 0)
    assert row_of(house, "hello").delivered_at == NOW


def test_the_same_key_is_put_once_for_a_target_and_again_for_another(house: Parts) -> None:
    first = put(house, "hello")

    assert put(house, "hello") is None
    assert put(house, "hello", to="b") is not None
    assert first is not None


def test_what_is_put_is_gone_with_the_transaction_that_fails(house: Parts) -> None:
    with pytest.raises(RuntimeError), house.db.writing() as session:
        outbox.put(session, kind="note", target="a", body={}, key="k", at=NOW)
        raise RuntimeError

    assert deliver(house, Target()) == 0


def test_what_is_put_for_later_waits_and_may_be_withdrawn_until_then(house: Parts) -> None:
    target = Target()
    put(house, "to-all/1", not_before=NOW + timedelta(seconds=10))
    put(house, "to-all/2", not_before=NOW + timedelta(seconds=10))
    put(house, "other", not_before=NOW + timedelta(seconds=10))
    assert deliver(house, target) == 0

    with house.db.writing() as session:
        taken = outbox.withdraw(session, kind="note", key_prefix="to-all/", at=NOW)
    later(house, seconds=10)
    deliver(house, target)

    assert (taken, target.words) == (2, ["other"])


def test_withdrawing_does_not_count_what_is_on_its_way(house: Parts) -> None:
    put(house, "gone")
    put(house, "kept back")
    with house.db.writing() as session:
        claim(session, ["note"], at=NOW)

    with house.db.writing() as session:
        assert outbox.withdraw(session, kind="note", key_prefix="", at=NOW) == 1


def test_a_prefix_is_taken_letter_by_letter(house: Parts) -> None:
    put(house, "a1")
    put(house, "a_1")

    with house.db.writing() as session:
        assert outbox.withdraw(session, kind="note", key_prefix="a_", at=NOW) == 1


# --- order ---


def test_a_lane_waits_for_its_first_and_other_lanes_go_on(house: Parts) -> None:
    target = Target(down={"a"})
    for words in ("1", "2"):
        put(house, words, to="a", lane="ticket 7")
    put(house, "1", to="b", lane="ticket 7")
    deliver(house, target)
    target.down.clear()
    put(house, "3", to="a", lane="ticket 7")

    later(house, seconds=10)
    deliver(house, target)

    assert target.words == ["1", "1", "2", "3"]


def test_a_dead_letter_no_longer_holds_up_its_lane(house: Parts) -> None:
    target = Target(refuses={"1"})
    for words in ("1", "2"):
        put(house, words, lane="ticket 7")

    deliver(house, target)

    assert target.words == ["2"]
    assert row_of(house, "1").dead_at == NOW


# --- trying again ---


def test_a_wait_doubles_up_to_an_hour_and_is_spread(house: Parts) -> None:
    waits = [wait_after(tries, "evt_1").total_seconds() for tries in (1, 2, 3, 20, 2_000)]

    for wait, about in zip(waits, (5, 10, 20, 3_600, 3_600), strict=True):
        assert about * 0.8 <= wait <= about * 1.2
    assert len({wait_after(1, f"evt_{n}") for n in range(100)}) > 90


def test_every_try_carries_the_same_event_id(house: Parts) -> None:
    put(house, "hello")
    with house.db.writing() as session:
        first = claim(session, ["note"], at=NOW)
    later(house, seconds=LEASE.total_seconds())
    with house.db.writing() as session:
        second = claim(session, ["note"], at=house.clock.now())

    assert first is not None
    assert second is not None
    assert (second.event_id, second.tries) == (first.event_id, 2)


def test_a_row_that_is_leased_is_nobody_else_s_until_the_lease_ends(house: Parts) -> None:
    put(house, "hello")
    with house.db.writing() as session:
        claim(session, ["note"], at=NOW)
        assert claim(session, ["note"], at=NOW + LEASE - timedelta(seconds=1)) is None


def test_after_three_days_it_is_a_dead_letter_and_a_person_may_replay_it(shop: Parts) -> None:
    target = Target(down={"a"})
    with shop.db.reading() as session:
        launch_id = cast.launch_of(session).id
    put(shop, "hello", launch_id=launch_id)
    while row_of(shop, "hello").is_waiting:
        deliver(shop, target)
        later(shop, minutes=5)
    dead = row_of(shop, "hello")
    assert dead.dead_at is not None
    assert TRIED_FOR - timedelta(hours=2) <= dead.dead_at - NOW <= TRIED_FOR
    assert dead.last_error == "It is down."

    target.down.clear()
    with shop.db.writing() as session:
        row = outbox.this_letter(session, dead.id, launch_id)
        replay(session, row, by=the(session, LENA), at=shop.clock.now())
    deliver(shop, target)

    assert target.heard == [("hello", dead.event_id)]
    with shop.db.reading() as session:
        said = [(one.kind, one.who) for one in audit.after(session, 0) if "delivery" in one.kind]
    assert said == [("delivery.dead", "outbox"), ("delivery.replayed", "Lena Ortiz")]


def test_only_a_dead_letter_of_this_launch_is_replayed(shop: Parts) -> None:
    with shop.db.reading() as session:
        launch_id = cast.launch_of(session).id
    row = put(shop, "hello", launch_id=launch_id)
    assert row is not None

    with shop.db.writing() as session, pytest.raises(Refused, match="not a dead letter"):
        letter = outbox.this_letter(session, row.id, launch_id)
        replay(session, letter, by=the(session, LENA), at=NOW)
    with shop.db.reading() as session, pytest.raises(NotFound):
        outbox.this_letter(session, row.id, launch_id + 1)


# --- targets that fail ---


def test_a_target_that_fails_is_left_alone_and_the_others_get_theirs(house: Parts) -> None:
    target = Target(down={"a"})
    for n in range(20):
        put(house, f"{n}", to="a")
    put(house, "hello", to="b")

    deliver(house, target)

    assert target.words == ["hello"]
    assert target.asked == interruptions.IN_A_ROW + 1
    with house.db.reading() as session:
        assert [one.target for one in interruptions.left_alone(session)] == ["a"]


def test_the_first_answer_makes_due_what_waited_for_the_target(house: Parts) -> None:
    target = Target(down={"a"})
    for n in range(20):
        put(house, f"{n}", to="a")
    for _ in range(120):
        deliver(house, target)
        later(house, seconds=5)  # ten minutes of being down
    asked = target.asked
    target.down.clear()

    for _ in range(24):  # two minutes
        deliver(house, target)
        later(house, seconds=5)

    assert sorted(target.words, key=int) == [str(n) for n in range(20)]
    assert asked < 45  # in 120 rounds: it was not hammered meanwhile


def test_one_row_that_a_target_never_takes_does_not_starve_the_others(house: Parts) -> None:
    target = Target(refuses=set())
    put(house, "poison", to="a")

    def picky(parts: Parts, body: dict[str, Any], *, event_id: str) -> None:
        if body["words"] == "poison":
            raise Undeliverable("500")
        target(parts, body, event_id=event_id)

    for n in range(60):
        put(house, f"{n}", to="a")
        deliver_due(house, {"note": picky}, at_once=1)
        later(house, minutes=1)

    assert len(target.words) >= 58


def test_when_nobody_of_a_kind_can_be_reached_one_probe_speaks_for_all(house: Parts) -> None:
    target = Target(everybody_is_down=True)
    for n in range(50):
        put(house, f"{n}", to=f"{n}@example.com")
    deliver(house, target)
    assert target.asked == interruptions.IN_A_ROW

    target.everybody_is_down = False
    later(house, seconds=15)
    deliver(house, target)

    assert len(target.heard) == 50


def test_what_waits_to_be_undone_is_not_sent_early_by_a_probe(house: Parts) -> None:
    target = Target(down={"a"})
    for n in range(3):
        put(house, f"{n}", to="a")
    deliver(house, target)
    with house.db.writing() as session:
        outbox.withdraw(session, kind="note", key_prefix="", at=NOW)
    put(house, "undo me", to="a", not_before=NOW + timedelta(hours=1))
    target.down.clear()

    later(house, minutes=30)
    deliver(house, target)

    assert target.words == []


def test_a_deliverer_with_a_bug_is_tried_again_like_a_target_that_is_down(house: Parts) -> None:
    def broken(parts: Parts, body: dict[str, Any], *, event_id: str) -> None:
        raise KeyError(body["words"])

    put(house, "hello")
    deliver_due(house, {"note": broken}, at_once=1)

    row = row_of(house, "hello")
    assert (row.is_waiting, row.last_error) == (True, "It failed on our side; the log says how.")


def test_a_kind_that_nobody_delivers_waits(house: Parts) -> None:
    put(house, "hello")

    assert deliver_due(house, {}) == 0
    assert deliver_due(house, {"other": Target()}) == 0
    with house.db.reading() as session:
        assert outbox.standing(session, at=NOW) == outbox.Standing(1, NOW, 0)


def test_several_threads_deliver_each_row_once_and_every_lane_in_order(house: Parts) -> None:
    target = Target()
    for n in range(10):
        for to in ("a", "b", "c", "d", "e"):
            put(house, f"{to}{n}", to=to, lane="ticket 7")

    assert deliver(house, target, at_once=4) == 50

    for to in ("a", "b", "c", "d", "e"):
        mine = [words for words in target.words if words.startswith(to)]
        assert mine == [f"{to}{n}" for n in range(10)]


# --- later ---


def test_the_words_of_what_arrived_are_forgotten_and_its_key_is_not(house: Parts) -> None:
    put(house, "hello")
    deliver(house, Target())
    later(house, days=31)

    assert [forget_delivered(house), forget_delivered(house)] == [1, 0]
    assert row_of(house, "hello").body == {}
    assert put(house, "hello") is None
