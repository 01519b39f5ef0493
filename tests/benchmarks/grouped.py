"""How well questions are grouped without being told how many groups there are."""

from random import Random

import numpy as np
import numpy.typing as npt

from knowledge.entries import Vectors as Matrix
from knowledge.grouping import Group, merges, nearest_group
from tests.benchmarks.figures import Bench, Figures
from tests.benchmarks.public_data import PublicSet

OUT_OF_SCOPE = "out of scope"
Labels = npt.NDArray[np.int64]


def figures(bench: Bench, seed: int) -> Figures:
    """V-measure and adjusted Rand index, online and re-merged, beside HDBSCAN and k-means."""
    found: Figures = {}
    for letter, public in (("b", bench.banking), ("c", bench.clinc)):
        matrix, truth = _arriving(bench, public, seed)
        online = grouped(matrix)
        ways = {
            "": online.labels,
            "m": online.merged(),
            "h": _by_density(matrix),
            "k": _by_centres(matrix, len(set(truth)), seed),
        }
        for way, labels in ways.items():
            found |= _scored(f"{letter}{way}", truth, labels)
    return found


class grouped:  # noqa: N801
    """placeholder"""
