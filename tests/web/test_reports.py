"""The reports' pages and files: who may read them, and that nothing in them runs."""

import csv
import io
import re

import pytest

from assistant.ground.people import Role
from tests import cast
from tests.web.staff import a_browser, queries

REPORTS = ("repeat-questions", "faq-updates", "feedback")
HOSTILE = "<script>alert(1)</script> can I pay with seashells on the moon?"
FORMULA = '=HYPERLINK("http://evil.example") is broken'


@pytest.fixture
def lena(shop):
    return a_browser(shop, cast.LENA)


def asked_by(parts, people, words):
    return [cast.a_customer(parts, visitor=who).asks(words) for who in people]


def told(parts, words, user="12345"):
    """Send feedback as other systems send it."""
    body = {"userId": user, "feedback": words, "timestamp": "2023-10-01T12:34:56Z"}
    assert a_browser(parts).client.post("/feedback", json=body).status_code == 201


def rows(answer):
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("email", [cast.LENA, cast.INES, cast.PRIYA, cast.OLU])
def test_lead_change_manager_sponsor_and_administrator_read_everything(shop, email):
    browser = a_browser(shop, email)

    assert "/reports/feedback?" in browser.get("/reports").text
    for name in REPORTS:
        answers = [browser.get(f"/reports/{name}{ending}") for ending in ("", ".csv", ".md")]
        assert [answer.status_code for answer in answers] == [200, 200, 200]


@pytest.mark.parametrize("email", [cast.AMIR, cast.ERIC])
def test_agents_and_engineers_read_what_is_asked_and_not_what_was_said_of_it(shop, email):
    browser = a_browser(shop, email)

    assert "/reports/feedback?" not in browser.get("/reports").text
    assert browser.get("/reports/repeat-questions").status_code == 200
    assert browser.get("/reports/faq-updates.csv").status_code == 200
    assert browser.get("/reports/feedback").status_code == 403
    assert browser.get("/reports/feedback.csv").status_code == 403


@pytest.mark.parametrize("path", ["/reports", *(f"/reports/{name}.csv" for name in REPORTS)])
def test_nobody_reads_a_report_without_signing_in(shop, path):
    stranger = a_browser(shop)

    assert stranger.client.get(path).status_code == 401
    assert 'name="password"' in stranger.get(path).text


@pytest.mark.parametrize("path", ["/reports", *(f"/reports/{name}" for name in REPORTS)])
def test_the_launch_of_others_looks_like_none(shop, path):
    with shop.db.writing() as session:
        cast.a_person(session, email="far@example.com", role=Role.LEAD, launch=None)

    answer = a_browser(shop, "far@example.com").get(path, launch=cast.LAUNCH)

    assert answer.status_code == 404


def test_the_first_page_shows_the_day_in_figures_and_leads_to_the_reports(shop, lena):
    asked_by(shop, ["mara", "jo"], cast.PRICE)
    asked_by(shop, ["li"], cast.UNKNOWN)
    cast.later(shop, minutes=7)

    page = lena.get("/reports").text

    tiles = re.findall(r'tile-title">([^<]+)</span><span class="tile-value">([^<]+)<', page)
    assert dict(tiles) == {
        "Contacts": "3",
        "Answered at once": "67\u00a0%",
        "First human response": "7 min",
        "Open tickets": "1",
    }
    assert "1 question, 2 contacts" in page
    assert "1 missing, 0 weak" in page
    assert "/reports/repeat-questions?launch=spring-pricing&amp;day=2026-11-17" in page


def test_a_repeat_without_an_answer_leads_to_a_draft_with_its_question(shop, lena):
    asked_by(shop, ["mara", "jo"], cast.UNKNOWN)

    page = lena.get("/reports/repeat-questions").text

    draft = re.search(r'href="([^"]+)">Draft one', page)[1].replace("&amp;", "&")
    assert draft.startswith(
        "/library/spring-pricing/entries/new?kind=faq&question=Do+penguins+have"
    )
    assert lena.get(draft).status_code == 200


def test_a_weak_answer_leads_to_its_entry(shop, lena):
    mara = cast.a_customer(shop)
    mara.judges(mara.asks(cast.PRICE)["answer"]["message_id"], helpful=False, reason="unclear")

    page = lena.get("/reports/faq-updates").text

    assert "“Not quite” from 1 person: unclear 1." in page
    entry = "/library/spring-pricing/entries/price-differs"
    assert f'href="{entry}">' in page
    assert lena.get(entry).status_code == 200


