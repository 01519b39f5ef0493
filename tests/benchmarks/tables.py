"""The figures laid out: goal, ours, whether it is reached, and the simple baseline beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, pstdev
from typing import Any

from rich.table import Table

from tests.benchmarks.figures import Figures

Parts = dict[str, list[Figures]]
"""Figures of every part, one mapping per seed; shares are 0 to 1."""

AT_MOST = frozenset({"wrong", "realised", "p50", "p95"})
"""Last words of the figures of which less is better."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what is measured, where it stands in the figures, and what it should be."""

    goal: str
    what: str
    part: str
    ours: tuple[str, ...]
    wanted: tuple[float | None, ...] = ()
    """In per cent, one per figure of ours; None where there is no goal."""
    baseline: tuple[str, ...] = ()
    beside: str = ""
    """What the baseline is."""
    scale: float = 100
    """From a figure to what is printed: 1 for milliseconds and counts."""


_SHARES = tuple(f"answered at {share}" for share in (0.01, 0.02, 0.05))
_COSINE = tuple(f"cosine at {share}" for share in (0.01, 0.02, 0.05))
_COLD, _CACHED = ("cold wrong", "cold answered"), ("cached wrong", "cached answered")
_CRC = ("bounded wrong", "bounded answered")
_CACHE = "semantic cache at cosine .60"
_NEAREST = "nearest phrasing"
_RULE = "wrong of its answers at cosine .70"


def _top1(what: str, part: str, name: str, wanted: float | None) -> Row:
    return Row("G1", what, part, (name,), (wanted,), (f"{name} nearest",), _NEAREST)


def _coverage(what: str, part: str, wanted: tuple[float, float, float]) -> Row:
    return Row("G3", what, part, _SHARES, wanted, _COSINE, _NEAREST)


def _cold(what: str, part: str, answered: float) -> Row:
    return Row("G4", what, part, _COLD, (2, answered), _CACHED, _CACHE)


def _grouped(what: str, name: str, wanted: tuple[float, float], beside: str) -> Row:
    other = f"{name[0]}{'h' if beside == 'HDBSCAN' else 'k'}"
    pairs = ((f"{name}V", f"{name}A"), (f"{other}V", f"{other}A"))
    return Row("G9", what, "groups", pairs[0], wanted, pairs[1], beside)


def _labelled(what: str, name: str) -> Row:
    return Row(
        "G7b",
        f"{what}: wrong of all; of the answerable solved, outright, among three",
        "launches",
        tuple(f"{name} {each}" for each in ("wrong", "solved", "outright", "among three")),
        (1, 80, None, None),
        (f"{name} nearest wrong",),
        _RULE,
    )


def _speed(entries: int, p50: float, p95: float) -> Row:
    what = f"{entries:,} entries, eight ways each: p50, p95 in ms; a second in a batch"
    names = ("p50", "p95", "in batch")
    return Row("G10", what, f"speed {entries}", names, (p50, p95, 80), scale=1)


def _saved(name: str, key: str) -> Row:
    what = f"{name}, 10,000 questions, 90 % repeats by meaning: calls saved; wrong by reuse"
    wanted = (90, None)
    return Row("G12", what, "selector", (f"{key} saved, all", f"{key} wrong share"), wanted)


def _learnt(name: str, key: str) -> Row:
    figures = tuple(f"{key} after {each}" for each in ("first", "at 1", "at 2"))
    before = tuple(f"{key} before {each}" for each in ("first", "at 1", "at 2"))
    what = f"{name}, half the stream confirmed, the other half: right first; answered at 1, 2 %"
    return Row("learning", what, "learning", figures, (None, None, None), before, "before")


_K_MEANS = "k-means, their number known"

