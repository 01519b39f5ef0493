"""What a customer does in a conversation, by its token and once for each key."""

import threading
from typing import Any

import pytest

from assistant.answering import asking
from assistant.desk.conversations import Conversation
from assistant.desk.feedback import Feedback
from assistant.ground.errors import NotFound, Refused
from assistant.ground.parts import Parts
from tests import cast
from tests.cast import AMIR, EXPORT, NOW, UNKNOWN, Customer, a_customer, said_in, the


@pytest.mark.parametrize("wrong", ["", "x", "🧨", "a" * 5_000])
def test_without_its_token_nothing_is_said(shop: Parts, mara: Customer, wrong: str) -> None:
    for act in (
        lambda: asking.ask(shop, mara.id, wrong, "Hello?", key="some-key"),
        lambda: asking.ask_for_person(shop, mara.id, wrong, "", key="some-key"),
        lambda: asking.choose(shop, mara.id, wrong, 1, None, key="some-key"),
    ):
        with pytest.raises(NotFound, match="no such conversation"):
            act()

    assert mara.sees()["messages"] == []


def test_the_same_key_from_many_at_once_is_one_message(shop: Parts, mara: Customer) -> None:
    told: list[dict[str, Any]] = []
    threads = [
        threading.Thread(target=lambda: told.append(mara.asks(UNKNOWN, key="the-only-key")))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(told) == 6
    assert all(one == told[0] for one in told)
    with shop.db.reading() as session:
        assert [said.kind for said in said_in(session, mara.id)] == ["question", "notice"]
        assert len(cast.tickets_of(session)) == 1


def test_many_customers_at_once_each_get_their_own(shop: Parts) -> None:
    customers = [a_customer(shop, visitor=f"visitor {n}") for n in range(6)]
    numbers: list[str] = []
    threads = [
        threading.Thread(target=lambda c=c: numbers.append(c.asks(UNKNOWN)["ticket"]["number"]))
        for c in customers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(numbers) == [f"HC-{1001 + n}" for n in range(6)]


def test_a_clarification_of_another_conversation_cannot_be_answered(
    shop: Parts, mara: Customer
) -> None:
    asked = a_customer(shop).asks("price")["clarification"]["message_id"]

    for message_id in (asked, 2**40, 0):
        with pytest.raises(NotFound):
            mara.chooses(message_id, "price-differs")


def test_an_answer_is_no_clarification(mara: Customer) -> None:
    answer = mara.asks(EXPORT)["answer"]["message_id"]

    with pytest.raises(Refused, match="not among the choices"):
        mara.chooses(answer, None)


def test_the_same_choice_again_is_the_same_message(mara: Customer) -> None:
    asked = mara.asks("price")["clarification"]["message_id"]

    first = mara.chooses(asked, "price-differs", key="choice-key")

    assert mara.chooses(asked, "price-differs", key="choice-key") == first
    with pytest.raises(Refused, match="used for another message"):
        mara.chooses(asked, None, key="choice-key")


def conversation_of(session: Any, customer: Customer) -> Conversation:
    return session.get_one(Conversation, customer.id)  # type: ignore[no-any-return]


def test_a_ticket_is_rated_once_it_is_resolved(shop: Parts, mara: Customer) -> None:
    with shop.db.writing() as session, pytest.raises(Refused, match="no ticket yet"):
        asking.rate(session, conversation_of(session, mara), 5, note="", at=NOW)
    mara.asks(UNKNOWN)
    with shop.db.writing() as session, pytest.raises(Refused, match="still open"):
        asking.rate(session, conversation_of(session, mara), 5, note="", at=NOW)

    cast.amir_replies(shop)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.resolve(session, by=the(session, AMIR), at=NOW)
    with shop.db.writing() as session:
        asking.rate(session, conversation_of(session, mara), 4, note="Quick!", at=NOW)

    with cast.the_ticket(shop) as (session, ticket):
        assert ticket.rating == 4
        kept = session.query(Feedback).one()
        assert (kept.text, kept.source, kept.user) == ("Quick!", "ticket", "mara")
