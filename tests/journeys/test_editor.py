"""An author types an answer: the page follows, loses nothing, and saves by keys."""

from playwright.sync_api import Browser, expect

from assistant.ground.parts import Parts
from tests import cast
from tests.journeys.browser import SOON, needs_chromium, opened, signed_in

pytestmark = needs_chromium


def test_typed_words_are_drawn_checked_kept_over_a_reload_and_saved_by_keys(
    browser: Browser, shop: Parts, address: str
) -> None:
    new = f"/library/{cast.LAUNCH}/entries/new?kind=faq"
    with signed_in(browser, shop, address, cast.AMIR) as amirs:
        page = opened(amirs, address, new)
        page.locator("#question").fill("Can I pause my plan?")
        page.locator("#answer").fill("Open Billing. We will utilise {prodct}.")

        card = page.get_by_test_id("answer")
        expect(card).to_contain_text("Open Billing.", timeout=SOON)
        expect(page.get_by_text("is no placeholder")).to_be_visible(timeout=SOON)
        page.get_by_role("button", name="Show “utilise”").click()
        assert page.evaluate("getSelection().toString()") == "utilise"
        expect(page.get_by_text("Kept for you")).to_be_visible(timeout=SOON)

        page.reload()
        expect(page.get_by_text("Your unsaved words are back.")).to_be_visible(timeout=SOON)
        expect(page.locator("#answer")).to_have_value("Open Billing. We will utilise {prodct}.")

        page.locator("#answer").fill("Open Billing and choose Pause.")
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/entries/can-i-pause-my-plan")
        expect(page.locator("#answer")).to_have_value("Open Billing and choose Pause.")
