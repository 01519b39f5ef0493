"""Handing a ticket to engineering: gathered once, created once, and followed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from assistant.desk import engineering
from assistant.desk.engineering import Issue
from assistant.ground.errors import Refused
from assistant.ground.parts import Parts
from assistant.ground.sealing import unseal
from assistant.integrations import adf
from assistant.integrations.handing import parcels, seal_of
from assistant.integrations.slack import escaped
from assistant.integrations.subscriptions import tell_subscribers
from assistant.launch import connections
from assistant.launch.connections import EVENTS, Channel, Connection
from tests import cast, others
from tests.cast import AMIR, LENA, NOW, UNKNOWN, Customer, later, the
from tests.others import Outside, connected, deliver, outside


@pytest.fixture
def there() -> Iterator[Outside]:
    with outside() as there:
        yield there


def hand_over(parts: Parts, *to: Connection, notes: bool = False, wish: str = "Look.") -> None:
    with cast.the_ticket(parts) as (session, ticket):
        brief = engineering.brief(
            session,
            ticket,
            wish=wish,
            with_notes=notes,
            considered=["export-data"],
            address="https://help.example",
        )
        sent = parcels(ticket, brief, to)
        by = the(session, AMIR)
        engineering.hand_over(session, ticket, sent, by=by, at=parts.clock.now())


def state(parts: Parts) -> Issue | None:
    with cast.the_ticket(parts) as (session, ticket):
        found = engineering.handed_over(session, ticket)
        return found[0].issue


def texts(node: Any) -> str:
    if isinstance(node, dict):
        return str(node.get("text", "")) + texts(node.get("content", []))
    return "\n".join(texts(each) for each in node)


# --- Jira ---


def test_a_ticket_becomes_one_issue_with_everything_known(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    jira = connected(shop, there, Channel.JIRA)
    mara.asks(UNKNOWN)

    hand_over(shop, jira)
    assert deliver(shop) == 1

    issue, fields = state(shop), there.issues["PAY-1"]
    assert issue is not None
    assert (issue.key, issue.href) == ("PAY-1", f"{there.url}/browse/PAY-1")
    assert (fields["project"], fields["issuetype"]) == ({"key": "PAY"}, {"name": "Task"})
    assert fields["summary"] == f"HC-1001: {UNKNOWN}"
    said = texts(fields["description"])
    for words in ("Look.", UNKNOWN, "Severity: 3", "Spring pricing", "export-data", "HC-1001"):
        assert words in said
    assert there.heard[0][1]["authorization"].startswith("Basic ")


def test_an_issue_that_was_created_without_an_answer_is_found_and_not_made_twice(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    jira = connected(shop, there, Channel.JIRA)
    mara.asks(UNKNOWN)
    hand_over(shop, jira)
    there.mood = "silent"
    deliver(shop)
    there.mood, there.is_indexed = "ok", False  # its search has not learnt of it yet
    later(shop, seconds=10)
    deliver(shop)
    assert list(there.issues) == ["PAY-1"]

    there.is_indexed = True
    later(shop, minutes=2)
    deliver(shop)

    issue = state(shop)
    assert issue is not None
    assert (list(there.issues), issue.key) == (["PAY-1"], "PAY-1")


def test_an_issue_that_was_never_created_is_created_when_that_is_sure(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    jira = connected(shop, there, Channel.JIRA)
    mara.asks(UNKNOWN)
    hand_over(shop, jira)
    there.mood = "down"
    deliver(shop)
    there.mood = "ok"
    later(shop, seconds=10)
    assert deliver(shop) == 0  # it might be there, and the search be late

    later(shop, minutes=2)
    assert deliver(shop) == 1
    assert list(there.issues) == ["PAY-1"]


def test_what_jira_refuses_is_a_dead_letter_in_its_own_words(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    jira = connected(shop, there, Channel.JIRA)
    mara.asks(UNKNOWN)
    hand_over(shop, jira)
    there.mood = "refuses"
    deliver(shop)

    with cast.the_ticket(shop) as (session, ticket):
        (handed,) = engineering.handed_over(session, ticket)
    assert handed.outgoing.dead_at == NOW
    assert handed.outgoing.last_error == "Jira answered 400. issuetype: It is not allowed here."


@pytest.mark.parametrize(
    "words",
    ["", '<!channel> {"type":"doc"}', "*bold* [link|http://x]", "a\x00b\x07c", "日本語\n\nعربى"],
)
def test_words_are_text_in_a_document_whatever_they_are(words: str) -> None:
    node = adf.paragraph(words)

    assert {each["type"] for each in node["content"]} <= {"text", "hardBreak"}
    assert all(each.get("text") != "" and not each.get("marks") for each in node["content"])
    json.dumps(node)


def test_what_happens_later_is_written_to_the_issue_after_it_is_there(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    jira = connected(shop, there, Channel.JIRA, events=("ticket.resolved",))
    mara.asks(UNKNOWN)
    there.mood = "down"
    hand_over(shop, jira)
    deliver(shop)
    cast.amir_replies(shop)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.resolve(session, by=the(session, AMIR), at=NOW)
    tell_subscribers(shop)
    there.mood = "ok"
    for _ in range(3):
        later(shop, minutes=2)
        deliver(shop)

    assert [key for key, _ in there.comments] == ["PAY-1"]
    assert "A ticket is resolved" in texts(there.comments[0][1])


# --- who gets what ---


def test_notes_stay_in_the_house_unless_somebody_wants_them_along(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    hook = connected(shop, there, Channel.WEBHOOK)
    other = connected(shop, there, Channel.WEBHOOK, name="other")
    mara.asks(UNKNOWN)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.add_note(session, "She is furious.", by=the(session, AMIR), at=NOW)

    hand_over(shop, hook)
    hand_over(shop, other, notes=True)
    deliver(shop)

    without, along = (body.decode() for _, _, body in there.heard)
    assert "furious" not in without
    assert "furious" in along


def test_secrets_and_numbers_of_people_are_taken_out(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    hook = connected(shop, there, Channel.WEBHOOK)
    mara.asks("Do penguins pay with 4111 1111 1111 1111? Write to mara@home.example")
    hand_over(shop, hook)
    deliver(shop)

    body = there.heard[0][2].decode()
    assert "4111" not in body
    assert "mara@home.example" not in body


def test_handing_over_twice_sends_once_and_says_so(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    jira = connected(shop, there, Channel.JIRA)
    mara.asks(UNKNOWN)
    hand_over(shop, jira)

    with pytest.raises(Refused, match="have it already"):
        hand_over(shop, jira)
    with pytest.raises(Refused, match="Nobody is chosen"):
        hand_over(shop)


def test_the_seal_is_of_everything_that_is_sent(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    jira = connected(shop, there, Channel.JIRA)
    mara.asks(UNKNOWN)
    seals = []
    for wish in ("a", "a", "b"):
        with cast.the_ticket(shop) as (session, ticket):
            brief = engineering.brief(
                session, ticket, wish=wish, with_notes=False, considered=[], address=""
            )
            seals.append(seal_of(parcels(ticket, brief, [jira])))

    assert seals[0] == seals[1] != seals[2]


# --- Slack ---


def test_a_customer_s_words_call_nobody_in_slack(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    slack = connected(shop, there, Channel.SLACK)
    mara.asks("<!channel> do penguins & <@U1> have knees?")
    hand_over(shop, slack)
    deliver(shop)

    said = json.loads(there.heard[0][2])["text"]
    assert "&lt;!channel&gt; do penguins &amp; &lt;@U1&gt;" in said
    assert "<" not in said
    assert escaped("a") == "a"


# --- webhooks ---


def test_a_webhook_is_signed_and_keeps_its_id_when_it_is_sent_again(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    hook = connected(shop, there, Channel.WEBHOOK)
    mara.asks(UNKNOWN)
    hand_over(shop, hook)
    there.mood = "silent"
    deliver(shop)
    there.mood = "ok"
    later(shop, seconds=10)
    deliver(shop)

    first, second = there.heard
    assert first[1]["webhook-id"] == second[1]["webhook-id"]
    secret = unseal(shop.settings, hook.secret)
    for _, headers, body in (first, second):
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        expected = Webhook(secret).sign(headers["webhook-id"], at, body.decode())
        assert headers["webhook-signature"] == expected


def test_what_happens_is_told_to_those_who_asked_in_order_and_once(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    before = connected(shop, there, Channel.WEBHOOK, events=tuple(EVENTS))
    connected(shop, there, Channel.WEBHOOK, name="deaf")
    mara.asks(UNKNOWN)
    cast.amir_replies(shop)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.resolve(session, by=the(session, AMIR), at=NOW)
        ticket.reopen(session, reason="Again.", by="customer", at=NOW)
    late = connected(shop, there, Channel.WEBHOOK, name="late", events=tuple(EVENTS))

    assert tell_subscribers(shop) == 4
    assert tell_subscribers(shop) == 0
    deliver(shop)

    told = [json.loads(body) for _, _, body in there.heard]
    assert [each["type"] for each in told] == [
        "ticket.opened",
        "ticket.replied",
        "ticket.resolved",
        "ticket.reopened",
    ]
    assert told[0]["data"]["ticket"]["number"] == "HC-1001"
    assert UNKNOWN not in str(told)
    assert before.since_event_id < late.since_event_id


def test_a_connection_that_was_removed_hears_nothing_more(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    hook = connected(shop, there, Channel.WEBHOOK)
    mara.asks(UNKNOWN)
    hand_over(shop, hook)
    with shop.db.writing() as session:
        found = connections.of_id(session, hook.id, hook.launch_id)
        found.remove(session, by=the(session, LENA), at=NOW)
    deliver(shop)

    assert there.heard == []
    with cast.the_ticket(shop) as (session, ticket):
        (handed,) = engineering.handed_over(session, ticket)
    assert (handed.outgoing.dead_at, handed.name) == (NOW, "webhook")


def test_no_secret_is_in_the_database_as_it_is(shop: Parts, there: Outside) -> None:
    connected(shop, there, Channel.JIRA)

    raw = b"".join(path.read_bytes() for path in shop.settings.data.glob("hypercare.sqlite3*"))
    assert others.TOKEN.encode() not in raw
    assert (shop.settings.data / "secret.key").stat().st_mode & 0o777 == 0o600
