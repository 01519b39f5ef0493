"""Prints what the memory of verdicts saves on a repeat-heavy stream, and what it costs (G12).

    uv run python -m tests.benchmarks.selector --data ../shared/data [--questions 10000]

The stream: one question in ten is new, a test or out-of-scope question that was not asked before.
The other nine repeat an earlier one, popular ones more often (the n-th most popular 1/n as often):
40 % in the same words with other case, greeting or punctuation, 30 % mistyped in 15 % of their
words, 30 % reworded, as another question of the same intent that is on no shelf and in no test.
The judge is faithful: the intent where it is among the four that are shown, else NONE, and asked
twice where it is not the ranking's first. Retrieval, guards, triage and memory are the real ones.

The cosine of reuse was chosen on BANKING77; CLINC150 is only reported.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from assistant.answering import guards
from assistant.answering.memory import Heard, Verdicts
from assistant.answering.select import SHOWN, instruction, material
from assistant.answering.triage import triage
from assistant.answering.verdicts import Candidate, Chosen, NoneOfThem, Verdict
from knowledge.embedding import local
from knowledge.entries import Entry
from tests.benchmarks.observed import Observation, observe
from tests.benchmarks.public_data import PublicSet, Vectors, load
from tests.benchmarks.typos import mistyped

QUESTIONS = 10_000
NEW = 0.10  # share of the stream that nobody asked before
KINDS = {"typed": 0.4, "mistyped": 0.3, "reworded": 0.3}  # of the repeats
SLIPS = 0.15  # of the words of a mistyped question
CACHE = Path(tempfile.gettempdir()) / "hypercare"
LETTERS_A_TOKEN = 4  # of English, about
GREETINGS = ("Hi, ", "Hello there! ", "good morning, ", "Hey ", "")
THANKS = (" thanks", " Thank you!", "??", "!", "...", "")

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the stream: how it came about, its words, the intent that answers it."""

    kind: str
    words: str
    answer: str | None


def stream(public: PublicSet, entries: Sequence[Entry], seed: int, count: int) -> list[Asked]:
    """`count` questions in the order they are asked."""
    random = Random(seed)
    on_shelf = {way for entry in entries for way in entry.ways()}
    others = {i: [q for q in public.train[i] if q not in on_shelf] for i in public.intents}
    new = public.customers()
    random.shuffle(new)
    asked: list[Asked] = []
    first: list[Asked] = []
    for _ in range(count):
        if not first or (random.random() < NEW and new):
            words, answer = new.pop()
            first.append(Asked("new", words, answer))
            asked.append(first[-1])
        else:
            asked.append(_again(_popular(first, random), others, random))
    return asked


def _popular(first: Sequence[Asked], random: Random) -> Asked:
    # The inverse of the sum of 1/n, which is nearly a logarithm.
    return first[min(int(len(first) ** random.random()), len(first) - 1)]


def _again(earlier: Asked, others: Mapping[str, Sequence[str]], random: Random) -> Asked:
    kind = random.choices(list(KINDS), list(KINDS.values()))[0]
    if kind == "reworded" and earlier.answer is not None:
        return Asked(kind, random.choice(others[earlier.answer]), earlier.answer)
    if kind == "mistyped":
        return Asked(kind, mistyped(earlier.words, random, SLIPS), earlier.answer)
    words = random.choice((str.lower, str.upper, str.title, str))(earlier.words).rstrip("?.! ")
    typed = f"{random.choice(GREETINGS)}{words}{random.choice(THANKS)}"
    return Asked("typed", typed, earlier.answer)


@dataclass
class Bill:
    """What a stream cost, and what reuse got wrong."""

    calls: int = 0
    calls_without: int = 0
    letters: int = 0
    reused: int = 0
    wrong: int = 0


