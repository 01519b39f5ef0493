"""R44: normal promises come back one category at a time, and hypercare's at once when needed."""

from datetime import date, timedelta

import pytest

from assistant.desk import intake, policies
from assistant.desk.severity import Severity
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.parts import Parts
from assistant.launch import staging
from assistant.launch.scenarios import Category
from assistant.launch.stages import LAST, Move, Situation, next_stage, restored, words_of
from assistant.reports import steps
from assistant.reports.days import DayKept, first_day
from tests import cast
from tests.cast import LENA, a_customer, later, launch_of, the

LOCKED_OUT = "I am locked out and cannot work at all"


@pytest.mark.parametrize(
    ("now", "move"),
    [
        (Situation(0, 4, 30), None),
        (Situation(0, 5, 5), Move(1, "5 stable days in a row.")),
        (Situation(1, 6, 4), None),  # the second step needs seven
        (Situation(1, 7, 1), None),  # and two days in the stage before
        (Situation(1, 7, 2), Move(2, "7 stable days in a row.")),
        (Situation(2, 9, 2), Move(3, "9 stable days in a row.")),
        (Situation(3, 90, 90), None),  # access stays until the end
        (Situation(2, 9, 2, ("Escalations",)), Move(0, "Escalations: worse, and not by chance.")),
        (Situation(0, 9, 9, ("Escalations",)), None),  # it is in hypercare already
    ],
)
def test_down_is_slow_and_back_is_at_once(now: Situation, move: Move | None) -> None:
    assert next_stage(now) == move


def test_the_least_critical_goes_first_and_access_never() -> None:
    assert restored(0) == frozenset()
    assert restored(1) == {Category.COSMETIC}
    assert Category.ACCESS not in restored(LAST)
    assert words_of(2) == "Normal promises for cosmetic and core workflow"


def test_a_new_ticket_of_a_restored_category_has_normal_promises_unless_it_is_sev_1(
    shop: Parts,
) -> None:
    with shop.db.writing() as session:
        launch = launch_of(session)
        scenario = launch.scenarios[0]
        scenario.category = Category.COSMETIC
        staging.move_to(session, launch, 1, because="Calm.", by=the(session, LENA), at=_at(shop))
        hypercare = policies.HYPERCARE
        chosen = [
            intake.by_stage(launch, hypercare, severity, which).name
            for severity, which in (
                (Severity.MINOR, scenario),
                (Severity.BLOCKED, scenario),
                (Severity.MINOR, None),
            )
        ]
    assert chosen == ["normal", "hypercare", "hypercare"]


def test_falling_back_gives_open_tickets_the_kinder_clock(shop: Parts) -> None:
    a_customer(shop).asks(LOCKED_OUT)
    with cast.the_ticket(shop) as (session, ticket):
        launch, lena = launch_of(session), the(session, LENA)
        ticket.set_severity(session, Severity.MINOR, reason="Looked.", by=lena, at=_at(shop))
        ticket.policy = "normal"
        launch.stage = 1
        resolve = next(p for p in ticket.promises if p.kind == "resolve")
        resolve.move("normal", due_before=resolve.due_at, at=_at(shop))
        due = resolve.due_at = resolve.due_at + timedelta(days=5)
        staging.move_to(session, launch, 0, because="Worse.", by=lena, at=_at(shop))
        assert steps.bring_back(session, launch, why="Worse.", at=_at(shop)) >= 1
        assert ticket.policy == "hypercare"
        assert resolve.due_at < due


def test_days_that_hold_step_it_down_and_a_bad_one_brings_it_back(shop: Parts) -> None:
    watch(shop)
    with shop.db.writing() as session:
        remember(session, launch_of(session), counts=[2, 3, 2, 1, 2])
    later(shop, days=4)  # the day after those five
    assert (steps.move_stages(shop), stage_of(shop)) == (1, 1)
    assert steps.move_stages(shop) == 0  # once is enough
    with shop.db.writing() as session:
        remember(session, launch_of(session), counts=[2, 3, 2, 1, 2, 40])
    assert (steps.move_stages(shop), stage_of(shop)) == (1, 0)
    later(shop, days=1)
    assert steps.move_stages(shop) == 0  # yesterday was bad: nothing steps down


def test_days_that_could_each_be_chance_and_not_together_step_nothing_down(shop: Parts) -> None:
    watch(shop)  # up to 8.4 repeats a day
    with shop.db.writing() as session:
        remember(session, launch_of(session), counts=[10, 11, 10, 11, 10])
    later(shop, days=4)
    assert (steps.move_stages(shop), stage_of(shop)) == (0, 0)


def test_nothing_steps_down_without_figures(shop: Parts) -> None:
    watch(shop)
    later(shop, days=30)
    assert (steps.move_stages(shop), stage_of(shop)) == (0, 0)


def test_a_lead_may_decide_with_a_reason_and_nobody_else(shop: Parts) -> None:
    with shop.db.writing() as session:
        launch, at = launch_of(session), _at(shop)
        with pytest.raises(NotPermitted):
            amir = the(session, cast.AMIR)
            staging.move_to(session, launch, 1, because="I like it.", by=amir, at=at)
        lena = the(session, LENA)
        for stage, because in ((1, " "), (9, "Far."), (0, "Same.")):
            with pytest.raises(Refused):
                staging.move_to(session, launch, stage, because=because, by=lena, at=at)
        staging.move_to(session, launch, 1, because="Calm for a week.", by=lena, at=at)
        (moved,) = staging.moves_of(session, launch.id)
        assert (moved.who, moved.details["because"]) == ("Lena Ortiz", "Calm for a week.")


def watch(shop: Parts) -> None:
    """Let the launch's stages go by its repeat questions alone."""
    with shop.db.writing() as session:
        launch = launch_of(session)
        launch.baselines = [{"metric": "repeat_questions_per_day", "value": 6}]
        launch.exit_criteria = []


def remember(session, launch, *, counts: list[int]) -> None:
    """Keep days with these repeat questions and enough contacts, from the launch's first on."""
    first: date = first_day(launch)
    for number, count in enumerate(counts):
        day = first + timedelta(days=number)
        kept = session.query(DayKept).filter_by(launch_id=launch.id, day=day).one_or_none()
        kept = kept or DayKept(launch_id=launch.id, day=day)
        kept.figures = {
            "contacts_per_day": {"count": 50},
            "repeat_questions_per_day": {"count": count},
        }
        kept.measured_at = launch.starts_at
        session.add(kept)


def stage_of(shop: Parts) -> int:
    with shop.db.reading() as session:
        return launch_of(session).stage


def _at(shop: Parts):
    return shop.clock.now()
