"""What Jira tells us: believed when signed and fresh, done once, and telling strangers nothing."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from standardwebhooks.webhooks import Webhook

from assistant.ground.audit import Event
from assistant.ground.parts import Parts
from assistant.integrations.hooks import ReceivedHook, forget_received
from assistant.launch.connections import Channel, Connection
from tests import cast
from tests.cast import NOW, UNKNOWN, Customer, later
from tests.others import HOOK_SECRET, connected, issue_of, outside
from web.app import create_app


@pytest.fixture
def jira(shop: Parts, mara: Customer) -> Iterator[Connection]:
    """A connection whose PAY-1 stands for Mara's ticket."""
    from assistant.desk.engineering import Issue

    with outside() as there:
        connection = connected(shop, there, Channel.JIRA)
        mara.asks(UNKNOWN)
        with cast.the_ticket(shop) as (session, ticket):
            told = {"ticket_id": ticket.id, "connection_id": connection.id, "asked_at": NOW}
            session.add(Issue(**told, key="PAY-1", href=f"{there.url}/browse/PAY-1"))
        yield connection


@pytest.fixture
def client(shop: Parts) -> TestClient:
    return TestClient(create_app(shop))


def update(status: str = "In progress", *, key: str = "PAY-1", at: datetime = NOW) -> bytes:
    category = {"key": "done" if status == "Done" else "indeterminate"}
    fields = {"status": {"name": status, "statusCategory": category}}
    body = {"timestamp": int(at.timestamp() * 1000), "issue": {"key": key, "fields": fields}}
    return json.dumps(body).encode()


def signed(body: bytes, *, event: str = "msg_1", at: datetime = NOW, secret: str = HOOK_SECRET):  # type: ignore[no-untyped-def]
    return {
        "webhook-id": event,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(event, at, body.decode()),
    }


def by_jira(body: bytes, secret: str = HOOK_SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"x-hub-signature": f"sha256={digest}"}


def post(client: TestClient, jira: Connection, body: bytes, headers: dict[str, str]) -> int:
    path = f"/api/v1/hooks/jira/{jira.id}"
    return int(client.post(path, content=body, headers=headers).status_code)


def status(parts: Parts) -> str:
    with cast.the_ticket(parts) as (session, ticket):
        return str(issue_of(session, ticket.id).status)


def moves(parts: Parts) -> int:
    with parts.db.reading() as session:
        moved = select(func.count()).where(Event.kind == "ticket.issue-moved")
        return session.scalar(moved) or 0


def test_a_new_status_stands_on_the_ticket_and_in_its_history(
    shop: Parts, client: TestClient, jira: Connection
) -> None:
    body = update("Done")

    assert post(client, jira, body, signed(body)) == 202

    with cast.the_ticket(shop) as (session, ticket):
        issue = issue_of(session, ticket.id)
        assert (issue.status, issue.is_done, issue.status_at) == ("Done", True, NOW)
    assert moves(shop) == 1


def test_jira_s_own_signature_is_understood_too(
    shop: Parts, client: TestClient, jira: Connection
) -> None:
    body = update("Done")

    assert [post(client, jira, body, by_jira(body)) for _ in range(2)] == [202, 202]
    assert (status(shop), moves(shop)) == ("Done", 1)


def test_the_same_event_again_changes_nothing(
    shop: Parts, client: TestClient, jira: Connection
) -> None:
    first, second = update("In progress"), update("Done", at=NOW + timedelta(seconds=5))
    post(client, jira, first, signed(first, event="msg_1"))
    post(client, jira, second, signed(second, event="msg_2", at=NOW + timedelta(seconds=5)))

    assert post(client, jira, first, signed(first, event="msg_1")) == 202
    assert (status(shop), moves(shop)) == ("Done", 2)


def test_news_that_was_overtaken_does_not_turn_the_status_back(
    shop: Parts, client: TestClient, jira: Connection
) -> None:
    late, early = update("Done"), update("In progress", at=NOW - timedelta(minutes=3))

    post(client, jira, late, signed(late, event="msg_2"))
    post(client, jira, early, signed(early, event="msg_1"))

    assert status(shop) == "Done"


