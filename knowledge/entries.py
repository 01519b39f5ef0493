"""The values that knowledge speaks in: what is indexed, and what is found.

Nothing here knows how a vector is made or where it is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]
"""The meaning of one text: unit length, as many dimensions as its embedder promises."""

Vectors = npt.NDArray[np.float32]
"""The meanings of n texts: shape (n, dimensions), every row of unit length."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An approved message as retrieval sees it."""

    id: str
    """Stable key of the entry within its launch."""
    title: str
    """The question in customers' words."""
    phrasings: tuple[str, ...]
    """Further ways customers ask it; the title is not repeated here."""
    not_for: tuple[str, ...] = ()
    """Counter-phrasings: questions that sound like it and are not answered by it."""
    text: str = ""
    """The approved text, for judging how much of a question it covers; never shown from here."""
    applies_when: str = ""
    """The condition under which the text holds, in words a customer recognises."""
    _ways: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note the ways once; an approval in a large library looks at those of every entry."""
        ways = tuple(dict.fromkeys((self.title, *self.phrasings)))
        object.__setattr__(self, "_ways", ways)

    def ways(self) -> tuple[str, ...]:
        """Every way to ask this: the title first, then the phrasings, duplicates removed."""
        return self._ways


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One way of one entry that was found near a question."""

    entry: str
    way: int
    """Position in the entry's `ways()`."""
    cosine: float


@dataclass(frozen=True, slots=True)
class Match:
    """One entry as a candidate for a question, with everything that speaks for it."""

    entry: str
    score: float
    nearest: str
    """The way of the entry that is nearest to the question, in its own words."""
    cosine: float
    features: Mapping[str, float]
    counter: str | None = None
    """The counter-phrasing of the entry that the question is nearer to than to its ways."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What knowledge says about one question."""

    question: str
    """Normalised."""
    matches: tuple[Match, ...]
    """Best first, at most ten."""
    certainty: float
    """Probability, 0 to 1, that `matches[0]` is right; 0 without a match."""
    among: float
    """Probability, 0 to 1, that one of the first three is right; at least `certainty`."""
    exact: bool
    """The normalised question is a way of exactly one entry."""
    via: str
    """Where the candidates came from: "chroma", "exact" or "lexical"."""

    @property
    def counter(self) -> str | None:
        """That of the best match."""
        return self.matches[0].counter if self.matches else None
