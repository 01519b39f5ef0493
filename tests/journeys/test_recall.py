"""A wrong answer is recalled while its reader looks at it, and the right one comes below it."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from assistant.ground.parts import Parts
from assistant.worker import Worker
from tests.assistant.test_recall import KEY, RIGHT, corrected_with
from tests.cast import AMIR, EXPORT, EXPORT_TEXT, LAUNCH, LENA
from tests.faults.server import Hosted
from tests.journeys.browser import (
    SECONDS,
    needs_chromium,
    shop_at_another_origin,
    signed_in_page,
)

pytestmark = [needs_chromium, pytest.mark.browser]


def test_its_reader_sees_it_struck_through_and_the_right_one_below(
    running: Parts, browser: Browser, record_property: Callable[[str, object], None]
) -> None:
    with Hosted(running) as server:
        worker = Worker(running)
        worker.start()
        context = browser.new_context()
        page = context.new_page()
        page.set_default_timeout(SECONDS)
        page.goto(shop_at_another_origin(context, server.address, LAUNCH))
        page.get_by_role("button", name="Is this expected?").click()
        frame = page.frame_locator("iframe")
        frame.get_by_test_id("ask").click()
        frame.locator("#composer").fill(EXPORT)
        frame.locator("#composer").press("Enter")
        answer = frame.get_by_test_id("answer").last
        expect(answer).to_contain_text(EXPORT_TEXT, timeout=SECONDS)

        # Amir finds that it is wrong, and takes it back.
        amir = signed_in_page(browser, running, server.address, AMIR)
        amir.goto(f"{server.address}/library/{LAUNCH}/entries/{KEY}")
        amir.get_by_role("button", name="Recall", exact=True).first.click()
        amir.locator("#recall-reason").fill("Export has moved to Billing.")
        amir.locator("#recall").get_by_role("button", name="Recall", exact=True).click()
        began = time.monotonic()
        expect(frame.locator(".w-answer.is-withdrawn")).to_be_visible(timeout=SECONDS)
        struck = time.monotonic() - began

        # Ten seconds later Mara reads the fixed line, and has a ticket.
        expect(frame.get_by_role("log")).to_contain_text("struck through now", timeout=SECONDS)

        # What is right is approved by Lena and goes to exactly those who were told.
        corrected_with(running)
        lena = signed_in_page(browser, running, server.address, LENA)
        lena.goto(f"{server.address}/recalls/1")
        lena.get_by_role("button", name="Send it to 1 person").click()
        expect(frame.get_by_role("log")).to_contain_text(RIGHT, timeout=SECONDS)
        frame.get_by_test_id("corrected").get_by_role("button").click()

        # And the desk knows that she has seen it.
        expect(lena.locator("body")).to_contain_text("Sent 1 of 1", timeout=SECONDS)
        lena.goto(f"{server.address}/recalls/1")
        expect(lena.locator("body")).to_contain_text("Has seen the correction", timeout=SECONDS)
        worker.stop()
    record_property("figure", f"recalled to struck through in an open widget: {struck:.2f} s")
