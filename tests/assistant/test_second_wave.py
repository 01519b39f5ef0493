"""R56: for fourteen days after the end the same figures are watched; a wave is told once."""

import random
from dataclasses import replace
from datetime import date, timedelta

from assistant.ground.audit import Event
from assistant.ground.parts import Parts
from assistant.reports import exits, second_wave, steps
from assistant.reports.days import DayKept
from assistant.reports.noise import Count
from assistant.reports.second_wave import waves
from assistant.reports.stability import Criterion, Seen
from tests.assistant.test_exits import calm_days, hand_over
from tests.cast import LENA, PRIYA, later, launch_of, the
from tests.histories import poisson
from tests.web.staff import a_browser

LIMIT = Criterion("repeat_questions_per_day", 8)


def history(*counts: int) -> list[Seen]:
    first = date(2026, 12, 1)
    return [Seen(first + timedelta(days=n), Count(c), 60) for n, c in enumerate(counts)]


def test_two_worse_days_or_one_beyond_doubt_are_a_wave_and_a_calm_day_ends_it() -> None:
    def days(*counts: int) -> list[int]:
        return [wave.day.day for wave in waves([(LIMIT, history(*counts))])]

    assert days(5, 6, 4, 7, 5) == []
    assert days(5, 17, 5) == []  # one day that is worse, but not beyond all doubt
    assert days(5, 17, 17, 5) == [3]
    assert days(5, 40, 50, 60) == [2]
    assert days(5, 40, 5, 41, 5) == [2, 4]
    assert waves([]) == []


def test_days_on_which_nobody_is_there_do_not_part_two_that_are_worse() -> None:
    friday, saturday, sunday, monday = history(17, 0, 0, 17)
    weekend = [replace(each, is_closed=True) for each in (saturday, sunday)]
    (wave,) = waves([(LIMIT, [friday, *weekend, monday])])
    assert wave.day == monday.day


def test_calm_launches_are_left_alone_and_second_waves_are_found() -> None:
    draw, alarms, found = random.Random(11), 0, 0
    criteria = [Criterion(name, 8) for name in steps.WATCHED]
    for _ in range(400):
        calm = [(c, history(*(poisson(6, draw) for _ in range(14)))) for c in criteria]
        alarms += bool(waves(calm))
        begin = draw.randrange(2, 10)
        rising = [poisson(6 if n < begin else 18, draw) for n in range(14)]
        found += bool(waves([(criteria[0], history(*rising)), *calm[1:]]))
    assert alarms <= 4  # 1 in 100, at three quarters of the limit
    assert found >= 388  # 97 in 100 where it is twice the limit for four to twelve days


def ended(shop: Parts) -> None:
    """Let the launch end after six calm days."""
    calm_days(shop, 6)
    hand_over(shop)
    with shop.db.writing() as session:
        exits.sign(session, launch_of(session), by=the(session, PRIYA), at=shop.clock.now())


def the_day_after(shop: Parts, repeats: int) -> None:
    """Let a day pass after which so many questions were repeats."""
    later(shop, days=1)
    with shop.db.writing() as session:
        launch, at = launch_of(session), shop.clock.now()
        day = at.astimezone(launch.zone).date() - timedelta(days=1)
        figures = {"contacts_per_day": {"count": 60}, LIMIT.metric: {"count": repeats}}
        session.query(DayKept).filter_by(launch_id=launch.id, day=day).delete()
        session.add(DayKept(launch_id=launch.id, day=day, figures=figures, measured_at=at))


def told(shop: Parts) -> int:
    with shop.db.reading() as session:
        return session.query(Event).filter_by(kind=second_wave.PROPOSED).count()


def key_of(shop: Parts) -> str:
    with shop.db.reading() as session:
        return launch_of(session).key


def test_fourteen_calm_days_raise_no_alarm(shop: Parts) -> None:
    ended(shop)
    for _ in range(15):
        the_day_after(shop, 5)
        assert second_wave.watch(shop) == 0


def test_a_second_wave_is_proposed_once_and_the_lead_begins_again(shop: Parts) -> None:
    ended(shop)
    for repeats in (5, 4):
        the_day_after(shop, repeats)
        assert second_wave.watch(shop) == 0
    the_day_after(shop, 60)
    assert second_wave.watch(shop) == 1
    the_day_after(shop, 70)
    assert second_wave.watch(shop) == 0  # it is the same wave
    lena = a_browser(shop, LENA)
    assert "may be coming back. Repeat questions: worse again since" in lena.get("/notices").text
    for page in ("cockpit", "exit"):
        assert "It may be coming back." in lena.get(f"/launches/{key_of(shop)}/{page}").text
    the_day_after(shop, 5)
    the_day_after(shop, 60)
    assert (second_wave.watch(shop), told(shop)) == (1, 2)  # and this is another one
    with shop.db.writing() as session:
        launch = launch_of(session)
        exits.begin_again(
            session, launch, because="It came back.", by=the(session, LENA), at=shop.clock.now()
        )
    assert second_wave.watch(shop) == 0


def test_after_fourteen_days_nobody_watches_any_more(shop: Parts) -> None:
    ended(shop)
    later(shop, days=14)
    the_day_after(shop, 90)
    assert second_wave.watch(shop) == 0
