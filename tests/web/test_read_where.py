"""What a ticket says in words: where a reply is read, whose it is, why a person has it."""

import pytest

from tests import cast
from tests.web.staff import a_browser

TICKET = "/desk/tickets/HC-1001"


@pytest.fixture
def by_mail(shop):
    """A ticket whose customer asked by mail, though no mail server is configured."""
    cast.a_customer(shop, channel="email").calls("Case")
    return shop


def test_a_reply_on_a_page_is_read_there(shop):
    cast.a_customer(shop).calls("Case")
    page = a_browser(shop, cast.AMIR).get(TICKET).text

    assert "The customer reads this where they asked." in page


def test_a_reply_to_mail_without_a_mail_server_is_said_to_reach_nobody(by_mail):
    page = a_browser(by_mail, cast.AMIR).get(TICKET).text

    assert "It reaches nobody: no mail server is configured." in page
    assert "reads this where they asked" not in page


def test_whom_a_ticket_was_given_to_has_not_taken_it_by_that(shop):
    cast.a_customer(shop).calls("Case")
    amir = a_browser(shop, cast.AMIR)
    assert "not taken yet" in amir.get("/desk").text
    assert "Not taken yet." in amir.get(TICKET).text

    amir.post(f"{TICKET}/owner", person=cast.AMIR)

    assert "not taken yet" not in amir.get("/desk").text
    assert "Not taken yet." not in amir.get(TICKET).text


def test_why_a_person_has_it_is_said_without_figures(shop):
    cast.a_customer(shop).calls("Case")
    with cast.the_ticket(shop) as (_, ticket):
        ticket.handoff_reason = "Not sure enough to ask: 0.27 < 0.30."

    page = a_browser(shop, cast.AMIR).get(TICKET).text

    assert "Not sure enough to ask." in page
    assert "0.27" not in page