def replay(entries: Sequence[Entry], asked: Sequence[Asked], vectors: Vectors) -> dict[str, Bill]:
    """The bill of each kind of question; "all" is the sum."""
    seen = observe(entries, [(one.words, one.answer) for one in asked], vectors, patient=True)
    texts = {
        each.id: Candidate(each.id, each.title, " ".join(each.ways()[1:3])) for each in entries
    }
    ways = {each.id: each.ways() for each in entries}
    bills = {kind: Bill() for kind in ("new", *KINDS, "all")}
    verdicts = Verdicts()
    for one, observed, vector in zip(asked, seen, _vectors(entries, asked, vectors), strict=True):
        if observed.finding.exact:
            continue  # an approved phrasing's very words: no model is asked, with or without memory
        heard = _heard(one, observed, texts, ways, vector)
        for bill in (bills[one.kind], bills["all"]):
            _charge(bill, heard, verdicts.recall(heard), _judged(heard, one.answer))
        if verdicts.recall(heard) is None:
            verdicts.remember(heard, _judged(heard, one.answer))
    return bills


def _vectors(
    entries: Sequence[Entry], asked: Sequence[Asked], vectors: Vectors
) -> Iterator[object]:
    from knowledge.shelf import Shelf

    speller = Shelf(entries, {})
    repaired = [speller.repaired(one.words) for one in asked]
    known = vectors.of(repaired)
    return iter([known[text] for text in repaired])


def _heard(
    one: Asked,
    observed: Observation,
    texts: Mapping[str, Candidate],
    ways: Mapping[str, Sequence[str]],
    vector: object,
) -> Heard:
    shown = tuple(texts[match.entry] for match in observed.finding.matches[:SHOWN])
    objections = {each.entry: guards.against(one.words, each, ways[each.entry]) for each in shown}
    return Heard(1, one.words, shown, triage(one.words).severity, vector, objections)  # type: ignore[arg-type]


def _judged(heard: Heard, answer: str | None) -> Verdict:
    chosen = any(each.entry == answer for each in heard.shown)
    return Chosen(answer, 3, None) if chosen and answer else NoneOfThem(3, None)


def _charge(bill: Bill, heard: Heard, known: Verdict | None, judged: Verdict) -> None:
    surprising = isinstance(judged, Chosen) and judged.entry != heard.shown[0].entry
    calls = 2 if surprising else 1
    bill.calls_without += calls
    if known is None:
        bill.calls += calls
        named = dict(zip("abcd", heard.shown, strict=False))
        bill.letters += calls * len(instruction() + material(heard.question, named, Random(0)))
    else:
        bill.reused += 1
        bill.wrong += known != judged


def figures(public: PublicSet, vectors: Vectors, seed: int = 0, count: int = QUESTIONS) -> Figures:
    """Shares of calls saved by kind, wrong reuses, and calls and tokens per 1,000 questions."""
    entries = public.entries(10, seed)
    asked = stream(public, entries, seed, count)
    bills = replay(entries, asked, vectors)
    said = Counter(one.kind for one in asked)
    saved = {kind: 1 - bill.calls / max(bill.calls_without, 1) for kind, bill in bills.items()}
    every = bills["all"]
    return {
        **{f"saved, {kind}": share for kind, share in saved.items()},
        "most that can be saved": 1 - said["new"] / count,
        "reused": every.reused,
        "wrong share": every.wrong / max(every.reused, 1),
        "wrong by reuse": every.wrong,
        "calls per 1,000": 1000 * every.calls / count,
        "tokens per 1,000": 1000 * every.letters / LETTERS_A_TOKEN / count,
    }


def main() -> None:
    """Measures both sets and prints one table."""
    arguments = _arguments()
    vectors = Vectors(local(arguments.cache), arguments.cache)
    sets = load(arguments.data)
    found = {p.name: figures(p, vectors, count=arguments.questions) for p in sets.values()}
    table = Table("figure", *found, title=f"{arguments.questions} questions, 90 % repeats")
    for name in next(iter(found.values())):
        values = [each[name] for each in found.values()]
        is_share = name.startswith(("saved", "most"))
        table.add_row(name, *(f"{v:.1%}" if is_share else f"{v:,.0f}" for v in values))
    Console().print(table)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What the memory of verdicts saves.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets")
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder for vectors")
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
