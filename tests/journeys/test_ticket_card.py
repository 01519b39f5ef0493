"""What the widget says of a ticket: who has it once somebody has, and a promise that was broken."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from assistant.ground.parts import Parts
from tests import cast
from tests.cast import LAUNCH, UNKNOWN
from tests.faults.server import Hosted
from tests.journeys.browser import SECONDS, chromium, needs_chromium, shop_at_another_origin

pytestmark = [needs_chromium, pytest.mark.browser]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def test_a_name_is_shown_once_it_is_taken_and_a_broken_promise_stays_in_the_bar(
    shop: Parts,
) -> None:
    with Hosted(shop) as served, chromium() as browser:
        context = browser.new_context()
        page = context.new_page()
        page.set_default_timeout(SECONDS)
        page.goto(shop_at_another_origin(context, served.address, LAUNCH))
        page.get_by_role("button", name="Is this expected?").click()
        frame = page.frame_locator("iframe")
        frame.get_by_test_id("ask").click()
        frame.locator("#composer").fill(UNKNOWN)
        frame.locator("#composer").press("Enter")
        bar, card = frame.get_by_test_id("ticket-strip"), frame.get_by_test_id("ticket")
        expect(card).to_contain_text("Our team has it.", timeout=SECONDS)
        expect(bar).to_contain_text("with our team")

        with cast.the_ticket(shop) as (session, ticket):
            ticket.promises[1].due_at = LONG_AGO
            ticket.claim(session, by=cast.the(session, cast.AMIR), at=shop.clock.now())

        expect(bar).to_contain_text("Amir has it", timeout=SECONDS)
        expect(card).to_contain_text("Amir has it")
        expect(bar).to_contain_text("First reply later than promised, we are on it")
