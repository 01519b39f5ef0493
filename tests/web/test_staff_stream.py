"""The staff's stream: what happens at the desk, once, in order, to those who may know."""

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from assistant.desk import drafts, notices
from assistant.desk.presence import Presence
from assistant.ground import audit
from assistant.ground.parts import Parts
from assistant.ground.people import Role, SignIn, join, sign_in
from tests import cast
from tests.faults.server import Hosted
from tests.web.staff import a_browser
from tests.web.test_desk import a_launch
from web import staff_stream
from web.access import COOKIE
from web.live import Watch
from web.staff_stream import pieces
from web.viewers import Viewer

PATIENCE = 15.0  # seconds
TICKET = "/desk/tickets/HC-1001"


@pytest.fixture
def address(shop: Parts) -> Iterator[str]:
    with Hosted(shop) as host:
        yield host.address


class Listener:
    """A signed-in browser's open stream."""

    def __init__(self, parts: Parts, address: str, email: str = cast.AMIR) -> None:
        with parts.db.writing() as session:
            entry, token = sign_in(session, cast.the(session, email), at=parts.clock.now())
        self.sign_in_id, self.csrf = entry.id, entry.csrf
        self.client = httpx.Client(
            base_url=address, cookies={COOKIE: token}, timeout=httpx.Timeout(PATIENCE)
        )

    def hear(
        self,
        until: str,
        *,
        after: int | None = None,
        upto: int = 0,
        then: Any = None,
        says: Any = None,
    ) -> list[Any]:
        """Return (kind, id, data) of every event up to the first one of kind ``until``.

        With ``upto``: up to the one that has got that far. With ``says``: that says this.

        Once the stream has begun, ``then`` is done.
        """
        found: list[Any] = []
        params = {} if after is None else {"after": after}
        with self.client.stream("GET", "/desk/events", params=params) as response:
            assert response.status_code == 200, response.status_code
            told: dict[str, str] = {}
            for line in response.iter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    told[name] = value
                    continue
                if "event" in told:
                    found.append((told["event"], told.get("id"), json.loads(told["data"])))
                    if told["event"] == "hello" and then:
                        then()
                    is_far = int(told.get("id", 0)) >= upto
                    if told["event"] == until and is_far and says in (None, found[-1][2]):
                        return found
                told = {}
        return found


def newest(parts: Parts) -> int:
    with parts.db.reading() as session:
        return audit.newest_id(session)


def changed(found: list[Any]) -> list[dict[str, Any]]:
    return [each for kind, _, data in found if kind == "changed" for each in data["events"]]


def test_what_a_customer_asks_reaches_the_desk_while_it_listens(shop: Parts, address: str) -> None:
    found = Listener(shop, address).hear(
        "changed", then=lambda: cast.a_customer(shop).asks(cast.UNKNOWN)
    )

    opened = [each for each in changed(found) if each["kind"] == "message.question"]
    assert opened[0]["launch"] == cast.LAUNCH
    assert cast.UNKNOWN not in str(opened[0].get("text"))


