"""What the library should say next: counted by the assistant, decided by people."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from assistant.answering import (
    audience,
    best_received,
    counting,
    evidence,
    handling,
    suggestions,
)
from assistant.answering.suggestions import Kind, Suggestion, grown
from assistant.desk import sorting
from assistant.desk.messages import Message
from assistant.desk.repeats import Asked
from assistant.desk.sorting import Seen
from assistant.desk.tickets import Ticket
from assistant.ground.audit import Event
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.parts import Parts
from assistant.launch.launches import Mode
from assistant.library.versions import EntryVersion
from tests import cast
from tests.cast import AMIR, LENA, NOOR, a_customer, launch_of, the
from tests.crowd import SHELLS, ask, group_behind, said
from tests.suggested import CORE, PENGUINS, REPLY, counted, opened, reply_to_all
from tests.web.staff import queries


def by_lena(parts: Parts, verb: Any, *of: Any, who: str = LENA) -> Any:
    """Let Lena do something with the first open suggestion."""
    with parts.db.writing() as session:
        first = suggestions.listed(session, launch_of(session).id, suggestions.is_open())[0]
        return verb(session, first, *of, by=the(session, who), at=parts.clock.now())


def drafted(parts: Parts) -> str:
    """Let three ask, Amir answer them and Lena take the draft; return the entry's key."""
    ask(parts, *SHELLS)
    reply_to_all(parts, REPLY)
    counted(parts)
    key: str = by_lena(parts, handling.draft).key
    return key


def reject(session: Any, found: Suggestion, **who: Any) -> None:
    found.reject(session, **who)


def test_what_several_people_had_to_ask_a_person_is_suggested_once(shop: Parts) -> None:
    ask(shop, *SHELLS)
    ask(shop, *PENGUINS, channel="email")

    found = counted(shop)

    assert [(s.kind, s.people, s.contacts, s.channels, s.worth) for s in found] == [
        (Kind.MISSING, 3, 3, ["widget"], 3),
        (Kind.MISSING, 2, 2, ["email"], 2),
    ]


def test_what_one_person_asks_twice_is_not_suggested(shop: Parts) -> None:
    mara = a_customer(shop)
    mara.asks(SHELLS[0])
    mara.asks(SHELLS[1])

    assert counted(shop) == []


def test_what_the_assistant_answered_is_not_suggested(shop: Parts) -> None:
    for visitor in ("one", "two", "three"):
        a_customer(shop, visitor=visitor).asks(cast.PRICE)

    assert counted(shop) == []


def test_counting_again_reads_nothing_and_changes_nothing(shop: Parts) -> None:
    ask(shop, *SHELLS)
    before = [(s.id, s.contacts) for s in counted(shop)]

    with queries(shop) as sent:
        assert counting.count_anew(shop) == 0

    assert len(sent) < 12
    assert [(s.id, s.contacts) for s in opened(shop)] == before


def test_only_what_changed_is_counted_again(shop: Parts) -> None:
    ask(shop, *SHELLS)
    ask(shop, *PENGUINS)
    counted(shop)
    ask(shop, "Are seashells from the moon accepted as payment?")

    assert counting.count_anew(shop) == 1


def test_a_verdict_counts_the_entry_it_is_about_and_no_other(shop: Parts) -> None:
    answer = (mara := a_customer(shop)).asks(cast.PRICE)["answer"]
    counted(shop)
    mara.judges(answer["message_id"], helpful=False, reason="unclear")

    assert counting.count_anew(shop) == 1


def test_a_reply_counts_the_entry_it_began_with_and_no_other(shop: Parts) -> None:
    ask(shop, SHELLS[0])
    counted(shop)
    with shop.db.writing() as session:
        began_with = cast.version_of(session, "export-data").id
        ticket = session.scalars(select(Ticket)).one()
        ticket.reply(session, "Yes.", by=the(session, AMIR), at=cast.NOW, deviates_from=began_with)

    assert counting.count_anew(shop) == 2  # the question's group, and that entry


