"""Every figure of the answer engine, per seed, ours beside simple baselines.

The certainty model is always the one that was learnt on the other public set.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np

from knowledge.certainty import T_AUTO, Model, ceiling
from tests.benchmarks import measures
from tests.benchmarks.measures import Judged
from tests.benchmarks.observed import Observation, observe
from tests.benchmarks.public_data import PublicSet, Vectors
from tests.benchmarks.typos import mistyped

GPT_CACHE = 0.60
"""Cosine from which the usual semantic cache answers."""
UNKNOWN_INTENTS = 19
"""Of BANKING77's 77 that are left out where a quarter is unknown."""

Figures = dict[str, float]


@dataclass(frozen=True)
class Bench:
    """What every measurement needs."""

    banking: PublicSet
    clinc: PublicSet
    vectors: Vectors
    models: Mapping[str, Mapping[str, Model]]
    """By set: learnt on the other."""

    def seen(
        self,
        public: PublicSet,
        phrasings: int | None,
        seed: int,
        without: Sequence[str] = (),
        typing: Callable[[str], str] = str,
        most: int | None = None,
    ) -> list[Observation]:
        """Test questions of a set, all or `most` at random, as a shelf of this seed finds them."""
        entries = public.entries(phrasings, seed, without)
        asked = public.customers(without)
        if most is not None:
            asked = Random(seed).sample(asked, most)
        customers = [(typing(question), answer) for question, answer in asked]
        return observe(entries, customers, self.vectors, patient=True)

    def judged(self, public: PublicSet, seen: Sequence[Observation]) -> Judged:
        """With the certainty that was learnt on the other set."""
        models = self.models[public.key]
        sure = [_sure(models["dense"], each) for each in seen]
        three = [
            max(one, _sure(models["dense among"], o)) for one, o in zip(sure, seen, strict=True)
        ]
        judged = _judged(sure, [each.right for each in seen], seen, three)
        return replace(judged, unexplained=np.array([each.unexplained for each in seen]))

    def without(self, seed: int) -> list[str]:
        """The intents of BANKING77 that this seed leaves unknown."""
        return Random(seed).sample(self.banking.intents, UNKNOWN_INTENTS)


def _sure(model: Model, seen: Observation) -> float:
    if seen.finding.exact:
        return 1.0
    return min(model.probability(seen.features), ceiling(seen.finding.question))


def by_cosine(seen: Sequence[Observation]) -> Judged:
    """The baseline that answers with the nearest phrasing, as sure as its cosine is high."""
    nearest = [max(each.finding.matches, key=lambda match: match.cosine) for each in seen]
    right = [near.entry == each.answer for near, each in zip(nearest, seen, strict=True)]
    return _judged([near.cosine for near in nearest], right, seen)


def by_regression(seen: Sequence[Observation]) -> Judged:
    """The baseline of logistic regression and its largest probability."""
    likely = [max(each.finding.matches, key=lambda match: match.features["log_p"]) for each in seen]
    right = [best.entry == each.answer for best, each in zip(likely, seen, strict=True)]
    return _judged([best.features["log_p"] for best in likely], right, seen)


def _judged(
    sure: Sequence[float],
    right: Sequence[bool],
    seen: Sequence[Observation],
    among: Sequence[float] | None = None,
) -> Judged:
    return Judged(
        sure=np.array(sure),
        among=np.array(sure if among is None else among),
        right=np.array(right),
        inside=np.array([each.answer is not None for each in seen]),
        asked_right=np.array([each.among_three for each in seen]),
        unexplained=np.zeros(len(seen), dtype=bool),
    )


def of_banking(bench: Bench, seed: int, most: int | None = None) -> Figures:
    """One seed on BANKING77: accuracy, coverage, one question, typing errors."""
    five, ten = (bench.seen(bench.banking, count, seed, most=most) for count in (5, 10))
    random = Random(seed)
    typed = bench.seen(
        bench.banking, 10, seed, typing=lambda text: mistyped(text, random), most=most
    )
    judged, cosine = bench.judged(bench.banking, ten), by_cosine(ten)
    return {
        "five": bench.judged(bench.banking, five).right.mean(),
        "five nearest": by_cosine(five).right.mean(),
        "ten": judged.right.mean(),
        "ten nearest": cosine.right.mean(),
        "ten regression": by_regression(ten).right.mean(),
        "ten top-3": judged.asked_right.mean(),
        "typed": bench.judged(bench.banking, typed).right.mean(),
        "typed nearest": by_cosine(typed).right.mean(),
        **_coverage(judged, cosine),
    }


def of_clinc(bench: Bench, seed: int, most: int | None = None) -> Figures:
    """One seed on CLINC150 with ten phrasings and its out-of-scope questions."""
    seen = bench.seen(bench.clinc, 10, seed, most=most)
    judged, cosine = bench.judged(bench.clinc, seen), by_cosine(seen)
    inside = judged.inside
    return {
        "ten": judged.right[inside].mean(),
        "ten nearest": cosine.right[inside].mean(),
        **_coverage(judged, cosine),
        **_cold_and_bounded(judged, cosine, seed),
    }


def of_unknown(bench: Bench, seed: int, most: int | None = None) -> Figures:
    """One seed on BANKING77 with a quarter of the intents unknown."""
    seen = bench.seen(bench.banking, 10, seed, bench.without(seed), most=most)
    return _cold_and_bounded(bench.judged(bench.banking, seen), by_cosine(seen), seed)


def of_everything(bench: Bench) -> Figures:
    """All training questions as phrasings, once: there is nothing to draw."""
    asked = bench.seen(bench.banking, None, 0)
    banking = bench.judged(bench.banking, asked)
    seen = bench.seen(bench.clinc, None, 0)
    clinc, regression = bench.judged(bench.clinc, seen), by_regression(seen)
    return {
        "banking": banking.right.mean(),
        "banking nearest": by_cosine(asked).right.mean(),
        **{f"inside at {at}": measures.inside_at_recall(clinc, at) for at in (0.8, 0.9)},
        **{f"regression at {at}": measures.inside_at_recall(regression, at) for at in (0.8, 0.9)},
        **_coverage(clinc, by_cosine(seen)),
    }


def _coverage(judged: Judged, cosine: Judged) -> Figures:
    shares = (0.01, 0.02, 0.05)
    return {
        **{f"answered at {share}": measures.answered_at(judged, share) for share in shares},
        **{f"cosine at {share}": measures.answered_at(cosine, share) for share in shares},
        "solved": measures.solved_with_one_question(judged, 0.01),
    }


def _cold_and_bounded(judged: Judged, cosine: Judged, seed: int) -> Figures:
    wrong, answered = measures.answered_from(judged, T_AUTO)
    cached_wrong, cached = measures.answered_from(cosine, GPT_CACHE)
    realised, covered = measures.bounded(judged, 0.01, labels=200, redraws=300, seed=seed)
    return {
        "cold wrong": wrong,
        "cold answered": answered,
        "cached wrong": cached_wrong,
        "cached answered": cached,
        "bounded wrong": realised,
        "bounded answered": covered,
    }
