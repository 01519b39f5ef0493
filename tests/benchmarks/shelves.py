"""What compiling a launch's shelf costs, and what taking over from the one before costs.

    uv run python -m tests.benchmarks.shelves [--entries 10000]

Every entry has eight ways and made-up vectors of MiniLM's dimensions. Neither database nor index
is asked. Seconds of a processor say more than seconds by the clock where others work beside it.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np

from knowledge.entries import Entry, Vector
from knowledge.shelf import Shelf
from tests import library_of_many

DIMENSIONS = 384  # as MiniLM


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=10_000)
    entries = _entries(parser.parse_args().entries)
    vectors = _vectors(entries)
    former = _timed("compiled afresh", lambda: Shelf(entries[1:], vectors))
    shelf = _timed("one approved, taken over", lambda: Shelf(entries, vectors, former=former))
    again = _timed("one retired, taken over", lambda: Shelf(entries[1:], vectors, former=shelf))
    assert shelf.is_taken_over
    assert again.is_taken_over


def _entries(count: int) -> list[Entry]:
    entries = []
    for number in range(count):
        thing = library_of_many.thing_of(number)
        ways = [way.format(thing=thing) for way in library_of_many.WAYS]
        entries.append(Entry(f"thing-{number:06}", ways[0], tuple(ways[1:])))
    return entries


def _vectors(entries: list[Entry]) -> dict[str, Vector]:
    texts = [way for entry in entries for way in entry.ways()]
    rows = np.random.default_rng(1).normal(size=(len(texts), DIMENSIONS)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return dict(zip(texts, rows, strict=True))


def _timed(what: str, make: Callable[[], Shelf]) -> Shelf:
    by_processor, by_clock = time.process_time(), time.perf_counter()
    shelf = make()
    took = time.process_time() - by_processor, time.perf_counter() - by_clock
    print(f"{what:<28} {took[0]:6.2f} s of a processor {took[1]:6.2f} s by the clock")
    return shelf


if __name__ == "__main__":
    main()
