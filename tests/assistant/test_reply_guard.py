"""What a person's words are held to before a customer reads them."""

import pytest

from assistant.desk.reply_guard import objection

NOTE = "Billing closed the old subscription at 08:10."


@pytest.mark.parametrize(
    "text",
    [
        "Hello {name}, it is done.",
        "Hello {{ first_name }}, it is done.",
        "Hello [NAME], it is done.",
        "Hello <CUSTOMER NAME>, it is done.",
        "TBD",
        "internal only: they pay late",
        "Please do not send this yet",
        f"Hello Mara, {NOTE.lower()} We link the new one.",
        "x" * 4_001,
    ],
)
def test_what_is_not_meant_for_customers_is_objected_to(text):
    assert objection(text, [NOTE]) != ""


@pytest.mark.parametrize(
    "text",
    [
        "Hello Mara, it is done.",
        "The total is 5 < 6, see [1] and the file {}.",
        "Your internal transfer has arrived.",
        "Todo lists are under Tasks.",
        "Thank you",
    ],
)
def test_what_a_good_colleague_writes_is_not_objected_to(text):
    assert objection(text, [NOTE, "Thanks"]) == ""


def test_even_a_short_note_is_not_sent_as_the_whole_reply():
    assert objection("ask Lena", ["Ask Lena"]) == "This is the text of an internal note."
