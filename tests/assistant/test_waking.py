"""A Sev 1 that nobody answers: who is woken beyond its path, one after the other, each once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from assistant.desk.alarms import break_promises, move_up
from assistant.desk.notices import Notice
from assistant.desk.severity import Severity
from assistant.ground.audit import history
from assistant.ground.parts import Parts
from tests import cast
from tests.assistant.test_shifts import a_shift
from tests.cast import AMIR, BLOCKED, ERIC, LENA, NOOR, NOW, UNKNOWN, Customer, later, the
from tests.web.staff import a_browser

HOURS = timedelta(hours=8)
WORKERS = 4


def sev_1_without_a_scenario(parts: Parts, mara: Customer) -> None:
    mara.asks(BLOCKED)
    with cast.the_ticket(parts) as (_, ticket):
        ticket.scenario, ticket.escalates_at = None, None


def rota(parts: Parts, *emails: str) -> None:
    """Let these people have the shifts of eight hours from now on, in this order."""
    with parts.db.writing() as session:
        for turn, email in enumerate(emails):
            a_shift(session, email, NOW + turn * HOURS)


def after(parts: Parts, minutes: float) -> int:
    """Let time pass, and return how many tickets went up."""
    later(parts, minutes=minutes)
    return break_promises(parts) + move_up(parts)


def woken(parts: Parts) -> list[str]:
    with parts.db.reading() as session:
        told = select(Notice).where(Notice.kind == "escalated").order_by(Notice.id)
        return [notice.person.email for notice in session.scalars(told)]


def owner(parts: Parts) -> str | None:
    with cast.the_ticket(parts) as (_, ticket):
        return ticket.owner.email if ticket.owner else None


def test_what_the_owner_of_the_shift_misses_wakes_the_next_one_and_then_every_lead(
    shop: Parts, mara: Customer
) -> None:
    rota(shop, AMIR, ERIC)
    sev_1_without_a_scenario(shop, mara)
    walked = []
    for minutes in (14, 1, 14, 1, 15, 600):
        after(shop, minutes)
        walked.append((woken(shop), owner(shop)))

    assert walked == [
        ([], AMIR),
        ([ERIC], ERIC),
        ([ERIC], ERIC),
        ([ERIC, LENA, NOOR], ERIC),
        ([ERIC, LENA, NOOR], ERIC),
        ([ERIC, LENA, NOOR], ERIC),
    ]


def test_without_a_roster_the_first_lead_is_woken_and_then_the_others(
    shop: Parts, mara: Customer
) -> None:
    sev_1_without_a_scenario(shop, mara)

    after(shop, 15)
    assert woken(shop) == [LENA]
    after(shop, 15)
    assert woken(shop) == [LENA, NOOR]
    after(shop, 15)
    assert woken(shop) == [LENA, NOOR]


def test_a_path_that_ends_is_not_the_end_of_a_sev_1(shop: Parts, mara: Customer) -> None:
    rota(shop, ERIC, NOOR)
    mara.asks(BLOCKED)  # its scenario's path is Lena alone

    for minutes in (15, 15, 15, 15, 15):
        after(shop, minutes)

    assert woken(shop) == [LENA, ERIC, NOOR]
    with cast.the_ticket(shop) as (session, ticket):
        assert (ticket.owner, ticket.escalates_at) == (the(session, NOOR), None)
        kinds = [each.kind for each in history(session, ticket_id=ticket.id)]
        assert kinds.count("ticket.escalation-ended") == 1  # each of the leads knows already


def test_each_has_as_long_as_the_launch_promises_a_sev_1_its_first_response(
    shop: Parts, mara: Customer
) -> None:
    with shop.db.writing() as session:
        cast.launch_of(session).policies = {"hypercare": [{"severity": 1, "first_response": 40}]}
    rota(shop, AMIR, ERIC)
    sev_1_without_a_scenario(shop, mara)

    after(shop, 40)
    after(shop, 39)
    assert woken(shop) == [ERIC]
    after(shop, 1)
    assert woken(shop) == [ERIC, LENA, NOOR]


@pytest.mark.parametrize("moves", ["claim", "reply", "acknowledge", "milder"])
def test_once_somebody_is_there_nobody_else_is_woken(
    shop: Parts, mara: Customer, moves: str
) -> None:
    rota(shop, AMIR, ERIC)
    sev_1_without_a_scenario(shop, mara)
    after(shop, 15)
    at = later(shop, minutes=1)
    with cast.the_ticket(shop) as (session, ticket):
        eric = the(session, ERIC)
        if moves == "claim":
            ticket.claim(session, by=eric, at=at)
        elif moves == "reply":
            ticket.reply(session, "I am at it.", by=eric, at=at)
        elif moves == "acknowledge":
            ticket.acknowledge(session, by=eric, at=at)
        else:
            ticket.set_severity(session, Severity.MINOR, reason="A way.", by=eric, at=at)

    after(shop, 60)
    assert woken(shop) == [ERIC]


def test_who_has_left_or_sees_nothing_of_the_launch_is_passed_over(
    shop: Parts, mara: Customer
) -> None:
    with shop.db.writing() as session:
        cast.a_person(session, email="far@example.com", name="Far Away", launch=None)
    rota(shop, AMIR, "far@example.com", NOOR, ERIC)
    with shop.db.writing() as session:
        the(session, NOOR).disabled_at = NOW
    sev_1_without_a_scenario(shop, mara)

    after(shop, 15)
    after(shop, 15)
    assert woken(shop) == [ERIC, LENA]


def test_what_becomes_sev_1_after_it_was_missed_goes_on_too(shop: Parts, mara: Customer) -> None:
    rota(shop, AMIR, ERIC, LENA, NOOR)
    mara.asks(UNKNOWN)
    after(shop, 8 * 60 + 1)  # in Eric's shift by then
    assert woken(shop) == [ERIC]
    with cast.the_ticket(shop) as (session, ticket):
        words = "Locked out."
        ticket.set_severity(
            session, Severity.BLOCKED, reason=words, by="assistant", at=shop.clock.now()
        )

    after(shop, 15)
    assert woken(shop) == [ERIC, LENA]


@pytest.mark.parametrize(
    ("has_path", "again"), [(False, [AMIR, ERIC, LENA, NOOR]), (True, [LENA, AMIR, ERIC, NOOR])]
)
def test_what_is_reopened_wakes_everybody_anew(
    shop: Parts, mara: Customer, has_path: bool, again: list[str]
) -> None:
    rota(shop, AMIR, ERIC)
    if has_path:
        mara.asks(BLOCKED)  # its scenario's path is Lena alone, after a quarter of an hour
    else:
        sev_1_without_a_scenario(shop, mara)
    for minutes in (15, 15, 15, 15):
        after(shop, minutes)
    before = woken(shop)
    at = later(shop, minutes=1)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.dismiss(session, reason="Spam.", by=the(session, AMIR), at=at)
    at = later(shop, minutes=30)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.reopen(session, reason="It was none.", by=the(session, AMIR), at=at)
    before_its_time = [after(shop, 14), woken(shop) == before]

    for minutes in (1, 15, 15, 15, 600):
        after(shop, minutes)

    assert before_its_time == [0, True]
    assert woken(shop)[len(before) :] == again


def test_several_workers_at_once_wake_each_person_once(shop: Parts, mara: Customer) -> None:
    rota(shop, AMIR, ERIC)
    sev_1_without_a_scenario(shop, mara)
    for _ in range(3):
        later(shop, minutes=15)
        begin = Barrier(WORKERS)

        def sweep(begin: Barrier = begin) -> int:
            begin.wait()
            return break_promises(shop) + move_up(shop)

        with ThreadPoolExecutor(WORKERS) as workers:
            list(workers.map(lambda _: sweep(), range(WORKERS)))

    assert sorted(woken(shop)) == sorted([ERIC, LENA, NOOR])


def test_somebody_who_asks_for_help_reaches_who_is_in_charge_although_all_were_told(
    shop: Parts, mara: Customer
) -> None:
    rota(shop, LENA, ERIC)
    sev_1_without_a_scenario(shop, mara)
    for minutes in (15, 15, 15):
        after(shop, minutes)
    with cast.the_ticket(shop) as (session, ticket):
        moved = ticket.escalate(
            session, reason="I am stuck.", by=the(session, AMIR), at=shop.clock.now()
        )

    assert (moved, owner(shop)) == (True, LENA)


def test_the_ticket_says_who_was_told_and_who_is_next_and_when(shop: Parts, mara: Customer) -> None:
    rota(shop, AMIR, ERIC)
    sev_1_without_a_scenario(shop, mara)
    browser = a_browser(shop, AMIR)

    def rail() -> str:
        page = browser.get("/desk/tickets/HC-1001").text
        return page.partition(">Escalation<")[2].partition("</section>")[0]

    after(shop, 15)
    assert "Eric Berg" in rail()
    assert "Goes to every lead who was not told yet at 10:30 CET" in rail()
    after(shop, 15)
    assert "Lena Ortiz and Noor Rahman" in rail()
    assert "everybody above was told" in rail()
