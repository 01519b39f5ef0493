"""A night shift: clocks run out, a ticket goes up, and it ends with whoever is awake.

The application runs on a clock that only the test moves; the browser is a real one.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from assistant.desk.notices import Notice
from assistant.ground.parts import Parts
from assistant.ground.people import sign_in
from assistant.worker import Worker, clocks
from tests import cast
from tests.assistant.test_shifts import a_shift
from tests.cast import AMIR, ERIC, LENA, NOOR, later
from tests.journeys.browser import needs_chromium
from web.access import COOKIE
from web.app import create_app

pytestmark = [needs_chromium, pytest.mark.browser]

NIGHT = datetime(2026, 11, 18, 0, 50, tzinfo=UTC)  # ten to two in Berlin
SHIFTS = f"/launches/{cast.LAUNCH}/shifts"
GRAVE = ("serious", "critical")
SECONDS = 15_000  # ms that a step may take on a busy machine
PATIENCE = 20  # seconds until a server has ended


@pytest.fixture
def night(shop: Parts) -> Parts:
    """The shop at night: Eric has the shift until two, Noor from then on, everybody else sleeps."""
    with shop.db.writing() as session:
        a_shift(session, ERIC, NIGHT - timedelta(hours=6, minutes=50), hours=7)
        a_shift(session, NOOR, NIGHT + timedelta(minutes=10), hours=8)
        a_shift(session, AMIR, NIGHT + timedelta(hours=8, minutes=10), hours=8)
    cast.clock_of(shop).set(NIGHT)
    return shop


@contextmanager
def served(parts: Parts) -> Iterator[str]:
    """Yield the address of a server on ``parts``, which runs no recurring jobs by itself."""
    app = create_app(parts)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        if (watch := getattr(app.state, "watch", None)) is not None:
            watch.end()
        server.should_exit = True
        thread.join(PATIENCE)
        listening.close()


def somebody(
    browser: Browser, parts: Parts, address: str, email: str, **how: object
) -> BrowserContext:
    """Return a browser in which ``email`` is signed in."""
    with parts.db.writing() as session:
        _, token = sign_in(session, cast.the(session, email), at=parts.clock.now())
    context = browser.new_context(base_url=address, **how)  # type: ignore[arg-type]
    context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    return context


def owner_of(parts: Parts) -> str:
    with cast.the_ticket(parts) as (_, ticket):
        return ticket.owner.email if ticket.owner else ""


def told(parts: Parts) -> list[tuple[str, str]]:
    """Return who was told of a ticket, and what for, in order."""
    with parts.db.reading() as session:
        found = session.scalars(
            select(Notice).where(Notice.ticket_id.is_not(None)).order_by(Notice.id)
        )
        return [(each.person.email, each.kind) for each in found]


def mine(page: Page, address: str) -> Page:
    page.goto(f"{address}/desk?view=mine")
    return page


def test_a_night_in_which_clocks_run_out_wakes_the_right_person(
    browser: Browser, night: Parts
) -> None:
    workers = (Worker(night), Worker(night, clocks, "clocks"))

    def sweep() -> None:
        for worker in workers:
            worker.round()

    with served(night) as address:
        eric = somebody(browser, night, address, ERIC).new_page()
        noor = somebody(browser, night, address, NOOR).new_page()

        # Eric hands over; Noor reads it on her desk once the shift is hers.
        eric.goto(f"{address}{SHIFTS}")
        eric.get_by_label("What must they know?").fill("The mail provider is slow tonight.")
        eric.get_by_role("button", name="Hand over").click()
        expect(eric.get_by_text("Handed over.")).to_be_visible(timeout=SECONDS)
        later(night, minutes=11)
        mine(noor, address)
        expect(noor.get_by_text("Eric Berg handed the shift over to you")).to_be_visible(
            timeout=SECONDS
        )
        noor.get_by_role("button", name="I have read it").click()
        expect(noor.get_by_text("Noor Rahman owns this shift")).to_be_visible(timeout=SECONDS)

        # Mara is locked out. It goes to Amir, who sleeps.
        mara = cast.a_customer(night)
        mara.asks(cast.BLOCKED)
        sweep()
        assert (owner_of(night), told(night)) == (AMIR, [])

        # The clock for a person's answer runs out: Amir is warned, then it goes up to Lena.
        later(night, minutes=13)
        sweep()
        assert (AMIR, "warning") in told(night)
        later(night, minutes=3)
        sweep()
        assert owner_of(night) == LENA
        assert (NOOR, "breach") in told(night), "whoever has the shift hears of it at once"

        # Lena sleeps too. What nobody moves ends with the owner of the shift, who is awake.
        later(night, minutes=31)
        sweep()
        assert owner_of(night) == NOOR
        assert (NOOR, "escalated") in told(night)

        # Noor takes it from her keyboard alone.
        mine(noor, address)
        expect(noor.get_by_role("link", name="I am locked out")).to_be_visible(timeout=SECONDS)
        noor.keyboard.press("j")
        noor.keyboard.press("Enter")
        noor.wait_for_url("**/desk/tickets/HC-1001*", timeout=SECONDS)
        expect(noor.get_by_text("Escalated to Noor Rahman").first).to_be_visible(timeout=SECONDS)
        noor.keyboard.press("r")
        noor.keyboard.type("I am here and have unlocked your account.")
        noor.keyboard.press("Control+Enter")
        expect(noor.get_by_text("Sent.").first).to_be_visible(timeout=SECONDS)

        # Mara reads it, and nobody else is woken.
        said = [str(message) for message in mara.sees()["messages"]]
        assert any("have unlocked your account" in words for words in said)
        woken = told(night)
        later(night, minutes=50)
        sweep()
        assert owner_of(night) == NOOR
        assert [each for each in told(night)[len(woken) :] if each[1] == "escalated"] == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_roster(
    browser: Browser, night: Parts, width: int, scheme: str
) -> None:
    with served(night) as address:
        context = somebody(
            browser,
            night,
            address,
            LENA,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
        )
        page = context.new_page()
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text))
        for path, title in ((SHIFTS, "Shifts"), (f"/launches/{cast.LAUNCH}/rotation", "Plan a")):
            page.goto(path)
            expect(page.get_by_role("heading", name=title, level=1)).to_be_visible(timeout=SECONDS)

            found = Axe().run(page).response["violations"]

            assert [each["id"] for each in found if each["impact"] in GRAVE] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert wrong == [], "the content security policy allowed everything on the page"
        context.close()


def test_a_gap_is_filled_without_a_script(browser: Browser, night: Parts) -> None:
    with served(night) as address:
        context = somebody(browser, night, address, LENA, java_script_enabled=False)
        page = context.new_page()
        page.goto(SHIFTS)
        first = "Wed 18 Nov, 18:00"  # Amir's shift ends then, and nobody comes
        expect(page.get_by_text(f"{first} to").first).to_be_visible(timeout=SECONDS)

        page.get_by_role("link", name="Fill the gap").first.click()
        page.get_by_label("Owner", exact=True).select_option(ERIC)
        page.get_by_role("button", name="Plan it").click()

        row = page.get_by_role("row", name="Eric Berg").filter(has_text=first)
        expect(row).to_be_visible(timeout=SECONDS)
        context.close()
