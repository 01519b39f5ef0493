"""What a response shows a customer: approved words and fixed lines, to the last character."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.faults.books import FIXED

Texts = Mapping[str, tuple[str, str, str]]  # text, title and condition by entry, as approved


def foreign(outcome: Mapping[str, Any], texts: Texts) -> list[str]:
    """Return everything in a response that nobody approved and no fixed line says."""
    return list(_foreign(outcome, texts))


def _foreign(outcome: Mapping[str, Any], texts: Texts) -> Iterator[str]:
    if outcome["text"] not in FIXED | {""}:
        yield str(outcome["text"])
    answers = [outcome["answer"], *outcome["more_answers"]] if "answer" in outcome else []
    for answer in answers:
        if (answer["text"], answer["title"]) != texts[answer["entry"]][:2]:
            yield str(answer["text"])
    for option in outcome.get("clarification", {}).get("options", []):
        if (option["title"], option["applies_when"]) != texts[option["entry"]][1:]:
            yield str(option["title"])


def is_settled(outcome: Mapping[str, Any]) -> bool:
    """Return whether the customer has an answer, a question back, or a ticket with promises."""
    if outcome["outcome"] == "answer":
        return bool(outcome["answer"]["text"])
    if outcome["outcome"] == "clarification":
        return bool(outcome["text"])
    ticket = outcome["ticket"]
    return bool(ticket["number"] and ticket["acknowledged_at"] and ticket["promises"])
