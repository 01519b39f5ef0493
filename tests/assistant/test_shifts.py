"""Shifts: exactly one owner per minute, planned, passed on and called off by people."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from assistant.desk import handovers
from assistant.ground.parts import Parts
from assistant.launch import shifts
from assistant.launch.shifts import Shift
from tests import cast
from tests.cast import AMIR, LENA, NOOR, NOW


def a_shift(session: Session, email: str, begins: datetime, hours: float = 8) -> Shift:
    """Return a shift that is there, as an import would put it."""
    shift = Shift(
        launch_id=cast.launch_of(session).id,
        person_id=cast.the(session, email).id,
        begins_at=begins,
        ends_at=begins + timedelta(hours=hours),
        planned_at=NOW,
    )
    session.add(shift)
    session.flush()
    return shift


def owner(parts: Parts, at: datetime) -> str | None:
    """Return the address of whoever is the owner at ``at``."""
    with parts.db.reading() as session:
        found = shifts.owner_at(session, cast.launch_of(session).id, at)
        return found.email if found else None


def test_whoever_has_the_shift_owns_the_launch_until_the_minute_it_ends(shop: Parts) -> None:
    with shop.db.writing() as session:
        a_shift(session, AMIR, NOW, hours=8)
        a_shift(session, NOOR, NOW + timedelta(hours=8), hours=8)

    change = NOW + timedelta(hours=8)
    assert owner(shop, NOW - timedelta(minutes=1)) is None
    assert owner(shop, NOW) == AMIR
    assert owner(shop, change - timedelta(seconds=1)) == AMIR
    assert owner(shop, change) == NOOR
    assert owner(shop, change + timedelta(hours=8)) is None


def test_where_two_shifts_overlap_whoever_came_first_keeps_it(shop: Parts) -> None:
    with shop.db.writing() as session:
        a_shift(session, NOOR, NOW + timedelta(minutes=30))
        a_shift(session, AMIR, NOW, hours=1)

    assert owner(shop, NOW + timedelta(minutes=45)) == AMIR
    assert owner(shop, NOW + timedelta(minutes=60)) == NOOR


def test_a_shift_of_somebody_who_may_not_sign_in_covers_nothing(shop: Parts) -> None:
    with shop.db.writing() as session:
        a_shift(session, AMIR, NOW)
        cast.the(session, AMIR).disabled_at = NOW

    assert owner(shop, NOW) is None


def test_a_shift_that_was_called_off_covers_nothing(shop: Parts) -> None:
    with shop.db.writing() as session:
        a_shift(session, LENA, NOW).called_off_at = NOW

    assert owner(shop, NOW) is None


def test_an_owner_is_asked_for_in_any_zone(shop: Parts) -> None:
    with shop.db.writing() as session:
        launch = cast.launch_of(session)
        a_shift(session, AMIR, datetime(2026, 11, 20, 21, tzinfo=UTC))
        at = datetime(2026, 11, 20, 23, 30, tzinfo=launch.zone)

        assert shifts.owner_at(session, launch.id, at) == cast.the(session, AMIR)


def test_what_waits_for_the_customer_is_nothing_that_the_next_owner_has_to_keep(
    shop: Parts, mara: cast.Customer
) -> None:
    mara.asks(cast.BLOCKED)
    with shop.db.reading() as session:
        before = handovers.open_now(session, cast.launch_of(session).id, at=NOW)
    cast.amir_replies(shop)

    with shop.db.reading() as session:
        after = handovers.open_now(session, cast.launch_of(session).id, at=NOW)
    assert (before["due_count"], after["due_count"], after["due"]) == (2, 0, [])
    assert (after["urgent_count"], len(after["urgent"])) == (1, 1)
