"""How soon an approval is live: in a library of 1,000 entries with eight ways each, and in larger.

    uv run python -m tests.benchmarks.publishing [--entries 1000] [--markdown FILE]

The library is made up and embedded by a tiny model of MiniLM's dimensions, because the time to
embed eight new phrasings (some 40 ms) is not what grows. Everything else is the real thing: the
database, the shelf, Chroma in a folder. All figures are of one run on one machine.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from sqlalchemy import update

from assistant import migrations
from assistant.ground.parts import Parts
from assistant.library import charge, indexing, publishing, stocking
from assistant.library.versions import EntryVersion
from knowledge.entries import Vectors
from knowledge.shelf import Shelf
from tests import cast, library_of_many
from tests.embedders import Words

APPROVALS = 5
DIMENSIONS = 384  # as MiniLM


class Things(Words):
    """Means the thing more than the sentence around it, as an embedder that was trained does."""

    def _direction(self, word: str) -> Vectors:
        is_thing = len(word) > 3 and word.endswith("o")
        return super()._direction(word) * (3 if is_thing else 1)


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds, medians of ``APPROVALS`` where several were measured."""

    entries: int
    approved_to_live: float
    shelf: float
    shelf_afresh: float
    index_changed: float
    index_rebuilt: float
    withdrawn_to_gone: float

    def rows(self) -> Sequence[tuple[str, str]]:
        """Return them with their names."""
        ways = self.entries * len(library_of_many.WAYS)
        return (
            ("processors, and how many wanted one", f"{os.cpu_count()}, {os.getloadavg()[0]:.1f}"),
            ("entries, ways", f"{self.entries:,}, {ways:,}"),
            ("approval committed → found through the index", f"{self.approved_to_live:.2f} s"),
            ("… of which taking the shelf over", f"{self.shelf:.2f} s"),
            ("… of which changing and proving the index", f"{self.index_changed:.2f} s"),
            ("retirement committed → out of the index", f"{self.withdrawn_to_gone:.2f} s"),
            ("for comparison: the whole shelf compiled afresh", f"{self.shelf_afresh:.2f} s"),
            ("for comparison: the whole index built anew", f"{self.index_rebuilt:.2f} s"),
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=1_000)
    parser.add_argument("--markdown", type=Path, help="also write a table to this file")
    given, console = parser.parse_args(), Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="publishing-") as folder, console.status("…") as said:
        rows = figures(Path(folder), given.entries, tell=said.update).rows()
    for what, figure in rows:
        print(f"{what:<48} {figure}")
    if given.markdown:
        lines = ["| measured | figure |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows)]
        given.markdown.write_text("\n".join([*lines, ""]), "utf-8")


def figures(folder: Path, entries: int, tell: Callable[[str], None] = print) -> Figures:
    """Make a library of ``entries`` in ``folder`` and measure approvals in it."""
    parts = _filled(folder, entries, tell)
    tell("filling the index")
    rebuilt = _seconds(lambda: publishing.reconcile(parts, at=parts.clock.now()))
    assert parts.index_missing == "", parts.index_missing
    tell("approving")
    approvals = [_approved(parts, entries + number) for number in range(APPROVALS)]
    tell("compiling the shelf")
    stock = stocking.stock_of(parts, 1, at=parts.clock.now())
    afresh = _seconds(lambda: Shelf(stock.entries, stock.vectors))
    shelves = [_taken_over(stock) for _ in range(APPROVALS)]
    tell("changing the index")
    changed = [_changed(parts, stock) for _ in range(APPROVALS)]
    tell("retiring")
    gone = _seconds(lambda: _retired(parts, f"thing-{entries}"))
    parts.close()
    return Figures(
        entries, median(approvals), median(shelves), afresh, median(changed), rebuilt, gone
    )


def _filled(folder: Path, entries: int, tell: Callable[[str], None]) -> Parts:
    parts = cast.parts_in(folder, embedder=Things("things:1", DIMENSIONS), at=cast.OPENS)
    migrations.upgrade(parts.db)
    charge.take_up(parts)
    cast.bring_in(parts, folder)
    tell(f"approving {entries:,} entries")
    library_of_many.fill(parts, entries)
    cast.go_live(parts)
    with parts.db.writing() as session:  # as if each had been proven when it was approved
        session.execute(update(EntryVersion).values(proven_at=parts.clock.now()))
    tell("embedding and compiling")
    stocking.warm(parts, cast.LAUNCH)
    parts.owns_index = True
    return parts


def _approved(parts: Parts, number: int) -> float:
    """Return the seconds from the commit of an approval until the index proposes the entry."""
    library_of_many.fill(parts, 1, start=number)
    seconds = _seconds(lambda: publishing.publish(parts, 1, at=parts.clock.now()))
    asked = library_of_many.WAYS[0].format(thing=library_of_many.thing_of(number))
    stock = stocking.stock_of(parts, 1, at=parts.clock.now())
    near = stocking.near(parts, 1, stock, stock.vectors[asked])
    assert near is not None, parts.index_missing
    assert near[0].entry == f"thing-{number}"
    return seconds


def _taken_over(stock: stocking.Stock) -> float:
    """Return the seconds for a shelf with one entry more than another one that is there."""
    former = Shelf(stock.entries[1:], stock.vectors, former=stock.shelf)
    return _seconds(lambda: Shelf(stock.entries, stock.vectors, former=former))


def _changed(parts: Parts, stock: stocking.Stock) -> float:
    """Return the seconds to put one entry again and prove it, which is what a change costs."""
    assert parts.index is not None
    index, shelf, one = parts.index, indexing.shelf_name(1), stock.entries[-1]

    def change() -> None:
        index.put(shelf, [one], stock.vectors)
        assert index.prove_changes(shelf, [one], [], stock.vectors) == []

    return _seconds(change)


def _retired(parts: Parts, key: str) -> None:
    cast.retire(parts, key)
    assert publishing.publish(parts, 1, at=parts.clock.now()) == []


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
