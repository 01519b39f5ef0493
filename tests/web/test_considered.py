"""What the assistant considered, on the desk: folded, in words, and also for old decisions."""

import re

from sqlalchemy import select

from assistant.answering.decisions import Decision
from tests import cast
from tests.cast import EXPORT, UNKNOWN
from tests.web.staff import a_browser

TICKET = "/desk/tickets/HC-1001"


def shown(shop) -> str:
    page = a_browser(shop, cast.AMIR).get(TICKET).text
    considered = re.search(r'<li class="considered">.*?</details>', page, re.DOTALL)
    assert considered is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", considered[0]))


def test_the_desk_says_what_was_found_and_why_it_was_not_sure(shop, mara):
    mara.asks(UNKNOWN)

    words = shown(shop)

    assert "Handed over by the assistant" in words
    assert "it answers from 0.95; asks from 0.30" in words
    assert "its nearest phrasing is “" in words
    assert "automatic: it may answer" in words
    assert "inside the launch" in words


def test_the_desk_says_which_questions_of_a_message_had_an_answer(shop, mara):
    mara.asks(f"{UNKNOWN} {EXPORT}")

    words = shown(shop)

    assert f"1. “{UNKNOWN}” Needs a person" in words
    assert f"2. “{EXPORT}” Would be answered" in words
    assert f"Not sent, because another question of the message needs a person: “{EXPORT}”." in words
    assert (
        f"Answers one of their questions: “{EXPORT}”" in a_browser(shop, cast.AMIR).get(TICKET).text
    )


def test_the_desk_says_in_which_language_it_was_written(shop, mara):
    mara.asks("Warum ist mein Preis so hoch?")

    assert "Written in German; nothing approved is in German." in shown(shop)


def test_a_decision_kept_by_an_older_version_is_still_shown(shop, mara):
    mara.asks(UNKNOWN)
    with shop.db.writing() as session:
        decision = session.scalars(select(Decision)).one()
        decision.considered = {
            "parts": [
                {
                    "question": UNKNOWN,
                    "reason": "Not sure enough: 0.10 < 0.30.",
                    "certainty": 0.1,
                    "objections": {"price-differs": ["it is about another amount"]},
                    "model": None,
                    "threshold": 0.95,
                }
            ]
        }
        first = decision.candidates[0]
        decision.candidates = [{**first, "entry": "price-differs"}]

    words = shown(shop)

    assert "it is about another amount" in words
    assert "it answers from 0.95" in words


def test_what_was_considered_cannot_put_markup_into_the_page(shop, mara):
    mara.asks("<img src=x onerror=alert(1)> do penguins have knees?")

    assert "<img src=x" not in a_browser(shop, cast.AMIR).get(TICKET).text
