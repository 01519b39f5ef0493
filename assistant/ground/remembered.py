"""Remembered: rows that are needed again and again, read anew only where they changed.

A query of small columns says how each row stands. Who stands as before is taken from memory.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

AT_ONCE = 500  # rows read with one query

Row = TypeVar("Row")
State = tuple[Any, ...]
Read = Callable[[Session, Sequence[int]], Mapping[int, Row]]


class Remembered(Generic[Row]):
    """Rows in memory, by database and by what they belong to. Safe to share between threads.

    A state must change with whatever ``read`` reads. Rows that were read in a transaction that is
    undone stand differently afterwards, and are read again.
    """

    def __init__(self, read: Read[Row]) -> None:
        self._read = read
        self._kept: WeakKeyDictionary[Engine, dict[Any, dict[int, tuple[State, Row]]]]
        self._kept = WeakKeyDictionary()

    def get(self, session: Session, of: Any, states: Mapping[int, State]) -> list[Row]:
        """Return the rows with these ids as ``session`` sees them, in the order of ``states``."""
        lists = self._kept.setdefault(session.get_bind().engine, {})
        before = lists.get(of, {})
        new = [id_ for id_, state in states.items() if before.get(id_, (None,))[0] != state]
        fresh = dict(self._fresh(session, new))
        now = {
            id_: (state, fresh[id_]) if id_ in fresh else before[id_]
            for id_, state in states.items()
        }
        lists[of] = now  # in one go: another thread sees the list of before or this one
        return [row for _, row in now.values()]

    def _fresh(self, session: Session, ids: Sequence[int]) -> Iterator[tuple[int, Row]]:
        for begin in range(0, len(ids), AT_ONCE):
            yield from self._read(session, ids[begin : begin + AT_ONCE]).items()
