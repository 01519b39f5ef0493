"""Two agents and five customers at one desk, in real browsers: who sees what, and how soon.

Nobody reloads a page here: what changes has to come by itself.
"""

from typing import Any

from playwright.sync_api import Browser, expect

from assistant.ground.parts import Parts
from tests import cast
from tests.faults.server import Server
from tests.journeys.browser import SOON, loaded, needs_chromium, opened, signed_in

pytestmark = needs_chromium
TICKET = "/desk/tickets/HC-1001"


def test_two_agents_and_five_customers_see_each_other_at_once(
    browser: Browser, shop: Parts, address: str
) -> None:
    with (
        signed_in(browser, shop, address, cast.AMIR) as amirs,
        signed_in(browser, shop, address, cast.LENA) as lenas,
    ):
        amir, lena = opened(amirs, address), opened(lenas, address)
        expect(amir.get_by_text("Nothing waits here")).to_be_visible()

        customers = [cast.a_customer(shop, visitor=f"v{number}") for number in range(5)]
        for number, customer in enumerate(customers):
            customer.calls(f"Case number {number}")
        for page in (amir, lena):
            expect(page.locator("[data-row]")).to_have_count(5, timeout=SOON)
            expect(page.locator("[data-count=open]")).to_have_text("5")

        lena.goto(f"{address}{TICKET}")
        expect(amir.locator("[data-row-there='HC-1001']")).to_have_text(
            "Lena is looking", timeout=SOON
        )
        amir.goto(f"{address}{TICKET}")
        lena.locator("[data-composer-text]").press_sequentially("Good morning")
        expect(amir.locator("[data-there]")).to_have_text("Lena is typing a reply", timeout=SOON)

        customers[0].asks("It has become worse by now.")
        for page in (amir, lena):
            expect(page.locator(".bubble", has_text="become worse")).to_be_visible(timeout=SOON)
        expect(lena.locator("[data-composer-text]")).to_have_value("Good morning")
        expect(lena.get_by_text("Something came while you write.")).to_be_visible()

        lena.keyboard.press("Control+Enter")
        expect(lena.get_by_text("Not sent: something came while you wrote.")).to_be_visible()
        expect(lena.locator("[data-composer-text]")).to_have_value("Good morning")
        loaded(lena)
        lena.locator("[data-composer-text]").press("Control+Enter")
        expect(lena.locator(".bubble").last).to_contain_text("Good morning")
        expect(amir.locator(".bubble").last).to_contain_text("Good morning", timeout=SOON)
        assert customers[0].sees()["messages"][-1]["text"] == "Good morning"


def test_one_stream_serves_all_tabs_and_goes_on_when_its_tab_is_closed(
    browser: Browser, shop: Parts, address: str
) -> None:
    with signed_in(browser, shop, address, cast.AMIR) as amirs:
        streams: list[str] = []
        amirs.on("request", lambda sent: "/desk/events" in sent.url and streams.append(sent.url))
        first, second = opened(amirs, address), opened(amirs, address)
        cast.a_customer(shop).calls("Case one")
        for tab in (first, second):
            expect(tab.locator("[data-row]")).to_have_count(1, timeout=SOON)
        assert len(streams) == 1

        first.close()
        cast.a_customer(shop, visitor="tom").calls("Case two")

        expect(second.locator("[data-row]")).to_have_count(2, timeout=SOON)
        assert len(streams) == 2


def test_a_tab_that_is_opened_later_takes_nothing_away_from_an_earlier_one(
    browser: Browser, shop: Parts, address: str
) -> None:
    with signed_in(browser, shop, address, cast.AMIR) as amirs:
        amirs.route("**/desk/events**", lambda route: None)  # held up on the way
        first = opened(amirs, address)
        loaded(first)
        cast.a_customer(shop).calls("Case one")

        second = opened(amirs, address)

        for tab in (second, first):
            expect(tab.locator("[data-row]")).to_have_count(1, timeout=2 * SOON)


def test_where_streams_are_blocked_the_desk_asks_instead(
    browser: Browser, shop: Parts, address: str
) -> None:
    with signed_in(browser, shop, address, cast.AMIR) as amirs:
        amirs.route("**/desk/events**", lambda route: route.abort())
        page = opened(amirs, address)

        cast.a_customer(shop).calls("A case behind a proxy")

        expect(page.locator("[data-row]")).to_have_count(1, timeout=SOON)
        expect(page.locator(".stale")).to_have_count(0)


