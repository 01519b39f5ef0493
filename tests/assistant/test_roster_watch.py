"""Leads are told of a gap in the roster a day before it comes, each exactly once."""

from datetime import datetime, timedelta

from sqlalchemy import select

from assistant.desk import roster_watch
from assistant.desk.notices import Notice
from assistant.ground.parts import Parts
from assistant.launch.shifts import Shift
from tests import cast
from tests.assistant.test_shifts import a_shift
from tests.cast import AMIR, NOOR, NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def told(parts: Parts) -> list[tuple[str, str]]:
    """Return who was told what, in order."""
    with parts.db.reading() as session:
        found = session.scalars(
            select(Notice).where(Notice.kind == "gap").order_by(Notice.at, Notice.person_id)
        )
        return [(each.person.email, each.words) for each in found]


def on_duty(parts: Parts, *stretches: tuple[str, datetime, float]) -> None:
    with parts.db.writing() as session:
        for email, begins, hours in stretches:
            a_shift(session, email, begins, hours)


def test_the_leads_are_told_of_a_gap_once_and_not_earlier_than_a_day_before(shop: Parts) -> None:
    change = NOW + 30 * HOUR
    on_duty(shop, (AMIR, NOW, 30), (NOOR, change + 2 * HOUR, 24 * 20))

    early = roster_watch.tell_of_gaps(shop)
    cast.later(shop, hours=6, minutes=1)
    then, again = roster_watch.tell_of_gaps(shop), roster_watch.tell_of_gaps(shop)
    cast.later(shop, hours=25)
    during = roster_watch.tell_of_gaps(shop)

    assert (early, then, again, during) == (0, 1, 0, 0)
    words = "Nobody owns Spring pricing from Wed 18 Nov, 16:00 to 18:00 (2 h). Plan a shift."
    assert told(shop) == [("lena@example.com", words), ("noor@example.com", words)]


def test_a_gap_that_somebody_filled_in_time_is_told_to_nobody(shop: Parts) -> None:
    on_duty(shop, (AMIR, NOW, 30), (NOOR, NOW + 32 * HOUR, 400), (AMIR, NOW + 30 * HOUR, 2))
    cast.later(shop, hours=10)

    assert roster_watch.tell_of_gaps(shop) == 0


def test_a_shift_that_is_called_off_shortly_before_it_begins_leaves_a_gap_to_tell(
    shop: Parts,
) -> None:
    on_duty(shop, (AMIR, NOW, 1), (NOOR, NOW + HOUR, 400))
    assert roster_watch.tell_of_gaps(shop) == 0
    with shop.db.writing() as session:
        session.get_one(Shift, 2).called_off_at = NOW

    assert roster_watch.tell_of_gaps(shop) == 1


def test_without_a_roster_nobody_is_told_of_gaps(shop: Parts) -> None:
    assert roster_watch.tell_of_gaps(shop) == 0
    assert told(shop) == []


def test_a_launch_that_is_closed_has_no_gaps(shop: Parts) -> None:
    on_duty(shop, (AMIR, NOW, 1))
    with shop.db.writing() as session:
        cast.launch_of(session).closed_at = NOW + HOUR
    cast.later(shop, hours=2)

    assert roster_watch.tell_of_gaps(shop) == 0
