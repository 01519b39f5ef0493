"""Several tickets at once, the command palette, and how much a page asks of the database."""

import re

import pytest

from assistant.desk import causes
from assistant.ground.audit import history
from assistant.ground.people import join
from tests import cast
from tests.web.staff import a_browser, queries
from tests.web.test_desk import a_launch, open_tickets

NUMBERS = ["HC-1001", "HC-1002", "HC-1003"]


@pytest.fixture
def three(shop):
    """Three tickets that nobody has answered."""
    open_tickets(shop, 3)
    return shop


def told(page) -> dict[str, str]:
    """Return what the page says of each ticket."""
    rows = re.findall(r'tickets/(HC-\d+)">HC-\d+</a></th><td>(.*?)</td>', page.text, re.DOTALL)
    return {number: re.sub(r"<[^>]+>|\s+", " ", words).strip() for number, words in rows}


def facts(parts, read) -> list[object]:
    with parts.db.reading() as session:
        return [read(ticket) for ticket in cast.tickets_of(session)]


def test_several_are_given_judged_and_closed(three):
    lena = a_browser(three, cast.LENA)

    for fields in (
        {"action": "assign", "person": cast.ERIC},
        {"action": "severity", "severity": "2", "reason": "Many ask"},
        {"action": "dismiss", "reason": "A test of ours"},
    ):
        assert lena.post("/desk/bulk", numbers=NUMBERS, **fields).status_code == 303

    assert (
        facts(three, lambda ticket: (ticket.owner.name, ticket.severity, ticket.is_open))
        == [("Eric Berg", 2, False)] * 3
    )


def test_what_is_not_possible_for_one_is_done_for_the_others_and_said(three):
    with cast.the_ticket(three, "HC-1002") as (session, ticket):
        ticket.reply(session, "It is so.", by=cast.the(session, cast.AMIR), at=three.clock.now())
    lena = a_browser(three, cast.LENA)

    page = lena.post("/desk/bulk", numbers=[*NUMBERS, "HC-9999", "x"], action="resolve")

    assert page.status_code == 409
    assert "4 tickets could not be changed" in page.text
    assert told(page) == {
        "HC-1001": "Nobody has answered this customer yet. Reply first, then resolve.",
        "HC-1002": "Resolved",
        "HC-1003": "Nobody has answered this customer yet. Reply first, then resolve.",
        "HC-9999": "There is no ticket HC-9999. Look for it in the queue.",
    }
    assert facts(three, lambda ticket: ticket.is_open) == [True, False, True]


def test_what_a_customer_wrote_since_the_rows_were_drawn_is_not_closed_unread(three):
    lena = a_browser(three, cast.LENA)
    seen = re.findall(r'name="seen" value="(HC-[0-9]+:[0-9]+)"', lena.get("/desk").text)
    with cast.the_ticket(three, "HC-1002") as (_, ticket):
        talk = ticket.conversation_id
    cast.Customer(three, talk, "").says("Wait, now my account is gone!")

    page = lena.post("/desk/bulk", numbers=NUMBERS, action="dismiss", seen=seen)

    assert page.status_code == 409
    assert told(page) == {
        "HC-1001": "Closed without an answer",
        "HC-1002": "It was left open. The customer wrote: “Wait, now my account is gone!” "
        "Read it before you close it.",
        "HC-1003": "Closed without an answer",
    }
    assert facts(three, lambda ticket: ticket.is_open) == [False, True, False]


@pytest.mark.parametrize("seen", ["HC-1001:x", "HC-1001", ":", "HC-1001:" + "9" * 40, "HC-1001:²"])
def test_nonsense_about_what_was_seen_is_no_error(three, seen):
    done = a_browser(three, cast.LENA).post(
        "/desk/bulk", numbers=["HC-1001"], action="dismiss", seen=[seen]
    )

    assert done.status_code == 303


def test_one_ticket_named_twice_is_changed_once(three):
    a_browser(three, cast.LENA).post(
        "/desk/bulk", numbers=["HC-1001", "HC-1001"], action="assign", person="me"
    )

    with cast.the_ticket(three, "HC-1001") as (session, ticket):
        assigned = [e for e in history(session, ticket_id=ticket.id) if "assigned" in e.kind]
    assert len(assigned) == 1


def test_several_are_linked_to_the_cause_behind_them(three):
    with three.db.writing() as session:
        lena = cast.the(session, cast.LENA)
        cause = causes.detect(
            session,
            cast.launch_of(session).id,
            title="The invoice job ran twice",
            by=lena,
            at=three.clock.now(),
        )
        cause_id = cause.id

    a_browser(three, cast.LENA).post(
        "/desk/bulk", numbers=NUMBERS, action="cause", cause=str(cause_id)
    )

    assert facts(three, lambda ticket: ticket.cause_id) == [cause_id] * 3


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"action": "severity", "reason": "x"}, "No severity was chosen."),
        ({"action": "severity", "severity": "1"}, "A new severity needs a reason."),
        ({"action": "assign", "person": "nobody@example.com"}, "Nobody of this launch has that"),
        ({"action": "cause", "cause": "77"}, "There is no cause C-77."),
    ],
)
def test_half_a_wish_changes_nothing_and_says_what_is_missing(three, fields, words):
    page = a_browser(three, cast.LENA).post("/desk/bulk", numbers=["HC-1001"], **fields)

    assert page.status_code == 409
    assert words in page.text
    assert facts(three, lambda ticket: ticket.version)[0] == 2


