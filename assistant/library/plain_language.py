"""Is it written so that everybody understands it at once? Hints, not rules. Pure.

The numbers are the usual ones of plain-language guides: sentences of 20 words at most, 15 on
average, and words that people say.
"""

import re
from dataclasses import dataclass

from assistant.library.wording import Kind, Parts

LONGEST_SENTENCE = 20  # words
GOOD_AVERAGE = 15  # words a sentence
LONGEST_WORD = 13  # letters; longer ones are mostly inside words
PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being)\s+(?:\w+ly\s+)?(?!expected\b)\w{2,}(?:ed|en)\b",
    re.IGNORECASE,
)
DOES = re.compile(
    r"\b(?:open|go|sign|choose|click|tap|press|check|wait|write|reply|call|send|use|try|enter|look"
    r"|select|add|change|update|contact|confirm|follow|keep|tell|ask|nothing|need not|do not"
    r"|don[’']t|you can|please)\b",
    re.IGNORECASE,
)

VAGUE = re.compile(
    r"\b(?:soon|shortly|asap|as soon as possible|in due course|in the near future|at the moment"
    r"|for the time being|momentarily)\b",
    re.IGNORECASE,
)
STIFF = {
    "utilise": "“use”",
    "utilize": "“use”",
    "in order to": "“to”",
    "prior to": "“before”",
    "subsequent to": "“after”",
    "commence": "“begin”",
    "terminate": "“end”",
    "terminated": "“ended”",
    "purchase": "“buy”",
    "assistance": "“help”",
    "regarding": "“about”",
    "with regard to": "“about”",
    "in the event that": "“if”",
    "due to the fact that": "“because”",
    "at this point in time": "“now”",
    "please note that": "what follows, without it",
    "please be advised that": "what follows, without it",
    "kindly": "“please”, or nothing",
    "apologise for any inconvenience": "what you do about it",
    "apologize for any inconvenience": "what you do about it",
    "e.g.": "“for example”",
    "i.e.": "“that is”",
    "etc.": "what else there is",
    "click here": "the name of what they open",
}
"""Words of offices, and what people say."""
_STIFF = re.compile(
    r"(?<!\w)(?:" + "|".join(re.escape(each).replace(r"\ ", r"\s+") for each in STIFF) + r")(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Hint:
    """One sentence about the text; ``ok`` when it is praise."""

    ok: bool
    words: str
    at: tuple[str, ...] = ()  # the very words of the text that it is about


def hints(parts: Parts, *, is_english: bool = True) -> list[Hint]:
    """Return what makes the message easy or hard to read; nothing while there is no text.

    In another language only its sentences are measured.
    """
    text = "\n".join((parts.answer, parts.why_now, parts.what_to_do, parts.safe_to_continue))
    found = sentences(text)
    if not found:
        return []
    checks = [_average(found), _longest(found), _shouting(text)]
    if is_english:
        checks += [_long_words(text), _passive(found), _doing(parts), _vague(text), *_stiff(text)]
    return [hint for hint in checks if hint is not None]


def sentences(text: str) -> list[str]:
    """Return the sentences of ``text`` that hold a word, in order."""
    parts = re.split(r"(?<=[.!?:;])\s+|\n+", text)
    return [part.strip() for part in parts if words_in(part)]


def words_in(text: str) -> list[str]:
    """Return the words of ``text``: letters and digits, with what joins them (``re-open``)."""
    return re.findall(r"[^\W_]+(?:['’.,:/@-][^\W_]+)*", text)


def average_words(found: list[str]) -> float:
    """Return how many words a sentence has on average."""
    return sum(len(words_in(sentence)) for sentence in found) / len(found)


def _average(found: list[str]) -> Hint:
    average = average_words(found)
    if average <= GOOD_AVERAGE:
        return Hint(True, f"Short sentences: {average:.0f} words on average.")
    return Hint(False, f"{average:.0f} words a sentence on average; {GOOD_AVERAGE} read easily.")


def _longest(found: list[str]) -> Hint | None:
    longest = max(found, key=lambda sentence: len(words_in(sentence)))
    count = len(words_in(longest))
    if count <= LONGEST_SENTENCE:
        return None
    begins = " ".join(longest.split()[:5])
    return Hint(False, f"“{begins} …” has {count} words. Make it two sentences.", (longest,))


def _long_words(text: str) -> Hint | None:
    plain = (word for word in words_in(text) if word.isalpha() and len(word) > LONGEST_WORD)
    long_ones = list(dict.fromkeys(plain))
    if not long_ones:
        return None
    said = "”, “".join(long_ones[:3])
    return Hint(False, f"Would a customer say “{said}”?", tuple(long_ones[:3]))


def _passive(found: list[str]) -> Hint | None:
    # One passive sentence may be the plainest there is; a habit of it hides who does what.
    passive = [match.group() for sentence in found if (match := PASSIVE.search(sentence))]
    if len(passive) < 2:
        return None
    return Hint(False, f"“{passive[0]}”: say who does it.", tuple(passive[:3]))


def _doing(parts: Parts) -> Hint:
    told = parts.answer if parts.kind == Kind.FAQ else parts.what_to_do
    if DOES.search(told):
        return Hint(True, "It says what to do.")
    return Hint(False, "It does not say what to do. Even “you need do nothing” helps.")


def _vague(text: str) -> Hint | None:
    # A promise without a time is what people ask about next.
    found = list(dict.fromkeys(match.group() for match in VAGUE.finditer(text)))
    if not found:
        return None
    return Hint(False, f"“{found[0]}”: name a day or a time, or say what it waits for.", (*found,))


def _stiff(text: str) -> list[Hint]:
    """Return a hint for each stiff word, with the plain one to put in its place."""
    found = dict.fromkeys(match.group() for match in _STIFF.finditer(text))
    return [Hint(False, f"“{each}”: write {STIFF[_plain(each)]}.", (each,)) for each in found][:4]


def _plain(words: str) -> str:
    return " ".join(words.lower().replace("’", "'").split())


def _shouting(text: str) -> Hint | None:
    loud = [word for word in words_in(text) if len(word) > 4 and word.isalpha() and word.isupper()]
    if not loud:
        return None
    return Hint(False, f"“{loud[0]}” in capitals reads as shouting.", tuple(dict.fromkeys(loud)))
