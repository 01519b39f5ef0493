"""What grouping compares: what a question means and how it is spelt, in one vector.

Two questions' traces multiply to their likeness: most of it is the cosine of what they mean, some
of it the share of letter sequences that both have. The sum of many traces stands for all of them.
"""

import re
from collections import Counter
from collections.abc import Sequence
from zlib import crc32

import numpy as np

from knowledge.entries import Vector, Vectors

SHARE_OF_LETTERS = 0.3 / 1.3
"""Of a likeness; .5 and 0 grouped worse on the training splits of BANKING77 and CLINC150."""
PLACES = 256
"""Components for the letters; more did not group better on the same splits."""
LENGTHS = (2, 3, 4)  # letters in a sequence; a word's edges count as one
STORED = np.float16
_WORD = re.compile(r"\w+")


def trace(text: str, meaning: Vector) -> Vector:
    """A question's trace from its words and its unit vector; about length 1, never empty.

    Its values survive storing: ``kept_in(stored(trace)) == trace``.
    """
    parts = (
        np.sqrt(1 - SHARE_OF_LETTERS) * meaning,
        np.sqrt(SHARE_OF_LETTERS) * _letters(text),
    )
    return np.concatenate(parts).astype(STORED).astype(np.float32)


def stored(found: Vector) -> bytes:
    """A trace as a column keeps it: two bytes for each component."""
    return found.astype(STORED).tobytes()


def kept_in(columns: Sequence[bytes]) -> Vectors:
    """The traces that these columns keep, one a row; all of one embedder."""
    return np.stack([np.frombuffer(column, dtype=STORED) for column in columns]).astype(np.float32)


def _letters(text: str) -> Vector:
    """Letter sequences thrown into `PLACES`, of length 1; all zero for a text without words."""
    words = [f" {word} " for word in _WORD.findall(text.lower())]
    counted = Counter(
        word[at : at + length]
        for word in words
        for length in LENGTHS
        for at in range(len(word) - length + 1)
    )
    places = np.zeros(PLACES, dtype=np.float32)
    for sequence, times in counted.items():
        # A sign of its own lets two sequences that share a place cancel out instead of adding up.
        mixed = crc32(sequence.encode())
        places[mixed % PLACES] += (1 + np.log(times)) * (1 if mixed >> 31 else -1)
    return np.asarray(places / max(float(np.linalg.norm(places)), 1e-9), dtype=np.float32)
