"""How long the cockpit takes in a long launch, and the worker's round that keeps its days.

    uv run python -m tests.benchmarks.cockpit [--messages 100000] [--loads 40]

Four weeks of a launch are put into a fresh SQLite file: half of the messages are questions, every
tenth of which became a ticket. The page is loaded one after another by somebody who is signed in,
in this process. One run on one machine.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import quantiles
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import event, insert, select

from assistant.answering.decisions import Decision
from assistant.desk.conversations import Conversation
from assistant.desk.messages import By, Message, Said
from assistant.desk.promises import HYPERCARE, Kind, Promise
from assistant.desk.repeats import RepeatGroup
from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground.audit import Event
from assistant.ground.parts import Parts
from assistant.launch.scenarios import Scenario
from assistant.reports.days import keep_days, measure_day
from tests import cast
from tests.web.staff import a_browser

GOAL = 200  # milliseconds, p95
DAYS, GROUPS, OPEN, PEOPLE = 28, 300, 400, 7_919
AT_ONCE = 20_000  # rows of one statement


def fill(parts: Parts, messages: int) -> None:
    """Put so many messages into the launch, evenly over ``DAYS`` days up to now."""
    questions, now = messages // 2, parts.clock.now()
    with parts.db.writing() as session:
        launch = cast.launch_of(session)
        launch.live_at = launch.starts_at = now - timedelta(days=DAYS)
        scenarios = list(session.scalars(select(Scenario.id)))
        amir = cast.the(session, cast.AMIR).id
        launch_id = launch.id
        session.execute(insert(RepeatGroup), [_group(launch_id, n, now) for n in range(GROUPS)])
    about = Case(launch_id, questions, now, scenarios, amir)
    for table, rows in (
        (Conversation, about.conversations()),
        (Message, about.messages()),
        (Ticket, about.tickets()),
        (Promise, about.promises()),
        (Decision, about.decisions()),
        (Event, about.events()),
    ):
        while some := list(islice(rows, AT_ONCE)):
            with parts.db.writing() as session:
                session.execute(insert(table), some)


class Case:
    """The rows of a launch of so many questions, in order of their time."""

    def __init__(
        self, launch_id: int, questions: int, now: datetime, scenarios: list[int], amir: int
    ) -> None:
        self.launch_id, self.questions, self.now = launch_id, questions, now
        self.scenarios, self.amir = scenarios, amir

    def at(self, number: int) -> datetime:
        """Return when a question was asked."""
        return self.now - timedelta(days=DAYS) * ((self.questions - number) / self.questions)

    def asked(self) -> Iterator[int]:
        """Yield the numbers of the questions that became tickets."""
        yield from range(0, self.questions, 10)

    def conversations(self) -> Iterator[dict[str, Any]]:
        """Yield one for each question."""
        for n in range(self.questions):
            yield {
                "id": f"talk-{n:07}",
                "launch_id": self.launch_id,
                "token_sha256": "",
                "channel": "widget",
                "visitor": f"visitor {n * 31 % PEOPLE}",
                "audience": "everyone",
                "page_url": "",
                "began_at": self.at(n),
            }

    def messages(self) -> Iterator[dict[str, Any]]:
        """Yield each question and what was answered."""
        for n in range(self.questions):
            at, talk = self.at(n), f"talk-{n:07}"
            ids = {"id": 2 * n + 1, "conversation_id": talk, "options": [], "at": at}
            words = {"text": f"My price and the invoice, case {n}", "group_id": 1 + n * 7 % GROUPS}
            yield {**ids, **words, "by": By.CUSTOMER, "kind": Said.QUESTION, "decided_at": at}
            ids |= {"id": 2 * n + 2, "text": "Yes.", "group_id": None, "decided_at": None}
            yield {**ids, "by": By.ASSISTANT, "kind": Said.ANSWER}

    def decisions(self) -> Iterator[dict[str, Any]]:
        """Yield what became of each question."""
        for n in range(self.questions):
            yield {
                "message_id": 2 * n + 1,
                "launch_id": self.launch_id,
                "at": self.at(n),
                "outcome": "answer" if n % 10 else "handoff",
                "reason": "",
                "certainty": 0.9,
                "severity": 3,
                "severity_reason": "",
                "mode": "auto",
                "via": "engine",
                "candidates": [],
                "considered": {},
                "ticket_id": None if n % 10 else n // 10 + 1,
            }

    def tickets(self) -> Iterator[dict[str, Any]]:
        """Yield a ticket for every tenth question; the last ones are open."""
        for n in self.asked():
            at, number = self.at(n), n // 10
            is_open = number >= self.questions // 10 - OPEN
            done = None if is_open else at + timedelta(hours=1 + number % 20)
            answered = None if is_open else at + timedelta(minutes=3 + number % 60)
            yield {
                "id": number + 1,
                "launch_id": self.launch_id,
                "question_id": 2 * n + 1,
                "conversation_id": f"talk-{n:07}",
                "subject": f"Case {n}",
                "severity": 3,
                "severity_reason": "",
                "handoff_reason": "",
                "in_scope": True,
                "policy": HYPERCARE.name,
                "owner_id": self.amir,
                "opened_at": at,
                "scenario_id": self.scenarios[number % len(self.scenarios)],
                "group_id": 1 + n * 7 % GROUPS,
                "customer_wrote_at": at,
                "context": {},
                "level": 0,
                "bounces": 0,
                "held_by": [],
                "first_response_at": answered,
                "replied_at": answered,
                "resolved_at": done,
                "rating": 4 if number % 3 else None,
                "version": 1,
                "next_due_at": at,
            }

    def promises(self) -> Iterator[dict[str, Any]]:
        """Yield the promises of each ticket; kept where it is resolved."""
        for n in self.asked():
            at, is_open = self.at(n), n // 10 >= self.questions // 10 - OPEN
            for kind in Kind:
                due = at + HYPERCARE.allows[Severity.MINOR][kind]
                made = {"ticket_id": n // 10 + 1, "kind": kind, "made_at": at, "because": ""}
                made |= {"follows_calendar": False, "moves": []}
                yield {**made, "due_at": due, "kept_at": None if is_open else at}

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield three of each ticket."""
        for n in self.asked():
            for kind, who, later in (
                ("opened", None, 0),
                ("replied", self.amir, 20),
                ("noted", self.amir, 30),
            ):
                yield {
                    "at": self.at(n) + timedelta(minutes=later),
                    "kind": f"ticket.{kind}",
                    "actor": "assistant",
                    "person_id": who,
                    "launch_id": self.launch_id,
                    "ticket_id": n // 10 + 1,
                    "details": {},
                }


