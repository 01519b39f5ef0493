"""The audit lane: which answers a person checks, and what follows."""

import pytest

from assistant.answering import audits
from assistant.answering.answer import answer
from assistant.answering.audits import Audit, Verdict, is_drawn
from assistant.answering.decisions import Decision
from assistant.answering.guarantee import judged_of
from assistant.answering.labels import Label
from assistant.answering.states import State, trust_of_each
from assistant.desk.messages import Message
from assistant.desk.tickets import Ticket
from assistant.ground.audit import Event
from assistant.ground.errors import NotFound
from assistant.ground.parts import Parts
from assistant.launch.launches import Mode
from tests import cast
from tests.cast import AMIR, EXPORT, PRICE, UNKNOWN, launch_of, the


def waiting(parts: Parts) -> list[Audit]:
    with parts.db.reading() as session:
        return audits.waiting(session, launch_of(session))


def asks_until_drawn(parts: Parts, words: str = PRICE) -> int:
    """Let customers ask until an answer is drawn; return the question's id."""
    for number in range(400):
        message_id = cast.a_customer(parts, visitor=f"v{number}").asks(words)["message_id"]
        if is_drawn(cast.LAUNCH, message_id):
            return int(message_id)
    raise AssertionError("none of 400 answers was drawn")


def judge(parts: Parts, question_id: int, verdict: Verdict) -> Ticket | None:
    with parts.db.writing() as session:
        return audits.judge(
            session,
            launch_of(session),
            question_id,
            verdict,
            by=the(session, AMIR),
            at=parts.clock.now(),
        )


def test_about_one_in_twenty_is_drawn_and_always_the_same() -> None:
    drawn = [number for number in range(20_000) if is_drawn("spring-pricing", number)]

    assert 900 <= len(drawn) <= 1_100
    assert drawn == [number for number in range(20_000) if is_drawn("spring-pricing", number)]


def test_every_other_message_is_drawn_as_often_as_every_message() -> None:
    odd = sum(is_drawn("spring-pricing", number) for number in range(1, 20_000, 2))

    assert 430 <= odd <= 570


def test_another_launch_draws_others() -> None:
    one, other = (
        {number for number in range(5_000) if is_drawn(launch, number)} for launch in ("a", "b")
    )

    assert len(one & other) < len(one) / 4


def test_a_drawn_answer_waits_with_question_and_answer(shop: Parts) -> None:
    cast.confirm(shop, "price-differs")
    question_id = asks_until_drawn(shop)

    (audit,) = waiting(shop)
    assert (audit.question.id, audit.question.text) == (question_id, PRICE)
    assert (audit.answer.text, audit.version.entry.key) == (cast.PRICE_TEXT, "price-differs")
    assert (audit.weight, audit.recognised) == (20.0, False)


def test_what_a_person_answers_is_not_checked(shop: Parts) -> None:
    for number in range(60):
        cast.a_customer(shop, visitor=f"v{number}").asks(UNKNOWN)

    assert waiting(shop) == []


@pytest.mark.parametrize(("verdict", "right"), [(Verdict.RIGHT, True), (Verdict.CANNOT_TELL, None)])
def test_a_verdict_is_kept_with_its_weight_and_does_not_wait_any_more(
    shop: Parts, verdict: Verdict, right: bool | None
) -> None:
    cast.confirm(shop, "price-differs")
    question_id = asks_until_drawn(shop)

    assert judge(shop, question_id, verdict) is None

    assert waiting(shop) == []
    with shop.db.reading() as session:
        label = session.query(Label).filter_by(message_id=question_id).one()
        assert (label.source, label.right, label.weight) == ("audit", right, 20.0)
        assert session.query(Ticket).all() == []
        event = session.query(Event).filter_by(kind="answer.checked").one()
        assert (event.who, event.details["verdict"]) == ("Amir Haddad", verdict)


def test_a_wrong_answer_opens_a_ticket_whose_promises_begin_now(shop: Parts) -> None:
    question_id = asks_until_drawn(shop)
    cast.later(shop, hours=30)

    judge(shop, question_id, Verdict.WRONG)

    with shop.db.reading() as session:
        ticket = session.query(Ticket).one()
        assert ticket.question_id == question_id
        assert ticket.is_waiting_on_us
        assert "Amir Haddad checked the answer “Why is my price different" in ticket.handoff_reason
        assert all(promise.due_at > shop.clock.now() for promise in ticket.promises)
        assert ticket.scenario is not None
        assert session.get_one(Decision, question_id).ticket_id == ticket.id


