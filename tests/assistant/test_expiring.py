"""The end of an answer's time: never sent after it, and its owner is asked what becomes of it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from assistant.answering import approving
from assistant.desk.notices import Notice
from assistant.ground.audit import Event
from assistant.ground.errors import Refused
from assistant.ground.parts import Parts
from assistant.launch import scenarios
from assistant.library import expiring, publishing
from tests import cast
from tests.cast import AMIR, INES, LENA, NOOR, NOW, an_entry, clock_of, entry_of, the

ENDS = NOW + timedelta(days=5)
SECOND = timedelta(seconds=1)


def ending(parts: Parts, **said: object) -> str:
    return an_entry(parts, **{"valid_until": ENDS, **said})


def told(parts: Parts) -> list[tuple[str, str]]:
    with parts.db.reading() as session:
        found = session.scalars(select(Notice).where(Notice.kind.in_(("ending", "ended"))))
        return [(notice.person.email, notice.kind) for notice in found]


def asks(parts: Parts, at: datetime, visitor: str) -> str:
    clock_of(parts).set(at)
    return str(cast.a_customer(parts, visitor=visitor).asks("Can I pause my plan?")["outcome"])


def test_the_owner_hears_of_the_end_before_it_and_at_it_once_each(shop: Parts) -> None:
    ending(shop)
    assert expiring.ask_owners(shop) == 0

    clock_of(shop).set(ENDS - timedelta(days=3))
    assert [expiring.ask_owners(shop) for _ in range(3)] == [1, 0, 0]
    clock_of(shop).set(ENDS - SECOND)
    assert expiring.ask_owners(shop) == 0
    clock_of(shop).set(ENDS)
    assert [expiring.ask_owners(shop) for _ in range(3)] == [1, 0, 0]

    assert told(shop) == [(AMIR, "ending"), (AMIR, "ended")]
    with shop.db.reading() as session:
        asked = session.scalars(select(Notice).where(Notice.kind == "ended")).one()
        assert asked.href == "/library/spring-pricing/entries/pause-plan"
        assert asked.words.startswith("“Can I pause my plan?” ended on 22 November, 10:00: nobody")


def test_who_was_given_the_entry_is_asked_and_not_its_author(shop: Parts) -> None:
    key = ending(shop)
    with shop.db.writing() as session:
        entry = entry_of(session, key)
        entry.give_to(session, the(session, INES), by=the(session, LENA), at=NOW)
    clock_of(shop).set(ENDS)
    expiring.ask_owners(shop)

    assert told(shop) == [(INES, "ended")]


@pytest.mark.parametrize("gone", ["retired", "recalled", "replaced"])
def test_nobody_is_asked_about_what_is_not_in_use(shop: Parts, gone: str) -> None:
    key = ending(shop)
    with shop.db.writing() as session:
        entry, lena, amir = entry_of(session, key), the(session, LENA), the(session, AMIR)
        if gone == "retired":
            entry.retire(session, reason="Over.", by=lena, at=NOW)
        elif gone == "recalled":
            entry.recall(session, [entry.newest], reason="Wrong.", by=lena, at=NOW)
        else:
            entry.save(session, cast.a_draft(answer="Yes."), by=amir, at=NOW)
            entry.submit(session, by=amir, at=NOW)
            approving.approve(session, entry, by=lena, at=NOW)
    clock_of(shop).set(ENDS)

    assert expiring.ask_owners(shop) == 0


def test_expired_words_are_sent_until_the_second_of_their_end_and_not_in_it(shop: Parts) -> None:
    ending(shop)
    publishing.publish(shop, 1, at=NOW)

    # Nothing runs between the two: the gate looks at the clock, not at a job that ran.
    assert asks(shop, ENDS - SECOND, "jo") == "answer"
    assert asks(shop, ENDS, "kim") != "answer"
    assert asks(shop, ENDS + SECOND, "lee") != "answer"


def test_extended_by_who_may_approve_it_the_same_version_goes_on(shop: Parts) -> None:
    key = ending(shop)
    publishing.publish(shop, 1, at=NOW)
    assert asks(shop, ENDS, "jo") != "answer"
    with shop.db.writing() as session:
        entry = entry_of(session, key)
        before = (entry.newest.sha256, entry.newest.text)
        later = ENDS + timedelta(days=2)
        version = expiring.extend(session, entry, later, by=the(session, NOOR), at=ENDS)
        assert (version.number, (version.sha256, version.text)) == (1, before)
        event = session.scalars(select(Event).where(Event.kind == "entry.extended")).one()
        assert (event.who, event.details["until"]) == (
            "Noor Rahman",
            [ENDS.isoformat(), later.isoformat()],
        )
    publishing.publish(shop, 1, at=ENDS)

    assert asks(shop, ENDS, "kim") == "answer"
    clock_of(shop).set(later)  # its owner is asked anew about the new end
    assert (expiring.ask_owners(shop), asks(shop, later, "lee") != "answer") == (1, True)


def test_who_may_not_approve_it_asks_for_more_time_with_a_new_version(shop: Parts) -> None:
    key = ending(shop)
    with shop.db.writing() as session:
        entry, old = entry_of(session, key), entry_of(session, key).newest
        asked = expiring.extend(session, entry, None, by=the(session, AMIR), at=NOW)

        assert (entry.state(NOW), entry.approved, old.valid_until) == ("review", old, ENDS)
        assert (asked.number, asked.sha256, asked.valid_until) == (2, old.sha256, None)
        approving.approve(session, entry, by=the(session, LENA), at=NOW)
        assert entry.approved is asked


def test_the_gravest_words_are_extended_by_two_the_named_one_first(shop: Parts) -> None:
    key = an_entry(shop, approved_by=None, valid_until=ENDS)
    with shop.db.writing() as session:
        entry, amir = entry_of(session, key), the(session, AMIR)
        scenario = scenarios.of_launch(session, entry.launch_id)["sign-in-link"]
        scenario.severity = 1
        entry.file_under(session, scenario, by=amir, at=NOW)
        entry.submit(session, by=amir, at=NOW)
        approving.approve(session, entry, by=the(session, LENA), at=NOW)
        old = approving.approve(session, entry, by=the(session, NOOR), at=NOW)

        # Lena, whom the scenario names, is the first of two; she has approved these words before.
        asked = expiring.extend(session, entry, None, by=the(session, LENA), at=ENDS)
        assert (entry.approved, old.valid_until, entry.state(ENDS)) == (old, ENDS, "review")
        assert [each.person.email for each in asked.standing_approvals] == [LENA]
        approving.approve(session, entry, by=the(session, NOOR), at=ENDS)
        assert (entry.approved, asked.sha256) == (asked, old.sha256)
        assert (asked.valid_until, asked.author) == (None, amir)


def test_who_does_not_decide_for_its_scenario_asks_for_more_time(shop: Parts) -> None:
    key = ending(shop)
    with shop.db.writing() as session:
        entry = entry_of(session, key)
        old, known = entry.approved, scenarios.of_launch(session, entry.launch_id)
        entry.scenario = known["sign-in-link"]  # whose messages Lena approves

        asked = expiring.extend(session, entry, None, by=the(session, NOOR), at=NOW)
        assert (asked is old, entry.state(NOW)) == (False, "review")


def test_an_end_lies_ahead(shop: Parts) -> None:
    key = ending(shop)
    with shop.db.writing() as session:
        entry, noor = entry_of(session, key), the(session, NOOR)
        for until in (NOW, NOW - SECOND):
            with pytest.raises(Refused, match="over already"):
                expiring.extend(session, entry, until, by=noor, at=NOW)
