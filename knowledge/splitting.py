"""Several questions in one message, told apart.

Conservative on purpose: a message that is cut wrongly loses its context, a message that stays
whole is at worst handed to a person. A statement stays with the question it explains, and a
question that leans on the one before ("Why?", "Is it safe?") stays with that one.
"""

import re
from itertools import pairwise

from knowledge.lexical import FUNCTION_WORDS, tokens
from knowledge.normalise import normalised

MOST_QUESTIONS = 4
"""Questions taken from one message; whatever follows stays with the last."""

_SENTENCE_END = re.compile(r"(?<=[?!])\s+|(?<=[^\d\s.]\.)\s+(?=[A-Z0-9\"'(])|\s*[;\n]\s+")
_ASKS = (
    r"(?:how (?:do|does|did|can|could|long|much|many|often|come|is|are|will|would|should|to)"
    r"|why (?:do|does|did|is|are|was|were|has|have|had|am|can|can't|won't|isn't|don't|doesn't)"
    r"|what (?:is|are|was|do|does|did|happens|happened|will|would|should|can|time|about)"
    r"|what's|where's|who's|how's"
    r"|when (?:do|does|did|is|are|was|will|would|can|should)"
    r"|where (?:do|does|did|is|are|was|can|should|will)"
    r"|who (?:do|does|is|are|can|should|will)"
    r"|which \w+ (?:do|does|did|is|are|will|can|should)"
    r"|(?:can|could|may|do|does|did|is|are|was|were|will|would|should|am|have|has|don't|can't)"
    r" (?:i|we|you|they|my|our|your|the|there|a|an|any|anyone|someone)\b)"
)
_OPENS = re.compile(rf"^(?:and |also |but |so |or |then )*{_ASKS}", re.IGNORECASE)
_JOIN = re.compile(
    rf"\s*[,;]?\s+(?:and also|and|also|plus|as well as)\s*,?\s+(?={_ASKS})", re.IGNORECASE
)
_POINTING_BACK = "it its this that these those they them their there one same so"
_LEANS_BACK = frozenset(_POINTING_BACK.split())
_SUBJECTLESS = """
expected normal ok okay safe happen happens happening mean means wrong fix fixed right help please
going next continue long know possible correct true else
"""
_NO_SUBJECT = frozenset(_SUBJECTLESS.split())


def split_questions(text: str) -> tuple[str, ...]:
    """The questions of one message, normalised, in order; one item when it is one question.

    Nothing is lost: the parts together hold every word but the conjunction between them.
    An empty message gives an empty tuple.
    """
    whole = normalised(text)
    sentences = [part.strip() for part in _SENTENCE_END.split(whole) if part and part.strip()]
    pieces = [piece for sentence in sentences for piece in _at_conjunctions(sentence)]
    parts = _gathered(pieces)
    return tuple(parts) if len(parts) > 1 else ((whole,) if whole else ())


def _at_conjunctions(sentence: str) -> list[str]:
    """ "Why did it rise and how do I export?" in two, when either half stands alone."""
    pieces: list[str] = []
    rest = sentence
    for join in _JOIN.finditer(sentence):
        left = sentence[len(sentence) - len(rest) : join.start()]
        right = sentence[join.end() :]
        if _is_question(left) and _stands_alone(left) and _stands_alone(right):
            pieces.append(left)
            rest = right
    return [*pieces, rest]


def _gathered(pieces: list[str]) -> list[str]:
    """Statements join a question beside them; what leans back joins what was before."""
    parts: list[list[str]] = []
    for piece in pieces:
        if not parts or (len(parts) < MOST_QUESTIONS and _opens_another(piece, parts[-1])):
            parts.append([piece])
        else:
            parts[-1].append(piece)
    return [" ".join(part) for part in _told_before(parts)]


def _opens_another(piece: str, part: list[str]) -> bool:
    asked_already = any(map(_is_question, part))
    return asked_already and _is_question(piece) and _stands_alone(piece)


def _told_before(parts: list[list[str]]) -> list[list[str]]:
    """Moves what is told between two questions to the second, unless the first needs it."""
    for part, after in pairwise(parts):
        last = max(at for at, piece in enumerate(part) if _is_question(piece))
        if any(_is_question(piece) and _stands_alone(piece) for piece in part):
            after[:0] = part[last + 1 :]
            del part[last + 1 :]
    return parts


def _is_question(piece: str) -> bool:
    return piece.rstrip("\"' )").endswith("?") or _OPENS.match(piece) is not None


def _stands_alone(piece: str) -> bool:
    """Whether it names its own subject: two content words and nothing that points back."""
    found = tokens(piece)
    content = set(found) - FUNCTION_WORDS - _NO_SUBJECT
    return len(content) >= 2 and not _LEANS_BACK & set(found)
