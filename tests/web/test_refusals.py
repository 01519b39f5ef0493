"""How a refusal looks to a person."""

from datetime import date
from typing import Annotated, Literal

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from tests import cast
from tests.web.staff import a_browser
from web.misread import sentence, title
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


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("/desk?page=many&view=mine", "/desk?view=mine"),
        ("/desk?page=0", "/desk"),
        ("/library?q=a+b%26c&page=-5", "/library?q=a+b%26c"),
        ("/reports/repeat-questions?day=0000-00-00", "/reports/repeat-questions"),
        ("/desk?page=9&page=x&q=%ff%00", "/desk?q=%EF%BF%BD%00"),
    ],
)
def test_rubbish_in_an_address_is_left_out_and_the_rest_of_it_is_shown(shop, asked, shown):
    found = a_browser(shop, cast.LENA).get(asked)

    assert [found.status_code, *(each.status_code for each in found.history)] == [200, 303]
    assert str(found.url).removeprefix("http://testserver") == shown


def test_a_file_is_never_replaced_by_another_one(shop):
    wrong = a_browser(shop, cast.LENA).get("/reports/repeat-questions.csv?day=yesterday")

    assert wrong.status_code == 422
    assert "what it says of “Day” fits no page" in wrong.text
    assert "This cannot be taken as it is" in wrong.text


def test_a_text_that_is_too_long_is_refused_in_plain_words_and_is_not_lost(shop):
    long = "Because. " * 3_000

    refused = a_browser(shop, cast.LENA).post(
        f"/library/{cast.LAUNCH}/entries", question="Why?", why_now=long
    )

    assert refused.status_code == 422
    assert "“Why it appears now” is too long: at most 20,000 characters." in refused.text
    assert "Something is missing" not in refused.text
    assert "why_now" not in refused.text
    assert long.strip() in refused.text


@pytest.mark.parametrize(
    ("type_of", "given", "said"),
    [
        (float, "many", "“Value 3” is not a number."),
        (int, "1.5", "“Value 3” is not a whole number."),
        (date, "0000-00-00", "“Value 3” is not a date."),
        (Annotated[int, Field(ge=1)], 0, "“Value 3” is too small: at least 1."),
        (
            Annotated[list[int], Field(max_length=2)],
            [1, 2, 3],
            "“Value 3” has too many values: at most 2.",
        ),
        (Literal["a"], "b", "“Value 3” is none of the choices."),
        (bytes, 5, "“Value 3” cannot be taken as it is."),
    ],
)
def test_what_is_wrong_is_said_without_the_words_of_a_program(type_of, given, said):
    with pytest.raises(ValidationError) as wrong:
        TypeAdapter(type_of).validate_python(given)

    assert sentence({**wrong.value.errors()[0], "loc": ("body", "b_value", 2)}) == said


def test_what_is_missing_is_said_to_be_missing():
    error = {"type": "missing", "loc": ("body", "revision"), "msg": "Field required"}

    assert (title(error), sentence(error)) == ("Something is missing", "“Revision” is missing.")


def test_a_browser_that_asks_for_an_icon_of_its_own_accord_finds_one(shop):
    browser = a_browser(shop)

    found = browser.client.get("/favicon.ico", follow_redirects=True)

    assert (found.status_code, found.headers["content-type"][:13]) == (200, "image/svg+xml")
