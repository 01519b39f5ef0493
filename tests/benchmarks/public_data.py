"""BANKING77 and CLINC150, seen as knowledge bases and their customers.

An intent plays an approved entry, some of its training questions are the entry's phrasings, the
test questions are customers. The folder holds

    banking77/train.csv, banking77/test.csv   github.com/PolyAI-LDN/task-specific-datasets (CC BY)
    clinc150/data_full.json                   github.com/clinc/oos-eval (CC BY)
"""

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from rich.progress import track

from knowledge.embedding import Embedder
from knowledge.entries import Entry, Vector

Asked = tuple[str, str | None]
"""A customer's question and the intent that answers it; None when no entry does."""


@dataclass(frozen=True)
class PublicSet:
    """One published set of questions, by intent."""

    key: str
    name: str
    train: Mapping[str, Sequence[str]]
    test: Mapping[str, Sequence[str]]
    out_of_scope: Sequence[str]
    """Questions that no intent answers, of the test split."""

    @property
    def intents(self) -> tuple[str, ...]:
        return tuple(sorted(self.train))

    def entries(self, phrasings: int | None, seed: int, without: Iterable[str] = ()) -> list[Entry]:
        """One entry per intent, sampled as the protocol says; None takes every question."""
        left_out, random = set(without), Random(seed)
        sampled = {
            intent: self.train[intent]
            if phrasings is None
            else random.sample(list(self.train[intent]), phrasings)
            for intent in self.intents
        }
        return [entry(name, ways) for name, ways in sampled.items() if name not in left_out]

    def customers(self, without: Iterable[str] = ()) -> list[Asked]:
        """Every test question; those of the intents left out are answered by nobody."""
        left_out = set(without)
        asked: list[Asked] = [
            (question, None if intent in left_out else intent)
            for intent in self.intents
            for question in self.test[intent]
        ]
        return asked + [(question, None) for question in self.out_of_scope]


def entry(name: str, ways: Sequence[str]) -> Entry:
    """An entry that is asked in these ways."""
    return Entry(id=name, title=ways[0], phrasings=tuple(ways[1:]))


def load(folder: Path) -> dict[str, PublicSet]:
    """Both sets by name: "banking77" and "clinc150". Raises FileNotFoundError."""
    return {"banking77": _banking(folder / "banking77"), "clinc150": _clinc(folder / "clinc150")}


def _banking(folder: Path) -> PublicSet:
    splits = {}
    for split in ("train", "test"):
        with (folder / f"{split}.csv").open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines)
            splits[split] = _by_intent((row["text"], row["category"]) for row in rows)
    return PublicSet("banking77", "BANKING77", splits["train"], splits["test"], ())


def _clinc(folder: Path) -> PublicSet:
    data = json.loads((folder / "data_full.json").read_text(encoding="utf-8"))
    out_of_scope = [question for question, _ in data["oos_test"]]
    return PublicSet(
        "clinc150", "CLINC150", _by_intent(data["train"]), _by_intent(data["test"]), out_of_scope
    )


def _by_intent(rows: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for question, intent in rows:
        found.setdefault(intent, []).append(" ".join(question.split()))
    return found


class Vectors:
    """Vectors by text, computed once per embedder and kept in a folder between runs."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(embedder.name.encode()).hexdigest()[:12]
        self._file = folder / f"vectors-{name}.npz"
        self._embedder = embedder
        self._known: dict[str, Vector] = {}
        if self._file.exists():
            kept = np.load(self._file, allow_pickle=False)
            self._known = dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))

    def of(self, texts: Iterable[str]) -> Mapping[str, Vector]:
        """A vector for every text (and for others seen before)."""
        missing = sorted(set(texts) - self._known.keys())
        portions = [missing[at : at + 256] for at in range(0, len(missing), 256)]
        for portion in track(portions, "embedding", disable=len(portions) < 2):
            vectors = self._embedder.embed(portion)
            self._known.update(zip(portion, vectors, strict=True))
        if len(portions) > 1:
            self._save()
        return self._known

    def _save(self) -> None:
        texts = np.array(list(self._known))
        np.savez(self._file, texts=texts, vectors=np.stack(list(self._known.values())))
