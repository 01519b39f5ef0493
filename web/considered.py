"""What the assistant considered, as the desk and the command show it: the same facts in words."""

from collections.abc import Mapping
from typing import Any

from assistant.answering.decisions import Decision
from assistant.answering.explaining import Explanation, ForOrAgainst, PartExplained, of_decision

OUTCOME_WORDS = {
    "answer": "Answered by the assistant",
    "clarification": "Asked back by the assistant",
    "handoff": "Handed over by the assistant",
}
PART_WORDS = {
    "answer": "Would be answered",
    "clarification": "Would be asked about",
    "handoff": "Needs a person",
    "": "",
}
MODE_WORDS = {
    "auto": "automatic: it may answer",
    "clarify": "it asks before it answers",
    "suggest": "people answer, with suggestions",
}
VIA_WORDS = {
    "chroma": "by meaning, in the index",
    "exact": "by meaning, every text compared",
    "lexical": "by words alone",
}


def considered(decision: Decision | None, titles: Mapping[str, str], launch: str) -> Any:
    """Return what the assistant thought about a message; nothing when it did not think.

    ``titles`` are the questions of the candidates by their keys.
    """
    if decision is None:
        return None
    explanation = of_decision(decision)
    return {
        "outcome_words": OUTCOME_WORDS[decision.outcome],
        "reason": decision.reason,
        "facts": facts_of(explanation),
        "parts": [_part(part, explanation, titles, launch) for part in explanation.parts],
        "at": decision.at,
    }


def facts_of(explanation: Explanation) -> list[tuple[str, str]]:
    """Return what held for the whole message, each with its label."""
    area = explanation.out_of_scope
    scope = f"outside of the launch: {area}" if area else "inside the launch"
    said = [
        ("Severity", explanation.severity),
        ("Mode", MODE_WORDS.get(explanation.mode, explanation.mode)),
        ("Scope", scope if explanation.severity else ""),
        ("Audience", explanation.audience),
    ]
    return [(label, words) for label, words in said if words]


def part_facts(part: PartExplained) -> list[tuple[str, str]]:
    """Return what held for one question, each with its label."""
    said = [
        ("Read as", f"“{part.read_as}”" if part.read_as else ""),
        ("Found", VIA_WORDS.get(part.via, part.via)),
        ("Certainty", certainty_words(part) if part.candidates else ""),
        ("Noticed", "; ".join(part.notes)),
        ("Model", part.model),
    ]
    return [(label, words) for label, words in said if words]


def certainty_words(part: PartExplained) -> str:
    """Return how certain it is that the best match is right, beside what would have sufficed."""
    enough = f"it answers from {part.answers_from:.2f}" if part.answers_from else ""
    asks = f"asks from {part.asks_from:.2f}" if part.asks_from is not None else ""
    return "; ".join(words for words in (f"{part.certainty:.2f}", enough, asks) if words)


def _part(
    part: PartExplained, whole: Explanation, titles: Mapping[str, str], launch: str
) -> dict[str, Any]:
    return {
        "question": part.question,
        "outcome": part.outcome,
        "outcome_words": PART_WORDS[part.outcome],
        "answered_by": titles.get(part.entry or "", part.entry),
        "withheld": part in whole.withheld,
        "reason": part.reason,
        "facts": part_facts(part),
        "candidates": [_candidate(one, titles, launch) for one in part.candidates],
    }


def _candidate(one: ForOrAgainst, titles: Mapping[str, str], launch: str) -> dict[str, Any]:
    return {
        "title": titles.get(one.entry, one.entry),
        "href": f"/library/{launch}/entries/{one.entry}",
        "score": min(1.0, max(0.0, one.cosine)),
        "speaks_for": "; ".join(one.speaks_for),
        "against": list(one.against),
    }
