"""English text made plain for looking for cues: one spelling, no contractions, in sentences."""

import re
import unicodedata
from functools import lru_cache

_CONTRACTIONS = [
    (r"\bcan'?t\b|\bcannot\b", "can not"),
    (r"\bwon'?t\b", "will not"),
    (r"\bshan'?t\b", "shall not"),
    (
        r"\b(do|does|did|is|was|were|has|have|had|could|would|should|are|must|need)n'?t\b",
        r"\1 not",
    ),
    (r"\b(i)'?ve\b", r"\1 have"),
    (r"\b(we|you|they|who)'ve\b", r"\1 have"),
    (r"\bi'?m\b", "i am"),
    (r"\b(we|you|they)'re\b", r"\1 are"),
    (r"\b(i|we|you|he|she|it|they|that|there|who|what)'ll\b", r"\1 will"),
    (r"\b(i|we|you|he|she|they)'d\b", r"\1 would"),
    (r"\b(it|he|she)'?s been\b", r"\1 has been"),
    (r"\b(it|he|she|that|there|here|what|who|where|how|when|nothing|everything)'s\b", r"\1 is"),
    (r"\blet's\b", "let us"),
]
_PLAINER = [(re.compile(pattern), to) for pattern, to in _CONTRACTIONS]
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2019\u2018\u02bc\u00b4`\u2032", "'"))
_SENTENCE_END = re.compile(r"(?<=[.!?;\n])(?=\s|$)|\n+|(?<=[!?])(?=\w)")


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Lower case, straight apostrophes, contractions written out, single spaces."""
    text = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).lower()
    for pattern, to in _PLAINER:
        text = pattern.sub(to, text)
    return " ".join(text.split())


def sentences(text: str) -> tuple[str, ...]:
    """The plain sentences of a text in order, each with its mark at the end, none empty."""
    parts = (plain(part) for part in _SENTENCE_END.split(text))
    return tuple(part for part in parts if part.strip(" .!?;,"))
