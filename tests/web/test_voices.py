"""Feedback that names no launch: whose it is, and what of one launch another sees."""

import pytest

from assistant.desk import causes
from assistant.desk.feedback import Feedback
from assistant.launch.launches import by_key
from assistant.reports import voices
from assistant.reports.spans import day_span
from tests import cast
from tests.cast import AMIR, LENA, NOW
from tests.web.staff import a_browser

OTHER = "other-launch"
OURS, THEIRS = (f"/launches/{key}/feedback" for key in (cast.LAUNCH, OTHER))
SAID = {"userId": "12345", "feedback": "It is slow", "timestamp": "2026-11-17T08:00:00Z"}


@pytest.fixture
def two(shop, tmp_path):
    """Two launches that are live, with the same team."""
    cast.bring_in(shop, tmp_path, cast.PACK.replace("key: spring-pricing", f"key: {OTHER}"))
    with shop.db.writing() as session:
        by_key(session, OTHER).go_live(session, by=cast.the(session, LENA), at=cast.OPENS)
    return shop


def send(parts) -> int:
    """Let another system send a piece of feedback and return its number."""
    sent = a_browser(parts).client.post("/feedback", json=SAID)
    assert sent.status_code == 201
    return sent.json()["id"]


def counted(parts, key: str) -> int:
    with parts.db.reading() as session:
        launch = by_key(session, key)
        span = day_span(NOW.date(), launch.zone)
        return sum(row.times for row in voices.counts(session, launch.id, span))


def test_what_names_no_launch_is_of_the_only_one_that_is_live(shop, tmp_path):
    number = send(shop)
    cast.bring_in(shop, tmp_path, cast.PACK.replace("key: spring-pricing", f"key: {OTHER}"))

    assert (counted(shop, cast.LAUNCH), counted(shop, OTHER)) == (1, 0)
    sorted_ = a_browser(shop, AMIR).post(f"{OURS}/{number}/category", category="suggestion")
    assert sorted_.status_code == 303


def test_of_several_launches_none_counts_it_until_somebody_takes_it(two):
    number = send(two)
    amir, lena = a_browser(two, AMIR), a_browser(two, LENA)

    assert (counted(two, cast.LAUNCH), counted(two, OTHER)) == (0, 0)
    assert "It is slow" in amir.get(OURS).text and "It is slow" in amir.get(THEIRS).text
    assert f"/feedback/{number}/category" not in amir.get(OURS).text
    assert amir.post(f"{OURS}/{number}/category", category="suggestion").status_code == 403
    assert amir.post(f"{OURS}/{number}/cause", cause=0).status_code == 403

    assert "Take it for this launch" in lena.get(OURS).text
    assert lena.post(f"{OURS}/{number}/category", category="suggestion").status_code == 303

    assert (counted(two, cast.LAUNCH), counted(two, OTHER)) == (1, 0)
    assert "It is slow" not in lena.get(THEIRS).text
    assert lena.post(f"{THEIRS}/{number}/category", category="suggestion").status_code == 404


def test_no_launch_shows_what_another_one_found_behind_it(two):
    number = send(two)
    with two.db.writing() as session:
        lena = cast.the(session, LENA)
        other = by_key(session, OTHER).id
        theirs = causes.detect(session, other, title="A secret defect", by=lena, at=NOW).id
        session.get_one(Feedback, number).cause_id = theirs  # as it was linked in earlier days

    lena = a_browser(two, LENA)
    assert "A secret defect" in lena.get(f"/causes/{theirs}").text
    assert "A secret defect" not in lena.get(OURS).text

    lena.post(f"{OURS}/{number}/category", category="suggestion")
    with two.db.reading() as session:
        assert session.get_one(Feedback, number).cause_id is None
    assert "It is slow" not in lena.get(f"/causes/{theirs}").text
