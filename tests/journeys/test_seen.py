"""What was looked at in the widget is not mailed, what a closed panel fetched is: in a browser."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from assistant.desk.messages import Message
from assistant.desk.reach import Correspondent, Proof
from assistant.ground.parts import Parts
from tests import cast
from tests.cast import LAUNCH, UNKNOWN, later
from tests.faults.server import Hosted
from tests.journeys.browser import chromium, needs_chromium, shop_at_another_origin
from tests.mail_server import a_mail_server, rounds, with_mail

pytestmark = [needs_chromium, pytest.mark.browser]
SECONDS = 60_000  # ms that a step may take on a busy machine


def test_an_open_panel_spares_a_mail_and_a_closed_one_does_not(shop: Parts) -> None:
    with a_mail_server() as post, Hosted(shop) as served, chromium() as browser:
        with_mail(shop, post.port, public_url=served.address)
        context = browser.new_context()
        page = context.new_page()
        page.set_default_timeout(SECONDS)
        page.goto(shop_at_another_origin(context, served.address, LAUNCH))
        launcher = page.get_by_role("button", name="Is this expected?")
        launcher.click()
        frame = page.frame_locator("iframe")
        frame.get_by_test_id("ask").click()
        frame.locator("#composer").fill(UNKNOWN)
        frame.locator("#composer").press("Enter")
        expect(frame.get_by_test_id("ticket")).to_be_visible(timeout=SECONDS)
        # She asks for mail: a wrong address is said to be wrong, a right one is asked first.
        email = frame.get_by_test_id("email-me")
        email.get_by_role("button", name="E-mail me").click()
        email.get_by_role("textbox").fill("call me")
        email.get_by_role("button", name="E-mail me").click()
        expect(email.get_by_role("alert")).to_contain_text("no e-mail address", timeout=SECONDS)
        email.get_by_role("textbox").fill("mara@example.com")
        email.get_by_role("textbox").press("Enter")
        expect(email).to_contain_text("asks you to confirm it", timeout=SECONDS)
        confirmed(shop)
        expect(email).to_contain_text("also go to mara@example.com", timeout=SECONDS)

        # The panel is open: Mara reads what Amir writes, and the page says so.
        before = newest(shop)
        with page.expect_response(
            lambda r: r.url.endswith("/seen") and r.request.post_data_json["message_id"] > before
        ):
            cast.amir_replies(shop, "They have knees.")
        expect(frame.get_by_role("log")).to_contain_text("They have knees.", timeout=SECONDS)
        later(shop, minutes=10)
        rounds(shop)
        assert post.mails == []

        # It is closed: the page fetches what Amir writes and counts it, and nobody looks at it.
        frame.get_by_role("button", name="Close").click()
        cast.amir_replies(shop, "And they bend.")
        expect(page.get_by_role("button", name="1 unread")).to_be_visible(timeout=SECONDS)
        later(shop, minutes=10)
        rounds(shop)

    assert [("And they bend." in text, "have knees" in text) for text in post.texts()] == [
        (True, False)
    ]


def confirmed(parts: Parts) -> None:
    """Let Mara confirm the address that she named."""
    with parts.db.writing() as session:
        to = session.scalars(select(Correspondent)).one()
        to.confirm(session, Proof.LINK, at=parts.clock.now())


def newest(parts: Parts) -> int:
    """Return the id of the newest message."""
    with parts.db.reading() as session:
        return session.scalar(select(func.max(Message.id))) or 0
