"""How sure the engine is that a text answers a question: in words, with the number. Pure.

A likeness says that two texts look alike; a certainty says how often such a find was right. Only
what was found first has a certainty, so the others are shown with their likeness and no more.
"""

from dataclasses import dataclass

from assistant.answering.explaining import Explanation, ForOrAgainst, PartExplained

POSSIBLE = 0.4  # where a decision did not keep from which certainty on it would have asked
WORDS = (  # from which certainty on, and how an agent would say it
    (0.9, "Very likely the answer"),
    (0.7, "Likely the answer"),
    (POSSIBLE, "Possibly the answer"),
    (0.15, "Probably not the answer"),
    (0.0, "Hardly the answer"),
)
ENOUGH = "Sure enough to answer by itself"
NEARER = "Another text came nearer"
UNKNOWN = "Not looked at by the engine"


@dataclass(frozen=True, slots=True)
class Sure:
    """What the engine thinks of one text for one question.

    ``certainty`` and ``likeness`` are 0..1; ``certainty`` is empty for all but the first found.
    ``is_doubtful``: the assistant would not even ask whether it is meant.
    """

    words: str
    certainty: float | None
    likeness: float
    explained: str
    speaks_for: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    is_doubtful: bool = False


def how_sure(explanation: Explanation | None, entry: str, likeness: float) -> Sure:
    """Return how sure the engine was of ``entry`` when it thought about the question."""
    found = _found(explanation, entry) if explanation else None
    if found is None:
        return Sure(UNKNOWN, None, likeness, "Somebody chose this text; nothing was weighed.")
    part, one = found
    if part.candidates[0].entry != entry:
        said = f"The text looks {percent(likeness)} like the question, another one more so."
        return Sure(NEARER, None, likeness, said, one.speaks_for, one.against)
    return Sure(
        _words(part),
        part.certainty,
        likeness,
        _explained(part),
        one.speaks_for,
        one.against,
        is_doubtful=part.certainty < (POSSIBLE if part.asks_from is None else part.asks_from),
    )


def percent(share: float) -> str:
    """Return a share as people say it, never surer than it is: ``62 %``, at most ``99 %``."""
    return f"{min(99, int(share * 100 + 0.5))} %"


def _found(explanation: Explanation, entry: str) -> tuple[PartExplained, ForOrAgainst] | None:
    parts = sorted(explanation.parts, key=lambda part: part.entry != entry)
    return next(
        ((part, one) for part in parts for one in part.candidates if one.entry == entry), None
    )


def _words(part: PartExplained) -> str:
    if 0 < part.answers_from <= part.certainty:
        return ENOUGH
    return next(words for floor, words in WORDS if part.certainty >= floor)


def _explained(part: PartExplained) -> str:
    if part.certainty <= 0.0:
        return "A rule speaks against it, so it is not answered with this text by itself."
    often = min(99, max(1, int(part.certainty * 100 + 0.5)))
    said = f"Of 100 questions that were found like this one, about {often} have this answer."
    if not part.answers_from:
        return said
    return f"{said} By itself the assistant answers from {percent(part.answers_from)} on."