def test_a_count_that_died_in_the_middle_is_taken_up_again(shop: Parts) -> None:
    ask(shop, *SHELLS)
    with shop.db.writing() as session:  # it counted, and died before it noted how far
        groups = [group_behind(shop, said(shop, SHELLS[0])[0])]
        counting.count_groups(session, launch_of(session).id, groups, at=shop.clock.now())

    assert [s.contacts for s in counted(shop)] == [3]


def test_a_draft_begins_with_the_best_received_reply_and_redacted_ways(shop: Parts) -> None:
    ask(shop, *SHELLS, "my name is Jo Doe, jo@x.example, seashells on the moon as payment?")
    reply_to_all(shop, REPLY, rating=5)
    counted(shop)

    entry = by_lena(shop, handling.draft)

    with shop.db.reading() as session:
        version = cast.entry_of(session, entry.key).newest
        assert version.state == "draft" and version.author and version.author.email == LENA
        assert version.answer == CORE
        assert "seashells" in version.question
        assert len(version.phrasings) >= 2
        assert "example" not in " ".join(version.ways())
    assert opened(shop) == []


def test_of_very_many_replies_only_the_newest_are_read(shop: Parts) -> None:
    group = group_behind(shop, ask(shop, *SHELLS)[0])
    for number in range(len(SHELLS)):
        with shop.db.writing() as session:
            waits = select(Ticket).where(Ticket.first_response_at.is_(None)).order_by(Ticket.id)
            ticket = session.scalars(waits).first()
            ticket.reply(session, f"No {number}.", by=the(session, AMIR), at=shop.clock.now())

    loaded = []
    with shop.db.reading() as session:
        event.listen(session, "loaded_as_persistent", lambda _, one: loaded.append(one))
        found = best_received.replies_to(session, [group], most=2)

    assert [reply.text for reply in found[group]] == ["No 2.", "No 1."]
    assert len([one for one in loaded if isinstance(one, Message)]) == 2


def test_who_asked_what_a_draft_was_made_from_is_counted_and_told_of_it(shop: Parts) -> None:
    ask(shop, *SHELLS)
    counted(shop)
    key = by_lena(shop, handling.draft).key

    with shop.db.reading() as session:
        launch, drafted = launch_of(session), cast.entry_of(session, key)
        asked = evidence.asked_of_each(session, launch.id, [key])[key]
        askers, _ = audience.askers(session, launch, audience.Chosen(entry=key))
        assert (asked.people, asked.contacts, asked.channels) == (3, 3, ("widget",))
        assert [asker.question for asker in askers] == list(SHELLS)
        assert [each.text for each in evidence.questions_of(session, drafted)] == list(SHELLS)[::-1]


def test_who_asked_before_and_after_a_drafted_entry_was_live_counts_once(shop: Parts) -> None:
    key = drafted(shop)
    with shop.db.writing() as session:
        entry, at = cast.entry_of(session, key), shop.clock.now()
        entry.submit(session, by=the(session, LENA), at=at)
        entry.approve(session, by=the(session, NOOR), at=at)
    cast.confirm(shop, key)

    before = asked_of(shop, key)
    ask(shop, SHELLS[0])
    after = asked_of(shop, key)

    assert (after.people, after.contacts) == (before.people, before.contacts + 1)
    assert after.people == len(SHELLS) + 3  # those of before, and who confirmed it


def asked_of(parts: Parts, key: str) -> Asked:
    with parts.db.reading() as session:
        found = evidence.asked_of(session, cast.entry_of(session, key))
        assert found == evidence.asked_of_each(session, launch_of(session).id, [key])[key]
        return found


def test_a_reply_about_one_customer_is_no_answer_for_others(shop: Parts) -> None:
    ask(shop, *SHELLS)
    reply_to_all(shop, "We have checked your account and refunded 12.50 to you.")
    counted(shop)

    entry = by_lena(shop, handling.draft)

    with shop.db.reading() as session:
        assert cast.entry_of(session, entry.key).newest.answer == ""