def test_whoever_was_cut_off_is_sent_what_they_missed_and_no_more(
    shop: Parts, address: str
) -> None:
    amir, start = Listener(shop, address), newest(shop)
    for number in range(3):
        cast.a_customer(shop, visitor=f"v{number}").calls(f"Case {number}")
    upto = newest(shop)
    everything = changed(amir.hear("changed", after=start, upto=upto))
    middle = everything[len(everything) // 2]["n"]

    rest = changed(amir.hear("changed", after=middle, upto=upto))

    ids = [each["n"] for each in everything]
    assert ids == sorted(set(ids))
    assert [each["n"] for each in rest] == [number for number in ids if number > middle]
    tickets = {each["ticket"] for each in everything if "ticket" in each}
    assert tickets == {"HC-1001", "HC-1002", "HC-1003"}


def test_the_header_of_a_browser_that_comes_back_counts_more_than_the_address(
    shop: Parts, address: str
) -> None:
    start = newest(shop)
    cast.a_customer(shop).calls("Case")
    amir = Listener(shop, address)
    last = newest(shop)
    amir.hear("changed", after=start, upto=last)
    amir.client.headers["Last-Event-ID"] = str(last - 1)

    assert [each["n"] for each in changed(amir.hear("changed", after=0))] == [last]


@pytest.mark.parametrize("after", [10**9])
def test_an_event_of_another_database_means_a_new_page(
    shop: Parts, address: str, after: int
) -> None:
    kind, _, frame = Listener(shop, address).hear("changed", after=after)[-1]

    assert (kind, frame["refresh"], frame["events"]) == ("changed", True, [])


def test_another_launch_s_tickets_are_nobody_else_s_business(shop: Parts, address: str) -> None:
    with shop.db.writing() as session:
        stranger = cast.a_person(session, email="sten@example.com", launch=None)
        join(session, stranger, a_launch(session).id)
    start = newest(shop)
    cast.a_customer(shop).calls("Case")
    sten, amir = Listener(shop, address, "sten@example.com"), Listener(shop, address)

    theirs, ours = (each.client.get(f"/desk/changes?after={start}").json() for each in (sten, amir))

    assert theirs["events"] == []
    assert ours["events"] != []


@pytest.mark.parametrize("end", ["signs out", "is disabled", "gets another role", "has left"])
def test_a_stream_ends_within_seconds_when_its_reader_may_not_read_it_any_more(
    shop: Parts, address: str, end: str
) -> None:
    lena = Listener(shop, address, cast.LENA)

    def happen() -> None:
        with shop.db.writing() as session:
            person = cast.the(session, cast.LENA)
            if end == "is disabled":
                person.disabled_at = shop.clock.now()
            if end == "gets another role":
                person.role = Role.SPONSOR
            if end == "has left":
                session.get_one(SignIn, lena.sign_in_id).expires_at = shop.clock.now()
        if end == "signs out":
            assert lena.client.post("/sign-out", data={"csrf": lena.csrf}).status_code == 303

    began = time.monotonic()
    found = lena.hear("over", then=happen)

    assert found[-1][0] == "over"
    assert time.monotonic() - began < 5


def test_polling_tells_the_same_as_the_stream(shop: Parts, address: str) -> None:
    amir, start = Listener(shop, address), newest(shop)
    cast.a_customer(shop).calls("Case")
    streamed = changed(amir.hear("changed", after=start, upto=newest(shop)))

    polled = amir.client.get(f"/desk/changes?after={start}").json()

    assert polled["events"] == streamed
    assert polled["id"] == streamed[-1]["n"]
    assert amir.client.get(f"/desk/changes?after={polled['id']}").json()["events"] == []


@pytest.mark.parametrize("after", ["-1", "x", "9" * 40])
def test_where_a_stream_begins_is_a_number(shop: Parts, address: str, after: str) -> None:
    client = Listener(shop, address).client

    assert client.get("/desk/events", params={"after": after}).status_code == 422


def test_only_the_desk_is_told(shop: Parts) -> None:
    assert a_browser(shop).client.get("/desk/changes").status_code == 401
    assert a_browser(shop, cast.PRIYA).client.get("/desk/changes").status_code == 403


@pytest.mark.parametrize(("hours", "is_told_all"), [(0, True), (2, False)])
def test_who_was_away_for_longer_than_memory_reaches_is_told_all_or_to_load_the_page_again(
    shop: Parts, hours: int, is_told_all: bool
) -> None:
    start = newest(shop)
    for number in range(4):
        cast.a_customer(shop, visitor=f"v{number}").calls(f"Case {number}")
    cast.later(shop, hours=hours)
    restarted = Watch(shop)
    restarted._begin()

    frame = asyncio.run(restarted.staff.after(Viewer(1, 1, "lead", None), start))

    assert frame["refresh"] is not is_told_all
    assert frame["id"] == newest(shop)
    opened = [each for each in frame["events"] if each["kind"] == "ticket.opened"]
    assert len(opened) == (4 if is_told_all else 0)
    ids = [each["n"] for each in frame["events"]]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 6, 7])
