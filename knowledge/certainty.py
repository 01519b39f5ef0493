"""From scores to "sure enough": a calibrated probability, and the thresholds that are shipped.

The model is two dozen numbers in `certainty.json`, learnt on public questions and shipped; the
file says how. Thresholds from a launch's own labels are in `guarantee`.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).with_name("certainty.json")

T_AUTO = 0.95
"""Certainty from which a launch without labels answers by itself."""
T_AUTO_FLOOR = 0.80
"""No threshold learnt from labels goes below this."""
T_ASK = 0.30
"""Certainty that the right one is `among` three from which they are shown; below, a person."""
T_AUTO_LEXICAL = 0.97
"""The same while there is no embedder, and the least it may be then, whatever labels say.

Learnt on one public set and put to the other, 0.7 in 100 questions are answered wrongly from
there on, as many as from 0.97 with vectors; at 0.95 it would be 1.1.
"""
WITH_COUNTER = 0.30
"""Most that a winner is worth whose counter-phrasing is nearer: asked about, never answered."""

FEW_ENTRIES = 5
"""Below that, being better than all others is no evidence; learnt from 15 entries upward."""
TWO_WORDS = 0.9
"""Most that a question of two words is worth, and of one word 0.5."""
_CEILINGS = (0.0, 0.5, TWO_WORDS)  # by number of words
_WORD = re.compile(r"[^\W_]+(?:['’.,:/-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model over named numbers."""

    mean: Mapping[str, float]
    scale: Mapping[str, float]
    weight: Mapping[str, float]
    offset: float
    slopes: tuple[tuple[str, float], ...] = field(init=False)
    """What one more of each feature adds; the means are taken off once, in `start`."""
    start: float = field(init=False)

    def __post_init__(self) -> None:
        """Fold mean, scale and weight of each feature into one number."""
        slopes = tuple((name, weight / self.scale[name]) for name, weight in self.weight.items())
        start = self.offset - sum(slope * self.mean[name] for name, slope in slopes)
        object.__setattr__(self, "slopes", slopes)
        object.__setattr__(self, "start", start)

    def probability(self, features: Mapping[str, float]) -> float:
        """That the winner is right, 0 to 1. Raises KeyError when a feature is missing."""
        odds = self.start
        for name, slope in self.slopes:
            odds += slope * features[name]
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, odds))))


def of(question: str, features: Mapping[str, float]) -> float:
    """How certain it is that a winner with this evidence is right, 0 to 1.

    `question` is the normalised text. Without a "dense" feature the lexical model speaks.
    """
    return _bounded(shipped()[_mode(features)], question, features)


def among(question: str, features: Mapping[str, float], sure: float) -> float:
    """How certain it is that one of the three best is right, 0 to 1; from the winner's evidence.

    What "did you mean" is asked by: a winner that is probably wrong is no reason to keep silent
    when the right one probably stands beside it. Never below `sure`, which is `of` the winner.
    """
    return max(sure, _bounded(shipped()[f"{_mode(features)} among"], question, features))


def _mode(features: Mapping[str, float]) -> str:
    return "dense" if "dense" in features else "lexical"


def _bounded(model: Model, question: str, features: Mapping[str, float]) -> float:
    sure = min(model.probability(features), ceiling(question))
    # Among a handful of entries every lead is large and says nothing: likeness alone counts.
    few = features["entries"] < math.log1p(FEW_ENTRIES)
    return min(sure, max(0.0, features.get("dense", features["char"]))) if few else sure


def ceiling(question: str) -> float:
    """The most that a question of this shape can be worth, whatever it resembles.

    A text without a word says nothing; one or two words name a subject and not a case, so the
    customer is asked which case is meant.
    """
    words = len({word.casefold() for word in _WORD.findall(question)})  # "a a a" says one thing
    return _CEILINGS[words] if words < len(_CEILINGS) else 1.0


@cache
def shipped() -> Mapping[str, Model]:
    """The models of `certainty.json`: "dense", "lexical", and of each the one for `among`."""
    return read_models(json.loads(SHIPPED.read_text(encoding="utf-8"))["models"])


def read_models(models: Mapping[str, Any]) -> Mapping[str, Model]:
    """Models by name, from the form in which the file holds them."""
    return {name: _read(model) for name, model in models.items()}


def answering_from(threshold: float, lexical: bool) -> float:
    """The launch's threshold as it applies to a finding: higher while only words speak."""
    return max(threshold, T_AUTO_LEXICAL) if lexical else threshold


def _read(model: Mapping[str, Any]) -> Model:
    parts = model["features"]
    return Model(
        mean={name: part["mean"] for name, part in parts.items()},
        scale={name: part["scale"] for name, part in parts.items()},
        weight={name: part["weight"] for name, part in parts.items()},
        offset=model["offset"],
    )
