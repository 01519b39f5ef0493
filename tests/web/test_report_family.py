"""The written reports' pages and files: one family, one count, and who may read which."""

import csv
import io
import re

import pytest

from assistant.ground.people import Role
from assistant.reports.kinds import KINDS
from assistant.reports.written import write_due
from tests import cast
from tests.web.staff import a_browser, queries

REPORTS = f"/launches/{cast.LAUNCH}/reports"
STATUS = f"{REPORTS}/daily-status/2026-11-17"
HOSTILE = "<script>alert(1)</script> I am locked out of my account and cannot sign in"


@pytest.fixture
def told(shop):
    """The shop on the morning after a day with contacts, its reports written."""
    cast.a_customer(shop, visitor="jo").asks(cast.PRICE)
    cast.a_customer(shop, visitor="li").asks(cast.PRICE)
    cast.a_customer(shop).asks(HOSTILE)
    cast.later(shop, days=1)
    write_due(shop)
    return shop


def tiles(page):
    found = re.findall(
        r'tile-title">([^<]+)</dt><dd class="tile-value">(?:<a[^>]*>)?([^<]+)<', page
    )
    return dict(found)


def test_page_markdown_and_table_say_the_same_figures(told):
    priya = a_browser(told, cast.PRIYA)
    page, markdown = priya.get(STATUS).text, priya.get(f"{STATUS}.md").text
    rows = list(csv.reader(io.StringIO(priya.get(f"{STATUS}.csv").content.decode("utf-8-sig"))))
    shown = tiles(page)
    assert (shown["Contacts"], shown["Open Sev 1–2"], shown["Repeat questions"]) == ("3", "1", "1")
    for title, value in shown.items():
        assert f"- **{title}:** {value}" in markdown
        assert [title, value] in [row[:2] for row in rows]
    assert "Not calm yet." in page and "Mailed" not in page


def test_what_customers_wrote_runs_nowhere(told):
    browser = a_browser(told, cast.LENA)
    assert "&lt;script&gt;alert(1)" in browser.get(STATUS).text
    for name in KINDS:
        for ending in ("", ".md", ".csv"):
            answer = browser.get(f"{REPORTS}/{name}/2026-11-17{ending}")
            assert answer.status_code == 200
            assert "<script>alert" not in answer.text or ending == ".csv"


def test_the_archive_lists_each_day_and_leads_to_its_reports(told):
    page = a_browser(told, cast.PRIYA).get(REPORTS).text
    assert page.index("Tuesday, 17 Nov 2026") < page.index("Monday, 16 Nov 2026")
    assert f'href="{STATUS}"' in page and "Not calm yet." in page
    newest = a_browser(told, cast.PRIYA).get(f"{REPORTS}/daily-status")
    assert str(newest.url).endswith("/daily-status/2026-11-17")


def test_a_report_leads_to_the_days_beside_it_and_to_no_others(told):
    lena = a_browser(told, cast.LENA)
    page = lena.get(STATUS).text
    assert 'rel="prev" href="' in page and "2026-11-16" in page and "2026-11-18" in page
    so_far = lena.get(f"{REPORTS}/daily-status/2026-11-18").text
    assert "Not written yet" in so_far and 'rel="next"' not in so_far
    assert 'rel="prev"' not in lena.get(f"{REPORTS}/daily-status/2026-11-16").text
    assert lena.get(f"{REPORTS}/daily-status/2026-11-15").status_code == 404
    assert lena.get(f"{REPORTS}/daily-status/2199-01-01").status_code == 404
    assert lena.get(f"{REPORTS}/daily-status/yesterday").status_code == 404
    assert lena.get(f"{REPORTS}/horoscope/2026-11-17").status_code == 404


def test_a_figure_that_was_counted_again_says_both(told):
    with cast.the_ticket(told) as (session, ticket):
        lena = cast.the(session, cast.LENA)
        ticket.set_severity(session, 3, reason="Looked again.", by=lena, at=told.clock.now())
    page = a_browser(told, cast.PRIYA).get(STATUS).text
    assert "counted again: was 1, is 0" in page
    assert "Some figures come to something else now." in page