ROWS: tuple[Row, ...] = (
    _top1("BANKING77 top-1, 5 phrasings", "banking", "five", 81),
    _top1("BANKING77 top-1, 10 phrasings", "banking", "ten", 86.5),
    _top1("BANKING77 top-1, all phrasings", "whole", "banking", 94),
    Row("G1", "BANKING77 top-3, 10 phrasings", "banking", ("ten top-3",), (96,)),
    _top1("CLINC150 top-1, 10 phrasings", "clinc", "ten", None),
    Row(
        goal="G2",
        what="CLINC150, all phrasings: in scope right at out-of-scope recall .80, .90",
        part="whole",
        ours=("inside at 0.8", "inside at 0.9"),
        wanted=(94, 91.5),
        baseline=("regression at 0.8", "regression at 0.9"),
        beside="logistic regression, largest probability",
    ),
    _coverage("CLINC150, all phrasings: answered at 1, 2, 5 % wrong", "whole", (70, 83, 92)),
    _coverage("CLINC150, 10 phrasings: the same", "clinc", (45, 60, 78)),
    _coverage("BANKING77, 10 phrasings: the same", "banking", (35, 58, 76)),
    _cold("CLINC150, 10, as shipped: wrong of the answered, answered", "clinc", 30),
    _cold("BANKING77, 10, a quarter unknown: the same", "unknown", 42),
    Row("G5", "CLINC150, 10, 200 labels, 1 %: wrong of all, answered", "clinc", _CRC, (1, 54)),
    Row("G5", "BANKING77, 10, a quarter unknown: the same", "unknown", _CRC, (1, 40)),
    Row("G6", "CLINC150, 10: solved with at most one question", "clinc", ("solved",), (86,)),
    Row("G6", "BANKING77, 10: the same", "banking", ("solved",), (92,)),
    Row(
        goal="G7",
        what="minimal pairs: wrong of the contrasts; of the answerable answered or recognised",
        part="launches",
        ours=("contrast contrast wrong", "contrast answerable solved"),
        wanted=(0, 90),
        baseline=("contrast contrast nearest wrong",),
        beside=_RULE,
    ),
    _labelled("shop, hard set, half looked at", "hard tune"),
    _labelled("shop, hard set, other half", "hard report"),
    _labelled("shop, second hard set", "hard_second"),
    _labelled("bank, half looked at", "bank tune"),
    _labelled("bank, other half", "bank report"),
    Row(
        goal="G8",
        what="BANKING77, 10, 30 % of the words mistyped",
        part="banking",
        ours=("typed",),
        wanted=(82.5,),
        baseline=("typed nearest",),
        beside=_NEAREST,
    ),
    _grouped("BANKING77 test, online: V, ARI", "b", (81, 45), "HDBSCAN"),
    _grouped("BANKING77 test, re-merged: V, ARI", "bm", (82, 50), _K_MEANS),
    _grouped("CLINC150 test + out of scope, online: V, ARI", "c", (90, 60), "HDBSCAN"),
    _grouped("CLINC150 test + out of scope, re-merged: V, ARI", "cm", (90.5, 63), _K_MEANS),
    _speed(1_000, 12, 30),
    _speed(10_000, 25, 60),
    _saved("BANKING77", "banking77"),
    _saved("CLINC150", "clinc150"),
    _learnt("CLINC150", "clinc150"),
    _learnt("BANKING77, a quarter unknown", "banking77"),
)
"""Everything that is printed, in this order; lines without figures are left out."""


def shown(parts: Parts) -> Table:
    """The table for a terminal."""
    table = Table(title=f"Answer engine, mean of {_seeds(parts)} seeds (spread), in %")
    for heading in ("", "figure", "goal", "ours", "reached", "simple baseline"):
        table.add_column(heading)
    for cells in _cells(parts):
        table.add_row(*cells)
    return table


def as_markdown(parts: Parts) -> str:
    """The same as a Markdown table."""
    lines = ["| | figure | goal | ours | reached | simple baseline |", "|---|---|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(cells)} |" for cells in _cells(parts))]) + "\n"


def as_json(parts: Parts) -> list[dict[str, Any]]:
    """Every line with its figures, means and spreads as shares from 0 to 1."""
    return [
        {
            "goal": row.goal,
            "what": row.what,
            "wanted": [None if each is None else each / row.scale for each in row.wanted],
            "ours": _summary(parts[row.part], row.ours),
            "baseline": _summary(parts[row.part], row.baseline),
            "beside": row.beside,
            "reached": reached(row, parts[row.part]),
        }
        for row in _present(parts)
    ]


def reached(row: Row, seeds: Sequence[Figures]) -> bool | None:
    """Whether every figure that has a goal meets it; None where none has one."""
    pairs = [
        (name, wanted, row.scale * mean(each[name] for each in seeds))
        for name, wanted in zip(row.ours, row.wanted, strict=True)
        if wanted is not None
    ]
    if not pairs:
        return None
    return all(
        found <= wanted if name.split()[-1] in AT_MOST else found >= wanted
        for name, wanted, found in pairs
    )


def mean_of(parts: Parts, part: str, name: str) -> float:
    """One figure, the mean over the seeds. Raises KeyError where it was not measured."""
    return mean(each[name] for each in parts[part])


def _present(parts: Parts) -> list[Row]:
    return [row for row in ROWS if row.part in parts]


def _seeds(parts: Parts) -> int:
    return max(len(seeds) for seeds in parts.values())


def _cells(parts: Parts) -> list[list[str]]:
    return [
        [
            row.goal,
            row.what,
            " / ".join("–" if each is None else f"{each:g}" for each in row.wanted),
            " / ".join(_words(parts[row.part], name, row.scale) for name in row.ours),
            {True: "yes", False: "no", None: ""}[reached(row, parts[row.part])],
            _beside(row, parts[row.part]),
        ]
        for row in _present(parts)
    ]


def _beside(row: Row, seeds: Sequence[Figures]) -> str:
    values = " / ".join(_words(seeds, name, row.scale) for name in row.baseline)
    return f"{values} ({row.beside})" if values else ""


def _words(seeds: Sequence[Figures], name: str, scale: float) -> str:
    values = [scale * each[name] for each in seeds]
    return f"{mean(values):.1f}" + (f" ({pstdev(values):.1f})" if len(values) > 1 else "")


def _summary(seeds: Sequence[Figures], names: Sequence[str]) -> Mapping[str, Mapping[str, float]]:
    found = {name: [each[name] for each in seeds] for name in names}
    return {name: {"mean": mean(each), "spread": pstdev(each)} for name, each in found.items()}
