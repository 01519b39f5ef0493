"""The suggestion card: what it shows, what each answer to it is kept as, and how that is undone."""

import re

import pytest
from sqlalchemy import select

from assistant.answering.decisions import Decision
from assistant.answering.labels import Label
from assistant.ground.audit import history
from assistant.launch.launches import Mode
from assistant.library.lessons import Lesson
from tests import cast
from tests.web.staff import a_browser, queries

TICKET = "/desk/tickets/HC-1001"
NEAR = "why is the renewal so much more expensive now"  # near price-differs, in other words


@pytest.fixture
def asked(shop):
    """A ticket with a suggestion: people answer, and Mara has asked about her price."""
    cast.in_mode(shop, Mode.SUGGEST)
    mara = cast.a_customer(shop)
    mara.asks(NEAR)
    return mara


@pytest.fixture
def amir(shop, asked):
    """Amir at his browser."""
    return a_browser(shop, cast.AMIR)


def text_of(browser, **wanted) -> str:
    return " ".join(browser.get(TICKET, **wanted).text.split())


def card_of(browser, **wanted) -> str:
    page = text_of(browser, **wanted).partition("data-suggestion>")[2]
    return page.partition("</section>")[0]


def answer(browser, action, entry="price-differs", version=1):
    return browser.post(f"{TICKET}/suggestion", entry=entry, version=version, action=action)


def change(browser, text="Yes, that is so. Renewals after the 16th cost more, yours too."):
    return browser.post(
        f"{TICKET}/replies",
        kind="reply",
        text=text,
        suggestion_entry="price-differs",
        suggestion_version="1",
    )


def labels_of(shop) -> list[tuple[str, str, list[str]]]:
    with shop.db.reading() as session:
        found = session.scalars(select(Label).order_by(Label.id))
        return [(label.source, label.entry, label.wrong) for label in found]


def lessons_of(shop) -> list[tuple[str, bool]]:
    with shop.db.reading() as session:
        found = session.scalars(select(Lesson).where(Lesson.taken_back_at.is_(None)))
        return [(lesson.entry.key, lesson.answers) for lesson in found]


def undo(browser):
    event = re.search(r'name="event" value="(\d+)"', browser.get(TICKET).text)[1]
    return browser.post(f"{TICKET}/taken-back", event=event)


# --- what it shows ---


def test_the_card_says_how_sure_the_engine_is_in_words_with_the_number_explained(amir):
    card = card_of(amir)

    assert re.search(r"(likely|Possibly|Probably|Hardly|Sure enough)", card)
    assert re.search(r"Of 100 questions that were found like this one, about \d+ have this", card)
    assert "alike (cosine)" in card
    assert "its nearest phrasing is" in card.lower()


def test_the_card_says_who_approved_which_version_and_until_when(shop, amir):
    with shop.db.writing() as session:
        version = cast.version_of(session, "price-differs")
        version.valid_until = cast.later(shop, days=3)
    cast.later(shop, days=-3)

    card = card_of(amir)

    assert "Version 1, approved by Lena Ortiz" in card
    assert "valid until" in card
    assert "Sent 0×" in card


def test_what_speaks_against_a_suggestion_stands_on_the_card(shop):
    cast.in_mode(shop, Mode.SUGGEST)
    cast.a_customer(shop).asks("Why is my price different? I was charged twice this month")

    card = card_of(a_browser(shop, cast.AMIR))

    assert "Against it:" in card


@pytest.mark.parametrize(("certainty", "is_first"), [(0.28, False), (0.5, True)])
def test_what_is_probably_not_the_answer_is_not_sent_with_one_key(shop, amir, certainty, is_first):
    with shop.db.writing() as session:
        decision = session.scalars(select(Decision)).one()
        (part,) = decision.considered["parts"]
        part = {**part, "certainty": certainty, "asks_from": 0.3}
        decision.considered = {**decision.considered, "parts": [part]}

    card = card_of(amir)

    assert ("Probably not the answer" in card) is not is_first
    assert ("button-primary" in card, 'data-key="Alt+s"' in card) == (is_first, is_first)
    before, found, after = card.partition("Send as is")
    assert found and ("Insert and edit" in after) is is_first
    assert ("Insert and edit" in before) is not is_first
    assert answer(amir, "send").status_code == 303


def test_a_runner_up_can_be_made_the_suggestion(shop):
    cast.in_mode(shop, Mode.SUGGEST)
    cast.a_customer(shop).asks("How do I change or cancel my plan, and my address?")
    amir = a_browser(shop, cast.AMIR)
    card = card_of(amir)
    other = re.search(rf'href="{TICKET}\?suggestion=([a-z-]+)#suggestion"', card)[1]

    chosen = card_of(amir, suggestion=other)

    assert f'name="entry" value="{other}"' in chosen
    assert "Another text came nearer" in chosen


def test_when_nothing_comes_near_an_agent_can_still_say_that_no_answer_exists(shop):
    cast.a_customer(shop).asks(cast.UNKNOWN)
    amir = a_browser(shop, cast.AMIR)
    assert "Nothing approved comes near this question." in card_of(amir)
    assert "Write an entry" in card_of(amir)

    answer(amir, "none", entry="", version=0)

    assert "Nothing approved comes near" not in text_of(amir)
    assert [source for source, _, _ in labels_of(shop)] == ["no-answer"]


