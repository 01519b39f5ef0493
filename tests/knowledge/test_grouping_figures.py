"""How well grouping does on two public sets, where they are at hand.

The folder is `HYPERCARE_TEST_DATA`, or ``../shared/data`` beside the checkout.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import mean

import pytest

from knowledge.embedding import local
from tests.benchmarks import grouped
from tests.benchmarks.public_data import Vectors, load

HOUSE = Path(__file__).parents[2]
DATA = Path(os.environ.get("HYPERCARE_TEST_DATA") or HOUSE.parent / "shared" / "data")
SEEDS = range(2)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (DATA / "banking77").is_dir(), reason="needs HYPERCARE_TEST_DATA"),
]
FLOORS = {
    "banking77": (0.78, 0.43, 0.79, 0.455),
    "clinc150": (0.885, 0.535, 0.895, 0.60),
}
"""V and adjusted Rand index online, then re-merged; a little below what was measured."""


@pytest.mark.parametrize("name", FLOORS)
def test_grouping_keeps_to_its_floors(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    cache = Path(tempfile.gettempdir()) / "hypercare"
    public, vectors = load(DATA)[name], Vectors(local(cache), cache)

    found = [grouped.ours("", vectors, grouped.arriving(public, seed)) for seed in SEEDS]

    measured = [mean(each[key] for each in found) for key in ("V", "A", "mV", "mA")]
    record_property("figure", f"{name}: V / ARI online, re-merged: {measured}")
    assert all(is_ >= floor for is_, floor in zip(measured, FLOORS[name], strict=True)), measured
