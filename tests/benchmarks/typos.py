"""Questions as they are typed in a hurry."""

from random import Random
from string import ascii_lowercase

SHORTEST = 3
"""Letters a word must have to be mistyped."""


def mistyped(text: str, random: Random, share: float = 0.3) -> str:
    """The text with one slip in this share of its words: swapped, left out, doubled or other."""
    words = text.split()
    slips = [random.random() < share and len(word) >= SHORTEST for word in words]
    return " ".join(
        _slipped(word, random) if slip else word for word, slip in zip(words, slips, strict=True)
    )


def _slipped(word: str, random: Random) -> str:
    at = random.randrange(len(word) - 1)
    start, one, two, end = word[:at], word[at], word[at + 1], word[at + 2 :]
    kind = random.choice(("swapped", "left out", "doubled", "other"))
    if kind == "swapped":
        return f"{start}{two}{one}{end}"
    if kind == "left out":
        return f"{start}{two}{end}"
    if kind == "doubled":
        return f"{start}{one}{one}{two}{end}"
    return f"{start}{random.choice(ascii_lowercase)}{two}{end}"
