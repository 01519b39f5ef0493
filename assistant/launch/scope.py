"""Is a question about this change? What is named as out of scope goes to the normal queue."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

COMMON = frozenset(
    {"a", "about", "all", "an", "and", "any", "are", "at", "be", "by", "for", "from", "in", "into"}
    | {"is", "it", "its", "new", "not", "of", "on", "or", "other", "our", "out", "so", "that"}
    | {"the", "their", "them", "this", "to", "up", "us", "we", "with", "you", "your"}
)
ENOUGH = 2  # words of an area's title that must occur when the area lists no words of its own


@dataclass(frozen=True, slots=True)
class Scope:
    """Inside, or outside because of ``area``."""

    inside: bool
    area: str = ""


def scope_of(question: str, out_of_scope: Sequence[dict[str, Any]]) -> Scope:
    """Return whether ``question`` is inside the launch.

    An area is ``{title, words}``. It takes the question when one of its words or phrases occurs
    whole; an area without words takes it when ``ENOUGH`` words of its title (or all) occur.
    """
    said = _words(question)
    line = f" {' '.join(said)} "
    for area in out_of_scope:
        if _is_named(line, set(said), area):
            return Scope(inside=False, area=str(area["title"]))
    return Scope(inside=True)


def _is_named(line: str, said: set[str], area: dict[str, Any]) -> bool:
    phrases = [_plain(phrase) for phrase in area.get("words") or ()]
    if phrases:
        return any(phrase and f" {phrase} " in line for phrase in phrases)
    title = {word for word in _words(str(area["title"])) if word not in COMMON}
    return bool(title) and len(title & said) >= min(ENOUGH, len(title))


@lru_cache(maxsize=4096)  # the same phrases, question after question
def _plain(phrase: str) -> str:
    return " ".join(_words(phrase))


def _words(text: str) -> list[str]:
    return [word.rstrip("s") or word for word in re.findall(r"\w+", text.casefold())]
