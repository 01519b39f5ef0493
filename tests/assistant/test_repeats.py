"""Repeats: the same question from many people, kept once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import numpy as np
from sqlalchemy import func, select

from assistant.desk import repeats
from assistant.desk.messages import Message
from assistant.desk.repeats import Asked, QuestionTrace, RepeatGroup
from assistant.ground.parts import Parts
from knowledge.grouping import Group
from knowledge.traces import kept_in
from tests import cast
from tests.cast import NOW, UNKNOWN, a_customer, later


def groups(parts: Parts) -> list[RepeatGroup]:
    with parts.db.reading() as session:
        return list(session.scalars(select(RepeatGroup).order_by(RepeatGroup.id)))


def test_what_two_people_ask_in_other_words_is_one_question(shop: Parts) -> None:
    a_customer(shop, visitor="mara").asks("Can I pay with seashells on the moon?")
    later(shop, minutes=5)
    a_customer(shop, visitor="tom", channel="email").asks("is paying with seashells possible")
    a_customer(shop, visitor="tom").asks("Do you deliver by submarine to the sea bed?")

    shells, submarine = groups(shop)
    assert (shells.question, shells.size) == ("Can I pay with seashells on the moon?", 2)
    assert (shells.first_seen_at, shells.last_seen_at) == (NOW, NOW + timedelta(minutes=5))
    assert submarine.size == 1
    with shop.db.reading() as session:
        assert repeats.asked(session, shells.id) == Asked(2, 2, ("email", "widget"))
        assert repeats.people_in(session, [shells.id, submarine.id, None]) == {
            shells.id: 2,
            submarine.id: 1,
        }


def test_one_person_who_asks_again_is_one_person(shop: Parts) -> None:
    for _ in range(3):
        a_customer(shop, visitor="mara").asks(UNKNOWN)

    (group,) = groups(shop)
    with shop.db.reading() as session:
        assert repeats.asked(session, group.id) == Asked(1, 3, ("widget",))


def test_the_customer_is_told_how_many_others_asked(shop: Parts) -> None:
    first = a_customer(shop, visitor="mara").asks(UNKNOWN)
    second = a_customer(shop, visitor="tom").asks(UNKNOWN)

    assert (first["ticket"]["others"], second["ticket"]["others"]) == (0, 1)


def test_a_ticket_knows_the_others_about_the_same(shop: Parts) -> None:
    for visitor in ("mara", "tom", "ayla"):
        a_customer(shop, visitor=visitor).asks(UNKNOWN)

    with cast.the_ticket(shop, "HC-1001") as (session, ticket):
        assert [one.number for one in repeats.siblings(session, ticket)] == ["HC-1003", "HC-1002"]
        assert repeats.others(session, ticket) == 2


def test_greetings_and_texts_without_words_are_no_question(shop: Parts) -> None:
    customer = a_customer(shop)
    for words in ("hi", "thanks!", "???", "🙏", "\u200b"):
        customer.asks(words)

    assert groups(shop) == []


def test_without_an_embedder_every_question_stays_alone(shop: Parts) -> None:
    shop.embedder = None
    a_customer(shop).asks(UNKNOWN)

    assert groups(shop) == []
    with shop.db.reading() as session:
        assert list(session.scalars(select(Message.group_id).distinct())) == [None]


def test_a_group_is_the_sum_of_its_questions(shop: Parts) -> None:
    for visitor in ("mara", "tom", "ayla"):
        a_customer(shop, visitor=visitor).asks(UNKNOWN)

    (group,) = groups(shop)
    with shop.db.reading() as session:
        traces = kept_in(list(session.scalars(select(QuestionTrace.trace))))
    assert group.size == len(traces) == 3
    assert np.allclose(group.as_group().total, traces.sum(axis=0), atol=1e-5)


def test_of_questions_that_join_at_the_same_time_none_is_lost(shop: Parts) -> None:
    askers = [a_customer(shop, visitor=f"visitor {number}") for number in range(8)]
    askers[0].asks(UNKNOWN)

    with ThreadPoolExecutor(7) as pool:
        list(pool.map(lambda asker: asker.asks(UNKNOWN), askers[1:]))

    (group,) = groups(shop)
    with shop.db.reading() as session:
        traces = kept_in(list(session.scalars(select(QuestionTrace.trace))))
        joined = session.scalar(select(func.count()).where(Message.group_id == group.id))
    assert (group.size, joined, len(traces)) == (8, 8, 8)
    assert np.allclose(group.as_group().total, traces.sum(axis=0), atol=1e-4)


def test_a_group_is_compared_as_it_is_however_it_changed_since_the_last_question(
    shop: Parts,
) -> None:
    def known() -> dict[str, Group]:
        with shop.db.reading() as session:
            launch_id = cast.launch_of(session).id
            found = repeats.groups_of(session, launch_id, groups(shop)[0].embedder)
        return {group.key: group for group in found}

    def assert_as_in_the_table() -> None:
        stored = {str(group.id): group.as_group() for group in groups(shop)}
        assert known().keys() == stored.keys()
        for key, group in known().items():
            assert np.array_equal(group.total, stored[key].total)
            assert (group.size, group.identifiers) == (stored[key].size, stored[key].identifiers)

    a_customer(shop, visitor="mara").asks(UNKNOWN)
    assert_as_in_the_table()
    a_customer(shop, visitor="tom").asks(UNKNOWN)
    assert_as_in_the_table()
    with suppress(ZeroDivisionError), shop.db.writing() as session:  # this one is undone
        group = session.scalars(select(RepeatGroup)).one()
        group.take_in(group.as_group().with_group(group.as_group()), at=NOW)
        session.flush()
        repeats.groups_of(session, cast.launch_of(session).id, group.embedder)
        raise ZeroDivisionError
    assert_as_in_the_table()
    with shop.db.writing() as session:
        group = session.scalars(select(RepeatGroup)).one()
        group.give_up(group.as_group().total / group.size)
    assert_as_in_the_table()
    with shop.db.writing() as session:  # one leaves and another comes: as many as before
        group = session.scalars(select(RepeatGroup)).one()
        other = np.roll(group.as_group().total, 1)
        group.give_up(group.as_group().total)
        group.take_in(group.as_group().with_member(other), at=group.last_seen_at)
    assert_as_in_the_table()


def test_a_group_that_grows_is_called_by_the_shortest_central_question(shop: Parts) -> None:
    for visitor, words in enumerate(
        (
            "Hello there, can I pay with seashells on the moon if I happen to be there?",
            "Can I pay with seashells on the moon?",
            "Could I pay with seashells on the moon please?",
            "Can I perhaps pay with some seashells on the moon?",
        )
    ):
        a_customer(shop, visitor=f"visitor {visitor}").asks(words)

    (group,) = groups(shop)
    assert (group.size, group.question) == (4, "Can I pay with seashells on the moon?")


def test_a_group_that_a_person_handled_takes_questions_in_and_keeps_its_name(shop: Parts) -> None:
    a_customer(shop, visitor="mara").asks("Can I possibly pay with seashells on the moon?")
    with shop.db.writing() as session:
        group = session.scalars(select(RepeatGroup)).one()
        group.take_over(by=cast.the(session, cast.LENA), at=NOW)

    for visitor in ("tom", "ayla", "ines"):
        a_customer(shop, visitor=visitor).asks("Can I pay with seashells on the moon?")

    (group,) = groups(shop)
    assert (group.size, group.question) == (4, "Can I possibly pay with seashells on the moon?")
    assert (group.is_handled, group.handled_at) == (True, NOW)


def test_two_error_codes_are_two_questions_whoever_came_between(shop: Parts) -> None:
    for visitor, words in enumerate(
        (
            "Checkout of the submarine shows error QX-1042",
            "Checkout of the submarine shows an error",
            "Checkout of the submarine shows error QX-2001",
        )
    ):
        a_customer(shop, visitor=f"visitor {visitor}").asks(words)

    assert [(group.size, group.identifiers) for group in groups(shop)] == [
        (2, ["qx-1042"]),
        (1, ["qx-2001"]),
    ]
