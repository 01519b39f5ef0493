"""Whoever claims another's id is kept apart, and gets nothing that is meant for the other."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant.answering.audience import Chosen
from assistant.answering.leaving_out import Words
from assistant.answering.to_everyone import preview
from assistant.desk import visitors
from assistant.desk.conversations import Conversation
from assistant.ground.parts import Parts
from tests import cast
from tests.assistant.test_mailing import arrives
from tests.cast import AMIR, LAUNCH, UNKNOWN, the
from tests.mail_server import a_mail
from web.app import create_app
from web.desk_pages import customer_name

BEGIN = f"/api/v1/launches/{LAUNCH}/conversations"


@pytest.fixture
def web(shop: Parts) -> TestClient:
    return TestClient(create_app(shop))


def begins(web: TestClient, **about: Any) -> dict[str, str]:
    """Begin a conversation as a site's page does; return its id and token."""
    answer = web.post(BEGIN, json=about)
    assert answer.status_code == 201
    begun: dict[str, str] = answer.json()
    return begun


def visitor_of(parts: Parts, begun: dict[str, str]) -> str:
    with parts.db.reading() as session:
        return session.get_one(Conversation, begun["id"]).visitor


def test_a_second_claim_of_an_id_is_another_visitor_until_a_token_proves_it(
    shop: Parts, web: TestClient
) -> None:
    mara = begins(web, visitor="user-123")
    eve = begins(web, visitor="user-123")
    again = begins(web, visitor="user-123", earlier=mara)
    eve_again = begins(web, visitor="user-123", earlier=eve)

    assert visitor_of(shop, mara) == visitor_of(shop, again) == "user-123"
    assert visitor_of(shop, eve) == visitor_of(shop, eve_again) != "user-123"
    assert visitors.name_in(visitor_of(shop, eve)) == "user-123"


@pytest.mark.parametrize("lie", ["another token", "another id", "nobody", "another name"])
def test_what_does_not_open_a_conversation_of_that_name_proves_nothing(
    shop: Parts, web: TestClient, lie: str
) -> None:
    mara, eve = begins(web, visitor="user-123"), begins(web, visitor="eve")
    earlier = {
        "another token": {"id": mara["id"], "token": eve["token"]},
        "another id": {"id": eve["id"], "token": mara["token"]},
        "nobody": {"id": "x", "token": "y"},
        "another name": eve,
    }[lie]

    assert visitor_of(shop, begins(web, visitor="user-123", earlier=earlier)) != "user-123"


def test_nobody_forges_a_mark_or_has_an_address_by_saying_so(shop: Parts, web: TestClient) -> None:
    begins(web, visitor="user-123")
    eve = visitor_of(shop, begins(web, visitor="user-123"))
    forged = visitor_of(shop, begins(web, visitor=eve))
    address = visitor_of(shop, begins(web, visitor="mara@example.com"))

    assert forged != eve
    assert address != "mara@example.com"
    assert visitors.name_in(address) == "mara@example.com"


def test_a_broadcast_to_one_is_not_caught_by_another_who_claims_to_be_them(
    shop: Parts, web: TestClient
) -> None:
    asked = []
    for _ in range(2):
        begun = begins(web, visitor="user-123")
        cast.Customer(shop, begun["id"], begun["token"]).calls(UNKNOWN)
        asked.append(begun["id"])
    with shop.db.writing() as session:
        numbers = tuple(ticket.number for ticket in cast.tickets_of(session))
        told = preview(
            session,
            cast.launch_of(session),
            Chosen(tickets=numbers),
            Words("Penguins have knees."),
            by=the(session, AMIR),
            at=shop.clock.now(),
        ).told

    assert {one.conversation_id for one in told} == set(asked)


def test_an_agent_recognises_who_wrote_by_mail_and_tells_two_of_one_name_apart(
    shop: Parts, web: TestClient
) -> None:
    begins(web, visitor="Mara Lind")
    begins(web, visitor="Mara Lind")
    begins(web, visitor="user-123")
    arrives(shop, a_mail(UNKNOWN))

    with shop.db.reading() as session:
        found = session.scalars(select(Conversation).order_by(Conversation.visitor)).all()
        names = sorted(customer_name(each) for each in found)
        mail = next(each for each in found if each.channel == "email")
    assert customer_name(mail) == "mara@example.com"
    assert mail.visitor != "mara@example.com"  # nobody has proven it
    assert names[0] == "Mara Lind" and names[1].startswith("Mara Lind (")
    assert "Visitor r-123" in names
