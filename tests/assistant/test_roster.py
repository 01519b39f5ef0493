"""A roster judged before it happens: gaps, double bookings, rest, and rotations. All pure."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.launch import rest, roster
from assistant.launch.coverage import AROUND_THE_CLOCK, Coverage, Hours, Span
from assistant.launch.roster import Duty
from assistant.launch.rotation import Turns, pieces

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
ZONES = [
    *("Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Asia/Tokyo"),
    *("Africa/Casablanca", "America/Santiago", "Asia/Kathmandu", "Pacific/Apia", "UTC"),
]


def duty(start: float, end: float, person: int = 1, shift: int = 0, of: datetime = MONDAY) -> Duty:
    """Return a duty from hour to hour after Monday's midnight in UTC."""
    name = f"P{person}"
    return Duty(of + start * HOUR, of + end * HOUR, shift, person, name)


def span(start: float, end: float) -> Span:
    return Span(MONDAY + start * HOUR, MONDAY + end * HOUR)


# --- minutes without an owner ---


@pytest.mark.parametrize(
    ("covered", "duties", "missing"),
    [
        ([span(8, 20)], [], [span(8, 20)]),
        ([span(8, 20)], [duty(8, 20)], []),
        ([span(8, 20)], [duty(6, 22)], []),
        ([span(8, 20)], [duty(8, 12), duty(12, 20, 2)], []),
        ([span(8, 20)], [duty(8, 12), duty(13, 20, 2)], [span(12, 13)]),
        ([span(8, 20)], [duty(9, 10), duty(9.5, 11, 2)], [span(8, 9), span(11, 20)]),
        ([span(8, 12), span(14, 18)], [duty(10, 15)], [span(8, 10), span(15, 18)]),
        ([span(8, 20)], [duty(8, 19), duty(9, 10, 2)], [span(19, 20)]),
        ([], [duty(8, 12)], []),
    ],
)
def test_a_gap_is_covered_time_that_nobody_owns(covered, duties, missing):
    assert roster.gaps(covered, duties) == missing


minutes = st.integers(0, 600)
some_duties = st.lists(
    st.builds(
        lambda start, length, person, number: duty(
            start / 60, (start + length) / 60, person, number
        ),
        *(minutes, st.integers(1, 240), st.integers(1, 4), st.integers(0, 50)),
    ),
    max_size=8,
)


@given(some_duties, minutes, st.integers(1, 600))
@settings(max_examples=150, deadline=None)
def test_every_covered_minute_has_exactly_one_owner_or_is_in_a_gap(duties, start, length):
    covered = span(start / 60, (start + length) / 60)
    pieces_, missing = roster.owned(duties), roster.gaps([covered], duties)

    at = covered.start
    while at < covered.end:
        owners = [each for piece, each in pieces_ if piece.start <= at < piece.end]
        on_duty = [each for each in duties if each.start <= at < each.end]
        assert len(owners) == (1 if on_duty else 0)
        assert sum(gap.start <= at < gap.end for gap in missing) == (0 if on_duty else 1)
        if on_duty:
            first = min(on_duty, key=lambda each: (each.start, each.shift_id))
            assert (owners[0].start, owners[0].shift_id) == (first.start, first.shift_id)
        at += MINUTE


# --- booked twice ---


@pytest.mark.parametrize(
    ("first", "second", "handover", "double"),
    [
        (duty(8, 16), duty(16, 24, 2), False, False),
        (duty(8, 16.25), duty(16, 24, 2), True, False),
        (duty(8, 16.5), duty(16, 24, 2), True, False),
        (duty(8, 16.75), duty(16, 24, 2), False, True),
        (duty(8, 16.25), duty(16, 24, 1), False, True),
        (duty(8, 20), duty(9, 9.25, 2), False, True),
        (duty(8, 16), duty(8, 16.25, 2), False, True),
    ],
)
def test_an_overlap_is_a_handover_only_while_one_goes_and_another_comes(
    first, second, handover, double
):
    assert [each.is_handover for each in roster.overlaps([second, first])] == (
        [handover] if handover or double else []
    )
    assert bool(roster.double_bookings([second, first])) is double


# --- rest ---


def broken(*duties: Duty, zone: ZoneInfo = BERLIN) -> list[str]:
    return [each.rule.key for each in rest.breaches(duties, zone)]


@pytest.mark.parametrize(
    ("duties", "rules"),
    [
        ([duty(8, 16), duty(27, 35)], []),
        ([duty(8, 16), duty(26.9, 35)], ["rest"]),
        ([duty(8, 16), duty(26.9, 35, 2)], []),
        ([duty(8, 20)], []),
        ([duty(8, 20.1)], ["longest"]),
        ([duty(8, 14), duty(14, 20.1)], ["longest"]),
        ([duty(24 * day + 9, 24 * day + 15) for day in range(6)], []),
        ([duty(24 * day + 9, 24 * day + 15) for day in range(7)], ["days"]),
        ([duty(24 * day + 9, 24 * day + 15) for day in range(20)], ["days"]),
        ([duty(24 * day + 9, 24 * day + 17) for day in range(6)], []),
        ([duty(24 * day + 9, 24 * day + 17.2) for day in range(6)], ["hours"]),
        ([duty(24 * day + 21, 24 * day + 29) for day in range(3)], []),
        ([duty(24 * day + 21, 24 * day + 29) for day in range(4)], ["nights"]),
    ],
)
def test_a_rule_of_rest_is_broken_just_beyond_its_limit(duties, rules):
    assert broken(*duties) == rules


