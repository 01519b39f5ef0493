"""Updates: three answers each, published once, never with a blank."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.parts import Parts
from assistant.launch import updates
from assistant.launch.updates import Update
from tests.cast import AMIR, INES, LENA, NOW, OPENS, PRIYA, launch_of, the


def publish(parts: Parts, *, by: str = INES, at: datetime = NOW, **said: Any) -> Update:
    told = {
        "title": "Sign-in links are slow",
        "expected": "No. We are on it.",
        "what_to_do": "Wait fifteen minutes.",
        "next_update": "by 16:00",
        "next_update_at": NOW + timedelta(hours=7),
        **said,
    }
    with parts.db.writing() as session:
        return updates.publish(session, launch_of(session), by=the(session, by), at=at, **told)


def titles(parts: Parts, at: datetime) -> list[str]:
    with parts.db.reading() as session:
        return [u.title for u in updates.of_launch(session, launch_of(session).id, at=at)]


def test_what_is_published_is_what_everybody_is_told_from_then_on(shop: Parts) -> None:
    publish(shop)

    assert titles(shop, NOW) == ["Sign-in links are slow", "New prices began on Monday"]
    assert titles(shop, NOW - timedelta(seconds=1)) == ["New prices began on Monday"]
    assert titles(shop, OPENS) == []


def test_of_two_at_the_same_moment_the_later_one_counts(shop: Parts) -> None:
    publish(shop)
    publish(shop, title="Sign-in links are quick again")

    with shop.db.reading() as session:
        newest = updates.newest(session, launch_of(session).id, at=NOW)

    assert newest is not None
    assert newest.title == "Sign-in links are quick again"


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("title", "a title"),
        ("expected", "whether this is expected"),
        ("what_to_do", "what to do now"),
        ("next_update", "when the next update comes"),
    ],
)
@pytest.mark.parametrize("blank", ["", " \n\t", "\u00a0"])
def test_none_of_its_answers_may_be_blank(shop: Parts, field: str, words: str, blank: str) -> None:
    with pytest.raises(Refused) as refused:
        publish(shop, **{field: blank})

    assert refused.value.message == f"An update says {words}."
    assert titles(shop, NOW) == ["New prices began on Monday"]


@pytest.mark.parametrize("due", [NOW, NOW - timedelta(days=1)])
def test_the_next_update_is_not_promised_for_the_past(shop: Parts, due: datetime) -> None:
    with pytest.raises(Refused, match="has passed"):
        publish(shop, next_update_at=due)


def test_change_managers_and_leads_publish_and_nobody_else(shop: Parts) -> None:
    publish(shop, by=LENA)
    for email in (AMIR, PRIYA):
        with pytest.raises(NotPermitted):
            publish(shop, by=email)

    assert len(titles(shop, NOW)) == 2


def test_the_pack_s_update_keeps_the_time_it_was_published(shop: Parts) -> None:
    with shop.db.reading() as session:
        (told,) = updates.of_launch(session, launch_of(session).id, at=NOW)

    assert told.published_at == datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
    assert told.next_update == "23 November 2026, 10:00 CET"


def test_the_same_form_sent_twice_is_one_update(shop: Parts) -> None:
    first = publish(shop, key="form-1")
    again = publish(shop, key="form-1", title="Typed over meanwhile")

    assert again.id == first.id
    assert titles(shop, NOW) == ["Sign-in links are slow", "New prices began on Monday"]


def test_a_correction_says_which_update_it_corrects_and_leaves_it_as_it_was(shop: Parts) -> None:
    wrong = publish(shop)
    right = publish(shop, title="Links are not slow", corrects_id=wrong.id)

    with shop.db.reading() as session:
        newest = updates.newest(session, launch_of(session).id, at=NOW)
        assert newest is not None
        assert newest.corrects is not None
        assert (newest.id, newest.corrects.id) == (right.id, wrong.id)
        assert newest.headline == "Correction: Links are not slow"
    assert titles(shop, NOW)[1] == "Sign-in links are slow"


@pytest.mark.parametrize("which", [10_000, -1])
def test_what_is_not_there_is_not_corrected(shop: Parts, which: int) -> None:
    with pytest.raises(Refused, match="not there"):
        publish(shop, corrects_id=which)


def test_a_report_of_a_day_says_taken_back_only_once_it_was(shop: Parts) -> None:
    later = NOW + timedelta(hours=2)
    number = publish(shop).id

    with shop.db.writing() as session:
        update = session.get_one(Update, number)
        update.take_back(session, because="Another shop", by=the(session, LENA), at=later)
        assert update.title_at(later) == "Sign-in links are slow"
        assert update.title_at(later + timedelta(seconds=1)).endswith("slow (taken back)")

    assert titles(shop, NOW + timedelta(hours=1))[0] == "Sign-in links are slow"
    assert titles(shop, later) == ["New prices began on Monday"]


def test_every_update_may_be_taken_back_and_then_none_is_news(shop: Parts) -> None:
    with shop.db.writing() as session:
        launch = launch_of(session)
        for update in updates.history(session, launch.id, at=NOW):
            update.take_back(session, because="All wrong", by=the(session, INES), at=NOW)
        assert updates.newest(session, launch.id, at=NOW) is None
        assert len(updates.history(session, launch.id, at=NOW)) == 1


@pytest.mark.parametrize("email", [AMIR, PRIYA])
def test_who_may_not_publish_takes_nothing_back(shop: Parts, email: str) -> None:
    number = publish(shop).id

    with shop.db.writing() as session, pytest.raises(NotPermitted):
        update = session.get_one(Update, number)
        update.take_back(session, because="Why not", by=the(session, email), at=NOW)
