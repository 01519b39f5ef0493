"""How well questions are grouped without being told how many groups there are.

Questions arrive in random order. An out-of-scope question is a group of its own. *Online* is the
group each question was put into on arrival; *re-merged* is after the worker's job has run twice at
the end of the stream: groups that are one merged, then questions moved that fit another better.

    uv run python -m tests.benchmarks.grouped --data ../shared/data [--seeds 5]

prints the grouping's table alone, with the rule that ours replaced (nearest centroid at cosine
0.65, average link at 0.54), and streams of which half is one question. Those are made of training
questions, on which the constants were chosen: their rows show a tendency and are no test.
"""

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import mean, pstdev

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import track
from rich.table import Table

from knowledge.embedding import local
from knowledge.entries import Vectors as Matrix
from knowledge.grouping import NEWEST, Group, Member, merges, moves, nearest_group
from knowledge.traces import trace
from tests.benchmarks.figures import Bench, Figures
from tests.benchmarks.public_data import Asked, PublicSet, Vectors, load

Labels = npt.NDArray[np.int64]
CENTROID, AVERAGE = 0.65, 0.54  # cosines of the rule that ours replaced
ROUNDS = 2  # of the worker's job after the stream
NAMES = (
    ("b", "BANKING77 test"),
    ("c", "CLINC150 test + oos"),
    ("bx", "BANKING77, half one question"),
    ("cx", "CLINC150, half one question"),
)
ROWS = (
    ("ours", "{}V {}A", "{}mV {}mA"),
    ("nearest centroid, average link", "{}oV {}oA", "{}omV {}omA"),
    ("HDBSCAN, all at once", "", "{}hV {}hA"),
    ("k-means told the number, all at once", "", "{}kV {}kA"),
)


@dataclass
class Stream:
    """Questions being grouped one by one, as the desk does it with its tables."""

    groups: dict[str, Group] = field(default_factory=dict)
    members: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    traces: list[npt.NDArray[np.float32]] = field(default_factory=list)

    def ask(self, asked: npt.NDArray[np.float32]) -> None:
        """A question arrives and joins a group, or opens one."""
        near = nearest_group(asked, list(self.groups.values()), self._newest)
        group = near.with_member(asked) if near else Group(str(len(self.groups)), asked, 1)
        self.groups[group.key] = group
        self.members[group.key].append(len(self.traces))
        self.traces.append(asked)

    def regroup(self) -> None:
        """One round of the worker's job."""
        for kept, taken in merges(list(self.groups.values())):
            self.groups[kept] = self.groups[kept].with_group(self.groups.pop(taken))
            self.members[kept] += self.members.pop(taken)
        asked = [
            Member(str(number), key, self.traces[number])
            for key, numbers in self.members.items()
            for number in numbers
        ]
        for move in moves(list(self.groups.values()), asked):
            self.members[move.source].remove(int(move.member))
            self.members[move.target].append(int(move.member))
        self.members = defaultdict(list, {k: found for k, found in self.members.items() if found})
        self.groups = {key: self._group(key) for key in self.members}

    def labels(self) -> Labels:
        """The number of each question's group, in the order of arrival."""
        labels = np.empty(len(self.traces), dtype=np.int64)
        for key, numbers in self.members.items():
            labels[numbers] = int(key)
        return labels

    def _group(self, key: str) -> Group:
        found = [self.traces[number] for number in self.members[key]]
        return Group(key, np.sum(found, axis=0), len(found))

    def _newest(self, keys: Sequence[str]) -> Mapping[str, Matrix]:
        return {
            key: np.stack([self.traces[number] for number in self.members[key][-NEWEST:]])
            for key in keys
        }


def figures(bench: Bench, seed: int) -> Figures:
    """V-measure and adjusted Rand index, online and re-merged, beside HDBSCAN and k-means."""
    found: Figures = {}
    for letter, public in (("b", bench.banking), ("c", bench.clinc)):
        asked = arriving(public, seed)
        found |= ours(letter, bench.vectors, asked)
        matrix, truth = _seen(bench.vectors, asked)
        found |= _scored(f"{letter}h", truth, _by_density(matrix))
        found |= _scored(f"{letter}k", truth, _by_centres(matrix, len(public.intents), seed))
    return found


def ours(letter: str, vectors: Vectors, asked: Sequence[Asked]) -> Figures:
    """Ours alone on this stream, online and re-merged."""
    matrix, truth = _seen(vectors, asked)
    stream = Stream()
    for (question, _), vector in zip(asked, matrix, strict=True):
        stream.ask(trace(question, vector))
    online = stream.labels()
    for _ in range(ROUNDS):
        stream.regroup()
    return _scored(letter, truth, online) | _scored(f"{letter}m", truth, stream.labels())


