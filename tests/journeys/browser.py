"""A real browser: Debian's chromium driven by playwright, skipped where it is not installed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from assistant.ground.clock import WallClock
from assistant.ground.parts import Parts
from assistant.ground.people import sign_in
from tests import cast
from web.access import COOKIE

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The shop's page comes from the test and its widget from loopback, which a browser would ask
    # its user about; on the internet both are public.
    "--disable-features=LocalNetworkAccessChecks",
)
PATIENCE = 30_000  # milliseconds; nothing here is about how busy the machine is
SOON = 30_000  # milliseconds, on a machine that others use too
SECONDS = 40_000  # milliseconds, where ten seconds for an undo have to pass first
needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs /usr/bin/chromium")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a browser that reaches nothing but loopback."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def signed_in(browser: Browser, parts: Parts, address: str, email: str) -> Iterator[BrowserContext]:
    """Yield somebody's browser, signed in, and close it afterwards."""
    context = _as(browser, parts, address, email)
    try:
        yield context
    finally:
        context.close()


def signed_in_page(browser: Browser, parts: Parts, address: str, email: str) -> Page:
    """Return a page of somebody's browser, signed in and patient; it closes with the browser."""
    page = _as(browser, parts, address, email).new_page()
    page.set_default_timeout(SECONDS)
    return page


def _as(browser: Browser, parts: Parts, address: str, email: str) -> BrowserContext:
    with parts.db.writing() as session:
        at = max(parts.clock.now(), WallClock().now())
        _, token = sign_in(session, cast.the(session, email), at=at)
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    return context


def opened(context: BrowserContext, address: str, path: str = "/desk") -> Page:
    """Return a page of a browser, at a path."""
    page = context.new_page()
    page.goto(f"{address}{path}")
    return page


def loaded(page: Page) -> None:
    """Wait until the page's scripts listen; nobody is as quick with a key as a test."""
    page.wait_for_load_state("load")


def shop_at_another_origin(context: BrowserContext, address: str, launch: str) -> str:
    """Serve a shop's page from https://shop.example inside the browser; return its address.

    The page is the shop's, the widget comes from ``address``: two origins, as in real life.
    """
    page = f"""<!doctype html><html lang="en"><head><title>Fernhill account</title></head>
    <body><main><h1>Your bill</h1><p>34.90 euro, last month 34.24 euro</p></main>
    <script src="{address}/widget.js" data-launch="{launch}" async></script></body></html>"""
    policy = f"default-src 'none'; script-src {address}; frame-src {address}; style-src 'none'"
    context.route(
        "https://shop.example/**",
        lambda route: route.fulfill(
            body=page,
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": policy},
        ),
    )
    return "https://shop.example/account"
