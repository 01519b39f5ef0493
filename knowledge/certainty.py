"""From scores to "sure enough": a calibrated probability, a threshold, a bound on wrong answers.

The model is two dozen numbers in `certainty.json`, learnt on public questions and shipped; the
file says how. Thresholds come from a launch's own labels once it has enough of them.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
_CEILINGS = (0.0, 0.5, 0.9)  # by number of words
_ROUNDING = 1e-9  # 0.01 * 100 - 1 must be 0, also in floating point
_WORD = re.compile(r"[^\W_]+(?:['’.,:/-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One question a person has judged: how certain we were, and whether the winner was right."""

    certainty: float
    right: bool


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model over named numbers."""

    mean: Mapping[str, float]
    scale: Mapping[str, float]
    weight: Mapping[str, float]
    offset: float

    def probability(self, features: Mapping[str, float]) -> float:
        """That the winner is right, 0 to 1. Raises KeyError when a feature is missing."""
        terms = (
            self.weight[name] * (features[name] - self.mean[name]) / self.scale[name]
            for name in self.weight
        )
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, self.offset + sum(terms)))))


def of(question: str, features: Mapping[str, float]) -> float:
    """How certain it is that a winner with this evidence is right, 0 to 1.

    `question` is the normalised text. Without a "dense" feature the lexical model speaks.
    """
    return _bounded(shipped()[_mode(features)], question, features)


def among(question: str, features: Mapping[str, float]) -> float:
    """How certain it is that one of the three best is right, 0 to 1; from the winner's evidence.

    What "did you mean" is asked by: a winner that is probably wrong is no reason to keep silent
    when the right one probably stands beside it. Never below `of`.
    """
    three = _bounded(shipped()[f"{_mode(features)} among"], question, features)
    return max(three, of(question, features))


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


def threshold_for(wrong_rate: float, labels: Sequence[Labelled]) -> float:
    """The certainty from which to answer so that wrong answers stay under `wrong_rate`.

    `wrong_rate` is per question asked, 0 to 1; the bound holds in expectation over the labels
    (conformal risk control, Angelopoulos et al. 2022: the lowest t with
    (n * R(t) + 1) / (n + 1) <= rate). With fewer than 1 / rate - 1 labels, `T_AUTO`; never
    below `T_AUTO_FLOOR`.
    """
    allowed = math.floor(wrong_rate * (len(labels) + 1) - 1 + _ROUNDING)
    if allowed < 0:
        return T_AUTO
    wrong = sorted((label.certainty for label in labels if not label.right), reverse=True)
    if allowed >= len(wrong):
        return T_AUTO_FLOOR
    # Just above the first wrong one that can no longer be afforded.
    return max(T_AUTO_FLOOR, math.nextafter(wrong[allowed], 2.0))


def highest_wrong_share(wrong: int, answered: int, confidence: float = 0.90) -> float:
    """The exact binomial upper limit of the share of wrong answers among the answered.

    One-sided (Clopper and Pearson 1934); 1.0 while nothing was answered. Raises ValueError
    when there are more wrong than answered.
    """
    _check(wrong, answered)
    if wrong == answered:
        return 1.0
    from scipy.stats import beta

    return float(beta.ppf(confidence, wrong + 1, answered - wrong))


def lowest_wrong_share(wrong: int, answered: int, confidence: float = 0.90) -> float:
    """The exact binomial lower limit of the same share; 0.0 while nothing went wrong."""
    _check(wrong, answered)
    if wrong == 0:
        return 0.0
    from scipy.stats import beta

    return float(beta.ppf(1 - confidence, wrong, answered - wrong + 1))


def _check(wrong: int, answered: int) -> None:
    if not 0 <= wrong <= answered:
        raise ValueError(f"{wrong} wrong of {answered} answered cannot be.")


def _read(model: Mapping[str, Any]) -> Model:
    parts = model["features"]
    return Model(
        mean={name: part["mean"] for name, part in parts.items()},
        scale={name: part["scale"] for name, part in parts.items()},
        weight={name: part["weight"] for name, part in parts.items()},
        offset=model["offset"],
    )
