"""R5, R7, R68, R70 and the load guard: what figures mean, as tables of cases."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant.reports import objectives
from assistant.reports.calm import Calm, Group, Moving, Way, verdict
from assistant.reports.load_guard import Load, State, guard, late_ones, needed, waiting_longer
from assistant.reports.noise import Count, Level, Share
from assistant.reports.objectives import Objective, Reached, forecast
from assistant.reports.shapes import Shape, shape_of, words_of
from assistant.reports.stability import Criterion, Seen, Standing

RIGHT, WRONG, UNKNOWN = Way.RIGHT, Way.WRONG, Way.UNKNOWN
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
MIN = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("desk", "customers", "met", "calm", "sentence"),
    [
        (RIGHT, RIGHT, True, Calm.CALM, "Calm: every exit criterion is met, 5 stable days."),
        (RIGHT, RIGHT, False, Calm.SETTLING, "Getting calmer: nothing is worse, 5 of 5 stable"),
        (
            RIGHT,
            WRONG,
            True,
            Calm.NOT_CALM,
            "returns goes the wrong way, though the desk does well",
        ),
        (WRONG, RIGHT, True, Calm.NOT_CALM, "waits goes the wrong way, though customers do well."),
        (WRONG, WRONG, False, Calm.NOT_CALM, "Not calm: waits, returns go the wrong way."),
        (RIGHT, UNKNOWN, True, Calm.UNKNOWN, "too little data about customers."),
        (UNKNOWN, UNKNOWN, False, Calm.UNKNOWN, "about the desk and customers."),
        (UNKNOWN, WRONG, False, Calm.NOT_CALM, "Not calm: returns goes the wrong way."),
    ],
)
def test_it_is_calm_only_when_both_groups_go_the_right_way(
    desk: Way, customers: Way, met: bool, calm: Calm, sentence: str
) -> None:
    figures = [Moving("Waits", Group.SUPPORT, desk), Moving("Returns", Group.CUSTOMERS, customers)]
    said = verdict(figures, stable_days=5, needed=5, is_met=met)
    assert said.calm is calm
    assert sentence in said.sentence


def test_an_open_sev_1_is_never_calm_whatever_the_days_say() -> None:
    fine = [Moving("Waits", Group.SUPPORT, RIGHT), Moving("Returns", Group.CUSTOMERS, RIGHT)]
    said = verdict(fine, stable_days=9, needed=5, is_met=True, grave=1)
    assert said.sentence == "Not calm: 1 Sev 1 ticket is open."


@pytest.mark.parametrize(
    ("counts", "limit", "shape"),
    [
        ((40, 90, 60, 30, 12, 10, 11), 15, Shape.SPIKE),
        ((10, 12, 11, 30, 45, 60), 15, Shape.RISING),
        ((30, 28, 33, 29, 31, 30), 15, Shape.HIGH),
        ((10, 12, 9, 11, 10, 12), 15, Shape.FLAT),
        ((10, 40, 12), 15, Shape.UNKNOWN),
        ((0, 0, 0, 0, 0), 0, Shape.FLAT),
    ],
)
def test_the_shape_of_counts(counts: tuple[int, ...], limit: float, shape: Shape) -> None:
    assert shape_of([Count(each) for each in counts], Criterion("x", limit)) is shape


def test_fewer_content_people_are_a_rise_of_what_is_wrong() -> None:
    days = [Share(90, 100), Share(88, 100), Share(91, 100), *[Share(60, 100)] * 3]
    assert shape_of(days, Criterion("satisfied_percent", 80, at_most=False)) is Shape.RISING
    assert words_of(Shape.RISING) == "rising: an unresolved cause"
    levels = [Level(each, each) for each in (100.0, 98.0, 99.0, 60.0, 55.0, 50.0)]
    assert shape_of(levels, Criterion("sign_ins", 80, at_most=False)) is Shape.RISING


def test_what_is_flat_is_seldom_called_anything_else() -> None:
    draw, named = random.Random(5), 0
    for _ in range(300):
        days = [Count(sum(draw.random() < 0.1 for _ in range(120))) for _ in range(10)]
        named += shape_of(days, Criterion("x", 30)) is not Shape.FLAT
    assert named <= 12  # 4 in 100: at most 1 for each of two shapes, and what luck gives


def a_day(number: int, count: int | None, contacts: int = 60) -> Seen:
    proof = None if count is None else Count(count)
    return Seen(date(2026, 11, 16) + timedelta(days=number), proof, contacts)


@pytest.mark.parametrize(
    ("counts", "day", "reached", "why"),
    [
        ((30, 20, 9), 3, Reached.ON_THE_WAY, "19.7 over 3 days."),
        ((9, 8, 7), 3, Reached.ON_THE_WAY, "8 over 3 days, and it holds."),
        ((9, 8, 7, 60), 9, Reached.MET, "8 over 3 days before the deadline."),
        # Days in doubt count like good ones: without them it would be 7 over one day.
        ((7, 22, 22), 9, Reached.MISSED, "17 over 3 days before the deadline."),
        ((60, 50, 40, 3), 9, Reached.MISSED, "50 over 3 days before the deadline."),
        ((), 9, Reached.TOO_LITTLE, "Too little was measured to say anything."),
        ((None, None, None), 9, Reached.TOO_LITTLE, "Too little was measured to say anything."),
    ],
)
def test_an_objective_is_judged_by_its_deadline(
    counts: tuple[int | None, ...], day: int, reached: Reached, why: str
) -> None:
    zone = ZoneInfo("Europe/Berlin")
    by = datetime(2026, 11, 19, 8, tzinfo=UTC)
    at = datetime(2026, 11, 15, 12, tzinfo=UTC) + timedelta(days=day)
    aim = objectives.judge(
        Objective(Criterion("repeats", 15), by),
        [a_day(number, count) for number, count in enumerate(counts)],
        at=at,
        zone=zone,
    )
    assert (aim.reached, aim.why) == (reached, why)


def test_objectives_without_a_target_are_left_out_and_at_least_is_understood() -> None:
    kept = [
        {"metric": "a", "comparison": "at least", "target": 90, "by": "2026-11-19T08:00:00Z"},
        {"metric": "b", "comparison": "at most"},
        {"title": "Be kind"},
        {"metric": "c", "target": 3, "by": "some day"},
    ]
    found = objectives.objectives_of(kept)
    assert [(o.criterion.metric, o.criterion.at_most, o.by is None) for o in found] == [
        ("a", False, False),
        ("c", True, True),
    ]


@pytest.mark.parametrize(
    ("streak", "planned", "is_open", "risk"),
    [
        (2, date(2026, 11, 30), False, ""),
        (2, date(2026, 11, 20), False, "Risk of overrun: at least 1 day after the plan."),
        (5, date(2026, 11, 10), False, "Risk of overrun: at least 8 days after the plan."),
        (5, date(2026, 11, 30), True, "Risk of an early exit: 12 days before the plan."),
        (5, None, True, ""),
    ],
)
def test_the_plan_is_a_forecast_and_both_sides_of_it_are_risks(
    streak: int, planned: date | None, is_open: bool, risk: str
) -> None:
    standing = Standing(Criterion("x", 5), (), streak, is_open, "")
    today = date(2026, 11, 18)
    found = forecast([standing], planned=planned, today=today, is_open=is_open)
    assert found.earliest == today + timedelta(days=5 - streak)
    assert found.risk.startswith(risk) and bool(found.risk) == bool(risk)


def a_load(**other: object) -> Load:
    usual = {
        "arrived": 12,
        "window": timedelta(hours=2),
        "handling": 10 * MIN,
        "people": 2,
        "dues": (),
        "promised": 60 * MIN,
    }
    return Load(**(usual | other))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("load", "state", "words"),
    [
        (a_load(), State.FINE, "50% of the people’s time is taken."),
        (a_load(arrived=2), State.FINE, "Too few arrive to be a load."),
        (a_load(people=0, arrived=0), State.FINE, "Nobody is on shift, and nothing waits."),
        (a_load(people=0, dues=(NOON,)), State.OVER, "Nobody is on shift, and 1 waits."),
        (a_load(arrived=22, promised=10 * MIN), State.CLOSE, "would wait longer than promised."),
        (a_load(arrived=48), State.CLOSE, "promises break in about 60 min."),
        (a_load(arrived=30), State.CLOSE, "grows by 3 an hour, and promises break in about 4 h."),
        (a_load(dues=(NOON + 5 * MIN,)), State.OVER, "1 of 1 that wait will not be answered in"),
        (a_load(dues=tuple(NOON + 20 * MIN for _ in range(5))), State.OVER, "1 of 5 that wait"),
        (a_load(dues=tuple(NOON + 20 * MIN for _ in range(4))), State.FINE, "50%"),
    ],
)
def test_the_guard_speaks_before_promises_break(load: Load, state: State, words: str) -> None:
    said = guard(load, at=NOON)
    assert said.state is state
    assert words in said.words


def test_the_guard_proposes_people_an_update_and_the_assistant() -> None:
    said = guard(a_load(arrived=48, shared=0.5, may_automate=True), at=NOON)
    assert said.proposals == (
        "3 more people on shift would keep it.",
        "50% ask the same: tell everybody with an update.",
        "Let the assistant answer by itself where it is sure.",
    )
    assert guard(a_load(arrived=48, people=needed(a_load(arrived=48), at=NOON)), at=NOON).state is (
        State.FINE
    )


def test_what_is_due_first_is_answered_first() -> None:
    dues = [NOON + minutes * MIN for minutes in (40, 10, 20, 30)]
    assert late_ones(dues, 1, 10 * MIN, at=NOON) == []
    assert late_ones(dues, 1, 11 * MIN, at=NOON) == [NOON + 10 * MIN, *dues[2:4], dues[0]]


@pytest.mark.parametrize(("offered", "people"), [(0.5, 1), (1.6, 2), (3.5, 5)])
def test_waits_follow_a_simulated_queue(offered: float, people: int) -> None:
    draw = random.Random(3)
    free, now, late, customers = [0.0] * people, 0.0, 0, 40_000
    for _ in range(customers):
        now += draw.expovariate(offered)
        first = min(range(people), key=free.__getitem__)
        begin = max(now, free[first])
        late += begin - now > 1.0
        free[first] = begin + draw.expovariate(1.0)
    assert late / customers == pytest.approx(waiting_longer(offered, people, 1.0), abs=0.03)
