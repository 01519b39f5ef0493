"""Coverage calendars: hours of the week, holidays, special days, and covered time in UTC."""

import random
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.ground.parts import Parts
from assistant.launch.coverage import (
    WEEKDAYS,
    Coverage,
    Hours,
    Span,
    coverage_of,
    edge,
    read,
)
from assistant.launch.coverage_shapes import CoverageShape
from tests import cast

MINUTE = timedelta(minutes=1)
BERLIN = "Europe/Berlin"
OFFICE = {"week": [{"days": list(WEEKDAYS[:5]), "from": "08:00", "to": "20:00"}]}
NIGHT = {"week": [{"days": list(WEEKDAYS), "from": "22:00", "to": "06:00"}]}


def utc(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=UTC)


def in_berlin(kept: dict[str, object]) -> Coverage:
    return read(kept, BERLIN)


def test_a_launch_without_a_calendar_is_covered_around_the_clock(shop: Parts) -> None:
    at = utc("2026-12-25 03:00")
    with shop.db.reading() as session:
        coverage = coverage_of(cast.launch_of(session))

    assert coverage.is_around_the_clock
    assert coverage.is_open(at)
    assert coverage.opens_next(at) == at
    assert coverage.add(at, timedelta(days=2)) == at + timedelta(days=2)
    assert coverage.spans(at, at + MINUTE) == [Span(at, at + MINUTE)]


def test_covered_time_skips_the_night_and_the_weekend() -> None:
    friday = utc("2026-11-20 18:00")  # 19:00 in Berlin

    assert in_berlin(OFFICE).add(friday, timedelta(hours=2)) == utc("2026-11-23 08:00")
    assert in_berlin(OFFICE).worked(friday, utc("2026-11-23 08:00")) == timedelta(hours=2)
    assert in_berlin(OFFICE).gaps(friday, utc("2026-11-23 08:00")) == [
        Span(utc("2026-11-20 19:00"), utc("2026-11-23 07:00"))
    ]


def test_what_is_used_up_at_closing_time_is_due_then_and_not_the_next_morning() -> None:
    assert in_berlin(OFFICE).add(utc("2026-11-20 18:00"), timedelta(hours=1)) == utc(
        "2026-11-20 19:00"
    )


def test_a_holiday_closes_its_whole_day_and_the_rest_of_the_night_before_it() -> None:
    night = in_berlin({**NIGHT, "holidays": [{"date": "2026-12-25", "name": "Christmas Day"}]})

    assert night.spans(utc("2026-12-24 12:00"), utc("2026-12-27 12:00")) == [
        Span(utc("2026-12-24 21:00"), utc("2026-12-24 23:00")),
        Span(utc("2026-12-26 21:00"), utc("2026-12-27 05:00")),
    ]


def test_a_special_day_has_its_own_hours_on_a_holiday_too() -> None:
    kept = {
        **OFFICE,
        "holidays": [{"date": "2026-12-25", "name": "Christmas Day"}],
        "special": [
            {"date": "2026-12-24", "from": "08:00", "to": "12:00"},
            {"date": "2026-12-25", "from": "10:00", "to": "11:00"},
        ],
    }

    assert in_berlin(kept).spans(utc("2026-12-24 00:00"), utc("2026-12-26 00:00")) == [
        Span(utc("2026-12-24 07:00"), utc("2026-12-24 11:00")),
        Span(utc("2026-12-25 09:00"), utc("2026-12-25 10:00")),
    ]


def test_holidays_alone_close_a_launch_that_is_covered_around_the_clock() -> None:
    kept = {"holidays": [{"date": "2026-12-25", "name": "Christmas Day"}]}

    assert in_berlin(kept).gaps(utc("2026-12-20 00:00"), utc("2026-12-30 00:00")) == [
        Span(utc("2026-12-24 23:00"), utc("2026-12-25 23:00"))
    ]


def test_spans_that_touch_on_the_wall_touch_in_utc_on_every_night() -> None:
    kept = {
        "week": [
            {"days": list(WEEKDAYS), "from": "18:00", "to": "02:30"},
            {"days": list(WEEKDAYS), "from": "02:30", "to": "18:00"},
        ]
    }
    begin, end = utc("2026-01-01 00:00"), utc("2027-01-01 00:00")

    assert in_berlin(kept).spans(begin, end) == [Span(begin, end)]


