"""How long the library's page takes with many entries in it, over real HTTP.

    uv run python -m tests.benchmarks.library_pages [--entries 10000] [--loads 60]

Every entry has eight phrasings; the entries are put into a fresh SQLite file, and the server is the
real one in a process of its own. Each page is loaded one after another by a lead who is signed in.
One run on one machine.
"""

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table
from sqlalchemy import update

from assistant.ground.clock import WallClock
from assistant.ground.parts import Parts
from assistant.ground.people import sign_in
from assistant.library.versions import EntryVersion
from tests import cast, library_of_many
from tests.benchmarks.desk_pages import GOAL, measure
from tests.cast import AMIR, LENA, a_draft, launch_of, the
from tests.faults.server import Server
from web.access import COOKIE

DRAFTS = 300  # entries that wait for review, besides
PAGES = (
    ("approved", "/library?tab=approved"),
    ("approved, page 200", "/library?tab=approved&page=200"),
    ("in review", "/library?tab=in-review"),
    ("search, rare", "/library?tab=approved&q=balo"),
    ("search, common", "/library?tab=approved&q=buy+stock"),
    ("search, nothing", "/library?tab=approved&q=zeppelin"),
    ("import and export", "/library/spring-pricing/imports"),
)


def fill(parts: Parts, entries: int) -> None:
    """Approve so many entries, and let some more wait."""
    for start in range(0, entries, 1_000):
        library_of_many.fill(parts, min(1_000, entries - start), start=start)
    with parts.db.writing() as session:
        session.execute(update(EntryVersion).values(proven_at=parts.clock.now()))
        amir, launch = the(session, AMIR), launch_of(session)
        for number in range(DRAFTS):
            draft = a_draft(question=f"What about case {number}?")
            entry = cast.entries.create(
                session, launch, key=f"case-{number}", kind="faq", draft=draft, by=amir, at=cast.NOW
            )
            entry.submit(session, by=amir, at=cast.NOW)


def main() -> None:
    """Fill a database, serve it, load its pages, print how long they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--loads", type=int, default=60)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        parts = cast.empty_house(data, at=cast.OPENS)
        cast.bring_in(parts, data)
        cast.go_live(parts)
        fill(parts, asked.entries)
        with parts.db.writing() as session:
            _, token = sign_in(session, the(session, LENA), at=WallClock().now())
        parts.close()
        with Server(data) as server:
            server.start()
            headers = {"accept": "text/html", "cookie": f"{COOKIE}={token}"}
            client = httpx.Client(base_url=server.address, headers=headers, timeout=120)
            _print(client, asked.entries, asked.loads, PAGES)


def _print(
    client: httpx.Client, entries: int, loads: int, pages: Sequence[tuple[str, str]]
) -> None:
    console = Console()
    table = Table(
        "page", "p50 ms", "p95 ms", "kB", title=f"{entries:,} entries; goal {GOAL} ms p95"
    )
    slow = 0
    for name, path in pages:
        middle, most, size = measure(client, path, loads)
        slow += most > GOAL
        table.add_row(name, f"{middle:.0f}", f"{most:.0f}", f"{size / 1_000:.0f}")
    console.print(table)
    console.print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; over goal: {slow}")


if __name__ == "__main__":
    main()
