"""Which language a message is written in, so that nobody is answered in one they do not read.

Scripts tell most languages apart at once; the rest are told by their everyday words. What is short
and could be either counts as the launch's own language. A learnt detector is no better at that:
held to these languages, py3langid took 59 of the first 6,000 questions of CLINC150 for foreign
(tests/benchmarks/languages: 6 of all 23,700 here, greetings like "hola" and "bonjour").
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from assistant.answering.tongues import ELISIONS, LETTERS, NAMES, SCRIPTS, TELLTALE, WORDS

ANOTHER = "another language"
"""No language that is known here by its words, and surely none that is spoken."""
ENOUGH = 1.0  # everyday words, a shared one counted in parts, below which nothing is said
LEAD = 1.0  # by how many of them another language must be ahead of those that are spoken
A_LETTER = 0.5  # what a word with a letter of that language counts that is in no list
FEW = 4  # words below which foreign letters may be a name

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
# Addresses, files and codes say nothing about the language around them.
_NO_WORDS = re.compile(r"\S*[@/\\_]\S*|\S+\.\w{2,4}\b|\S*\d\S*|<[^<>]{1,200}>|&\w{2,8};")


@dataclass(frozen=True, slots=True)
class Spoken:
    """The languages that a launch answers in."""

    by_entry: Mapping[str, str]
    """The language of each approved text, by its entry's key."""
    rule: frozenset[str] = frozenset()
    """What the launch says itself; then its texts are for all of these."""
    variants: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The languages in which the same answer is approved as another entry, by its key."""

    languages: frozenset[str] = field(init=False)
    """Every language in which something may be answered; none when nothing is approved."""
    main: str | None = field(init=False)
    """The language that a text counts for of which it cannot be told."""

    def __post_init__(self) -> None:
        """Count the languages once; every candidate of every question asks for them."""
        counted = Counter(self.rule or self.by_entry.values())
        main = max(counted, key=lambda each: (counted[each], each), default=None)
        object.__setattr__(self, "languages", frozenset(counted))
        object.__setattr__(self, "main", main)

    def covers(self, entry: str, language: str | None) -> bool:
        """Whether this text is for those who write ``language``, if any text is."""
        if language in self.variants.get(entry, ()):
            return False
        told = language in self.languages and not self.rule
        return not told or self.by_entry.get(entry, language) == language

    def why_not(self, language: str | None) -> str:
        """Why nobody who writes ``language`` is answered, in words; "" when they are."""
        if language is None or not self.languages or language in self.languages:
            return ""
        if language == ANOTHER:
            known = all(each in NAMES for each in self.languages)
            return f"Written in {ANOTHER} than {_listed_names(self.languages)}." if known else ""
        if self.rule:
            answers = _listed_names(self.rule)
            return f"Written in {name_of(language)}; this launch answers in {answers}."
        return f"Written in {name_of(language)}; nothing approved is in {name_of(language)}."


def _listed_names(languages: Iterable[str]) -> str:
    return " or ".join(sorted(map(name_of, languages)))


def spoken_in(
    texts: Mapping[str, str], rule: Iterable[str] = (), said: Mapping[str, str] | None = None
) -> Spoken:
    """The languages of approved texts by entry; one that cannot be told is in the commonest.

    ``said`` is what their authors say, by entry; it counts more than what can be told.
    """
    known = said or {}
    told = {
        entry: known.get(entry) or language_of(text, frozenset()) for entry, text in texts.items()
    }
    counted = Counter(each for each in told.values() if each not in (None, ANOTHER))
    commonest = max(counted, key=lambda each: (counted[each], each), default="en")
    by_entry = {
        entry: commonest if language in (None, ANOTHER) else language
        for entry, language in told.items()
    }
    return Spoken({entry: each for entry, each in by_entry.items() if each}, frozenset(rule))


def in_other_words(
    families: Mapping[str, int], by_entry: Mapping[str, str]
) -> dict[str, frozenset[str]]:
    """The languages of the other variants of each entry that has some; none is its own."""
    spoken = defaultdict[int, set[str]](set)
    for entry, own in families.items():
        if entry in by_entry:
            spoken[own].add(by_entry[entry])
    others = {entry: spoken[own] - {by_entry.get(entry, "")} for entry, own in families.items()}
    return {entry: frozenset(languages) for entry, languages in others.items() if languages}


def name_of(language: str) -> str:
    """The English name of a language, by its code; the code itself when it has none here."""
    return NAMES.get(language, language)


@lru_cache(maxsize=8192)  # asked again and again about the same approved texts
def language_of(text: str, spoken: frozenset[str] = frozenset({"en"})) -> str | None:
    """The code of the language a text is written in; None where that cannot be told.

    ``spoken`` are the languages it probably is: another must be clearly ahead of them. A text in
    none of them that is not known either is in ``ANOTHER``.
    """
    plain = _NO_WORDS.sub(" ", text)
    if script := _by_script(plain):
        return script
    words = [word.replace("’", "'") for word in _WORD.findall(plain)]
    listed, scores = _scores(words)
    ours = max((scores[each] for each in spoken), default=0.0)
    others = (each for each in listed if each not in spoken)
    theirs = max(others, key=scores.__getitem__, default="")
    if listed[theirs] >= ENOUGH and scores[theirs] >= ours + LEAD:
        return theirs
    if ours > 0.0:
        return max(spoken, key=lambda each: (scores[each], each))
    return ANOTHER if _is_strange(words) else None


def _by_script(text: str) -> str | None:
    """The language of the script that most of the letters are in; None when that is Latin."""
    if text.isascii():
        return None
    scripts = Counter(_script(letter) for letter in text if letter.isalpha())
    latin = scripts.pop("LATIN", 0)
    if not scripts:
        return None
    foreign = sum(scripts.values())
    if "HIRAGANA" in scripts or "KATAKANA" in scripts:
        scripts = Counter({"HIRAGANA": foreign})
    script, count = scripts.most_common(1)[0]
    # One sign of these is a syllable or a word, so that a few of them outweigh a Latin word.
    weight = 3 if script in ("CJK", "HIRAGANA", "HANGUL") else 1
    if script not in SCRIPTS or count * weight <= latin:
        return None
    language = SCRIPTS[script]
    letters, other = TELLTALE.get(language, ("", ""))
    return other if any(letter in letters for letter in text.lower()) else language


@lru_cache(maxsize=8192)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _scores(words: Iterable[str]) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """What speaks for each language: its listed words alone, and its letters beside them.

    A word in the lists of two languages counts half for each.
    """
    listed, scores = defaultdict[str, float](float), defaultdict[str, float](float)
    for word in dict.fromkeys(words):
        languages = _listed(word)
        for language in languages:
            listed[language] += 1 / len(languages)
            scores[language] += 1 / len(languages)
        for language in () if languages else _by_letters(word):
            scores[language] += A_LETTER
    return listed, scores


@lru_cache(maxsize=16384)
def _listed(written: str) -> tuple[str, ...]:
    word = written.lower()
    listed = tuple(language for language, words in WORDS.items() if word in words)
    before, apostrophe, _ = word.partition("'")
    return listed or (ELISIONS.get(before, ()) if apostrophe else ())


@lru_cache(maxsize=16384)
def _by_letters(word: str) -> tuple[str, ...]:
    if word.isascii() or not word.islower():  # a capital may begin a name: "Müller", "Zoë"
        return ()
    return tuple(language for language, letters in LETTERS.items() if set(word) & set(letters))


def _is_strange(words: Sequence[str]) -> bool:
    """Whether half of a whole sentence has letters that no English word has."""
    first, *others = words or ("",)
    foreign = [word for word in (first.lower(), *others) if not word.isascii() and word.islower()]
    return len(words) >= FEW and 2 * len(foreign) >= len(words)