def test_an_open_ticket_takes_it_along_with_a_note(shop: Parts) -> None:
    question_id = asks_until_drawn(shop)
    with shop.db.reading() as session:
        asked = session.get_one(Message, question_id).conversation_id
    with shop.db.writing() as session:
        conversation = session.get_one(Message, question_id).conversation
        called = conversation.call(session, "", key="call-1", at=cast.NOW).id
    answer(shop, called)

    judge(shop, question_id, Verdict.WRONG)

    with shop.db.reading() as session:
        assert session.query(Ticket).count() == 1
        notes = [m.text for m in cast.said_in(session, asked) if m.kind == "note"]
        assert len(notes) == 1 and "found it wrong" in notes[0]


def test_an_answer_is_checked_once(shop: Parts) -> None:
    question_id = asks_until_drawn(shop)
    judge(shop, question_id, Verdict.RIGHT)

    with pytest.raises(NotFound, match="does not wait"):
        judge(shop, question_id, Verdict.WRONG)


def test_an_answer_that_was_not_drawn_cannot_be_checked(shop: Parts) -> None:
    cast.confirm(shop, "price-differs")
    ids = [
        cast.a_customer(shop, visitor=f"v{number}").asks(PRICE)["message_id"] for number in range(5)
    ]
    hidden = next(each for each in ids if not is_drawn(cast.LAUNCH, each))

    with pytest.raises(NotFound):
        judge(shop, hidden, Verdict.RIGHT)


def test_what_customers_recognised_of_a_new_entry_is_checked_until_it_is_confirmed(
    shop: Parts,
) -> None:
    cast.in_mode(shop, Mode.CLARIFY)
    for number in range(5):
        customer = cast.a_customer(shop, visitor=f"v{number}")
        asked = customer.asks(EXPORT)["clarification"]
        customer.chooses(asked["message_id"], "export-data")

    audits_now = waiting(shop)

    assert [audit.version.entry.key for audit in audits_now] == ["export-data"] * 3
    assert {(audit.question.text, audit.weight, audit.recognised) for audit in audits_now} == {
        (EXPORT, 1.0, True)
    }
    for audit in audits_now:
        judge(shop, audit.question.id, Verdict.RIGHT)
    assert waiting(shop) == []


def test_what_a_new_entry_answered_is_checked_besides_and_speaks_for_no_other(shop: Parts) -> None:
    for number in range(5):
        cast.a_customer(shop, visitor=f"v{number}").asks(EXPORT)

    beside = [audit for audit in waiting(shop) if not audit.weight]
    assert len(beside) == 3
    for audit in beside:
        judge(shop, audit.question.id, Verdict.RIGHT)

    with shop.db.reading() as session:
        launch = launch_of(session)
        assert trust_of_each(session, launch.id)["export-data"].state is State.LIVE
        assert judged_of(session, launch.id) == []


def test_a_new_entry_s_wrong_answer_is_known_all_the_same(shop: Parts) -> None:
    asked = cast.a_customer(shop).asks(EXPORT)["message_id"]

    judge(shop, asked, Verdict.WRONG)

    with shop.db.reading() as session:
        launch = launch_of(session)
        assert [one.right for one in judged_of(session, launch.id)] == [False]
        assert launch.has_fallen_back


def test_of_several_answers_to_one_message_each_may_be_the_one_that_is_checked(
    shop: Parts,
) -> None:
    for number in range(12):
        cast.a_customer(shop, visitor=f"v{number}").asks(f"{PRICE} {EXPORT}")

    keys = [audit.version.entry.key for audit in waiting(shop)]

    assert set(keys) == {"price-differs", "export-data"}
    assert keys == [audit.version.entry.key for audit in waiting(shop)]


def test_a_second_answer_that_was_wrong_is_known_as_such(shop: Parts) -> None:
    for number in range(12):
        cast.a_customer(shop, visitor=f"v{number}").asks(f"{PRICE} {EXPORT}")
    second = next(one for one in waiting(shop) if one.version.entry.key == "export-data")

    judge(shop, second.question.id, Verdict.WRONG)

    with shop.db.reading() as session:
        launch = launch_of(session)
        label = session.query(Label).one()
        assert (label.first, label.of_first, label.certainty) == ("export-data", False, 1.0)
        assert [one.right for one in judged_of(session, launch.id)] == [False]
        assert trust_of_each(session, launch.id)["export-data"].state is State.SUSPENDED
        assert trust_of_each(session, launch.id)["price-differs"].state is State.NEW
