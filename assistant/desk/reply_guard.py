"""The last look at a person's own words before a customer reads them. Pure.

Some objections stand: a placeholder, a secret, another customer's address. Others are soft: the
writer may know better, says why, and that is kept with the reply.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from assistant.ground.masking import masked

LONGEST_REPLY = 10_000  # characters; a person explains more than a customer asks
PLACEHOLDER = re.compile(
    r"\[(?:e-mail|card|iban|number|key|secret|id number|phone|name)\]|"
    r"\{\{?\s*[A-Za-z_][\w .-]*\}?\}|\[[A-Z][A-Z _-]{2,}\]|<[A-Z][A-Z _-]{2,}>"
)  # {name}, {{ name }}, [NAME], <NAME>, and what masking leaves
INTERNAL = re.compile(r"(?i)\binternal(?: only)?\s*:|\bdo not send\b")
UNFINISHED = re.compile(r"\b(?:TODO|TBD|FIXME|XXX)\b")
NOBODY_GREETED = re.compile(
    r"(?i)^\s*(?:hello|hi|hey|dear|good (?:morning|afternoon|evening))\s+[,!:]"
)  # "Hello ,": a name was to come
SHORTEST_NOTE = 20  # characters; a shorter note ("thanks", "done") may well be said twice
ALIKE = 0.8  # of a note's sentence in a reply's: what is left when somebody rewords a word or two
RUN = 4  # letters; shorter runs stand in every text
SECRETS = {"[card]": "a card number", "[iban]": "an account number", "[key]": "a key or a token"}


@dataclass(frozen=True, slots=True)
class Objection:
    """What keeps a text from being sent, in words. A ``soft`` one may be overridden with a reason.

    ``kind`` tells two objections apart.
    """

    kind: str
    words: str
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Around:
    """What a reply is compared with.

    ``notes`` are the internal notes of the conversation, ``internal`` the words that the launch
    keeps to itself, ``strangers`` what identifies other customers and stands in the text.
    """

    notes: tuple[str, ...] = ()
    internal: tuple[str, ...] = ()
    strangers: tuple[Objection, ...] = ()


def objection(text: str, notes: Iterable[str]) -> str:
    """Return what keeps ``text`` from being sent, in words; empty when nothing does."""
    return next((each.words for each in objections(text, Around(tuple(notes)))), "")


def objections(text: str, around: Around) -> list[Objection]:
    """Return everything that speaks against sending ``text``, what cannot be overridden first.

    In what is far too long nothing else is looked for: that would take long.
    """
    if (long := too_long(text)) is not None:
        return [long]
    found = [
        *_unfinished(text),
        *_secret(text),
        *_of_notes(text, around.notes),
        *_internal(text, around.internal),
        *around.strangers,
    ]
    return sorted(found, key=lambda each: each.soft)


def too_long(text: str) -> Objection | None:
    """Return that it is too long, and by how much; nothing when it is not."""
    over = len(text) - LONGEST_REPLY
    if over <= 0:
        return None
    said = f"It is longer than {LONGEST_REPLY:,} characters: take out at least {over:,}."
    return Objection("long", said)


def _unfinished(text: str) -> list[Objection]:
    found = []
    if hole := PLACEHOLDER.search(text):
        found.append(Objection("placeholder", f"“{hole.group()}” is still to be filled in."))
    if word := UNFINISHED.search(text) or INTERNAL.search(text):
        found.append(Objection("unfinished", f"“{word.group()}” is not meant for a customer."))
    if greeting := NOBODY_GREETED.search(text):
        words = f"“{greeting.group().strip()}” greets nobody: the name is missing."
        found.append(Objection("greeting", words))
    return found


def _secret(text: str) -> list[Objection]:
    hidden = masked(text)
    return [
        Objection(f"secret {mark}", f"It holds {words}.")
        for mark, words in SECRETS.items()
        if hidden.count(mark) > text.count(mark)
    ]


def _of_notes(text: str, notes: Iterable[str]) -> list[Objection]:
    said = _flat(text)
    for note in map(_flat, notes):
        if said == note or (len(note) >= SHORTEST_NOTE and note in said):
            return [Objection("note", "This is the text of an internal note.")]
        if near := _near(said, note):
            words = f"“{near}” is nearly what an internal note says."
            return [Objection("note-like", words, soft=True)]
    return []


def _near(said: str, note: str) -> str:
    """Return the sentence of ``said`` that tells what a sentence of ``note`` tells, or nothing."""
    kept = [(each, Counter(each)) for each in _sentences(note) if len(each) >= SHORTEST_NOTE]
    for sentence in _sentences(said):
        letters = Counter(sentence)
        for each, theirs in kept:
            # Most sentences share too few letters; only the others are worth a closer look.
            has_letters = (letters & theirs).total() >= ALIKE * len(each)
            if has_letters and _covered(each, sentence) >= ALIKE:
                return sentence
    return ""


def _covered(note: str, sentence: str) -> float:
    """Return which share of ``note`` stands in ``sentence``, in order, in runs worth counting."""
    blocks = SequenceMatcher(None, note, sentence, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size >= RUN) / len(note)


def _sentences(text: str) -> list[str]:
    parts = re.split(r"[.!?;:\n]+(?=\s|$)", text)
    return list(dict.fromkeys(part.strip(" .!?;:,") for part in parts if part.strip()))


def _internal(text: str, words: Iterable[str]) -> list[Objection]:
    said = _flat(text)
    found = (word for word in words if _flat(word) and _stands_in(_flat(word), said))
    return [
        Objection(f"word {word}", f"“{word}” is a word that stays inside this launch.", soft=True)
        for word in found
    ]


def _stands_in(word: str, said: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said) is not None


def _flat(text: str) -> str:
    return " ".join(text.split()).casefold()
