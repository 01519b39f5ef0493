"""Known neighbours: ways of one entry ask the same, so they lie close together under any embedder.

What the former embedder put next to each other and the new one does not, is lost. A good new one
loses few; a wrong one (another model under the name, a broken server) loses nearly all.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from knowledge.entries import Entry

if TYPE_CHECKING:
    from knowledge.entries import Vector

LOOKED_AT = 200  # ways of one launch, spread over its library
MAY_BE_LOST = 0.2  # of the known neighbours; a good embedder of another family loses under a tenth
FEW = 2  # so many may be lost in a library that has hardly any

Marks = npt.NDArray[np.bool_]


def kinship_lost(
    entries: Sequence[Entry], former: "Mapping[str, Vector]", now: "Mapping[str, Vector]"
) -> str:
    """Return, in words, that too many known neighbours were lost from ``former`` to ``now``.

    Empty when they were kept, and where there are no former vectors to compare with.
    """
    ways = [
        (number, way)
        for number, entry in enumerate(entries)
        for way in entry.ways()
        if way in former and way in now
    ]
    if not ways:
        return ""
    looked_at = np.unique(np.linspace(0, len(ways) - 1, LOOKED_AT).astype(int))
    before = _beside_kin(ways, former, looked_at)
    kept = before & _beside_kin(ways, now, looked_at)
    known, lost = int(before.sum()), int(before.sum() - kept.sum())
    if lost <= max(FEW, MAY_BE_LOST * known):
        return ""
    return f"{lost} of {known} phrasings no longer lie next to another one of their own entry."


def _beside_kin(
    ways: Sequence[tuple[int, str]],
    vectors: "Mapping[str, Vector]",
    looked_at: npt.NDArray[np.int_],
) -> Marks:
    """Return, for each way looked at, whether the nearest other text is one of its own entry's."""
    owners = np.array([number for number, _ in ways])
    texts = np.unique([way for _, way in ways], return_inverse=True)[1]
    matrix = np.array([vectors[way] for _, way in ways], dtype=np.float32)
    cosines = matrix[looked_at] @ matrix.T
    cosines[texts[looked_at][:, None] == texts[None, :]] = -np.inf  # itself, whoever asks it too
    return np.asarray(owners[cosines.argmax(axis=1)] == owners[looked_at])
