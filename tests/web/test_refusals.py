"""How a refusal looks to a person."""

import pytest

from tests import cast
from tests.web.staff import a_browser
from web.refusals import page_of, words_of


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/desk", "/desk"),
        ("/desk/owner", "/desk"),
        ("/desk/tickets/HC-1001/replies", "/desk/tickets/HC-1001"),
        ("/library/spring/entries", "/library"),
        ("/library/spring/entries/a/approval", "/library/spring/entries/a"),
        ("/launches/spring/live", "/launches/spring"),
        ("/", "/"),
    ],
)
def test_a_form_leads_back_to_the_page_it_stands_on(path, page):
    assert page_of(path) == page


def test_what_somebody_wrote_is_kept_and_what_only_the_page_needs_is_not():
    form = {"csrf": "secret", "version": "3", "note": "All done.", "person": "me", "reason": " "}

    assert words_of(form) == "All done."


def test_words_typed_into_a_form_whose_token_has_expired_are_shown_again(shop):
    cast.a_customer(shop).asks(cast.UNKNOWN)

    refused = a_browser(shop, cast.AMIR).post(
        "/desk/tickets/HC-1001/replies", csrf="old", text="A long and <friendly> reply."
    )

    assert refused.status_code == 403
    assert "A long and &lt;friendly&gt; reply." in refused.text
    assert "Nothing was lost: your words are below." in refused.text


def test_a_page_that_does_not_exist_leads_on(shop):
    missing = a_browser(shop, cast.AMIR).get("/desk/nowhere")

    assert missing.status_code == 404
    assert 'href="/desk"' in missing.text


def test_an_address_that_cannot_be_read_is_told_so_in_plain_words(shop):
    wrong = a_browser(shop, cast.AMIR).get("/desk?page=many")

    assert wrong.status_code == 422
    assert "what it says of “page” fits no page" in wrong.text
    assert "valid integer" not in wrong.text


def test_a_browser_that_asks_for_an_icon_of_its_own_accord_finds_one(shop):
    browser = a_browser(shop)

    found = browser.client.get("/favicon.ico", follow_redirects=True)

    assert (found.status_code, found.headers["content-type"][:13]) == (200, "image/svg+xml")