def test_a_long_frame_comes_in_pieces_that_each_get_on(number: int) -> None:
    events = [{"n": 100 + each} for each in range(number)]
    frame = {"id": 500, "events": events, "refresh": False}

    sent = list(pieces(frame))

    assert [event for piece in sent for event in piece["events"]] == events
    assert all(1 <= len(piece["events"]) <= 3 for piece in sent)
    assert [piece["id"] for piece in sent[:-1]] == [p["events"][-1]["n"] for p in sent[:-1]]
    assert [piece["id"] for piece in sent[-1:]] == [500][: len(sent)]


def test_to_load_the_page_again_is_said_without_any_event() -> None:
    frame = {"id": 500, "events": [], "refresh": True}
    assert list(pieces(frame)) == [frame]


# Who is where, and what is typed.


def test_two_agents_see_each_other_on_the_ticket_and_on_its_row(shop: Parts) -> None:
    cast.a_customer(shop).calls("Case")
    lena, amir = a_browser(shop, cast.LENA), a_browser(shop, cast.AMIR)

    lena.post(f"{TICKET}/presence", doing="looking")
    assert "Lena is looking" in amir.get(TICKET).text
    lena.post(f"{TICKET}/presence", doing="replying")
    assert "Lena is typing a reply" in amir.get("/desk").text
    assert "Lena is" not in lena.get(TICKET).text

    lena.post(f"{TICKET}/presence")
    assert "Lena is" not in amir.get(TICKET).text


def test_who_says_nothing_for_a_while_is_not_there_any_more(shop: Parts) -> None:
    cast.a_customer(shop).calls("Case")
    a_browser(shop, cast.LENA).post(f"{TICKET}/presence", doing="noting")
    amir = a_browser(shop, cast.AMIR)

    cast.later(shop, seconds=10)
    assert "Lena is looking" in amir.get(TICKET).text
    cast.later(shop, seconds=20)
    assert "Lena is" not in amir.get(TICKET).text


def test_where_somebody_was_once_is_not_kept(shop: Parts) -> None:
    lena = a_browser(shop, cast.LENA)
    for number in range(3):
        cast.a_customer(shop, visitor=f"v{number}").calls("Case")
        lena.post(f"/desk/tickets/HC-{1001 + number}/presence", doing="noting")
        cast.later(shop, minutes=5)

    with shop.db.reading() as session:
        assert len(session.scalars(select(Presence)).all()) == 1


def test_presence_is_streamed_when_it_changes(shop: Parts, address: str) -> None:
    cast.a_customer(shop).calls("Case")
    lena = Listener(shop, address, cast.LENA)
    said = {"csrf": lena.csrf, "doing": "replying"}
    amir = Listener(shop, address)
    there = lambda: lena.client.post(f"{TICKET}/presence", data=said)  # noqa: E731

    there()
    found = amir.hear("presence")

    words = [one["words"] for kind, _, data in found if kind == "presence" for one in data]
    assert words in (["Lena is typing a reply"], [])
    assert amir.client.get("/desk/changes").json()["presence"][0]["ticket"] == "HC-1001"


def test_a_draft_comes_back_to_who_typed_it_and_to_nobody_else(shop: Parts) -> None:
    cast.a_customer(shop).calls("Case")
    amir, lena = a_browser(shop, cast.AMIR), a_browser(shop, cast.LENA)

    amir.post(f"{TICKET}/draft", kind="reply", text="Dear Mara,\nI am")
    cast.later(shop, seconds=5)
    amir.post(f"{TICKET}/draft", kind="note", text="Odd one.")

    page = a_browser(shop, cast.AMIR).get(TICKET).text
    assert ">Odd one.</textarea>" in page
    assert 'data-draft-reply="Dear Mara,\nI am"' in page
    assert ">Draft</span> Odd one." in amir.get("/desk").text
    assert "Odd one." not in lena.get("/desk").text + lena.get(TICKET).text


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_a_draft_ends_when_it_is_sent_or_emptied(shop: Parts, kind: str) -> None:
    cast.a_customer(shop).calls("Case")
    amir = a_browser(shop, cast.AMIR)
    amir.post(f"{TICKET}/draft", kind=kind, text="I am looking.")
    amir.post(f"{TICKET}/replies", kind=kind, text="I am looking.")
    assert kept(shop) == {}

    amir.post(f"{TICKET}/draft", kind=kind, text="More")
    amir.post(f"{TICKET}/draft", kind=kind, text="  \r\n")

    assert kept(shop) == {}


