"""The reply box says where the customer reads what is written, and warns when nowhere."""

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
