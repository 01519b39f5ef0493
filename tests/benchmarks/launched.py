"""Labelled questions to two launches, put to the assistant without a model.

Beside ours: the rule that answers with the nearest phrasing at a fixed cosine.
"""

from collections.abc import Sequence
from pathlib import Path

from knowledge.embedding import Embedder
from tests import labelled
from tests.benchmarks.figures import Figures
from tests.labelled import BANK, SHOP, Library, Seen

NEAREST_FROM = 0.70  # cosine at which the simple rule answers
SETS: tuple[tuple[Library, tuple[tuple[str, str], ...]], ...] = (
    (
        SHOP,
        (
            ("hard", "tune"),
            ("hard", "report"),
            ("hard_second", ""),
            ("contrast", "answerable"),
            ("contrast", "contrast"),
        ),
    ),
    (BANK, (("bank", "tune"), ("bank", "report"))),
)


def figures(folder: Path, embedder: Embedder) -> Figures:
    """Of every set: wrong answers of all questions; of the answerable, outright and solved."""
    found: Figures = {}
    for library, sets in SETS:
        house = folder / library.launch
        house.mkdir()
        with labelled.opened(library, house, embedder) as parts:
            for name, half in sets:
                asked = labelled.questions(name, half)
                found |= _told(f"{name} {half}".strip(), labelled.seen(parts, library, asked))
    return found


def _told(name: str, seen: Sequence[Seen]) -> Figures:
    answerable = [one for one in seen if one.asked.right]
    nearest = [max(one.matches, key=lambda match: match.cosine) for one in seen]
    pairs = list(zip(seen, nearest, strict=True))
    simple = [(one, near) for one, near in pairs if near.cosine >= NEAREST_FROM]
    wrong = sum(near.entry not in one.asked.right for one, near in simple)
    return {
        f"{name} wrong": sum(one.is_wrong for one in seen) / len(seen),
        f"{name} outright": sum(one.is_outright for one in answerable) / max(len(answerable), 1),
        f"{name} solved": sum(one.is_solved for one in answerable) / max(len(answerable), 1),
        f"{name} among three": sum(_among_three(one) for one in answerable)
        / max(len(answerable), 1),
        f"{name} nearest wrong": wrong / max(len(simple), 1),
    }


def _among_three(one: Seen) -> bool:
    return bool({match.entry for match in one.matches[:3]} & set(one.asked.right))