def test_a_lost_connection_is_said_and_heals_by_itself(
    browser: Browser, data: Any, shop: Parts
) -> None:
    parts = cast.parts_in(data)
    with Server(data) as server:
        server.start()
        with signed_in(browser, parts, server.address, cast.AMIR) as amirs:
            page = opened(amirs, server.address)
            expect(page.locator("[data-live=desk], html[data-live=desk]").first).to_be_attached()
            server.kill()
            expect(page.locator(".stale")).to_contain_text("Reconnecting", timeout=SOON)
            expect(page.locator("[data-as-of]").first).to_contain_text("as of ")

            cast.a_customer(parts).calls("While it was away")
            server.start()

            expect(page.locator("[data-row]")).to_have_count(1, timeout=3 * SOON)
            expect(page.locator(".stale")).to_have_count(0, timeout=SOON)
    parts.close()


def test_a_whole_ticket_is_worked_without_the_mouse(
    browser: Browser, shop: Parts, address: str
) -> None:
    mara = cast.a_customer(shop)
    mara.calls("The logo is blurred")
    cast.a_customer(shop, visitor="tom").calls("Another case")
    with signed_in(browser, shop, address, cast.AMIR) as amirs:
        page = opened(amirs, address)
        press = page.keyboard.press
        press("j")
        press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("The logo is blurred")
        loaded(page)
        press("a")
        expect(page.get_by_text("Assigned.")).to_be_visible()
        loaded(page)

        press("s")
        press("ArrowUp")  # from Sev 3 to Sev 2
        press("Tab")
        page.keyboard.type("A whole team waits")
        press("Enter")
        expect(page.get_by_text("Severity changed.")).to_be_visible()
        loaded(page)

        press("n")
        page.keyboard.type("rjkenas?x is no command while one types")
        press("Control+Enter")
        expect(page.locator(".bubble-note")).to_contain_text("no command while one types")
        loaded(page)
        press("r")
        page.keyboard.type("We have corrected it.")
        press("Control+Enter")
        expect(page.locator(".bubble-agent").last).to_contain_text("We have corrected it.")
        loaded(page)

        press("e")
        page.keyboard.type("Corrected.")
        press("Tab")
        press("Enter")
        expect(
            page.get_by_text("Resolved. The customer is asked whether it worked.")
        ).to_be_visible()
        loaded(page)

        press("Control+k")
        page.keyboard.type("another")
        expect(page.get_by_role("option").filter(has_text="HC-1002")).to_be_visible(timeout=SOON)
        press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Another case", timeout=SOON)
    with cast.the_ticket(shop, "HC-1001") as (_, ticket):
        assert (ticket.is_open, ticket.severity) == (False, 2)


def test_rows_are_selected_as_a_range_and_closed_together(
    browser: Browser, shop: Parts, address: str
) -> None:
    for number in range(6):
        cast.a_customer(shop, visitor=f"v{number}").calls(f"Buy cheap watches {number}")
    with signed_in(browser, shop, address, cast.AMIR) as amirs:
        page = opened(amirs, address)
        boxes = page.locator(".row-select")
        boxes.nth(1).click()
        boxes.nth(4).click(modifiers=["Shift"])
        expect(page.locator("[data-bulk-count]")).to_have_text("4 tickets:")

        page.get_by_role("button", name="Close as spam").click()

        expect(page.get_by_text("All of them closed without an answer.")).to_be_visible()
        expect(page.locator("[data-row]")).to_have_count(2)


def test_what_is_typed_comes_back_on_another_device(
    browser: Browser, shop: Parts, address: str
) -> None:
    cast.a_customer(shop).calls("Case")
    with signed_in(browser, shop, address, cast.AMIR) as desk:
        page = opened(desk, address, TICKET)
        with page.expect_response("**/draft"):
            page.locator("[data-composer-text]").press_sequentially("Half a sen")
    with signed_in(browser, shop, address, cast.AMIR) as phone:
        page = opened(phone, address, TICKET)
        expect(page.locator("[data-composer-text]")).to_have_value("Half a sen")
        page.goto(f"{address}/desk")
        expect(page.locator("[data-row] .row-draft")).to_have_text("Draft")


def test_what_came_before_anything_was_typed_stops_nobody(
    browser: Browser, shop: Parts, address: str
) -> None:
    mara = cast.a_customer(shop)
    mara.calls("Case")
    with signed_in(browser, shop, address, cast.AMIR) as amirs:
        page = opened(amirs, address, TICKET)
        loaded(page)
        mara.asks("I forgot to say that it is urgent.")
        expect(page.locator(".bubble", has_text="urgent")).to_be_visible(timeout=SOON)

        page.locator("[data-composer-text]").press_sequentially("I see.")
        page.keyboard.press("Control+Enter")

        expect(page.locator(".bubble-agent").last).to_contain_text("I see.", timeout=SOON)
