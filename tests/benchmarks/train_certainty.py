"""Learns knowledge/certainty.json: how likely a winner with this evidence is right.

    uv run python -m tests.benchmarks.train_certainty --data ../shared/data

Many small knowledge bases are drawn from the public sets: 15 entries to all of them, two to
twelve phrasings each, none to half of the questions answered by nobody. What is learnt is how
scores behave when they are right, not what any question means; so it carries over to launches.

Two files are written. The shipped one is learnt on both sets together. The one beside this
module holds, for each set, a model learnt on the *other*: the benchmark reports with those only.
"""

import argparse
import json
import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import track

from knowledge.certainty import SHIPPED
from knowledge.embedding import local
from knowledge.entries import Entry
from tests.benchmarks.fitting import fitted
from tests.benchmarks.observed import Observation, observe
from tests.benchmarks.public_data import Asked, PublicSet, Vectors, entry, load

Floats = npt.NDArray[np.float64]

OTHER_SET = Path(__file__).with_name("certainty_other_set.json")
COMMAND = "uv run python -m tests.benchmarks.train_certainty --data ../shared/data"
SHELVES = 36
"""Knowledge bases drawn per public set."""
ANSWERABLE = 450
"""Most answerable questions put to each of them."""
UNANSWERABLE = (0.0, 0.25, 0.5)
"""Shares of questions that nobody answers; one is drawn per knowledge base."""
NEAR_MISSES = 0.5
"""Share of the unanswerable that are taken from the nearest ones: what fools an engine."""
UNANSWERED = 0.2
"""Share of a launch's questions that the probabilities take to be answered by nobody."""
NEARNESS: Sequence[tuple[float, float]] = ((0.45, 0.40), (0.60, 0.35), (0.75, 0.20), (1.01, 0.05))
"""How near those are taken to come to what is approved: (cosine below, share of them).

An assumption about launches and not a count: on one public set nearly all of them are about
something else, on the other nearly all are neighbours, and a launch is neither.
"""

WORDS = (
    *("char", "char_margin", "char_agrees", "char_top3", "char_top3_margin"),
    *("coverage", "coverage_margin", "coverage_agrees", "unknown", "overlap"),
    *("words", "words_margin", "words_agrees", "words_entropy", "total_margin", "total_agrees"),
)
MEANING = (
    *WORDS,
    *("dense", "dense_margin", "dense_agrees", "top3", "top3_margin"),
    *("log_p", "log_p_margin", "log_p_agrees", "entropy"),
    *("fit", "fit_margin", "fit_agrees", "density", "beside_way", "beside_entry"),
)
FEATURES = {"dense": MEANING, "lexical": WORDS}


@dataclass(frozen=True)
class Drawn:
    """One knowledge base with its customers."""

    entries: list[Entry]
    customers: list[Asked]


@dataclass(frozen=True)
class Lesson:
    """One observation, and how near its question comes to the nearest way of any entry."""

    observation: Observation
    nearness: float


def drawn(public: PublicSet, random: Random, vectors: Vectors) -> Drawn:
    """One knowledge base at random."""
    size = round(math.exp(random.uniform(math.log(15), math.log(len(public.intents)))))
    chosen = random.sample(public.intents, size)
    phrasings = random.randint(3, 10)
    entries = []
    for intent in chosen:
        count = max(2, min(12, phrasings + random.randint(-2, 2)))
        entries.append(entry(intent, random.sample(list(public.train[intent]), count)))
    customers = public.customers(without=set(public.intents) - set(chosen))
    random.shuffle(customers)
    answerable = [asked for asked in customers if asked[1] is not None][:ANSWERABLE]
    others = [asked for asked in customers if asked[1] is None]
    share = random.choice(UNANSWERABLE)
    count = min(len(others), int(len(answerable) * share / (1 - share)))
    order = np.argsort(-nearness(others, entries, vectors), kind="stable")
    near = [others[at] for at in order[: int(count * NEAR_MISSES) * 2 : 2]]
    taken = set(near)
    rest = [asked for asked in others if asked not in taken][: count - len(near)]
    return Drawn(entries, answerable + rest + near)