BODY = update("Done")
FORGED: list[Any] = [
    {},
    {"webhook-signature": "v1,AAAA"},
    {**signed(BODY), "webhook-signature": "v1,AAAA"},
    {**signed(BODY), "webhook-signature": "nonsense"},
    {**signed(BODY), "webhook-signature": "v1," + "é".encode("latin-1").decode("latin-1") * 9},
    {**signed(BODY), "webhook-id": "msg_2"},
    {**signed(BODY), "webhook-id": ""},
    {**signed(BODY), "webhook-timestamp": "1"},
    {**signed(BODY), "webhook-timestamp": "x"},
    {**signed(BODY), "webhook-timestamp": "9" * 40},
    {**signed(BODY), "webhook-timestamp": "-1"},
    {**signed(BODY), "webhook-timestamp": "nan"},
    signed(BODY, at=NOW - timedelta(minutes=5, seconds=1)),
    signed(BODY, at=NOW + timedelta(minutes=5, seconds=1)),
    signed(BODY, secret="whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    signed(BODY + b" "),
    {"x-hub-signature": "sha256=00"},
    {"x-hub-signature": "sha1=" + hashlib.sha1(BODY).hexdigest()},  # noqa: S324
    {"x-hub-signature": ""},
    by_jira(BODY, secret="another"),
    by_jira(BODY + b" "),
]


@pytest.mark.parametrize("headers", FORGED)
def test_what_is_not_signed_as_it_should_be_is_not_believed(
    shop: Parts, client: TestClient, jira: Connection, headers: dict[str, str]
) -> None:
    sent = {name: value.encode("utf-8", "replace") for name, value in headers.items()}

    answer = client.post(f"/api/v1/hooks/jira/{jira.id}", content=BODY, headers=sent)

    assert answer.status_code == 401
    assert status(shop) == ""


def test_an_old_body_is_not_believed_however_it_is_signed(
    shop: Parts, client: TestClient, jira: Connection
) -> None:
    old = update("Done", at=NOW - timedelta(hours=1, seconds=1))
    ahead = update("Done", at=NOW + timedelta(minutes=6))

    assert post(client, jira, old, by_jira(old)) == 401
    assert post(client, jira, ahead, by_jira(ahead)) == 401


def test_a_stranger_learns_neither_issues_nor_connections(
    client: TestClient, jira: Connection
) -> None:
    unknown = update(key="PAY-999")
    body, wrong = update(), {**signed(update()), "webhook-signature": "v1,AAAA"}

    assert post(client, jira, unknown, signed(unknown)) == 202
    here = client.post(f"/api/v1/hooks/jira/{jira.id}", content=body, headers=wrong)
    nowhere = client.post("/api/v1/hooks/jira/999", content=body, headers=signed(body))
    assert (here.status_code, here.content) == (nowhere.status_code, nowhere.content)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"issue": 1}',
        b'{"issue": {"key": [], "fields": {"status": {"name": {}}}}}',
        b'{"issue": {"key": "PAY-1", "fields": {"status": {"name": "a\\u0000b"}}}}',
        b'{"issue": {"key": "PAY-1", "fields": {"status": {"name": "\\ud800"}}}}',
        b'{"timestamp": 1e308, "issue": {"key": "PAY-1", "fields": []}}',
        b'{"timestamp": ' + b"9" * 400 + b', "issue": {}}',
    ],
)
def test_a_body_without_a_status_is_taken_and_let_be(
    shop: Parts, client: TestClient, jira: Connection, body: bytes
) -> None:
    assert post(client, jira, body, signed(body)) == 202
    assert status(shop) == ""


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_object_is_not_believed(
    client: TestClient, jira: Connection, body: bytes
) -> None:
    assert post(client, jira, body, by_jira(body)) == 401


def test_each_event_is_done_once_however_often_and_at_once_it_comes(
    shop: Parts,
    client: TestClient,
    jira: Connection,
    pytestconfig: pytest.Config,
    record_property: Any,
) -> None:
    keys = int(pytestconfig.getoption("--hooks"))
    sent = [
        (body, signed(body, event=f"msg_{n}"))
        for n in range(keys)
        for body in [update(f"Status {n}", at=NOW + timedelta(milliseconds=n))]
    ]
    with ThreadPoolExecutor(5) as pool:
        for n, (body, headers) in enumerate(sent):
            # One address may send 600 a minute; a hundred events come from each.
            client = client if n % 100 else TestClient(client.app, client=(f"10.0.0.{n // 100}", 1))
            five = [pool.submit(post, client, jira, body, headers) for _ in range(5)]
            assert {each.result() for each in five} == {202}

    client = TestClient(create_app(shop))  # the server was started again
    again = [post(client, jira, body, headers) for body, headers in sent[:50]]

    assert set(again) == {202}
    with shop.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(ReceivedHook)) == keys
    assert moves(shop) == keys
    record_property("figure", f"inbound: {keys} events × 5 at once and again: {keys} changes")


def test_the_keys_are_kept_longer_than_any_signature_is_believed(
    shop: Parts, client: TestClient, jira: Connection
) -> None:
    body = update("Done")
    post(client, jira, body, signed(body))

    later(shop, days=6)
    assert forget_received(shop) == 0
    later(shop, days=2)
    assert forget_received(shop) == 1
    assert post(client, jira, body, signed(body)) == 401
