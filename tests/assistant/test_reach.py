"""Where a customer can be reached by mail, and what is known about it."""

import pytest

from assistant.desk import links, reach
from assistant.desk.conversations import Conversation
from assistant.desk.links import Opens
from assistant.desk.reach import Proof, Reach, Source, address_in, mailbox_of
from assistant.ground.parts import Parts
from tests import cast
from tests.cast import NOW, PRICE, Customer, later


@pytest.mark.parametrize(
    ("words", "email"),
    [
        ("mara@example.com", "mara@example.com"),
        ("  Mara.Lind+shop@Example.COM ", "mara.lind+shop@example.com"),
        ("+49 30 1234567", None),
        ("", None),
        ("mara@", None),
        ("mara@example", None),
        ("mara@example.com, olu@example.com", None),
        ("mara@example.com\r\nBcc: all@example.com", None),
        ("Mara <mara@example.com>", None),
        ("mara@-example.com", None),
        (".mara@example.com", None),
        ("мара@example.com", None),
        (f"{'m' * 65}@example.com", None),
        (f"mara@{'e' * 250}.com", None),
    ],
)
def test_an_address_is_one_address_and_nothing_else(words: str, email: str | None) -> None:
    assert address_in(words) == email


def test_tags_of_an_address_lead_to_one_mailbox() -> None:
    assert mailbox_of("mara+shop@example.com") == "mara@example.com"


def given(parts: Parts, customer: Customer, words: str, source: Source = Source.WIDGET) -> None:
    with parts.db.writing() as session:
        conversation = session.get_one(Conversation, customer.id)
        reach.give(session, conversation, words, source=source, at=parts.clock.now())


def reached(parts: Parts, customer: Customer) -> Reach:
    with parts.db.reading() as session:
        return reach.reach_of(session, session.get_one(Conversation, customer.id))


def test_nobody_is_reached_who_named_no_address(shop: Parts, mara: Customer) -> None:
    given(shop, mara, "call me: 030 1234567")

    assert reached(shop, mara) == Reach(None, is_verified=False)


def test_an_address_that_was_only_named_is_not_verified(shop: Parts, mara: Customer) -> None:
    given(shop, mara, "mara@example.com")

    assert reached(shop, mara) == Reach("mara@example.com", is_verified=False)


def test_naming_it_twice_names_it_once_and_another_takes_its_place(
    shop: Parts, mara: Customer
) -> None:
    for words in ("mara@example.com", "Mara@example.com", "lind@example.com"):
        given(shop, mara, words)
    assert reached(shop, mara).email == "lind@example.com"

    given(shop, mara, "mara@example.com")
    assert reached(shop, mara).email == "mara@example.com"


def test_it_is_verified_in_the_conversation_where_it_was_confirmed_and_in_no_other(
    shop: Parts, mara: Customer
) -> None:

    other = cast.a_customer(shop, visitor="somebody")
    for each in (mara, other):
        given(shop, each, "mara@example.com")
    with shop.db.writing() as session:
        mine = reach.correspondent_of(session, mara.id)
        assert mine is not None
        mine.confirm(session, Proof.LINK, at=NOW)

    assert (reached(shop, mara).is_verified, reached(shop, other).is_verified) == (True, False)


def test_an_unconfirmed_mailbox_may_be_asked_once_a_day(shop: Parts) -> None:
    def asked(email: str) -> bool:
        with shop.db.writing() as session:
            address = reach.known(session, email, at=shop.clock.now())
            return reach.may_ask(session, address, at=shop.clock.now())

    first = [asked("mara@example.com"), asked("mara+1@example.com"), asked("olu@example.com")]
    later(shop, hours=23)
    second = asked("mara@example.com")
    later(shop, hours=2)

    assert (first, second, asked("mara@example.com")) == ([True, False, True], False, True)


def test_what_was_said_before_the_address_was_named_was_read_on_the_page(
    shop: Parts, mara: Customer
) -> None:
    answered = mara.asks(PRICE)["answer"]["message_id"]
    given(shop, mara, "mara@example.com")

    with shop.db.reading() as session:
        assert not reach.is_unread(session, mara.id, answered)
        assert reach.is_unread(session, mara.id, answered + 1)


def test_a_link_opens_what_it_is_for_until_it_ends_and_nothing_else(
    shop: Parts, mara: Customer
) -> None:
    given(shop, mara, "mara@example.com")
    with shop.db.writing() as session:
        mine = reach.correspondent_of(session, mara.id)
        assert mine is not None
        token = links.make(session, Opens.REPLY, mine, at=NOW)

    def opens(what: Opens, secret: str) -> bool:
        with shop.db.reading() as session:
            return links.opened(session, what, secret, at=shop.clock.now()) is not None

    assert opens(Opens.REPLY, token)
    assert opens(Opens.REPLY, token.upper())  # mail servers fold the case of a local part
    assert not opens(Opens.CONVERSATION, token)
    assert not any(opens(Opens.REPLY, bad) for bad in ("", token[:-1], token + "0", "x" * 40))
    later(shop, days=91)
    assert not opens(Opens.REPLY, token)
