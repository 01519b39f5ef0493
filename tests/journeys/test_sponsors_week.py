"""R15, R55, R58: a sponsor's week in a real browser, from the morning's mail to "not yet"."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.ground.parts import Parts
from assistant.reports import days
from assistant.reports.written import write_due
from tests import cast
from tests.cast import BLOCKED, LENA, PRICE, PRIYA, a_customer, clock_of
from tests.faults.server import Hosted
from tests.journeys.browser import needs_chromium, signed_in_page
from tests.mail_server import a_mail_server, rounds, text_of, with_mail

pytestmark = [needs_chromium, pytest.mark.browser]

YESTERDAY = date(2026, 11, 17)
MORNING = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)  # seven in Berlin, when reports are written
ASKED = 12  # people who ask about the price on the first day
PAGES = re.compile(rb"/Type\s*/Page[^s]")


def a_day_of_questions(parts: Parts) -> None:
    """Let some ask about the price, which is answered, and one who is blocked and waits."""
    for number in range(ASKED):
        a_customer(parts, visitor=f"asks-{number}").asks(PRICE)
    a_customer(parts, visitor="blocked").asks(BLOCKED)


def the_morning_comes(parts: Parts, at: datetime) -> None:
    """Let the worker measure the days, write what is due and mail it."""
    clock_of(parts).set(at)
    days.keep_days(parts)
    write_due(parts)
    rounds(parts, times=1)


def figure(page: Page, title: str) -> str:
    """Return what a report's page says of a figure."""
    tile = page.locator(".paper-numbers .tile", has=page.get_by_text(title, exact=True))
    return tile.locator(".tile-value").inner_text()


def taken_away(page: Page, name: str, folder: Path) -> str:
    """Take a report away as a file; return what is in it."""
    with page.expect_download() as coming:
        page.get_by_role("link", name=name).click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path.read_text("utf-8-sig")


def test_a_sponsor_reads_a_page_a_day_opens_its_numbers_and_does_not_sign_yet(
    shop: Parts, browser: Browser, tmp_path: Path
) -> None:
    with a_mail_server() as taken, Hosted(shop) as served:
        with_mail(shop, taken.port, public_url=served.address)
        a_day_of_questions(shop)
        the_morning_comes(shop, MORNING)

        # The mail says it in its subject; its link leads to the page of the day.
        (mail,) = [m for m in taken.mails if m["To"] == PRIYA and str(YESTERDAY) in m["Subject"]]
        assert "Daily status" in mail["Subject"]
        assert "Not calm yet." in mail["Subject"]
        link = re.search(rf"{served.address}/launches/\S+/reports/daily-status/\S+", text_of(mail))
        assert link is not None
        priya = signed_in_page(browser, shop, served.address, PRIYA)
        priya.goto(link[0])
        expect(priya.get_by_text("1 Sev 1–2 ticket was open when it ended.")).to_be_visible()
        assert len(PAGES.findall(priya.pdf(format="A4"))) == 1  # on paper it is one page

        # What she takes away says the same, and a number opens to as many rows.
        contacts = figure(priya, "Contacts")
        assert int(contacts) == ASKED + 1
        assert f"Contacts,{contacts}," in taken_away(priya, "CSV", tmp_path)
        assert f"Contacts: {contacts}" in taken_away(priya, "Markdown", tmp_path).replace("*", "")
        priya.get_by_role("link", name=f"Contacts, {contacts}").click()
        expect(priya.get_by_role("heading", name=f"{contacts} rows")).to_be_visible()
        assert priya.locator("tbody tr").count() == int(contacts)

        # The cockpit is one click away and says the same in a sentence.
        priya.get_by_role("link", name="Cockpit", exact=True).first.click()
        expect(priya.locator(".calm-sentence")).to_be_visible()

        # At the week's end comes the digest; she looks at the end and does not sign yet.
        the_morning_comes(shop, MORNING + timedelta(days=5))
        assert any(m["To"] == PRIYA and "Weekly digest" in m["Subject"] for m in taken.mails)
        priya = signed_in_page(browser, shop, served.address, PRIYA)
        priya.goto(f"{served.address}/launches/{cast.LAUNCH}/reports/weekly-digest")
        expect(priya.get_by_role("heading", name="Weekly digest")).to_be_visible()
        priya.goto(f"{served.address}/launches/{cast.LAUNCH}/exit")
        priya.locator("summary", has_text="Not yet").press("Enter")
        priya.get_by_label("What is missing for you").fill("One customer is still blocked.")
        priya.get_by_role("button", name="Do not sign yet").press("Enter")
        expect(priya.get_by_text("Kept. The leads are told.")).to_be_visible()
        lena = signed_in_page(browser, shop, served.address, LENA)
        lena.goto(f"{served.address}/notices")
        expect(lena.get_by_text("does not sign the end of Spring pricing yet")).to_be_visible()
