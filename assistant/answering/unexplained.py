"""What a question says beyond its nearest phrasing. Without a model to read the texts, the
assistant answers only where nothing is left unexplained; otherwise the customer is asked.

Questions that sound like an entry and are not answered by it mostly say one thing more: "… and
it jumps back", "…, the right one as well". Measures of meaning look at the whole and miss that.
"""

import re
from collections.abc import Sequence

from assistant.answering.objections import Objection
from assistant.answering.wording import plain
from knowledge.lexical import FUNCTION_WORDS, stems

NEAR = 0.60
"""Cosine with some way of the entry from which a clause is explained.

Chosen on the labelled questions that were looked at: it took wrong answers there from 13 to 3 and
right ones from 26 to 17; on the 584 questions that nobody had looked at, wrong ones from 2 to 0.
"""
_WORD = re.compile(r"\w+")
_UNDO = ("un", "de", "dis")
_UNDONE = re.compile(r"\b(un|de|dis)-(\w)")  # "un-pause" is one word
_MARKS = " .?!"
WORDS = 2  # content words that a clause has; fewer say nothing of their own

_BREAK = re.compile(
    r"[,;:.!?()]+\s|\s[-–—]+\s|\b(?:but|because|although|though|however|whereas|while|and)\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|no|never|without|nobody|none|nothing|neither|nor)\b")


def clauses(question: str) -> tuple[str, ...]:
    """The parts of a question that say something of their own; the whole where there is one.

    Beside a part that says too little to stand alone, the other one is looked at with the whole.
    """
    parts = (part.strip() for part in _BREAK.split(question))
    found = tuple(part for part in parts if _content(part) >= WORDS)
    if len(found) == 1 and found[0].strip(_MARKS) != question.strip(_MARKS):
        return (question, found[0])
    return found if len(found) > 1 else (question,)


def left_over(parts: Sequence[str], nearness: Sequence[float]) -> Objection | None:
    """The clause that is farthest from everything the entry is asked, if it is too far.

    `nearness`: of each clause, the cosine with the nearest way of the entry.
    """
    farthest, at = min(zip(nearness, range(len(parts)), strict=True))
    if len(parts) == 1 or farthest >= NEAR:
        return None
    return Objection("unexplained", f"it also says “{parts[at]}”")


def denies_otherwise(question: str, nearest: str) -> Objection | None:
    """A "not" on one side alone, or one word of both with and without "un" before it."""
    asked, way = plain(question), plain(nearest)
    denies = bool(_NOT.search(asked))
    # "… , nobody told me" in a phrasing is no contradiction to who does not speak of that.
    is_denied = bool(_NOT.search(way)) if denies else _denies(way, asked)
    if denies == is_denied and not _undoes(asked, way):
        return None
    return Objection("unexplained", f"it denies what “{nearest}” states, or the reverse")


def _denies(spoken: str, other: str) -> bool:
    """Whether it says "not" of something that the other one speaks of too."""
    parts = [part for part in _BREAK.split(spoken) if _NOT.search(part)]
    theirs = set(stems(other)) - FUNCTION_WORDS
    return any(theirs & set(stems(part)) for part in parts)


def _undoes(one: str, other: str) -> bool:
    """Whether one of them has a word that the other has only with "un", "de" or "dis" before it."""
    words, others = (set(_WORD.findall(_UNDONE.sub(r"\1\2", each))) for each in (one, other))
    pairs = [(words - others, others - words), (others - words, words - others)]
    return any(f"{undo}{word}" in theirs for own, theirs in pairs for word in own for undo in _UNDO)


def _content(text: str) -> int:
    return len(set(stems(text)) - FUNCTION_WORDS)
