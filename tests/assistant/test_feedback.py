"""Feedback: what people thought, with a first guess at what kind it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.desk.feedback import Category, Feedback, category_of
from assistant.ground.audit import Event
from assistant.ground.errors import NotFound, Refused
from assistant.ground.parts import Parts
from tests import cast
from tests.cast import EXPORT, NOW, UNKNOWN, Customer, a_customer


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("I love the new page, thank you!", Category.POSITIVE),
        ("Everything works well and the support was fast", Category.POSITIVE),
        ("No problems at all, great", Category.POSITIVE),
        ("The page is broken", Category.ISSUE),
        ("I can't find my invoice", Category.ISSUE),
        ("great design but checkout fails with an error and is slow", Category.ISSUE),
        ("You should add dark mode", Category.SUGGESTION),
        ("It would be nice to pay by invoice", Category.SUGGESTION),
        ("Blue", Category.ISSUE),  # in doubt somebody reads it
        ("", Category.ISSUE),
    ],
)
def test_the_words_give_a_first_guess(text: str, category: Category) -> None:
    assert category_of(text) is category


def test_without_words_the_verdict_decides() -> None:
    assert category_of(" ", helpful=True) is Category.POSITIVE
    assert category_of(" ", helpful=False) is Category.ISSUE


@given(st.text(max_size=500), st.none() | st.booleans())
def test_every_text_has_a_category(text: str, helpful: bool | None) -> None:
    assert category_of(text, helpful=helpful) in Category


# "Did this help?"


def judged(parts: Parts) -> list[tuple[bool | None, str | None, str, int | None]]:
    with parts.db.reading() as session:
        found = session.query(Feedback).order_by(Feedback.id)
        return [(one.helpful, one.reason, one.category, one.entry_version_id) for one in found]


def test_not_quite_is_a_work_item_on_exactly_the_version_that_was_sent(
    shop: Parts, mara: Customer
) -> None:
    answer = mara.asks(EXPORT)["answer"]
    mara.judges(answer["message_id"], helpful=False, reason="unclear")

    with shop.db.reading() as session:
        version = cast.version_of(session, "export-data")
        (kept,) = session.query(Feedback)
        assert (kept.entry_version_id, kept.message_id) == (version.id, answer["message_id"])
        assert (kept.user, kept.source, kept.settled_at) == ("mara", "widget", None)
        assert session.query(Event).filter_by(kind="feedback.given").count() == 1
    assert judged(shop) == [(False, "unclear", "issue reported", version.id)]


def test_the_same_verdict_again_changes_nothing_and_another_one_is_kept_too(
    shop: Parts, mara: Customer
) -> None:
    message = mara.asks(EXPORT)["answer"]["message_id"]
    for helpful in (True, True, False, False):
        mara.judges(message, helpful=helpful)

    assert [(helpful, reason) for helpful, reason, _, _ in judged(shop)] == [
        (True, None),
        (False, None),
    ]
    assert mara.sees()["messages"][-1]["helpful"] is False


def test_only_an_answer_of_this_conversation_can_be_judged(shop: Parts, mara: Customer) -> None:
    answer = a_customer(shop).asks(EXPORT)["answer"]["message_id"]
    question = mara.asks(UNKNOWN)["message_id"]

    for message, refusal in ((answer, NotFound), (2**40, NotFound), (question, Refused)):
        with pytest.raises(refusal):
            mara.judges(message, helpful=True)
    assert judged(shop) == []


def test_a_time_of_giving_is_the_givers_own(shop: Parts) -> None:
    from assistant.desk.feedback import Source, give

    earlier = NOW.replace(year=2023)
    with shop.db.writing() as session:
        kept = give(
            session, user="12345", text="Nice", source=Source.FORUM, given_at=earlier, at=NOW
        )

    assert (kept.given_at, kept.received_at, kept.category) == (earlier, NOW, "positive experience")
