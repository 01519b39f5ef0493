"""What an update did to contacts: exact intervals, the time of day, and honest doubt."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from assistant.ground.parts import Parts
from assistant.launch import updates
from assistant.reports.effects import Counts, Seen, judged, of_updates, stretch
from tests import cast
from tests.cast import INES, PRICE, UNKNOWN, clock_of, later, launch_of, the

T = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def say(parts: Parts) -> int:
    """Let Ines tell everybody that all is well, and return the update."""
    with parts.db.writing() as session:
        return updates.publish(
            session,
            launch_of(session),
            title="All is well",
            expected="Yes.",
            what_to_do="Nothing.",
            next_update="tomorrow",
            next_update_at=None,
            by=the(session, INES),
            at=parts.clock.now(),
        ).id


@pytest.mark.parametrize(
    ("counts", "ratio", "low", "high", "seen"),
    [
        # Limits from Clopper and Pearson for 5 of 25: 0.0683 to 0.4070, as odds.
        (Counts(20, 5), 0.25, 0.0733, 0.6864, Seen.FEWER),
        (Counts(5, 20), 4.0, 1.4569, 13.639, Seen.MORE),
        (Counts(12, 10), 0.833, 0.3223, 2.1051, Seen.CHANCE),
        (Counts(10, 0), 0.0, 0.0, 0.4461, Seen.FEWER),
        (Counts(0, 10), None, 2.2415, None, Seen.MORE),
        (Counts(7, 2), 0.286, 0.02896, 1.5006, Seen.TOO_FEW),
        (Counts(9, 0), 0.0, 0.0, 0.5066, Seen.TOO_FEW),
        (Counts(0, 0), None, 0.0, None, Seen.TOO_FEW),
    ],
)
def test_two_stretches_give_an_exact_interval_and_one_word(
    counts: Counts, ratio: float | None, low: float, high: float | None, seen: Seen
) -> None:
    effect = judged(counts)

    assert effect.ratio == (None if ratio is None else pytest.approx(ratio, abs=1e-3))
    assert effect.low == pytest.approx(low, rel=2e-3)
    assert effect.high == (None if high is None else pytest.approx(high, rel=2e-3))
    assert effect.seen is seen


@pytest.mark.parametrize(
    ("counts", "seen"),
    [
        (Counts(40, 15, 200, 80), Seen.TIME_OF_DAY),  # every evening is quieter than the afternoon
        (Counts(40, 5, 200, 180), Seen.FEWER),
        (Counts(15, 40, 80, 200), Seen.TIME_OF_DAY),
        (Counts(15, 40, 100, 100), Seen.MORE),
        (Counts(40, 15, 5, 2), Seen.FEWER),  # too few earlier days to say anything of the hour
    ],
)
def test_what_happens_at_that_hour_every_day_is_not_the_update_s(
    counts: Counts, seen: Seen
) -> None:
    assert judged(counts).seen is seen


def test_with_many_scenarios_each_has_to_be_surer() -> None:
    counts = Counts(20, 7)

    assert judged(counts).seen is Seen.FEWER
    assert judged(counts, compared=10).seen is Seen.CHANCE


def test_an_update_that_did_nothing_is_rarely_said_to_have_done_something(
    record_property: object,
) -> None:
    rng = np.random.default_rng(7)
    rates = np.array([3.0, 8.0, 20.0, 45.0])
    said = 0
    for _ in range(1_000):
        shape = rng.uniform(0.5, 1.5)  # the hour after is this much busier every day
        found = [
            judged(
                Counts(
                    int(rng.poisson(rate)),
                    int(rng.poisson(rate * shape)),
                    int(rng.poisson(5 * rate)),
                    int(rng.poisson(5 * rate * shape)),
                ),
                compared=len(rates),
            )
            for rate in rates
        ]
        said += any(effect.seen in (Seen.FEWER, Seen.MORE) for effect in found)
    record_property("figure", f"updates without effect said to have one: {said} of 1,000")  # type: ignore[operator]

    assert said <= 50


@pytest.mark.parametrize(
    ("previous", "following", "at", "length"),
    [
        (None, None, T + 9 * HOUR, 4 * HOUR),
        (T - 2 * HOUR, None, T + 9 * HOUR, 2 * HOUR),
        (T - 9 * HOUR, T + HOUR, T + 9 * HOUR, HOUR),
        (None, None, T + HOUR / 4, HOUR / 4),  # not over yet
    ],
)
def test_both_stretches_are_equal_and_hold_no_other_update(
    previous: datetime | None, following: datetime | None, at: datetime, length: timedelta
) -> None:
    assert stretch(T, previous, following, at=at) == length


def test_contacts_are_counted_by_scenario_on_both_sides_of_the_moment(shop: Parts) -> None:
    for n in range(4):
        cast.a_customer(shop, visitor=f"early-{n}").asks(PRICE if n else UNKNOWN)
    later(shop, minutes=30)
    update = say(shop)
    cast.a_customer(shop, visitor="late").asks(PRICE)  # at the very moment: after it
    clock_of(shop).forward(timedelta(hours=2))

    with shop.db.reading() as session:
        launch = launch_of(session)
        told = updates.of_launch(session, launch.id, at=shop.clock.now())
        found = of_updates(session, launch, told, at=shop.clock.now())[update]

    assert found.each == timedelta(hours=2)
    counts = [(row.title, row.effect.counts.before, row.effect.counts.after) for row in found.rows]
    assert (counts, found.quiet) == ([("", 4, 1)], 1)
    assert {row.effect.seen for row in found.rows} == {Seen.TOO_FEW}


def test_a_scenario_with_enough_contacts_has_a_row_of_its_own(shop: Parts) -> None:
    for n in range(10):
        cast.a_customer(shop, visitor=f"early-{n}").asks(PRICE)
    later(shop, minutes=30)
    update = say(shop)
    later(shop, hours=2)

    with shop.db.reading() as session:
        launch = launch_of(session)
        told = updates.of_launch(session, launch.id, at=shop.clock.now())
        found = of_updates(session, launch, told, at=shop.clock.now())[update]

    (whole, price) = found.rows
    assert (price.title, price.effect.counts.together) == ("The price is not the one I know", 10)
    assert whole.effect.counts == price.effect.counts


def test_just_after_an_update_nothing_is_said(shop: Parts) -> None:
    with shop.db.reading() as session:
        launch = launch_of(session)
        told = updates.of_launch(session, launch.id, at=cast.NOW)
        found = of_updates(session, launch, told, at=told[0].published_at + timedelta(minutes=20))

    assert found[told[0].id].rows == ()
