"""The words that a version is searched by, kept beside it so that a search reads nothing else."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import InstrumentedAttribute, Session

MOST_WORDS = 12  # of one search; more would not find less that matters


def sought_words(text: str, ways: Sequence[str]) -> str:
    """Return everything a search looks through, in the letters that searches compare."""
    return "\n".join((text, *ways)).casefold()


def words_in(q: str) -> list[str]:
    """Return the words of a search, each once, as they are compared; at most ``MOST_WORDS``."""
    return list(dict.fromkeys(q.casefold().replace("\0", "").split()))[:MOST_WORDS]


def holds(session: Session, column: "InstrumentedAttribute[str]", word: str) -> ColumnElement[bool]:
    """Return the condition that ``column`` holds ``word`` somewhere, byte for byte.

    Not LIKE: it would read % and _ in what people type, and SQLite's compares more slowly.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    place = func.instr(column, word) if is_sqlite else func.strpos(column, word)
    return place > 0
