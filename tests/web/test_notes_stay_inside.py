"""Internal notes cannot leak: through whatever door a customer looks, none of them is there."""

import random

import pytest
from fastapi.testclient import TestClient

from tests import cast
from tests.web.staff import a_browser
from web import api
from web.app import create_app

dice = random.Random(20_261_127)
TICKET = "/desk/tickets/HC-1001"
SCRIPTS = ("plain words", "überall & <b>fett</b>", "внутри", "内部メモ", "\u202eback", "a\nb\n\nc")


@pytest.fixture
def told(shop):
    """Mara's ticket after a day of talk, and every note that was left in it."""
    mara = cast.a_customer(shop)
    mara.asks(cast.UNKNOWN)
    amir, notes = a_browser(shop, cast.AMIR), []
    for turn in range(24):
        cast.later(shop, minutes=1)
        act = dice.choice(("note", "note", "reply", "customer"))
        secret = f"zq{dice.getrandbits(64):016x}"
        words = f"{dice.choice(SCRIPTS)} {secret}"
        if act == "note":
            kept = amir.post(f"{TICKET}/replies", kind="note", text=words)
            assert kept.status_code == 303
            notes.append(secret)
        elif act == "reply":
            amir.post(f"{TICKET}/replies", kind="reply", text=f"We are at it, turn {turn}.")
        else:
            mara.asks(f"Is there any news, turn {turn}?")
    amir.post(f"{TICKET}/replies", kind="reply", text="It is done, all is well.")
    with cast.the_ticket(shop) as (_, ticket):
        version = ticket.version
    amir.post(f"{TICKET}/resolution", note="closed zqffffffffffffffff", version=version)
    return mara, [*notes, "zqffffffffffffffff"]


def test_no_door_of_a_customer_shows_a_note(shop, told):
    mara, notes = told
    client = TestClient(create_app(shop))
    token = {"authorization": f"Bearer {mara.token}"}
    about = f"/api/v1/conversations/{mara.id}"
    doors = {
        "conversation": client.get(about, headers=token),
        "outcomes": client.get(f"{about}/messages", headers=token),
        "widget": client.get(f"/widget/{cast.LAUNCH}"),
        "help": client.get(f"/help/{cast.LAUNCH}"),
        "help search": client.get(f"/help/{cast.LAUNCH}?q=news"),
        "updates": client.get(f"/updates/{cast.LAUNCH}"),
        "feed": client.get(f"/updates/{cast.LAUNCH}/feed.xml"),
    }
    assert doors["conversation"].status_code == 200
    assert len(notes) > 5
    for door, answer in doors.items():
        leaked = [note for note in notes if note in answer.text]
        assert leaked == [], door


def test_the_doors_that_show_people_show_the_notes(shop, told):
    """So that the test above looks for what is really there."""
    page = a_browser(shop, cast.AMIR).get(TICKET).text

    assert all(note in page for note in told[1])


def test_what_the_widget_shows_of_a_ticket_holds_no_note(shop, told):
    mara, notes = told

    said = str(mara.sees())

    assert [note for note in notes if note in said] == []


def test_no_event_of_a_customers_stream_holds_a_note(shop, told):
    mara, notes = told

    events = api._happened(shop, mara.id, 0, 2**31).found

    assert len(events) > 10
    assert [note for note in notes if note in str(events)] == []
