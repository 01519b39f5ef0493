"""The command that says where the milliseconds go measures every stage of a real decision."""

from assistant.ground.parts import Parts
from tests.benchmarks.decision import STAGES, WARM_UP, figures
from tests.cast import EXPORT, LAUNCH, PRICE


def test_every_stage_is_measured_and_the_whole_is_more_than_its_dearest(shop: Parts) -> None:
    profile = figures(shop, LAUNCH, [PRICE, EXPORT] * WARM_UP)

    assert tuple(one.stage for one in profile.stages) == STAGES
    assert all(0 < one.p50 <= one.p95 for one in profile.stages)
    took = {one.stage: one.p50 for one in profile.stages}
    assert took["whole"] > took["decide"]
    assert profile.in_batch > 0
