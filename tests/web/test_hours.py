"""The pages of a launch's hours and promises, and what each person is told."""

import re
from datetime import date

import pytest

from assistant.desk.alarms import break_promises
from assistant.ground.parts import Parts
from tests import cast
from tests.cast import AMIR, BLOCKED, LENA, NOW, PRIYA, UNKNOWN, Customer, later, the
from tests.web.staff import Browser, a_browser, queries

HOURS = "/launches/spring-pricing/coverage"
PROMISES = "/launches/spring-pricing/promises"
OFFICE = ["08:00-20:00"] * 5 + ["", ""]
SAVED = {
    "week": [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "20:00"}],
    "holidays": [{"date": "2026-11-18", "name": "Day of Repentance"}],
}


@pytest.fixture
def lena(shop: Parts) -> Browser:
    return a_browser(shop, LENA)


def revision(browser: Browser, path: str = HOURS) -> str:
    found = re.search(r'name="revision" value="(\d+)"', browser.get(path).text)
    assert found
    return found[1]


def sets(browser: Browser, **said: object) -> object:
    form = {
        "revision": revision(browser),
        "when": "hours",
        "hours": OFFICE,
        "holidays": "2026-11-18 Day of Repentance",
        "special": "",
        "action": "save",
        **said,
    }
    return browser.post(HOURS, **form)


def kept(parts: Parts) -> object:
    with parts.db.reading() as session:
        return cast.launch_of(session).coverage


def test_a_lead_sets_the_hours_and_sees_the_next_two_weeks(shop: Parts, lena: Browser) -> None:
    answer = sets(lena)
    page = lena.get(HOURS).text

    assert answer.status_code == 303
    assert kept(shop) == SAVED
    assert "Day of Repentance" in page
    assert page.count("08:00–20:00") == 9
    assert page.count(">Nobody is there<") == 5
    assert "108 hours with people" in page


def test_hours_may_be_looked_at_before_they_are_saved(shop: Parts, lena: Browser) -> None:
    page = sets(lena, action="preview").text

    assert "Not saved yet." in page
    assert "Day of Repentance" in page
    assert kept(shop) == {}


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"hours": ["8 to 20", *OFFICE[1:]]}, "“8 to 20” are no hours."),
        ({"hours": ["25:00-26:00", *OFFICE[1:]]}, "“25:00-26:00” are no hours."),
        ({"hours": ["<script>alert(1)</script>", *OFFICE[1:]]}, "are no hours."),
        ({"hours": [""] * 7}, "A week without hours has no deadlines."),
        ({"holidays": "Christmas"}, "“Christmas” is no holiday."),
        ({"holidays": "2026-12-25\n2026-12-25"}, "2026-12-25 is there twice"),
        ({"special": "2026-12-24"}, "are no hours."),
        ({"special": "24.12. 08:00-12:00"}, "is no day."),
        (
            {"holidays": "\n".join(str(date.fromordinal(740_000 + n)) for n in range(900))},
            "at most 400 items",
        ),
    ],
)
def test_what_is_not_understood_stays_typed_and_says_what_is_wrong(
    shop: Parts, lena: Browser, said: dict[str, object], problem: str
) -> None:
    answer = sets(lena, **said)

    assert answer.status_code == 422
    assert problem in answer.text
    assert "What you typed is still here." in answer.text
    assert "<script>alert" not in answer.text
    assert kept(shop) == {}


def test_who_saves_after_somebody_else_did_is_told(shop: Parts, lena: Browser) -> None:
    old = revision(lena)
    sets(lena)

    answer = sets(lena, revision=old, when="always")

    assert answer.status_code == 409
    assert kept(shop) == SAVED


def test_an_agent_looks_and_does_not_set(shop: Parts) -> None:
    amir = a_browser(shop, AMIR)
    page = amir.get(HOURS)

    assert page.status_code == 200
    assert "<form class" not in page.text.split('class="page-body"')[1]
    form = {"revision": "1", "when": "always", "hours": OFFICE}
    assert amir.post(HOURS, **form).status_code == 403


def test_open_tickets_keep_the_kinder_clock_when_hours_change(
    shop: Parts, mara: Customer, lena: Browser
) -> None:
    mara.asks(UNKNOWN)
    with cast.the_ticket(shop) as (_, ticket):
        before = {promise.kind: promise.due_at for promise in ticket.promises}
    sets(lena)

    with cast.the_ticket(shop) as (_, ticket):
        assert {promise.kind: promise.due_at for promise in ticket.promises} == before


