"""How long the desk's pages take with many tickets in the database, over real HTTP.

    uv run python -m tests.benchmarks.desk_pages [--tickets 20000] [--open 2000] [--loads 60]

The tickets are put into a fresh SQLite file; the server is the real one in a process of its own.
Each page is loaded one after another by somebody who is signed in. One run on one machine.
"""

import argparse
import os
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from assistant.desk.conversations import Conversation
from assistant.desk.messages import By, Message, Said
from assistant.desk.promises import HYPERCARE, Kind, Promise
from assistant.desk.severity import Severity
from assistant.desk.tickets import FIRST_NUMBER, PREFIX, Ticket
from assistant.ground.audit import Event
from assistant.ground.clock import WallClock
from assistant.ground.parts import Parts
from assistant.ground.people import sign_in
from assistant.launch.scenarios import Scenario
from tests import cast
from tests.faults.server import Server
from web.access import COOKIE

GOAL = 150  # milliseconds, p95
WORDS = ("price", "invoice", "sign-in", "delivery", "discount", "plan", "refund", "address")


def fill(parts: Parts, tickets: int, still_open: int) -> None:
    """Put so many tickets into the launch, the last ``still_open`` of them unresolved."""
    now = WallClock().now()
    with parts.db.writing() as session:
        launch = cast.launch_of(session)
        scenarios = list(session.scalars(select(Scenario.id)))
        people = [cast.the(session, email).id for email in (cast.AMIR, cast.LENA, cast.NOOR)]
        about = [_about(n, tickets, still_open, scenarios, people, now) for n in range(tickets)]
        for table, rows in _rows(launch.id, about).items():
            _insert(session, table, rows)


def _about(
    number: int, tickets: int, still_open: int, scenarios: list[int], people: list[int], now: Any
) -> dict[str, Any]:
    at = now - timedelta(minutes=3 * (tickets - number))
    return {
        "id": number + 1,
        "at": at,
        "talk": f"talk-{number:06}",
        "severity": (1, 2, 2, 3, 3, 3, 3, 3, 3, 3)[number % 10],
        "scenario": scenarios[number % len(scenarios)] if number % 3 else None,
        "owner": people[number % len(people)],
        "is_open": number >= tickets - still_open,
        "is_claimed": number % 4 != 0,
        "subject": f"My {WORDS[number % 8]} and the {WORDS[number // 8 % 8]}, case {number}",
    }


def _rows(launch_id: int, about: list[dict[str, Any]]) -> dict[Any, list[dict[str, Any]]]:
    return {
        Conversation: [_conversation(launch_id, each) for each in about],
        Message: [_message(each) for each in about],
        Ticket: [_ticket(launch_id, each) for each in about],
        Promise: [_promise(each, kind) for each in about for kind in Kind],
        Event: [_event(launch_id, each, kind) for each in about for kind in ("opened", "severity")],
    }


def _conversation(launch_id: int, each: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": each["talk"],
        "launch_id": launch_id,
        "token_sha256": "",
        "channel": ("widget", "email", "page")[each["id"] % 3],
        "visitor": f"visitor {each['id'] % 9_000}",
        "audience": "everyone",
        "page_url": "",
        "began_at": each["at"],
    }


def _message(each: dict[str, Any]) -> dict[str, Any]:
    said = {"by": By.CUSTOMER, "kind": Said.QUESTION, "text": each["subject"], "options": []}
    ids = {"id": each["id"], "conversation_id": each["talk"], "key": f"key-{each['id']:06}"}
    return {**ids, **said, "at": each["at"], "decided_at": each["at"]}


def _ticket(launch_id: int, each: dict[str, Any]) -> dict[str, Any]:
    done = None if each["is_open"] else each["at"] + timedelta(hours=2)
    due = HYPERCARE.allows[Severity(each["severity"])][Kind.RESOLVE]
    return {
        "id": each["id"],
        "launch_id": launch_id,
        "conversation_id": each["talk"],
        "question_id": each["id"],
        "subject": each["subject"],
        "severity": each["severity"],
        "severity_reason": "As it is.",
        "handoff_reason": "A person was asked for.",
        "in_scope": True,
        "policy": HYPERCARE.name,
        "scenario_id": each["scenario"],
        "owner_id": each["owner"],
        "opened_at": each["at"],
        "acknowledged_at": each["at"] if each["id"] % 5 else None,
        "claimed_at": each["at"] if each["is_claimed"] else None,
        "replied_at": each["at"] + timedelta(hours=1) if each["id"] % 2 else None,
        "customer_wrote_at": each["at"],
        "resolved_at": done,
        "next_due_at": each["at"] + due if each["is_open"] else None,
        "context": {},
        "version": 1,
    }


