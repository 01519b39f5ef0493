"""An author types an answer: the page follows, loses nothing, and saves by keys."""

from playwright.sync_api import Browser, expect

from assistant.ground.parts import Parts
from tests import cast
from tests.journeys.browser import SOON, loaded, needs_chromium, opened, signed_in

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


def test_a_confirmation_begins_on_what_is_safe_and_keeps_the_keyboard_inside(
    browser: Browser, shop: Parts, address: str
) -> None:
    key = cast.an_entry(shop, approved_by=None, answer="x" * 3_000)
    with shop.db.writing() as session:
        entry, amir = cast.entry_of(session, key), cast.the(session, cast.AMIR)
        entry.submit(session, by=amir, at=shop.clock.now())
    with signed_in(browser, shop, address, cast.LENA) as lenas:
        page = opened(lenas, address, f"/library/{cast.LAUNCH}/entries/{key}")
        loaded(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        asked = page.locator("#approve")
        page.keyboard.press("a")
        expect(asked.get_by_role("button", name="Not yet")).to_be_focused(timeout=SOON)
        for step in ("Tab", "Tab", "Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab", "Tab"):
            page.keyboard.press(step)
            assert page.evaluate("document.activeElement.closest('#approve') !== null"), step
        asked.get_by_role("button", name="Not yet").focus()
        page.keyboard.press("Enter")
        expect(asked).to_be_hidden()
        expect(page.get_by_text("Waits for you.")).to_be_visible()


def test_the_library_lists_its_keys_and_the_palette_its_entries(
    browser: Browser, shop: Parts, address: str
) -> None:
    with signed_in(browser, shop, address, cast.LENA) as lenas:
        page = opened(lenas, address, f"/library?launch={cast.LAUNCH}&tab=approved")
        loaded(page)
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_contain_text("Next, previous entry", timeout=SOON)
        page.keyboard.press("Escape")
        page.keyboard.press("Control+k")
        palette = page.locator("dialog.palette")
        expect(palette).to_contain_text("Entries", timeout=SOON)
        expect(palette).to_contain_text(cast.EXPORT)