@pytest.mark.parametrize(
    ("day", "minutes", "found"),
    [
        (date(2026, 3, 29), 2 * 60 + 30, "2026-03-29 01:00"),  # skipped: at the jump
        (date(2026, 3, 29), 3 * 60, "2026-03-29 01:00"),
        (date(2026, 10, 25), 2 * 60 + 30, "2026-10-25 00:30"),  # twice: the first time
        (date(2026, 10, 25), 3 * 60, "2026-10-25 02:00"),
        (date(2026, 10, 24), 26 * 60 + 30, "2026-10-25 00:30"),
    ],
)
def test_an_edge_is_the_first_instant_that_shows_the_time_or_a_later_one(
    day: date, minutes: int, found: str
) -> None:
    assert edge(day, minutes, BERLIN) == utc(found)


def test_a_day_that_a_zone_skips_has_no_hours() -> None:
    week = read(
        {"week": [{"days": list(WEEKDAYS), "from": "08:00", "to": "20:00"}]}, "Pacific/Apia"
    )

    assert edge(date(2011, 12, 30), 8 * 60, "Pacific/Apia") == utc("2011-12-30 10:00")
    assert week.spans(utc("2011-12-30 06:00"), utc("2011-12-30 18:00")) == []


def test_hours_that_never_come_still_give_a_deadline() -> None:
    never = Coverage(BERLIN, special={}, week=((),) * 7)
    at = utc("2026-11-20 18:00")

    assert never.opens_next(at) is None
    assert never.add(at, timedelta(hours=1)) > at


def test_times_may_stand_in_yaml_without_quotes(shop: Parts) -> None:
    shape = CoverageShape.model_validate(
        {"week": [{"days": "mon-fri", "from": "08:00", "to": 1200}, {"days": ["sat-mon"],
         "from": 1320, "to": "02:00"}]}
    )  # fmt: skip

    assert shape.kept() == {
        "week": [
            {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "20:00"},
            {"days": ["mon", "sat", "sun"], "from": "22:00", "to": "02:00"},
        ]
    }


# --- against an oracle that walks minute by minute ---

ZONES = (
    "Europe/Berlin", "Europe/London", "Europe/Lisbon", "Europe/Athens", "Europe/Dublin",
    "Atlantic/Azores", "America/New_York", "America/Chicago", "America/Denver",
    "America/Los_Angeles", "America/St_Johns", "America/Halifax", "America/Havana",
    "America/Santiago", "America/Asuncion", "America/Nuuk", "America/Miquelon",
    "America/Port-au-Prince", "Asia/Jerusalem", "Asia/Beirut", "Asia/Gaza", "Africa/Cairo",
    "Africa/Casablanca", "Australia/Sydney", "Australia/Adelaide", "Australia/Lord_Howe",
    "Pacific/Auckland", "Pacific/Chatham", "Pacific/Easter", "Antarctica/Troll",
)  # fmt: skip
AROUND = 3  # days on each side of a transition
WALKED = 12 * 24 * 60  # minutes of one walk, from eight days before the transition


@cache
def transitions(zone: str) -> tuple[datetime, ...]:
    """Return when the clocks of ``zone`` change from 2024 to 2027, to the minute."""
    there, found, at = ZoneInfo(zone), [], utc("2024-01-01 00:00")
    was = at.astimezone(there).utcoffset()
    while at < utc("2028-01-01 00:00"):
        at += 360 * MINUTE
        if (offset := at.astimezone(there).utcoffset()) != was:
            minutes = (at - n * MINUTE for n in range(359, -1, -1))
            found.append(next(m for m in minutes if m.astimezone(there).utcoffset() != was))
            was = offset
    return tuple(found)


@cache
def walk(zone: str, begin: datetime) -> list[datetime]:
    """Return, minute by minute from ``begin``, the latest local time shown so far (naive)."""
    there, latest, shown = ZoneInfo(zone), datetime(1970, 1, 1), []  # noqa: DTZ001
    for number in range(WALKED):
        at = begin + number * MINUTE
        latest = max(latest, at.astimezone(there).replace(tzinfo=None))
        shown.append(latest)
    return shown


