"""How long the cockpit, every report and the worker's round take in a long launch.

    uv run python -m tests.benchmarks.cockpit [--messages 1000000] [--loads 40] [--data FOLDER]

Four weeks of a launch are put into a SQLite file (``long_launch``; ``--data`` keeps it, and takes
it again the next time). Each page is loaded one after another by somebody who is signed in, in this
process. Time of the processor stands beside the clock's, because a busy machine lengthens only the
latter. One run on one machine.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from typing import Any

from fastapi.testclient import TestClient
from rich.console import Console
from rich.table import Table
from sqlalchemy import event

from assistant.ground.parts import Parts
from assistant.reports.days import keep_days, measure_day
from assistant.reports.spans import local_day
from tests import cast
from tests.benchmarks.long_launch import DAYS, fill
from tests.web.staff import a_browser

GOAL, REPORT_GOAL = 200, 3_000  # milliseconds; of the cockpit at p95, and of each report
WARMING = 2  # loads that are not counted: what is compiled at first is not the page
WRITTEN = (
    "daily-status", "weekly-digest", "standup", "triage", "lessons-learned", "exit-pack",
    "repeat-questions", "faq-updates", "feedback",
)  # fmt: skip
LOOKED_AT = (
    "exit", "stages", "warnings", "reassurance", "signals", "feedback", "updates", "decisions",
    "check-ins", "promises", "reports",
)  # fmt: skip
ACROSS = ("reports", "reports/repeat-questions", "reports/faq-updates", "reports/feedback")


def pages(key: str, day: str) -> list[str]:
    """Return the address of every report and page of figures of a launch, as of ``day``."""
    return [
        *(f"/{name}?launch={key}&day={day}" for name in ACROSS),
        *(f"/launches/{key}/reports/{name}/{day}" for name in WRITTEN),
        *(f"/launches/{key}/reports/{name}/{day}.csv" for name in WRITTEN[-3:]),
        *(f"/launches/{key}/{name}" for name in LOOKED_AT),
        *(f"/launches/{key}/figures/{name}/{day}" for name in FIGURES),
        "/launches",
        f"/launches/{key}",
    ]


FIGURES = ("contacts_per_day", "repeat_questions_per_day", "repeat_contact_percent")


def plans(parts: Parts) -> list[str]:
    """Return the statements of a day's measuring that read a whole table, with its name."""
    found = []
    with parts.db.reading() as session:
        launch, at = cast.launch_of(session), parts.clock.now()
        sent: list[tuple[str, Any]] = []

        def note(_conn: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
            sent.append((statement, given))

        event.listen(parts.db.engine, "before_cursor_execute", note)
        measure_day(session, launch, at.date(), at=at)
        event.remove(parts.db.engine, "before_cursor_execute", note)
        for statement, given in sent:
            rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
            steps = [str(row[-1]) for row in rows]
            found += [f"{step}: {statement[:90]!r}" for step in steps if _is_whole(step)]
    return found


def _is_whole(step: str) -> bool:
    tables = ("messages", "conversations", "tickets", "events", "decisions")
    return step.startswith("SCAN") and step.split()[1] in tables


def main() -> None:
    """Fill, keep the days, load the pages and print what it took."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--messages", type=int, default=1_000_000)
    ask.add_argument("--loads", type=int, default=40, help="of the cockpit; a tenth of each report")
    ask.add_argument("--data", type=Path, help="an empty folder, or one that was filled before")
    given = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(given.data or Path(folder), given.messages, given.loads)


def measure(folder: Path, messages: int, loads: int) -> None:
    """Print what everything took in a launch of so many messages."""
    folder.mkdir(exist_ok=True, parents=True)
    is_new = not any(folder.iterdir())
    parts = cast.empty_house(folder)
    table = Table("what", "by the clock", "of one processor")
    if is_new:
        cast.bring_in(parts, folder)
        table.add_row(f"{messages:,} messages, put in", *_seconds(lambda: fill(parts, messages)))
    table.add_row(f"keep the days, all {DAYS + 1} if new", *_seconds(lambda: keep_days(parts)))
    table.add_row("keep the days, a round after that", *_seconds(lambda: keep_days(parts)))
    with parts.db.reading() as session:
        launch, at = cast.launch_of(session), parts.clock.now()
        key, day = launch.key, local_day(at, launch.zone).isoformat()
    lena = a_browser(parts, cast.LENA)
    cockpit = _loads(lena, f"/launches/{key}/cockpit", loads)
    p95 = [f"{quantiles(times, n=20)[-1]:,.0f} ms" for times in cockpit]
    table.add_row(f"cockpit, p95 of {loads} (goal {GOAL} ms)", *p95)
    for page in pages(key, day):
        slowest = [f"{max(times):,.0f} ms" for times in _loads(lena, page, max(1, loads // 10))]
        table.add_row(page, *slowest)
    console = Console()
    console.print(table)
    console.print(
        f"Goal of each report: {REPORT_GOAL:,} ms. The slowest load of each stands there."
    )
    console.print("Whole tables read for one day: " + ("; ".join(plans(parts)) or "none"))


def _seconds(do: Callable[[], Any]) -> tuple[str, str]:
    began, busy = time.perf_counter(), time.process_time()
    do()
    return f"{time.perf_counter() - began:.1f} s", f"{time.process_time() - busy:.1f} s"


def _loads(browser: TestClient, page: str, times: int) -> tuple[list[float], list[float]]:
    """Return what each load took by the clock and of the processor, in milliseconds."""
    took, worked = [], []
    for number in range(times + WARMING):
        began, busy = time.perf_counter(), time.process_time()
        if browser.get(page).status_code != 200:
            raise SystemExit(f"{page} failed.")
        if number >= WARMING:
            took.append(1000 * (time.perf_counter() - began))
            worked.append(1000 * (time.process_time() - busy))
    return took, worked


if __name__ == "__main__":
    main()
