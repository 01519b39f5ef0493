"""Load and strain: what a roster and the desk ask of people, and the warning before burnout."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant.desk import duty_load
from assistant.ground.parts import Parts
from assistant.launch import strain
from assistant.launch.roster import Duty
from assistant.launch.strain import Load
from tests import cast
from tests.assistant.test_shifts import a_shift
from tests.cast import AMIR, NOOR, NOW, Customer

BERLIN = ZoneInfo("Europe/Berlin")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = datetime(2026, 11, 18, 12, tzinfo=BERLIN)  # a Wednesday


def duties(*starts: datetime, hours: float = 8) -> list[Duty]:
    return [Duty(at, at + hours * HOUR, n, 1, "Amir Haddad") for n, at in enumerate(starts)]


def of(*starts: datetime, hours: float = 8) -> Load:
    return strain.load(duties(*starts, hours=hours), 1, "Amir Haddad", BERLIN, at=NOON)


def a_load(**figures: object) -> Load:
    nothing: dict[str, object] = {
        "hours": (timedelta(), timedelta()),
        "nights": (0, 0),
        "weekends": 0,
        "short_rests": 0,
        "long_runs": 0,
        "tickets": 0,
        "called": 0,
    }
    return Load(1, "Amir Haddad", **{**nothing, **figures})  # type: ignore[arg-type]


def at_hour(day: int, hour: int) -> datetime:
    """Return an hour so many days from the Wednesday."""
    return (NOON + day * DAY).replace(hour=hour)


def test_a_shift_counts_behind_and_ahead_of_now_where_it_lies() -> None:
    assert of(at_hour(0, 8)).hours == (4 * HOUR, 4 * HOUR)
    assert of(at_hour(-8, 8), at_hour(8, 8)).hours == (timedelta(), timedelta())


def test_a_night_counts_once_in_the_week_it_begins_in() -> None:
    assert of(at_hour(-3, 22), at_hour(-2, 22), at_hour(2, 22)).nights == (2, 1)


def test_weekends_count_in_a_row_up_to_the_next_one() -> None:
    saturdays = [at_hour(3, 9), at_hour(-4, 9), at_hour(-18, 9)]  # 21, 14 and 31 October

    assert of(*saturdays).weekends == 2
    assert of(at_hour(0, 9)).weekends == 0
    assert of(at_hour(2, 20)).weekends == 1, "from Friday evening into Saturday"


@pytest.mark.parametrize(
    ("figures", "says"),
    [
        ({"hours": (41 * HOUR, 0 * HOUR)}, "41 h of shifts in the last seven days (mark: 40 h)"),
        ({"hours": (0 * HOUR, 48.5 * HOUR)}, "48 h 30 of shifts in the next seven days"),
        ({"nights": (3, 0)}, "3 nights in the last seven days (mark: 3)"),
        ({"nights": (0, 4)}, "4 nights in the next seven days (mark: 3)"),
        ({"weekends": 2}, "2 weekends in a row (mark: 2)"),
        ({"short_rests": 1}, "once less than 11 h of rest between shifts"),
        ({"long_runs": 1}, "no day off within seven days"),
        ({"called": 2}, "called twice at night or off duty (mark: 2)"),
        ({"tickets": 31}, "31 tickets in seven days, 3.1 × the average"),
    ],
)
def test_each_figure_at_its_mark_is_a_reason_that_says_the_mark(
    figures: dict[str, object], says: str
) -> None:
    found = strain.strain(a_load(**figures), average=10)

    assert len(found.reasons) == 1
    assert found.reasons[0].startswith(says)
    assert found.level == "look"


@pytest.mark.parametrize(
    "figures",
    [
        {},
        {"hours": (40 * HOUR, 40 * HOUR)},
        {"nights": (2, 2)},
        {"weekends": 1},
        {"called": 1},
        {"tickets": 15},
        {"tickets": 9},
    ],
)
def test_just_under_a_mark_all_is_fine(figures: dict[str, object]) -> None:
    assert strain.strain(a_load(**figures), average=10).level == "fine"


def test_two_reasons_together_are_the_warning() -> None:
    assert strain.strain(a_load(weekends=3, called=4)).level == "warning"


def test_the_desk_counts_tickets_and_calls_of_the_last_seven_days(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(cast.BLOCKED)
    with shop.db.writing() as session:
        a_shift(session, AMIR, NOW - HOUR)
        a_shift(session, NOOR, NOW - 10 * HOUR, hours=8)
    cast.amir_replies(shop)
    for _ in range(2):
        with cast.the_ticket(shop) as (session, ticket):
            ticket.owner = ticket.owner_id = None
            ticket.level = 0
            ticket.escalate(session, reason="Nobody answers.", by="assistant", at=NOW)
            called = ticket.owner.name if ticket.owner else ""

    with shop.db.reading() as session:
        launch = cast.launch_of(session)
        found = {load.name: load for load, _ in duty_load.loads(session, launch, at=NOW)}
        later = {load.name: load for load, _ in duty_load.loads(session, launch, at=NOW + 8 * DAY)}
    assert found["Amir Haddad"].tickets == 1
    assert found["Amir Haddad"].hours == (HOUR, 7 * HOUR)
    assert called == "Lena Ortiz"
    assert found["Lena Ortiz"].called == 0, "she has no shifts, and it is day"
    assert later["Amir Haddad"].tickets == 0
    assert set(found) == {"Amir Haddad", "Eric Berg", "Lena Ortiz", "Noor Rahman"}