def test_a_breach_names_person_figure_time_and_source():
    short, *_ = rest.breaches([duty(8, 16), duty(25, 33)], BERLIN)

    assert short.words == "P1: 9 h of rest before the shift of Tue 17 Nov, 02:00"
    assert (short.rule.words, short.rule.source) == (
        "11 h of rest between two shifts",
        "Directive 2003/88/EC, art. 3",
    )


@pytest.mark.parametrize(
    ("begins", "hours"),
    [
        (datetime(2026, 3, 28, 22, tzinfo=BERLIN), 7),
        (datetime(2026, 10, 24, 22, tzinfo=BERLIN), 9),
        (datetime(2026, 11, 14, 22, tzinfo=BERLIN), 8),
    ],
)
def test_a_night_in_which_the_clock_turns_has_seven_or_nine_hours(begins, hours):
    ends = (begins + DAY).replace(hour=6)
    night = Duty(begins.astimezone(UTC), ends.astimezone(UTC), 1, 1, "P1")

    assert night.length == hours * HOUR
    assert rest.is_night(night.span, BERLIN)
    assert rest.night_time(night.span, BERLIN) == (hours - 1) * HOUR


@pytest.mark.parametrize(
    ("start", "end", "night"),
    [(22, 26, True), (22, 25.9, False), (27, 35, True), (27.1, 35, False), (8, 16, False)],
)
def test_three_hours_of_night_time_make_a_night_shift(start, end, night):
    of = datetime(2026, 11, 15, 23, tzinfo=UTC)  # midnight in Berlin

    assert rest.is_night(duty(start, end, of=of).span, BERLIN) is night


def test_a_shift_from_friday_into_saturday_is_of_that_weekend():
    friday = datetime(2026, 11, 20, 21, tzinfo=UTC)

    assert rest.weekends(Span(friday, friday + 8 * HOUR), BERLIN) == {date(2026, 11, 21)}
    assert rest.weekends(Span(friday, friday + 2 * HOUR), BERLIN) == set()
    assert rest.weekends(Span(friday + 2 * DAY, friday + 3 * DAY), BERLIN) == {date(2026, 11, 21)}


# --- rotations ---

THREE_PARTS = (6 * 60, 14 * 60, 22 * 60)


def test_people_move_on_from_early_to_late_to_night_and_rest():
    turns = Turns((1, 2, 3, 4), THREE_PARTS)
    begin = datetime(2026, 11, 16, 6, tzinfo=BERLIN).astimezone(UTC)

    planned = pieces(turns, [Span(begin, begin + 4 * DAY)], date(2026, 11, 16), BERLIN)

    of_one = [each.span for each in planned if each.person_id == 1]
    assert of_one == [
        Span(begin, begin + 8 * HOUR),
        Span(begin + DAY + 8 * HOUR, begin + DAY + 16 * HOUR),
        Span(begin + 2 * DAY + 16 * HOUR, begin + 3 * DAY),
    ]
    assert [each.person_id for each in planned] == [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4]


def test_four_people_in_turns_of_a_day_break_no_rule_of_rest_all_year_round():
    turns = Turns((1, 2, 3, 4), THREE_PARTS)
    begin = datetime(2026, 1, 1, 6, tzinfo=BERLIN).astimezone(UTC)
    year = pieces(turns, [Span(begin, begin + 365 * DAY)], date(2026, 1, 1), BERLIN)
    duties = [
        Duty(each.span.start, each.span.end, number, each.person_id, f"P{each.person_id}")
        for number, each in enumerate(year)
    ]

    assert {each.rule.key for each in rest.breaches(duties, BERLIN)} == set()


@given(
    zone=st.sampled_from(ZONES),
    first=st.dates(date(2026, 1, 2), date(2027, 12, 1)),
    days=st.integers(1, 12),
    people=st.integers(1, 5),
    changes=st.sets(st.integers(0, 47).map(lambda half: half * 30), min_size=1, max_size=4),
    turn=st.integers(1, 7),
    hours=st.sampled_from([None, (8 * 60, 20 * 60), (22 * 60, 6 * 60), (2 * 60, 3 * 60)]),
)
@settings(max_examples=60, deadline=None)
def test_a_rotation_gives_every_covered_minute_exactly_one_owner_in_every_zone(
    zone, first, days, people, changes, turn, hours
):
    coverage = Coverage(zone, ((Hours(*hours),),) * 7) if hours else AROUND_THE_CLOCK
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    spans = coverage.spans(begin, begin + days * DAY)
    turns = Turns(tuple(range(people)), tuple(changes), turn)

    planned = pieces(turns, spans, first, ZoneInfo(zone))

    duties = [Duty(p.span.start, p.span.end, n, p.person_id, "") for n, p in enumerate(planned)]
    assert roster.gaps(spans, duties) == []
    assert roster.overlaps(duties) == []
    assert sum((each.length for each in duties), timedelta()) == coverage.worked(
        begin, begin + days * DAY
    )


@pytest.mark.parametrize(
    ("text", "length"), [("8 h", 8 * HOUR), ("7 h 30", 7.5 * HOUR), ("45 min", 45 * MINUTE)]
)
def test_a_length_is_said_as_people_say_it(text, length):
    assert roster.hours_words(length) == text


def test_a_time_names_its_last_day_only_where_it_is_another():
    assert roster.span_words(span(7, 15), BERLIN) == "Mon 16 Nov, 08:00 to 16:00"
    assert roster.span_words(span(21, 29), BERLIN) == "Mon 16 Nov, 22:00 to Tue 17 Nov, 06:00"