def test_nothing_can_be_a_wrong_match_where_nothing_is_suggested(shop):
    cast.a_customer(shop).asks(cast.UNKNOWN)

    refused = answer(a_browser(shop, cast.AMIR), "wrong", entry="", version=0)

    assert refused.status_code == 404
    assert labels_of(shop) == []


def test_a_suggestion_costs_the_page_as_many_queries_whatever_was_said_of_it(shop, amir):
    amir.get(TICKET)
    with queries(shop) as before:
        amir.get(TICKET)
    for entry in ("export-data", "cancel-plan", "change-address"):
        answer(amir, "wrong", entry=entry)
        undo(amir)
    amir.get(TICKET)

    with queries(shop) as after:
        amir.get(TICKET)

    assert len(after) == len(before)


# --- what each answer is kept as, and its undo ---


@pytest.mark.parametrize(
    ("act", "label"),
    [
        (lambda amir: answer(amir, "send"), ("sent", "price-differs", [])),
        (change, ("changed", "price-differs", [])),
        (
            lambda amir: answer(amir, "wrong"),
            ("wrong-match", "price-differs", ["price-differs"]),
        ),
    ],
    ids=["send as is", "insert and edit", "wrong match"],
)
def test_every_answer_to_a_suggestion_is_a_labelled_case_and_can_be_undone(shop, amir, act, label):
    act(amir)
    assert labels_of(shop) == [label]

    back = undo(amir)

    assert back.status_code == 303
    assert (labels_of(shop), lessons_of(shop)) == ([], [])


def test_no_answer_exists_is_undone_and_the_suggestion_comes_back(shop, amir):
    answer(amir, "none")
    assert labels_of(shop)[0][0] == "no-answer"
    assert "data-suggestion" not in amir.get(TICKET).text

    undo(amir)

    assert 'name="entry" value="price-differs"' in card_of(amir)
    assert (labels_of(shop), lessons_of(shop)) == ([], [])


def test_of_two_wrong_matches_one_can_be_taken_back(shop, amir):
    answer(amir, "wrong")
    answer(amir, "wrong", entry="cancel-plan")

    undo(amir)

    assert labels_of(shop) == [("wrong-match", "price-differs", ["price-differs"])]
    assert lessons_of(shop) == [("price-differs", False)]


def test_what_was_said_before_still_teaches_when_the_later_word_is_taken_back(shop, amir):
    answer(amir, "wrong")
    answer(amir, "send", entry="cancel-plan")
    assert sorted(lessons_of(shop)) == [("cancel-plan", True), ("price-differs", False)]

    undo(amir)

    assert lessons_of(shop) == [("price-differs", False)]


def test_what_was_sent_stays_sent_when_the_verdict_is_taken_back(shop, amir, asked):
    answer(amir, "send")

    undo(amir)

    assert asked.sees()["messages"][-1]["text"] == cast.PRICE_TEXT


def test_the_undo_is_offered_for_ten_seconds_and_in_the_history_for_good(shop, amir):
    answer(amir, "wrong")
    assert "Noted: this answer did not match." in text_of(amir)

    cast.later(shop, seconds=11)

    page = text_of(amir)
    assert "Noted: this answer did not match." not in page
    assert "Take the verdict back" in page


def test_a_colleague_takes_back_from_the_history_and_it_is_written_down(shop, amir):
    answer(amir, "wrong")
    cast.later(shop, hours=1)

    undo(a_browser(shop, cast.ERIC))

    assert labels_of(shop) == []
    with cast.the_ticket(shop) as (session, ticket):
        last = history(session, ticket_id=ticket.id)[-1]
        assert (last.kind, last.who) == ("ticket.judgement-taken-back", "Eric Berg")


def test_what_was_taken_back_is_not_taken_back_twice(shop, amir):
    answer(amir, "wrong")
    event = re.search(r'name="event" value="(\d+)"', amir.get(TICKET).text)[1]
    amir.post(f"{TICKET}/taken-back", event=event)

    again = amir.post(f"{TICKET}/taken-back", event=event)

    assert again.status_code == 409
    assert "That was taken back already." in again.text


@pytest.mark.parametrize("event", ["1", "999999"])
def test_only_what_was_said_of_a_suggestion_can_be_taken_back(shop, amir, event):
    assert amir.post(f"{TICKET}/taken-back", event=event).status_code == 404


# --- withdrawn when the customer writes meanwhile ---


def test_a_suggestion_is_not_sent_across_a_message_that_came_meanwhile(shop, amir, asked):
    seen = re.search(r'name="seen" value="(\d+)"', amir.get(TICKET).text)[1]
    cast.later(shop, minutes=1)
    asked.asks("Forget it, I was charged twice!")

    stopped = amir.post(
        f"{TICKET}/suggestion", entry="price-differs", version=1, action="send", seen=seen
    )

    assert stopped.status_code == 409
    assert "Forget it, I was charged twice!" in stopped.text
    assert [m for m in asked.sees()["messages"] if m["by"] == "agent"] == []
    assert labels_of(shop) == []
