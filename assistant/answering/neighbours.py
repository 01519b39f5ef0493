"""Live entries near to what somebody writes: the same question twice, or answered the other way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.answering.directions import negations, poles
from assistant.answering.wording import plain
from assistant.ground.parts import Parts
from assistant.library import stocking
from assistant.library.stocking import Live, Stock
from assistant.library.wording import Verdict
from knowledge.normalise import fingerprint

if TYPE_CHECKING:
    from knowledge.entries import Vector

ASKED_THE_SAME = 0.86  # cosine; one question in other words, as the repeats are joined
CLOSE = 0.7  # cosine; near enough that somebody may mean the other
SHARES_WORDS = 0.45  # score of a match by words alone, where there are no vectors
LOOKED_AT = 6  # ways of what is written, the question first
MOST = 4  # neighbours shown

CALMING = frozenset({Verdict.EXPECTED})
ALARMING = frozenset({Verdict.KNOWN_ISSUE, Verdict.NOT_EXPECTED})


@dataclass(frozen=True, slots=True)
class Written:
    """What is being written, as far as others can be near to it."""

    ways: Sequence[str]  # the question, then the phrasings
    text: str  # the answer as customers would read it
    verdict: str
    key: str = ""  # its own entry
    kin: frozenset[str] = frozenset()  # variants in other languages, which are no duplicates


@dataclass(frozen=True, slots=True)
class Near:
    """One live entry near to it, why, and whether it says something else."""

    key: str
    question: str
    how_near: str
    is_same: bool
    by: tuple[str, str]  # the way that was typed, and theirs that is nearest to it
    contradiction: str  # in words; empty when none was found


def near(parts: Parts, launch_id: int, written: Written, verdicts: dict[str, str]) -> list[Near]:
    """Return the live entries near to what is written, the nearest first; at most ``MOST``.

    ``verdicts`` are those of live entries by key. No transaction may be open: words are embedded.
    """
    stock = stocking.stock_of(parts, launch_id, at=parts.clock.now())
    ways = [way for way in dict.fromkeys(written.ways) if way.strip()][:LOOKED_AT]
    if not ways or not stock.live:
        return []
    vectors = stocking.vectors_for(parts, stock, [stock.shelf.repaired(way) for way in ways])
    best: dict[str, tuple[float, bool, tuple[str, str]]] = {}
    for number, way in enumerate(ways):
        vector = None if vectors is None else vectors[number]
        for key, found in _of_way(stock, way, vector).items():
            if key != written.key and key not in written.kin and found > best.get(key, (0.0,)):
                best[key] = found
    ranked = sorted(best, key=lambda key: best[key], reverse=True)[:MOST]
    return [_near(stock.live[key], best[key], written, verdicts) for key in ranked]


def _of_way(
    stock: Stock, way: str, vector: "Vector | None"
) -> dict[str, tuple[float, bool, tuple[str, str]]]:
    finding = stock.shelf.find(way, vector)
    found = {}
    for match in finding.matches:
        is_same = fingerprint(match.nearest) == fingerprint(way)
        nearness = match.cosine if vector is not None else match.score
        enough = CLOSE if vector is not None else SHARES_WORDS
        if is_same or nearness >= enough:
            found[match.entry] = (1.0 if is_same else nearness, is_same, (way, match.nearest))
    return found


def _near(
    live: Live,
    found: tuple[float, bool, tuple[str, str]],
    written: Written,
    verdicts: dict[str, str],
) -> Near:
    nearness, is_same, by = found
    if turned := "" if is_same else _opposed(*by):
        # Both may be right: each answers its own question.
        return Near(live.entry.id, live.entry.title, f"Asks the opposite: {turned}", False, by, "")
    return Near(
        key=live.entry.id,
        question=live.entry.title,
        how_near=how_near(nearness, is_same=is_same),
        is_same=is_same or nearness >= ASKED_THE_SAME,
        by=by,
        contradiction=contradiction(
            written.verdict, verdicts.get(live.entry.id, ""), written.text, live.entry.text
        ),
    )


def how_near(nearness: float, *, is_same: bool) -> str:
    """Return a cosine in words."""
    if is_same:
        return "Asked in the very same words"
    return "Asks the same in other words" if nearness >= ASKED_THE_SAME else "Asks something close"


def contradiction(ours: str, theirs: str, text: str, other: str) -> str:
    """Return how two answers to nearly the same question contradict each other, if they do."""
    if {ours, theirs} & CALMING and {ours, theirs} & ALARMING:
        return "One says that this is expected, the other that it is not."
    if pair := _opposed(text, other):
        return f"They go opposite ways: {pair}."
    one, two = ("yes", "no"), ("no", "yes")
    begun = (_first_word(text), _first_word(other))
    return "One begins with yes, the other with no." if begun in (one, two) else ""


def _opposed(text: str, other: str) -> str:
    """Return the pair of directions in which two texts of like words go opposite ways, if any."""
    ours, theirs = poles(plain(text)), poles(plain(other))
    for pole in sorted(ours):
        name, _, side = pole.rpartition(": ")
        opposite = f"{name}: {1 - int(side)}"
        if opposite in theirs and opposite not in ours and pole not in theirs:
            return name
    if _is_denied(text) != _is_denied(other) and _alike(text, other):
        return "the same words with and without a “not”"
    return ""


def _is_denied(text: str) -> bool:
    return len(negations(plain(text))) % 2 == 1


def _alike(text: str, other: str) -> bool:
    one, two = (set(fingerprint(each).split()) for each in (text, other))
    return bool(one) and len(one & two) / max(1, min(len(one), len(two))) >= 0.7


def _first_word(text: str) -> str:
    return next(iter(fingerprint(text).split()), "")
