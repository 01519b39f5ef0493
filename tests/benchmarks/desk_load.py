"""How live the desk is: agents and customers at once, each with a stream, on one server.

    uv run python -m tests.benchmarks.desk_load [--seconds 60] [--agents 20] [--customers 300]

The demo pack is imported into a folder that is thrown away afterwards, and `hypercare serve` runs
as it does for customers. Every customer has a conversation with a ticket and an open stream, every
agent an open stream of the desk. Customers write and agents reply all the time; each message is
timed from the moment it is sent until the other side's stream says so, and until the page that
shows it has been fetched too. Everybody runs on the same processors as the server, so requests go
over plain sockets, and what the server and these clients took of the processors is printed too.
"""

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

from assistant import demo
from assistant.ground.parts import Parts, assemble
from assistant.ground.people import Role, add_person, join, sign_in
from assistant.ground.settings import Settings
from assistant.launch.launches import by_key
from tests.benchmarks.plain_http import Line
from tests.benchmarks.serving import _await_index, _prepare
from tests.faults.server import Server
from web.access import COOKIE

WRITTEN, REPLIED = 4.0, 1.0  # messages a second: of all customers, of all agents
PATIENCE = 30.0  # seconds until a message that is nowhere to be seen counts as lost
LOCKED = ("database is locked", "database away")
SEED = 20_261_116


@dataclass
class Told:
    """When something arrived, by what it is known as; whoever waits for it is woken."""

    at: dict[str, float] = field(default_factory=dict)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def arrived(self, name: str) -> None:
        """Note it, the first time."""
        self.at.setdefault(name, time.monotonic())
        async with self.news:
            self.news.notify_all()

    async def when(self, name: str) -> float | None:
        """Return when it arrived; nothing when it does not within ``PATIENCE``."""
        try:
            async with asyncio.timeout(PATIENCE):
                async with self.news:
                    await self.news.wait_for(lambda: name in self.at)
        except TimeoutError:
            return None
        return self.at[name]


@dataclass
class Customer:
    """One customer: a conversation with a ticket, and its stream."""

    id: str
    token: str
    ticket: str
    told: Told = field(default_factory=Told)
    said: int = 0


@dataclass
class Agent:
    """One agent: a sign-in, and the desk's stream."""

    cookie: str
    csrf: str
    told: Told = field(default_factory=Told)


@dataclass
class Seen:
    """What was measured, in seconds."""

    told: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    lost: int = 0
    troubles: list[str] = field(default_factory=list)


def main() -> None:
    """Measure and print."""
    given = _arguments()
    with tempfile.TemporaryDirectory(prefix="hypercare-desk-") as folder:
        data = Path(folder) / "data"
        _prepare(data)
        agents = _agents(data, given.agents)
        with Server(data) as server:
            server.start()
            _await_index(server)
            before = _processor_seconds(server.pid), time.process_time()
            to_agents, to_customers = asyncio.run(_together(server.address, agents, given))
            took = _processor_seconds(server.pid) - before[0], time.process_time() - before[1]
            said = server.said()
    print(f"{given.agents} agents, {given.customers} customers, {given.seconds:g} s")
    print(f"of the processors: server {took[0]:.1f} s, these clients {took[1]:.1f} s, to begin too")
    _say("a customer's message on the agents' side", to_agents)
    _say("an agent's reply on the customer's side", to_customers)
    print(f"locked: {sum(said.count(words) for words in LOCKED)}")


def _processor_seconds(pid: int) -> float:
    """Return what a process has taken of the processors so far, in seconds."""
    spent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--agents", type=int, default=20)
    parser.add_argument("--customers", type=int, default=300)
    return parser.parse_args()


def _say(what: str, seen: Seen) -> None:
    for word, took in (("told", seen.told), ("shown", seen.shown)):
        cuts = quantiles(took, n=100) if len(took) > 1 else [0.0] * 99
        figures = ", ".join(f"p{at} {cuts[at - 1] * 1000:.0f} ms" for at in (50, 95, 99))
        print(f"{what}, {word}: {len(took)} messages, {figures}")
    print(f"{what}: {seen.lost} lost, {len(seen.troubles)} refused {seen.troubles[:3]}")


def _agents(data: Path, count: int) -> list[Agent]:
    parts: Parts = assemble(Settings(_env_file=None, data=data))
    agents: list[Agent] = []
    with parts.db.writing() as session:
        launch, at = by_key(session, demo.LAUNCH), parts.clock.now()
        for number in range(count):
            person = add_person(
                session,
                email=f"agent-{number}@example.com",
                name=f"Agent {number}",
                role=Role.AGENT,
                at=at,
            )
            join(session, person, launch.id)
            entry, token = sign_in(session, person, at=at)
            agents.append(Agent(token, entry.csrf))
    parts.close()
    return agents


