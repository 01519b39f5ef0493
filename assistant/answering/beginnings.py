"""Beginnings: what a draft starts with, made from what people asked and what an agent answered.

Nothing is invented: phrasings are customers' words, parts are an agent's sentences, both redacted.
What the sentences do not say stays empty, so that whoever takes the draft has to write it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.answering.best_received import Wording
from assistant.answering.for_everybody import general, sentences
from assistant.ground.redacting import redacted
from assistant.library.versions import Draft
from assistant.library.wording import Kind
from knowledge.normalise import fingerprint, normalised

MOST_PHRASINGS = 12  # in a draft: the index learns little from more, and a person reads them all
LONGEST_PHRASING = 200  # characters
FEW_WORDS = 2  # a phrasing of fewer says nothing by itself

_NEXT = re.compile(
    r"(?i)\b(?:next update|we(?: will|['’]ll) (?:tell|write|let you know|update|inform)|"
    r"(?:will|['’]ll) (?:write|be in touch|get back)|wir melden uns)\b"
)
_SAFE = re.compile(
    r"(?i)\b(?:you can (?:go on|continue|keep)|continues? as (?:usual|before)|as usual|"
    r"not affected|keeps? working|nothing is lost|is safe|are safe)\b"
)
_DO = re.compile(
    r"(?i)\A(?:please|open|go to|choose|click|tap|press|try|enter|load|reload|sign|look|check|use|"
    r"change|write|send|wait|bitte)\b|\byou (?:need|have|do not need|don['’]t need|can|should)\b|"
    r"\bnothing (?:is needed|to do)\b"
)


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a draft says before anybody has worked on it, and where its words are from."""

    kind: Kind
    draft: Draft
    sources: tuple[int, ...]  # messages of the agents whose sentences it took
    note: str  # what whoever takes it should know; empty when nothing


def beginning(
    question: str, texts: Sequence[str], wordings: Sequence[Wording], *, kind: Kind
) -> Beginning:
    """Return what an entry about ``question`` begins with; ``wordings`` come best first."""
    best = next((w for w in wordings if not w.is_about_one_case), None)
    taken, note = best, ""
    if best is None and wordings:
        note = "The replies are about single customers. Write what is true for everybody."
    elif best is None:
        note = "Nobody has answered it yet. Ask who knows."
    said = general(taken.text) if taken else ""
    parts: dict[str, Any] = split(said) if kind is Kind.RESPONSE else {"answer": said}
    title = titled(question)
    draft = Draft(question=title, phrasings=phrasings(texts, besides=(title,)), **parts)
    return Beginning(kind, draft, tuple(r.message_id for r in taken.said) if taken else (), note)


def titled(question: str) -> str:
    """Return a question as a title: redacted, without greeting, beginning with a capital."""
    said = redacted(question)
    words = normalised(said) or said
    return words[:1].upper() + words[1:]


def phrasings(texts: Iterable[str], *, besides: Iterable[str] = ()) -> list[str]:
    """Return the different ways of asking it, the most frequent first, redacted.

    What holds somebody's data even after redacting, has too few words or is very long is left out.
    """
    known = {fingerprint(each) for each in besides}
    times: dict[str, int] = {}
    words: dict[str, str] = {}
    for text in texts:
        way = normalised(redacted(text))
        print_ = fingerprint(way)
        times[print_] = times.get(print_, 0) + 1
        words.setdefault(print_, way)
    fit = [p for p in times if p and p not in known and _is_fit(words[p])]
    return [words[p] for p in sorted(fit, key=lambda p: -times[p])][:MOST_PHRASINGS]


def _is_fit(way: str) -> bool:
    return "[" not in way and len(way) <= LONGEST_PHRASING and len(way.split()) >= FEW_WORDS


def split(text: str) -> dict[str, str]:
    """Return each sentence in the part that it plainly belongs to; the rest says why."""
    parts: dict[str, list[str]] = {}
    for sentence in sentences(text):
        parts.setdefault(_part_of(sentence), []).append(sentence)
    return {part: " ".join(said) for part, said in parts.items()}


def _part_of(sentence: str) -> str:
    if _NEXT.search(sentence):
        return "next_update"
    if _SAFE.search(sentence):
        return "safe_to_continue"
    return "what_to_do" if _DO.search(sentence) else "why_now"
