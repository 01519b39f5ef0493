"""Regrouping: repeats put in order afterwards, never against what a person said."""

import numpy as np
import pytest
from sqlalchemy import select

from assistant import worker
from assistant.desk import regrouping
from assistant.desk.messages import Message
from assistant.desk.repeats import QuestionTrace, RepeatGroup, carry_over
from assistant.desk.tickets import Ticket
from assistant.ground.audit import Event
from assistant.ground.parts import Parts
from knowledge.grouping import Move
from knowledge.traces import kept_in
from tests import cast
from tests.cast import NOW, a_customer
from tests.embedders import Words

SHELLS = "Can I pay with seashells on the moon?"
SHELLS_TOO = "Is it possible to pay with seashells on the moon?"
SUBMARINE = "Do you deliver by submarine to the sea bed?"


def torn(parts: Parts, *questions: str) -> list[int]:
    """Ask these, then let each be a group of its own, as if nobody had seen what they share."""
    for number, words in enumerate(questions):
        a_customer(parts, visitor=f"visitor {number}").asks(words)
    with parts.db.writing() as session:
        messages = session.scalars(
            select(Message).join(QuestionTrace, QuestionTrace.message_id == Message.id)
        ).all()
        groups = [_alone(parts, message) for message in messages]
        old = session.scalars(select(RepeatGroup)).all()
        for message, group in zip(messages, groups, strict=True):
            (left,) = kept_in([session.get_one(QuestionTrace, message.id).trace])
            group.total, group.embedder = left.tobytes(), old[0].embedder
            session.add(group)
            session.flush()
            message.group_id = group.id
            for ticket in session.scalars(select(Ticket).where(Ticket.question_id == message.id)):
                ticket.group_id = group.id
        session.flush()
        for group in old:
            session.delete(group)
        return [group.id for group in groups]


def _alone(parts: Parts, message: Message) -> RepeatGroup:
    return RepeatGroup(
        launch_id=message.conversation.launch_id,
        question=message.text,
        identifiers=[],
        size=1,
        first_seen_at=message.at,
        last_seen_at=message.at,
    )


def groups(parts: Parts) -> dict[int, RepeatGroup]:
    with parts.db.reading() as session:
        alive = select(RepeatGroup).where(RepeatGroup.merged_into_id.is_(None))
        return {group.id: group for group in session.scalars(alive)}


def events(parts: Parts, kind: str) -> list[dict[str, object]]:
    with parts.db.reading() as session:
        found = session.scalars(select(Event).where(Event.kind == kind).order_by(Event.id))
        return [event.details for event in found]


def handle(parts: Parts, group_id: int) -> None:
    """Lena says what belongs to this group."""
    with parts.db.writing() as session:
        group = session.get_one(RepeatGroup, group_id)
        group.take_over(by=cast.the(session, cast.LENA), at=NOW)


def member_of(parts: Parts, words: str) -> tuple[int, int | None, int | None]:
    """The message that says so, its group, and the group of its ticket."""
    with parts.db.reading() as session:
        message = session.scalars(select(Message).where(Message.text == words)).one()
        ticket = session.scalars(select(Ticket).where(Ticket.question_id == message.id)).one()
        return message.id, message.group_id, ticket.group_id


def test_groups_that_ask_the_same_become_one_with_their_tickets(shop: Parts) -> None:
    first, second, other = torn(shop, SHELLS, SHELLS_TOO, SUBMARINE)

    assert worker.merge_repeats(shop) == 1

    assert {key: group.size for key, group in groups(shop).items()} == {first: 2, other: 1}
    assert member_of(shop, SHELLS_TOO)[1:] == (first, first)
    assert events(shop, "repeats.merged") == [
        {"kept": first, "taken": second, "question": SHELLS_TOO}
    ]


def test_running_again_changes_nothing(shop: Parts) -> None:
    torn(shop, SHELLS, SHELLS_TOO, SUBMARINE)
    worker.merge_repeats(shop)

    assert worker.merge_repeats(shop) == 0


def test_a_ticket_that_missed_a_move_is_brought_to_where_its_question_is(shop: Parts) -> None:
    first, second = torn(shop, SHELLS, SUBMARINE)
    with shop.db.writing() as session:
        asked = session.scalars(select(Message).where(Message.text == SHELLS)).one()
        ticket = session.scalars(select(Ticket).where(Ticket.question_id == asked.id)).one()
        ticket.group_id = second

    assert worker.merge_repeats(shop) == 1

    assert member_of(shop, SHELLS)[1:] == (first, first)


@pytest.mark.parametrize("handled", [0, 1])
def test_a_group_that_a_person_handled_is_not_merged(shop: Parts, handled: int) -> None:
    torn_ids = torn(shop, SHELLS, SHELLS_TOO)
    handle(shop, torn_ids[handled])

    assert worker.merge_repeats(shop) == 0
    assert sorted(groups(shop)) == torn_ids


