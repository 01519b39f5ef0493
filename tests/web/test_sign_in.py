"""The door: who gets in, where they land, and what is refused."""

from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from httpx import Response

from assistant.ground.parts import Parts
from assistant.ground.people import hash_of
from tests import cast
from tests.web.staff import a_browser
from web.access import COOKIE
from web.sign_in import own_path

PASSWORD = "a shop full of coffee"  # noqa: S105


@pytest.fixture(scope="module")
def password_hash() -> str:
    """The hash of Amir's password, made once: it is meant to be slow."""
    return hash_of(PASSWORD)


@pytest.fixture
def amir(shop: Parts, password_hash: str) -> Parts:
    """The shop, where Amir has a password."""
    with shop.db.writing() as session:
        cast.the(session, cast.AMIR).password_hash = password_hash
    return shop


def cookie(response: Response) -> SimpleCookie:
    return SimpleCookie(response.headers["set-cookie"])


def test_the_right_password_leads_to_the_desk_with_a_cookie_that_scripts_cannot_read(amir):
    browser = a_browser(amir)

    entered = browser.post("/sign-in", email=" Amir@example.com", password=PASSWORD)

    assert (entered.status_code, entered.headers["location"]) == (303, "/desk")
    given = cookie(entered)[COOKIE]
    assert (given["httponly"], given["samesite"], given["secure"]) == (True, "lax", "")
    assert browser.get("/desk").status_code == 200


def test_each_sign_in_has_a_new_cookie_and_ends_the_one_before(amir):
    browser, second = a_browser(amir), a_browser(amir)
    first = cookie(browser.post("/sign-in", email=cast.AMIR, password=PASSWORD))[COOKIE].value
    again = cookie(browser.post("/sign-in", email=cast.AMIR, password=PASSWORD))[COOKIE].value

    second.client.cookies.set(COOKIE, first)
    before = second.client.get("/desk", headers={"accept": "text/html"}, follow_redirects=False)

    assert again != first
    assert before.headers["location"] == "/sign-in?next=/desk"


@pytest.mark.parametrize("email", [cast.AMIR, "nobody@example.com", ""])
def test_a_wrong_password_and_an_unknown_address_are_told_the_same(amir, email):
    answer = a_browser(amir).post("/sign-in", email=email, password="not this one, sorry")

    assert answer.status_code == 401
    assert "That did not match." in answer.text
    assert COOKIE not in answer.headers.get("set-cookie", "")


def test_the_eleventh_try_in_a_minute_has_to_wait(amir):
    browser = a_browser(amir)
    limits = browser.client.app.state.limits
    for _ in range(10):
        limits.spend("sign-in from testclient", 10)

    answer = browser.post("/sign-in", email=cast.AMIR, password=PASSWORD)

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "That was a lot in a short time." in answer.text


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/desk/tickets/HC-1001?insert=1", "/desk/tickets/HC-1001?insert=1"),
        ("//evil.example", ""),
        ("/\\evil.example", ""),
        ("/\t/evil.example", ""),
        ("https://evil.example", ""),
        ("desk", ""),
        ("", ""),
    ],
)
def test_after_signing_in_nobody_is_led_to_another_site(path, kept):
    assert own_path(path) == kept


def test_a_page_that_asks_to_sign_in_is_where_one_lands_afterwards(amir):
    browser = a_browser(amir)

    door = browser.client.get(
        "/library?tab=drafts", headers={"accept": "text/html"}, follow_redirects=False
    )
    entered = browser.post(
        "/sign-in", email=cast.AMIR, password=PASSWORD, next="/library?tab=drafts"
    )

    assert door.headers["location"] == "/sign-in?next=/library%3Ftab%3Ddrafts"
    assert entered.headers["location"] == "/library?tab=drafts"


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}]
)
def test_a_form_on_another_site_signs_nobody_in(amir, headers):
    answer = a_browser(amir).client.post(
        "/sign-in", data={"email": cast.AMIR, "password": PASSWORD}, headers=headers
    )

    assert answer.status_code == 403


def test_signing_out_makes_the_cookie_worthless(shop):
    browser = a_browser(shop, cast.AMIR)
    token = browser.client.cookies[COOKIE]

    left = browser.post("/sign-out")
    browser.client.cookies.set(COOKIE, token)

    assert left.headers["location"] == "/sign-in"
    assert "Sign in to Hypercare" in browser.get("/desk").text


def test_a_sign_in_ends_by_itself_after_a_long_shift(shop):
    browser = a_browser(shop, cast.AMIR)

    cast.clock_of(shop).forward(timedelta(hours=12))

    assert "Sign in to Hypercare" in browser.get("/desk").text


def test_the_demo_shows_whom_one_can_be_and_nothing_else_does(shop):
    browser = a_browser(shop)
    people = {"name": "Amir Haddad", "email": cast.AMIR, "password": "x", "can": "Answers."}

    hidden = browser.get("/sign-in").text
    browser.client.app.state.demo_people = [{**people, "role_words": "Agent"}]

    assert "Amir Haddad" not in hidden
    assert "Amir Haddad" in browser.get("/sign-in").text
