"""Several people take the same ticket in the same moment: one has it, the others are told who.

Over real sockets, against the real application. ``--claims 500`` is the long proof.
"""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from assistant.ground.audit import history
from assistant.ground.parts import Parts
from assistant.ground.people import sign_in
from tests import cast
from tests.faults.server import Hosted
from web.access import COOKIE

PEOPLE = (cast.AMIR, cast.LENA, cast.NOOR, cast.ERIC)


def test_of_four_who_take_a_ticket_at_once_one_has_it_and_three_are_told_who(
    shop: Parts, pytestconfig: pytest.Config, record_property: Any
) -> None:
    races = pytestconfig.getoption("--claims")
    for number in range(races):
        cast.a_customer(shop, visitor=f"visitor {number}").calls(f"Case {number}")
    with Hosted(shop) as host, ThreadPoolExecutor(len(PEOPLE)) as pool:
        agents = [an_agent(shop, host.address, email) for email in PEOPLE]
        won = [race(shop, f"HC-{1001 + number}", agents, pool) for number in range(races)]
        for client, _ in agents:
            client.close()

    record_property("figure", f"{races} claim races of {len(PEOPLE)}: {sum(won)} with one winner")
    assert all(won)


def an_agent(parts: Parts, address: str, email: str) -> tuple[httpx.Client, str]:
    with parts.db.writing() as session:
        entry, token = sign_in(session, cast.the(session, email), at=parts.clock.now())
    headers = {"accept": "text/html", "cookie": f"{COOKIE}={token}"}
    return httpx.Client(base_url=address, headers=headers, timeout=60), entry.csrf


def race(parts: Parts, number: str, agents: list[Any], pool: ThreadPoolExecutor) -> bool:
    path, start = f"/desk/tickets/{number}", threading.Barrier(len(agents))
    drawn = agents[0][0].get(path).text.partition(f'action="{path}/owner"')[2]
    holder = re.search(r'name="holder" value="(\d+)"', drawn)
    assert holder is not None and holder[1] == "0"

    def take(agent: tuple[httpx.Client, str]) -> httpx.Response:
        client, csrf = agent
        start.wait()
        return client.post(f"{path}/owner", data={"csrf": csrf, "person": "me", "holder": "0"})

    answers = list(pool.map(take, agents))
    with cast.the_ticket(parts, number) as (session, ticket):
        owner = ticket.owner
        taken = [e for e in history(session, ticket_id=ticket.id) if e.kind == "ticket.assigned"]
    assert owner is not None
    losers = [answer for answer in answers if answer.status_code == 409]
    winners = [email for email, a in zip(PEOPLE, answers, strict=True) if a.status_code == 303]
    return (
        winners == [owner.email]
        and len(losers) == len(agents) - 1
        and all(f"{owner.name} has taken {number}" in loser.text for loser in losers)
        and len(taken) == 1
    )
