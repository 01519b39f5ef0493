"""Behind a mail's link, in a real browser: one tap opens the conversation, by keyboard alone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from assistant.ground.parts import Parts
from assistant.integrations import receiving
from tests import cast
from tests.cast import UNKNOWN
from tests.faults.server import Hosted
from tests.journeys.browser import chromium, needs_chromium
from tests.mail_server import a_mail, a_mail_server, rounds, text_of, with_mail

pytestmark = [needs_chromium, pytest.mark.browser]
SECONDS = 15_000  # ms that a step may take on a busy machine


def test_a_customer_confirms_reads_and_writes_more_without_a_mouse(shop: Parts) -> None:
    with a_mail_server() as taken, Hosted(shop) as served, chromium() as browser:
        with_mail(shop, taken.port, public_url=served.address)
        receiving.settle(shop, receiving.take_in(shop, a_mail(UNKNOWN), came_by="api"))
        cast.amir_replies(shop, "They have, and they bend.")
        rounds(shop)
        link = re.search(r"http://\S+/mail/[0-9a-f]{40}", text_of(taken.mails[0]))
        assert link is not None
        page = browser.new_page()
        page.set_default_timeout(SECONDS)
        page.goto(link[0])
        assert serious(page) == []
        page.get_by_role("button", name="Yes, open it").press("Enter")

        expect(page.get_by_text("They have, and they bend.")).to_be_visible()
        assert page.url.startswith(f"{served.address}/mail/conversations/")
        assert serious(page) == []
        page.get_by_label("Write more").fill("Thank you, Amir.")
        page.get_by_role("button", name="Send").press("Enter")
        expect(page.get_by_text("Thank you, Amir.")).to_be_visible()
        rounds(shop)

    assert "Amir writes:\n\nThey have, and they bend." in text_of(taken.mails[1])


def serious(page: Page) -> list[str]:
    """Return what axe finds serious or critical."""
    found = Axe().run(page).response["violations"]
    return [each["id"] for each in found if each["impact"] in ("serious", "critical")]
