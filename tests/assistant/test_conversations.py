"""Conversations: everything that was said, in order, and nothing of it changed."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from assistant.desk import conversations
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said, subject_of, undecided
from assistant.ground.audit import Event
from assistant.ground.errors import NotFound, Refused
from assistant.ground.parts import Parts
from tests import cast
from tests.cast import AMIR, NOW, Customer, a_customer, said_in, the

HOSTILE = [
    "\u202eyenom ym si erehW",
    "where\u200b is\u2060 it",
    "🧨" * 1_000,
    "x" * 4_000,
    "<script>alert(1)</script>",
    "'; DROP TABLE messages; --",
    "line one\r\nline two\n\n\n",
    "ŕ̶̡e̵f̷u̸n̶d̴",
]


def of(parts: Parts, customer: Customer) -> Conversation:
    with parts.db.reading() as session:
        return session.get_one(Conversation, customer.id)


def test_only_its_own_token_opens_a_conversation(shop: Parts, mara: Customer) -> None:
    other = a_customer(shop)

    with shop.db.reading() as session:
        assert conversations.opened(session, mara.id, mara.token).visitor == "mara"
        for wrong_id, wrong_token in [(mara.id, other.token), ("nowhere", mara.token), ("", "")]:
            with pytest.raises(NotFound) as refused:
                conversations.opened(session, wrong_id, wrong_token)
            assert refused.value.message == "There is no such conversation."


def test_the_token_is_stored_nowhere(shop: Parts, mara: Customer) -> None:
    assert mara.token not in str(vars(of(shop, mara)))


def test_somebody_without_a_name_gets_one_that_nobody_else_has(shop: Parts) -> None:
    one, other = a_customer(shop, visitor=""), a_customer(shop, visitor="")

    assert of(shop, one).visitor != of(shop, other).visitor


@pytest.mark.parametrize("words", HOSTILE)
def test_what_was_said_is_kept_to_the_letter(shop: Parts, mara: Customer, words: str) -> None:
    message_id = mara.says(words)

    with shop.db.reading() as session:
        assert session.get_one(Message, message_id).text == words


def test_every_message_is_an_event_of_its_author(shop: Parts, mara: Customer) -> None:
    mara.asks(cast.UNKNOWN)
    cast.amir_replies(shop)

    with shop.db.reading() as session:
        events = session.scalars(select(Event).where(Event.kind.startswith("message.")))
        assert [(event.kind, event.who) for event in events] == [
            ("message.question", "customer"),
            ("message.notice", "assistant"),
            ("message.reply", "Amir Haddad"),
        ]


def test_the_same_key_is_the_same_message_and_another_body_is_refused(
    shop: Parts, mara: Customer
) -> None:
    first = mara.asks("Where is my box?", key="one-and-only")

    assert mara.asks("Where is my box?", key="one-and-only") == first
    for again in (
        lambda: mara.asks("Where is my bag?", key="one-and-only"),
        lambda: mara.calls("Where is my box?", key="one-and-only"),
        lambda: mara.calls(key="one-and-only"),
    ):
        with pytest.raises(Refused, match="used for another message"):
            again()


def test_the_same_key_in_another_conversation_is_another_message(
    shop: Parts, mara: Customer
) -> None:
    first = mara.asks("Where is my box?", key="one-and-only")

    second = a_customer(shop).asks("Where is my box?", key="one-and-only")

    assert second["message_id"] != first["message_id"]


def test_a_note_never_leaves_the_team(shop: Parts, mara: Customer) -> None:
    mara.asks(cast.UNKNOWN)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.add_note(session, "He asked twice before.", by=the(session, AMIR), at=NOW)

    with shop.db.reading() as session:
        notes = [said for said in said_in(session, mara.id) if not said.is_for_customer]
        assert [(note.kind, note.text) for note in notes] == [("note", "He asked twice before.")]
    assert "asked twice" not in str(mara.sees())


def test_undecided_questions_are_found_oldest_first(shop: Parts, mara: Customer) -> None:
    second = mara.says("Where is my box?", at=NOW)
    first = mara.says("Why so?", at=NOW - timedelta(minutes=1))
    mara.asks(cast.PRICE)

    with shop.db.reading() as session:
        assert undecided(session, before=NOW) == [first, second]
        assert undecided(session, before=NOW, most=1) == [first]
        assert undecided(session, before=NOW - timedelta(seconds=1)) == [first]


def test_a_choice_and_a_bare_call_are_about_the_question_before_them(
    shop: Parts, mara: Customer
) -> None:
    asked = mara.asks("price")["clarification"]["message_id"]
    mara.chooses(asked, None)
    mara.calls()
    mara.calls("It is about my invoice.")

    with shop.db.reading() as session:
        conversation = session.get_one(Conversation, mara.id)
        said = [one for one in conversation.messages if one.is_question]
        assert [(one.kind, conversation.behind(one).text) for one in said] == [
            (Said.QUESTION, "price"),
            (Said.CHOICE, "price"),
            (Said.CALL, "price"),
            (Said.CALL, "It is about my invoice."),
        ]


@given(st.text(max_size=400))
def test_a_subject_is_one_line_of_at_most_120_characters(words: str) -> None:
    subject = subject_of(words)

    assert len(subject) <= 120
    assert len(subject.splitlines()) <= 1
    assert subject == " ".join(words.split()) or subject.endswith("…")


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("Why is\n my   price higher?", "Why is my price higher?"),
        ("word " * 24, ("word " * 24).strip()),
        ("word " * 25, "word " * 23 + "word…"),
        ("x" * 200, "x" * 119 + "…"),
        (" \n ", ""),
    ],
)
def test_a_long_question_is_cut_at_a_word(words: str, subject: str) -> None:
    assert subject_of(words) == subject