def nearness(asked: Sequence[Asked], entries: Sequence[Entry], vectors: Vectors) -> Floats:
    """The cosine of every question with the nearest way of any entry, shape (questions,)."""
    ways = [way for each in entries for way in each.ways()]
    known = vectors.of([*ways, *(question for question, _ in asked)])
    matrix = np.stack([known[way] for way in ways])
    found = [float((matrix @ known[question]).max()) for question, _ in asked]
    return np.array(found, dtype=np.float64)


def lessons(public: PublicSet, seed: int, vectors: Vectors) -> dict[str, list[Lesson]]:
    """Everything observed on the knowledge bases drawn from one set, with and without meaning."""
    random = Random(seed)
    found: dict[str, list[Lesson]] = {"dense": [], "lexical": []}
    for _ in track(range(SHELVES), f"{public.name}"):
        base = drawn(public, random, vectors)
        near = nearness(base.customers, base.entries, vectors).tolist()
        for mode, known in (("dense", vectors), ("lexical", None)):
            seen = observe(base.entries, base.customers, known)
            found[mode] += [Lesson(*pair) for pair in zip(seen, near, strict=True)]
    return found


def weights(learnt: Sequence[Lesson]) -> Floats:
    """How much each question counts for the scale of the probabilities; one on average.

    The unanswerable ones count as `UNANSWERED` and `NEARNESS` say, however many were drawn.
    """
    open_ends = np.array([each.observation.answer is None for each in learnt])
    near = np.digitize([each.nearness for each in learnt], [below for below, _ in NEARNESS])
    counts = np.where(open_ends, 0.0, (1 - UNANSWERED) / max(int((~open_ends).sum()), 1))
    for at, (_, share) in enumerate(NEARNESS):
        here = open_ends & (near == at)
        counts[here] = UNANSWERED * share / max(int(here.sum()), 1)
    return counts * len(learnt) / counts.sum()


def models(learnt_from: Sequence[dict[str, list[Lesson]]]) -> dict[str, Any]:
    """What is learnt from all of these, with and without meaning: that the best match is right,
    and ("… among") that one of the three best is.
    """
    found = {}
    for mode, names in FEATURES.items():
        together = [lesson for part in learnt_from for lesson in part[mode]]
        rows = np.array([[each.observation.features[name] for name in names] for each in together])
        scaling = np.concatenate([weights(part[mode]) for part in learnt_from])
        right = np.array([float(each.observation.right) for each in together])
        among = np.array([float(each.observation.among_three) for each in together])
        found[mode] = fitted(names, rows, right, scaling)
        found[f"{mode} among"] = fitted(names, rows, among, scaling)
    return found


def provenance(seed: int, questions: int) -> dict[str, Any]:
    """Where the numbers in the file come from."""
    return {
        "what": "P(the best match is right), and among the three best; logistic",
        "data": "BANKING77 (CC BY 4.0, PolyAI) and CLINC150 (CC BY 3.0, Clinc)",
        "questions": questions,
        "knowledge_bases": f"{SHELVES} per set, 15 entries to all, 2 to 12 phrasings each",
        "unanswered": f"{UNANSWERED:.0%} of the questions, by nearness as {list(NEARNESS)}",
        "seed": seed,
        "date": datetime.now(UTC).date().isoformat(),
        "command": COMMAND,
        "figures": "uv run python -m tests.benchmarks.engine --data ../shared/data",
    }


def main() -> None:
    """Draws, observes, learns and writes both files."""
    arguments = _arguments()
    vectors = Vectors(local(arguments.cache), arguments.cache)
    public = load(arguments.data)
    seen = {name: lessons(each, arguments.seed, vectors) for name, each in public.items()}
    questions = sum(len(part["dense"]) for part in seen.values())
    about = provenance(arguments.seed, questions)
    _write(SHIPPED, {"about": about, "models": models(list(seen.values()))})
    others = {name: models([seen[other] for other in seen if other != name]) for name in seen}
    _write(OTHER_SET, {"about": about, "for": others})
    Console().print(f"learnt from {questions} questions; wrote {SHIPPED.name}, {OTHER_SET.name}")


def _write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with both public sets")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "hypercare")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    main()
