"""The pages on certainty in a real browser: usable by everyone, also on a phone and by keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, expect

from assistant.ground.clock import WallClock
from assistant.ground.people import sign_in
from tests import cast
from tests.faults.server import Server
from tests.journeys.browser import needs_chromium
from web.access import COOKIE

pytestmark = [needs_chromium, pytest.mark.browser]

PAGES = {"certainty": "Certainty", "audit": "Check answers"}
GRAVE = ("serious", "critical")
SECONDS = 15_000  # ms that a step may take on a busy machine


@pytest.fixture(scope="module")
def served(standing: Path) -> Iterator[tuple[Server, str]]:
    """A server whose launch has labels of every kind, has fallen back, and has answers to check."""
    parts = cast.parts_in(standing)
    cast.a_customer(parts).asks(cast.EXPORT)
    cast.confirm(parts, "price-differs")
    cast.judge(parts, "cancel-plan", right=False)
    with parts.db.writing() as session:
        _, token = sign_in(session, cast.the(session, cast.LENA), at=WallClock().now())
    parts.close()
    with Server(standing) as server:
        server.start()
        yield server, token


def signed_in(browser: Browser, served: tuple[Server, str], **how: object) -> BrowserContext:
    server, token = served
    context = browser.new_context(**how)  # type: ignore[arg-type]
    context.add_cookies([{"name": COOKIE, "value": token, "url": server.address}])
    return context


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_them(
    browser: Browser, served: tuple[Server, str], width: int, scheme: str
) -> None:
    context = signed_in(
        browser, served, viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    for name, title in PAGES.items():
        page.goto(f"{served[0].address}/launches/{cast.LAUNCH}/{name}")
        heading = page.get_by_role("heading", name=title, exact=True)
        expect(heading).to_be_visible(timeout=SECONDS)

        found = Axe().run(page).response["violations"]

        assert [each["id"] for each in found if each["impact"] in GRAVE] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert said == [], "the content security policy allowed everything on the page"
    context.close()


def test_an_answer_is_checked_with_one_key(browser: Browser, served: tuple[Server, str]) -> None:
    context = signed_in(browser, served)
    page = context.new_page()
    page.goto(f"{served[0].address}/launches/{cast.LAUNCH}/audit")
    waiting = page.get_by_role("button", name="Right", exact=True)
    before = waiting.count()
    assert before >= 1

    page.keyboard.press("1")

    expect(page.get_by_text("Noted. Thank you for checking.")).to_be_visible(timeout=SECONDS)
    assert waiting.count() == before - 1
    context.close()
