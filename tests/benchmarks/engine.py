"""Prints how good the answer engine is, beside its goals and simple baselines.

    uv run python -m tests.benchmarks.engine --data ../shared/data [--seeds 5] [--quick]
                                             [--json FILE] [--markdown FILE]

Protocol: an intent plays an approved entry, ten (or five, or all) of its training questions are
the entry's phrasings, the test questions are customers. The certainty model is always the one
that was learnt on the other set. Shelves are compiled patiently, as a launch's are in the
background. The mean over the seeds is printed, with the spread where there are several.
`--quick` takes one seed and a part of the customers, and leaves out what takes minutes.

Not untouched by these sets: the ranking's small weight for words, the penalty, the features and
the assumed shares of the certainty model, T_ASK and the grouping's thresholds were chosen with
both in sight. Labelled questions to two launches are no public data and always at hand; their
halves "tune" were looked at while guards were written, the others are only reported.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TimeElapsedColumn

from tests.benchmarks import tables
from tests.benchmarks.figures import Figures
from tests.benchmarks.tables import Parts

QUICK = 700
"""Customers per shelf in a quick run, drawn at random."""


@dataclass(frozen=True, slots=True)
class Work:
    """One measurement that a process of its own can make."""

    part: str
    words: str
    measure: Callable[[], Figures]
    alone: bool = False
    """It measures time, so nothing else may run."""


def works(data: Path, cache: Path, seeds: int, quick: bool) -> list[Work]:
    """Everything to be measured, the longest first."""
    from tests.benchmarks import measured

    drawn = range(1 if quick else seeds)
    most = QUICK if quick else None
    found = [] if quick else [Work("whole", "every phrasing", partial(measured.whole, data, cache))]
    for part in ("banking", "clinc", "unknown"):
        measure = getattr(measured, part)
        found += [
            Work(part, f"{part}, seed {seed}", partial(measure, data, cache, seed, most))
            for seed in drawn
        ]
    if not quick:
        found += [
            Work("groups", f"groups, seed {seed}", partial(measured.groups, data, cache, seed))
            for seed in drawn
        ]
        found.append(Work("selector", "the model's calls", partial(measured.selector, data, cache)))
        found.append(Work("learning", "learning", partial(measured.learning, data, cache, 0)))
    found.append(Work("launches", "labelled launches", partial(measured.launches, cache)))
    for entries in (1_000,) if quick else (1_000, 10_000):
        measure = partial(measured.speed, entries)
        found.append(Work(f"speed {entries}", f"{entries:,} entries", measure, alone=True))
    return found


def measured_at_once(planned: Sequence[Work], processes: int) -> Parts:
    """What each part came to, seed by seed; progress is shown while it is measured."""
    parts: Parts = {}
    columns = (*Progress.get_default_columns(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("measuring", total=len(planned))
        with ProcessPoolExecutor(processes) as pool:
            under_way = [(one, pool.submit(one.measure)) for one in planned if not one.alone]
            for work, future in under_way:
                progress.update(task, description=work.words)
                parts.setdefault(work.part, []).append(future.result())
                progress.advance(task)
        for work in (one for one in planned if one.alone):
            progress.update(task, description=work.words)
            with ProcessPoolExecutor(1) as pool:
                parts.setdefault(work.part, []).append(pool.submit(work.measure).result())
            progress.advance(task)
    return parts


def main() -> None:
    """Measures everything, prints the table and writes it where asked."""
    arguments = _arguments()
    planned = works(arguments.data, arguments.cache, arguments.seeds, arguments.quick)
    parts = measured_at_once(planned, arguments.processes)
    Console().print(tables.shown(parts))
    if arguments.json:
        arguments.json.write_text(json.dumps(tables.as_json(parts), indent=1) + "\n", "utf-8")
    if arguments.markdown:
        arguments.markdown.write_text(tables.as_markdown(parts), "utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with both public sets")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "hypercare")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one seed, without the long parts")
    parser.add_argument("--json", type=Path, help="write every figure here")
    parser.add_argument("--markdown", type=Path, help="write the table here")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
