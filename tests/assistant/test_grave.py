"""R53, R54: a ticket is grave on the day it became so, whatever it was opened as or is by now."""

from datetime import date, timedelta

import pytest

from assistant.desk.severity import Severity
from assistant.ground.parts import Parts
from assistant.reports.grave import became_grave
from assistant.reports.spans import day_span, local_day
from tests import cast
from tests.cast import LENA, a_customer, later, launch_of, the

GRAVE, MINOR = Severity.BLOCKED, Severity.MINOR
ASKED = cast.UNKNOWN


def judged(parts: Parts, severity: Severity) -> None:
    with cast.the_ticket(parts) as (session, ticket):
        lena, at = the(session, LENA), parts.clock.now()
        ticket.set_severity(session, severity, reason="Looked again.", by=lena, at=at)


def grave_days(parts: Parts) -> list[int]:
    """Return on which days after the first a ticket became grave."""
    found = []
    with parts.db.reading() as session:
        launch, first = launch_of(session), date(2026, 11, 1)
        began = local_day(cast.NOW, launch.zone)
        for number in range(60):
            day = first + timedelta(days=number)
            if became_grave(session, launch.id, day_span(day, launch.zone)):
                found.append((day - began).days)
    return found


@pytest.mark.parametrize(
    ("then", "days"),
    [
        ((), []),
        (((120, GRAVE),), [0]),  # within the same day
        (((5 * 1440, GRAVE),), [5]),  # not on the day it was opened
        (((10, GRAVE), (30, MINOR)), []),  # a first guess, put right within the hour
        (((10, GRAVE), (90, MINOR)), [0]),  # it was grave, whatever it is now
        (((10, GRAVE), (90, MINOR), (3 * 1440, GRAVE)), [0, 3]),
        (((10, GRAVE), (30, Severity.PAINFUL), (5 * 1440, MINOR)), [0]),
    ],
)
def test_a_ticket_counts_on_the_day_it_became_grave(
    shop: Parts, then: tuple[tuple[int, Severity], ...], days: list[int]
) -> None:
    a_customer(shop).asks(ASKED)
    for minutes, severity in then:
        later(shop, minutes=minutes)
        judged(shop, severity)
    assert grave_days(shop) == days


def test_one_that_was_opened_as_grave_counts_and_out_of_scope_does_not(shop: Parts) -> None:
    a_customer(shop).asks("I am locked out and cannot work at all")
    assert grave_days(shop) == [0]
    with cast.the_ticket(shop) as (_, ticket):
        ticket.in_scope = False
    assert grave_days(shop) == []