def test_who_took_the_draft_may_not_approve_it(shop: Parts) -> None:
    key = drafted(shop)

    with shop.db.writing() as session:
        entry, at = cast.entry_of(session, key), shop.clock.now()
        entry.submit(session, by=the(session, LENA), at=at)
        with pytest.raises(NotPermitted):
            entry.approve(session, by=the(session, LENA), at=at)
        entry.approve(session, by=the(session, NOOR), at=at)


def test_the_assistants_own_words_are_in_no_draft(shop: Parts) -> None:
    ask(shop, *SHELLS)
    counted(shop)

    entry = by_lena(shop, handling.draft)

    with shop.db.reading() as session:
        assert cast.entry_of(session, entry.key).newest.text == ""


def test_what_is_rejected_comes_back_when_half_as_many_again_have_asked(shop: Parts) -> None:
    ask(shop, *SHELLS)
    counted(shop)
    by_lena(shop, reject)
    ask(shop, "Do you accept seashells on the moon, please?")
    assert counted(shop) == []

    ask(shop, "Seashells on the moon: do you take them?")

    assert [s.people for s in counted(shop)] == [5]


@pytest.mark.parametrize(("people", "enough"), [(1, 2), (2, 3), (3, 5), (23, 35), (1_000, 1_500)])
def test_grown_means_half_as_many_again(people: int, enough: int) -> None:
    assert grown(people) == enough


def test_a_confirmed_repeat_group_is_one_suggestion_under_its_name(shop: Parts) -> None:
    asked = ask(shop, *SHELLS)
    with shop.db.writing() as session:
        seen = Seen(group_behind(shop, asked[0]))
        lena = the(session, LENA)
        sorting.rename(session, seen, "Seashells as money?", by=lena, at=shop.clock.now())

    assert [s.question for s in counted(shop)] == ["Seashells as money?"]


def test_merging_makes_one_and_is_undone(shop: Parts) -> None:
    ask(shop, *SHELLS)
    ask(shop, *PENGUINS)
    counted(shop)
    with shop.db.writing() as session:
        one, other = suggestions.listed(session, launch_of(session).id, suggestions.is_open())
        lena = the(session, LENA)
        done = handling.merge(session, one, [other], by=lena, at=shop.clock.now())
    assert [s.contacts for s in opened(shop)] == [5]

    with shop.db.writing() as session:
        launch_id, lena = launch_of(session).id, the(session, LENA)
        handling.undo(session, launch_id, done.event, by=lena, at=shop.clock.now())

    assert [s.contacts for s in opened(shop)] == [3, 2]


def test_splitting_makes_two_and_is_undone(shop: Parts) -> None:
    asked = ask(shop, *SHELLS, "Do you take seashells on the moon? Really?")
    counted(shop)
    done = by_lena(shop, handling.split, asked[:2])
    assert [s.contacts for s in opened(shop)] == [2, 2]

    with shop.db.writing() as session:
        launch_id, lena = launch_of(session).id, the(session, LENA)
        handling.undo(session, launch_id, done.event, by=lena, at=shop.clock.now())

    assert [s.contacts for s in opened(shop)] == [4]


def test_a_draft_is_undone_for_ten_seconds_and_no_longer(shop: Parts) -> None:
    ask(shop, *SHELLS)
    counted(shop)
    key = by_lena(shop, handling.draft).key
    with shop.db.reading() as session:
        event = handling.undoable(
            session, launch_of(session).id, the(session, LENA), at=shop.clock.now()
        )
    assert event is not None

    with shop.db.writing() as session:
        launch_id, at = launch_of(session).id, shop.clock.now() + timedelta(seconds=13)
        with pytest.raises(Refused):
            handling.undo(session, launch_id, event.id, by=the(session, LENA), at=at)
        with pytest.raises(Refused):
            handling.undo(session, launch_id, event.id, by=the(session, NOOR), at=shop.clock.now())
        handling.undo(session, launch_id, event.id, by=the(session, LENA), at=shop.clock.now())

    assert len(opened(shop)) == 1
    with shop.db.reading() as session:
        assert cast.entry_of(session, key).newest.state == "rejected"


