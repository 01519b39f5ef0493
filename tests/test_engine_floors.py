"""No figure of the answer engine falls below its floor.

Needs the public sets: in the folder that HYPERCARE_TEST_DATA names, or in `shared/data` beside the
checkout; skips where there are none. Floors lie a little under what was measured, so that another
machine's rounding does not break a build.
"""

import os
from pathlib import Path

import pytest

from tests.benchmarks import tables
from tests.benchmarks.engine import measured_at_once, works

BESIDE = Path(__file__).parents[2] / "shared" / "data"
DATA = Path(os.environ.get("HYPERCARE_TEST_DATA") or BESIDE)
PROCESSES = os.cpu_count() or 1

pytestmark = pytest.mark.skipif(
    not (DATA / "banking77").is_dir(), reason="the public sets are not at hand"
)

QUICK: dict[tuple[str, str], float] = {
    ("banking", "five"): 0.79,
    ("banking", "ten"): 0.85,
    ("banking", "ten top-3"): 0.94,
    ("banking", "typed"): 0.80,
    ("banking", "answered at 0.05"): 0.68,
    ("banking", "solved"): 0.92,
    ("clinc", "answered at 0.02"): 0.52,
    ("clinc", "answered at 0.05"): 0.70,
    ("clinc", "solved"): 0.88,
    ("clinc", "cold answered"): 0.28,
    ("unknown", "cold answered"): 0.22,
    ("clinc", "bounded answered"): 0.50,
    ("launches", "contrast answerable solved"): 0.90,
    ("launches", "bank report solved"): 0.70,
    ("launches", "hard report solved"): 0.70,
    ("launches", "hard_second solved"): 0.60,
}
"""At least these, of one seed and a part of the customers."""

QUICK_MOST: dict[tuple[str, str], float] = {
    ("clinc", "cold wrong"): 0.02,
    ("unknown", "cold wrong"): 0.035,
    ("clinc", "bounded wrong"): 0.0125,
    ("unknown", "bounded wrong"): 0.0125,
    ("launches", "contrast contrast wrong"): 0.01,
    ("launches", "hard report wrong"): 0.01,
    ("launches", "hard_second wrong"): 0.01,
    ("launches", "bank report wrong"): 0.01,
}
"""At most these."""

FULL: dict[tuple[str, str], float] = {
    ("banking", "five"): 0.80,
    ("banking", "ten"): 0.86,
    ("whole", "banking"): 0.935,
    ("banking", "ten top-3"): 0.953,
    ("whole", "inside at 0.8"): 0.93,
    ("whole", "inside at 0.9"): 0.90,
    ("clinc", "answered at 0.02"): 0.57,
    ("banking", "answered at 0.02"): 0.55,
    ("clinc", "bounded answered"): 0.53,
    ("unknown", "bounded answered"): 0.38,
    ("clinc", "solved"): 0.90,
    ("banking", "solved"): 0.93,
    ("banking", "typed"): 0.815,
}
FULL_MOST: dict[tuple[str, str], float] = {
    ("clinc", "cold wrong"): 0.015,
    ("unknown", "cold wrong"): 0.025,
    ("clinc", "bounded wrong"): 0.0105,
    ("unknown", "bounded wrong"): 0.0105,
}


def test_a_quick_run_stays_above_its_floors(graphs: Path) -> None:
    parts = measured_at_once(works(DATA, graphs, seeds=1, quick=True), PROCESSES)

    assert _fallen(parts, QUICK, QUICK_MOST) == []


@pytest.mark.slow
def test_a_full_run_stays_above_its_floors(graphs: Path) -> None:
    parts = measured_at_once(works(DATA, graphs, seeds=5, quick=False), PROCESSES)

    assert _fallen(parts, FULL, FULL_MOST) == []


def _fallen(
    parts: tables.Parts,
    least: dict[tuple[str, str], float],
    most: dict[tuple[str, str], float],
) -> list[str]:
    below = [
        f"{name}: {found:.3f} < {floor}"
        for (part, name), floor in least.items()
        if (found := tables.mean_of(parts, part, name)) < floor
    ]
    above = [
        f"{name}: {found:.3f} > {ceiling}"
        for (part, name), ceiling in most.items()
        if (found := tables.mean_of(parts, part, name)) > ceiling
    ]
    return below + above
