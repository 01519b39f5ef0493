"""A library of many entries for proofs about the index: every entry with eight ways to ask it."""

from collections.abc import Iterator

from assistant.ground.parts import Parts
from tests import cast
from tests.cast import LENA, a_draft, launch_of, the

WAYS = (
    "Is {thing} still in stock?",
    "Do you have {thing} at the moment?",
    "When can I order {thing} again?",
    "{thing} is sold out, will it come back?",
    "Can {thing} be bought today?",
    "How many of {thing} are left?",
    "The shop shows no {thing}",
    "I would like to buy {thing}",
)


def fill(parts: Parts, count: int, *, start: int = 0) -> None:
    """Approve ``count`` entries, in one transaction, as a pack is brought in."""
    at = parts.clock.now()
    with parts.db.writing() as session:
        lena, launch = the(session, LENA), launch_of(session)
        for number in range(start, start + count):
            ways = [way.format(thing=thing_of(number)) for way in WAYS]
            draft = a_draft(question=ways[0], phrasings=ways[1:], answer=f"See shelf {number}.")
            entry = cast.entries.create(
                session, launch, key=f"thing-{number}", kind="faq", draft=draft, by=None, at=at
            )
            entry.approve_as_imported(session, by=lena, at=at)


def thing_of(number: int) -> str:
    """Return a word that no other number has: ``7`` is ``bag``, ``107`` is ``babag``."""
    letters = ""
    while True:
        number, digit = divmod(number, 100)
        letters = f"{'bcdfghklmn'[digit // 10]}a{'bcdfghklmn'[digit % 10]}{letters}"
        if not number:
            return f"{letters}o"


def questions(count: int) -> Iterator[str]:
    """Yield questions in words that are no way of any entry."""
    for number in range(count):
        yield f"please tell me whether {thing_of(number * 7)} can be had"
