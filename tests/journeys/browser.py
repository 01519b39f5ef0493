"""A real browser: Debian's chromium driven by playwright, skipped where it is not installed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

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