def _promise(each: dict[str, Any], kind: Kind) -> dict[str, Any]:
    due = each["at"] + HYPERCARE.allows[Severity(each["severity"])][kind]
    kept = each["at"] if not each["is_open"] or kind is not Kind.RESOLVE else None
    made = {"ticket_id": each["id"], "kind": kind, "made_at": each["at"], "because": "So it is."}
    return {**made, "due_at": due, "kept_at": kept, "broken_at": None}


def _event(launch_id: int, each: dict[str, Any], kind: str) -> dict[str, Any]:
    details = {"severity": [3, each["severity"]], "reason": "As it is."}
    return {
        "at": each["at"],
        "kind": f"ticket.{kind}",
        "actor": "assistant",
        "launch_id": launch_id,
        "conversation_id": each["talk"],
        "ticket_id": each["id"],
        "details": details,
    }


def _insert(session: Session, table: Any, rows: list[dict[str, Any]]) -> None:
    for first in range(0, len(rows), 5_000):
        session.execute(insert(table), rows[first : first + 5_000])


def measure(client: httpx.Client, path: str, loads: int) -> tuple[float, float, int]:
    """Return p50 and p95 in milliseconds of loading ``path``, and the bytes of the answer."""
    for _ in range(3):
        client.get(path).raise_for_status()
    took, size = [], 0
    for _ in range(loads):
        began = time.perf_counter()
        answer = client.get(path)
        took.append((time.perf_counter() - began) * 1_000)
        answer.raise_for_status()
        size = len(answer.content)
    cuts = quantiles(took, n=20, method="inclusive")
    return cuts[9], cuts[18], size


def pages(tickets: int, still_open: int) -> list[tuple[str, str]]:
    """Return what is loaded, with its name."""
    first = f"{PREFIX}{FIRST_NUMBER + tickets - still_open + 1}"
    return [
        ("queue, all open, due first", "/desk"),
        ("queue, page 20", "/desk?page=20"),
        ("queue, mine", "/desk?view=mine"),
        ("queue, waiting on us", "/desk?view=waiting-on-us"),
        ("queue, resolved", "/desk?view=resolved"),
        ("queue, newest first", "/desk?sort=newest"),
        ("queue, searched for a word", "/desk?q=refund"),
        ("queue, by scenario", "/desk?scenario=new-price"),
        ("one ticket", f"/desk/tickets/{first}"),
        ("rows and counts that changed", f"/desk/rows?numbers={first}"),
        ("changes, by polling", "/desk/changes"),
        ("palette, a word", "/desk/palette?q=refund"),
        ("palette, a number", f"/desk/palette?q={first}"),
    ]


def main() -> None:
    """Fill a database, serve it, load its pages, print how long they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=20_000)
    parser.add_argument("--open", type=int, default=2_000)
    parser.add_argument("--loads", type=int, default=60)
    asked = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        parts = cast.empty_house(data, at=cast.OPENS)
        cast.bring_in(parts, data)
        cast.go_live(parts)
        fill(parts, asked.tickets, asked.open)
        with parts.db.writing() as session:
            _, token = sign_in(session, cast.the(session, cast.AMIR), at=WallClock().now())
        parts.close()
        with Server(data) as server:
            server.start()
            headers = {"accept": "text/html", "cookie": f"{COOKIE}={token}"}
            client = httpx.Client(base_url=server.address, headers=headers, timeout=60)
            _print(console, client, asked)


def _print(console: Console, client: httpx.Client, asked: argparse.Namespace) -> None:
    title = f"{asked.tickets:,} tickets, {asked.open:,} of them open; goal {GOAL} ms p95"
    table = Table("page", "p50 ms", "p95 ms", "kB", title=title)
    slow = 0
    for name, path in pages(asked.tickets, asked.open):
        middle, most, size = measure(client, path, asked.loads)
        slow += most > GOAL
        table.add_row(name, f"{middle:.0f}", f"{most:.0f}", f"{size / 1_000:.0f}")
    console.print(table)
    console.print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; over goal: {slow}")


if __name__ == "__main__":
    main()
