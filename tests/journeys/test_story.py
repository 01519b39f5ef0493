"""The whole story on `hypercare demo`, in a real browser, with the widget on another origin."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from assistant.demo import PASSWORD
from tests.faults.server import Server
from tests.journeys.browser import needs_chromium, shop_at_another_origin

pytestmark = [needs_chromium, pytest.mark.browser]

APPROVED = "Why is my plan more expensive than last month?"
NOBODY_APPROVED = "Can I have my Fernhill boxes engraved with the name of my goldfish?"
NEW_QUESTION = "Can I have my box engraved with a name?"
NEW_ANSWER = "No. Our boxes go back into the paper cycle, so we print nothing on them."
SECONDS = 15_000  # ms that a step may take on a busy machine


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("demo"), command="demo") as server:
        server.start()
        yield server


def _widget(context: BrowserContext, demo: Server) -> tuple[Page, FrameLocator]:
    shop = shop_at_another_origin(context, demo.address, "spring-pricing")
    page = context.new_page()
    page.set_default_timeout(SECONDS)
    page.goto(shop)
    page.get_by_role("button", name="Is this expected?").click()
    return page, page.frame_locator("iframe")


def _ask(frame: FrameLocator, words: str) -> None:
    frame.locator("#composer").fill(words)
    frame.locator("#composer").press("Enter")


def _sign_in(context: BrowserContext, demo: Server, email: str) -> Page:
    page = context.new_page()
    page.set_default_timeout(SECONDS)
    page.goto(f"{demo.address}/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/desk**")
    return page


def test_a_question_becomes_an_answer_or_a_ticket_and_the_reply_becomes_knowledge(
    demo: Server, browser: Browser
) -> None:
    mara, amir, lena = (browser.new_context() for _ in range(3))

    # Mara hesitates over her bill and asks where she hesitates.
    shop, frame = _widget(mara, demo)
    frame.get_by_test_id("ask").click()
    _ask(frame, APPROVED)
    answer = frame.get_by_test_id("answer").last
    expect(answer).to_be_visible(timeout=SECONDS)
    expect(answer.get_by_test_id("verdict")).to_contain_text("Yes, this is expected")
    assert answer.get_attribute("data-entry") == "price-differs"

    # She asks something nobody has approved, and gets a ticket with a promise.
    _ask(frame, NOBODY_APPROVED)
    ticket = frame.get_by_test_id("ticket").last
    none_of_these = frame.get_by_role("button", name="None of these").last
    expect(ticket.or_(none_of_these).first).to_be_visible(timeout=SECONDS)
    if none_of_these.count():
        none_of_these.click()
    expect(ticket).to_be_visible(timeout=SECONDS)
    number = ticket.get_by_test_id("ticket-number").inner_text().strip()
    assert "HC-" in number
    expect(ticket.get_by_test_id("promises")).to_contain_text("First")

    # Amir signs in, finds it in the queue and answers with words of his own.
    desk = _sign_in(amir, demo, "amir@example.com")
    desk.goto(f"{demo.address}/desk/tickets/{number[number.index('HC-') :].split()[0]}")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("engraved")
    desk.locator("textarea[name=text]").fill(NEW_ANSWER)
    desk.locator(
        "form.composer button.button-primary, form[action*=replies] .button-primary"
    ).click()
    expect(frame.get_by_role("log")).to_contain_text(NEW_ANSWER, timeout=SECONDS)

    # He proposes an entry; he wrote it, so somebody else approves it.
    desk.goto(f"{demo.address}/library/spring-pricing/entries/new?kind=faq")
    desk.locator("[name=question]").fill(NEW_QUESTION)
    desk.locator("[name=phrasings]").fill(f"{NOBODY_APPROVED}\nCan you engrave my box?")
    desk.locator("[name=answer]").fill(NEW_ANSWER)
    desk.get_by_role("button", name="Submit for review").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("engraved")
    proposed = desk.url
    assert desk.get_by_role("button", name="Approve", exact=True).count() == 0

    # Lena approves it, and it is live and proven within two seconds.
    lead = _sign_in(lena, demo, "lena@example.com")
    lead.goto(proposed)
    lead.get_by_role("button", name="Approve", exact=True).first.click()
    began = time.monotonic()
    lead.locator("#approve").get_by_role("button", name="Approve", exact=True).click()
    expect(lead.locator("body")).to_contain_text("proven", timeout=SECONDS)
    took = time.monotonic() - began

    # Another customer asks it, and gets it word for word.
    other, frame = _widget(browser.new_context(), demo)
    frame.get_by_test_id("ask").click()
    _ask(frame, NOBODY_APPROVED)
    answer = frame.get_by_test_id("answer").last
    expect(answer).to_contain_text(NEW_ANSWER, timeout=SECONDS)
    print(f"approve to live and proven: {took:.1f} s")
    for page in (shop, desk, lead, other):
        page.close()


def test_the_suggested_reply_is_sent_word_for_word(demo: Server, browser: Browser) -> None:
    mara, amir = browser.new_context(), browser.new_context()
    shop, frame = _widget(mara, demo)
    frame.get_by_test_id("ask").click()
    _ask(frame, "a person please, why has my renewal date moved to a tuesday")
    ticket = frame.get_by_test_id("ticket").last
    expect(ticket).to_be_visible(timeout=SECONDS)
    number = ticket.get_by_test_id("ticket-number").inner_text()

    desk = _sign_in(amir, demo, "amir@example.com")
    desk.goto(f"{demo.address}/desk/tickets/{number[number.index('HC-') :].split()[0]}")
    suggested = desk.locator("[data-suggestion-text]").inner_text()
    desk.get_by_role("button", name="Send as is").click()

    reply = frame.get_by_test_id("entry").last.locator("p").last
    expect(reply).to_contain_text("Yes, this is expected.", timeout=SECONDS)
    assert reply.inner_text().split() == suggested.split()
    shop.close()
    desk.close()


def test_a_site_that_is_not_named_cannot_frame_the_widget(demo: Server, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    context.route(
        "https://elsewhere.example/**",
        lambda route: route.fulfill(
            body=f'<iframe src="{demo.address}/widget/spring-pricing"></iframe>',
            content_type="text/html",
        ),
    )
    page.goto("https://elsewhere.example/")
    expect(page.frame_locator("iframe").get_by_test_id("home")).to_have_count(0)


def test_the_readme_s_pictures_exist() -> None:
    screens = Path(__file__).parents[2] / "web" / "static" / "screens"
    assert sorted(picture.name for picture in screens.glob("*.png")) == [
        "desk.png",
        "library.png",
        "widget.png",
    ]
