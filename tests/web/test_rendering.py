"""How templates become pages: escaping, missing names, and the words of times and numbers."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from web.rendering import (
    STATIC,
    ago,
    bars,
    day,
    environment,
    initials,
    iso,
    left,
    page,
    percent,
    plural,
    polyline,
    static_address,
    when,
)
from web.series import series_chart

NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
TEMPLATES = sorted(Path(STATIC.parent, "templates").rglob("*.html"))
REFUSAL = {
    "status": 409,
    "title": "Noor was quicker",
    "text": "This ticket is resolved.",
    "lost": "Nothing was lost.",
    "what_to_do": "Reopen it.",
    "ways": [],
    "kept": "",
    "reference": "",
}


def named(path: Path) -> str:
    return str(path.relative_to(STATIC.parent / "templates"))


def test_what_people_typed_is_escaped():
    html = page("errors/refused.html", {"refusal": {**REFUSAL, "kept": "</textarea><script>x"}})

    assert "&lt;/textarea&gt;&lt;script&gt;x" in html
    assert "<script>x" not in html


def test_autoescape_is_on_for_every_template():
    # Jinja's own default is off.
    assert environment().autoescape is True


def test_a_missing_name_is_an_error_and_not_an_empty_place():
    with pytest.raises(UndefinedError, match="refusal"):
        page("errors/refused.html", {})


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_every_template_compiles(template):
    environment().get_template(named(template))


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_no_template_needs_more_than_the_content_security_policy_allows(template):
    source = template.read_text()

    assert not re.search(r"\sstyle\s*=|<style", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source)


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_no_template_marks_text_as_safe(template):
    assert not re.search(r"\|\s*safe|Markup\(|autoescape", template.read_text())


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_every_form_that_writes_carries_the_token(template):
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", template.read_text(), re.DOTALL)

    assert [form for form in forms if "csrf" not in form] == []


def test_a_time_is_shown_in_the_zone_of_the_reader_with_the_zone_said():
    assert when(datetime(2026, 11, 16, 8, 0, tzinfo=UTC), "Europe/Berlin") == (
        "16 Nov 2026, 09:00 CET"
    )
    assert when(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "Europe/Berlin") == (
        "2 Jul 2026, 00:30 CEST"
    )


def test_a_day_is_the_day_where_the_reader_is():
    assert day(datetime(2026, 11, 16, 23, 30, tzinfo=UTC), "Europe/Berlin") == "17 Nov 2026"


def test_a_time_for_machines_is_in_utc():
    berlin = timedelta(hours=1)

    assert iso(NOON) == "2026-11-16T12:00:00Z"
    assert iso(NOON.astimezone() + berlin) == "2026-11-16T13:00:00Z"


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        when(NOON.replace(tzinfo=None), "Europe/Berlin")


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=6), "6 days ago"),
        (timedelta(days=7), "9 Nov 2026"),
        (timedelta(seconds=-30), "in a moment"),
        (timedelta(minutes=-4), "in 4 min"),
    ],
)
def test_how_long_ago_is_said_in_one_unit(before, words):
    assert ago(NOON - before, NOON) == words


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(seconds=59), "under 1 min left"),
        (timedelta(minutes=12), "12 min left"),
        (timedelta(hours=2, minutes=5), "2 h 05 left"),
        (timedelta(days=1, hours=6), "1 d 6 h left"),
        (timedelta(0), "under 1 min left"),
        (timedelta(minutes=-8), "8 min over"),
        (timedelta(hours=-3), "3 h 00 over"),
    ],
)
def test_a_promise_clock_says_what_is_left_or_how_far_it_is_over(ahead, words):
    assert left(NOON + ahead, NOON) == words


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 people"), (1, "1 person"), (2, "2 people"), (2041, "2,041 people")]
)
def test_a_count_takes_its_word(count, words):
    assert plural(count, "person", "people") == words


def test_a_share_is_said_in_per_cent_and_never_breaks_before_its_sign():
    assert percent(0.874) == "87\u00a0%"
    assert percent(0.005, 1) == "0.5\u00a0%"


def test_a_person_is_known_by_the_first_and_the_last_name():
    assert initials("Lena Maria Ortiz") == "LO"
    assert initials("mara") == "M"


def test_a_trend_starts_at_the_left_and_reaches_the_top_at_its_highest():
    assert polyline([0, 2, 4], 100, 20) == "0.0,20.0 50.0,10.0 100.0,0.0"


def test_a_quiet_day_keeps_a_hairline():
    quiet, busy = bars([0, 4], 100, 20)

    assert quiet == {"x": "0.0", "y": "19.0", "width": "37.5", "height": "1.0"}
    assert busy == {"x": "50.0", "y": "0.0", "width": "37.5", "height": "20.0"}


def test_the_address_of_a_static_file_changes_with_its_content():
    assert re.fullmatch(r"/static/hypercare\.css\?v=[0-9a-f]{10}", static_address("hypercare.css"))
    assert static_address("icon.svg") != static_address("hypercare.css")


def test_the_axis_of_a_series_ends_at_a_round_number_with_its_unit():
    assert series_chart([5_530.0, None, 12.0])["top"] == "6,000"
    assert series_chart([63.0], 45.0, unit="%")["top"] == "80\N{NO-BREAK SPACE}%"
    assert series_chart([None], unit="%") is None
