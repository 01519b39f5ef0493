"""Which of a few approved texts, read literally, answers a question: the model's verdict.

The model sees the texts under ids that mean nothing and are drawn anew for every call, and may
return one of them or NONE. It is asked a second time, in another order, when it disagrees with
the ranking; two orders that name different texts are a doubt, which the customer resolves.
Whatever is not exactly a shown id or NONE is no verdict, never a guess.
"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator

from assistant.answering.verdicts import Candidate, Chosen, NoneOfThem, NoVerdict, Torn, Verdict
from assistant.ground.llm import Deadline, Failure, Model

# Candidates in one prompt. On the tuning half of the hard questions the answer is among the first
# four for 61 of 75, among the first eight for 67; more would cost tokens and add nothing there.
SHOWN = 8
NONE = "NONE"

SecondLook = Literal["when-surprising", "never", "always"]
"""When the model is asked again: if its choice is not the ranking's first, or at all."""

Category = Literal["access", "billing", "core-workflow", "cosmetic", "other"]
CATEGORIES = frozenset({"access", "billing", "core-workflow", "cosmetic", "other"})

_ID_LETTERS = "bcdfghjkmnpqrstvwxz"  # no vowels, so no words; no digits, so nothing to mask
UNGUESSABLE = random.SystemRandom()


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
    launch_id: int | None = None,
    second_look: SecondLook = "when-surprising",
    rng: random.Random = UNGUESSABLE,
) -> Verdict:
    """The model's verdict on the first eight `candidates`, which come best first.

    Its calls are charged to `launch_id`. Both looks share one deadline. Raises nothing: without a
    usable reply it is `NoVerdict`.
    """
    shown = tuple(candidates[:SHOWN])
    if not shown:
        return NoVerdict("there was nothing to choose from")
    by = model.deadline()
    look = partial(_look, model, question, by=by, rng=rng, launch_id=launch_id)
    first = look(shown)
    if not _wants_second_look(first, shown, second_look):
        return first
    return _taken_together(first, look(_other_order(shown, rng)))


def _taken_together(first: Verdict, second: Verdict) -> Verdict:
    """What two looks amount to; one that failed says nothing about the other."""
    if isinstance(second, NoVerdict):
        return second
    named = tuple(dict.fromkeys(v.entry for v in (first, second) if isinstance(v, Chosen)))
    if isinstance(first, Chosen) and isinstance(second, Chosen) and len(named) == 1:
        return replace(first, looks=2)
    return Torn(named, second.model) if named else first


def _wants_second_look(
    first: Verdict, shown: tuple[Candidate, ...], second_look: SecondLook
) -> bool:
    if isinstance(first, NoVerdict) or second_look == "never" or len(shown) == 1:
        return False
    # NONE is the careful choice and needs no confirmation.
    surprising = isinstance(first, Chosen) and first.entry != shown[0].entry
    return surprising or second_look == "always"


def _other_order(shown: tuple[Candidate, ...], rng: random.Random) -> tuple[Candidate, ...]:
    """Turned by a random amount, so that every candidate stands somewhere else."""
    turned = rng.randrange(1, len(shown))
    return shown[turned:] + shown[:turned]


def _look(
    model: Model,
    question: str,
    shown: Sequence[Candidate],
    *,
    by: Deadline,
    rng: random.Random,
    launch_id: int | None,
) -> Verdict:
    named = dict(zip(words_for(len(shown), rng), shown, strict=True))
    said = material(question, named, rng)
    reply = model.ask(instruction(), said, Selection, by=by, launch_id=launch_id)
    if isinstance(reply, Failure):
        return NoVerdict(reply.words)
    chosen = reply.parsed
    if chosen.choice == NONE:
        return NoneOfThem(chosen.severity, chosen.category, reply.model)
    if chosen.choice not in named:
        return NoVerdict("the model named an id that it was not shown")
    entry = named[chosen.choice].entry
    return Chosen(entry, chosen.severity, chosen.category, model=reply.model)


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
    asked = json.dumps(flat(question), ensure_ascii=False)
    mark = _word(rng)
    return "\n".join(
        [f"TEXTS {mark}", *lines, f"END {mark}", f"QUESTION {mark}", asked, f"END {mark}"]
    )


def _shown(name: str, candidate: Candidate) -> dict[str, str]:
    return {
        "id": name,
        "title": flat(candidate.title),
        "applies_when": flat(candidate.applies_when),
        "text": flat(candidate.text),
    }


def flat(text: str) -> str:
    """The text on one line, without control characters and what only steers how text is shown."""
    # Without control characters JSON needs no escape sequences, whose letters would otherwise
    # cling to numbers and hide them from the masking.
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def words_for(count: int, rng: random.Random) -> list[str]:
    """As many different names of eight letters, drawn anew, that mean nothing."""
    names: dict[str, None] = {}
    while len(names) < count:
        names[_word(rng)] = None
    return list(names)


def _word(rng: random.Random) -> str:
    return "".join(rng.choice(_ID_LETTERS) for _ in range(8))
