"""The queue: worst first, then whatever is due first; views, filters, pages."""

from datetime import timedelta

import pytest

from assistant.desk import queue
from assistant.desk.queue import Filter, Order, View
from assistant.desk.severity import Severity
from assistant.ground.parts import Parts
from tests import cast
from tests.cast import AMIR, BLOCKED, LENA, NOW, UNKNOWN, a_customer, later, launch_of, the

OTHER = cast.UNKNOWN_TOO


@pytest.fixture
def busy(shop: Parts) -> Parts:
    """Three tickets: HC-1001 minor, HC-1002 blocked and answered, HC-1003 minor and later."""
    a_customer(shop, visitor="mara").asks(UNKNOWN)
    later(shop, minutes=1)
    a_customer(shop, visitor="tom", channel="email").asks(BLOCKED)
    cast.amir_replies(shop)
    later(shop, minutes=1)
    a_customer(shop, visitor="ayla").asks(OTHER)
    return shop


def numbers(
    parts: Parts, view: View = View.OPEN, only: Filter = queue.EVERYTHING, by: str = AMIR
) -> list[str]:
    with parts.db.reading() as session:
        page = queue.page(session, launch_of(session).id, view, person=the(session, by), only=only)
        assert page.total == len(page.tickets)
        return [ticket.number for ticket in page.tickets]


def test_the_worst_comes_first_then_what_is_due_first(busy: Parts) -> None:
    assert numbers(busy) == ["HC-1002", "HC-1001", "HC-1003"]

    with cast.the_ticket(busy, "HC-1003") as (session, ticket):
        ticket.promise_update(
            session, due_at=NOW + timedelta(minutes=30), by=the(session, LENA), at=NOW
        )
    assert numbers(busy) == ["HC-1002", "HC-1003", "HC-1001"]


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (View.OPEN, ["HC-1002", "HC-1001", "HC-1003"]),
        (View.MINE, ["HC-1002", "HC-1001", "HC-1003"]),
        (View.UNASSIGNED, ["HC-1001", "HC-1003"]),
        (View.ACKNOWLEDGE, []),
        (View.URGENT, ["HC-1002"]),
        (View.WAITING_ON_US, ["HC-1001", "HC-1003"]),
        (View.WAITING_ON_CUSTOMER, ["HC-1002"]),
        (View.RESOLVED, []),
    ],
)
def test_each_view_holds_what_it_says(busy: Parts, view: View, expected: list[str]) -> None:
    assert numbers(busy, view) == expected

    with busy.db.reading() as session:
        counts = queue.counts(session, launch_of(session).id, person=the(session, AMIR))
    assert counts[view] == len(expected)


def test_mine_are_those_of_who_looks(busy: Parts) -> None:
    assert numbers(busy, View.MINE, by=LENA) == []


def test_what_is_resolved_leaves_the_open_views(busy: Parts) -> None:
    with cast.the_ticket(busy, "HC-1002") as (session, ticket):
        ticket.resolve(session, by=the(session, AMIR), at=NOW)

    assert numbers(busy) == ["HC-1001", "HC-1003"]
    assert numbers(busy, View.RESOLVED) == ["HC-1002"]


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (Filter(words="PENGUINS"), ["HC-1001"]),
        (Filter(words="hc-1003"), ["HC-1003"]),
        (Filter(words="1003"), ["HC-1003"]),
        (Filter(words="tom"), ["HC-1002"]),
        (Filter(words="%"), []),
        (Filter(words="_"), []),
        (Filter(words="9" * 400), []),
        (Filter(words="²"), []),
        (Filter(words="\u202e🧨'; --"), []),
        (Filter(severity=1), ["HC-1002"]),
        (Filter(severity=2), []),
        (Filter(channel="email"), ["HC-1002"]),
        (Filter(scenario="nothing"), []),
        (Filter(order=Order.NEWEST), ["HC-1003", "HC-1002", "HC-1001"]),
        (Filter(order=Order.OLDEST), ["HC-1001", "HC-1002", "HC-1003"]),
    ],
)
def test_a_view_is_narrowed_by_words_severity_channel_and_scenario(
    busy: Parts, only: Filter, expected: list[str]
) -> None:
    assert numbers(busy, only=only) == expected


def test_a_new_severity_moves_a_ticket_in_the_queue(busy: Parts) -> None:
    with cast.the_ticket(busy, "HC-1003") as (session, ticket):
        ticket.set_severity(
            session, Severity.PAINFUL, reason="Many ask.", by=the(session, LENA), at=NOW
        )

    assert numbers(busy) == ["HC-1002", "HC-1003", "HC-1001"]


def test_a_ticket_knows_its_neighbours_in_the_queue(busy: Parts) -> None:
    with cast.the_ticket(busy, "HC-1001") as (session, ticket):
        around = queue.neighbours(session, ticket, person=the(session, AMIR))

    assert (around.before, around.after) == (2, 3)


def test_the_last_line_is_what_was_said_and_never_a_note(busy: Parts) -> None:
    with cast.the_ticket(busy, "HC-1002") as (session, ticket):
        ticket.add_note(session, "Look at the log.", by=the(session, AMIR), at=NOW)
        lines = queue.last_lines(session, cast.tickets_of(session))
        said = {
            ticket.number: lines[ticket.conversation_id].text for ticket in cast.tickets_of(session)
        }

    assert said == {"HC-1001": UNKNOWN, "HC-1002": "I have looked into it.", "HC-1003": OTHER}


def test_an_empty_queue_has_one_page(shop: Parts) -> None:
    with shop.db.reading() as session:
        launch = launch_of(session).id
        page = queue.page(session, launch, View.OPEN, person=the(session, AMIR), number=7)

    assert (list(page.tickets), page.total, page.pages) == ([], 0, 1)
