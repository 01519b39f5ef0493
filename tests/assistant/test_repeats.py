"""Repeats: the same question from many people, kept once."""

from datetime import timedelta

from sqlalchemy import select

from assistant.desk import repeats
from assistant.desk.messages import Message
from assistant.desk.repeats import Asked, RepeatGroup
from assistant.ground.parts import Parts
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
