"""Signals from outside: read with every problem named, kept once, and what stands out in them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from assistant.ground.errors import Refused
from assistant.ground.parts import Parts
from assistant.launch import ingesting
from assistant.launch.ingesting import BadRows, Kept, read, rows_of_csv
from assistant.launch.signals import Signal
from assistant.reports import days, signal_trends
from assistant.reports.signal_trends import judged
from assistant.reports.spans import day_span, together
from tests import cast

GOOD = {"metric": "logins_per_day", "at": "2026-11-17T08:00:00Z", "value": 1841, "source": "auth"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"value": "NaN"}, "value"),
        ({"value": float("inf")}, "value"),
        ({"value": True}, "value"),
        ({"value": None}, "value"),
        ({"value": 10**400}, "value"),
        ({"metric": "error_percent", "value": 101}, "value"),
        ({"at": "2026-11-17T08:00:00"}, "at"),  # without a zone
        ({"at": "2026-11-17T09:06:00Z"}, "at"),  # in the future
        ({"at": "1999-01-01T00:00:00Z"}, "at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"at": 5}, "at"),
        ({"metric": "Logins; drop table"}, "metric"),
        ({"metric": "λογαριασμοί"}, "metric"),
        ({"metric": ["logins"]}, "metric"),
        ({"source": "x" * 81}, "source"),
        ({"metric": "latency_ms", "unit": "s"}, "unit"),
        ({"user": "mara@example.com"}, "user"),
    ],
)
def test_a_bad_row_is_named_by_its_place_and_field(wrong, field):
    with pytest.raises(BadRows) as refusal:
        read([GOOD, {**GOOD, **wrong}], at=cast.NOW)

    (problem,) = refusal.value.problems
    assert (problem.row, problem.field) == (1, field)


@pytest.mark.parametrize("raw", [[], [GOOD] * 10_001, ["hello"], [None], [[1, 2]]])
def test_nothing_too_much_and_no_objects_are_refused(raw):
    with pytest.raises(BadRows):
        read(raw, at=cast.NOW)


def test_the_same_row_twice_is_one_and_two_values_for_one_moment_are_a_problem():
    assert len(read([GOOD, dict(GOOD)], at=cast.NOW)) == 1
    with pytest.raises(BadRows, match="Row 0 says 1841"):
        read([GOOD, {**GOOD, "value": 2}], at=cast.NOW)


def test_ten_thousand_rows_are_kept_at_once_and_again_changes_nothing(shop: Parts):
    raw = [
        {**GOOD, "at": (cast.NOW - timedelta(minutes=n)).isoformat(), "value": n}
        for n in range(10_000)
    ]
    rows = read(raw, at=cast.NOW)

    assert (_keep(shop, rows), _keep(shop, rows)) == (Kept(10_000, 0), Kept(0, 10_000))
    assert _count(shop) == 10_000


def test_another_value_is_a_conflict_that_shows_both_and_keeps_nothing(shop: Parts):
    _keep(shop, read([GOOD], at=cast.NOW))
    other = {**GOOD, "metric": "errors_per_day"}

    with pytest.raises(Refused, match=r"kept as 1841, and this says 7\."):
        _keep(shop, read([other, {**GOOD, "value": 7}], at=cast.NOW))
    assert _count(shop) == 1


@pytest.mark.parametrize(
    "text",
    [
        "metric,at,value,source\nlogins_per_day,2026-11-17T08:00:00Z,1841,auth",
        "\ufeffMetric;At;Value\r\nlogins_per_day;2026-11-17T08:00:00Z;1841\r\n",
        "metric\tat\tvalue\nlogins_per_day\t2026-11-17T08:00:00+00:00\t1841",
    ],
)
def test_a_file_is_read_whatever_parts_its_columns(text):
    (row,) = read(rows_of_csv(text), at=cast.NOW)

    assert (row.metric, row.value) == ("logins_per_day", 1841.0)


@pytest.mark.parametrize("text", ["", "hello", "a,b\n1,2", '"metric', "metric,at\n1,2"])
def test_what_is_no_table_of_signals_is_refused(text):
    with pytest.raises(Refused):
        rows_of_csv(text)


def test_a_day_far_from_the_usual_stands_out_and_chance_does_not():
    days_ = [date(2026, 11, 4) + timedelta(days=n) for n in range(14)]
    calm = [100.0, 104, 97, 101, 99, 103, 98, 102, 100, 96, 104, 99, 101, 103]

    assert judged("logins", days_, calm, None).standing_out == ()
    fallen = judged("logins", days_, [*calm[:13], 60.0], None)
    assert fallen.standing_out == (13,)
    assert fallen.words.startswith("Needs attention: 60 is below the usual")
    risen = judged("error_percent", days_, [*calm[:13], 160.0], 100.0)
    assert risen.words.startswith("Needs attention: 160\N{NO-BREAK SPACE}% is above the usual 100")
    assert judged("logins", days_, [*calm[:13], 160.0], None).words.startswith("Worth a look")


def test_a_sum_of_a_day_that_is_not_over_says_nothing_yet():
    days_ = [date(2026, 11, 4) + timedelta(days=n) for n in range(14)]

    assert judged("logins_per_day", days_, [*[100.0] * 13, 3.0], None).standing_out == ()


def test_late_history_reaches_the_days_that_are_kept(shop: Parts):
    with shop.db.writing() as session:
        launch = cast.launch_of(session)
        launch.exit_criteria = [{"metric": "error_percent", "comparison": "at most", "value": 2}]
    cast.later(shop, days=9)
    days.keep_days(shop)
    row = {"metric": "error_percent", "at": "2026-11-17T12:00:00Z", "value": 1.5}
    _keep(shop, read([row], at=shop.clock.now()))
    days.keep_days(shop)

    with shop.db.reading() as session:
        day = date(2026, 11, 17)
        kept = days.kept(session, cast.launch_of(session).id, first=day, last=day)
    assert kept[day]["error_percent"] == {"level": 1.5}


def test_contacts_from_a_page_are_told_from_those_that_came_otherwise(shop: Parts):
    url = "https://shop.example/billing?user=mara"
    cast.a_customer(shop, page_url=url).says("Is this expected?")
    cast.a_customer(shop, visitor="mail").says("How do I pay?")

    with shop.db.reading() as session:
        launch = cast.launch_of(session)
        span = together([day_span(cast.NOW.date(), launch.zone)])
        seen = signal_trends.hesitation(session, launch, span)
    assert (seen.from_pages, seen.contacts) == (1, 2)
    assert seen.pages == (("https://shop.example/billing", 1),)


def _keep(shop: Parts, rows) -> Kept:
    with shop.db.writing() as session:
        launch = cast.launch_of(session)
        return ingesting.keep(session, launch, rows, by="API key “auth”", at=shop.clock.now())


def _count(shop: Parts) -> int:
    with shop.db.reading() as session:
        return session.scalar(select(func.count(Signal.id))) or 0