def kept(parts: Parts) -> dict[str, str]:
    with cast.the_ticket(parts) as (session, ticket):
        found = drafts.of(session, cast.the(session, cast.AMIR), ticket)
        return {kind.value: draft.text for kind, draft in found.items()}


# Rows that changed.


def test_a_changed_row_is_fetched_by_itself_and_all_counts_with_it(shop: Parts) -> None:
    for number in range(3):
        cast.a_customer(shop, visitor=f"v{number}").calls(f"Case {number}")
    amir = a_browser(shop, cast.AMIR)

    fresh = amir.client.get("/desk/rows?numbers=HC-1002,HC-9999,x&view=open").json()

    assert "Case 1" in fresh["rows"]["HC-1002"]["html"]
    assert fresh["rows"]["HC-9999"] is None
    assert set(fresh["rows"]) == {"HC-1002", "HC-9999"}
    assert (fresh["counts"]["open"], fresh["counts"]["mine"]) == (3, 3)
    assert fresh["rows"]["HC-1002"]["order"].startswith("3 2026-")


def test_a_ticket_that_left_the_view_is_said_to_be_gone(shop: Parts) -> None:
    cast.a_customer(shop).calls("Case")
    amir = a_browser(shop, cast.AMIR)
    assert amir.client.get("/desk/rows?numbers=HC-1001&view=unassigned").json()["rows"]["HC-1001"]

    amir.post(f"{TICKET}/owner", person="me")

    gone = amir.client.get("/desk/rows?numbers=HC-1001&view=unassigned").json()
    assert gone["rows"] == {"HC-1001": None}
    assert gone["counts"]["unassigned"] == 0


def test_a_row_with_a_draft_is_drawn_for_its_author_alone(shop: Parts) -> None:
    cast.a_customer(shop).calls("Case")
    amir, lena = a_browser(shop, cast.AMIR), a_browser(shop, cast.LENA)
    amir.post(f"{TICKET}/draft", kind="reply", text="Dear Mara")

    rows = [each.client.get("/desk/rows?numbers=HC-1001").json()["rows"] for each in (amir, lena)]

    assert "Dear Mara" in rows[0]["HC-1001"]["html"]
    assert "Dear Mara" not in rows[1]["HC-1001"]["html"]


def test_the_beat_comes_often_enough_for_a_browser_to_trust_it() -> None:
    assert staff_stream.BEAT <= 20


def test_the_bell_s_number_comes_as_notices_are_written_and_read(shop: Parts, address: str) -> None:
    amir = Listener(shop, address)

    def written() -> None:
        with shop.db.writing() as session:
            launch, person = cast.launch_of(session), cast.the(session, cast.AMIR)
            notices.notify(session, person, "Look.", kind="x", launch_id=launch.id, at=cast.NOW)

    def read() -> None:
        a_browser(shop, cast.AMIR).post("/notices/reading", until=99)

    # The first thing that is said of notices is how many there are, the second that one is more.
    assert [d for k, _, d in amir.hear("notices") if k == "notices"] == [{"unread": 0}]
    assert amir.hear("notices", says={"unread": 1}, then=written)
    assert amir.client.get("/desk/changes").json()["notices"] == {"unread": 1}
    assert amir.hear("notices", says={"unread": 0}, then=read)
