"""Recall: a wrong answer leaves every surface, and everybody who was told it hears of it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering import recall, sending, suggesting, taking_back
from assistant.answering.audience import Chosen
from assistant.answering.broadcast import Broadcast, State
from assistant.answering.leaving_out import Words
from assistant.answering.lines import LINES, Line
from assistant.answering.to_everyone import preview, send_to_all
from assistant.desk import recalled
from assistant.desk.promises import Kind
from assistant.desk.recalled import Recall, ToldWrong
from assistant.desk.severity import Severity
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.parts import Parts
from assistant.launch import scenarios
from assistant.library import help_page, stocking
from assistant.library.liveness import live
from tests import cast
from tests.cast import AMIR, EXPORT, EXPORT_TEXT, LENA, NOOR, PRICE, PRIYA, Customer, the

KEY = "export-data"
RIGHT = "Open Billing and choose Download."


def told_before(parts: Parts, count: int = 1) -> list[Customer]:
    """Let so many customers be told how to export their data."""
    customers = [cast.a_customer(parts, visitor=f"told-{n}") for n in range(count)]
    for customer in customers:
        assert customer.asks(EXPORT)["answer"]["text"] == EXPORT_TEXT
    return customers


def recalled_by(parts: Parts, by: str = AMIR, key: str = KEY, reason: str = "It is gone.") -> int:
    with parts.db.writing() as session:
        entry = cast.entry_of(session, key)
        return recall.recall(
            session, entry, reason=reason, by=the(session, by), at=parts.clock.now()
        ).id


def took_back(parts: Parts) -> int:
    """Let ten seconds pass and the worker tell everybody."""
    cast.later(parts, seconds=10)
    return taking_back.take_back(parts)


def corrected_with(parts: Parts, answer: str = RIGHT) -> None:
    """Let Amir write and Lena approve what is right."""
    with parts.db.writing() as session:
        entry, at = cast.entry_of(session, KEY), parts.clock.now()
        entry.save(
            session, cast.a_draft(question=EXPORT, answer=answer), by=the(session, AMIR), at=at
        )
        entry.submit(session, by=the(session, AMIR), at=at)
        entry.approve(session, by=the(session, LENA), at=at)


def sent_correction(parts: Parts, recall_id: int, people: int, by: str = LENA) -> int:
    with parts.db.writing() as session:
        found = session.get_one(Recall, recall_id)
        version, at = cast.version_of(session, KEY), parts.clock.now()
        person = the(session, by)
        broadcast = recall.correct(session, found, version, people=people, by=person, at=at)
        number = broadcast.id
    cast.later(parts, seconds=10)
    sending.send_broadcasts(parts)
    return number


def the_recall(session: Session, recall_id: int) -> Recall:
    return session.get_one(Recall, recall_id)


def struck_in(customer: Customer) -> list[str]:
    return [m["text"] for m in customer.sees()["messages"] if m["recalled_at"]]


def lines_of(customer: Customer) -> list[str]:
    return [m["text"] for m in customer.sees()["messages"]]


# It leaves every surface.


def test_what_was_recalled_is_said_by_nothing_any_more(shop: Parts) -> None:
    told_before(shop)
    recalled_by(shop)
    at = shop.clock.now()

    with shop.db.reading() as session:
        launch = cast.launch_of(session)
        assert KEY not in {version.entry.key for version in live(session, launch.id, at=at)}
        assert KEY not in {v.entry.key for v in help_page.shown(session, launch.id, at=at)}
        assert cast.entry_of(session, KEY).state(at) == "recalled"
        assert cast.entry_of(session, KEY).approved is None
    assert KEY not in stocking.stock_of(shop, launch.id, at=at).live
    assert "answer" not in cast.a_customer(shop, visitor="late").asks(EXPORT)


def test_an_agent_may_recall_and_says_why(shop: Parts) -> None:
    with pytest.raises(Refused, match="what is wrong"):
        recalled_by(shop, reason="  ")
    with pytest.raises(NotPermitted):
        recalled_by(shop, by=PRIYA)
    recalled_by(shop)

    with pytest.raises(Refused, match="not what customers get"):
        recalled_by(shop)


def test_only_the_versions_that_are_named_are_recalled(shop: Parts) -> None:
    told_before(shop)
    corrected_with(shop)
    later = cast.a_customer(shop, visitor="later")
    later.asks(EXPORT)
    with shop.db.writing() as session:
        entry = cast.entry_of(session, KEY)
        wrong, amir = entry.versions[:1], the(session, AMIR)
        at = shop.clock.now()
        found = recall.recall(session, entry, reason="Old.", by=amir, at=at, versions=wrong)

        assert len(found.told) == 1
        assert entry.approved is entry.newest
    assert struck_in(later) == []


# Everybody who was told it hears of it.


def test_it_is_struck_through_at_once_wherever_it_was_said(shop: Parts) -> None:
    first, second = told_before(shop, 2)
    other = cast.a_customer(shop, visitor="other")
    other.asks(PRICE)
    recalled_by(shop)

    assert struck_in(first) == struck_in(second) == [EXPORT_TEXT]
    assert struck_in(other) == []


def test_what_a_person_typed_word_for_word_is_struck_through_too(shop: Parts) -> None:
    mara = cast.a_customer(shop)
    mara.asks(cast.UNKNOWN)
    cast.amir_replies(shop, EXPORT_TEXT)
    recalled_by(shop)

    assert struck_in(mara) == [EXPORT_TEXT]


def test_after_ten_seconds_everybody_reads_the_fixed_line_once(shop: Parts) -> None:
    customers = told_before(shop, 3)
    recalled_by(shop)
    cast.clock_of(shop).forward(timedelta(seconds=9.9))
    assert taking_back.take_back(shop) == 0
    cast.clock_of(shop).forward(timedelta(seconds=0.1))

    assert taking_back.take_back(shop) == 3
    assert taking_back.take_back(shop) == 0
    for customer in customers:
        assert lines_of(customer).count(LINES[Line.RECALLED]) == 1


def test_each_of_them_has_a_ticket_with_who_recalled_it(shop: Parts) -> None:
    told_before(shop, 2)
    recall_id = recalled_by(shop)
    took_back(shop)

    with shop.db.reading() as session:
        tickets = cast.tickets_of(session)
        assert [ticket.owner.email for ticket in tickets if ticket.owner] == [AMIR, AMIR]
        assert {ticket.severity for ticket in tickets} == {Severity.PAINFUL}
        assert {told.ticket_id for told in the_recall(session, recall_id).told} == {
            ticket.id for ticket in tickets
        }
        assert all(ticket.is_open for ticket in tickets)


def test_when_they_hear_what_is_right_is_promised_as_the_launch_promises(shop: Parts) -> None:
    with shop.db.writing() as session:
        own = {"severity": int(Severity.PAINFUL), Kind.NEXT_UPDATE.value: 120}
        cast.launch_of(session).policies = {"hypercare": [own]}
    told_before(shop)
    recalled_by(shop)
    took_back(shop)

    with cast.the_ticket(shop) as (_, ticket):
        due = [p.due_at for p in ticket.promises if p.kind == Kind.NEXT_UPDATE]
        assert due == [shop.clock.now() + timedelta(hours=2)]


def test_a_ticket_that_was_resolved_with_it_is_open_again(shop: Parts) -> None:
    mara = cast.a_customer(shop)
    mara.asks(cast.UNKNOWN)
    cast.amir_replies(shop, EXPORT_TEXT)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.resolve(session, by=the(session, AMIR), at=shop.clock.now())
    recalled_by(shop, by=LENA)
    took_back(shop)

    with shop.db.reading() as session:
        (ticket,) = cast.tickets_of(session)
        assert ticket.is_open


# Undoing and reinstating.


def undone(parts: Parts, recall_id: int) -> None:
    with parts.db.writing() as session:
        found = the_recall(session, recall_id)
        recall.undo(session, found, by=the(session, AMIR), at=parts.clock.now())


def test_within_ten_seconds_it_is_as_if_it_had_not_been(shop: Parts) -> None:
    (mara,) = told_before(shop)
    recall_id = recalled_by(shop)
    cast.clock_of(shop).forward(timedelta(seconds=9.9))
    undone(shop, recall_id)

    assert took_back(shop) == 0
    assert struck_in(mara) == []
    assert cast.a_customer(shop, visitor="next").asks(EXPORT)["answer"]["text"] == EXPORT_TEXT


def test_after_ten_seconds_it_cannot_be_undone(shop: Parts) -> None:
    told_before(shop)
    recall_id = recalled_by(shop)
    cast.clock_of(shop).forward(timedelta(seconds=10.1))

    with pytest.raises(Refused, match="ten seconds"):
        undone(shop, recall_id)


def reinstated(parts: Parts, recall_id: int, by: str, because: str = "It is right.") -> None:
    with parts.db.writing() as session:
        found = the_recall(session, recall_id)
        at = parts.clock.now()
        recall.reinstate(session, found, because=because, by=the(session, by), at=at)


def test_another_lead_reinstates_it_with_a_reason_and_everybody_hears_it(shop: Parts) -> None:
    (mara,) = told_before(shop)
    recall_id = recalled_by(shop, by=LENA)
    took_back(shop)
    for somebody, because in ((AMIR, "It is right."), (LENA, "It is right."), (NOOR, " ")):
        with pytest.raises((NotPermitted, Refused)):
            reinstated(shop, recall_id, somebody, because)

    reinstated(shop, recall_id, NOOR)

    assert taking_back.take_back(shop) == 1
    assert taking_back.take_back(shop) == 0
    assert struck_in(mara) == []
    assert lines_of(mara)[-1] == LINES[Line.REINSTATED]
    assert cast.a_customer(shop, visitor="next").asks(EXPORT)["answer"]["text"] == EXPORT_TEXT


def test_the_gravest_words_are_reinstated_by_two_the_named_one_first(shop: Parts) -> None:
    told_before(shop)
    with shop.db.writing() as session:
        entry = cast.entry_of(session, KEY)
        entry.scenario = scenarios.of_launch(session, entry.launch_id)["sign-in-link"]
        entry.scenario.severity = 1
    recall_id = recalled_by(shop, by=AMIR)
    took_back(shop)
    with pytest.raises(NotPermitted, match="are approved by lena"):
        reinstated(shop, recall_id, NOOR)

    reinstated(shop, recall_id, LENA, "I looked at it.")
    assert cast.a_customer(shop, visitor="next").asks(EXPORT)["outcome"] != "answer"
    with pytest.raises(NotPermitted, match="a second person does too"):
        reinstated(shop, recall_id, LENA)

    reinstated(shop, recall_id, NOOR)
    assert cast.a_customer(shop, visitor="last").asks(EXPORT)["answer"]["text"] == EXPORT_TEXT


# The correction.


def test_the_correction_goes_to_exactly_those_who_were_told_once(shop: Parts) -> None:
    customers = told_before(shop, 2)
    other = cast.a_customer(shop, visitor="other")
    other.asks(PRICE)
    recall_id = recalled_by(shop)
    took_back(shop)
    corrected_with(shop)
    sent_correction(shop, recall_id, people=2)

    for customer in customers:
        assert lines_of(customer).count(RIGHT) == 1
        wrong = next(m for m in customer.sees()["messages"] if m["recalled_at"])
        assert wrong["corrected_by"] == customer.sees()["messages"][-1]["id"]
    assert RIGHT not in lines_of(other)
    with shop.db.reading() as session:
        assert all(told.corrected_at for told in the_recall(session, recall_id).told)
        assert [ticket.is_open for ticket in cast.tickets_of(session)] == [False, False]
    with pytest.raises(Refused):
        sent_correction(shop, recall_id, people=2)


def test_who_writes_meanwhile_or_has_a_person_gets_the_correction_all_the_same(
    shop: Parts,
) -> None:
    mara, luis = told_before(shop, 2)
    recall_id = recalled_by(shop)
    took_back(shop)
    corrected_with(shop)
    mara.asks("What does that mean for me now?")
    with cast.the_ticket(shop) as (session, ticket):
        ticket.claim(session, by=the(session, NOOR), at=shop.clock.now())
    sent_correction(shop, recall_id, people=2)

    assert RIGHT in lines_of(mara)
    assert RIGHT in lines_of(luis)


def test_who_has_seen_the_correction_is_known(shop: Parts) -> None:
    (mara,) = told_before(shop)
    recall_id = recalled_by(shop)
    took_back(shop)
    corrected_with(shop)
    sent_correction(shop, recall_id, people=1)
    last = mara.sees()["messages"][-1]["id"]

    with shop.db.writing() as session:
        assert recalled.is_unseen(session, mara.id, last)
        assert not recalled.is_unseen(session, mara.id, last - 1)
        recalled.seen(session, mara.id, last, at=shop.clock.now())
        assert not recalled.is_unseen(session, mara.id, last)
        (told,) = session.scalars(select(ToldWrong)).all()
        assert told.seen_at == shop.clock.now()


def test_what_was_recalled_corrects_nothing(shop: Parts) -> None:
    told_before(shop)
    recall_id = recalled_by(shop)
    with shop.db.writing() as session:
        found, version = the_recall(session, recall_id), cast.entry_of(session, KEY).newest
        with pytest.raises(Refused, match="recalled"):
            recall.correct(
                session, found, version, people=1, by=the(session, LENA), at=shop.clock.now()
            )


def test_a_broadcast_of_it_stops_when_it_is_recalled(shop: Parts) -> None:
    cast.a_customer(shop, visitor="asked").asks(cast.UNKNOWN)
    with shop.db.writing() as session:
        launch, amir, at = cast.launch_of(session), the(session, AMIR), shop.clock.now()
        version = cast.version_of(session, KEY)
        numbers = tuple(ticket.number for ticket in cast.tickets_of(session))
        chosen, words = Chosen(tickets=numbers), Words(version.text, version)
        assert len(preview(session, launch, chosen, words, by=amir, at=at).told) == 1
        number = send_to_all(session, launch, chosen, words, people=1, by=amir, at=at).id
    recalled_by(shop, by=LENA)
    cast.later(shop, seconds=10)

    assert sending.send_broadcasts(shop) == 0
    with shop.db.reading() as session:
        broadcast = session.get_one(Broadcast, number)
        assert broadcast.state(shop.clock.now()) is State.STOPPED
        assert "recalled" in broadcast.stopped_because


@pytest.mark.parametrize("is_recalled_first", [True, False])
def test_nobody_tells_everyone_in_their_own_words_what_was_recalled(
    shop: Parts, is_recalled_first: bool
) -> None:
    cast.a_customer(shop, visitor="asked").asks(cast.UNKNOWN)
    if is_recalled_first:
        recalled_by(shop, by=LENA)
    with shop.db.writing() as session:
        launch, amir, at = cast.launch_of(session), the(session, AMIR), shop.clock.now()
        chosen = Chosen(tickets=("HC-1001",))
        words = Words(EXPORT_TEXT)
        if is_recalled_first:
            with pytest.raises(Refused, match="recalled"):
                send_to_all(session, launch, chosen, words, people=1, by=amir, at=at)
            return
        send_to_all(session, launch, chosen, words, people=1, by=amir, at=at)
    recalled_by(shop, by=LENA)
    cast.later(shop, seconds=10)

    assert sending.send_broadcasts(shop) == 0


def test_reinstating_stops_the_correction_that_is_on_its_way(shop: Parts) -> None:
    (mara,) = told_before(shop)
    recall_id = recalled_by(shop, by=LENA)
    took_back(shop)
    an_other: Any = cast.an_entry(
        shop, key="other-way", question="Is there an export?", answer="No."
    )
    with shop.db.writing() as session:
        found, version = the_recall(session, recall_id), cast.version_of(session, an_other)
        at = shop.clock.now()
        recall.correct(session, found, version, people=1, by=the(session, LENA), at=at)
    reinstated(shop, recall_id, NOOR)
    cast.later(shop, seconds=10)

    assert sending.send_broadcasts(shop) == 0
    assert "No." not in lines_of(mara)


def test_whoever_was_told_the_words_as_a_person_changed_them_hears_of_it_too(shop: Parts) -> None:
    told, other = cast.a_customer(shop, visitor="changed"), cast.a_customer(shop, visitor="other")
    for customer in (told, other):
        customer.asks(cast.UNKNOWN)
    with shop.db.writing() as session:
        tickets, amir = cast.tickets_of(session), the(session, AMIR)
        version, at = cast.version_of(session, KEY), shop.clock.now()
        said = f"{EXPORT_TEXT} Or ask us."
        suggesting.reply(session, tickets[0], said, started_from=version, by=amir, at=at)
        tickets[1].reply(session, "Something else.", by=amir, at=at)

    recall_id = recalled_by(shop)

    assert took_back(shop) == 1
    with shop.db.reading() as session:
        assert [each.conversation_id for each in the_recall(session, recall_id).told] == [told.id]
        assert recall.told_of(session, cast.launch_of(session).id, [version]) == 1


def test_the_tickets_of_a_recall_share_one_cause(shop: Parts) -> None:
    told_before(shop, 3)

    recalled_by(shop)

    assert took_back(shop) == 3
    with shop.db.reading() as session:
        found = {ticket.cause_id for ticket in cast.tickets_of(session)}
        (cause_id,) = found
        assert cause_id is not None
