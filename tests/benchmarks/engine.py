"""Prints how good the answer engine is, beside its goals and simple baselines.

    uv run python -m tests.benchmarks.engine --data ../shared/data [--seeds 5] [--quick]

Protocol: an intent plays an approved entry, ten (or five, or all) of its training questions are
the entry's phrasings, the test questions are customers. The certainty model is always the one
that was learnt on the other set. Shelves are compiled patiently, as a launch's are in the
background. The mean over the seeds is printed, with the spread where there are several.

Not untouched by these sets: the ranking's small weight for words, the penalty and the features
of the certainty model, T_ASK and the grouping's thresholds were chosen with both in sight.
"""

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, pstdev

from rich.console import Console
from rich.progress import track
from rich.table import Table

from knowledge.certainty import read_models
from knowledge.embedding import local
from tests.benchmarks import figures, grouped
from tests.benchmarks.figures import Bench, Figures
from tests.benchmarks.public_data import Vectors, load
from tests.benchmarks.train_certainty import OTHER_SET

_AT = ("answered at 0.01", "answered at 0.02", "answered at 0.05")
_COSINE = ("cosine at 0.01", "cosine at 0.02", "cosine at 0.05")
_COLD, _CACHED = ("cold wrong", "cold answered"), ("cached wrong", "cached answered")
_BOUNDED = ("bounded wrong", "bounded answered")

Row = tuple[str, str, str, str, tuple[str, ...], tuple[str, ...]]
"""Goal, what is measured, the goal's figure, the part it is from, our figures, the baseline's."""

ROWS: tuple[Row, ...] = (
    ("G1", "BANKING77 top-1, 5 phrasings", "81", "banking", ("five",), ("five nearest",)),
    ("G1", "BANKING77 top-1, 10 phrasings", "86.5", "banking", ("ten",), ("ten nearest",)),
    ("G1", "BANKING77 top-1, all phrasings", "94", "whole", ("banking",), ("banking nearest",)),
    ("G1", "BANKING77 top-3, 10 phrasings", "96", "banking", ("ten top-3",), ()),
    ("G1", "CLINC150 top-1, 10 phrasings", "", "clinc", ("ten",), ("ten nearest",)),
    (
        *("G2", "CLINC150 all, in scope right at out-of-scope recall .80 / .90", "94 / 91.5"),
        *("whole", ("inside at 0.8", "inside at 0.9"), ("regression at 0.8", "regression at 0.9")),
    ),
    ("G3", "CLINC150 all, answered at 1 / 2 / 5 % wrong", "70 / 83 / 92", "whole", _AT, _COSINE),
    ("G3", "CLINC150 10, the same", "45 / 60 / 78", "clinc", _AT, _COSINE),
    ("G3", "BANKING77 10, the same", "35 / 58 / 76", "banking", _AT, _COSINE),
    ("G4", "CLINC150 10, shipped: wrong, answered", "2 / 30", "clinc", _COLD, _CACHED),
    ("G4", "BANKING77 10, 25 % unknown, the same", "2 / 42", "unknown", _COLD, _CACHED),
    ("G5", "CLINC150 10, 200 labels, 1 %: wrong of all, answered", "1 / 54", "clinc", _BOUNDED, ()),
    ("G5", "BANKING77 10, 25 % unknown, the same", "1 / 40", "unknown", _BOUNDED, ()),
    ("G6", "CLINC150 10, solved with one question", "86", "clinc", ("solved",), ()),
    ("G6", "BANKING77 10, solved with one question", "92", "banking", ("solved",), ()),
    (
        "G8",
        "BANKING77 10, 30 % of words mistyped",
        "82.5",
        "banking",
        ("typed",),
        ("typed nearest",),
    ),
    ("G9", "BANKING77 test, V / ARI online", ".81 / .45", "groups", ("bV", "bA"), ("bhV", "bhA")),
    (
        "G9",
        "BANKING77 test, V / ARI re-merged",
        ".82 / .50",
        "groups",
        ("bmV", "bmA"),
        ("bkV", "bkA"),
    ),
    (
        "G9",
        "CLINC150 test + oos, V / ARI online",
        ".90 / .60",
        "groups",
        ("cV", "cA"),
        ("chV", "chA"),
    ),
    (
        "G9",
        "CLINC150 test + oos, re-merged",
        ".905 / .63",
        "groups",
        ("cmV", "cmA"),
        ("ckV", "ckA"),
    ),
)


def main() -> None:
    """Measures everything and prints one table."""
    arguments = _arguments()
    public = load(arguments.data)
    others = json.loads(OTHER_SET.read_text(encoding="utf-8"))["for"]
    bench = Bench(
        public["banking77"],
        public["clinc150"],
        Vectors(local(arguments.cache), arguments.cache),
        {name: read_models(models)["dense"] for name, models in others.items()},
    )
    seeds = range(1 if arguments.quick else arguments.seeds)
    per_seed = {"banking": figures.of_banking, "clinc": figures.of_clinc}
    parts: dict[str, list[Figures]] = {
        name: [measure(bench, seed) for seed in track(seeds, name)]
        for name, measure in {**per_seed, "unknown": figures.of_unknown}.items()
    }
    if not arguments.quick:
        parts["whole"] = [figures.of_everything(bench)]
        parts["groups"] = [grouped.figures(bench, seed) for seed in track(seeds, "groups")]
    Console().print(_table(parts, len(seeds)))


def _table(parts: Mapping[str, Sequence[Figures]], seeds: int) -> Table:
    table = Table(title=f"Answer engine, mean of {seeds} seeds (spread), shares in %")
    for heading in ("", "figure", "goal", "ours", "simple baseline"):
        table.add_column(heading)
    for goal, what, target, part, ours, baseline in ROWS:
        if part in parts:
            found = [_shown(parts[part], names) for names in (ours, baseline)]
            table.add_row(goal, what, target, *found)
    return table


def _shown(figures_of: Sequence[Figures], names: Sequence[str]) -> str:
    return " / ".join(_mean_and_spread([each[name] for each in figures_of]) for name in names)


def _mean_and_spread(values: Sequence[float]) -> str:
    middle = f"{100 * mean(values):.1f}"
    return middle if len(values) == 1 else f"{middle} ({100 * pstdev(values):.1f})"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with both public sets")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "hypercare")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one seed, without the long parts")
    return parser.parse_args()


if __name__ == "__main__":
    main()