def test_feedback_that_another_system_sends_stands_in_the_report(shop, lena):
    told(shop, "The new page is confusing")

    page = lena.get("/reports/feedback").text

    assert "The new page is confusing" in page
    assert re.search(r"12345 · Another system · <time [^>]+>1 Oct 2023</time>", page)


def test_what_customers_wrote_never_becomes_markup(shop, lena):
    asked_by(shop, ["mara", "jo"], HOSTILE)
    told(shop, '<img src=x onerror="alert(1)"> broken', user="<b>7</b>")

    pages = [lena.get(f"/reports/{name}").text for name in REPORTS]
    files = [lena.get(f"/reports/{name}.md").text for name in REPORTS]

    assert "&lt;script&gt;alert(1)" in pages[0]
    assert "&lt;img src=x" in pages[2]
    for text in (*pages, *files):
        assert "<script>alert" not in text
        assert "<img src=x onerror" not in text.replace(r"\<", "")
        assert "<b>7" not in text


def test_no_cell_of_a_file_is_a_formula_and_numbers_stay_numbers(shop, lena):
    asked_by(shop, ["mara", "jo"], f"={cast.UNKNOWN}")
    told(shop, FORMULA, user="@SUM(A1)")

    cells = [rows(lena.get(f"/reports/{name}.csv")) for name in REPORTS]

    begins = {cell[0] for table in cells for row in table for cell in row if cell}
    assert begins.isdisjoint("=+-@\t\r")
    assert cells[0][1][:3] == [f"'={cast.UNKNOWN}", "2", "2"]
    assert cells[2][1][1] == f"'{FORMULA}"


def test_page_and_files_show_the_same_figures(shop, lena):
    asked_by(shop, ["mara", "jo", "li"], cast.PRICE)

    page = lena.get("/reports/repeat-questions").text
    [header, row] = rows(lena.get("/reports/repeat-questions.csv"))
    markdown = lena.get("/reports/repeat-questions.md").text

    shown = dict(zip(header, row, strict=True))
    assert (shown["people"], shown["contacts"], shown["sent"]) == ("3", "3", "3")
    assert '<td class="number strong">3</td><td class="number">3</td>' in page
    assert "sent 3×" in page
    assert f"| {cast.PRICE} | 3 | 3 |" in markdown


def test_a_file_is_named_after_launch_report_and_day(lena):
    answer = lena.get("/reports/faq-updates.csv", day="2026-11-16")

    assert answer.headers["content-disposition"] == (
        'attachment; filename="spring-pricing-faq-updates-2026-11-16.csv"'
    )
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


def test_without_a_day_the_last_one_with_contacts_is_shown(shop):
    asked_by(shop, ["mara", "jo"], cast.PRICE)
    cast.later(shop, days=2)
    lena = a_browser(shop, cast.LENA)

    page = lena.get("/reports/repeat-questions").text

    assert 'name="day" value="2026-11-17"' in page
    assert cast.PRICE in page
    assert "day=2026-11-18" in page  # the way on
    assert "Nothing repeats" in lena.get("/reports/repeat-questions", day="2026-11-19").text


def test_a_day_that_is_none_shows_the_usual_one(lena):
    assert "yesterday" not in str(lena.get("/reports/repeat-questions", day="yesterday").url)
    assert lena.get("/reports/repeat-questions", day="").status_code == 200


@pytest.mark.parametrize("path", ["/reports", *(f"/reports/{name}" for name in REPORTS)])
def test_a_page_asks_the_database_equally_often_however_much_was_said(shop, lena, path):
    asked_by(shop, ["mara", "jo"], cast.PRICE)
    with queries(shop) as few:
        lena.get(path)
    for words in (cast.EXPORT, cast.UNKNOWN, cast.BLOCKED, "How do I cancel my plan?"):
        asked_by(shop, ["mara", "jo"], words)
        told(shop, f"{words} is broken")
    with queries(shop) as many:
        lena.get(path)

    assert len(many) == len(few)


def test_a_kind_that_was_only_clicked_is_not_said_to_be_none(shop, lena):
    mara = cast.a_customer(shop)
    mara.judges(mara.asks(cast.PRICE)["answer"]["message_id"], helpful=False, reason="unclear")

    issues = (
        lena.get("/reports/feedback").text.split('id="category-issue"')[1].split("</section>")[0]
    )

    assert "100" in issues
    assert "It was given by a click, without words." in issues
    assert "Nothing of this kind" not in issues
