"""What labels prove: a threshold that keeps a rate, a certificate, and two pictures of both.

The guarantee bounds wrong answers per question asked (conformal risk control); the certificate
bounds wrong answers among those that were answered (exact binomial). They are different promises
with different needs of labels, so each is said with its own number of them.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from knowledge.certainty import T_AUTO, T_AUTO_FLOOR

CONFIDENCE = 0.90  # one-sided, of every limit shown
BINS = 10  # of equal width, in a reliability diagram
_ROUNDING = 1e-9  # 0.01 * 100 - 1 must be 0, also in floating point


@dataclass(frozen=True, slots=True)
class Labelled:
    """One question a person has judged: how certain we were, and whether the winner was right.

    ``weight`` is one over the chance that such a question is judged at all.
    """

    certainty: float
    right: bool
    weight: float = 1.0


def threshold_for(
    wrong_rate: float, labels: Sequence[Labelled], *, heaviest: float | None = None
) -> float:
    """The certainty from which to answer so that wrong answers stay under `wrong_rate`.

    `wrong_rate` is per question asked, 0 to 1; the bound holds in expectation over the labels
    (conformal risk control, Angelopoulos et al. 2022, weighted as in Tibshirani et al. 2019): the
    lowest t with (sum of w * wrong at t + w_max) / (sum of w + w_max) <= rate. `heaviest` is
    w_max, the largest weight that a question can have; by default the largest that is seen. While
    there are too few labels for that, `T_AUTO`; never below `T_AUTO_FLOOR`.
    """
    heaviest = _heaviest(labels, heaviest)
    allowed = wrong_rate * (_total(labels) + heaviest) - heaviest + _ROUNDING
    if allowed < 0:
        return T_AUTO
    wrong = sorted(
        ((label.certainty, label.weight) for label in labels if not label.right), reverse=True
    )
    spent = 0.0
    for certainty, weight in wrong:
        spent += weight
        if spent > allowed:
            # Just above the first wrong one that can no longer be afforded.
            return max(T_AUTO_FLOOR, math.nextafter(certainty, 2.0))
    return T_AUTO_FLOOR


def missing_for(
    wrong_rate: float, labels: Sequence[Labelled], *, heaviest: float | None = None
) -> int:
    """How many more labels of weight 1 it takes until `threshold_for` goes by them; 0 when it does.

    Unweighted it is 1 / rate - 1 labels in all: 99 for one wrong in a hundred questions.
    """
    heaviest = _heaviest(labels, heaviest)
    needed = heaviest * (1 / wrong_rate - 1) - _total(labels)
    return max(0, math.ceil(needed - _ROUNDING))


@dataclass(frozen=True, slots=True)
class Certificate:
    """Wrong among answered, with exact binomial limits (Clopper and Pearson 1934), one-sided."""

    wrong: int
    answered: int
    confidence: float = CONFIDENCE

    @property
    def highest(self) -> float:
        """The share of wrong answers is at most this, with the confidence; 0 to 1."""
        return highest_wrong_share(self.wrong, self.answered, self.confidence)

    @property
    def lowest(self) -> float:
        """The share of wrong answers is at least this, with the confidence; 0 to 1."""
        return lowest_wrong_share(self.wrong, self.answered, self.confidence)

    def fails(self, target: float) -> bool:
        """Whether more than `target` of the answers are wrong, with the confidence."""
        return self.lowest > target


def highest_wrong_share(wrong: int, answered: int, confidence: float = CONFIDENCE) -> float:
    """The exact binomial upper limit of the share of wrong answers among the answered.

    One-sided (Clopper and Pearson 1934); 1.0 while nothing was answered. Raises ValueError
    when there are more wrong than answered.
    """
    _check(wrong, answered)
    if wrong == answered:
        return 1.0
    from scipy.stats import beta

    return float(beta.ppf(confidence, wrong + 1, answered - wrong))


def lowest_wrong_share(wrong: int, answered: int, confidence: float = CONFIDENCE) -> float:
    """The exact binomial lower limit of the same share; 0.0 while nothing went wrong."""
    _check(wrong, answered)
    if wrong == 0:
        return 0.0
    from scipy.stats import beta

    return float(beta.ppf(1 - confidence, wrong, answered - wrong + 1))


@lru_cache
def without_a_wrong_one(share: float, confidence: float = CONFIDENCE) -> int:
    """How many answered without a wrong one certify at most `share`; 114 for 2 % at 90 %."""
    return math.ceil(math.log(1 - confidence) / math.log(1 - share))


@dataclass(frozen=True, slots=True)
class Step:
    """What answering from `threshold` on means: shares of all questions asked, 0 to 1."""

    threshold: float
    coverage: float  # answered
    risk: float  # answered wrongly


def curve(labels: Iterable[Labelled]) -> list[Step]:
    """Coverage against risk for every threshold that makes a difference, strictest first."""
    ordered = sorted(labels, key=lambda label: -label.certainty)
    whole = _total(ordered)
    steps, answered, wrong = [], 0.0, 0.0
    for certainty, alike in groupby(ordered, key=lambda label: label.certainty):
        for label in alike:
            answered += label.weight
            wrong += 0.0 if label.right else label.weight
        steps.append(Step(certainty, min(1.0, answered / whole), min(1.0, wrong / whole)))
    return steps


@dataclass(frozen=True, slots=True)
class Bin:
    """The labels whose certainty lies from `lower` to `upper`: how sure we were, how right."""

    lower: float
    upper: float
    count: int
    certainty: float  # mean, weighted
    right: float  # share, weighted
    at_least: float  # the share of right ones is at least and at most this, each at `CONFIDENCE`
    at_most: float


def reliability(labels: Iterable[Labelled], *, bins: int = BINS) -> list[Bin]:
    """How often it was right for each tenth of certainty; bins without labels are left out.

    The limits are exact binomial ones on the effective number of labels (Kish 1965), which is the
    plain number while all weigh the same.
    """
    filled: dict[int, list[Labelled]] = {}
    for label in labels:
        filled.setdefault(min(bins - 1, int(label.certainty * bins)), []).append(label)
    return [_bin(place / bins, (place + 1) / bins, filled[place]) for place in sorted(filled)]


def _bin(lower: float, upper: float, labels: Sequence[Labelled]) -> Bin:
    whole = _total(labels)
    right = sum(label.weight for label in labels if label.right) / whole
    squared = sum(label.weight**2 for label in labels)
    effective = max(1, math.floor(whole**2 / squared + _ROUNDING))
    wrong = min(effective, round((1 - right) * effective))
    return Bin(
        lower=lower,
        upper=upper,
        count=len(labels),
        certainty=sum(label.weight * label.certainty for label in labels) / whole,
        right=right,
        at_least=1 - highest_wrong_share(wrong, effective),
        at_most=1 - lowest_wrong_share(wrong, effective),
    )


def _total(labels: Iterable[Labelled]) -> float:
    return math.fsum(label.weight for label in labels)


def _heaviest(labels: Iterable[Labelled], given: float | None) -> float:
    return max([given or 1.0, *(label.weight for label in labels)])


def _check(wrong: int, answered: int) -> None:
    if not 0 <= wrong <= answered:
        raise ValueError(f"{wrong} wrong of {answered} answered cannot be.")
