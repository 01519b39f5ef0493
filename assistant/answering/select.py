"""Which of a few approved texts, read literally, answers a question: the model's verdict.

The model sees the texts under ids that mean nothing and are drawn anew for every call, and may
return one of them or NONE. It is asked a second time, in another order, when it disagrees with
the ranking. Whatever is not exactly a shown id or NONE is no verdict, never a guess.
"""

import hashlib
import json
import random
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator

from assistant.ground.llm import Deadline, Failure, Model

SHOWN = 4  # candidates; the right entry is among the first three for 96 to 98 of 100 questions
NONE = "NONE"

SecondLook = Literal["when-surprising", "never", "always"]
"""When the model is asked again: if its choice is not the ranking's first, or at all."""

Category = Literal["access", "billing", "core-workflow", "cosmetic", "other"]
CATEGORIES = frozenset({"access", "billing", "core-workflow", "cosmetic", "other"})

_ID_LETTERS = "bcdfghjkmnpqrstvwxz"  # no vowels, so no words; no digits, so nothing to mask
_UNGUESSABLE = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An approved message that may be the answer."""

    entry: str
    title: str
    text: str
    applies_when: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """This entry's text answers the question, says the model."""

    entry: str
    severity: int | None
    category: str | None
    looks: int = 1
    """In how many orders it was asked and said the same."""


@dataclass(frozen=True, slots=True)
class NoneOfThem:
    """No shown text answers the question, says the model."""

    severity: int | None
    category: str | None


@dataclass(frozen=True, slots=True)
class NoVerdict:
    """The model said nothing usable; `reason` in words, for logs and figures."""

    reason: str


Verdict = Chosen | NoneOfThem | NoVerdict


class Selection(BaseModel):
    """What the model returns. A wrong severity or category does not spoil the choice."""

    model_config = ConfigDict(extra="ignore", strict=True)

    choice: str
    severity: Literal[1, 2, 3] | None = None
    category: Category | None = None

    @field_validator("severity", mode="before")
    @classmethod
    def _known_severity(cls, value: object) -> object:
        return value if type(value) is int and 1 <= value <= 3 else None

    @field_validator("category", mode="before")
    @classmethod
    def _known_category(cls, value: object) -> object:
        return value if isinstance(value, str) and value in CATEGORIES else None


def select(
    model: Model,
    question: str,
    candidates: Sequence[Candidate],
    *,
    second_look: SecondLook = "when-surprising",
    verdicts: "Verdicts | None" = None,
    rng: random.Random = _UNGUESSABLE,
) -> Verdict:
    """The model's verdict on the first four `candidates`, which come best first.

    `verdicts` remembers what was decided. Both looks share one deadline. Raises nothing: without
    a usable reply it is `NoVerdict`.
    """
    shown = tuple(candidates[:SHOWN])
    if not shown:
        return NoVerdict("there was nothing to choose from")
    if verdicts is None:
        return _asked(model, question, shown, second_look, rng)
    verdict = verdicts.recall(question, shown)
    if verdict is None:
        verdict = _asked(model, question, shown, second_look, rng)
        verdicts.remember(question, shown, verdict)
    return verdict


def _asked(
    model: Model,
    question: str,
    shown: tuple[Candidate, ...],
    second_look: SecondLook,
    rng: random.Random,
) -> Verdict:
    by = model.deadline()
    first = _look(model, question, shown, by, rng)
    if not _wants_second_look(first, shown, second_look):
        return first
    second = _look(model, question, _other_order(shown, rng), by, rng)
    if isinstance(second, NoVerdict):
        return second
    if _entry_of(first) != _entry_of(second):
        return NoVerdict("two orders disagree")
    return replace(first, looks=2) if isinstance(first, Chosen) else first


def _wants_second_look(
    first: Verdict, shown: tuple[Candidate, ...], second_look: SecondLook
) -> bool:
    if isinstance(first, NoVerdict) or second_look == "never" or len(shown) == 1:
        return False
    # NONE is the careful choice and needs no confirmation.
    surprising = isinstance(first, Chosen) and first.entry != shown[0].entry
    return surprising or second_look == "always"


def _entry_of(verdict: Chosen | NoneOfThem | NoVerdict) -> str | None:
    return verdict.entry if isinstance(verdict, Chosen) else None


def _other_order(shown: tuple[Candidate, ...], rng: random.Random) -> tuple[Candidate, ...]:
    """Turned by a random amount, so that every candidate stands somewhere else."""
    turned = rng.randrange(1, len(shown))
    return shown[turned:] + shown[:turned]


def _look(
    model: Model,
    question: str,
    shown: Sequence[Candidate],
    by: Deadline,
    rng: random.Random,
) -> Verdict:
    named = dict(zip(_ids(len(shown), rng), shown, strict=True))
    reply = model.ask(instruction(), material(question, named, rng), Selection, by=by)
    if isinstance(reply, Failure):
        return NoVerdict(reply.words)
    said = reply.parsed
    if said.choice == NONE:
        return NoneOfThem(said.severity, said.category)
    if said.choice not in named:
        return NoVerdict("the model named an id that it was not shown")
    return Chosen(named[said.choice].entry, said.severity, said.category)


@cache
def instruction() -> str:
    """The instruction, from `prompts/select.md`."""
    return (resources.files(__package__) / "prompts" / "select.md").read_text(encoding="utf-8")


def material(question: str, named: Mapping[str, Candidate], rng: random.Random) -> str:
    """Texts and question as marked lines that no content can leave.

    Every value is a JSON string on one line, between marks that end in letters drawn for this
    call alone: a customer can neither close a mark nor write a line that is one.
    """
    lines = [json.dumps(_shown(name, each), ensure_ascii=False) for name, each in named.items()]
    asked = json.dumps(_flat(question), ensure_ascii=False)
    mark = _word(rng)
    return "\n".join(
        [f"TEXTS {mark}", *lines, f"END {mark}", f"QUESTION {mark}", asked, f"END {mark}"]
    )


def _shown(name: str, candidate: Candidate) -> dict[str, str]:
    return {
        "id": name,
        "title": _flat(candidate.title),
        "applies_when": _flat(candidate.applies_when),
        "text": _flat(candidate.text),
    }


def _flat(text: str) -> str:
    # Without control characters JSON needs no escape sequences, whose letters would otherwise
    # cling to numbers and hide them from the masking.
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _ids(count: int, rng: random.Random) -> list[str]:
    names: dict[str, None] = {}
    while len(names) < count:
        names[_word(rng)] = None
    return list(names)


def _word(rng: random.Random) -> str:
    return "".join(rng.choice(_ID_LETTERS) for _ in range(8))


class Verdicts:
    """Verdicts by question and by exactly the texts they were about; the oldest are dropped.

    A changed text is another key, so nothing here can outlive an edit. Safe for many threads.
    """

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self._kept: OrderedDict[str, Verdict] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def recall(self, question: str, candidates: Sequence[Candidate]) -> Verdict | None:
        """What was decided about this question and these texts, in whatever order."""
        key = _key(question, candidates)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def remember(self, question: str, candidates: Sequence[Candidate], verdict: Verdict) -> None:
        """Keeps a verdict; that there was none is not worth keeping."""
        if isinstance(verdict, NoVerdict):
            return
        with self._lock:
            self._kept[_key(question, candidates)] = verdict
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)


def _key(question: str, candidates: Sequence[Candidate]) -> str:
    texts = sorted((each.entry, each.title, each.text, each.applies_when) for each in candidates)
    parts = [" ".join(question.casefold().split()), *texts]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
