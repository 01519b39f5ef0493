"""Certainty as people see it: the account of a launch, answers to check, lifting, the command."""

import json
import re
from dataclasses import replace

import pytest

from assistant.answering.account import account_of
from assistant.answering.audits import is_drawn
from assistant.answering.guarantee import Threshold
from assistant.launch.launches import Mode
from tests import cast
from tests.web.staff import a_browser
from web.certainty_pages import guarantee_words

PAGE = "/launches/spring-pricing/certainty"
AUDIT = "/launches/spring-pricing/audit"


@pytest.fixture
def lena(shop):
    return a_browser(shop, cast.LENA)


@pytest.fixture
def amir(shop):
    return a_browser(shop, cast.AMIR)


def drawn(parts, words=cast.PRICE):
    """Let customers ask until an answer is drawn to be checked; return the question's id."""
    cast.confirm(parts, "price-differs")
    for number in range(400):
        message_id = cast.a_customer(parts, visitor=f"v{number}").asks(words)["message_id"]
        if is_drawn(cast.LAUNCH, message_id):
            return message_id
    raise AssertionError("none of 400 answers was drawn")


def text_of(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def test_before_anybody_judged_the_page_says_what_to_do(lena):
    words = text_of(lena.get(PAGE))

    assert "Not by this launch’s own labels yet." in words
    assert (
        "0.95 stands until 99 more labels, given while people answer, say where 1.0 % lies" in words
    )
    assert "230 judged answers without a wrong one certify 1.0 %" in words
    assert "Nobody has judged an answer yet" in words
    assert "New: 5" in words


def test_the_page_shows_certificate_charts_and_the_tables_behind_them(shop, lena):
    cast.confirm(shop, "price-differs")
    cast.judge(shop, "export-data", right=False)

    page = lena.get(PAGE)
    words = text_of(page)

    assert "1 wrong of 4 judged answers." in words
    assert "at most 68.0 % of all answers are wrong, and at least 2.6 %" in words
    assert page.text.count('<svg class="chart"') == 2
    assert page.text.count("As a table") == 2
    assert "Live: 1" in words and "Suspended: 1" in words
    assert "style=" not in page.text


def test_a_guarantee_that_stands_on_clicks_says_what_it_lacks(shop):
    with shop.db.reading() as session:
        account = account_of(session, cast.launch_of(session))
    clicks = Threshold(0.95, 99, 60, only_raises=True)

    words = guarantee_words(replace(account, threshold=clicks))

    assert "from a certainty of 0.95 on; conformal risk control on 99 labels." in words["text"]
    assert words["text"].endswith("below the shipped one after 60 more labels of the team.")


def test_a_launch_that_fell_back_says_so_until_a_lead_lifts_it(shop, lena, amir):
    cast.judge(shop, "price-differs", right=False)
    said = "1 of 1 checked answers were wrong"
    assert said in text_of(lena.get("/launches/spring-pricing"))
    assert "A lead looks and lifts it" in text_of(amir.get(PAGE))
    assert amir.post(f"{PAGE}/lifting").status_code == 403

    assert lena.post(f"{PAGE}/lifting").headers["location"] == PAGE

    assert said not in text_of(lena.get("/launches/spring-pricing"))
    assert "let it answer again" not in text_of(lena.get(PAGE))
    assert lena.post(f"{PAGE}/lifting").status_code == 409


def test_a_lead_says_that_they_looked_at_an_entry(shop, lena, amir):
    cast.judge(shop, "price-differs", right=False)
    cast.later(shop, minutes=1)
    assert "I have looked at Why is my price different" in lena.get(PAGE).text
    assert "I have looked at Why" not in amir.get(PAGE).text
    assert amir.post(f"{PAGE}/entries/price-differs/look").status_code == 403

    lena.post(f"{PAGE}/entries/price-differs/look")

    assert "Suspended: 0" in text_of(lena.get(PAGE))
    assert lena.post(f"{PAGE}/entries/never-written/look").status_code == 404


def test_an_answer_that_was_drawn_is_judged_with_one_key(shop, amir):
    question_id = drawn(shop)
    page = amir.get(AUDIT)
    assert cast.PRICE in page.text
    assert "1 answer waits" in text_of(page)
    for key, verdict in (("1", "right"), ("2", "wrong"), ("3", "cannot-tell")):
        assert re.search(rf'value="{verdict}" data-key="{key}"', page.text)

    after = amir.post(f"{AUDIT}/{question_id}", verdict="right")

    assert after.headers["location"] == AUDIT
    assert "Nothing waits to be checked" in amir.get(AUDIT).text
    assert amir.post(f"{AUDIT}/{question_id}", verdict="right").status_code == 404


def test_a_wrong_answer_leads_to_the_ticket_that_corrects_it(shop, amir):
    question_id = drawn(shop)

    went = amir.post(f"{AUDIT}/{question_id}", verdict="wrong").headers["location"]

    assert re.fullmatch(r"/desk/tickets/HC-\d+", went)
    assert "found it wrong" in amir.get(went).text


@pytest.mark.parametrize(
    ("question_id", "verdict", "status"),
    [
        ("1", "perhaps", 422),
        ("1", "", 422),
        ("0", "right", 404),
        ("9" * 30, "right", 404),
        ("x", "right", 404),
        ("999", "right", 404),
    ],
)
def test_what_is_no_verdict_on_no_answer_is_refused(amir, question_id, verdict, status):
    assert amir.post(f"{AUDIT}/{question_id}", verdict=verdict).status_code == status


def test_what_a_customer_wrote_stays_words(shop, amir):
    hostile = "<script>alert(1)</script> Why is my price different from last month?"
    cast.in_mode(shop, Mode.CLARIFY)
    customer = cast.a_customer(shop)
    asked = customer.asks(hostile)["clarification"]
    customer.chooses(asked["message_id"], "price-differs")

    page = amir.get(AUDIT).text

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        (cast.PRIYA, PAGE, 200),
        (cast.PRIYA, AUDIT, 403),
        (cast.INES, AUDIT, 403),
        (cast.ERIC, AUDIT, 200),
        (None, PAGE, 303),
        (None, AUDIT, 303),
    ],
)
def test_who_may_see_what(shop, who, path, status):
    assert (
        a_browser(shop, who)
        .client.get(path, headers={"accept": "text/html"}, follow_redirects=False)
        .status_code
        == status
    )


