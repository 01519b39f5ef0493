"""How well questions are grouped without being told how many groups there are.

Questions arrive in random order. An out-of-scope question is a group of its own.
"""

from random import Random

import numpy as np
import numpy.typing as npt

from knowledge.entries import Vectors as Matrix
from knowledge.grouping import Group, merges, nearest_group
from tests.benchmarks.figures import Bench, Figures
from tests.benchmarks.public_data import PublicSet

Labels = npt.NDArray[np.int64]


def figures(bench: Bench, seed: int) -> Figures:
    """V-measure and adjusted Rand index, online and re-merged, beside HDBSCAN and k-means."""
    found: Figures = {}
    for letter, public in (("b", bench.banking), ("c", bench.clinc)):
        matrix, truth = _arriving(bench, public, seed)
        online, groups = _online(matrix)
        found |= _scored(letter, truth, online)
        found |= _scored(f"{letter}m", truth, _merged(online, groups))
        found |= _scored(f"{letter}h", truth, _by_density(matrix))
        found |= _scored(f"{letter}k", truth, _by_centres(matrix, len(public.intents), seed))
    return found


def _arriving(bench: Bench, public: PublicSet, seed: int) -> tuple[Matrix, Labels]:
    asked = public.customers()
    Random(seed).shuffle(asked)
    known = bench.vectors.of(question for question, _ in asked)
    names = [intent or question for question, intent in asked]
    matrix = np.stack([known[question] for question, _ in asked])
    return matrix, np.unique(names, return_inverse=True)[1]


def _online(matrix: Matrix) -> tuple[Labels, dict[str, Group]]:
    groups: dict[str, Group] = {}
    labels = []
    for vector in matrix:
        near = nearest_group(vector, list(groups.values()))
        group = near.with_member(vector) if near else Group(str(len(groups)), vector, 1)
        groups[group.key] = group
        labels.append(int(group.key))
    return np.array(labels), groups


def _merged(labels: Labels, groups: dict[str, Group]) -> Labels:
    taken = {int(other): int(kept) for kept, other in merges(list(groups.values()))}
    return np.array([_followed(label, taken) for label in labels])


def _followed(label: int, taken: dict[int, int]) -> int:
    while label in taken:
        label = taken[label]
    return label


def _by_density(matrix: Matrix) -> Labels:
    from sklearn.cluster import HDBSCAN

    labels = HDBSCAN(min_cluster_size=5, copy=True).fit_predict(matrix).astype(np.int64)
    alone = labels < 0
    labels[alone] = labels.max() + 1 + np.arange(alone.sum())
    return labels


def _by_centres(matrix: Matrix, count: int, seed: int) -> Labels:
    from sklearn.cluster import KMeans

    return np.asarray(KMeans(count, n_init=1, random_state=seed).fit_predict(matrix))


def _scored(name: str, truth: Labels, labels: Labels) -> Figures:
    from sklearn.metrics import adjusted_rand_score, v_measure_score

    return {
        f"{name}V": float(v_measure_score(truth, labels)),
        f"{name}A": float(adjusted_rand_score(truth, labels)),
    }