def test_who_may_not_read_what_customers_said_gets_no_report_of_it(told):
    amir = a_browser(told, cast.AMIR)
    assert amir.get(f"{REPORTS}/feedback/2026-11-17").status_code == 403
    assert amir.get(f"{REPORTS}/feedback/2026-11-17.csv").status_code == 403
    assert "/feedback/" not in amir.get(REPORTS).text
    assert a_browser(told).client.get(STATUS).status_code == 401
    with told.db.writing() as session:
        cast.a_person(session, email="far@example.com", role=Role.LEAD, launch=None)
    assert a_browser(told, "far@example.com").get(STATUS).status_code == 404


def test_a_sponsor_is_led_to_no_page_that_they_may_not_open(told):
    page = a_browser(told, cast.PRIYA).get(STATUS).text
    assert 'href="/desk/tickets' not in page and 'href="/causes' not in page.split("<main")[-1]
    assert 'href="/desk/tickets/HC-1001"' in a_browser(told, cast.AMIR).get(STATUS).text


def test_leads_set_the_hour_and_everybody_chooses_their_mail(told):
    told.settings.smtp_host, told.settings.mail_from = "localhost", "hypercare@shop.example"
    lena, amir = a_browser(told, cast.LENA), a_browser(told, cast.AMIR)
    assert amir.post(f"{REPORTS}/hour", hour=9).status_code == 403
    assert lena.post(f"{REPORTS}/hour", hour=24).status_code == 422
    lena.post(f"{REPORTS}/hour", hour=9)
    amir.post(f"{REPORTS}/daily-status/mail", wanted="true")
    assert amir.post(f"{REPORTS}/feedback/mail", wanted="true").status_code == 403
    page = amir.get(REPORTS).text
    assert "at 09:00" in page and "By mail to Amir Haddad, Priya Nair." in page
    cast.later(told, days=1, hours=-1, minutes=-1)  # 8:59 in Berlin
    assert write_due(told) == 0
    cast.later(told, minutes=1)
    assert write_due(told) > 0


def test_a_page_asks_the_database_equally_often_however_much_happened(told):
    lena = a_browser(told, cast.LENA)
    lena.get(STATUS)
    with queries(told) as few:
        lena.get(STATUS)
    for visitor in ("a", "b", "c"):
        cast.a_customer(told, visitor=visitor).asks(cast.BLOCKED)
    with queries(told) as many:
        lena.get(f"{REPORTS}/daily-status/2026-11-18")
    assert len(many) <= len(few) + 3


@pytest.mark.parametrize("email", [cast.LENA, cast.PRIYA])
def test_every_figure_and_row_opens_to_what_it_was_counted_from(told, email):
    browser = a_browser(told, email)
    page = browser.get(STATUS).text.split('<div class="page-body')[-1]
    hrefs = {href.replace("&amp;", "&") for href in re.findall(r'href="(/[^"]+)"', page)}
    assert f"/launches/{cast.LAUNCH}/figures/contacts_per_day/2026-11-17" in hrefs
    assert {href: browser.get(href).status_code for href in hrefs} == dict.fromkeys(hrefs, 200)


def test_what_follows_from_a_lesson_is_said_once_and_finished(told):
    lena, amir = a_browser(told, cast.LENA), a_browser(told, cast.AMIR)
    lessons = f"/launches/{cast.LAUNCH}/lessons/actions"
    page = lena.get(f"{REPORTS}/lessons-learned").text
    finding = re.search(r'name="finding" value="([^"]+)"', page)[1]
    owner = re.search(r'<option value="(\d+)">Amir Haddad', page)[1]
    said = {"finding": finding, "what": "Say it <b>first</b>.", "owner": owner, "due": "2026-12-01"}
    assert amir.post(lessons, **said).status_code == 403
    assert lena.post(lessons, **{**said, "finding": "horoscope"}).status_code == 404
    assert [lena.post(lessons, **said).status_code for _ in range(2)] == [303, 409]
    page = amir.get(f"{REPORTS}/lessons-learned").text
    assert "Say it &lt;b&gt;first&lt;/b&gt;." in page
    done = re.search(r'action="([^"]+/done)"', page)[1]
    assert a_browser(told, cast.PRIYA).post(done).status_code == 403
    assert [amir.post(done).status_code for _ in range(2)] == [303, 409]
    assert "Say it" in lena.get(f"{REPORTS}/exit-pack").text