def test_another_launch_s_certainty_is_not_there_for_strangers(shop):
    with shop.db.writing() as session:
        cast.a_person(session, launch=None)
    stranger = a_browser(shop, "bo@example.com")

    assert stranger.get(PAGE).status_code == 404
    assert stranger.get(AUDIT).status_code == 404
    assert stranger.post(f"{AUDIT}/1", verdict="right").status_code == 404


# The command.


def test_the_command_says_the_same_as_the_page(shop, capsys):
    from assistant.answering.account import account_of
    from web.certainty_terminal import account_json, say_account

    cast.confirm(shop, "price-differs")
    cast.judge(shop, "export-data", right=False)
    with shop.db.reading() as session:
        account = account_of(session, cast.launch_of(session))

    say_account(account)

    said = capsys.readouterr().out
    assert "mode auto, acts as clarify" in said
    assert "1 of 4 checked answers were wrong" in said
    assert "Certificate: 1 wrong of 4 judged answers." in said
    assert "3 new, 1 live, 1 suspended" in said
    found = json.loads(json.dumps(account_json(account)))
    assert (found["guarantee"]["missing"], found["certificate"]["wrong"]) == (98, 1)
    assert found["entries"]["price-differs"] == {"state": "live", "confirmed": 3}
    assert (found["coverage"], found["curve"][-1]["risk"]) == (1.0, 0.25)