def test_of_two_who_draft_the_same_the_second_is_told(shop: Parts) -> None:
    ask(shop, *SHELLS)
    counted(shop)
    with shop.db.writing() as session:
        (one,) = suggestions.listed(session, launch_of(session).id, suggestions.is_open())
        handling.draft(session, one, by=the(session, LENA), at=shop.clock.now())
        with pytest.raises(Refused, match="Lena Ortiz has drafted it already"):
            handling.draft(session, one, by=the(session, NOOR), at=shop.clock.now())
        assert session.scalar(select(func.count(Event.id)).where(Event.kind.like("sugg%"))) == 1


def test_what_agents_answer_with_an_entry_becomes_phrasings_of_it(shop: Parts) -> None:
    ask(shop, *SHELLS)
    with shop.db.writing() as session:
        version = cast.version_of(session, "export-data")
        for ticket in session.scalars(select(Ticket)):
            ticket.reply(
                session,
                version.text,
                by=the(session, AMIR),
                at=shop.clock.now(),
                entry_version_id=version.id,
            )
    (found,) = counted(shop)
    assert found.kind == Kind.NOT_FOUND

    by_lena(shop, handling.draft)

    with shop.db.reading() as session:
        entry = cast.entry_of(session, "export-data")
        assert entry.newest.number == 2 and entry.newest.state == "draft"
        assert any("seashells" in way for way in entry.newest.phrasings)
        assert entry.approved and entry.approved.number == 1


def test_an_entry_that_several_call_not_quite_is_suggested_and_its_new_version_ends_that(
    shop: Parts,
) -> None:
    for number in range(3):
        someone = a_customer(shop, visitor=f"someone {number}")
        answer = someone.asks(cast.PRICE)["answer"]
        someone.judges(answer["message_id"], helpful=False, reason="unclear")
    (found,) = counted(shop)
    assert (found.kind, found.people, found.reasons) == (Kind.WEAK, 3, {"unclear": 3})
    by_lena(shop, reject)
    assert opened(shop) == []

    with shop.db.writing() as session:
        entry, noor = cast.entry_of(session, "price-differs"), the(session, NOOR)
        parts = {"why_now": "New prices.", "what_to_do": "Nothing.", "next_update": "on Monday"}
        entry.save(session, cast.a_draft(**parts), by=noor, at=shop.clock.now())
        entry.submit(session, by=noor, at=shop.clock.now())
        entry.approve(session, by=the(session, LENA), at=shop.clock.now())

    counted(shop)
    with shop.db.reading() as session:
        assert session.scalar(select(Suggestion.people)) == 0


def test_a_question_that_a_live_entry_asks_by_now_is_closed(shop: Parts) -> None:
    ask(shop, *SHELLS)
    assert len(counted(shop)) == 1

    cast.an_entry(shop, question=SHELLS[0], answer="No.")

    assert counted(shop) == []
    with shop.db.reading() as session:
        assert session.scalar(select(Suggestion)).state == "answered"  # type: ignore[union-attr]
        assert session.scalar(select(func.count(EntryVersion.id))) == 6


def test_an_entry_that_people_still_ask_past_does_not_close_it(shop: Parts) -> None:
    ask(shop, *SHELLS)
    cast.an_entry(shop, question=SHELLS[0], answer="No.", key="shells")
    assert counted(shop) == []
    cast.in_mode(shop, Mode.SUGGEST)  # somebody has to be asked in any case
    cast.later(shop, minutes=5)

    ask(shop, "seashells on the moon, is that money to you?")

    assert [s.contacts for s in counted(shop)] == [4]
