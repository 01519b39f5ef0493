"""What speaks for a candidate, what the model said and why one was unsure: numbers as sentences.

Every sentence is for people who have never heard of an embedding. A number that is missing, as
from a shelf that scores otherwise, is left out rather than guessed.
"""

from collections.abc import Mapping, Sequence

from assistant.answering.verdicts import Chosen, NoneOfThem, Torn, Verdict
from knowledge.entries import Finding, Match
from knowledge.lexical import FUNCTION_WORDS, stem, tokens

MOST_WORDS = 6  # shared words that are named
CLOSE = 0.05  # of the first score: a runner-up within it could as well have been the first
UNKNOWN = 0.1  # share of unknown words, by weight, that is worth saying
SHARES = (
    (0.1, "a tenth"),
    (0.2, "a fifth"),
    (0.25, "a quarter"),
    (0.33, "a third"),
    (0.5, "half"),
    (0.67, "two thirds"),
    (0.75, "three quarters"),
    (1.0, "all"),
)
LEGS = {"dense": "meaning", "char": "letters", "coverage": "words", "log_p": "what was learnt"}
"""Scores of which the certainty model knows whether they would have named the same winner."""


def for_candidate(
    question: str, match: Match, via: str, verdict: Verdict | None
) -> tuple[str, ...]:
    """Return what speaks for one candidate."""
    likeness = "likeness of letters" if via == "lexical" else "cosine"
    said = [f"its nearest phrasing is “{match.nearest}” ({likeness} {match.cosine:.2f})"]
    if shared := _shared(question, match.nearest):
        said.append(f"shares the word{'s' if len(shared) > 1 else ''} {', '.join(shared)}")
    if isinstance(verdict, Chosen) and verdict.entry == match.entry:
        said.append("the model chose it")
    return tuple(said)


def about_finding(question: str, finding: Finding) -> tuple[str, ...]:
    """Return what made the finding sure or unsure, apart from any one candidate."""
    if not finding.matches:
        return ()
    said = [_how_close(finding.matches), _agreement(finding.matches[0].features)]
    said.append(_unknown(finding.matches[0].features))
    if finding.exact:
        said = ["it is word for word an approved phrasing"]
    return tuple(words for words in said if words)


def of_verdict(verdict: Verdict | None) -> str:
    """Return what the model said, or that it was not asked."""
    if verdict is None:
        return "No model was asked."
    if isinstance(verdict, Chosen):
        twice = ", asked twice, in two orders" if verdict.looks > 1 else ", asked once"
        return f"The model chose one of them{twice}."
    if isinstance(verdict, NoneOfThem):
        return "The model read them and found none that answers."
    if isinstance(verdict, Torn):
        return "The model chose differently when the order changed."
    return f"The model gave no verdict: {verdict.reason}."


def share(part: float) -> str:
    """Return a share, 0 to 1, as people say it: “a fifth”."""
    return min(SHARES, key=lambda each: abs(each[0] - part))[1]


def _shared(question: str, way: str) -> list[str]:
    """The words of the question, as written there, that the phrasing has too."""
    theirs = {stem(word) for word in tokens(way)}
    words = [word for word in tokens(question) if stem(word) in theirs]
    return [word for word in dict.fromkeys(words) if word not in FUNCTION_WORDS][:MOST_WORDS]


def _how_close(matches: Sequence[Match]) -> str:
    if len(matches) < 2:
        return ""
    first, second = matches[0].score, matches[1].score
    if first - second > CLOSE * abs(first):
        return ""
    return f"the runner-up is close: {first:.2f} against {second:.2f}"


def _agreement(features: Mapping[str, float]) -> str:
    against = [name for leg, name in LEGS.items() if features.get(f"{leg}_agrees") == 0.0]
    if not against:
        return ""
    *others, last = against
    judged = f"{', '.join(others)} or {last}" if others else last
    return f"judged by {judged} alone, another entry would come first"


def _unknown(features: Mapping[str, float]) -> str:
    unknown = features.get("unknown", 0.0)
    if unknown < UNKNOWN:
        return ""
    return f"{share(unknown)} of what the question’s words say is known to no entry"
