"""Measures what agents' verdicts teach: half of the customers confirmed, the other half asked.

    uv run python -m tests.benchmarks.learning --data ../shared/data [--seeds 3]

Protocol: entries have ten phrasings, as elsewhere; of BANKING77 a quarter of the intents has no
entry. The first half of the customers comes in portions, each put to what was learnt from those
before it. What is found right becomes a confirmed phrasing. Where it is wrong, the question counts
against what was found first, and is confirmed for one of the two runners-up when that is right: an
agent would send it. The other half is then put to the shelf as it was and as it became.

The certainty model is the one that was learnt on the other set. "Recalibrated" corrects it with
the verdicts of the first half, each given before anything was learnt from it, all of them or 100.
Unknown intents come back in the other half, as they do for a team: part of what is gained comes
from knowing what is not answered.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.library.lessons import MOST
from knowledge.calibration import answering_from, recalibrated
from knowledge.certainty import T_AUTO, WITH_COUNTER, read_models
from knowledge.embedding import local
from knowledge.entries import Entry
from knowledge.guarantee import Labelled
from tests.benchmarks import measures
from tests.benchmarks.figures import Bench, Figures
from tests.benchmarks.measures import Judged
from tests.benchmarks.observed import Observation, observe
from tests.benchmarks.public_data import Asked, PublicSet, Vectors, load
from tests.benchmarks.train_certainty import OTHER_SET

PORTIONS = 5
SHOWN = 3  # suggestions on an agent's card
FEW = 100  # labels of a launch's first days

ROWS = (
    ("right entry first, of the answerable", "first"),
    ("answered right at 1 % wrong among answered", "at 1"),
    ("answered right at 2 % wrong among answered", "at 2"),
    ("shipped threshold: wrong among answered", "wrong"),
    ("shipped threshold: wrong of all asked", "wrong of all"),
    ("shipped threshold: answered right", "answered"),
    ("solved with one question, 1 % wrong of all", "solved"),
)
THEN = (
    ("recalibrated: wrong among answered", "wrong"),
    ("recalibrated: wrong of all asked", "wrong of all"),
    ("recalibrated: answered right", "answered"),
    (f"recalibrated from {FEW}: wrong among answered", "few wrong"),
    (f"recalibrated from {FEW}: answered right", "few answered"),
)


@dataclass(frozen=True)
class Lessons:
    """What one portion of the customers taught, as texts by entry."""

    confirmed: dict[str, list[str]]
    wrong: dict[str, list[str]]

    def added_to(self, entry: Entry, drawn: Entry) -> Entry:
        """The entry with the newest lessons first and at most as many as the product keeps."""
        ways = [*self.confirmed.get(entry.id, []), *entry.phrasings[len(drawn.phrasings) :]]
        counters = [*self.wrong.get(entry.id, []), *entry.not_for]
        return replace(
            entry,
            phrasings=(*drawn.phrasings, *ways[:MOST]),
            not_for=tuple(counters[:MOST]),
        )


def taught_by(seen: Sequence[Observation], asked: Sequence[Asked]) -> Lessons:
    """What agents say of these questions."""
    found = Lessons({}, {})
    for each, (question, _) in zip(seen, asked, strict=True):
        shown = [match.entry for match in each.finding.matches[:SHOWN]]
        if not each.right:
            found.wrong.setdefault(shown[0], []).append(question)
        if each.answer is not None and each.answer in shown:
            found.confirmed.setdefault(each.answer, []).append(question)
    return found


def figures(bench: Bench, seed: int) -> Figures:
    """One seed on both sets; names are the set's key, "before", "after" or "then", the figure."""
    found: Figures = {}
    for public, without in ((bench.clinc, ()), (bench.banking, bench.without(seed))):
        found |= {f"{public.key} {name}": v for name, v in _of(bench, public, seed, without)}
    return found


def _of(
    bench: Bench, public: PublicSet, seed: int, without: Sequence[str]
) -> list[tuple[str, float]]:
    customers = public.customers(without)
    Random(seed).shuffle(customers)
    half = len(customers) // 2
    drawn = public.entries(10, seed, without)
    before = _asked(bench, public, drawn, customers[half:])
    entries, labels = _learnt(bench, public, drawn, customers[:half])
    after = _asked(bench, public, entries, customers[half:])
    return [
        *((f"before {name}", value) for name, value in _figures(before).items()),
        *((f"after {name}", value) for name, value in _figures(after).items()),
        *((f"then {name}", value) for name, value in _recalibrated(after, labels, seed).items()),
    ]


