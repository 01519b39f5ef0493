"""From what a customer typed to what is compared.

Noise goes (quoted mail, signatures, greetings, characters nobody sees), words stay. What is left
is still the customer's own text: case and punctuation are kept, because error codes, versions and
amounts live in them. Only `fingerprint` drops those, to tell whether two texts are the same.
"""

import re
import unicodedata
from functools import lru_cache

_VARIATION_SELECTORS = {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
_APOSTROPHES = str.maketrans("", "", "'’‘`´ʼ")
_TYPOGRAPHIC = str.maketrans("‘’ʼ´`“”„", "'''''\"\"\"")

_QUOTE_STARTS = re.compile(
    r"^\s*(-{2,}\s*(original|forwarded) message.*|on\b.{4,120}\bwrote:|_{8,}"
    r"|begin forwarded message:|from:.+@.+)\s*$",
    re.IGNORECASE,
)
_SIGNATURE_STARTS = re.compile(
    r"^\s*(--|—|sent from my \w+.*|get outlook for \w+.*"
    r"|(best|kind|warm|many thanks and)?\s*(regards|wishes)[,.!]?.{0,40}"
    r"|(yours )?(sincerely|faithfully|truly)[,.!]?.{0,40}|cheers,|(many )?thanks,|best,)\s*$",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^(?:(?:hi+|hey+|hello|dear|greetings|howdy|good (?:morning|afternoon|evening|day))\b"
    r"(?:\s+(?:there|all|team|everyone|folks|guys|support|sir or madam|sir|madam"
    r"|(?:customer )?(?:support|service|care)(?: team)?))*\s*[,.!:;–—-]*\s*)+",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:(?:sorry to (?:bother|disturb) you|excuse me|i hope (?:you are|you're|this finds you) "
    r"[\w ]{2,20}|quick question|i have a (?:quick )?question)\s*[,.!:;–—-]+\s*)+",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"[\s,.;–—-]*(?<=[\s,.;?!–—-])(?:"
    r"(?:many |with )?thanks(?: (?:a lot|so much|again|in advance|for (?:your|the|any) help))*"
    r"|thank you(?: (?:very much|so much|again|in advance|for (?:your|the|any) help))*"
    r"|thx|cheers|have a (?:nice|good|great) \w+"
    r"|(?:please|pls|plz) (?:help|advise|assist)(?: me)?)\s*[.!]*$",
    re.IGNORECASE,
)


@lru_cache(maxsize=20_000)
def normalised(text: str) -> str:
    """The question without what surrounds it, on one line; "" when nothing readable is left.

    NFKC; invisible, tag and control characters, quoted mail, signatures, greetings and thanks
    are removed. A text that is only a greeting or only thanks is kept as it is.
    """
    lines = _visible(text).splitlines()
    words = " ".join(" ".join(_own_lines(lines)).split())
    return _without_pleasantries(words)


def fingerprint(text: str) -> str:
    """What two texts share when they are the same question in the same words.

    Casefolded, without apostrophes, emoji and punctuation; a sign between two digits stays,
    so "4.1" is not "41" and "1,000" is not "1 000".
    """
    return fingerprint_of_normalised(normalised(text))


@lru_cache(maxsize=20_000)
def fingerprint_of_normalised(text: str) -> str:
    """The same for a text that is normalised already."""
    folded = text.casefold().translate(_APOSTROPHES)
    kept = [_kept(folded, at) for at in range(len(folded))]
    return " ".join("".join(kept).split())


def is_same(one: str, other: str) -> bool:
    """Whether both texts are the same question word for word; two empty texts are not."""
    left = fingerprint(one)
    return left != "" and left == fingerprint(other)


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHIC)
    return "".join(map(_shown, composed))


def _shown(character: str) -> str:
    if character in "\n\r\t":
        return character
    category = unicodedata.category(character)
    # Tag characters and zero-width joiners are "Cf": they carry hidden text, never a question.
    if category in ("Cf", "Cs", "Co", "Cn") or ord(character) in _VARIATION_SELECTORS:
        return ""
    return " " if category == "Cc" else character


def _own_lines(lines: list[str]) -> list[str]:
    """The lines the customer wrote: nothing quoted, nothing after the signature."""
    own: list[str] = []
    for line in lines:
        begun = any(kept.strip() for kept in own)
        if begun and (_QUOTE_STARTS.match(line) or _SIGNATURE_STARTS.match(line)):
            break
        if not line.lstrip().startswith(">"):
            own.append(line)
    return own


def _without_pleasantries(text: str) -> str:
    start = _OPENING.sub("", _GREETING.sub("", text))
    bare = start
    # "Thanks. Cheers!" takes two turns; more than three pleasantries are not worth chasing.
    for _ in range(3):
        bare = _CLOSING.sub("", bare).strip()
    return next((kept for kept in (bare, start.strip()) if _has_words(kept)), text)


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _kept(text: str, at: int) -> str:
    character = text[at]
    if character.isalnum() or character == " ":
        return character
    # Marks belong to their letter (Devanagari, Arabic); currency and mathematical signs to amounts.
    if unicodedata.category(character) in ("Mn", "Mc", "Sc", "Sm") or character in "#%&@":
        return character
    between_digits = text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()
    return character if between_digits and character in ".,:/-" else " "
