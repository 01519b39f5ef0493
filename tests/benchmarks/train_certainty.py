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
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track

from knowledge.certainty import SHIPPED, Model, read_models
from knowledge.embedding import local
from knowledge.entries import Entry
from tests.benchmarks.observed import Observation, observe
from tests.benchmarks.public_data import Asked, PublicSet, Vectors, entry, load

OTHER_SET = Path(__file__).with_name("certainty_other_set.json")
SHELVES = 36
"""Knowledge bases drawn per public set."""
CUSTOMERS = 450
"""Most answerable questions put to each of them."""
UNANSWERABLE = (0.0, 0.25, 0.5)
"""Shares of questions that nobody answers; one is drawn per knowledge base."""
INVERSE_PENALTY = 1.0

WORDS = (
    *("char", "char_margin", "char_agrees", "char_top3", "coverage", "coverage_margin"),
    *("total_margin", "unknown", "length", "overlap", "owned", "entries", "ways"),
)
MEANING = (
    *("dense", "dense_margin", "dense_agrees", "top3", "top3_margin", "top3_agrees"),
    *("log_p", "log_p_margin", "log_p_agrees", "entropy", "fit", "fit_margin", "fit_agrees"),
    *("char", "char_margin", "char_agrees", "coverage", "coverage_margin"),
    *("total_margin", "unknown", "length", "density", "overlap", "owned", "entries", "ways"),
)
FEATURES = {"dense": MEANING, "lexical": (*WORDS, "coverage_agrees", "char_top3_margin")}


def drawn(public: PublicSet, random: Random) -> tuple[list[Entry], list[Asked]]:
    """One knowledge base and its customers."""
    size = round(math.exp(random.uniform(math.log(15), math.log(len(public.intents)))))
    chosen = random.sample(public.intents, size)
    phrasings = random.randint(3, 10)
    entries = []
    for intent in chosen:
        count = max(2, min(12, phrasings + random.randint(-2, 2)))
        entries.append(entry(intent, random.sample(list(public.train[intent]), count)))
    customers = public.customers(without=set(public.intents) - set(chosen))
    random.shuffle(customers)
    answerable = [asked for asked in customers if asked[1] is not None][:CUSTOMERS]
    share = random.choice(UNANSWERABLE)
    others = [asked for asked in customers if asked[1] is None]
    return entries, answerable + others[: int(len(answerable) * share / (1 - share))]


def learnt(observations: Sequence[Observation], names: Sequence[str]) -> dict[str, Any]:
    """A logistic model over the named features, as it is written to the file."""
    from sklearn.linear_model import LogisticRegression

    values = np.array([[seen.features[name] for name in names] for seen in observations])
    mean, scale = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-6)
    right = [seen.right for seen in observations]
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=2000)
    model.fit((values - mean) / scale, right)
    parts = zip(names, mean, scale, model.coef_[0], strict=True)
    return {
        "questions": len(right),
        "offset": round(float(model.intercept_[0]), 4),
        "features": {
            name: {"mean": _short(at), "scale": _short(width), "weight": _short(weight)}
            for name, at, width, weight in parts
        },
    }


def _short(value: float) -> float:
    return float(f"{value:.4g}")
