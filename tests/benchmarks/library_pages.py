"""How long the library's page takes with many entries in it, over real HTTP.

    uv run python -m tests.benchmarks.library_pages [--entries 10000] [--questions 10000]

Every entry has eight phrasings, and every question is about one of the entries; all of it is put
into a fresh SQLite file, and the server is the real one in a process of its own. Each page is
loaded one after another by a lead who is signed in. Beside the time that passed stands what the
server's processors worked for each page, which other work on the machine does not lengthen as much.
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
from sqlalchemy import insert, select, update

from assistant.answering.decisions import Decision
from assistant.desk.conversations import Conversation
from assistant.desk.messages import By, Message, Said
from assistant.ground.clock import WallClock
from assistant.ground.parts import Parts
from assistant.ground.people import sign_in
from assistant.library.versions import EntryVersion
from tests import cast, library_of_many
from tests.benchmarks.desk_pages import GOAL, measure
from tests.cast import AMIR, LENA, a_draft, launch_of, the
from tests.faults.server import Server
from web.access import COOKIE

WARMING = 3  # loads of each page before it is measured
DRAFTS = 300  # entries that wait for review, besides
PAGES = (
    ("approved", "/library?tab=approved"),
    ("approved, page 200", "/library?tab=approved&page=200"),
    ("in review", "/library?tab=in-review"),
    ("search, rare", "/library?tab=approved&q=balo"),
    ("search, common", "/library?tab=approved&q=buy+stock"),
    ("search, nothing", "/library?tab=approved&q=zeppelin"),
    ("of one kind, by question", "/library?tab=approved&kind=faq&sort=question"),
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


def ask(parts: Parts, questions: int, entries: int) -> None:
    """Write down questions, every third answered, the others near some entry."""
    with parts.db.writing() as session:
        launch, first = launch_of(session).id, session.scalar(select(EntryVersion.id).limit(1)) or 1
        about = [(number, number * 7 % entries) for number in range(questions)]
        session.execute(insert(Conversation), [_talk(launch, number) for number, _ in about])
        session.execute(insert(Message), [_message(number) for number, _ in about])
        session.execute(insert(Decision), [_decision(launch, first, *each) for each in about])


def _talk(launch: int, number: int) -> dict[str, object]:
    return {
        "id": f"talk-{number:06}",
        "launch_id": launch,
        "token_sha256": f"{number:064}",
        "channel": ("widget", "email", "api")[number % 3],
        "visitor": f"visitor-{number // 2}",
        "audience": "everyone",
        "page_url": "",
        "began_at": cast.NOW,
    }


def _message(number: int) -> dict[str, object]:
    return {
        "id": number + 1,
        "conversation_id": f"talk-{number:06}",
        "at": cast.NOW,
        "by": By.CUSTOMER,
        "kind": Said.QUESTION,
        "text": f"What about case {number}?",
        "key": "asked",
        "decided_at": cast.NOW,
    }


def _decision(launch: int, first: int, number: int, entry: int) -> dict[str, object]:
    near = [{"entry": f"thing-{(entry + at) % 10_000}", "cosine": 0.6} for at in range(5)]
    return {
        "message_id": number + 1,
        "launch_id": launch,
        "at": cast.NOW,
        "outcome": "handoff" if number % 3 else "answer",
        "reason": "",
        "certainty": 0.9,
        "severity": 3,
        "severity_reason": "",
        "mode": "auto",
        "via": "exact",
        "candidates": near,
        "considered": {},
        "entry_version_id": None if number % 3 else first + entry,
    }


def main() -> None:
    """Fill a database, serve it, load its pages, print how long they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--loads", type=int, default=60)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        parts = cast.empty_house(data, at=cast.OPENS)
        cast.bring_in(parts, data)
        cast.go_live(parts)
        fill(parts, asked.entries)
        ask(parts, asked.questions, asked.entries)
        with parts.db.writing() as session:
            _, token = sign_in(session, the(session, LENA), at=WallClock().now())
        parts.close()
        with Server(data) as server:
            server.start()
            headers = {"accept": "text/html", "cookie": f"{COOKIE}={token}"}
            client = httpx.Client(base_url=server.address, headers=headers, timeout=120)
            _print(client, server.pid, asked, PAGES)


def _print(
    client: httpx.Client, server: int, asked: argparse.Namespace, pages: Sequence[tuple[str, str]]
) -> None:
    console = Console()
    title = f"{asked.entries:,} entries, {asked.questions:,} questions; goal {GOAL} ms p95"
    table = Table("page", "p50 ms", "p95 ms", "worked ms", "kB", title=title)
    slow = 0
    for name, path in pages:
        worked = _worked(server)
        middle, most, size = measure(client, path, asked.loads)
        each = (_worked(server) - worked) / (asked.loads + WARMING)
        slow += most > GOAL
        table.add_row(name, f"{middle:.0f}", f"{most:.0f}", f"{each:.0f}", f"{size / 1_000:.0f}")
    console.print(table)
    console.print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; over goal: {slow}")


def _worked(process: int) -> float:
    """Return the milliseconds that processors worked for a process, all its threads; on Linux."""
    of_process = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return sum(map(int, of_process[11:13])) * 1_000 / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
