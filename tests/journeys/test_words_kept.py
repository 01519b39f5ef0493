"""What somebody wrote at the desk survives a refusal, a closed door and an inserted text."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Browser, expect

from assistant.desk import drafts
from assistant.ground.parts import Parts
from tests import cast
from tests.journeys.browser import SOON, loaded, needs_chromium, opened, signed_in

pytestmark = needs_chromium
TICKET = "/desk/tickets/HC-1001"
BOX = "[data-composer-text]"
FULL = "Good morning, Mara"


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


def test_the_newer_of_this_tab_and_the_server_stands_in_the_box(
    browser: Browser, shop: Parts, address: str
) -> None:
    cast.a_customer(shop).calls("Case")
    with signed_in(browser, shop, address, cast.AMIR) as amirs:
        page = opened(amirs, address, TICKET)
        loaded(page)
        with page.expect_response("**/draft"):
            page.locator(BOX).fill("It is the new")
        page.route("**/draft", lambda route: route.abort())  # slower than the reload
        page.locator(BOX).press_sequentially(" price")

        page.reload()

        expect(page.locator(BOX)).to_have_value("It is the new price")
        page.unroute("**/draft")
        with page.expect_response("**/draft") as kept:
            page.locator(BOX).press_sequentially(".")
        assert kept.value.status == 204
        assert _kept(shop) == "It is the new price."

        page.route("**/draft", lambda route: route.abort())
        page.locator(BOX).fill("Typed here before")
        _typed_on_a_phone(shop, "Typed on a phone later")
        page.reload()
        expect(page.locator(BOX)).to_have_value("Typed on a phone later")


def test_what_is_typed_is_kept_at_once_when_its_page_is_left_or_hidden(
    browser: Browser, shop: Parts, address: str
) -> None:
    cast.a_customer(shop).calls("Case")
    with signed_in(browser, shop, address, cast.AMIR) as amirs:
        page = amirs.new_page()
        page.clock.install()
        page.goto(f"{address}{TICKET}")
        loaded(page)
        page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))  # nothing is saved by time
        page.locator(BOX).fill("Good morning")
        with page.expect_response("**/draft") as kept:
            page.evaluate(HIDE)
        assert kept.value.status == 204
        assert _kept(shop) == "Good morning"

        page.locator(BOX).fill(FULL)
        page.goto(f"{address}/desk")
        another = amirs.new_page()  # without a copy of its own
        loads = (another.goto(f"{address}{TICKET}") for _ in range(20))
        assert any(load and another.locator(BOX).input_value() == FULL for load in loads)


HIDE = """() => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
}"""


def _kept(shop: Parts) -> str:
    with cast.the_ticket(shop) as (session, ticket):
        return drafts.of(session, cast.the(session, cast.AMIR), ticket)[drafts.DraftKind.REPLY].text


def _typed_on_a_phone(shop: Parts, words: str) -> None:
    at = cast.later(shop, minutes=5)
    with cast.the_ticket(shop) as (session, ticket):
        amir = cast.the(session, cast.AMIR)
        drafts.keep(session, amir, ticket, drafts.DraftKind.REPLY, words, at=at)
