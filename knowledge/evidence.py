"""What the certainty model looks at: about two dozen numbers on one question and its winner.

Every number is defined for every shelf, also for one with a single entry: then the runner-up
counts as nothing (0), which is what it is.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from knowledge.lexical import Floats, WordIndex, stems
from knowledge.ranking import Scores

NEAR = 10
"""Ways that make up a question's neighbourhood."""


def of_winner(
    question: str,
    nearest: str,
    scores: Scores,
    winner: int,
    words: WordIndex,
) -> dict[str, float]:
    """Evidence that holds with and without vectors.

    `winner` is the winner's position among the candidates, `nearest` its nearest way.
    """
    asked = stems(question)
    found = {
        "unknown": words.unknown_share(asked),
        "overlap": _overlap(asked, stems(nearest), words),
        **_standings({"total": scores.total(), **scores.legs()}, winner),
    }
    found["words_entropy"] = _entropy(scores.words)
    if scores.by_meaning is not None:
        found["entropy"] = _entropy(scores.by_meaning.log_p)
    return found


def beside_its_ways(cosine: float, kinship: Floats, nearest: int) -> Mapping[str, float]:
    """How near the question is, measured by how near the winner's ways are to one another.

    `kinship` is each way's cosine with its nearest sibling, `nearest` the position of the way
    that is nearest to the question. The same cosine says more where the ways lie far apart.
    """
    return {
        "beside_way": cosine - float(kinship[nearest]),
        "beside_entry": cosine - float(kinship.mean()),
    }


def density(similarities: Floats) -> float:
    """How crowded it is around the question: mean similarity of the nearest ways of any entry."""
    count = min(NEAR, len(similarities))
    return float(np.partition(similarities, -count)[-count:].mean()) if count else 0.0


def _standings(legs: Mapping[str, Floats], winner: int) -> dict[str, float]:
    """Each score's value for the winner, its lead over the best other, and whether it agrees."""
    every = np.stack(list(legs.values()))
    values = every[:, winner].tolist()
    every[:, winner] = -np.inf
    rivals = every.max(axis=1).tolist() if every.shape[1] > 1 else [0.0] * len(legs)
    found: dict[str, float] = {}
    for name, value, rival in zip(legs, values, rivals, strict=True):
        found[name] = value
        found[f"{name}_margin"] = value - rival
        found[f"{name}_agrees"] = float(value >= rival)
    return found


def _entropy(log_p: Floats) -> float:
    """How undecided a head is between all entries, in nats."""
    return float(-(np.exp(log_p) * log_p).sum())


def _overlap(asked: Sequence[str], way: Sequence[str], words: WordIndex) -> float:
    """Weighted Jaccard overlap of the question with the nearest way: 1 when the words coincide."""
    one, other = set(asked), set(way)
    union = sum(words.weight(word) for word in one | other)
    return sum(words.weight(word) for word in one & other) / union if union > 0 else 0.0