def _learnt(
    bench: Bench, public: PublicSet, drawn: Sequence[Entry], customers: Sequence[Asked]
) -> tuple[list[Entry], list[Labelled]]:
    """The entries after the whole stream, and every verdict with the certainty of its moment."""
    entries, labels = list(drawn), []
    for portion in np.array_split(np.arange(len(customers)), PORTIONS):
        asked = [customers[at] for at in portion]
        seen = observe(entries, asked, bench.vectors, patient=True)
        judged = _judged(bench, public, seen)
        labels += [
            Labelled(float(sure), each.right)
            for each, sure in zip(seen, judged.sure, strict=True)
            if each.finding.counter is None
        ]
        lessons = taught_by(seen, asked)
        entries = [lessons.added_to(*pair) for pair in zip(entries, drawn, strict=True)]
    return entries, labels


def _asked(
    bench: Bench, public: PublicSet, entries: Sequence[Entry], customers: Sequence[Asked]
) -> Judged:
    return _judged(bench, public, observe(entries, customers, bench.vectors, patient=True))


def _judged(bench: Bench, public: PublicSet, seen: Sequence[Observation]) -> Judged:
    """As the shelf would say it: a counter-phrasing that is nearer holds certainty down."""
    judged = bench.judged(public, seen)
    countered = np.array([each.finding.counter is not None for each in seen])
    most = np.where(countered, WITH_COUNTER, 1.0)
    return replace(judged, sure=np.minimum(judged.sure, most))


def _figures(judged: Judged) -> Figures:
    return {
        "first": float(judged.right[judged.inside].mean()),
        "at 1": measures.answered_at(judged, 0.01),
        "at 2": measures.answered_at(judged, 0.02),
        **_answering_from(T_AUTO, judged),
        "solved": measures.solved_with_one_question(judged, 0.01),
    }


def _recalibrated(judged: Judged, labels: Sequence[Labelled], seed: int) -> Figures:
    """At the shipped threshold as these labels, and as a few of them, correct it."""
    few = Random(seed).sample(list(labels), min(FEW, len(labels)))
    from_few = _answering_from(answering_from(recalibrated(few), T_AUTO), judged)
    return {
        **_answering_from(answering_from(recalibrated(labels), T_AUTO), judged),
        **{f"few {name}": value for name, value in from_few.items()},
    }


def _answering_from(threshold: float, judged: Judged) -> Figures:
    wrong, answered = measures.answered_from(judged, threshold)
    of_all = float(((judged.sure >= threshold) & ~judged.right).mean())
    return {"wrong": wrong, "wrong of all": of_all, "answered": answered}


def main() -> None:
    """Measures every seed and prints one table per set."""
    arguments = _arguments()
    public = load(arguments.data)
    others = json.loads(OTHER_SET.read_text(encoding="utf-8"))["for"]
    bench = Bench(
        public["banking77"],
        public["clinc150"],
        Vectors(local(arguments.cache), arguments.cache),
        {name: read_models(models)["dense"] for name, models in others.items()},
    )
    found = [figures(bench, seed) for seed in track(range(arguments.seeds), "seeds")]
    for each in (bench.clinc, bench.banking):
        Console().print(_table(each, found))


def _table(public: PublicSet, found: Sequence[Figures]) -> Table:
    table = Table(title=f"{public.name}, half confirmed; mean of {len(found)} seeds, shares in %")
    for heading in ("the other half", "before", "after", "worst seed"):
        table.add_column(heading)
    for words, name in ROWS:
        before, after = (_values(public, when, name, found) for when in ("before", "after"))
        table.add_row(words, _mean(before), _mean(after), _worst(name, after))
    for words, name in THEN:
        values = _values(public, "then", name, found)
        table.add_row(words, "", _mean(values), _worst(name, values))
    return table


def _values(public: PublicSet, when: str, name: str, found: Sequence[Figures]) -> list[float]:
    return [each[f"{public.key} {when} {name}"] for each in found]


def _mean(values: Sequence[float]) -> str:
    return f"{100 * np.mean(values):.1f}"


def _worst(name: str, values: Sequence[float]) -> str:
    return f"{100 * (max(values) if 'wrong' in name else min(values)):.1f}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with both public sets")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "hypercare")
    parser.add_argument("--seeds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
