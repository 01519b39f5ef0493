"""What the model said before, for the same words again and for the same meaning in other words.

A verdict serves another question only where nothing that could change it differs: the launch, the
texts from the nearest down to the chosen one (and none of the others is newer), whatever pins the
question to one case (codes, amounts, dates, numbers, "not", on or off), how grave it is, and what
speaks against the chosen text. NONE serves the same words only, because a question that no text
answers says little about its neighbours.
"""

import hashlib
import json
import re
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.answering.directions import negations, poles
from assistant.answering.identifiers import amounts, codes, dates, durations, versions
from assistant.answering.objections import Objection
from assistant.answering.verdicts import Candidate, Chosen, NoVerdict, Verdict
from assistant.answering.wording import plain
from knowledge.entities import identifiers
from knowledge.normalise import fingerprint

if TYPE_CHECKING:
    from knowledge.entries import Vector

# Cosine from which two questions may share a verdict. Chosen on BANKING77: from 0.85, 7 of 907
# reworded questions got a wrong one, from 0.90 none of 517; opposites have 0.83 at the median.
ALIKE = 0.90
APART = 0.05  # a question with another verdict has to be this much farther away, in cosine
WORDS = 10_000  # verdicts kept by words, of all launches
MEANINGS = 4_000  # questions kept by meaning per launch; a scan of them takes about a millisecond
TEXTS = 10_000  # approved texts of one launch of which it is known since when they are there
LAUNCHES = 10  # launches whose meanings are kept; 6 MB each
_NUMBER = re.compile(r"\d+")