def arriving(public: PublicSet, seed: int) -> list[Asked]:
    """The test questions in the order of this seed."""
    asked = public.customers()
    Random(seed).shuffle(asked)
    return asked


def half_alike(public: PublicSet, seed: int) -> list[Asked]:
    """A stream of training questions of which half are one intent, the rest any others."""
    random = Random(seed)
    often = random.choice(public.intents)
    asked: list[Asked] = [(question, often) for question in public.train[often]]
    others = [
        (q, intent) for intent in public.intents if intent != often for q in public.train[intent]
    ]
    asked += random.sample(others, len(asked))
    random.shuffle(asked)
    return asked


def _seen(vectors: Vectors, asked: Sequence[Asked]) -> tuple[Matrix, Labels]:
    known = vectors.of(question for question, _ in asked)
    names = [intent or question for question, intent in asked]
    matrix = np.stack([known[question] for question, _ in asked])
    return matrix, np.unique(names, return_inverse=True)[1]


def replaced(letter: str, vectors: Vectors, asked: Sequence[Asked]) -> Figures:
    """The rule that ours replaced: nearest centroid at cosine 0.65; average link at 0.54."""
    matrix, truth = _seen(vectors, asked)
    totals: list[npt.NDArray[np.float32]] = []
    labels = []
    for vector in matrix:
        stacked = np.stack(totals) if totals else np.zeros((1, len(vector)), dtype=np.float32)
        cosines = stacked @ vector / np.maximum(np.linalg.norm(stacked, axis=1), 1e-9)
        near = int(np.argmax(cosines))
        if cosines[near] >= CENTROID:
            totals[near] = totals[near] + vector
        else:
            near = len(totals)
            totals.append(vector)
        labels.append(near)
    online = np.array(labels)
    merged = _average_link(np.stack(totals), np.bincount(online))[online]
    return _scored(f"{letter}o", truth, online) | _scored(f"{letter}om", truth, merged)


def _average_link(totals: Matrix, counts: Labels) -> Labels:
    """The group each group ends in when the most alike are merged down to `AVERAGE`."""
    sizes, ends = counts.astype(np.float64), np.arange(len(counts))
    links = (totals @ totals.T).astype(np.float64) / np.outer(sizes, sizes)
    np.fill_diagonal(links, -1.0)
    while links.max() >= AVERAGE:
        kept, taken = divmod(int(links.argmax()), len(links))
        together = sizes[kept] * links[kept] + sizes[taken] * links[taken]
        links[kept] = links[:, kept] = together / (sizes[kept] + sizes[taken])
        links[taken] = links[:, taken] = links[kept, kept] = -1.0
        sizes[kept] += sizes[taken]
        ends[ends == taken] = kept
    return ends


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


def main() -> None:
    """Measures the grouping alone and prints its table."""
    arguments = _arguments()
    public = load(arguments.data)
    vectors = Vectors(local(arguments.cache), arguments.cache)
    bench = Bench(public["banking77"], public["clinc150"], vectors, {})
    per_seed = [_of_seed(bench, seed) for seed in track(range(arguments.seeds), "groups")]
    Console().print(_table(per_seed))


def _of_seed(bench: Bench, seed: int) -> Figures:
    found = figures(bench, seed)
    for letter, public in (("b", bench.banking), ("c", bench.clinc)):
        found |= replaced(letter, bench.vectors, arriving(public, seed))
        often = half_alike(public, seed)
        found |= ours(f"{letter}x", bench.vectors, often)
        found |= replaced(f"{letter}x", bench.vectors, often)
    return found


def _table(per_seed: Sequence[Figures]) -> Table:
    table = Table(title=f"Grouping, V / ARI in %, mean of {len(per_seed)} seeds (spread)")
    for heading in ("set", "rule", "online", "re-merged"):
        table.add_column(heading)
    for letter, name in NAMES:
        for rule, *cells in ROWS:
            names = [cell.format(*[letter] * 2).split() for cell in cells]
            if all(key in per_seed[0] for key in names[1]):
                table.add_row(name, rule, *[_shown(per_seed, keys) for keys in names])
    return table


def _shown(per_seed: Sequence[Figures], keys: Sequence[str]) -> str:
    columns = [[100 * each[key] for each in per_seed] for key in keys]
    return " / ".join(f"{mean(column):.1f} ({pstdev(column):.1f})" for column in columns)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with both public sets")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "hypercare")
    parser.add_argument("--seeds", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
