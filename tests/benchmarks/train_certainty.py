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
from rich.console import Console
from rich.progress import track

from knowledge.certainty import SHIPPED
from knowledge.embedding import local
from knowledge.entries import Entry
from tests.benchmarks.fitting import fitted
from tests.benchmarks.observed import Observation, observe
from tests.benchmarks.public_data import Asked, PublicSet, Vectors, entry, load

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
NEAR_MISSES_AS_ASKED = 0.1
"""The share of them that the probabilities are scaled to."""

WORDS = (
    *("char", "char_margin", "char_agrees", "char_top3", "char_top3_margin"),
    *("coverage", "coverage_margin", "coverage_agrees", "unknown", "overlap"),
    *("words", "words_margin", "words_agrees", "words_entropy", "total_margin"),
)
MEANING = (
    *("dense", "dense_margin", "dense_agrees", "top3", "log_p", "log_p_margin", "entropy"),
    *("fit", "fit_margin", "density", "beside_way", "beside_entry"),
    *("char", "char_margin", "char_agrees", "coverage", "coverage_margin", "unknown", "overlap"),
    *("words", "words_margin", "words_agrees", "words_entropy", "total_margin"),
)
FEATURES = {"dense": MEANING, "lexical": WORDS}


@dataclass(frozen=True)
class Drawn:
    """One knowledge base with its customers."""

    entries: list[Entry]
    customers: list[Asked]
    near_misses: int
    """How many of the customers, from the end, ask what sounds near and nobody answers."""


@dataclass(frozen=True)
class Lesson:
    """One observation and how much it counts when probabilities are scaled."""

    observation: Observation
    weight: float


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
    near = _nearest(others, entries, vectors)[: int(count * NEAR_MISSES) * 2 : 2]
    taken = set(near)
    rest = [asked for asked in others if asked not in taken][: count - len(near)]
    return Drawn(entries, answerable + rest + near, len(near))


def _nearest(others: list[Asked], entries: Sequence[Entry], vectors: Vectors) -> list[Asked]:
    """The unanswerable questions, those that sound most like an entry first."""
    if not others:
        return []
    ways = [way for each in entries for way in each.ways()]
    known = vectors.of([*ways, *(question for question, _ in others)])
    matrix = np.stack([known[way] for way in ways])
    asked = np.stack([known[question] for question, _ in others])
    order = np.argsort(-(asked @ matrix.T).max(axis=1), kind="stable")
    return [others[at] for at in order]


def lessons(public: PublicSet, seed: int, vectors: Vectors) -> dict[str, list[Lesson]]:
    """Everything observed on the knowledge bases drawn from one set, with and without meaning."""
    random = Random(seed)
    found: dict[str, list[Lesson]] = {"dense": [], "lexical": []}
    for _ in track(range(SHELVES), f"{public.name}"):
        base = drawn(public, random, vectors)
        weights = _weights(base)
        for mode, known in (("dense", vectors), ("lexical", None)):
            seen = observe(base.entries, base.customers, known)
            found[mode] += [Lesson(*pair) for pair in zip(seen, weights, strict=True)]
    return found


def _weights(base: Drawn) -> list[float]:
    """Near misses count less, other unanswerable questions more; together as much as before."""
    others = sum(answer is None for _, answer in base.customers) - base.near_misses
    if others == 0 or base.near_misses == 0:
        return [1.0] * len(base.customers)
    together = others + base.near_misses
    near = NEAR_MISSES_AS_ASKED * together / base.near_misses
    far = (1 - NEAR_MISSES_AS_ASKED) * together / others
    first_near = len(base.customers) - base.near_misses
    return [
        1.0 if answer is not None else (near if at >= first_near else far)
        for at, (_, answer) in enumerate(base.customers)
    ]


def models(learnt_from: Sequence[dict[str, list[Lesson]]]) -> dict[str, Any]:
    """The dense and the lexical model, learnt from all of these."""
    found = {}
    for mode, names in FEATURES.items():
        together = [lesson for part in learnt_from for lesson in part[mode]]
        rows = [[each.observation.features[name] for name in names] for each in together]
        right = np.array([float(each.observation.right) for each in together])
        found[mode] = fitted(
            names, np.array(rows), right, np.array([each.weight for each in together])
        )
    return found


def provenance(seed: int, questions: int) -> dict[str, Any]:
    """Where the numbers in the file come from."""
    return {
        "what": "P(the best match is right), logistic over standardised features",
        "data": "BANKING77 (CC BY 4.0, PolyAI) and CLINC150 (CC BY 3.0, Clinc)",
        "questions": questions,
        "knowledge_bases": f"{SHELVES} per set, 15 entries to all, 2 to 12 phrasings each",
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
