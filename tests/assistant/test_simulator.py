"""A launch in compressed time: the same customers, with and without what Hypercare adds."""

from datetime import timedelta
from pathlib import Path

from assistant import demo
from assistant.demo import crowd
from assistant.demo.outcomes import Outcome, Switches, criteria_for
from knowledge.embedding import Embedder
from tests import cast

WAYS = {"price": ("Why is it more?", "It costs more"), "card": ("Why confirm my card?",)}
GAPS = {"gap-1": ("Do you sell tea pots?",)}
NUMBER = 14


def played(folder: Path, embedder: Embedder, switches: Switches) -> Outcome:
    folder.mkdir()
    parts = cast.empty_house(folder)
    parts.close()
    parts = cast.parts_in(folder, embedder=embedder)
    try:
        return demo.simulate(
            parts,
            days=2,
            customers=NUMBER,
            seed=3,
            switches=switches,
            step=lambda words, share: None,
        )
    finally:
        parts.close()


def test_the_same_customers_need_fewer_people_with_everything_on(
    tmp_path: Path, embedder: Embedder
) -> None:
    with_, without = (
        played(tmp_path / name, embedder, switches)
        for name, switches in (("with", Switches()), ("without", Switches(False, False, False)))
    )
    assert with_.answered > 0
    assert without.answered == 0
    assert without.contacts >= NUMBER - without.stayed_away
    assert with_.tickets < without.tickets
    assert len(with_.stages) == len(without.stages) == 2
    assert with_.calm_on is None  # two days are not five


def test_the_crowd_is_the_same_for_the_same_seed_and_asks_the_first_days_most() -> None:
    first, again, other = (
        crowd.visits(WAYS, GAPS, customers=400, days=14, seed=seed) for seed in (5, 5, 6)
    )
    assert first == again
    assert first != other
    assert [v.after for v in first] == sorted(v.after for v in first)
    early = sum(v.after < timedelta(days=3) for v in first)
    assert 0.4 < early / 400 < 0.75
    unknown = sum(v.about in GAPS for v in first)
    assert 0.15 < unknown / 400 < 0.35
    assert all(timedelta() <= v.after < timedelta(days=14) for v in first)


def test_a_launch_with_more_customers_may_have_more_of_what_is_counted_and_no_longer_waits() -> (
    None
):
    few, many = criteria_for(200), criteria_for(3_000)
    assert [each["value"] for each in few] == [60, 20, 3]
    assert [each["value"] for each in many] == [60, 60, 9]


def test_some_ask_as_in_normal_times_on_every_day_and_the_newness_wears_off() -> None:
    crowd_ = crowd.visits(WAYS, GAPS, customers=1_000, days=14, seed=7)
    per_day = [sum(v.after.days == day for v in crowd_) for day in range(14)]
    usual = [sum(v.heeds == crowd.NEVER for v in crowd_ if v.after.days == d) for d in range(14)]
    assert usual == [12] * 14
    assert per_day[0] > 5 * per_day[-1] > 5 * 12
    assert len(crowd_) == 1_000 + 14 * 12
