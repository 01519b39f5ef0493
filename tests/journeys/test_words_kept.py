"""What somebody wrote at the desk survives a refusal, a closed door and an inserted text."""

from playwright.sync_api import Browser, expect

from assistant.ground.parts import Parts
from tests import cast
from tests.journeys.browser import SOON, loaded, needs_chromium, opened, signed_in

pytestmark = needs_chromium
TICKET = "/desk/tickets/HC-1001"
BOX = "[data-composer-text]"


def test_a_ticket_goes_on_live_after_a_reply_was_refused(
    browser: Browser, shop: Parts, address: str
) -> None:
    mara = cast.a_customer(shop)
    mara.calls("Case")
    with signed_in(browser, shop, address, cast.AMIR) as amirs:
        page = opened(amirs, address, TICKET)
        loaded(page)
        page.locator(BOX).press_sequentially("Dear {{name}}")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("is still to be filled in")).to_be_visible(timeout=SOON)
        loaded(page)

        mara.asks("It has become worse by now.")

        expect(page.locator(".bubble", has_text="become worse")).to_be_visible(timeout=SOON)
        page.reload()
        expect(page.locator(BOX)).to_have_value("Dear {{name}}")
        assert page.url == f"{address}{TICKET}"


def test_words_that_meet_a_closed_door_come_back_after_signing_in(
    browser: Browser, shop: Parts, address: str
) -> None:
    cast.a_customer(shop).calls("Case")
    with signed_in(browser, shop, address, cast.AMIR) as amirs:
        page = opened(amirs, address, TICKET)
        loaded(page)
        kept = amirs.cookies()
        amirs.clear_cookies()
        page.locator(BOX).fill("A long and thoughtful answer")
        page.locator(BOX).press("Control+Enter")
        expect(page).to_have_url(f"{address}/sign-in?next={TICKET}", timeout=SOON)

        amirs.add_cookies(kept)
        page.goto(f"{address}{TICKET}")
        expect(page.locator(BOX)).to_have_value("A long and thoughtful answer")

        page.locator(BOX).press("Control+Enter")
        expect(page.locator(".bubble-agent").last).to_contain_text("thoughtful", timeout=SOON)
        expect(page.locator(BOX)).to_have_value("")


def test_an_inserted_answer_takes_the_place_of_no_words(
    browser: Browser, shop: Parts, address: str
) -> None:
    mara = cast.a_customer(shop)
    mara.asks("why is my price different")
    mara.calls()
    with signed_in(browser, shop, address, cast.AMIR) as amirs:
        page = opened(amirs, address, TICKET)
        loaded(page)
        insert = page.locator("[data-insert]").first
        page.locator(BOX).fill("Good morning")
        page.keyboard.press("Escape")
        page.get_by_text("Internal note", exact=True).first.click()
        page.locator(BOX).fill("Her aunt is odd")

        insert.click()

        expect(page.locator("[name=kind][value=reply]")).to_be_checked()
        said = page.locator(BOX).input_value()
        assert said.endswith("\n\nGood morning")
        assert len(said) > len("Good morning\n\n")
        assert "aunt" not in said
        page.get_by_text("Internal note", exact=True).first.click()
        expect(page.locator(BOX)).to_have_value("Her aunt is odd")


def test_a_word_without_end_stays_in_its_place(browser: Browser, shop: Parts, address: str) -> None:
    cast.a_customer(shop).calls("a" * 3000)
    with signed_in(browser, shop, address, cast.AMIR) as amirs:
        page = opened(amirs, address, TICKET)
        body = page.locator(".bubble-customer .bubble-body").first.bounding_box()
        rail = page.locator(".ticket-rail, .rail-part").first.bounding_box()
    assert body is not None
    assert rail is not None
    assert body["x"] + body["width"] <= rail["x"]


def test_a_new_ticket_is_counted_everywhere_and_came_just_now(
    browser: Browser, shop: Parts, address: str
) -> None:
    cast.a_customer(shop).calls("Case")
    with signed_in(browser, shop, address, cast.AMIR) as amirs:
        page = opened(amirs, address)
        expect(page.locator("[data-fresh=nav-desk]")).to_contain_text("1")

        cast.later(shop, seconds=10)
        cast.a_customer(shop, visitor="tom").calls("Another")

        expect(page.locator("[data-row='HC-1002'] .row-at")).to_have_text("just now", timeout=SOON)
        expect(page.locator("[data-fresh=nav-desk]")).to_contain_text("2")
