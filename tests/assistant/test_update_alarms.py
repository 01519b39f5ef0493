"""Alarms about updates: a promise that runs out or breaks, a day without one; each once."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from assistant.desk.notices import Notice
from assistant.desk.update_alarms import UpdateAlarm, watch_updates
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.parts import Parts
from assistant.launch import daily_updates, updates
from assistant.launch.coverage import Coverage, Hours
from assistant.launch.daily_updates import Rule
from tests import cast
from tests.cast import AMIR, INES, LENA, NOOR, NOW, OPENS, later, launch_of, the

BERLIN = ZoneInfo("Europe/Berlin")
DAY_1 = date(2026, 11, 16)
WEEKDAYS = Coverage("Europe/Berlin", (*((Hours(540, 1020),),) * 5, (), ()))


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


def told(parts: Parts) -> list[tuple[str, str]]:
    with parts.db.reading() as session:
        notices = session.scalars(select(Notice).order_by(Notice.id)).all()
        return [(notice.person.email, notice.words) for notice in notices]


def alarms(parts: Parts) -> list[tuple[str, str]]:
    with parts.db.reading() as session:
        found = session.scalars(select(UpdateAlarm).order_by(UpdateAlarm.id))
        return [(each.what, each.about) for each in found]


def say(parts: Parts, *, due: timedelta | None = None, title: str = "We look into it") -> int:
    at = parts.clock.now()
    with parts.db.writing() as session:
        return updates.publish(
            session,
            launch_of(session),
            title=title,
            expected="No.",
            what_to_do="Wait.",
            next_update="later",
            next_update_at=at + due if due else None,
            by=the(session, INES),
            at=at,
        ).id


@pytest.mark.parametrize(
    ("published", "at", "missed"),
    [
        ([], local(16, 16, 59), []),
        ([], local(16, 17, 0), [16]),
        ([local(16, 17, 0)], local(16, 17, 0), []),
        ([local(16, 17, 1)], local(16, 18, 0), [16]),  # it came, but not by then
        ([local(15, 23, 59)], local(16, 18, 0), [16]),  # the evening before is another day
        ([local(16, 10), local(18, 10)], local(18, 20), [17]),
        ([], local(30, 12), [16, 17, 18, 19, 20]),  # the first five days, and no later one
    ],
)
def test_a_day_is_missed_when_nothing_was_said_on_it_by_its_time(
    published: list[datetime], at: datetime, missed: list[int]
) -> None:
    found = Rule().missed(BERLIN, OPENS, published, at)

    assert [day.day for day, _ in found] == missed


@pytest.mark.parametrize(
    ("rule", "live_at", "coverage", "days"),
    [
        (Rule(), local(16, 17, 30), None, [17, 18, 19, 20]),  # too late for its first day
        (Rule(days=0), OPENS, None, []),
        (Rule(days=3), OPENS, None, [16, 17, 18]),
        (Rule(), local(19, 9), WEEKDAYS, [19, 20, 23]),  # nobody is there at the weekend
    ],
)
def test_which_days_want_an_update(
    rule: Rule, live_at: datetime, coverage: Coverage | None, days: list[int]
) -> None:
    kept = {"coverage": coverage} if coverage else {}

    assert [day.day for day, _ in rule.due(BERLIN, live_at, local(30, 0), **kept)] == days


def test_the_deadline_is_local_also_on_the_day_on_which_the_clocks_change() -> None:
    live = datetime(2026, 10, 24, 8, 0, tzinfo=UTC)

    due = Rule(days=2).due(BERLIN, live, live + timedelta(days=9))

    assert [by.hour for _, by in due] == [15, 16]


def test_a_missed_day_is_told_to_change_managers_and_leads_once(shop: Parts) -> None:
    later(shop, hours=6, minutes=30)  # 16:30 in Berlin, on the second day
    assert (watch_updates(shop), watch_updates(shop)) == (1, 0)
    assert [who for who, _ in told(shop)] == [INES, LENA, NOOR]
    assert told(shop)[0][1] == (
        "Spring pricing: Today’s update is due by 17:00 CET on 17 November."
    )

    later(shop, minutes=31)
    assert (watch_updates(shop), watch_updates(shop)) == (1, 0)
    assert told(shop)[3][1] == (
        "Spring pricing: The daily update was missed: nothing was said by 17:00 CET on 17 November."
    )


def test_an_update_in_time_keeps_every_alarm_quiet(shop: Parts) -> None:
    say(shop)
    later(shop, hours=9)

    assert watch_updates(shop) == 0


def test_a_promise_warns_before_and_is_noted_once_when_it_broke(shop: Parts) -> None:
    update = say(shop, due=timedelta(minutes=100))
    later(shop, minutes=79)
    assert watch_updates(shop) == 0

    later(shop, minutes=1)
    assert (watch_updates(shop), watch_updates(shop)) == (1, 0)
    later(shop, minutes=21)
    assert (watch_updates(shop), watch_updates(shop)) == (1, 0)
    assert alarms(shop) == [("runs-out", str(update)), ("late", str(update))]


def test_a_promise_that_was_kept_within_its_minute_is_not_broken(shop: Parts) -> None:
    say(shop, due=timedelta(minutes=10))
    later(shop, minutes=10, seconds=59)
    say(shop, title="Solved")
    later(shop, minutes=30)

    assert watch_updates(shop) == 0


def test_what_broke_while_nothing_ran_is_noted_by_the_process_after_it(
    shop: Parts, tmp_path: object
) -> None:
    update = say(shop, due=timedelta(minutes=10))
    later(shop, minutes=40)
    say(shop, title="Solved")  # so it is late, although it has come
    again = cast.parts_in(shop.settings.data, at=shop.clock.now())

    assert [watch_updates(again), watch_updates(shop)] == [1, 0]
    assert alarms(shop) == [("late", str(update))]
    again.close()


def test_nobody_is_woken_for_what_was_missed_long_ago_or_in_a_closed_launch(shop: Parts) -> None:
    say(shop, due=timedelta(hours=1))
    later(shop, days=9)
    with shop.db.writing() as session:
        launch_of(session).closed_at = shop.clock.now()
    assert watch_updates(shop) == 0

    with shop.db.writing() as session:
        launch_of(session).closed_at = None
    assert watch_updates(shop) == 0


def test_the_days_and_the_time_are_the_launch_s_own(shop: Parts) -> None:
    with shop.db.writing() as session:
        rule = Rule(days=0)
        daily_updates.set_rule(session, launch_of(session), rule, by=the(session, INES), at=NOW)
    later(shop, hours=9)

    assert watch_updates(shop) == 0


@pytest.mark.parametrize("rule", [Rule(-1), Rule(91), Rule(5, -1), Rule(5, 1440)])
def test_a_rule_that_makes_no_sense_is_refused(shop: Parts, rule: Rule) -> None:
    with shop.db.writing() as session, pytest.raises(Refused):
        daily_updates.set_rule(session, launch_of(session), rule, by=the(session, LENA), at=NOW)


def test_who_may_not_tell_everybody_sets_no_rule(shop: Parts) -> None:
    with shop.db.writing() as session, pytest.raises(NotPermitted):
        daily_updates.set_rule(session, launch_of(session), Rule(), by=the(session, AMIR), at=NOW)
