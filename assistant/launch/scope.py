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


# --- what people say about it, and the words that would follow ---

LONGEST_RUN = 3  # words of a phrase that is found by itself


def named(question: str, out_of_scope: Sequence[dict[str, Any]]) -> tuple[str, str]:
    """Return the area that takes ``question`` out, and the phrase of it that occurs.

    Both are empty for a question that is in; the phrase is empty for an area without words.
    """
    area = scope_of(question, out_of_scope).area
    row = next((each for each in out_of_scope if str(each["title"]) == area), None)
    phrases = (row.get("words") or ()) if row else ()
    return area, next((phrase for phrase in phrases if says(question, phrase)), "")


def says(question: str, phrase: str) -> bool:
    """Return whether ``phrase`` occurs whole in ``question``, as an area's words are looked for."""
    plain = _plain(phrase)
    return bool(plain) and f" {plain} " in f" {' '.join(_words(question))} "


def runs(question: str) -> dict[str, str]:
    """Return the runs of up to ``LONGEST_RUN`` words that could name an area, as they were said.

    By their plain form; none begins or ends with a word that says nothing.
    """
    said = re.findall(r"\w+", question.casefold())
    found: dict[str, str] = {}
    for begin in range(len(said)):
        for end in range(begin + 1, min(begin + LONGEST_RUN, len(said)) + 1):
            run = said[begin:end]
            if not any(_says_nothing(word) for word in (run[0], run[-1])):
                phrase = " ".join(run)
                found.setdefault(_plain(phrase), phrase)
    return found


def _says_nothing(word: str) -> bool:
    return len(word) < 3 or word in COMMON or word in ASKING


ASKING = frozenset(  # in any question about anything
    {"can", "could", "did", "do", "does", "had", "has", "have", "how", "into", "was", "were"}
    | {"what", "when", "where", "which", "who", "why", "will", "would", "should", "please"}
    | {"get", "got", "need", "want", "still", "now", "there", "then", "than", "but", "just"}
    | {"hello", "thank", "thanks", "help", "mine"}
)
