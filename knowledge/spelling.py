"""Typing errors, repaired towards the words that a shelf itself uses.

Only a word that nobody on the shelf uses is touched, only when it is one slip of the finger away
from exactly one likely word, and never one with a digit in it: codes and versions mean what they
say. There is no dictionary, so the rules are strict where English has many neighbours (short
words) and looser where it has few (long ones).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from knowledge.lexical import FUNCTION_WORDS, stem, tokens

SHORTEST = 4
"""Letters a word must have to be repaired; below that every word has a neighbour."""

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


class Speller:
    """Knows one shelf's words and repairs what is nearly one of them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._uses = _uses(texts)
        self._stems = Counter(map(stem, self._uses))
        self._shortened: dict[str, tuple[str, ...]] = {}
        for word in (*self._uses, *(FUNCTION_WORDS - set(self._uses))):
            self._note(word)
        self._read = lru_cache(maxsize=8192)(self._word)  # most words come in many questions

    def changed(self, gone: Iterable[str], came: Iterable[str]) -> "Speller":
        """One that knows other texts, equal to one made anew; the words that stay cost nothing."""
        less, more = _uses(gone), _uses(came)
        speller = Speller(())
        speller._uses, speller._stems = self._uses.copy(), self._stems.copy()
        speller._shortened = self._shortened.copy()
        for word in less.keys() | more.keys():
            speller._use(word, more[word] - less[word])
        return speller

    def _use(self, word: str, more: int) -> None:
        before, now = self._uses[word], self._uses[word] + more
        self._uses[word] = now
        if before == 0 and now > 0:
            self._stems[stem(word)] += 1
            if word not in FUNCTION_WORDS:
                self._note(word)
        elif now == 0:
            del self._uses[word]
            self._stems[stem(word)] -= 1
            if word not in FUNCTION_WORDS:
                self._forget(word)

    def _note(self, word: str) -> None:
        for short in _shortened(word):
            self._shortened[short] = (*self._shortened.get(short, ()), word)

    def _forget(self, word: str) -> None:
        for short in _shortened(word):
            self._shortened[short] = tuple(o for o in self._shortened[short] if o != word)

    def repaired(self, text: str) -> str:
        """The text with every repairable word replaced in lower case; the rest untouched."""
        return _WORD.sub(lambda found: self._read(found.group()), text)

    def _word(self, written: str) -> str:
        word = written.lower().replace("'", "")
        if len(word) < SHORTEST or self._is_known(word):
            return written
        likely = {
            candidate
            for short in (word, *_without_one(word))
            for candidate in self._shortened.get(short, ())
            if _is_a_slip(word, candidate)
        }
        return max(likely, key=self._likelihood, default=written)

    def _is_known(self, word: str) -> bool:
        return word in self._uses or word in FUNCTION_WORDS or self._stems[stem(word)] > 0

    def _likelihood(self, word: str) -> tuple[int, str]:
        return (self._uses[word], word)


def _uses(texts: Iterable[str]) -> Counter[str]:
    return Counter(word for text in texts for word in tokens(text) if word.isalpha())


def _shortened(word: str) -> set[str]:
    """What a word is looked up by: itself, and with one letter less."""
    return {word, *_without_one(word)} if len(word) >= SHORTEST - 1 else set()


def _without_one(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


def _is_a_slip(written: str, meant: str) -> bool:
    """One letter more, one less, one other, or two neighbours swapped."""
    if abs(len(written) - len(meant)) > 1:
        return False
    start = _shared_start(written, meant)
    one, other = written[start:], meant[start:]
    if len(one) == len(other):
        swapped = len(one) > 1 and one[0] == other[1] and one[1] == other[0]
        # One other letter makes another short word: "safe" is not "same", nor "kill" "will".
        other_letter = len(written) > SHORTEST and one[1:] == other[1:]
        return other_letter or (swapped and one[2:] == other[2:])
    return one[1:] == other or one == other[1:]


def _shared_start(one: str, other: str) -> int:
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return at
    return min(len(one), len(other))
