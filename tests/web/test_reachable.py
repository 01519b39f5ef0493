"""Nobody is led to a page that their role may not open."""

import re

import pytest

from assistant.ground.parts import Parts
from tests import cast
from tests.web.staff import a_browser

PAGES = (
    "/reports",
    "/reports/repeat-questions",
    "/reports/faq-updates",
    "/reports/feedback",
    "/library",
    "/launches/{key}",
    *(f"/launches/{{key}}/{page}" for page in ("cockpit", "exit", "decisions", "certainty")),
    *(f"/launches/{{key}}/{page}" for page in ("stages", "warnings", "reassurance", "suggestions")),
)


def links_of(page: str) -> set[str]:
    """Return the addresses of our own pages that a page leads to, files left out."""
    found = {
        href.replace("&amp;", "&").split("#")[0] for href in re.findall(r'href="(/[^"]*)', page)
    }
    return {href for href in found if not href.startswith(("/static", "/help", "/widget"))}


def asked_often(parts: Parts) -> str:
    """Let two people ask what nobody answers, and return the launch's key."""
    for who in ("one", "two"):
        cast.a_customer(parts, visitor=who).asks(cast.UNKNOWN)
    with parts.db.reading() as session:
        return cast.launch_of(session).key


@pytest.mark.parametrize("email", [cast.PRIYA, cast.ERIC])
def test_no_link_leads_to_a_page_that_the_role_may_not_open(shop: Parts, email: str) -> None:
    key, browser = asked_often(shop), a_browser(shop, email)

    led: set[str] = set()
    for page in PAGES:
        found = browser.get(page.format(key=key))
        if found.status_code == 200:
            led |= links_of(found.text)

    assert len(led) > 20
    assert [href for href in sorted(led) if browser.get(href).status_code == 403] == []


def test_a_sponsor_reads_the_ticket_s_number_and_is_not_led_to_the_desk(shop: Parts) -> None:
    asked_often(shop)

    page = a_browser(shop, cast.PRIYA).get("/reports/repeat-questions").text

    assert "HC-1001" in page
    assert 'href="/desk' not in page
    assert 'href="/causes' not in page
    assert 'data-fresh="nav-desk"' not in page


def test_who_works_at_the_desk_is_led_there_and_to_its_tickets(shop: Parts) -> None:
    asked_often(shop)

    page = a_browser(shop, cast.AMIR).get("/reports/repeat-questions").text

    assert 'href="/desk/tickets/HC-1001"' in page
    assert re.search(r'href="/desk" data-go="d"', page)
