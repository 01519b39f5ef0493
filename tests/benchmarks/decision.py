"""Where the milliseconds of a decision go: every stage alone, then the whole, then many at once.

    uv run python -m tests.benchmarks.decision [--entries 1000 10000] [--json FILE]

Without a model and without Chroma, whose place the exact scan takes. First the demo's launch with
its three hundred hard questions, then made-up launches of as many entries as asked for, eight ways
each: their words are drawn from a list and their vectors at random around one per entry, so that
they cost what real ones cost and mean nothing. Beside the time that passed stands the processor
time, of all threads, which other work on the machine does not lengthen as much.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import yaml

from assistant import demo, migrations
from assistant.answering import guards, trying
from assistant.answering.consider import Asked, consider
from assistant.answering.decide import decide
from assistant.answering.languages import language_of
from assistant.answering.select import Candidate
from assistant.answering.triage import triage
from assistant.ground.parts import Parts, assemble
from assistant.ground.settings import Settings
from assistant.launch.launches import Mode, by_key
from assistant.library import packs, stocking
from assistant.library.stocking import Live, Stock
from knowledge import certainty
from knowledge.entries import Entry
from knowledge.shelf import Shelf
from knowledge.splitting import split_questions

HARD = Path(__file__).parents[1] / "journeys" / "questions" / "hard.yaml"
WAYS = 8
SPREAD = 0.6  # how far a made-up way lies from the middle of its entry, in lengths of a vector
WARM_UP = 5  # questions that are not counted
STAGES = (
    *("normalise", "triage", "repair", "embed", "retrieve and rank"),
    *("certainty", "language", "guards", "decide", "whole"),
)
GOALS = {1_000: (12.0, 30.0), 10_000: (25.0, 60.0)}  # p50 and p95 of the whole, ms (G10)


@dataclass(frozen=True)
class Figure:
    """One stage: milliseconds that passed, and milliseconds of all processors per question."""

    stage: str
    p50: float
    p95: float
    processor: float


@dataclass(frozen=True)
class Profile:
    """All stages for one launch, and how many questions a second are decided in a batch."""

    launch: str
    stages: tuple[Figure, ...]
    in_batch: float
    """A second, by the clock on the wall."""
    processor_in_batch: float
    """Milliseconds of all processors per question."""


class Watch:
    """Times of each stage, question by question."""

    def __init__(self) -> None:
        self._times: dict[str, list[tuple[float, float]]] = {stage: [] for stage in STAGES}

    def timed(self, stage: str, work: Callable[[], Any]) -> Any:
        """Do one stage's work for one question."""
        wall, processor = time.perf_counter(), time.process_time()
        done = work()
        spent = time.perf_counter() - wall, time.process_time() - processor
        self._times[stage].append((spent[0] * 1_000, spent[1] * 1_000))
        return done

    def figures(self) -> tuple[Figure, ...]:
        """What every stage took, without the first few questions."""
        return tuple(
            Figure(
                stage,
                round(float(np.percentile([wall for wall, _ in times[WARM_UP:]], 50)), 3),
                round(float(np.percentile([wall for wall, _ in times[WARM_UP:]], 95)), 3),
                round(float(np.mean([processor for _, processor in times[WARM_UP:]])), 3),
            )
            for stage, times in self._times.items()
        )


def figures(parts: Parts, key: str, questions: Sequence[str]) -> Profile:
    """Every stage of deciding these questions, more than ``WARM_UP`` of them."""
    with parts.db.reading() as session:
        launch = by_key(session, key)
    asked = Asked("", launch.id, Mode.AUTO, launch.wrong_rate, "everyone", launch.out_of_scope)
    asked = replace(asked, languages=launch.languages)
    stock = stocking.stock_of(parts, launch.id, at=parts.clock.now())
    watch = Watch()
    for question in questions:
        _stages(parts, stock, asked, question, watch)
    wall, processor = time.perf_counter(), time.process_time()
    decided = sum(1 for _ in trying.tries(parts, key, questions))
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    return Profile(
        f"{key}, {len(stock.live):,} entries",
        watch.figures(),
        round(decided / wall, 1),
        round(1_000 * processor / decided, 2),
    )


def _stages(parts: Parts, stock: Stock, asked: Asked, text: str, watch: Watch) -> None:
    """Do each stage by itself, then all of them as a customer's question goes through them."""
    about = replace(asked, text=text)
    thought = watch.timed("whole", lambda: consider(parts, about, at=parts.clock.now()))
    question = (watch.timed("normalise", lambda: split_questions(text)) or ("",))[0]
    watch.timed("triage", lambda: triage(text))
    read_as = watch.timed("repair", lambda: stock.shelf.repaired(question))
    embed = parts.embedder.embed if parts.embedder else lambda _: [None]
    vector = watch.timed("embed", lambda: embed([read_as]))[0]
    found = watch.timed("retrieve and rank", lambda: stock.shelf.find(question, vector))
    watch.timed("certainty", lambda: certainty.of(read_as, found.matches[0].features))
    language_of.cache_clear()  # a new question, as in real life
    watch.timed("language", lambda: language_of(question))
    entries = [stock.live[match.entry].entry for match in found.matches[:4]]
    watch.timed("guards", lambda: [_guarded(question, entry) for entry in entries])
    known = thought.parts[0].known
    watch.timed("decide", lambda: decide(known))


