"""Baselines from history: medians and means that say how they came about, errors by their line."""

from statistics import median
from zoneinfo import ZoneInfo

import pytest

from assistant.launch.history import MOST_LINES, SAID, read

BERLIN = ZoneInfo("Europe/Berlin")
HEAD = "opened,first_response,resolved"


def by_metric(words, zone=BERLIN):
    found = read(words, zone)
    assert found.problems == ()
    return {each.metric: each for each in found.baselines}


def test_daily_values_become_medians_of_waits_and_means_of_the_rest():
    found = by_metric(
        "date,metric,value\n"
        "2026-10-01,first_response_minutes,10\n"
        "2026-10-02,first_response_minutes,90\n"
        "2026-10-03,first_response_minutes,20\n"
        "2026-10-01,contacts_per_day,50\n"
        "2026-10-02,contacts_per_day,70\n"
        "2026-10-02,Failed payments percent,1.5\n"
    )

    assert found["first_response_minutes"].value == 20
    assert found["first_response_minutes"].unit == "minutes"
    assert (
        found["first_response_minutes"].how == "Median of 3 daily values, 2026-10-01 to 2026-10-03."
    )
    assert found["contacts_per_day"].value == 60
    assert found["contacts_per_day"].how.startswith("Mean of 2 daily values")
    assert found["failed_payments_percent"].value == 1.5
    assert all(each.is_thin for each in found.values())


def test_tickets_become_the_metrics_of_a_launch():
    found = by_metric(
        f"{HEAD},severity,escalated,rating\n"
        "2026-10-01 09:00,2026-10-01 09:30,2026-10-01 11:00,1,yes,5\n"
        "2026-10-01 10:00,2026-10-01 10:10,,3,no,\n"
        "2026-10-04 10:00,,2026-10-04 20:00,2,,2\n"
    )

    assert found["first_response_minutes"].value == 20
    assert "Median of 2 tickets" in found["first_response_minutes"].how
    assert "1 had none and are left out" in found["first_response_minutes"].how
    assert found["time_to_resolution_hours"].value == 6
    assert found["contacts_per_day"].value == 0.75  # three on four days, weekend and all
    assert "Contacts that became no ticket are not in it." in found["contacts_per_day"].how
    assert found["severity_1_or_2_per_day"].value == 0.5
    assert found["escalations_per_day"].value == 0.25
    assert found["satisfied_percent"].value == 50


def test_a_zone_says_which_day_a_ticket_is_of_and_how_long_a_wait_was():
    words = f"{HEAD}\n2026-10-25 01:30,2026-10-25 03:30,\n2026-10-24T22:30:00Z,,\n"

    berlin, utc = by_metric(words), by_metric(words, ZoneInfo("UTC"))

    assert berlin["first_response_minutes"].value == 180  # the clocks went back between
    assert utc["first_response_minutes"].value == 120
    assert berlin["contacts_per_day"].value == 2
    assert utc["contacts_per_day"].value == 1


def test_a_thousand_tickets_equal_a_recount():
    waits = [(n * 37) % 480 + 1 for n in range(1_000)]
    lines = [
        f"2026-10-{1 + n % 20:02} 08:00,2026-10-{1 + n % 20:02} {8 + w // 60:02}:{w % 60:02},"
        for n, w in enumerate(waits)
    ]

    found = by_metric("\n".join([HEAD, *lines]))

    assert found["first_response_minutes"].value == float(f"{median(waits):.4g}")
    assert found["contacts_per_day"].value == 50
    assert not found["first_response_minutes"].is_thin


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "It is empty."),
        ("\ufeff\n", "It is empty."),
        ("when,what\n1,2\n", "Line 1: the headings are not known."),
        ("date,metric,value\n", "It has headings and no lines."),
        ("date,metric,value\n1 Oct,contacts,5\n", "Line 2: “1 Oct” is no day."),
        ("date,metric,value\n2026-10-01,,5\n", "Line 2: the metric has no name"),
        ("date,metric,value\n2026-10-01,contacts,few\n", "Line 2: the value “few” is no number."),
        ("date,metric,value\n2026-10-01,contacts,nan\n", "Line 2: the value “nan” is no number."),
        ("date,metric,value\n2026-10-01,contacts,-1\n", "Line 2: the value “-1” is no number."),
        ("date,metric,value\n2026-10-01,contacts,5,6\n", "Line 2: more cells than headings."),
        (f"{HEAD}\n,,\n,2026-10-01,\n", "Line 3: “opened” is blank."),
        (f"{HEAD}\n2026-10-02,2026-10-01,\n", "Line 2: “first_response” is before “opened”."),
        (f"{HEAD}\n9999-12-31T23:59-10:00,,\n", "Line 2: opened “9999-12-31T23:59"),
        (f"{HEAD},severity\n2026-10-02,,,high\n", "Line 2: the severity “high” is not 1, 2 or 3."),
        (f"{HEAD},escalated\n2026-10-02,,,vielleicht\n", "neither yes nor no."),
        (f'{HEAD}\n"2026-10-02,,\n', "It is no CSV"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_by_its_line_and_nothing_is_computed(words, said):
    found = read(words, BERLIN)

    assert said in found.problems[0]
    assert found.baselines == ()


def test_all_problems_are_found_at_once_and_the_first_are_named():
    found = read("date,metric,value\n" + "x,y,z\n" * 50, BERLIN)

    assert len(found.problems) == SAID
    assert found.more == 50 - SAID
    assert found.problems[-1].startswith(f"Line {SAID + 1}:")


def test_another_delimiter_and_other_line_ends_are_read():
    assert by_metric("Date;Metric;Value\r\n2026-10-01;contacts_per_day;5\r\n")
    assert by_metric("opened\tfirst response\tresolved\r2026-10-01\t\t\r".replace("\r", "\r\n"))


def test_too_many_lines_are_refused_in_time():
    found = read("date,metric,value\n" + "2026-10-01,c,1\n" * (MOST_LINES + 5), BERLIN)

    assert "more than 200,000 lines" in found.problems[0]