def is_staffed(shown: datetime, coverage: Coverage) -> bool:
    """Return whether people are there while the clock shows ``shown``, by the calendar's words."""
    for day in (shown.date(), shown.date() - timedelta(days=1)):
        special = coverage.special.get(day)
        if special is None and (day in coverage.holidays or shown.date() in coverage.holidays):
            continue
        hours = special if special is not None else coverage.week[day.weekday()]
        into = (shown - datetime.combine(day, time())) / MINUTE
        if any(each.opens <= into < each.end for each in hours):
            return True
    return False


def some_hours(draw: random.Random) -> tuple[Hours, ...]:
    def edge_of_hours() -> int:
        return draw.choice((draw.randrange(1440), draw.randrange(24) * 60, draw.randrange(240)))

    count = draw.choice((0, 1, 1, 2))
    pairs = [(edge_of_hours(), edge_of_hours()) for _ in range(count)]
    return tuple(sorted(Hours(opens, closes) for opens, closes in pairs if opens != closes))


def some_coverage(draw: random.Random, zone: str, change: datetime) -> Coverage:
    day = change.astimezone(ZoneInfo(zone)).date()
    near = [day + timedelta(days=n) for n in range(-4, 5)]
    return Coverage(
        zone=zone,
        week=tuple(some_hours(draw) for _ in range(7)),
        holidays={each: "Holiday" for each in near if draw.random() < 0.15},
        special={each: some_hours(draw) for each in near if draw.random() < 0.15},
    )


def a_case(
    draw: random.Random, zone: str
) -> tuple[Coverage, datetime, datetime, timedelta, datetime]:
    """Return a calendar with a begin and an end near a transition, and some time to work."""
    change = draw.choice(transitions(zone))
    begin = change + draw.randrange(-AROUND * 1440, AROUND * 1440) * MINUTE
    end = min(begin + draw.randrange(1, 3 * 1440) * MINUTE, change + AROUND * 1440 * MINUTE)
    worked = draw.randrange(1, 1440) * MINUTE
    return some_coverage(draw, zone, change), begin, max(end, begin + MINUTE), worked, change


def test_covered_time_is_as_a_walk_minute_by_minute_finds_it(calendars: int) -> None:
    @settings(max_examples=calendars, deadline=None, database=None, derandomize=True)
    @given(draw=st.randoms(use_true_random=False), zone=st.sampled_from(ZONES))
    def compare(draw: random.Random, zone: str) -> None:
        as_walked(*a_case(draw, zone))

    assert len(ZONES) == 30
    compare()


def as_walked(
    coverage: Coverage, begin: datetime, end: datetime, worked: timedelta, change: datetime
) -> None:
    first = change - timedelta(days=8)
    shown = walk(coverage.zone, first)
    start, stop = int((begin - first) / MINUTE), int((end - first) / MINUTE)
    staffed = [n for n in range(start, WALKED) if is_staffed(shown[n], coverage)]
    within = {n for n in staffed if n < stop}

    spans = coverage.spans(begin, end)
    found = {
        n
        for span in spans
        for n in range(int((span.start - first) / MINUTE), int((span.end - first) / MINUTE))
    }
    assert found == within
    assert all(one.end < other.start for one, other in pairwise(spans))
    assert coverage.worked(begin, end) == len(within) * MINUTE
    assert coverage.is_open(begin) == (start in within)
    if staffed:
        assert coverage.opens_next(begin) == first + staffed[0] * MINUTE
    needed = int(worked / MINUTE)
    if len(staffed) >= needed:
        assert coverage.add(begin, worked) == first + (staffed[needed - 1] + 1) * MINUTE


def test_covered_time_adds_up_to_the_second() -> None:
    draw = random.Random(5)
    for number in range(120):
        coverage, begin, _, _, _ = a_case(draw, ZONES[number % 30])
        if not any(coverage.week):
            continue
        at = begin + timedelta(seconds=draw.randrange(60))
        whole = timedelta(seconds=draw.randrange(1, 200_000))
        part = whole * draw.random() // timedelta(seconds=1) * timedelta(seconds=1)

        due = coverage.add(at, whole)

        assert coverage.worked(at, due) == whole
        assert coverage.add(coverage.add(at, part), whole - part) == due
