"""The measurements as a process of its own can make them: from folders and a seed to figures.

The public sets and their vectors are read once per process.
"""

import json
import os
import tempfile
from functools import cache
from pathlib import Path

from tests.benchmarks import figures, grouped, launched
from tests.benchmarks.figures import Bench, Figures


@cache
def bench(data: Path, kept: Path) -> Bench:
    """Both public sets with their vectors, and for each the certainty learnt on the other."""
    # Processes share the processors; a linear head is learnt no faster by threads that wait.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from knowledge.certainty import read_models
    from knowledge.embedding import local
    from tests.benchmarks.public_data import Vectors, load
    from tests.benchmarks.train_certainty import OTHER_SET

    public = load(data)
    others = json.loads(OTHER_SET.read_text(encoding="utf-8"))["for"]
    return Bench(
        public["banking77"],
        public["clinc150"],
        Vectors(local(kept), kept),
        {name: read_models(models) for name, models in others.items()},
    )


def banking(data: Path, kept: Path, seed: int, most: int | None) -> Figures:
    """One seed on BANKING77."""
    return figures.of_banking(bench(data, kept), seed, most)


def clinc(data: Path, kept: Path, seed: int, most: int | None) -> Figures:
    """One seed on CLINC150 with its out-of-scope questions."""
    return figures.of_clinc(bench(data, kept), seed, most)


def unknown(data: Path, kept: Path, seed: int, most: int | None) -> Figures:
    """One seed on BANKING77 with a quarter of the intents unknown."""
    return figures.of_unknown(bench(data, kept), seed, most)


def whole(data: Path, kept: Path) -> Figures:
    """All training questions as phrasings."""
    return figures.of_everything(bench(data, kept))


def groups(data: Path, kept: Path, seed: int) -> Figures:
    """One order of arrival, grouped."""
    return grouped.figures(bench(data, kept), seed)


def launches(kept: Path) -> Figures:
    """The labelled questions to two launches, without a model."""
    from knowledge.embedding import local

    with tempfile.TemporaryDirectory() as folder:
        return launched.figures(Path(folder), local(kept))


def selector(data: Path, kept: Path) -> Figures:
    """What remembering the model's verdicts saves, on both public sets."""
    from tests.benchmarks import selector as stream

    both = bench(data, kept)
    return {
        f"{public.key} {name}": value
        for public in (both.banking, both.clinc)
        for name, value in stream.figures(public, both.vectors).items()
    }


def learning(data: Path, kept: Path, seed: int) -> Figures:
    """Half of a stream confirmed, the other half measured before and after."""
    from tests.benchmarks import learning as stream

    return stream.figures(bench(data, kept), seed)


def speed(entries: int) -> Figures:
    """Milliseconds of deciding one question, and questions a second in a batch."""
    from assistant import demo
    from tests.benchmarks import decision

    with tempfile.TemporaryDirectory() as folder:
        parts = decision.demo_launch(Path(folder))
        questions = decision.made_up(parts, demo.LAUNCH, entries)
        profile = decision.figures(parts, demo.LAUNCH, questions)
        parts.close()
    whole = next(one for one in profile.stages if one.stage == "whole")
    return {"p50": whole.p50, "p95": whole.p95, "in batch": profile.in_batch}