async def _together(
    address: str, agents: Sequence[Agent], given: argparse.Namespace
) -> tuple[Seen, Seen]:
    line = Line(address)
    customers = [await _customer(line, number) for number in range(given.customers)]
    streams = [asyncio.create_task(_listen_at_desk(line, agent)) for agent in agents]
    streams += [asyncio.create_task(_listen_in_widget(line, one)) for one in customers]
    await asyncio.sleep(3.0)  # everybody is connected
    to_agents, to_customers = Seen(), Seen()
    until, dice = time.monotonic() + given.seconds, random.Random(SEED)
    await asyncio.gather(
        _at_pace(
            WRITTEN,
            until,
            lambda: _write(line, dice.choice(customers), dice.choice(agents), to_agents),
        ),
        _at_pace(
            REPLIED,
            until,
            lambda: _reply(line, dice.choice(customers), dice.choice(agents), to_customers),
        ),
    )
    for stream in streams:
        stream.cancel()
    await asyncio.gather(*streams, return_exceptions=True)
    return to_agents, to_customers


async def _at_pace(per_second: float, until: float, act: Any) -> None:
    """Begin ``act`` so often a second, whether or not those before have ended."""
    acts: list[asyncio.Task[None]] = []
    due = time.monotonic()
    while due < until:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        acts.append(asyncio.create_task(act()))
        due += 1 / per_second
    await asyncio.gather(*acts)


async def _customer(line: Line, number: int) -> Customer:
    path = f"/api/v1/launches/{demo.LAUNCH}/conversations"
    begun = json.loads((await line.asks("POST", path, {}, b"{}")).body)
    customer = Customer(begun["id"], begun["token"], "")
    answer = await _said(line, customer, "person", {"note": f"A person, please. I am {number}."})
    customer.ticket = answer["ticket"]["number"]
    return customer


async def _said(line: Line, customer: Customer, path: str, body: dict[str, Any]) -> dict[str, Any]:
    customer.said += 1
    headers = {
        "Authorization": f"Bearer {customer.token}",
        "Idempotency-Key": f"{customer.id}-{customer.said}",
    }
    where = f"/api/v1/conversations/{customer.id}/{path}"
    answer = await line.asks("POST", where, headers, json.dumps(body).encode())
    if answer.status != 200:
        raise OSError(f"{answer.status}")
    found: dict[str, Any] = json.loads(answer.body)
    return found


async def _write(line: Line, customer: Customer, agent: Agent, seen: Seen) -> None:
    """Let a customer write, and time until the agent has it."""
    began, known = time.monotonic(), f"{customer.ticket} message.question"
    agent.told.at.pop(known, None)
    try:
        await _said(line, customer, "messages", {"text": f"It is still so, and it is {began:.3f}"})
    except (OSError, ValueError, TimeoutError) as trouble:
        seen.troubles.append(repr(trouble))
        return
    arrived = await agent.told.when(known)
    if arrived is None:
        seen.lost += 1
        return
    seen.told.append(arrived - began)
    asked = time.monotonic()
    headers = {"Accept": "text/html", "Cookie": f"{COOKIE}={agent.cookie}"}
    page = await line.asks("GET", f"/desk/tickets/{customer.ticket}", headers)
    if f"it is {began:.3f}".encode() not in page.body:
        seen.lost += 1
        return
    seen.shown.append(arrived - began + time.monotonic() - asked)


async def _reply(line: Line, customer: Customer, agent: Agent, seen: Seen) -> None:
    """Let an agent reply, and time until the customer has it: the stream carries the words."""
    began = time.monotonic()
    words = f"We are looking into it. {began:.3f}"
    fields = {"csrf": agent.csrf, "kind": "reply", "text": words}
    headers = {
        "Accept": "text/html",
        "Cookie": f"{COOKIE}={agent.cookie}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    path = f"/desk/tickets/{customer.ticket}/replies"
    sent = await line.asks("POST", path, headers, urlencode(fields).encode())
    if sent.status != 303:
        seen.troubles.append(f"{sent.status}")
        return
    arrived = await customer.told.when(words)
    if arrived is None:
        seen.lost += 1
        return
    seen.told.append(arrived - began)
    seen.shown.append(arrived - began)


async def _listen_at_desk(line: Line, agent: Agent) -> None:
    headers = {"Cookie": f"{COOKIE}={agent.cookie}"}
    async for body in line.events("/desk/events", headers):
        for change in body.get("events", ()) if isinstance(body, dict) else ():
            await agent.told.arrived(f"{change.get('ticket', '')} {change['kind']}")


async def _listen_in_widget(line: Line, customer: Customer) -> None:
    headers = {"Authorization": f"Bearer {customer.token}"}
    path = f"/api/v1/conversations/{customer.id}/events"
    async for body in line.events(path, headers):
        if isinstance(body, dict) and "text" in body:
            await customer.told.arrived(str(body["text"]))


if __name__ == "__main__":
    main()