@pytest.mark.parametrize("fields", [{"action": "explode"}, {"action": "assign", "severity": "9"}])
def test_an_action_that_there_is_not_is_refused(three, fields):
    sent = a_browser(three, cast.LENA).post("/desk/bulk", numbers=NUMBERS, **fields)

    assert sent.status_code == 422


def test_more_than_a_person_can_mean_is_refused(three):
    many = [f"HC-{number}" for number in range(1_000, 1_300)]

    sent = a_browser(three, cast.LENA).post("/desk/bulk", numbers=many, action="dismiss")

    assert sent.status_code == 422
    assert facts(three, lambda ticket: ticket.is_open) == [True] * 3


def test_tickets_of_another_launch_are_not_touched(three):
    with three.db.writing() as session:
        stranger = cast.a_person(session, email="sten@example.com", launch=None)
        join(session, stranger, a_launch(session).id)

    page = a_browser(three, "sten@example.com").post(
        "/desk/bulk", numbers=NUMBERS, action="dismiss"
    )

    assert set(told(page).values()) == {
        f"There is no ticket {number}. Look for it in the queue." for number in NUMBERS
    }


# The palette.


def test_the_palette_finds_tickets_by_number_and_words_views_and_people(three):
    find = lambda q: a_browser(three, cast.AMIR).client.get("/desk/palette", params={"q": q}).json()  # noqa: E731

    assert [each["href"] for each in find("HC-1002")["tickets"]] == ["/desk/tickets/HC-1002"]
    assert [each["words"] for each in find("case 1")["tickets"]] == ["HC-1002 Case 1"]
    assert [each["words"] for each in find("waiting")["views"]] == [
        "Waiting on us",
        "Waiting on customer",
        "Waiting on decision",
    ]
    assert find("eri")["people"] == [{"email": cast.ERIC, "words": "Eric Berg"}]
    assert find("c")["tickets"] == []


def test_the_palette_is_paged(three):
    open_tickets_named(three, 10)
    client = a_browser(three, cast.AMIR).client

    first = client.get("/desk/palette?q=case").json()
    second = client.get("/desk/palette?q=case&page=2").json()

    assert (len(first["tickets"]), first["more"]) == (8, True)
    assert (len(second["tickets"]), second["more"], second["people"]) == (5, False, [])
    words = [each["words"] for each in (*first["tickets"], *second["tickets"])]
    assert len(set(words)) == 13


def open_tickets_named(parts, count: int) -> None:
    open_tickets(parts, count)


def test_the_palette_shows_nobody_another_launch_s_tickets(three):
    with three.db.writing() as session:
        stranger = cast.a_person(session, email="sten@example.com", launch=None)
        join(session, stranger, a_launch(session).id)

    found = a_browser(three, "sten@example.com").client.get("/desk/palette?q=case").json()

    assert (found["tickets"], found["people"]) == ([], [])


@pytest.mark.parametrize("q", ["%", "_", "'; --", "\u202e🧨", "x" * 200])
def test_the_palette_takes_any_words(three, q):
    found = a_browser(three, cast.AMIR).client.get("/desk/palette", params={"q": q})

    assert found.status_code == 200
    assert found.json()["tickets"] == []


# How much is asked of the database.


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/desk", 32),
        ("/desk?q=case", 32),
        ("/desk/palette?q=case", 10),
        ("/desk/rows?numbers=HC-1001,HC-1002,HC-1003", 24),
        ("/desk/tickets/HC-1002", 45),
    ],
)
def test_more_tickets_cost_no_more_queries(three, path, most):
    browser = a_browser(three, cast.AMIR)
    browser.get(path)
    open_tickets(three, 1)  # so that nothing drawn before is still good
    with queries(three) as few:
        assert browser.get(path).status_code == 200
    open_tickets(three, 60)
    with queries(three) as many:
        browser.get(path)

    assert len(many) == len(few) <= most


def test_what_was_drawn_for_one_agent_is_not_drawn_again_for_the_next(three):
    amir, lena = a_browser(three, cast.AMIR), a_browser(three, cast.LENA)
    path = "/desk/rows?numbers=HC-1001,HC-1002,HC-1003"
    amir.get("/desk")
    lena.get("/desk")
    with queries(three) as first:
        amir.get(path)
    with queries(three) as second:
        lena.get(path)

    assert len(second) <= len(first)