def test_what_a_person_handled_after_the_plan_was_made_stands(shop: Parts) -> None:
    torn(shop, SHELLS, SHELLS_TOO)
    with shop.db.reading() as session:
        ((kept, taken),) = regrouping.alike(session, 1)
    handle(shop, taken)

    with shop.db.writing() as session:
        assert not regrouping.merge(session, kept, taken, at=NOW)


def misplaced(parts: Parts) -> tuple[int, int]:
    """The groups about submarines and about seashells; one about shells is with the submarines."""
    divers = [f"{SUBMARINE} {word}" for word in ("Really?", "Truly?", "Honestly?", "Ever?")]
    *under_water, asked, first, second = torn(
        parts, *divers, SHELLS, SHELLS_TOO, f"{SHELLS} Truly?"
    )
    with parts.db.writing() as session:
        for taken in (*under_water[1:], asked):
            regrouping.merge(session, under_water[0], taken, at=NOW)
        regrouping.merge(session, first, second, at=NOW)
    return under_water[0], first


def move_all(parts: Parts) -> int:
    """Let every question go where it fits better, as the worker does after merging."""
    with parts.db.reading() as session:
        planned = regrouping.better_placed(session, 1)
    with parts.db.writing() as session:
        return sum(regrouping.move(session, move, at=NOW) for move in planned)


def test_a_question_moves_to_the_group_that_it_fits_with_its_ticket(shop: Parts) -> None:
    submarine, shells = misplaced(shop)

    assert move_all(shop) == 1

    message, *where = member_of(shop, SHELLS)
    assert where == [shells, shells]
    assert {key: group.size for key, group in groups(shop).items()} == {submarine: 4, shells: 3}
    assert events(shop, "repeats.moved") == [
        {"message": message, "source": submarine, "target": shells}
    ]
    with shop.db.reading() as session:
        for key, group in groups(shop).items():
            traces = (
                select(QuestionTrace.trace)
                .join(Message, Message.id == QuestionTrace.message_id)
                .where(Message.group_id == key)
            )
            rest = kept_in(list(session.scalars(traces))).sum(axis=0)
            assert np.allclose(group.as_group().total, rest, atol=1e-4)


@pytest.mark.parametrize("handled", [0, 1])
def test_no_question_leaves_or_enters_what_a_person_handled(shop: Parts, handled: int) -> None:
    both = misplaced(shop)
    handle(shop, both[handled])

    assert move_all(shop) == 0
    assert member_of(shop, SHELLS)[1] == both[0]


def test_a_move_that_was_made_already_is_not_made_again(shop: Parts) -> None:
    submarine, shells = misplaced(shop)
    move = Move(str(member_of(shop, SHELLS)[0]), str(submarine), str(shells))

    with shop.db.writing() as session:
        made = [regrouping.move(session, move, at=NOW) for _ in range(2)]

    assert made == [True, False]
    assert groups(shop)[shells].size == 3


def test_a_group_that_its_last_question_left_is_gone(shop: Parts) -> None:
    first, second = torn(shop, SHELLS, SHELLS_TOO)
    move = Move(str(member_of(shop, SHELLS)[0]), str(first), str(second))

    with shop.db.writing() as session:
        assert regrouping.move(session, move, at=NOW)

    assert {key: group.size for key, group in groups(shop).items()} == {second: 2}


def take_over(parts: Parts, *questions: str) -> None:
    """Let another embedder come into charge that has vectors of these questions only."""
    old, new = parts.embedder, Words("words:1")
    assert old is not None
    vectors = dict(zip(questions, new.embed(questions), strict=True))
    with parts.db.writing() as session:
        carry_over(session, old.name, new.name, vectors)


def test_groups_of_two_embedders_are_not_merged_by_an_earlier_plan(shop: Parts) -> None:
    torn(shop, SHELLS, SHELLS_TOO)
    with shop.db.reading() as session:
        ((kept, taken),) = regrouping.alike(session, 1)
    take_over(shop, SHELLS)

    with shop.db.writing() as session:
        assert not regrouping.merge(session, kept, taken, at=NOW)


@pytest.mark.parametrize("how_many", [1, 2])
def test_no_question_moves_by_a_plan_from_before_another_embedder(
    shop: Parts, how_many: int
) -> None:
    submarine, shells = misplaced(shop)
    move = Move(str(member_of(shop, SHELLS)[0]), str(submarine), str(shells))
    called = [groups(shop)[key].question for key in (shells, submarine)]
    take_over(shop, *called[:how_many])

    with shop.db.writing() as session:
        assert not regrouping.move(session, move, at=NOW)
    assert member_of(shop, SHELLS)[1] == submarine
