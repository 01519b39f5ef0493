"""Who is next when a promise breaks."""

import pytest

from assistant.desk.escalation import Step, next_step
from assistant.ground.parts import Parts
from tests import cast
from tests.cast import AMIR, LAUNCH, LENA, NOOR, NOW, OLU, UNKNOWN, Customer, the

PATH = [{"after_minutes": 60, "to": NOOR}, {"after_minutes": 15, "to": LENA}]


@pytest.mark.parametrize(
    ("level", "owner", "step"),
    [
        (0, "", Step(1, LENA)),
        (0, AMIR, Step(1, LENA)),
        (1, LENA, Step(2, NOOR)),
        (0, LENA, Step(2, NOOR)),  # she has it already, so the one above her is next
        (1, NOOR, None),
        (2, NOOR, None),
        (9, AMIR, None),
    ],
)
def test_a_path_is_walked_by_its_minutes_and_past_the_owner(
    level: int, owner: str, step: Step | None
) -> None:
    assert next_step(PATH, level, owner=owner) == step


def test_without_a_path_nobody_is_above() -> None:
    assert next_step([], 0) is None


def escalated(parts: Parts) -> tuple[bool, str | None, int]:
    with cast.the_ticket(parts) as (session, ticket):
        moved = ticket.escalate(session, reason="Missed.", by=the(session, AMIR), at=NOW)
        return moved, ticket.owner.email if ticket.owner else None, ticket.level


def test_a_ticket_goes_up_its_scenario_s_path_step_by_step(shop: Parts, mara: Customer) -> None:
    mara.asks("I was charged twice for the new price this month")
    with cast.the_ticket(shop) as (session, ticket):
        ticket.scenario = cast.launch_of(session).scenarios[0]

    assert escalated(shop) == (True, LENA, 1)
    assert escalated(shop) == (True, NOOR, 2)
    assert escalated(shop) == (True, LENA, 3)  # the path has ended: the launch's first lead
    assert escalated(shop) == (False, LENA, 3)


def test_without_a_scenario_it_goes_to_the_first_lead_and_no_further(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(UNKNOWN)

    assert escalated(shop) == (True, LENA, 1)
    assert escalated(shop) == (False, LENA, 1)


@pytest.mark.parametrize("why", ["unknown", "not of this launch", "left"])
def test_a_step_to_nobody_who_can_take_it_is_passed_over(
    shop: Parts, mara: Customer, why: str
) -> None:
    mara.asks(UNKNOWN)
    with cast.the_ticket(shop) as (session, ticket):
        gone = "gone@example.com"
        if why != "unknown":
            bo = cast.a_person(session, email=gone, launch=LAUNCH if why == "left" else None)
            bo.disabled_at = NOW if why == "left" else None
        ticket.scenario = cast.launch_of(session).scenarios[0]
        ticket.scenario.escalation = [
            {"after_minutes": 15, "to": gone},
            {"after_minutes": 60, "to": NOOR},
        ]
        ticket.owner, ticket.owner_id = the(session, LENA), the(session, LENA).id

    assert escalated(shop) == (True, NOOR, 2)  # and not to Lena, in whose charge it is already


def test_a_lead_who_has_left_is_in_charge_of_nothing(shop: Parts, mara: Customer) -> None:
    mara.asks(UNKNOWN)
    with shop.db.writing() as session:
        the(session, LENA).disabled_at = NOW

    assert escalated(shop) == (True, NOOR, 1)


def test_without_a_lead_an_administrator_is_woken(shop: Parts, mara: Customer) -> None:
    mara.asks(UNKNOWN)
    with shop.db.writing() as session:
        for email in (LENA, NOOR):
            the(session, email).disabled_at = NOW

    assert escalated(shop) == (True, OLU, 1)


def test_a_new_ticket_is_given_to_nobody_who_has_left(shop: Parts, mara: Customer) -> None:
    with shop.db.writing() as session:
        the(session, AMIR).disabled_at = NOW
    mara.asks(UNKNOWN)

    with cast.the_ticket(shop) as (_, ticket):
        assert ticket.owner is not None
        assert ticket.owner.email == LENA
