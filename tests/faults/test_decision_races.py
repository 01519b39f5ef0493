"""Reliability P4: several people decide about one answer, or one update, in the same moment.

One of them has it; each of the others is told that it changed (409), by a page that shows how it
is now. Over real sockets, against the real application. ``--claims 500`` is the long proof.
"""

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from assistant.ground.parts import Parts
from tests import cast
from tests.faults.server import Hosted
from tests.faults.test_claim_races import an_agent

LEADS = (cast.LENA, cast.NOOR, cast.OLU)
Agent = tuple[httpx.Client, str]
Fields = dict[str, str]


@pytest.fixture
def leads(shop: Parts) -> Any:
    with Hosted(shop) as host, ThreadPoolExecutor(len(LEADS)) as pool:
        agents = [an_agent(shop, host.address, email) for email in LEADS]
        yield agents, pool
        for client, _ in agents:
            client.close()


def at_once(leads: Any, path: str, fields: Callable[[int], Fields]) -> list[httpx.Response]:
    """Let each of them send their form in the same moment; return the answers."""
    agents, pool = leads
    start = threading.Barrier(len(agents))

    def send(number: int) -> httpx.Response:
        client, csrf = agents[number]
        start.wait()
        answer: httpx.Response = client.post(path, data={"csrf": csrf, **fields(number)})
        return answer

    return list(pool.map(send, range(len(agents))))


def one_won(answers: list[httpx.Response]) -> bool:
    return sorted(answer.status_code for answer in answers) == [303] + [409] * (len(answers) - 1)


def revision(leads: Any, path: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', leads[0][0][0].get(path).text)
    assert found is not None
    return found[1]


def test_of_three_who_approve_at_once_one_has_approved(
    shop: Parts, leads: Any, pytestconfig: pytest.Config, record_property: Any
) -> None:
    races, won = max(2, pytestconfig.getoption("--claims") // 3), 0
    for number in range(races):
        key = cast.an_entry(shop, key=f"pause-{number}", approved_by=None)
        with shop.db.writing() as session:
            entry = cast.entry_of(session, key)
            entry.submit(session, by=cast.the(session, cast.AMIR), at=shop.clock.now())
        path = f"/library/{cast.LAUNCH}/entries/{key}"
        seen = revision(leads, path)
        answers = at_once(leads, f"{path}/approval", lambda _, seen=seen: {"revision": seen})  # type: ignore[misc]
        with shop.db.reading() as session:
            entry = cast.entry_of(session, key)
            approved = [each for each in entry.versions if each.approved_at is not None]
        won += one_won(answers) and len(approved) == 1
    record_property("figure", f"{races} approval races of {len(LEADS)}: {won} with one winner")
    assert won == races


def test_of_three_who_withdraw_at_once_one_has_and_their_reason_stands(
    shop: Parts, leads: Any, pytestconfig: pytest.Config, record_property: Any
) -> None:
    races, won = max(2, pytestconfig.getoption("--claims") // 3), 0
    for number in range(races):
        key = cast.an_entry(shop, key=f"pause-{number}")
        path = f"/library/{cast.LAUNCH}/entries/{key}"
        fields = {"revision": revision(leads, path)}
        answers = at_once(
            leads,
            f"{path}/retirement",
            lambda who, fields=fields: {**fields, "reason": f"Reason {who}"},  # type: ignore[misc]
        )
        won += one_won(answers) and _is_retired_once(shop, key)
    record_property("figure", f"{races} withdrawal races of {len(LEADS)}: {won} with one winner")
    assert won == races


def _is_retired_once(parts: Parts, key: str) -> bool:
    with parts.db.reading() as session:
        return cast.entry_of(session, key).retired_at is not None


def test_of_three_who_publish_an_update_at_once_one_has_and_the_others_read_it(
    shop: Parts, leads: Any, pytestconfig: pytest.Config, record_property: Any
) -> None:
    races = max(2, pytestconfig.getoption("--claims") // 3)
    won = sum(_has_one_update(shop, leads, number) for number in range(races))
    record_property("figure", f"{races} update races of {len(LEADS)}: {won} with one winner")
    assert won == races


def _has_one_update(parts: Parts, leads: Any, number: int) -> bool:
    """Let three publish at once; return whether one did, and no word of the others is lost."""
    cast.later(parts, minutes=1)
    path, lena = f"/launches/{cast.LAUNCH}/updates", leads[0][0][0]
    newest = re.search(r'name="newest" value="([0-9]+)"', lena.get(path).text)
    assert newest is not None
    common = {"expected": "Yes.", "what_to_do": "Wait.", "newest": newest[1]}
    common["next_update_at"] = "2027-03-01T10:00"
    titles = [f"Update {number} of {who}" for who in LEADS]
    said = [_looked_at(leads[0][0], path, {**common, "title": title}) for title in titles]
    answers = at_once(leads, path, lambda who: said[who])
    shown = lena.get(path).text
    published = [title for title in titles if title in shown]
    losers = [(a.text, t) for a, t in zip(answers, titles, strict=True) if a.status_code == 409]
    return (
        one_won(answers)
        and len(published) == 1
        and all(f"“{published[0]}” was published" in page for page, _ in losers)
        and all(f'value="{title}"' in page for page, title in losers)
    )


def _looked_at(agent: Agent, path: str, said: Fields) -> Fields:
    """Return the form as it is sent by somebody who has seen what customers would read."""
    client, csrf = agent
    page = client.post(path, data={"csrf": csrf, **said}).text
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert seen is not None
    return {**said, "seen": seen[1]}
