"""What changed between two versions, part by part. Pure."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from assistant.library.versions import EntryVersion

PARTS = {
    "question": "Question",
    "verdict": "Verdict",
    "why_now": "Why it appears now",
    "what_to_do": "What to do",
    "safe_to_continue": "Can they continue safely",
    "answer": "Answer",
    "next_update": "Next update",
    "applies_when": "Applies when",
    "audience": "Audience",
    "locale": "Language",
}
LISTS = {"phrasings": "Other ways people ask it", "not_for": "Not answered by it"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One part as it was and as it is; an empty side is an addition or a removal."""

    part: str
    before: str
    after: str


def differences(before: EntryVersion, after: EntryVersion) -> list[Difference]:
    """Return the parts that are not the same, in the order of the form."""
    texts = [
        Difference(words, getattr(before, part), getattr(after, part))
        for part, words in PARTS.items()
        if getattr(before, part) != getattr(after, part)
    ]
    lists = [
        _lines(words, getattr(before, part), getattr(after, part))
        for part, words in LISTS.items()
        if getattr(before, part) != getattr(after, part)
    ]
    return [*texts, *lists]


def differences_of_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return the fields of a pack that are not the same, in words; a blank one is left out."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return [
        _lines(LISTS[name], before.get(name, []), after.get(name, []))
        if name in LISTS
        else Difference(_part(name), str(before.get(name, "")), str(after.get(name, "")))
        for name in names
    ]


def _part(name: str) -> str:
    return PARTS.get(name, name.replace("_", " ").capitalize())


def _lines(words: str, before: list[str], after: list[str]) -> Difference:
    """Return only the lines that came or went: of a long list nobody reads what stayed."""
    marked = list(difflib.ndiff(before, after))
    gone = [line[2:] for line in marked if line.startswith("- ")]
    new = [line[2:] for line in marked if line.startswith("+ ")]
    return Difference(words, "\n".join(gone), "\n".join(new))


@dataclass(frozen=True, slots=True)
class Run:
    """Some words that stayed, went or came."""

    kind: Literal["same", "gone", "new"]
    words: str


def word_by_word(before: str, after: str) -> list[Run]:
    """Return the runs of words that make ``after`` of ``before``, in reading order.

    Those that are not gone make up ``after``, those that are not new ``before``, to the letter.
    """
    one, other = (re.findall(r"\w+|\s+|[^\w\s]", text) for text in (before, after))
    runs: list[Run] = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, one, other).get_opcodes():
        gone, new = "".join(one[a:b]), "".join(other[c:d])
        if what == "equal":
            runs.append(Run("same", new))
            continue
        runs += [Run("gone", gone)] if gone else []
        runs += [Run("new", new)] if new else []
    return runs