def _guarded(question: str, entry: Entry) -> object:
    candidate = Candidate(entry.id, entry.title, entry.text, entry.applies_when)
    return guards.against(question, candidate, entry.ways())


# --- launches ---


def demo_launch(folder: Path) -> Parts:
    """The demo's launch, imported and compiled."""
    parts = assemble(Settings(_env_file=None, data=folder))
    migrations.upgrade(parts.db)
    packs.bring_in(parts, demo.PACK, approve_as=demo.APPROVER, dry_run=False)
    stocking.warm(parts, demo.LAUNCH)
    return parts


def made_up(parts: Parts, key: str, entries: int) -> list[str]:
    """Put a made-up library in the launch's place; return questions to it."""
    library = _library(entries)
    vectors = _vectors(library)
    live = {one.id: Live(number, 1, "", "everyone", one) for number, one in enumerate(library, 1)}
    with parts.db.reading() as session:
        launch = by_key(session, key)
    embedder = parts.embedder.name if parts.embedder else "lexical"
    revision = f"{launch.library_revision} {embedder}"
    stock = Stock(revision, embedder, None, live, vectors, Shelf(library, vectors))
    parts.stocks, parts.refreshed = type(parts.stocks)(), type(parts.refreshed)()
    parts.stocks.of(launch.id, revision, lambda: stock)
    random = Random(11)
    return [f"{random.choice(library).title} {random.choice(_SUBJECTS)}" for _ in range(300)]


_SUBJECTS_LISTED = """
invoice price plan renewal box delivery address card payment refund coupon credit password link
account order basket gift pause skip swap coffee tea grinder subscription month email app page
"""
_SUBJECTS = _SUBJECTS_LISTED.split()
_VERBS_LISTED = """
change cancel find pay see open move send return confirm update reset share stop
"""
_VERBS = _VERBS_LISTED.split()
_FORMS = (
    "How do I {verb} my {one} {other}?",
    "why can't I {verb} the {one} of my {other}",
    "{one} {other} {verb}",
    "where do i {verb} a {one} for the {other}",
    "is it normal that the {one} does not {verb} the {other}",
)


def _library(entries: int) -> list[Entry]:
    random, library = Random(7), []
    for number in range(entries):
        own = f"{random.choice(_SUBJECTS)}{number}"
        ways = tuple(_way(random, own) for _ in range(WAYS))
        text = " ".join(_way(random, own) for _ in range(5))
        library.append(Entry(f"entry-{number}", ways[0], ways[1:], text=text))
    return library


def _way(random: Random, own: str) -> str:
    verb, other = random.choice(_VERBS), random.choice(_SUBJECTS)
    return random.choice(_FORMS).format(verb=verb, one=own, other=other)


def _vectors(library: Sequence[Entry]) -> Mapping[str, Any]:
    random, vectors = np.random.default_rng(7), {}
    for entry in library:
        middle = random.normal(size=384) / np.sqrt(384)
        for way in entry.ways():
            near = middle + SPREAD * random.normal(size=384) / np.sqrt(384)
            vectors[way] = (near / np.linalg.norm(near)).astype(np.float32)
    return vectors


# --- the command ---


def main() -> None:
    """Measure, print, and write down where asked for."""
    given = _arguments()
    hard = [each["question"] for each in yaml.safe_load(HARD.read_text("utf-8"))]
    print(f"{os.cpu_count()} processors, {os.getloadavg()[0]:.1f} wanted one a minute ago")
    with tempfile.TemporaryDirectory(prefix="hypercare-decision-") as folder:
        parts = demo_launch(Path(folder))
        profiles = [_printed(figures(parts, demo.LAUNCH, hard[: given.questions]))]
        for entries in given.entries:
            asked = made_up(parts, demo.LAUNCH, entries)[: given.questions]
            profiles.append(_printed(figures(parts, demo.LAUNCH, asked), GOALS.get(entries)))
        parts.close()
    if given.json:
        given.json.write_text(json.dumps([asdict(one) for one in profiles], indent=1), "utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, nargs="*", default=[1_000, 10_000])
    parser.add_argument("--questions", type=int, default=300, help="at most, of each launch")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    return parser.parse_args()


def _printed(profile: Profile, goal: tuple[float, float] | None = None) -> Profile:
    aim = f"; goal {goal[0]:g} / {goal[1]:g} ms" if goal else ""
    print(f"\n{profile.launch}{aim}")
    print(f"  {'stage':<20}{'p50 ms':>9}{'p95 ms':>9}{'processor ms':>14}")
    for one in profile.stages:
        print(f"  {one.stage:<20}{one.p50:>9.2f}{one.p95:>9.2f}{one.processor:>14.2f}")
    print(
        f"  in batch: {profile.in_batch:.0f} a second, goal 80; "
        f"{profile.processor_in_batch:.1f} ms of all processors each"
    )
    return profile


if __name__ == "__main__":
    main()