Pins = frozenset[tuple[tuple[str, str], int]]
"""Numbers in every sense, "not", which way it goes; each by kind and value, with its count."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One question as the model would judge it, with everything its verdict hangs on."""

    launch_id: int
    question: str
    shown: tuple[Candidate, ...]
    """The texts that the model would be shown, best first."""
    severity: int = 3
    vector: "Vector | None" = None
    """Of unit length; None where there is no embedder."""
    objections: Mapping[str, tuple[Objection, ...]] | None = None
    """What speaks against each shown text, by entry."""
    embedder: str = ""
    """Who made the vector; those of different makers are never compared."""

    def against(self, entry: str) -> frozenset[str]:
        """The kinds of what speaks against a text."""
        return frozenset(one.kind for one in (self.objections or {}).get(entry, ()))

    def down_to(self, entry: str) -> tuple[Candidate, ...]:
        """The texts down to this entry's, best first; all where it is not shown."""
        entries = [each.entry for each in self.shown]
        return self.shown[: entries.index(entry) + 1 if entry in entries else None]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A question that has a verdict."""

    heard: Heard
    pins: Pins
    verdict: Verdict
    at: int
    """How many questions had been remembered then."""


class Verdicts:
    """Verdicts by words and by meaning; the oldest are dropped. Safe for many threads.

    A changed text is another text, so nothing here outlives an edit, and nothing crosses from one
    launch to another.
    """

    def __init__(self, words: int = WORDS, meanings: int = MEANINGS, alike: float = ALIKE) -> None:
        self._words: OrderedDict[str, Verdict] = OrderedDict()
        self._meanings: OrderedDict[int, _Meanings] = OrderedDict()
        self._sizes = (words, meanings)
        self._alike = alike
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._words)

    def of(self, heard: Heard, asked: Callable[[], Verdict]) -> Verdict:
        """What is known about a question, or what `asked` says, which is then remembered."""
        known = self.recall(heard)
        if known is not None:
            return known
        verdict = asked()
        self.remember(heard, verdict)
        return verdict

    def recall(self, heard: Heard) -> Verdict | None:
        """What was said about these words and texts, or about a question that means the same."""
        key = _key(heard)
        with self._lock:
            if key in self._words:
                self._words.move_to_end(key)
                return self._words[key]
            meanings = self._meanings.get(heard.launch_id)
            return meanings.recall(heard, self._alike) if meanings else None

    def remember(self, heard: Heard, verdict: Verdict) -> None:
        """Keeps a verdict; that there was none is not worth keeping."""
        if isinstance(verdict, NoVerdict):
            return
        with self._lock:
            self._words[_key(heard)] = verdict
            while len(self._words) > self._sizes[0]:
                self._words.popitem(last=False)
            if heard.vector is not None:
                self._of_launch(heard.launch_id).remember(heard, heard.vector, verdict)

    def _of_launch(self, launch_id: int) -> "_Meanings":
        meanings = self._meanings.setdefault(launch_id, _Meanings(self._sizes[1]))
        self._meanings.move_to_end(launch_id)
        while len(self._meanings) > LAUNCHES:
            self._meanings.popitem(last=False)
        return meanings


class _Meanings:
    """The latest questions of one launch with their vectors, in a ring."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: list[_Kept] = []
        self._vectors: Vector | None = None
        self._next = 0
        self._known_since: dict[Candidate, int] = {}
        self._count = 0
        self._embedder = ""

    def remember(self, heard: Heard, vector: "Vector", verdict: Verdict) -> None:
        """Puts a question in the place of the oldest."""
        if self._vectors is None or not self._can_compare(heard.embedder, vector):
            # Another embedder is at work: what was kept cannot be compared with it.
            self._embedder = heard.embedder
            self._vectors = np.zeros((self._size, len(vector)), dtype=np.float32)
            self._kept, self._next = [], 0
        self._count += 1
        self._meet(heard.shown)
        kept = _Kept(heard, pins(heard.question), verdict, self._count)
        self._kept[self._next : self._next + 1] = [kept]
        self._vectors[self._next] = vector
        self._next = (self._next + 1) % self._size

    def recall(self, heard: Heard, alike: float) -> Verdict | None:
        """The verdict on the nearest question, where it may be reused and no other is as near."""
        vectors = self._vectors
        if heard.vector is None or vectors is None:
            return None
        if not self._can_compare(heard.embedder, heard.vector):
            return None
        cosines = vectors[: len(self._kept)] @ np.asarray(heard.vector, dtype=np.float32)
        nearest = int(np.argmax(cosines))
        if cosines[nearest] < alike:
            return None
        known = self._kept[nearest]
        near = (self._kept[at].verdict for at in np.flatnonzero(cosines > cosines[nearest] - APART))
        is_undisputed = all(verdict == known.verdict for verdict in near)
        # A text that came later was never weighed against the one that was chosen.
        is_old = all(self._known_since.get(one, self._count + 1) <= known.at for one in heard.shown)
        return known.verdict if is_undisputed and is_old and _serves(known, heard) else None

    def _can_compare(self, embedder: str, vector: "Vector") -> bool:
        known = self._vectors
        return known is not None and self._embedder == embedder and known.shape[1] == len(vector)

    def _meet(self, texts: Sequence[Candidate]) -> None:
        if len(self._known_since) > TEXTS:
            self._known_since.clear()
        for each in texts:
            self._known_since.setdefault(each, self._count)


def _serves(known: _Kept, heard: Heard) -> bool:
    """Whether a verdict holds for another question too: nothing that it hangs on differs."""
    verdict = known.verdict
    if not isinstance(verdict, Chosen) or known.heard.severity != heard.severity:
        return False
    return (
        known.heard.down_to(verdict.entry) == heard.down_to(verdict.entry)
        and known.heard.against(verdict.entry) == heard.against(verdict.entry)
        and known.pins == pins(heard.question)
    )


def pins(question: str) -> Pins:
    """Whatever ties a question to one case, and how often it says so."""
    spoken = plain(question)
    found: dict[str, Sequence[object] | frozenset[str]] = {
        "code": codes(question) | identifiers(question),
        "version": versions(question),
        "amount": sorted((unit, sorted(each)) for unit, each in amounts(question).items()),
        "date": dates(question),
        "duration": durations(question),
        "number": _NUMBER.findall(spoken),
        "not": negations(spoken),
        "way": poles(spoken),
    }
    counted = Counter((kind, repr(value)) for kind, values in found.items() for value in values)
    return frozenset(counted.items())


def _key(heard: Heard) -> str:
    texts = sorted((one.entry, one.title, one.text, one.applies_when) for one in heard.shown)
    parts = [heard.launch_id, fingerprint(heard.question), *texts]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
