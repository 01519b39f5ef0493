"""Numbers as people read them, the same everywhere."""

import pytest

from assistant.ground.amounts import amount, ceiling, metric_name, number, of_metric


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"), (0, "0"), (-0.0, "0"), (7, "7"), (14.0, "14"), (5.88, "5.9"), (177.79, "178"),
        (5530, "5,530"), (5.53e9, "5,530,000,000"), (0.0134, "0.013"), (0.00001, "<0.001"),
        (-1e-300, ">-0.001"), (-2.26, "-2.3"), (99.96, "100"), (0.999, "1"), (0.1, "0.1"),
    ],
)  # fmt: skip
def test_a_number_has_thousands_apart_and_no_more_digits_than_say_something(value, words):
    assert number(value) == words


def test_no_number_is_ever_told_in_powers_of_ten():
    for power in range(-30, 31):
        assert "e" not in number(5.53 * 10.0**power)


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1.4, "%", "1.4\N{NO-BREAK SPACE}%"), (86.4, "%", "86\N{NO-BREAK SPACE}%"),
        (9.97, "%", "10\N{NO-BREAK SPACE}%"), (100, "%", "100\N{NO-BREAK SPACE}%"),
        (6.55, "min", "6.5 min"), (45, "min", "45 min"), (59.7, "min", "1 h"),
        (60, "min", "1 h"), (125, "min", "2 h 05"), (10_800, "min", "7.5 days"),
        (0.5, "h", "30 min"), (6.25, "h", "6.2 h"), (192, "h", "8 days"), (None, "h", "–"),
        (5_530, "questions", "5,530"),
    ],
)  # fmt: skip
def test_a_share_or_a_wait_has_its_unit(value, unit, words):
    assert amount(value, unit) == words


def test_the_name_of_a_metric_says_in_what_it_is_measured():
    assert of_metric("first_response_minutes", 90) == "1 h 30"
    assert of_metric("time_to_resolution_hours", 12) == "12 h"
    assert of_metric("failed_payments_percent", 0.25) == "0.25\N{NO-BREAK SPACE}%"
    assert of_metric("sign_ups_per_day", 1_850) == "1,850"


@pytest.mark.parametrize(
    ("value", "end"),
    [(0, 1), (1, 1), (1.3, 1.5), (23, 25), (26, 30), (5_530, 6_000), (0.03, 0.03), (9, 10)],
)
def test_an_axis_ends_at_a_round_number(value, end):
    assert ceiling(value) == pytest.approx(end)


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [(45, "min", "50 min"), (200, "min", "4 h"), (11_000, "min", "8 days"), (20, "h", "20 h"),
     (70, "h", "3 days"), (0.4, "h", "24 min"), (63, "%", "80\N{NO-BREAK SPACE}%")],
)  # fmt: skip
def test_an_axis_of_waits_ends_at_whole_hours_or_days(value, unit, told):
    assert amount(ceiling(value, unit), unit) == told


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ("failed_payments_percent", "Failed payments (%)"),
        ("first_response_minutes", "First response minutes"),
        ("percent_of_seats", "Percent of seats"),
        ("uptime", "Uptime"),
    ],
)
def test_a_metric_is_named_in_words_and_a_share_by_its_sign(metric, words):
    assert metric_name(metric) == words
