"""Sorting: what people say about which questions are one question stands, and can be undone."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from assistant import worker
from assistant.desk import causes, sorting
from assistant.desk.messages import Message
from assistant.desk.repeats import RepeatGroup
from assistant.desk.sorting import Seen
from assistant.desk.tickets import Ticket
from assistant.ground.audit import Event
from assistant.ground.errors import Declined, NotFound, Refused
from assistant.ground.parts import Parts
from tests import cast
from tests.cast import NOW
from tests.crowd import DRAGONS, SHELLS, SUBMARINES, alive, ask, faults, group_behind, said


def lena(parts: Parts, verb: Any, *args: Any, **more: Any) -> Any:
    """Let Lena do something to the groups."""
    with parts.db.writing() as session:
        return verb(session, *args, by=cast.the(session, cast.LENA), at=NOW, **more)


def shells_and_submarines(parts: Parts) -> tuple[int, int]:
    """The groups of those who ask about shells and about submarines."""
    shells, submarines = ask(parts, *SHELLS), ask(parts, *SUBMARINES)
    return group_behind(parts, shells[0]), group_behind(parts, submarines[0])


def events(parts: Parts, kind: str) -> list[Event]:
    with parts.db.reading() as session:
        return list(session.scalars(select(Event).where(Event.kind == kind)))


def group(parts: Parts, group_id: int) -> RepeatGroup:
    with parts.db.reading() as session:
        return session.get_one(RepeatGroup, group_id)


def is_sound(parts: Parts) -> bool:
    with parts.db.reading() as session:
        assert faults(session) == []
    return True


def test_a_confirmed_group_is_left_alone_by_the_assistant(shop: Parts) -> None:
    shells, _ = shells_and_submarines(shop)

    lena(shop, sorting.confirm, Seen(shells, 0))

    assert group(shop, shells).is_handled
    assert worker.merge_repeats(shop) == 0
    (event,) = events(shop, "repeats.confirmed")
    assert (event.person_id, event.details) == (
        group(shop, shells).handled_by_id,
        {"group": shells},
    )


def test_a_renamed_group_keeps_its_name_as_others_join(shop: Parts) -> None:
    shells, _ = shells_and_submarines(shop)
    lena(shop, sorting.rename, Seen(shells), "  May I pay with  shells? ")

    ask(shop, "Can I pay with seashells on the moon today?")

    assert group(shop, shells).question == "May I pay with shells?"
    assert group(shop, shells).size == 4


def test_a_merge_takes_all_questions_and_tickets_along(shop: Parts) -> None:
    shells, submarines = shells_and_submarines(shop)

    merged = lena(shop, sorting.merge, Seen(shells, 0), [Seen(submarines, 0)])

    assert (merged.group.id, merged.group.size) == (shells, 5)
    assert is_sound(shop)
    with shop.db.reading() as session:
        assert set(session.scalars(select(Ticket.group_id))) == {shells}
    assert events(shop, "repeats.merged")[0].details["taken"] == submarines


def test_a_merge_can_be_undone_and_what_joined_since_stays(shop: Parts) -> None:
    shells, submarines = shells_and_submarines(shop)
    lena(shop, sorting.merge, Seen(shells), [Seen(submarines)])
    ask(shop, "Can I pay with seashells on the moon today?")

    back = lena(shop, sorting.undo_merge, submarines)

    assert (back.id, back.size, back.question) == (submarines, 2, SUBMARINES[0])
    assert group(shop, shells).size == 4
    assert is_sound(shop)
    assert group(shop, submarines).is_handled and group(shop, shells).is_handled
    with pytest.raises(Refused, match="no merge to undo"):
        lena(shop, sorting.undo_merge, submarines)


def test_after_an_undone_merge_new_questions_find_the_right_group(shop: Parts) -> None:
    shells, submarines = shells_and_submarines(shop)
    lena(shop, sorting.merge, Seen(shells), [Seen(submarines)])
    lena(shop, sorting.undo_merge, submarines)

    (asked,) = ask(shop, "do you deliver by submarine to the sea bed please")

    assert group_behind(shop, asked) == submarines


def test_a_merge_into_what_was_merged_since_is_undone_last_first(shop: Parts) -> None:
    shells, submarines = shells_and_submarines(shop)
    dragons = group_behind(shop, ask(shop, *DRAGONS)[0])
    lena(shop, sorting.merge, Seen(submarines), [Seen(dragons)])
    lena(shop, sorting.merge, Seen(shells), [Seen(submarines)])

    with pytest.raises(Refused, match="Lena Ortiz has merged"):
        lena(shop, sorting.undo_merge, dragons)
    lena(shop, sorting.undo_merge, submarines)
    lena(shop, sorting.undo_merge, dragons)

    assert [group(shop, each).size for each in (shells, submarines, dragons)] == [3, 2, 1]
    assert is_sound(shop)


def test_a_person_may_merge_what_codes_part_and_is_told(shop: Parts) -> None:
    one, other = ask(shop, "Dragon parcel shows error E4711", "Seashell till shows error E9911")
    ids = group_behind(shop, one), group_behind(shop, other)
    assert ids[0] != ids[1]

    merged = lena(shop, sorting.merge, Seen(ids[0]), [Seen(ids[1])])

    assert merged.names_different_codes
    (joined,) = ask(shop, "Seashell till shows error E9911 again")
    assert group_behind(shop, joined) == ids[0]


def test_a_split_makes_a_group_of_its_own_and_tickets_follow(shop: Parts) -> None:
    shells, submarines = shells_and_submarines(shop)
    lena(shop, sorting.merge, Seen(shells), [Seen(submarines)])
    wrong = said(shop, *SUBMARINES)

    new = lena(shop, sorting.take_out, Seen(shells), wrong, name="Submarines?")

    assert (new.question, new.size) == ("Submarines?", 2)
    assert is_sound(shop)
    assert worker.merge_repeats(shop) == 0


def test_one_question_moves_to_another_group(shop: Parts) -> None:
    shells, submarines = shells_and_submarines(shop)
    first = said(shop, SHELLS[1])

    lena(shop, sorting.take_out, Seen(shells), first, into=Seen(submarines))

    assert group_behind(shop, first[0]) == submarines
    assert is_sound(shop)


def test_splitting_needs_some_questions_and_leaves_some(shop: Parts) -> None:
    shells, _ = shells_and_submarines(shop)

    with pytest.raises(Refused, match="No question is chosen"):
        lena(shop, sorting.take_out, Seen(shells), [])
    with pytest.raises(Refused, match="all its questions"):
        lena(shop, sorting.take_out, Seen(shells), said(shop, *SHELLS))
    with pytest.raises(Refused, match="moved meanwhile"):
        lena(shop, sorting.take_out, Seen(shells), [said(shop, *SHELLS)[0], 99_999])


def test_whoever_is_second_is_told_what_it_is_now(shop: Parts) -> None:
    shells, submarines = shells_and_submarines(shop)
    lena(shop, sorting.rename, Seen(shells, 0), "Shells?")

    with pytest.raises(Refused, match="Lena Ortiz was quicker: “Shells\\?” has 3 questions now"):
        lena(shop, sorting.merge, Seen(submarines, 0), [Seen(shells, 0)])
    lena(shop, sorting.merge, Seen(submarines, 0), [Seen(shells, 1)])
    with pytest.raises(Refused, match="has merged “Shells\\?” into"):
        lena(shop, sorting.confirm, Seen(shells, 1))
    with pytest.raises(NotFound):
        lena(shop, sorting.confirm, Seen(99_999))


def test_customers_who_go_on_asking_make_no_form_out_of_date(shop: Parts) -> None:
    shells, submarines = shells_and_submarines(shop)
    ask(shop, "Can I pay with seashells on the moon today?")

    merged = lena(shop, sorting.merge, Seen(shells, 0), [Seen(submarines, 0)])

    assert merged.group.size == 6


def test_a_dismissed_group_comes_back_when_it_has_doubled(shop: Parts) -> None:
    (first,) = ask(shop, SHELLS[0])
    shells = group_behind(shop, first)

    lena(shop, sorting.dismiss, Seen(shells))

    assert group(shop, shells).is_dismissed
    ask(shop, *SHELLS[1:])
    assert not group(shop, shells).is_dismissed


def test_two_who_merge_the_same_at_once_merge_it_once(shop: Parts) -> None:
    shells, submarines = shells_and_submarines(shop)

    def merge(pair: tuple[int, int]) -> bool:
        try:
            lena(shop, sorting.merge, Seen(pair[0], 0), [Seen(pair[1], 0)])
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(merge, [(shells, submarines), (submarines, shells)]))

    assert sorted(done) == [False, True]
    assert is_sound(shop)


def test_a_question_that_joins_during_a_merge_is_in_one_group(shop: Parts) -> None:
    shells, submarines = shells_and_submarines(shop)
    more = [f"{words} number {turn}" for turn in range(4) for words in (SHELLS[0], SUBMARINES[0])]

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask, shop, words) for words in more]
        merging = pool.submit(lena, shop, sorting.merge, Seen(shells), [Seen(submarines)])
        merging.result()
        for each in asking:
            each.result()

    with shop.db.reading() as session:
        assert sum(each.size for each in alive(session)) == 5 + len(more)
    assert is_sound(shop)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_people_do_each_question_is_in_one_group(
    shop: Parts, seed: int, pytestconfig: pytest.Config
) -> None:
    draw = random.Random(seed)
    ask(shop, *SHELLS, *SUBMARINES, *DRAGONS)
    with shop.db.reading() as session:
        questions = list(session.scalars(select(Message.id).where(Message.group_id.is_not(None))))

    for _ in range(pytestconfig.getoption("--steps") // 3):
        step(shop, draw, questions)
        with shop.db.reading() as session:
            assert faults(session) == []
            held = select(Message.id).where(Message.group_id.is_not(None))
            assert sorted(session.scalars(held)) == questions


def step(parts: Parts, draw: random.Random, questions: list[int]) -> None:
    """Do one thing that people do, possible or not."""
    with parts.db.reading() as session:
        every = list(session.scalars(select(RepeatGroup.id)))
    one, other = draw.choice(every), draw.choice(every)
    some = draw.sample(questions, draw.randint(1, 2))
    verb = draw.choice(["merge", "split", "move", "undo", "undo"])
    try:
        if verb == "merge":
            lena(parts, sorting.merge, Seen(one), [Seen(other)])
        elif verb == "undo":
            lena(parts, sorting.undo_merge, one)
        else:
            into = Seen(other) if verb == "move" else None
            lena(parts, sorting.take_out, Seen(one), some, into=into)
    except Declined:
        pass


def test_a_group_takes_its_cause_along_when_it_is_merged(shop: Parts) -> None:
    shells, submarines = shells_and_submarines(shop)
    with shop.db.writing() as session:
        person, launch_id = cast.the(session, cast.LENA), cast.launch_of(session).id
        cause = causes.detect(session, launch_id, title="No shells", by=person, at=NOW)
        other = causes.detect(session, launch_id, title="No boats", by=person, at=NOW)
        sorting.link(session, Seen(submarines), cause, by=person, at=NOW)
    lena(shop, sorting.merge, Seen(shells), [Seen(submarines)])
    assert group(shop, shells).cause_id == cause.id

    lena(shop, sorting.undo_merge, submarines)
    lena(shop, sorting.link, Seen(shells), other)
    merged = lena(shop, sorting.merge, Seen(shells), [Seen(submarines)])

    assert merged.left_causes == ("No shells",)
    assert group(shop, shells).cause_id == other.id
