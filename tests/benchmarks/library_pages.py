"""How long a lead waits in a library with many entries, over real HTTP: for pages, for approvals.

    uv run python -m tests.benchmarks.library_pages [--entries 10000] [--questions 10000]

Every entry has eight phrasings, and every question is about one of the entries; all of it is put
into a fresh SQLite file, and the server is the real one in a process of its own. What the phrasings
mean is made up and stored beforehand, because the model would take ten minutes for them. When the
server has filled its index, each page is loaded one after another by a lead who is signed in; then
she approves drafts of eight phrasings, each in a process that embeds, indexes and proves it, and
asks the widget's door for it. Beside the time that passed stands what the server's processors
worked for each page, which other work on the machine does not lengthen as much.
One run on one machine.
"""

import argparse
import os
import re
import secrets
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import httpx
from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, select, update

from assistant.answering.decisions import Decision
from assistant.desk.conversations import Conversation
from assistant.desk.messages import By, Message, Said
from assistant.ground import embedders
from assistant.ground.clock import WallClock
from assistant.ground.database import sha256
from assistant.ground.parts import Parts
from assistant.ground.people import sign_in
from assistant.library import vectors
from assistant.library.versions import EntryVersion
from tests import cast, library_of_many
from tests.benchmarks.desk_pages import GOAL, measure
from tests.benchmarks.publishing import DIMENSIONS, Things
from tests.cast import AMIR, LAUNCH, LENA, a_draft, launch_of, the
from tests.faults.server import Server
from web.access import COOKIE
from web.shell import TOAST

WARMING = 3  # loads of each page before it is measured
DRAFTS = 300  # entries that wait for review, besides
LIVE = 2  # seconds after which what is approved shall be live
PATIENCE, LOOK = 1_800, 3.0  # seconds: until the index is filled, and between two looks at that
IDLE = 0.1  # of one processor, below which a server has nothing left to do
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
            first, *others = ways_of(number)
            draft = a_draft(question=first, phrasings=others, answer=f"Ask at desk {number}.")
            entry = cast.entries.create(
                session, launch, key=f"case-{number}", kind="faq", draft=draft, by=amir, at=cast.NOW
            )
            entry.submit(session, by=amir, at=cast.NOW)


def ways_of(number: int) -> list[str]:
    """Return eight ways to ask for a draft, in words that no entry has."""
    case = f"umbrella {library_of_many.thing_of(1_000_000 + number)}"
    return [way.format(thing=case) for way in library_of_many.WAYS]


def know(parts: Parts, entries: int) -> None:
    """Store made-up meanings of all approved ways, as if the model had embedded them."""
    model, name = Things("things:1", DIMENSIONS), embedders.configured(parts.settings).name
    for start in range(0, entries, 1_000):
        numbers = range(start, min(start + 1_000, entries))
        things = map(library_of_many.thing_of, numbers)
        ways = [way.format(thing=thing) for thing in things for way in library_of_many.WAYS]
        meant = zip(map(sha256, ways), model.embed(ways), strict=True)
        with parts.db.writing() as session:
            vectors.store(session, name, dict(meant))


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
        "asked_for": near[0]["entry"],
        "entry_version_id": None if number % 3 else first + entry,
    }


def main() -> None:
    """Fill a database, serve it, load its pages and approve, print how long that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--loads", type=int, default=60)
    parser.add_argument("--approvals", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        cookie, csrf = _prepared(data, asked)
        with Server(data) as server:
            server.start()
            headers = {"accept": "text/html", "cookie": f"{COOKIE}={cookie}"}
            client = httpx.Client(base_url=server.address, headers=headers, timeout=120)
            _settled(client, server.pid)
            _print_pages(client, server.pid, asked)
            _print_approvals([_approved(client, csrf, at) for at in range(asked.approvals)])


def _prepared(data: Path, asked: argparse.Namespace) -> tuple[str, str]:
    """Fill the folder; return the cookie of a lead who is signed in, and her forms' token."""
    parts = cast.empty_house(data, at=cast.OPENS)
    cast.bring_in(parts, data)
    cast.go_live(parts)
    fill(parts, asked.entries)
    know(parts, asked.entries)
    ask(parts, asked.questions, asked.entries)
    with parts.db.writing() as session:
        entry, token = sign_in(session, the(session, LENA), at=WallClock().now())
        csrf = entry.csrf
    parts.close()
    return token, csrf


def _settled(client: httpx.Client, server: int) -> None:
    """Wait until the index is filled and proven, and the server has nothing left to do."""
    began, console = time.perf_counter(), Console(stderr=True)
    with console.status("filling the index"):
        while time.perf_counter() - began < PATIENCE:
            worked = _worked(server)
            time.sleep(LOOK)
            is_idle = _worked(server) - worked < IDLE * LOOK * 1_000
            if is_idle and client.get("/readyz").json()["parts"]["index"]["status"] == "ok":
                console.print(f"index filled and proven after {time.perf_counter() - began:.0f} s")
                return
    raise SystemExit(f"The server did not settle within {PATIENCE} s: {client.get('/readyz').text}")


def _print_pages(client: httpx.Client, server: int, asked: argparse.Namespace) -> None:
    console = Console()
    title = f"{asked.entries:,} entries, {asked.questions:,} questions; goal {GOAL} ms p95"
    table = Table("page", "p50 ms", "p95 ms", "worked ms", "kB", title=title)
    slow = 0
    for name, path in PAGES:
        worked = _worked(server)
        middle, most, size = measure(client, path, asked.loads)
        each = (_worked(server) - worked) / (asked.loads + WARMING)
        slow += most > GOAL
        table.add_row(name, f"{middle:.0f}", f"{most:.0f}", f"{each:.0f}", f"{size / 1_000:.0f}")
    console.print(table)
    console.print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; over goal: {slow}")


def _approved(client: httpx.Client, csrf: str, number: int) -> tuple[float, float]:
    """Approve a draft; return the seconds until it is said to be live, and till it has answered.

    Raises AssertionError when it is not proven, or when its question gets another answer.
    """
    key = f"/library/{LAUNCH}/entries/case-{number}"
    page = client.get(key).text
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision is not None, page
    began = time.perf_counter()
    form = {"csrf": csrf, "revision": revision[1]}
    done = client.post(f"{key}/approval", data=form, follow_redirects=False)
    live = time.perf_counter() - began
    assert done.cookies.get(TOAST) == "live", (done, done.cookies)
    said = _asked(client, ways_of(number)[5])
    assert f"Ask at desk {number}." in said, said
    return live, time.perf_counter() - began


def _asked(client: httpx.Client, question: str) -> str:
    """Ask as a customer whom nobody has seen before; return what the assistant did, as text."""
    begun = client.post(f"/api/v1/launches/{LAUNCH}/conversations").json()
    of, key = f"/api/v1/conversations/{begun['id']}", secrets.token_urlsafe(12)
    headers = {"authorization": f"Bearer {begun['token']}", "idempotency-key": key}
    return client.post(f"{of}/messages", json={"text": question}, headers=headers).text


def _print_approvals(took: Sequence[tuple[float, float]]) -> None:
    live, answered = zip(*took, strict=True)
    for name, seconds in (("said to be live", live), ("first answered", answered)):
        most = f"p50 {median(seconds):.2f} s, slowest {max(seconds):.2f} s"
        print(f"approved → {name}: {most} of {len(seconds)}; goal {LIVE:.0f} s")


def _worked(process: int) -> float:
    """Return the milliseconds that processors worked for a process, all its threads; on Linux."""
    of_process = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return sum(map(int, of_process[11:13])) * 1_000 / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
