"""Somebody leaves: shut out at once, their name kept, what they had in hand listed and told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from assistant.desk.alarms import warn
from assistant.desk.notices import Notice
from assistant.desk.vacancies import tell_leads
from assistant.ground.audit import OPERATOR, history
from assistant.ground.errors import Declined, NotPermitted, Refused
from assistant.ground.leaving import deactivate, reactivate
from assistant.ground.parts import Parts
from assistant.ground.people import Role, sign_in, signed_in
from assistant.launch import api_keys
from assistant.launch.api_keys import Scope
from assistant.reports.left_behind import Left, in_words, let_go, of_person
from tests import cast
from tests.assistant.test_shifts import a_shift
from tests.cast import AMIR, BLOCKED, LENA, NOOR, NOW, OLU, PRIYA, UNKNOWN, Customer, later, the


def gone(parts: Parts, email: str, by: str = LENA) -> list[Left]:
    with parts.db.writing() as session:
        return let_go(session, the(session, email), by=the(session, by), at=parts.clock.now())


def back(parts: Parts, email: str, by: str = LENA) -> None:
    with parts.db.writing() as session:
        reactivate(session, the(session, email), by=the(session, by), at=parts.clock.now())


def told(parts: Parts, kind: str) -> list[tuple[str, str]]:
    with parts.db.reading() as session:
        found = session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id))
        return [(each.person.email, each.words) for each in found]


def test_every_sign_in_ends_at_once_and_stays_ended_when_they_come_back(shop: Parts) -> None:
    with shop.db.writing() as session:
        tokens = [sign_in(session, the(session, AMIR), at=NOW)[1] for _ in range(2)]
    gone(shop, AMIR)

    def still_in() -> list[bool]:
        with shop.db.reading() as session:
            return [signed_in(session, token, at=NOW) is not None for token in tokens]

    assert still_in() == [False, False]
    back(shop, AMIR)
    assert still_in() == [False, False]
    with shop.db.writing() as session:
        token = sign_in(session, the(session, AMIR), at=NOW)[1]
        assert signed_in(session, token, at=NOW) is not None


@pytest.mark.parametrize(
    ("who", "by"), [(LENA, AMIR), (OLU, LENA), (AMIR, PRIYA), ("far@example.com", LENA)]
)
def test_an_account_is_shut_by_a_lead_of_theirs_or_an_administrator(
    shop: Parts, who: str, by: str
) -> None:
    with shop.db.writing() as session:
        cast.a_person(session, email="far@example.com", name="Far Away", launch=None)

    with pytest.raises(NotPermitted, match="may not manage"):
        gone(shop, who, by)
    gone(shop, who, OLU)  # an administrator may


def test_the_last_who_may_manage_people_cannot_shut_themselves_out(shop: Parts) -> None:
    gone(shop, OLU, OLU)
    gone(shop, NOOR, LENA)

    with pytest.raises(Refused, match="Nobody but Lena Ortiz may manage people"):
        gone(shop, LENA, LENA)
    with pytest.raises(Refused, match="Nobody but"), shop.db.writing() as session:
        deactivate(session, the(session, LENA), by=OPERATOR, at=NOW)
    back(shop, NOOR)
    gone(shop, LENA, LENA)


def test_two_who_shut_out_each_other_at_the_same_moment_leave_one_behind(shop: Parts) -> None:
    gone(shop, OLU, OLU)
    begin = Barrier(2)

    def shut(pair: tuple[str, str]) -> bool:
        begin.wait()
        try:
            gone(shop, *pair)
        except Declined:
            return False
        return True

    with ThreadPoolExecutor(2) as both:
        done = list(both.map(shut, [(LENA, NOOR), (NOOR, LENA)]))

    assert sorted(done) == [False, True]
    with shop.db.reading() as session:
        assert [the(session, each).disabled_at is None for each in (LENA, NOOR)] != [False, False]


def test_a_second_time_is_refused_and_says_so(shop: Parts) -> None:
    gone(shop, AMIR)

    with pytest.raises(Refused, match="Amir Haddad is deactivated already"):
        gone(shop, AMIR)
    back(shop, AMIR)
    with pytest.raises(Refused, match="Amir Haddad may sign in already"):
        back(shop, AMIR)


def amir_has_his_hands_full(parts: Parts, mara: Customer) -> None:
    mara.asks(UNKNOWN)
    cast.an_entry(parts, key="pause-plan")
    with parts.db.writing() as session:
        amir, launch = the(session, AMIR), cast.launch_of(session)
        a_shift(session, AMIR, NOW + timedelta(days=1))
        a_shift(session, AMIR, NOW - timedelta(days=1))  # was, and is not left to anybody
        launch.scenarios[1].deciders = {**launch.scenarios[1].deciders, "confirms_expected": AMIR}
        launch.scenarios[1].escalation = [{"after_minutes": 15, "to": AMIR}]
        cast.entry_of(session, "pause-plan").owner = amir
        amir.role = Role.LEAD
        lasts = timedelta(days=7)
        api_keys.make(
            session, launch, name="Importer", scope=Scope.READ, lasts=lasts, by=amir, at=NOW
        )


def test_what_they_had_in_hand_is_listed_with_its_page_until_it_is_handed_over(
    shop: Parts, mara: Customer
) -> None:
    amir_has_his_hands_full(shop, mara)

    left = gone(shop, AMIR)

    assert in_words(left) == (
        "1 open ticket, 1 shift, 1 decision about a scenario, 2 scenarios, "
        "1 step of an escalation path, 1 entry, 1 API key"
    )
    assert [(each.what.value, each.href) for each in left if each.what != "scenario"] == [
        ("open ticket", "/desk/tickets/HC-1001"),
        ("shift", "/launches/spring-pricing/shifts"),
        ("decision about a scenario", "/launches/spring-pricing/setup/scenarios/sign-in-link"),
        ("step of an escalation path", "/launches/spring-pricing/setup/scenarios/sign-in-link"),
        ("entry", "/library/spring-pricing/entries/pause-plan"),
        ("API key", "/launches/spring-pricing/api-keys"),
    ]
    with cast.the_ticket(shop) as (session, ticket):
        ticket.assign(session, to=the(session, NOOR), by=the(session, LENA), at=NOW)
    with shop.db.reading() as session:
        assert "ticket" not in in_words(of_person(session, the(session, AMIR), at=NOW))


def test_a_shift_is_handed_over_once_others_own_all_of_its_time(shop: Parts) -> None:
    with shop.db.writing() as session:
        a_shift(session, AMIR, NOW + timedelta(days=1))
    gone(shop, AMIR)

    def is_left_after(begins: float, hours: float) -> bool:
        with shop.db.writing() as session:
            a_shift(session, NOOR, NOW + timedelta(days=1, hours=begins), hours=hours)
            return "1 shift" in in_words(of_person(session, the(session, AMIR), at=NOW))

    assert is_left_after(0, 3)
    assert is_left_after(4, 6)
    assert not is_left_after(3, 1)


def test_the_other_leads_are_told_once_what_is_to_be_handed_over(
    shop: Parts, mara: Customer
) -> None:
    amir_has_his_hands_full(shop, mara)

    gone(shop, AMIR)

    assert told(shop, "left") == [
        (
            NOOR,
            "Amir Haddad was deactivated and leaves in Spring pricing: 1 open ticket, 1 shift, "
            "2 scenarios, 1 step of an escalation path, 1 entry, 1 API key.",
        )
    ]
    assert tell_leads(shop) == 1  # what nobody may decide any more, as before
    assert tell_leads(shop) == 0


def test_who_leaves_nothing_behind_is_no_news(shop: Parts) -> None:
    with shop.db.writing() as session:
        cast.a_person(session)
    gone(shop, "bo@example.com")

    assert told(shop, "left") == []


def test_history_keeps_their_name(shop: Parts, mara: Customer) -> None:
    mara.asks(UNKNOWN)
    cast.amir_replies(shop, "I have looked into it.")
    gone(shop, AMIR)

    with cast.the_ticket(shop) as (session, ticket):
        assert [each.who for each in history(session, ticket_id=ticket.id)][-1] == "Amir Haddad"
        assert ticket.conversation.messages[-1].person is the(session, AMIR)


def test_nothing_new_goes_to_them_though_a_scenario_names_them(shop: Parts, mara: Customer) -> None:
    gone(shop, AMIR)
    mara.asks(BLOCKED)  # of a scenario that is Amir's
    with cast.the_ticket(shop) as (session, ticket):
        assert ticket.scenario is not None
        assert ticket.scenario.owner is the(session, AMIR)
        assert ticket.owner is the(session, LENA)


def test_what_runs_out_on_a_ticket_of_theirs_is_told_to_who_is_in_charge(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(BLOCKED)
    gone(shop, AMIR, NOOR)
    later(shop, minutes=12)

    assert warn(shop) == 1
    assert [email for email, _ in told(shop, "warning")] == [LENA]


def test_a_key_they_made_opens_nothing_until_somebody_has_decided(shop: Parts) -> None:
    with shop.db.writing() as session:
        lena, launch = the(session, LENA), cast.launch_of(session)
        lasts = timedelta(days=7)
        _, secret = api_keys.make(
            session, launch, name="Importer", scope=Scope.READ, lasts=lasts, by=lena, at=NOW
        )
    gone(shop, LENA, NOOR)

    with shop.db.reading() as session:
        assert api_keys.opened(session, secret, at=NOW) is None