def _group(launch_id: int, number: int, now: datetime) -> dict[str, Any]:
    return {
        "id": number + 1,
        "launch_id": launch_id,
        "question": f"Question {number}?",
        "embedder": "",
        "total": b"",
        "identifiers": [],
        "size": 9,
        "first_seen_at": now,
        "last_seen_at": now,
    }


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
    """Fill, keep the days, load the page and print what it took."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--messages", type=int, default=100_000)
    ask.add_argument("--loads", type=int, default=40)
    given = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        parts = cast.empty_house(Path(folder))
        cast.bring_in(parts, Path(folder))
        began = time.perf_counter()
        fill(parts, given.messages)
        filled = time.perf_counter() - began
        began = time.perf_counter()
        keep_days(parts)
        first = time.perf_counter() - began
        began = time.perf_counter()
        keep_days(parts)
        again = time.perf_counter() - began
        whole = plans(parts)
        loads = _loads(parts, given.loads)
    console, table = Console(), Table("what", "took")
    table.add_row(f"{given.messages:,} messages, put in", f"{filled:.0f} s")
    table.add_row(f"keep the days, all {DAYS + 1}", f"{first:.1f} s")
    table.add_row("keep the days, a round after that", f"{again:.1f} s")
    for name, times in zip(("by the clock", "of one processor"), loads, strict=True):
        p95 = quantiles(times, n=20)[-1]
        middle = sorted(times)[len(times) // 2]
        table.add_row(f"cockpit {name}, median, p95 (goal {GOAL})", f"{middle:.0f}, {p95:.0f} ms")
    console.print(table)
    console.print("Whole tables read for one day: " + ("; ".join(whole) or "none"))


def _loads(parts: Parts, times: int) -> tuple[list[float], list[float]]:
    """Return what each load took by the clock and of the processor, in milliseconds."""
    lena, took, worked = a_browser(parts, cast.LENA), [], []
    with parts.db.reading() as session:
        page = f"/launches/{cast.launch_of(session).key}/cockpit"
    for number in range(times + 3):
        began, busy = time.perf_counter(), time.process_time()
        if lena.get(page).status_code != 200:
            raise SystemExit("The page failed.")
        if number >= 3:  # what is compiled at first is not the page
            took.append(1000 * (time.perf_counter() - began))
            worked.append(1000 * (time.process_time() - busy))
    return took, worked


if __name__ == "__main__":
    main()
