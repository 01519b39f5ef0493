"""The four warning signs: judged on fortnights whose truth is known, kept once, alarmed once."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from assistant.desk.notices import Notice
from assistant.ground.audit import Event
from assistant.ground.parts import Parts
from assistant.launch.launches import Launch
from assistant.reports import reassurance, warning_signs, watching
from assistant.reports.noise import Count, Share, Waits
from assistant.reports.warning_signs import Look, Normal, Sign, State
from assistant.reports.watching import WarningAlarm, WarningLook
from tests import cast, watched

STORED = Normal(20, "stored")


@pytest.mark.parametrize(
    ("sign", "seen", "normal", "look"),
    [
        (Sign.REPEATS, Count(20), 20, Look.NORMAL),
        (Sign.REPEATS, Count(30), 20, Look.NORMAL),  # chance explains that
        (Sign.REPEATS, Count(60), 20, Look.OVER),
        (Sign.ESCALATIONS, Count(1), 0, Look.NORMAL),  # one is no wave
        (Sign.ESCALATIONS, Count(5), 0, Look.OVER),
        (Sign.RESPONSE, Waits(9, 9, 9, 300), 45, Look.TOO_LITTLE),
        (Sign.RESPONSE, Waits(40, 36, 36, 300), 45, Look.OVER),
        (Sign.RESPONSE, Waits(40, 22, 22, 50), 45, Look.NORMAL),
        (Sign.REASSURANCE, Share(19, 19), 50, Look.TOO_LITTLE),
        (Sign.REASSURANCE, Share(90, 100), 50, Look.OVER),
        (Sign.REASSURANCE, Share(55, 100), 50, Look.NORMAL),
        (Sign.REASSURANCE, Share(200, 200), 95, Look.OVER),  # a limit is never out of reach
    ],
)
def test_a_look_tells_chance_from_change(sign, seen, normal, look):
    assert warning_signs.look_at(sign, [seen], Normal(normal, "stored")) == look


def test_a_slow_rise_shows_in_two_days_what_one_could_not():
    day, both = Count(38), Count(82, days=2)

    assert warning_signs.look_at(Sign.REPEATS, [day], STORED) == Look.NORMAL
    assert warning_signs.look_at(Sign.REPEATS, [day, both], STORED) == Look.OVER


def test_without_anything_normal_nothing_is_said():
    assert warning_signs.look_at(Sign.REPEATS, [Count(900)], None) == Look.TOO_LITTLE


def test_a_sign_comes_on_after_three_looks_and_goes_off_after_twelve():
    over, normal = Look.OVER, Look.NORMAL
    on = warning_signs.after_all([over, normal, over, over, over])

    assert not warning_signs.after_all([over, over, normal, over, over]).is_on
    assert on == State(is_on=True)
    assert warning_signs.after_all([*[over] * 3, *[normal] * 11, over]).is_on
    assert not warning_signs.after_all([*[over] * 3, *[normal] * 12]).is_on


def test_too_little_data_turns_no_sign_on_or_off():
    quiet = [Look.TOO_LITTLE] * 50

    assert warning_signs.after_all([*[Look.OVER] * 3, *quiet]).is_on
    assert warning_signs.after_all([Look.OVER, *quiet, Look.OVER, *quiet, Look.OVER]).is_on
    assert not warning_signs.after_all(quiet).is_on


def test_missed_hours_are_looked_at_later_but_not_those_of_last_month():
    at = datetime(2026, 11, 17, 9, 40, tzinfo=UTC)
    hour = at.replace(minute=0)

    assert warning_signs.due_looks(None, at) == [hour]
    assert warning_signs.due_looks(hour, at) == []
    assert warning_signs.due_looks(hour - timedelta(hours=3), at)[0] == hour - timedelta(hours=2)
    assert len(warning_signs.due_looks(hour - timedelta(days=30), at)) == 24


def test_false_alarms_and_misses_are_as_rare_as_the_readme_says(
    request: pytest.FixtureRequest, record_property
):
    count = max(50, int(request.config.getoption("--histories")) // 2)
    calm = [_first_on(watched.looks(f"reported calm {n}"), since=0) for n in range(count)]
    false = sum(bool(on) for on in calm)
    late = {sign: _delays(sign, max(10, count // 5)) for sign in Sign}
    record_property("figure", f"false alarms: {false} of {count} calm fortnights, any sign")
    for sign, delays in late.items():
        words = ", ".join(
            f"{sum(d > hours for d in delays)} of {len(delays)} after {hours} h"
            for hours in (24, 48, 72)
        )
        record_property("figure", f"missed, {sign} x{watched.WORSE[sign]:g}: {words}")

    assert false <= 0.12 * count
    for sign in Sign:
        most = 0.8 if sign is Sign.ESCALATIONS else 0.5  # the figures above are the claim
        assert sum(delay > 48 for delay in late[sign]) <= most * len(late[sign])


def _first_on(looks, *, since):
    """Return the hour at which each sign first comes on from ``since`` on."""
    found = {}
    for sign, of_sign in looks.items():
        state = State()
        for hour, look in enumerate(of_sign, start=24):
            before, state = state, warning_signs.after(state, look)
            if state.is_on and not before.is_on and hour >= since:
                found.setdefault(sign, hour)
    return found


def _delays(sign, count):
    """Return after how many hours each of ``count`` changes was alarmed; far too late for never."""
    found = []
    for number in range(count):
        since = random.Random(f"since {sign} {number}").randint(48, 240)
        looks = watched.looks(f"reported {sign} {number}", sign, since)
        found.append(_first_on({sign: looks[sign]}, since=since).get(sign, 10**6) - since)
    return found


# --- kept and alarmed ---


def test_a_wave_of_reassurance_is_alarmed_once_with_a_line_for_each_lead(shop: Parts):
    for number in range(40):
        cast.a_customer(shop, visitor=f"v{number}").says("Is this expected? Am I the only one?")
    reassurance.read_contacts(shop)

    raised = [_an_hour_later(shop) for _ in range(6)]

    assert raised == [0, 0, 0, 1, 0, 0]  # what is said at the full hour is in the next window
    with shop.db.reading() as session:
        (alarm,) = session.scalars(select(WarningAlarm)).all()
        assert (alarm.sign, alarm.value, alarm.normal) == ("reassurance", 100.0, 50.0)
        assert alarm.proposal == "Stay in hypercare in full, and find the cause."
        lines = session.scalars(select(Notice).where(Notice.kind == "warning-sign")).all()
        assert sorted(line.person.name for line in lines) == ["Lena Ortiz", "Noor Rahman"]
        assert "normal is 50" in lines[0].words
        events = session.scalars(select(Event).where(Event.kind == watching.RAISED)).all()
        assert len(events) == 1


def test_an_alarm_ends_when_it_is_normal_again_and_another_wave_is_another_alarm(shop: Parts):
    test_a_wave_of_reassurance_is_alarmed_once_with_a_line_for_each_lead(shop)
    cast.later(shop, days=3)
    for number in range(60):
        words = "Where is the price list?" if number % 2 else "Is this expected?"
        cast.a_customer(shop, visitor=f"w{number}").says(words)
    reassurance.read_contacts(shop)

    for _ in range(14):
        _an_hour_later(shop)

    with shop.db.reading() as session:
        (alarm,) = session.scalars(select(WarningAlarm)).all()
        assert alarm.cleared_at is not None


def test_looks_are_kept_once_however_often_and_whoever_looks(shop: Parts):
    assert watching.watch(shop) == watching.watch(shop) == 0

    with shop.db.reading() as session:
        kept = [(look.sign, look.at) for look in session.scalars(select(WarningLook))]
    assert len(kept) == len(set(kept)) == len(Sign)


@pytest.mark.parametrize(
    ("phase", "proposal"),
    [
        ("preparing", "Activate hypercare with the trigger “warning sign”."),
        ("closed", "Begin hypercare again."),
        ("stage", "Bring hypercare back in full."),
    ],
)
def test_what_an_alarm_proposes_depends_on_where_the_launch_is(shop: Parts, phase, proposal):
    with shop.db.writing() as session:
        launch = cast.launch_of(session)
        if phase == "preparing":
            launch.live_at = None
        elif phase == "closed":
            launch.closed_at = cast.NOW
        else:
            launch.stage = 2
        assert watching.proposal_for(launch) == proposal


def test_a_launch_is_watched_for_fourteen_days_after_its_end_and_not_longer(shop: Parts):
    with shop.db.writing() as session:
        cast.launch_of(session).closed_at = cast.NOW
    watching.watch(shop)
    cast.later(shop, days=13)
    watching.watch(shop)
    last = _newest_look(shop)
    cast.later(shop, days=2)
    watching.watch(shop)

    assert last == cast.NOW + timedelta(days=13)
    assert _newest_look(shop) == last


def test_what_is_normal_is_the_stored_baseline_else_the_days_before(shop: Parts):
    from assistant.reports import days, sign_evidence

    with shop.db.writing() as session:
        launch = cast.launch_of(session)
        figures = {
            (cast.NOW - timedelta(days=back)).date(): {"repeat_questions_per_day": {"count": n}}
            for back, n in ((2, 8), (3, 40), (4, 12))
        }
        days.store(session, launch.id, figures, until=0, at=cast.NOW)
        session.flush()
        normal = sign_evidence.normal_of
        stored = normal(session, launch, Sign.RESPONSE, cast.NOW)
        before = normal(session, launch, Sign.REPEATS, cast.NOW)
        assert stored == Normal(45.0, "stored")
        assert before == Normal(12.0, "the days before")
        assert normal(session, launch, Sign.ESCALATIONS, cast.NOW) is None


def _an_hour_later(shop: Parts) -> int:
    raised = watching.watch(shop)
    cast.later(shop, hours=1)
    return raised


def _newest_look(shop: Parts) -> datetime | None:
    with shop.db.reading() as session:
        launch = session.scalars(select(Launch)).one()
        return watching._last(session, launch.id)
