"""The decision register: what waits, the four verbs, the draft, latency and the chase."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from assistant.desk import chasing, rulings, vacancies
from assistant.desk.notices import Notice
from assistant.desk.rulings import Ruled, Ruling
from assistant.desk.tickets import Ticket
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.parts import Parts
from assistant.library import decided
from assistant.library.versions import EntryVersion
from assistant.reports import decision_register
from assistant.reports.decision_register import Decision, stalls
from tests import cast
from tests.cast import AMIR, LENA, NOOR, OLU, UNKNOWN, UNKNOWN_TOO, later, launch_of, the

T = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)
WHY = "The old price ended on Monday."


def a_ticket(parts: Parts, words: str = UNKNOWN, scenario: str = "new-price") -> None:
    cast.a_customer(parts, visitor=f"asks {words}").asks(words)
    with cast.the_ticket(parts) as (session, ticket):
        ticket.scenario = decided.this_scenario(launch_of(session), scenario)


def asks(parts: Parts, question: str = "Is this expected?") -> int:
    with cast.the_ticket(parts) as (session, ticket):
        by = the(session, AMIR)
        return rulings.ask(session, ticket, question, by=by, at=parts.clock.now()).id


def decides(
    parts: Parts,
    ruled: Ruled = Ruled.EXPECTED,
    *,
    by: str = LENA,
    sentence: str = WHY,
    seen: tuple[int, ...] = (),
    scenario: str = "new-price",
) -> EntryVersion | None:
    with parts.db.writing() as session:
        return decided.decide(
            session,
            launch_of(session),
            scenario,
            ruled,
            sentence=sentence,
            seen=seen,
            by=the(session, by),
            at=parts.clock.now(),
        )


def waits(parts: Parts) -> list[tuple[str, str, int, str]]:
    with parts.db.reading() as session:
        found = decision_register.waiting(session, launch_of(session), at=parts.clock.now())
        return [(each.scenario.key, each.state, each.tickets, each.decider) for each in found]


def told(parts: Parts, kind: str = "decision-asked") -> list[str]:
    with parts.db.reading() as session:
        query = select(Notice).where(Notice.kind == kind).order_by(Notice.id)
        return [notice.person.email for notice in session.scalars(query)]


def no_message_for(parts: Parts) -> None:
    cast.retire(parts, "price-differs")


def test_what_waits_is_listed_by_age_with_its_tickets_and_who_decides(shop: Parts) -> None:
    a_ticket(shop, UNKNOWN_TOO, "sign-in-link")
    asks(shop)
    later(shop, minutes=5)
    a_ticket(shop)
    assert waits(shop) == [("sign-in-link", "asked", 1, "Lena Ortiz")]  # the other has a message

    no_message_for(shop)
    assert waits(shop)[1] == ("new-price", "unasked", 1, "Lena Ortiz")


def test_a_decision_answers_every_ticket_that_waits_and_drafts_the_next_version(
    shop: Parts,
) -> None:
    a_ticket(shop)
    asks(shop)
    a_ticket(shop, UNKNOWN_TOO)
    asks(shop)

    version = decides(shop, Ruled.NOT_EXPECTED, sentence="The invoice run was wrong.")

    assert version is not None
    with shop.db.reading() as session:
        assert {ruling.ruled for ruling in session.scalars(select(Ruling))} == {"not-expected"}
        newest = cast.entry_of(session, "price-differs").newest
        assert (newest.id, newest.verdict, newest.why_now) == (
            version.id,
            "not-expected",
            "The invoice run was wrong.",
        )
        assert newest.what_to_do == newest.safe_to_continue == ""  # that stood beside another one
        assert (newest.state, newest.author.email) == ("draft", LENA)
        assert cast.version_of(session, "price-differs").verdict == "expected"  # until approved
    assert waits(shop) == []


def test_the_decider_does_not_approve_what_their_decision_became(shop: Parts) -> None:
    a_ticket(shop)
    decides(shop, Ruled.EXPECTED)

    with shop.db.writing() as session:
        entry = cast.entry_of(session, "price-differs")
        entry.submit(session, by=the(session, LENA), at=shop.clock.now())
        with pytest.raises(NotPermitted):
            entry.approve(session, by=the(session, LENA), at=shop.clock.now())


def test_without_a_message_the_decision_becomes_a_new_entry_of_its_scenario(shop: Parts) -> None:
    no_message_for(shop)
    a_ticket(shop)
    first = decides(shop, Ruled.WORKAROUND, by=NOOR, sentence="Pay by card meanwhile.")
    a_ticket(shop, UNKNOWN_TOO)
    second = decides(shop, Ruled.EXPECTED)

    assert first is not None
    assert second is not None
    with shop.db.reading() as session:
        entry = cast.entry_of(session, "new-price-decided")
        assert (entry.scenario.key, entry.newest.verdict) == ("new-price", "known-issue")
        assert entry.newest.what_to_do == "Pay by card meanwhile."
        assert entry.newest.next_update == "23 November 2026, 10:00 CET"
        # Somebody writes at the first one: their words are not touched.
        assert cast.entry_of(session, "new-price-decided-2").newest.id == second.id


def test_who_needs_facts_drafts_nothing_and_the_scenario_goes_on_waiting(shop: Parts) -> None:
    a_ticket(shop)
    asks(shop)
    later(shop, hours=1)

    assert decides(shop, Ruled.NEED_FACTS, sentence="Which invoices?") is None
    assert waits(shop) == [("new-price", "facts", 1, "Lena Ortiz")]


@pytest.mark.parametrize(
    ("by", "ruled"),
    [
        (AMIR, Ruled.EXPECTED),
        (NOOR, Ruled.EXPECTED),  # she decides about workarounds only
        (LENA, Ruled.WORKAROUND),
        (AMIR, Ruled.NEED_FACTS),
    ],
)
def test_only_who_decides_such_things_decides_and_nothing_is_left_of_an_attempt(
    shop: Parts, by: str, ruled: Ruled
) -> None:
    a_ticket(shop)

    with pytest.raises(NotPermitted):
        decides(shop, ruled, by=by)

    with shop.db.reading() as session:
        assert session.scalars(select(Ruling)).all() == []


def test_of_two_who_decide_the_second_hears_what_the_first_decided(shop: Parts) -> None:
    a_ticket(shop)
    seen = asks(shop)
    decides(shop, Ruled.EXPECTED, seen=(seen,))

    with pytest.raises(Refused, match="Lena Ortiz has decided this: expected"):
        decides(shop, Ruled.WORKAROUND, by=NOOR, seen=(seen,))


@pytest.mark.parametrize("sentence", ["", "  \n"])
def test_a_decision_without_a_sentence_is_refused(shop: Parts, sentence: str) -> None:
    a_ticket(shop)

    with pytest.raises(Refused, match="needs a sentence"):
        decides(shop, sentence=sentence)


def test_nothing_is_decided_where_nobody_waits(shop: Parts) -> None:
    with pytest.raises(Refused, match="No ticket waits"):
        decides(shop)


def test_latency_is_measured_from_asking_to_a_live_message(shop: Parts) -> None:
    a_ticket(shop)
    asks(shop)
    later(shop, minutes=40)
    decides(shop)
    later(shop, minutes=15)
    with shop.db.writing() as session:
        entry = cast.entry_of(session, "price-differs")
        entry.save(
            session,
            cast.a_draft(
                question="Why is my price different from last month?",
                verdict="expected",
                why_now=WHY,
                what_to_do="Nothing.",
                next_update="on Monday",
            ),
            by=the(session, AMIR),
            at=shop.clock.now(),
        )
        entry.submit(session, by=the(session, AMIR), at=shop.clock.now())
        # Lena is named to approve, too, and it is hers: an administrator stands in.
        entry.approve(session, by=the(session, OLU), at=shop.clock.now())

    with shop.db.reading() as session:
        taken = decision_register.decisions(session, launch_of(session))
        (row,) = stalls(taken, {}, by="decider", at=shop.clock.now())

    assert (row.name, row.decided, row.minutes, row.to_approval) == ("Lena Ortiz", 1, 40, 15)


def a_decision(**minutes: float) -> Decision:
    return Decision("Price", "Lena", "expected", WHY, "HC-1", T, T + timedelta(**minutes), None)


@pytest.mark.parametrize(
    ("taken", "open_now", "rows"),
    [
        ([], {}, []),
        ([a_decision(minutes=10), a_decision(minutes=30)], {}, [("Price", 2, 20, 0, None)]),
        ([a_decision(minutes=0)], {}, [("Price", 1, None, 0, None)]),  # nobody had to wait
        (
            [a_decision(minutes=10)],
            {"Links": [T, T - timedelta(hours=5)]},
            [("Links", 0, None, 2, timedelta(hours=6)), ("Price", 1, 10, 0, None)],
        ),
    ],
)
def test_what_is_open_longest_stands_above_what_took_longest(
    taken: list[Decision], open_now: dict[str, list[datetime]], rows: list[object]
) -> None:
    found = stalls(taken, open_now, by="scenario", at=T + timedelta(hours=1))

    assert [(one.name, one.decided, one.minutes, one.open, one.oldest) for one in found] == rows


def test_who_decides_is_reminded_once_in_a_period_and_then_the_shift_hears_of_it(
    shop: Parts,
) -> None:
    a_ticket(shop)
    with shop.db.writing() as session:
        launch_of(session).scenarios[0].deciders = {"confirms_expected": NOOR}
    asks(shop)
    assert (chasing.chase(shop), told(shop)) == (0, [NOOR])

    later(shop, hours=8)
    assert (chasing.chase(shop), chasing.chase(shop)) == (1, 0)
    later(shop, hours=8)
    again = cast.parts_in(shop.settings.data, at=shop.clock.now())
    assert (chasing.chase(again), chasing.chase(shop)) == (1, 0)
    again.close()
    assert told(shop) == [NOOR, NOOR, NOOR, LENA]


def test_what_is_decided_or_resolved_is_chased_no_more(shop: Parts) -> None:
    a_ticket(shop)
    asks(shop)
    decides(shop)
    later(shop, days=2)

    assert chasing.chase(shop) == 0


def test_a_person_reminds_at_most_once_in_a_period(shop: Parts) -> None:
    a_ticket(shop)
    ruling = asks(shop)
    for expected in (1, 2):
        with shop.db.writing() as session:
            found, by = session.get_one(Ruling, ruling), the(session, AMIR)
            if expected == 1:
                assert chasing.remind(session, found, by=by, at=shop.clock.now()).email == LENA
            else:
                with pytest.raises(Refused, match="a moment ago"):
                    chasing.remind(session, found, by=by, at=shop.clock.now())


def test_somebody_else_is_reminded_when_who_decides_has_left(shop: Parts) -> None:
    a_ticket(shop)
    asks(shop)
    with shop.db.writing() as session:
        the(session, LENA).disabled_at = shop.clock.now()
    later(shop, hours=9)

    assert chasing.chase(shop) == 1
    assert told(shop)[-1] == NOOR
    with shop.db.reading() as session:
        assert session.scalars(select(Ticket)).one().is_open


def test_leads_are_told_once_when_nobody_can_decide_any_more(shop: Parts) -> None:
    assert vacancies.tell_leads(shop) == 0
    with shop.db.writing() as session:
        the(session, LENA).disabled_at = shop.clock.now()
        launch = launch_of(session)
        missing = vacancies.of_launch(session, launch)
        named = [str(each) for scenario in launch.scenarios for each in scenario.deciders.values()]
    assert len(missing) == named.count(LENA) > 0

    assert vacancies.tell_leads(shop) == len(missing)
    assert vacancies.tell_leads(shop) == 0

    with shop.db.reading() as session:
        notices = session.scalars(select(Notice).where(Notice.kind == "vacant")).all()
        assert {each.person.email for each in notices} == {NOOR}
        assert "“" in notices[0].words and "Lena Ortiz is not there any more" in notices[0].words
        assert notices[0].href.startswith("/launches/")


def test_who_comes_back_is_missed_no_more(shop: Parts) -> None:
    with shop.db.writing() as session:
        the(session, LENA).disabled_at = shop.clock.now()
        assert vacancies.of_launch(session, launch_of(session))
        the(session, LENA).disabled_at = None
        assert vacancies.of_launch(session, launch_of(session)) == []