def filled_in(browser: Browser, **said: object) -> dict[str, object]:
    page = browser.get(PROMISES).text
    times = re.findall(r'name="time" required maxlength="12" value="([^"]*)"', page)
    assert len(times) == 24
    return {
        "revision": revision(browser, PROMISES),
        "time": times,
        "own_policy": ["hypercare"],
        "own_severity": ["2"],
        "own_category": [""],
        "own_time": ["", "", "", ""],
        "around_the_clock": ["1"],
        **said,
    }


def test_a_lead_sets_times_by_severity_and_by_category(shop: Parts, lena: Browser) -> None:
    form = filled_in(lena, own_category=["billing"], own_time=["", "30m", "", "1h30m"])
    form["time"] = [*form["time"][:4], "10m", *form["time"][5:]]  # type: ignore[index]

    assert lena.post(PROMISES, **form).status_code == 303
    with shop.db.reading() as session:
        assert cast.launch_of(session).policies == {
            "hypercare": [
                {"severity": 2, "acknowledge": 10},
                {"severity": 2, "category": "billing", "first_response": 30, "resolve": 90},
            ]
        }
    page = lena.get(PROMISES).text
    assert 'value="1h30m"' in page
    assert 'value="10m"' in page


def test_saving_the_usual_promises_keeps_nothing(shop: Parts, lena: Browser) -> None:
    assert lena.post(PROMISES, **filled_in(lena)).status_code == 303
    with shop.db.reading() as session:
        assert cast.launch_of(session).policies == {}


@pytest.mark.parametrize("words", ["soon", "-5m", "0m", "9999d", "5", "1h 30m"])
def test_a_time_is_understood_or_refused(shop: Parts, lena: Browser, words: str) -> None:
    form = filled_in(lena)
    form["time"] = [words, *form["time"][1:]]  # type: ignore[index]

    answer = lena.post(PROMISES, **form)

    if words in ("5", "1h 30m"):
        assert answer.status_code == 303
    else:
        assert answer.status_code == 422
        assert "Not saved." in answer.text


# Why, on the pages.


def test_the_queue_and_the_ticket_say_why_something_is_due_then(
    shop: Parts, mara: Customer, lena: Browser
) -> None:
    sets(lena)
    mara.asks(UNKNOWN)
    with cast.the_ticket(shop) as (_, ticket):
        address = f"/desk/tickets/{ticket.number}"

    for page in (lena.get("/desk").text, lena.get(address).text):
        assert "Why due then" in page
    assert "Day of Repentance" in lena.get(address).text


def test_a_ticket_that_goes_to_and_fro_is_flagged_in_the_queue_and_beside_it(
    shop: Parts, mara: Customer, lena: Browser
) -> None:
    mara.asks(UNKNOWN)
    with cast.the_ticket(shop) as (session, ticket):
        for email in (AMIR, LENA, AMIR, LENA):
            person = the(session, email)
            ticket.assign(session, to=person, by=person, at=NOW)
        address = f"/desk/tickets/{ticket.number}"

    assert "chip-bounces" in lena.get("/desk").text
    assert "Came back 2 times. Decide whose it is." in lena.get(address).text


def test_the_queries_of_the_queue_do_not_grow_with_its_clocks(shop: Parts, lena: Browser) -> None:
    def asked(people: int) -> int:
        for _ in range(people):
            cast.a_customer(shop).asks(UNKNOWN)
            cast.amir_replies(shop)
        with queries(shop) as sent:
            lena.get("/desk")
        return len(sent)

    lena.get("/desk")
    assert asked(1) == asked(5)


# Notices.


def test_everybody_sees_their_own_notices_and_reads_them(
    shop: Parts, mara: Customer, lena: Browser
) -> None:
    mara.asks(BLOCKED)
    later(shop, minutes=15)
    break_promises(shop)
    page = lena.get("/notices").text
    (first, second) = re.findall(r'action="(/notices/\d+/reading)"', page)

    assert "was missed: First response was due at 10:15 CET" in page
    assert 'data-fresh="nav-notices">2<' in lena.get("/desk").text
    opened = lena.post(second)
    assert opened.headers["location"].startswith("/desk/tickets/HC-")
    assert 'data-fresh="nav-notices">1<' in lena.get("/desk").text
    assert a_browser(shop, AMIR).post(first).status_code == 404
    until = re.search(r'name="until" value="(\d+)"', page)
    assert until
    assert lena.post("/notices/reading", until=until[1]).status_code == 303
    assert "nav-notices" not in lena.get("/desk").text


def test_who_was_told_nothing_sees_so(shop: Parts) -> None:
    priya = a_browser(shop, PRIYA)

    assert "Nothing to tell you" in priya.get("/notices").text
    assert priya.get("/notices", page=99).status_code == 200
    assert priya.get("/notices", page=0).status_code == 200
